//! The live generation: every binding of a desk at one moment, loaded and ready to be asked.
//!
//! It is immutable but for its breakers. A command takes one `Arc` of it and keeps it to its end, so a swap disturbs
//! nobody: calls in flight finish on the old one.

mod breaker;
mod check;
mod choose;

use std::sync::Arc;

use plugdesk_domain::{Binding, Digest, Limits, Needs, OutcomeClass, Plugin};

pub use breaker::{BREAKER_FAILURES, BREAKER_FIRST_PAUSE_MS, BREAKER_LONGEST_PAUSE_MS, Breaker};
pub use check::check_bindings;
pub use choose::{Chosen, Place};

/// What a binding's policy is asked through.
#[derive(Clone)]
pub struct Ready {
    /// The loaded component.
    pub plugin: Arc<dyn Plugin>,
    /// What `setup.prepare` made of the configuration.
    pub settings: Arc<[u8]>,
}

/// A binding with everything that asking it takes.
pub struct Bound {
    /// As stored.
    pub binding: Binding,
    /// The loaded policy; or how loading or preparing it failed, class [`OutcomeClass::Load`] or
    /// [`OutcomeClass::Settings`].
    pub ready: Result<Ready, (OutcomeClass, String)>,
    /// What it may read.
    pub granted: Needs,
    /// What it may use.
    pub limits: Limits,
    /// Opens when it fails again and again.
    pub breaker: Arc<Breaker>,
    /// Of the prepared settings, for the capture; of nothing where there are none.
    pub settings_digest: Digest,
}

impl Bound {
    /// A binding with a closed breaker.
    pub fn new(binding: Binding, ready: Result<Ready, (OutcomeClass, String)>, granted: Needs, limits: Limits) -> Self {
        let settings_digest = Digest::of(ready.as_ref().map_or(&[][..], |ready| &ready.settings));
        Self { binding, ready, granted, limits, breaker: Arc::default(), settings_digest }
    }
}

/// All bindings of a desk at one moment, ready to be asked.
pub struct Live {
    number: u64,
    bound: Vec<Arc<Bound>>,
}

impl Live {
    /// Nothing is bound: the desk's state before its first generation.
    pub fn empty() -> Self {
        Self { number: 0, bound: Vec::new() }
    }

    /// The generation of that number. Bindings of the same id, component and configuration as in `before` keep their
    /// breakers, so that a swap does not wake a policy that just failed.
    pub fn new(number: u64, bound: Vec<Bound>, before: Option<&Live>) -> Self {
        let keep = |mut it: Bound| {
            let same = |old: &&Arc<Bound>| {
                let (old, new) = (&old.binding, &it.binding);
                old.id == new.id && old.component == new.component && old.configuration == new.configuration
            };
            if let Some(old) = before.and_then(|live| live.bound.iter().find(same)) {
                it.breaker = Arc::clone(&old.breaker);
            }
            Arc::new(it)
        };
        let mut bound: Vec<_> = bound.into_iter().map(keep).collect();
        bound.sort_by(|a, b| {
            let key = |it: &Bound| (it.binding.question.clone(), it.binding.rank, it.binding.id);
            key(a).cmp(&key(b))
        });
        Self { number, bound }
    }

    /// Its number; 0: nothing was ever bound.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its bindings, by question, rank and id.
    pub fn bindings(&self) -> &[Arc<Bound>] {
        &self.bound
    }
}
