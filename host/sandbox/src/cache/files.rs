//! The cache's folder: who may own it, how files get into it and out of it.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Bits by which somebody else could write.
const WRITABLE_BY_OTHERS: u32 = 0o022;
/// The file of the secret.
const SECRET: &str = "secret";
/// How unfinished files end; whoever opens the folder removes them.
const UNFINISHED: &str = "unfinished";

/// Makes the folder with mode 0700, or checks that it is this user's alone to write.
pub(super) fn own_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let metadata = fs::metadata(folder)?;
    if !metadata.is_dir() || !is_ours(&metadata) {
        return Err(io::Error::other("it belongs to somebody else, or somebody else may write to it"));
    }
    Ok(())
}

fn is_ours(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & WRITABLE_BY_OTHERS == 0
}

/// The folder's secret, drawn when there is none, or none that is whole: everything it sealed is compiled anew then.
pub(super) fn secret(folder: &Path) -> io::Result<[u8; 32]> {
    let path = folder.join(SECRET);
    if path.exists() && fs::symlink_metadata(&path)?.len() != 32 {
        remove(&path);
    }
    if !path.exists() {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(io::Error::other)?;
        let unfinished = unfinished(&path)?;
        // Synced before it has its name: a power cut may leave a name without its bytes, and nobody could start then.
        write_new(&unfinished, &secret)?.sync_data()?;
        // A link and not a rename: of two processes that start at once, one wins and both read its secret.
        let linked = fs::hard_link(&unfinished, &path);
        remove(&unfinished);
        linked.or_else(|error| if path.exists() { Ok(()) } else { Err(error) })?;
    }
    let bytes = read(&path, 32).ok_or_else(|| io::Error::other("its secret can't be read, or is not ours alone"))?;
    bytes.try_into().map_err(|_| io::Error::other("its secret is damaged; remove the folder"))
}

/// A file's bytes, if it is a plain file that only this user could have written, and not larger than `most`.
pub(super) fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let flags = rustix::fs::OFlags::NOFOLLOW.bits();
    let file = OpenOptions::new().read(true).custom_flags(i32::try_from(flags).ok()?).open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || !is_ours(&metadata) || metadata.len() > most {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
    file.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Puts a file in place whole or not at all. It needs no fsync: what a power cut leaves fails its mark.
pub(super) fn write(path: &Path, bytes: &[u8]) {
    let Ok(unfinished) = unfinished(path) else { return };
    if write_new(&unfinished, bytes).and_then(|_| fs::rename(&unfinished, path)).is_err() {
        remove(&unfinished);
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    Ok(file)
}

fn unfinished(path: &Path) -> io::Result<std::path::PathBuf> {
    let random = getrandom::u64().map_err(io::Error::other)?;
    Ok(path.with_extension(format!("{random:016x}.{UNFINISHED}")))
}

/// Removes a file; that it is not there is as good.
pub(super) fn remove(path: &Path) {
    drop(fs::remove_file(path));
}

/// Removes unfinished files and what does not end with `suffix`. Only when the folder is opened: later an unfinished
/// file is one that another thread is writing.
pub(super) fn sweep(folder: &Path, suffix: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.ends_with(suffix) && name != SECRET {
            remove(&entry.path());
        }
    }
}

/// Keeps the newest of the files that end with `suffix`, at most `most` with `most_bytes` in all, and removes the rest.
pub(super) fn keep_newest(folder: &Path, suffix: &str, most: usize, most_bytes: u64) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let ours = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().ends_with(suffix));
    let mut files: Vec<_> = ours
        .map(|entry| {
            let metadata = entry.metadata().ok();
            let modified = metadata.as_ref().and_then(|it| it.modified().ok());
            (modified, entry.path(), metadata.map_or(0, |it| it.len()))
        })
        .collect();
    files.sort_by(|a, b| b.cmp(a));
    let mut bytes = 0u64;
    for (place, (_, path, length)) in files.iter().enumerate() {
        bytes = bytes.saturating_add(*length);
        if place >= most || bytes > most_bytes {
            remove(path);
        }
    }
}
