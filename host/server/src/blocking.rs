//! Where waiting work meets the reactor: reads of the store, and streams in and out, run on threads that may wait.
//!
//! The only place of this crate that hands work to other threads.

use std::io::{self, Read, Write};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, HttpBody};
use axum::response::{IntoResponse, Response};
use bytes::{Buf, Bytes, BytesMut};
use http_body_util::BodyExt;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};

use crate::limits::{LEAST_BYTES_PER_SECOND, PIECE_BYTES, PIECES};
use crate::listen::too_slow;
use crate::problem::{Code, Problem};
use crate::respond;
use crate::state::Server;

impl Server {
    /// Runs a read that may wait for the disk. When too many are under way the answer is 503 at once. What a read finds
    /// wrong with what it was asked are query parameters.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, plugdesk_desk::Error> + Send + 'static,
    {
        self.aside(self.reading()?, read).await.map_err(Problem::of_query)
    }

    /// Reads, and writes out what was found on the same thread: two hundred tickets are milliseconds of work, which every
    /// other connection of a reactor thread would wait for.
    pub(crate) async fn json<T, F>(&self, read: F) -> Result<Response, Problem>
    where
        T: Serialize + 'static,
        F: FnOnce() -> Result<T, plugdesk_desk::Error> + Send + 'static,
    {
        self.read(move || read().map(|found| Json(found).into_response())).await
    }

    /// The same for a page as it comes from the desk.
    pub(crate) async fn page<T, F>(&self, read: F) -> Result<Response, Problem>
    where
        T: Serialize + 'static,
        F: FnOnce() -> Result<plugdesk_domain::Page<T>, plugdesk_desk::Error> + Send + 'static,
    {
        self.json(move || read().map(respond::page)).await
    }

