//! The desk's own socket in its folder: whoever may open it is an operator, so only its owner may.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream as Probe;
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

/// Why the socket can't be opened.
#[derive(Debug)]
pub enum SocketError {
    /// A living server answers on it.
    InUse(PathBuf),
    /// The operating system said no.
    Io(PathBuf, io::Error),
}

impl std::fmt::Display for SocketError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InUse(path) => write!(f, "a server listens on {} already", path.display()),
            Self::Io(path, error) => write!(f, "the socket {} can't be opened: {error}", path.display()),
        }
    }
}

impl std::error::Error for SocketError {}

/// The socket's file; removed when the listener ends, unless another one stands there by then.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    inode: u64,
    owner: u32,
}

impl SocketFile {
    /// Whether the other side runs as the socket's owner, or as root. The mode says so too; this holds even in the
    /// moment between the socket's birth and its mode.
    pub(super) fn trusts(&self, stream: &UnixStream) -> bool {
        stream.peer_cred().is_ok_and(|peer| peer.uid() == self.owner || peer.uid() == 0)
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if fs::metadata(&self.path).is_ok_and(|found| found.ino() == self.inode) {
            // The folder may be gone already; then there is nothing to remove.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Opens the socket with mode 0600. A dead server's socket is replaced, a living one's is left alone.
pub(super) fn bind(path: &Path) -> Result<(UnixListener, SocketFile), SocketError> {
    let failed = |error| SocketError::Io(path.to_owned(), error);
    if Probe::connect(path).is_ok() {
        return Err(SocketError::InUse(path.to_owned()));
    }
    // Born under another name and renamed when its mode is right, so that nobody meets it half made.
    let mut young = path.as_os_str().to_owned();
    young.push(".new");
    let young = PathBuf::from(young);
    match fs::remove_file(&young) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = UnixListener::bind(&young).map_err(failed)?;
    fs::set_permissions(&young, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    let found = fs::metadata(&young).map_err(failed)?;
    fs::rename(&young, path).map_err(failed)?;
    Ok((listener, SocketFile { path: path.to_owned(), inode: found.ino(), owner: found.uid() }))
}
