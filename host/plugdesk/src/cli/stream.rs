//! Files on their way to the desk and back, piece by piece.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http::Response;
use http_body::{Body as HttpBody, Frame};
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, ReadBuf};

use super::{Exit, Failure};

/// A piece of a file on its way: large enough to be fast, small enough that a huge file needs no memory.
const PIECE_BYTES: usize = 256 << 10;

/// A file as a request's body, read piece by piece.
pub(crate) async fn upload(path: &Path) -> Result<Body, Failure> {
    let file = tokio::fs::File::open(path).await.map_err(|error| Failure::file(path, "read", &error))?;
    Ok(Body::new(FileBody { file, piece: vec![0; PIECE_BYTES] }))
}

struct FileBody {
    file: tokio::fs::File,
    piece: Vec<u8>,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Self { file, piece } = self.get_mut();
        let mut read = ReadBuf::new(piece);
        match ready!(Pin::new(file).poll_read(cx, &mut read)) {
            Err(error) => Poll::Ready(Some(Err(error))),
            Ok(()) if read.filled().is_empty() => Poll::Ready(None),
            Ok(()) => Poll::Ready(Some(Ok(Frame::data(Bytes::copy_from_slice(read.filled()))))),
        }
    }
}

/// Writes an answer into a file that appears whole or not at all, and is its owner's alone: it holds what customers
/// wrote. Returns its bytes.
pub(crate) async fn save(answer: Response<Body>, path: &Path) -> Result<u64, Failure> {
    let part = part_of(path);
    let written = pour(answer, &part).await.and_then(|bytes| {
        fs::rename(&part, path).and_then(|()| durable(path)).map_err(|error| Failure::file(path, "written", &error))?;
        Ok(bytes)
    });
    if written.is_err() {
        drop(fs::remove_file(&part));
    }
    written
}

/// Makes a name survive a power cut: whoever is told that it is there relies on it.
pub(crate) fn durable(path: &Path) -> io::Result<()> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    match fs::File::open(above.unwrap_or(Path::new("."))).and_then(|above| above.sync_all()) {
        // A folder that may be written and not read can't be synced by us.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        other => other,
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

async fn pour(answer: Response<Body>, part: &Path) -> Result<u64, Failure> {
    let failed = |error: io::Error| Failure::file(part, "written", &error);
    // What a broken-off run left is not written into: it would keep its mode.
    drop(fs::remove_file(part));
    let made = fs::File::options().write(true).create_new(true).mode(0o600).open(part);
    let mut file = made.map_err(failed)?;
    let mut bytes = 0;
    each_piece(answer, |piece| {
        bytes += piece.len() as u64;
        file.write_all(piece).map_err(failed)
    })
    .await?;
    file.sync_all().map_err(failed)?;
    Ok(bytes)
}

/// Hands over an answer piece by piece.
pub(crate) async fn each_piece(
    answer: Response<Body>,
    mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut body = answer.into_body();
    while let Some(frame) = body.frame().await {
        let broke = |error: axum::Error| Failure::new(Exit::Unreachable, format!("the answer broke off: {error}"));
        if let Ok(piece) = frame.map_err(broke)?.into_data() {
            take(&piece)?;
        }
    }
    Ok(())
}