    /// A read for a stream that goes on: it waits for its turn. One commit wakes every stream of a desk, and they must
    /// not take the places of those who read once.
    pub(crate) async fn read_in_turn<T, F>(&self, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, plugdesk_desk::Error> + Send + 'static,
    {
        self.aside(self.turn().await?, read).await
    }

    /// The same for who looks up a key, before anything else is known of the request.
    pub(crate) async fn read_key<T, F>(&self, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, plugdesk_desk::Error> + Send + 'static,
    {
        self.aside(self.key_turn().await?, read).await
    }

    /// The same for a probe, which no other work may make fail: a desk with many readers is busy, not broken.
    pub(crate) async fn probe<T, F>(&self, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, plugdesk_desk::Error> + Send + 'static,
    {
        self.aside(self.probing().await?, read).await
    }

    async fn aside<T, F>(&self, place: OwnedSemaphorePermit, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, plugdesk_desk::Error> + Send + 'static,
    {
        let joined = tokio::task::spawn_blocking(move || {
            let answer = read();
            drop(place);
            answer
        });
        joined.await.map_err(Problem::internal)?.map_err(Problem::from)
    }

    /// Answers with what `write` writes, piece by piece. A failure before the first piece is a problem; a later one
    /// breaks the connection off, so that nobody takes half a backup for a whole one.
    pub(crate) async fn stream_out<F>(&self, write: F) -> Result<Body, Problem>
    where
        F: FnOnce(&mut dyn Write) -> Result<(), Problem> + Send + 'static,
    {
        let permit = self.long()?;
        let (pieces, mut taken) = mpsc::channel(PIECES);
        let stall = self.options().stall_timeout;
        let handle = Handle::current();
        // The thread ends with `write`, or when nobody takes the next piece; its end is the channel's end.
        let thread = tokio::task::spawn_blocking(move || {
            let mut pipe = PipeWriter { pieces, handle, stall, buffer: BytesMut::with_capacity(PIECE_BYTES) };
            let written = write(&mut pipe).and_then(|()| pipe.flush().map_err(Problem::internal));
            if let Err(problem) = written {
                pipe.send(Err(problem));
            }
            drop(permit);
        });
        drop(thread);
        let first = match taken.recv().await {
            Some(Err(problem)) => return Err(problem),
            first => first,
        };
        let rest = ReceiverStream::new(taken).map(|piece| piece.map_err(|problem| broken(&problem)));
        let first = tokio_stream::iter(first.map(|piece| piece.map_err(|problem| broken(&problem))));
        Ok(Body::from_stream(first.chain(rest)))
    }

    /// Lets `read` read a request's body, piece by piece, at most `most` bytes of it.
    pub(crate) async fn stream_in<T, F>(&self, body: Body, most: u64, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Read) -> Result<T, Problem> + Send + 'static,
    {
        if body.size_hint().lower() > most {
            return Err(too_large(most));
        }
        let permit = self.long()?;
        let (pieces, taken) = mpsc::channel(PIECES);
        let thread = tokio::task::spawn_blocking(move || {
            let mut pipe = PipeReader::new(taken);
            let answer = read(&mut pipe);
            drop(permit);
            answer
        });
        let pumped = pump(body, most, self.options().stall_timeout, pieces).await;
        let answer = thread.await.map_err(Problem::internal)?;
        // The reader's own complaint about a broken body says less than why it broke.
        pumped.and(answer)
    }
}

impl Server {
    /// Gives a request's body, at most `most` bytes of it, to work that reads it on a thread of its own.
    pub(crate) async fn stream_to<T, Fut>(
        &self,
        body: Body,
        most: u64,
        work: impl FnOnce(PipeReader) -> Fut,
    ) -> Result<T, Problem>
    where
        Fut: Future<Output = Result<T, Problem>>,
    {
        if body.size_hint().lower() > most {
            return Err(too_large(most));
        }
        let _permit = self.long()?;
        let (pieces, taken) = mpsc::channel(PIECES);
        let mut pumped = std::pin::pin!(pump(body, most, self.options().stall_timeout, pieces));
        let mut work = std::pin::pin!(work(PipeReader::new(taken)));
        tokio::select! {
            // Refused before it was read: the rest of the body is nobody's.
            answer = &mut work => answer,
            pumped = &mut pumped => {
                let answer = work.await;
                pumped.and(answer)
            }
        }
    }
}

/// A piece of a request's body on its way to its reader.
enum Piece {
    Some(Bytes),
    /// The body broke off.
    Broken,
    /// That was all. A channel that ends without it was left by a client who went away: what came is not the whole.
    End,
}

/// Passes the body on until it ends, breaks or nobody reads it any more.
async fn pump(mut body: Body, most: u64, stall: Duration, pieces: mpsc::Sender<Piece>) -> Result<(), Problem> {
    let whole = body.size_hint().exact();
    let mut sum: u64 = 0;
    loop {
        let problem = match tokio::time::timeout(stall, body.frame()).await {
            Ok(None) => match whole {
                Some(whole) if whole != sum => {
                    Problem::new(Code::BodyBroken, format!("the body broke off after {sum} of {whole} bytes"))
                }
                _ => {
                    // Who no longer reads has its answer.
                    let _ = pieces.send(Piece::End).await;
                    return Ok(());
                }
            },
            Ok(Some(Ok(frame))) => {
                let Ok(piece) = frame.into_data() else { continue };
                sum = sum.saturating_add(piece.len() as u64);
                match sum > most {
                    true => too_large(most),
                    // Nobody reads any more: the reader has its answer.
                    false if pieces.send(Piece::Some(piece)).await.is_err() => return Ok(()),
                    false => continue,
                }
            }
            Ok(Some(Err(error))) if too_slow(&error) => slow(),
            Ok(Some(Err(error))) => Problem::new(Code::BodyBroken, "the body broke off").with_cause(error),
            Err(_) => Problem::new(Code::RequestTimeout, format!("nothing came for {} s", stall.as_secs())),
        };
        // If nobody reads any more there is nobody to tell.
        let _ = pieces.send(Piece::Broken).await;
        return Err(problem);
    }
}

/// That a body is larger than it may be.
pub(crate) fn too_large(most: u64) -> Problem {
    Problem::new(Code::TooLarge, format!("the body has more than the {most} bytes that are taken"))
}

/// That a client sends its body too slowly.
pub(crate) fn slow() -> Problem {
    let text = format!("less than {LEAST_BYTES_PER_SECOND} bytes a second came, for too long");
    Problem::new(Code::RequestTimeout, text)
}

fn broken(problem: &Problem) -> io::Error {
    tracing::error!(code = problem.code().name(), cause = problem.cause(), "a stream broke off");
    io::Error::other("the stream broke off")
}

/// Turns writes into pieces of a response.
struct PipeWriter {
    pieces: mpsc::Sender<Result<Bytes, Problem>>,
    handle: Handle,
    stall: Duration,
    buffer: BytesMut,
}

impl PipeWriter {
    fn send(&self, piece: Result<Bytes, Problem>) -> bool {
        self.handle.block_on(self.pieces.send_timeout(piece, self.stall)).is_ok()
    }
}

impl Write for PipeWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = self.buffer.split().freeze();
        match piece.is_empty() || self.send(Ok(piece)) {
            true => Ok(()),
            false => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader is gone or takes nothing")),
        }
    }
}

/// Reads pieces of a request, on a thread that may wait.
pub(crate) struct PipeReader {
    pieces: mpsc::Receiver<Piece>,
    piece: Bytes,
    ended: bool,
}

impl PipeReader {
    fn new(pieces: mpsc::Receiver<Piece>) -> Self {
        Self { pieces, piece: Bytes::new(), ended: false }
    }
}

impl Read for PipeReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Piece::Some(piece)) => self.piece = piece,
                Some(Piece::End) => self.ended = true,
                Some(Piece::Broken) | None => {
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the request's body broke off"));
                }
            }
        }
        let taken = self.piece.len().min(into.len());
        self.piece.copy_to_slice(into.get_mut(..taken).unwrap_or_default());
        Ok(taken)
    }
}

/// A stream made of a state and a step; ends when the step says so. Polls nothing ahead of its reader.
pub(crate) fn unfold<S, T, F, Fut>(state: S, step: F) -> impl Stream<Item = T> + Send
where
    S: Send + 'static,
    T: Send + 'static,
    F: FnMut(S) -> Fut + Send + Unpin + 'static,
    Fut: Future<Output = Option<(T, S)>> + Send + 'static,
{
    Unfold { state: Some(state), step, running: None }
}

struct Unfold<S, F, Fut> {
    state: Option<S>,
    step: F,
    running: Option<std::pin::Pin<Box<Fut>>>,
}

// The running future is boxed, so moving this moves nothing that is pinned.
impl<S, F, Fut> Unpin for Unfold<S, F, Fut> {}

impl<S, T, F, Fut> Stream for Unfold<S, F, Fut>
where
    F: FnMut(S) -> Fut,
    Fut: Future<Output = Option<(T, S)>>,
{
    type Item = T;
    fn poll_next(self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Option<T>> {
        let this = self.get_mut();
        if let Some(state) = this.state.take() {
            this.running = Some(Box::pin((this.step)(state)));
        }
        let Some(running) = &mut this.running else { return std::task::Poll::Ready(None) };
        let next = std::task::ready!(running.as_mut().poll(cx));
        this.running = None;
        std::task::Poll::Ready(next.map(|(item, state)| {
            this.state = Some(state);
            item
        }))
    }
}
