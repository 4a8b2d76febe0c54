//! Commands in flight, driven from one thread of our own: many at once, so that they share commits.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

/// Futures being driven by the thread that made this.
pub(super) struct Flight<'a, T> {
    flying: Vec<Pin<Box<dyn Future<Output = T> + 'a>>>,
    waker: Waker,
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl<'a, T> Flight<'a, T> {
    /// None yet.
    pub(super) fn new() -> Self {
        Self { flying: Vec::new(), waker: Arc::new(Unpark(std::thread::current())).into() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.flying.len()
    }

    /// One more.
    pub(super) fn add(&mut self, future: impl Future<Output = T> + 'a) {
        self.flying.push(Box::pin(future));
    }

    /// Waits until one has landed and gives what it brought; none: there was none.
    pub(super) fn next(&mut self) -> Option<T> {
        while !self.flying.is_empty() {
            let mut context = Context::from_waker(&self.waker);
            for place in 0..self.flying.len() {
                let Some(future) = self.flying.get_mut(place) else { break };
                if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                    drop(self.flying.swap_remove(place));
                    return Some(value);
                }
            }
            // A wake between the poll and here leaves a token behind, so this returns at once then.
            std::thread::park();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lands_first_is_heard_first_and_nothing_is_lost() {
        let mut flight = Flight::new();
        let (tell, hear) = futures_channel::oneshot::channel::<u32>();
        flight.add(async { hear.await.unwrap_or(0) });
        flight.add(async { 1 });
        assert_eq!((flight.len(), flight.next()), (2, Some(1)));
        let teller = std::thread::spawn(move || tell.send(2));
        assert_eq!((flight.next(), flight.next()), (Some(2), None));
        teller.join().unwrap().unwrap();
    }
}
