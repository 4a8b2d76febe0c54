//! The archive as files: an uncompressed tar of the pack's folder, read with nothing but plain files taken.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Component;

use plugdesk_domain::Digest;
use plugdesk_domain::ask::{LoadFault, MOST_COMPONENT_BYTES};

use super::problem;
use crate::error::PackProblem;

/// A pack has at most so many bytes: the largest guest runtime (Python) makes components of 18 MB, and a pack may
/// carry a few.
pub const MOST_ARCHIVE_BYTES: usize = 64 << 20;
/// And at most so many files: a pack with a thousand vectors is still examined within the minute.
const MOST_FILES: usize = 2_000;
/// Any other file has at most so many: it is text that somebody wrote.
const MOST_TEXT_BYTES: usize = 1 << 20;
/// The longest path, in bytes: every file system takes it.
const MOST_PATH_BYTES: usize = 200;
/// The deepest path, in folders.
const MOST_DEPTH: usize = 8;
/// The list of digests is not part of what it lists.
const LOCK: &str = "pack.lock";

/// A pack's files by path, `/` between folders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Reads an archive. Links, devices, absolute paths, `..` and a path that stands twice are refused; a single
    /// folder around everything, as `tar` writes it, is taken off.
    pub fn from_tar(archive: &[u8]) -> Result<Self, Vec<PackProblem>> {
        let refuse = |message: String| vec![problem("", message)];
        if archive.len() > MOST_ARCHIVE_BYTES {
            return Err(refuse(format!("{} bytes, a pack has at most {MOST_ARCHIVE_BYTES}", archive.len())));
        }
        if archive.starts_with(&[0x1f, 0x8b]) || archive.starts_with(b"PK") {
            return Err(refuse("a pack is an uncompressed tar archive; this one is compressed".to_owned()));
        }
        let mut tar = tar::Archive::new(archive);
        let entries = tar.entries().map_err(|e| refuse(format!("not a tar archive: {e}")))?;
        let mut files = Self::default();
        for entry in entries {
            let mut entry = entry.map_err(|e| refuse(format!("not a whole tar archive: {e}")))?;
            let path = entry.path_bytes().into_owned();
            let kind = entry.header().entry_type();
            if kind.is_dir() || kind.is_pax_global_extensions() {
                continue;
            }
            let shown: String = String::from_utf8_lossy(&path).chars().take(80).collect();
            if !(kind.is_file() || kind.is_contiguous()) {
                return Err(vec![problem(shown, "a pack holds plain files only, no links and no devices")]);
            }
            let path = plain_path(&path).map_err(|rule| vec![problem(shown, rule)])?;
            // A stranger's size is not believed: what is read is bounded by the archive, which is in memory already.
            let mut bytes = Vec::new();
            let most = archive.len() as u64;
            entry.by_ref().take(most).read_to_end(&mut bytes).map_err(|e| refuse(format!("{path}: {e}")))?;
            files.insert(&path, bytes).map_err(|wrong| vec![wrong])?;
        }
        Ok(files.without_folder())
    }

    /// Adds a file, within the limits.
    pub fn insert(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), PackProblem> {
        let path = plain_path(path.as_bytes()).map_err(|rule| problem(path, rule))?;
        // A component is refused here in the words of the sandbox, which would not compile it.
        let component = path.ends_with(".wasm");
        if component && bytes.len() > MOST_COMPONENT_BYTES {
            return Err(problem(path, LoadFault::too_large(bytes.len(), MOST_COMPONENT_BYTES).0));
        }
        if !component && bytes.len() > MOST_TEXT_BYTES {
            return Err(problem(path, format!("{} bytes, at most {MOST_TEXT_BYTES} are taken", bytes.len())));
        }
        if self.0.len() >= MOST_FILES {
            return Err(problem(path, format!("a pack has at most {MOST_FILES} files")));
        }
        if self.0.contains_key(&path) {
            return Err(problem(path, "stands twice in the archive"));
        }
        self.0.insert(path, bytes);
        Ok(())
    }

    /// The files as an archive: sorted, without times and owners, so that the same files give the same bytes.
    pub fn to_tar(&self) -> std::io::Result<Vec<u8>> {
        let mut tar = tar::Builder::new(Vec::new());
        for (path, bytes) in &self.0 {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, path, bytes.as_slice())?;
        }
        tar.into_inner()
    }

    /// The file at that path.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// The files of a folder that end so, sorted: path and content.
    pub fn under<'a>(&'a self, folder: &'a str, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let inside = move |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let matching = move |(path, _): &(&String, &Vec<u8>)| inside(path) && path.ends_with(ending);
        self.0.iter().filter(matching).map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// What a signature would state: SHA-256 over the lines `digest, two spaces, path` of all files in the order of
    /// their paths, as `sha256sum` writes them.
    pub fn digest(&self) -> Digest {
        let line = |(path, bytes): (&String, &Vec<u8>)| format!("{}  {path}\n", Digest::of(bytes));
        Digest::of(self.0.iter().filter(|(path, _)| *path != LOCK).map(line).collect::<String>().as_bytes())
    }

    fn without_folder(self) -> Self {
        if self.0.contains_key("pack.toml") {
            return self;
        }
        let folder = |path: &String| path.split_once('/').map(|(folder, _)| folder.to_owned());
        let Some(first) = self.0.keys().next().and_then(folder) else { return self };
        if self.0.keys().any(|path| folder(path).as_ref() != Some(&first)) {
            return self;
        }
        let strip = |(path, bytes): (String, Vec<u8>)| (path[first.len() + 1..].to_owned(), bytes);
        Self(self.0.into_iter().map(strip).collect())
    }
}

