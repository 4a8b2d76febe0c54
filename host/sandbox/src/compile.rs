//! Compiling, bounded: one component at a time, on a thread of its own, and never longer than the operator allows.
//!
//! Cranelift can't be stopped, so a component that takes too long keeps its thread, and its place, until it is done;
//! whoever waits hears that at once when the time is up. Its size is bounded before, so it does end.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use plugdesk_domain::LoadFault;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The compiler recurses over the shape of a function; rustc gives its own threads as much.
const STACK_BYTES: usize = 8 << 20;

/// Compiles components for one engine.
pub(crate) struct Compiler {
    place: Arc<Place>,
    time: Duration,
}

impl Compiler {
    /// No component may take longer than `time`.
    pub(crate) fn new(time: Duration) -> Self {
        Self { place: Arc::default(), time }
    }

    /// Machine code for `component`.
    pub(crate) fn compile(&self, engine: &Engine, component: &[u8]) -> Result<Component, LoadFault> {
        let seconds = self.time.as_secs_f32();
        let Some(taken) = Taken::wait(&self.place, self.time) else {
            return Err(LoadFault(format!("another component was being compiled for more than {seconds} s")));
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

/// The one place at the compiler.
#[derive(Default)]
struct Place {
    taken: Mutex<bool>,
    free: Condvar,
}

/// It is taken while this lives.
struct Taken(Arc<Place>);

impl Taken {
    fn wait(place: &Arc<Place>, time: Duration) -> Option<Self> {
        let taken = place.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = place.free.wait_timeout_while(taken, time, |taken| *taken);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *taken {
            return None;
        }
        *taken = true;
        Some(Self(place.clone()))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_too_long_for_the_compiler_is_told_so() {
        let compiler = Compiler::new(Duration::ZERO);
        let held = Taken::wait(&compiler.place, Duration::ZERO).unwrap();
        let fault = compiler.compile(&Engine::default(), b"").err().unwrap();
        assert!(fault.0.starts_with("another component was being compiled"), "{fault}");
        drop(held);
        assert!(Taken::wait(&compiler.place, Duration::ZERO).is_some());
    }
}
