//! Packs beside the shipped ones: copies under other names, and versions that disagree.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// What is changed of a pack's file: its path and bytes in, its bytes out; none: it is left out.
type Change<'a> = &'a dyn Fn(&str, Vec<u8>) -> Result<Option<Vec<u8>>>;

/// The archive of a pack's folder with its files changed.
fn archive(folder: &Path, change: Change<'_>) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.with_context(|| format!("{} can't be read", folder.display()))?;
        if !entry.file_type().is_file() {
            continue;
        }
        let name = entry.path().strip_prefix(folder)?.to_string_lossy().into_owned();
        let Some(bytes) = change(&name, std::fs::read(entry.path())?)? else { continue };
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, bytes.as_slice())?;
    }
    Ok(archive.into_inner()?)
}

/// The pack under another name, bound beside the first. Its component differs in a section that nobody reads, so that
/// it is compiled and kept as another one.
pub(crate) fn copy(folder: &Path) -> Result<Vec<u8>> {
    archive(folder, &|path, mut bytes| {
        if path.ends_with(".wasm") {
            bytes.extend([0, 5, 4]);
            bytes.extend(b"copy");
        }
        if path != "pack.toml" {
            return Ok(Some(bytes));
        }
        let name = folder.file_name().context("a pack has a name")?.to_string_lossy().into_owned();
        let text = String::from_utf8(bytes)?;
        let text = text.replacen(&format!("name = \"{name}\""), &format!("name = \"{name}-copy\""), 1);
        let text = text.replace("[[binding]]", &format!("[[binding]]\npolicy = \"{name}-copy\""));
        Ok(Some(text.replace("rank = 100", "rank = 300").replace("rank = 200", "rank = 400").into_bytes()))
    })
}

/// The lead qualification as it ships, and a version that leaves every lead alone: nobody could disagree more.
pub(crate) fn two_minds(folder: &Path) -> Result<[Vec<u8>; 2]> {
    let hopeful = archive(folder, &|_, bytes| Ok(Some(bytes)))?;
    let gloomy = archive(folder, &|path, bytes| match path {
        "pack.toml" => {
            let text = String::from_utf8(bytes)?;
            Ok(Some(text.replacen("version = \"0.1.0\"", "version = \"0.1.1\"", 1).into_bytes()))
        }
        "config.json" => {
            let mut configuration: Value = serde_json::from_slice(&bytes)?;
            configuration["base"] = json!({ "*": -400 });
            Ok(Some(serde_json::to_vec(&configuration)?))
        }
        // What it is to answer now is not what its vectors say.
        _ if path.starts_with("vectors/") => Ok(None),
        _ => Ok(Some(bytes)),
    })?;
    Ok([hopeful, gloomy])
}