/// A path of plain names, or the rule that it breaks.
fn plain_path(path: &[u8]) -> Result<String, String> {
    let path = std::str::from_utf8(path).map_err(|_| "the path is not UTF-8".to_owned())?;
    if path.len() > MOST_PATH_BYTES {
        return Err(format!("the path has more than {MOST_PATH_BYTES} bytes"));
    }
    if path.contains(|c: char| c.is_control() || matches!(c, '\\' | ':')) {
        return Err("the path has a control character, a backslash or a colon".to_owned());
    }
    let mut names = Vec::new();
    for component in std::path::Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => names.push(name.to_str().unwrap_or_default()),
            Component::ParentDir => return Err("the path has `..`".to_owned()),
            Component::RootDir | Component::Prefix(_) => return Err("the path is absolute".to_owned()),
        }
    }
    if names.is_empty() || names.len() > MOST_DEPTH {
        return Err(format!("a path has 1 to {MOST_DEPTH} names"));
    }
    Ok(names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar(paths: &[&str]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for path in paths {
            let mut header = tar::Header::new_gnu();
            // `append_data` refuses bad paths itself, so the hostile name is written by hand.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(1);
            header.set_cksum();
            builder.append(&header, &b"x"[..]).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn a_path_that_leaves_the_pack_is_refused_by_name() {
        for (path, rule) in [("../a", "`..`"), ("/etc/passwd", "absolute"), ("a/../../b", "`..`"), ("c:\\x", "colon")] {
            let problems = Files::from_tar(&tar(&[path])).unwrap_err();
            assert!(problems[0].problem.contains(rule), "{path}: {problems:?}");
        }
        assert!(Files::from_tar(&tar(&["a", "./a"])).unwrap_err()[0].problem.contains("twice"));
        assert!(Files::from_tar(b"\x1f\x8b...").unwrap_err()[0].problem.contains("compressed"));
        assert!(Files::from_tar(&[7; 3_000]).is_err());
    }

    #[test]
    fn a_link_is_refused() {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, "pack.toml", "/etc/passwd").unwrap();
        let problems = Files::from_tar(&builder.into_inner().unwrap()).unwrap_err();
        assert_eq!(problems[0].file, "pack.toml");
        assert_eq!(problems[0].problem, "a pack holds plain files only, no links and no devices");
    }

    #[test]
    fn the_same_files_make_the_same_pack_however_they_were_packed() {
        let inside = Files::from_tar(&tar(&["seg/pack.toml", "seg/locales/en.ftl"])).unwrap();
        let bare = Files::from_tar(&tar(&["./locales/en.ftl", "./pack.toml"])).unwrap();
        assert_eq!((&inside, inside.digest()), (&bare, bare.digest()));
        assert_eq!(Files::from_tar(&inside.to_tar().unwrap()).unwrap(), inside);
        assert_eq!(inside.under("locales", ".ftl").map(|(path, _)| path).collect::<Vec<_>>(), ["locales/en.ftl"]);
    }
}
