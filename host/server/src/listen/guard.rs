//! A connection that does not wait for ever: for its first bytes, nor for a peer that takes no more of an answer, or
//! hardly anything.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::activity::{Activity, Patience};

/// HTTP/2's preface has 24 bytes; until they are here, or something is answered, nobody else watches the clock:
/// hyper-util reads them without a timer to tell HTTP/1 from HTTP/2.
const PREFACE_BYTES: usize = 24;

/// A stream whose waits end.
pub(super) struct Guard<S> {
    stream: S,
    /// Runs until the preface is here.
    preface: Option<Pin<Box<Sleep>>>,
    read: usize,
    /// Since when the peer takes nothing, and the end of that.
    stall: Option<(Instant, Pin<Box<Sleep>>)>,
    patience: Patience,
    activity: Arc<Activity>,
}

impl<S> Guard<S> {
    pub(super) fn new(stream: S, preface_timeout: Duration, stall_timeout: Duration, activity: Arc<Activity>) -> Self {
        let preface = Some(Box::pin(tokio::time::sleep(preface_timeout)));
        Self { stream, preface, read: 0, stall: None, patience: Patience::new(stall_timeout), activity }
    }

    /// What a write came to: the clock runs while the peer takes nothing, and what it takes gives it more time.
    fn watched<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
        bytes: impl Fn(&T) -> usize,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(written) = written {
            if let Some((since, _)) = self.stall.take() {
                self.patience.spend(since.elapsed());
            }
            self.patience.earn(written.as_ref().map_or(0, bytes));
            self.preface = None;
            self.activity.taken();
            return Poll::Ready(written);
        }
        let left = self.patience.left();
        let begin = || (Instant::now(), Box::pin(tokio::time::sleep(left)));
        let (_, stall) = self.stall.get_or_insert_with(begin);
        ready!(stall.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer takes nothing")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guard<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        this.read = this.read.saturating_add(buf.filled().len().saturating_sub(before));
        if this.read >= PREFACE_BYTES {
            this.preface = None;
        }
        match (&mut this.preface, read) {
            (Some(preface), Poll::Pending) => {
                ready!(preface.as_mut().poll(cx));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer says nothing")))
            }
            (_, read) => read,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.watched(cx, written, |bytes| *bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.watched(cx, written, |bytes| *bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        // Sockets flush at once; a flush without a write before it must not count as an answer.
        if flushed.is_ready() { flushed } else { this.watched(cx, flushed, |()| 0) }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
