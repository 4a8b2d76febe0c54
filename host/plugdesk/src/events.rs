//! A desk's events as a stream: what is in the log already, then what comes.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use plugdesk_desk::Desk;
use plugdesk_domain::{Event, Principal};

use crate::Error;

/// Events read from the log at a time: a read of some microseconds, so that it may stand in `poll`.
const AT_A_TIME: usize = 64;

/// The events of one desk, in order, without a gap. Ends after its first error; begin again behind the last event that
/// was handled.
pub struct Events {
    desk: Desk,
    by: Principal,
    after: u64,
    read: VecDeque<Event>,
    bell: Arc<Bell>,
    ended: bool,
}

/// Rings when something was committed. The desk holds it weakly, so a dropped stream is forgotten at the next event.
#[derive(Default)]
struct Bell(Mutex<Option<Waker>>);

impl Bell {
    fn ring(bell: &Weak<Self>) -> bool {
        let Some(bell) = bell.upgrade() else { return false };
        let waker = bell.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    fn listen(&self, cx: &Context<'_>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
    }
}

impl Events {
    pub(crate) fn begin(desk: Desk, by: &Principal, after: u64) -> Result<Self, Error> {
        let bell = Arc::new(Bell::default());
        let weak = Arc::downgrade(&bell);
        desk.watch(by, Box::new(move |_last| Bell::ring(&weak)))?;
        Ok(Self { desk, by: by.clone(), after, read: VecDeque::new(), bell, ended: false })
    }

    /// The next event, waiting for one if there is none yet; none after an error.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Events {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if self.read.is_empty() {
            // Listen before reading: what is committed between the two rings the bell.
            self.bell.listen(cx);
            match self.desk.events(&self.by, self.after, AT_A_TIME) {
                Ok(events) => self.read = events.into(),
                Err(error) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(error.into())));
                }
            }
        }
        match self.read.pop_front() {
            Some(event) => {
                self.after = event.sequence;
                Poll::Ready(Some(Ok(event)))
            }
            None => Poll::Pending,
        }
    }
}
