//! Bodies on their way over a connection, watched: which side waits for which.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::Sleep;

use super::activity::Turn;
use super::open::{Answers, Kept};
use crate::limits::STREAM_PIECE_BYTES;

/// The client sends too little.
#[derive(Debug)]
pub(crate) struct TooSlow;

impl std::fmt::Display for TooSlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the client sends too little")
    }
}

impl std::error::Error for TooSlow {}

/// Whether an error says, wherever within, that the client sends too little.
pub(crate) fn too_slow(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut within = Some(error);
    while let Some(error) = within {
        if error.is::<TooSlow>() {
            return true;
        }
        within = error.source();
    }
    false
}

/// A request's body, as the client sends it.
pub(super) struct Sent {
    body: Incoming,
    turn: Arc<Turn>,
    /// Runs while the client is waited for.
    clock: Option<Pin<Box<Sleep>>>,
}

impl Sent {
    pub(super) fn new(body: Incoming, turn: Arc<Turn>) -> Self {
        Self { body, turn, clock: None }
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                this.clock = None;
                this.turn.goes_on(frame.as_ref().map_or(0, |frame| frame.as_ref().map_or(0, bytes_of)));
                Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)))
            }
            Poll::Pending => {
                let turn = &this.turn;
                let clock = this.clock.get_or_insert_with(|| Box::pin(tokio::time::sleep(turn.is_to_send())));
                ready!(clock.as_mut().poll(cx));
                this.turn.goes_on(0);
                Poll::Ready(Some(Err(Box::new(TooSlow))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        // Who reads it no more waits for nobody.
        self.turn.goes_on(0);
    }
}

fn bytes_of(frame: &Frame<Bytes>) -> usize {
    frame.data_ref().map_or(0, Bytes::len)
}

/// An answer's body, as the client takes it.
///
/// On HTTP/2 in small pieces: what h2 has of a stream it keeps until the client opens its window, so it is given the
/// next piece only when it can send it, and the rest is still here to tell that it is not taken.
pub(super) struct Taken {
    body: Body,
    turn: Arc<Turn>,
    /// Counts it while it is in memory.
    _kept: Option<Kept>,
    in_pieces: bool,
    rest: Bytes,
    /// Bytes of the frame that was given out last.
    given: usize,
}

impl Taken {
    pub(super) fn new(body: Body, turn: Arc<Turn>, answers: &Answers, in_pieces: bool) -> Self {
        turn.is_answered();
        // Whose length is not known is made while it is taken, and has a limit of its own.
        let whole = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
        let kept = whole.filter(|bytes| *bytes > 0).map(|bytes| answers.keep(bytes));
        Self { body, turn, _kept: kept, in_pieces, rest: Bytes::new(), given: 0 }
    }

    /// The next piece of what is at hand.
    fn piece(&mut self) -> Frame<Bytes> {
        let most = if self.in_pieces { STREAM_PIECE_BYTES } else { self.rest.len() };
        let piece = self.rest.split_to(most.min(self.rest.len()));
        self.given = piece.len();
        self.turn.is_to_take();
        Frame::data(piece)
    }
}

impl HttpBody for Taken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        // Whoever asks for more has got rid of what it had.
        this.turn.goes_on(std::mem::take(&mut this.given));
        if !this.rest.is_empty() {
            return Poll::Ready(Some(Ok(this.piece())));
        }
        match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    this.rest = data;
                    Poll::Ready(Some(Ok(this.piece())))
                }
                Err(trailers) => Poll::Ready(Some(Ok(trailers))),
            },
            other => Poll::Ready(other),
        }
    }

    /// On HTTP/1 not before it is asked for more: hyper lets go what is at its end while it still keeps all of it in its
    /// buffer, and what the client has not taken would be counted no longer.
    fn is_end_stream(&self) -> bool {
        let given_away = self.in_pieces || self.given == 0;
        given_away && self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, inner) = (self.rest.len() as u64, self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().saturating_add(rest));
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}
