//! What the core is given: storage, a sandbox, a clock, randomness. It reaches nothing else.

use std::sync::Arc;
use std::time::Duration;

use plugdesk_domain::{Ask, Instant, Storage};

/// The time of day.
pub trait Clock: Send + Sync {
    /// Now. May step back when the machine's clock is set.
    fn now(&self) -> Instant;

    /// Time since some fixed moment, for measuring; never steps back. Without a monotonic clock, the time of day.
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.now().millis().max(0).unsigned_abs())
    }
}

/// Random bits for ids and secrets.
pub trait Entropy: Send + Sync {
    /// 128 unpredictable bits.
    fn bits(&self) -> u128;
    /// Fills with unpredictable bytes; secrets are made of them.
    fn fill(&self, bytes: &mut [u8]);
}

/// What the desks are built of.
#[derive(Clone)]
pub struct Parts {
    /// Where records, files and captures are.
    pub storage: Arc<dyn Storage>,
    /// What runs policies.
    pub ask: Arc<dyn Ask>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}
