//! A pack as an archive: a tar file as it is, or a folder packed, the same bytes for the same files.

use std::fs;
use std::path::Path;

use plugdesk_desk::pack::{Files, MOST_ARCHIVE_BYTES};

use super::{Exit, Failure};

/// The archive of a pack's folder, or the archive itself.
pub(crate) fn archive(pack: &Path) -> Result<Vec<u8>, Failure> {
    let about = fs::metadata(pack).map_err(|error| Failure::file(pack, "read", &error))?;
    if about.is_dir() {
        return files(pack)?.to_tar().map_err(|error| Failure::file(pack, "packed", &error));
    }
    if about.len() > MOST_ARCHIVE_BYTES as u64 {
        let text = format!("{} is larger than a pack may be ({} MiB)", pack.display(), MOST_ARCHIVE_BYTES >> 20);
        return Err(Failure::new(Exit::Refused, text));
    }
    fs::read(pack).map_err(|error| Failure::file(pack, "read", &error))
}

/// The files of a pack's folder.
pub(crate) fn files(pack: &Path) -> Result<Files, Failure> {
    if !pack.join("pack.toml").is_file() {
        let text = format!("{} is not a pack: it has no pack.toml", pack.display());
        let help = "a plugin's sources become a pack with `plugdesk plugin build`; install the folder it names";
        return Err(Failure::new(Exit::NotFound, text).with_help(help));
    }
    // `target` and dot files are the builder's, not the pack's.
    let walk = walkdir::WalkDir::new(pack).sort_by_file_name().into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || (entry.depth() == 1 && name == "target"))
    });
    let mut files = Files::default();
    for entry in walk {
        let unread = |error| Failure::new(Exit::Fault, format!("{} can't be read: {error}", pack.display()));
        let entry = entry.map_err(unread)?;
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path();
        let bytes = fs::read(path).map_err(|error| Failure::file(path, "read", &error))?;
        let name = path.strip_prefix(pack).unwrap_or(path).to_string_lossy();
        files
            .insert(&name, bytes)
            .map_err(|wrong| Failure::new(Exit::Refused, format!("{}: {}", wrong.file, wrong.problem)))?;
    }
    Ok(files)
}
