//! The machine's clock and randomness, for the core that reads neither. Nothing else in the product reads them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plugdesk_desk::{Clock, Entropy};
use plugdesk_domain::Instant;

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    begun: std::time::Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { begun: std::time::Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_le_bytes(bytes)
    }

    /// # Panics
    /// When the operating system has no randomness; a secret or an id that can be guessed would be worse.
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        assert_ne!(OsEntropy.bits(), OsEntropy.bits());
    }
}
