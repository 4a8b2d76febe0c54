//! Compiling, bounded: two components at a time, each on a thread of its own, and never longer than the operator allows.
//! The threads are no nicer than others: on a machine that has more to do than cores a nice one gets nothing at all.
//!
//! Cranelift can't be stopped, so a component that takes too long keeps its thread, and its place, until it is done;
//! whoever waits hears that at once when the time is up. It is weighed before (see `weigh.rs`), so it does end. There are
//! two places, so that one long component does not hold up every other.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use plugdesk_domain::LoadFault;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The compiler recurses over the shape of a function; rustc gives its own threads as much.
const STACK_BYTES: usize = 8 << 20;
/// So many components are compiled at once: one that takes long, and all the others after each other.
const PLACES: usize = 2;

/// Compiles components for one engine.
pub(crate) struct Compiler {
    places: Arc<Places>,
    time: Duration,
}

impl Compiler {
    /// No component may take longer than `time`.
    pub(crate) fn new(time: Duration) -> Self {
        Self { places: Arc::default(), time }
    }

    /// Machine code for `component`.
    pub(crate) fn compile(&self, engine: &Engine, component: &[u8]) -> Result<Component, LoadFault> {
        let seconds = self.time.as_secs_f32();
        let Some(taken) = Taken::wait(&self.places, self.time) else {
            return Err(LoadFault(format!("other components were being compiled for more than {seconds} s")));
        };
        let (engine, component) = (engine.clone(), component.to_vec());
        let (done, result) = sync_channel(1);
        std::thread::Builder::new()
            .name("plugdesk-compile".into())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let compiled = Component::from_binary(&engine, &component);
                drop(taken);
                // Nobody listens any more when the time was up.
                drop(done.send(compiled));
            })
            .map_err(|error| LoadFault(format!("no thread to compile it on: {error}")))?;
        match result.recv_timeout(self.time) {
            Ok(Ok(component)) => Ok(component),
            Ok(Err(error)) => Err(LoadFault(format!("it does not compile: {error:#}"))),
            Err(RecvTimeoutError::Timeout) => Err(LoadFault(format!("it takes more than {seconds} s to compile"))),
            Err(RecvTimeoutError::Disconnected) => Err(LoadFault("the compiler gave up on it".into())),
        }
    }
}

/// The places at the compiler.
#[derive(Default)]
struct Places {
    taken: Mutex<usize>,
    free: Condvar,
}

/// One is taken while this lives.
struct Taken(Arc<Places>);

impl Taken {
    fn wait(places: &Arc<Places>, time: Duration) -> Option<Self> {
        let taken = places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = places.free.wait_timeout_while(taken, time, |taken| *taken >= PLACES);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *taken >= PLACES {
            return None;
        }
        *taken += 1;
        Some(Self(places.clone()))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = taken.saturating_sub(1);
        self.0.free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_long_component_holds_up_no_other_and_who_waits_too_long_is_told_so() {
        let compiler = Compiler::new(Duration::ZERO);
        let held = Taken::wait(&compiler.places, Duration::ZERO).unwrap();
        let other = Taken::wait(&compiler.places, Duration::ZERO).unwrap();
        let fault = compiler.compile(&Engine::default(), b"").err().unwrap();
        assert!(fault.0.starts_with("other components were being compiled"), "{fault}");
        drop(held);
        assert!(Taken::wait(&compiler.places, Duration::ZERO).is_some());
        drop(other);
    }
}
