//! The small file layer under the journal, the checkpoint, snapshots and blobs, so that tests can put a simulated disk
//! there: one that loses, tears and reorders what was not synced, and that fails on request.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

/// A folder tree. What the store does with files, and no more.
pub trait Files: Send + Sync {
    /// Makes a folder and those above it.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// The names in a folder, in any order; empty if there is no such folder.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
    /// A new file, or an emptied one, to be written.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>>;
    /// An existing file, to be written on from its end.
    fn append(&self, path: &Path) -> io::Result<Box<dyn Output>>;
    /// An existing file, to be read from its beginning.
    fn read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>>;
    /// A file's length; none: there is no such file.
    fn length(&self, path: &Path) -> io::Result<Option<u64>>;
    /// Moves a file over another.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file; it is no error if there is none.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// Bytes that may still be written on the disk that holds the folder.
    fn free_bytes(&self, path: &Path) -> io::Result<u64>;
}

/// A file that is written at its end.
pub trait Output: Write + Send {
    /// Makes what was written survive a power cut.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts it to a length, at which writing goes on.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

/// The operating system's files.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealFiles;

struct RealOutput(fs::File);

/// An error of the operating system's names no file; ours do, because somebody has to go and look.
fn at(path: &Path) -> impl Fn(io::Error) -> io::Error + '_ {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Opens what must be a file: a folder in its place would fail later, at the first read, and without a name.
fn open(path: &Path, options: &fs::OpenOptions) -> io::Result<fs::File> {
    let file = options.open(path).map_err(at(path))?;
    match file.metadata().map_err(at(path))?.is_dir() {
        true => Err(at(path)(io::ErrorKind::IsADirectory.into())),
        false => Ok(file),
    }
}

impl Write for RealOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output for RealOutput {
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        // The file is in append mode: the next write goes to the new end.
        self.0.set_len(length)
    }
}

impl Files for RealFiles {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path).map_err(at(path))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(at(path))?,
        };
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        // Truncating and appending can't be asked for together.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(path)(error)),
            _ => {}
        }
        Ok(Box::new(RealOutput(open(path, fs::File::options().append(true).create_new(true))?)))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        Ok(Box::new(RealOutput(open(path, fs::File::options().append(true))?)))
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(open(path, fs::File::options().read(true))?))
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(path)(error)),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to).map_err(at(to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.map_err(at(path)),
        }
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        fs::File::open(path)?.sync_all()
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(path)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

/// Writes a file so that it is there whole or not at all, also after a power cut: under another name, synced, renamed,
/// the folder synced.
pub(crate) fn replace(files: &dyn Files, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".tmp");
    let temporary = folder.join(name);
    let written = files.create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync()
    });
    if let Err(error) = written {
        // On a full disk what stands there of it would keep the disk full.
        drop(files.remove(&temporary));
        return Err(error);
    }
    files.rename(&temporary, path)?;
    files.sync_folder(folder)
}

/// Removes what a crash left of files that were being written: they have no name yet that anybody reads.
pub(crate) fn remove_unfinished(files: &dyn Files, folder: &Path) -> io::Result<()> {
    for name in files.list(folder)?.into_iter().filter(|name| name.ends_with(".tmp")) {
        files.remove(&folder.join(name))?;
    }
    Ok(())
}

/// The whole of a small file; none: there is no such file. A file above `most` is an error.
pub(crate) fn read_small(files: &dyn Files, path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let Some(length) = files.length(path)? else { return Ok(None) };
    if length > most {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{} has {length} bytes, at most {most} are read", path.display()),
        ));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    files.read(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
