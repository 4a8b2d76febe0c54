//! A plugin's folder to a pack: what `pack.toml` names, and nothing else that lies about.

use std::fs;
use std::path::{Component, Path, PathBuf};

use plugdesk_domain::manifest::Manifest;

use super::Error;

/// What says of a folder that it is a pack.
const MANIFEST: &str = "pack.toml";
/// Files beside those that the manifest names.
const PAPERS: [&str; 6] = ["README.md", "CHANGELOG.md", "LICENSE", "LICENSE-MIT", "LICENSE-APACHE", "pack.lock"];
/// Folders, and how the names of their files end.
const FOLDERS: [(&str, &str); 3] = [("vectors", ".json"), ("locales", ".ftl"), ("desk", ".json")];

/// The folder's `pack.toml`.
pub(super) fn read_manifest(folder: &Path) -> Result<Manifest, Error> {
    let path = folder.join(MANIFEST);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let why = "there is no such file; `plugdesk plugin new` begins a plugin".to_owned();
            return Err(Error::NotAPlugin { path, why });
        }
        text => text.map_err(Error::io(&path))?,
    };
    let not = |why: String| Error::NotAPlugin { path: path.clone(), why };
    let manifest: Manifest = toml::from_str(&text).map_err(|error| not(error.to_string().trim().to_owned()))?;
    let name = &manifest.pack.name;
    if !super::scaffold::is_name(name) {
        return Err(not(format!(
            "pack.name: `{}` is not of lower-case letters, digits and hyphens",
            name.escape_debug()
        )));
    }
    for plugin in &manifest.plugins {
        let files = [Some(&plugin.component), plugin.configuration.as_ref(), plugin.schema.as_ref()];
        if let Some(file) = files.into_iter().flatten().find(|file| !is_inside(file)) {
            return Err(not(format!("`{}` leads out of the pack", file.escape_debug())));
        }
    }
    Ok(manifest)
}

/// A relative path without `..`: a manifest may come from anybody.
fn is_inside(file: &str) -> bool {
    !file.is_empty() && Path::new(file).components().all(|part| matches!(part, Component::Normal(_)))
}

/// The component that is made of the folder's crate: the one that the folder does not hold already.
pub(super) fn component_to_build(folder: &Path, manifest: &Manifest) -> Result<Option<String>, Error> {
    let mut missing: Vec<&str> = manifest.plugins.iter().map(|plugin| plugin.component.as_str()).collect();
    missing.sort_unstable();
    missing.dedup();
    missing.retain(|file| !folder.join(file).exists());
    match missing.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).to_owned())),
        several => {
            let why = format!("one component can be built of a crate; these are missing: {}", several.join(", "));
            Err(Error::NotAPlugin { path: folder.join(MANIFEST), why })
        }
    }
}

/// Lays the pack out in `out`, beside its place first, so that nobody sees half of it.
pub(super) fn assemble(
    folder: &Path,
    manifest: &Manifest,
    built: Option<(&str, &[u8])>,
    out: &Path,
) -> Result<(), Error> {
    if out.exists() && !out.join(MANIFEST).exists() && !is_empty(out) {
        return Err(Error::Occupied { path: out.to_owned(), why: "exists and is not a pack; it is left alone" });
    }
    let mut beside = out.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let _ = fs::remove_dir_all(&beside);
    let written = files(folder, manifest).and_then(|files| {
        for file in files {
            let bytes = fs::read(folder.join(&file)).map_err(Error::io(&folder.join(&file)))?;
            write(&beside.join(&file), &bytes)?;
        }
        built.map_or(Ok(()), |(name, bytes)| write(&beside.join(name), bytes))
    });
    let placed = written.and_then(|()| {
        if out.exists() {
            fs::remove_dir_all(out).map_err(Error::io(out))?;
        }
        fs::rename(&beside, out).map_err(Error::io(out))
    });
    if placed.is_err() {
        let _ = fs::remove_dir_all(&beside);
    }
    placed
}

/// The pack's files that the folder holds, by their names in it.
fn files(folder: &Path, manifest: &Manifest) -> Result<Vec<String>, Error> {
    let mut files = vec![MANIFEST.to_owned()];
    for plugin in &manifest.plugins {
        files.extend([&plugin.configuration, &plugin.schema].into_iter().flatten().cloned());
        files.extend(folder.join(&plugin.component).exists().then(|| plugin.component.clone()));
    }
    files.extend(PAPERS.iter().filter(|paper| folder.join(paper).exists()).map(|&paper| paper.to_owned()));
    for (name, ending) in FOLDERS {
        let Ok(entries) = fs::read_dir(folder.join(name)) else { continue };
        for entry in entries {
            let entry = entry.map_err(Error::io(&folder.join(name)))?;
            if let Some(file) = entry.file_name().to_str().filter(|file| file.ends_with(ending)) {
                files.push(format!("{name}/{file}"));
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Writes a file and the folders above it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
    }
    fs::write(path, bytes).map_err(Error::io(path))
}

/// Whether nothing lies in the folder.
pub(super) fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}
