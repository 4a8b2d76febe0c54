//! How often one principal may ask: a token bucket each, in a bounded table.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::limits::MOST_RATED;

/// The buckets of all principals.
#[derive(Debug)]
pub(crate) struct Rates {
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Rates {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let (per_second, burst) = (f64::from(per_second.max(1)), f64::from(burst.max(1)));
        Self { per_second, burst, buckets: Mutex::default() }
    }

    /// Whether `who` has a token, which stays; otherwise how long to wait for it.
    pub(crate) fn peek(&self, who: &str, now: Instant) -> Result<(), Duration> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        match buckets.get(who).map(|bucket| self.tokens(*bucket, now)) {
            Some(tokens) if tokens < 1.0 => Err(self.wait(tokens)),
            Some(_) | None => Ok(()),
        }
    }

    /// Takes one token of `who`, or says how long to wait for it.
    pub(crate) fn take(&self, who: &str, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_RATED && !buckets.contains_key(who) {
            self.forget(&mut buckets, now);
        }
        let fresh = Bucket { tokens: self.burst, at: now };
        let tokens = self.tokens(buckets.get(who).copied().unwrap_or(fresh), now);
        let (left, answer) = match tokens >= 1.0 {
            true => (tokens - 1.0, Ok(())),
            false => (tokens, Err(self.wait(tokens))),
        };
        let bucket = Bucket { tokens: left, at: now };
        match buckets.get_mut(who) {
            Some(kept) => *kept = bucket,
            None => drop(buckets.insert(who.to_owned(), bucket)),
        }
        answer
    }

    fn wait(&self, tokens: f64) -> Duration {
        Duration::from_secs_f64((1.0 - tokens) / self.per_second)
    }

    fn tokens(&self, bucket: Bucket, now: Instant) -> f64 {
        let rested = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.tokens + rested * self.per_second).min(self.burst)
    }

    /// Drops those whose bucket is full again, which changes nothing for them; if all are busy, everybody starts anew:
    /// being generous is better than growing without a bound.
    fn forget(&self, buckets: &mut HashMap<String, Bucket>, now: Instant) {
        buckets.retain(|_, bucket| self.tokens(*bucket, now) < self.burst);
        if buckets.len() >= MOST_RATED {
            buckets.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_the_average_holds() {
        let rates = Rates::new(10, 3);
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(rates.peek("key_a", start), Ok(()), "to look takes nothing");
            assert_eq!(rates.take("key_a", start), Ok(()));
        }
        assert_eq!(rates.take("key_a", start), Err(Duration::from_millis(100)));
        assert_eq!(rates.peek("key_a", start), Err(Duration::from_millis(100)));
        assert_eq!(rates.take("key_b", start), Ok(()), "one principal's haste is not another's");
        assert_eq!(rates.take("key_a", start + Duration::from_millis(100)), Ok(()));
        assert!(rates.take("key_a", start + Duration::from_millis(100)).is_err());
    }

    #[test]
    fn the_table_never_grows_beyond_its_bound() {
        let rates = Rates::new(1, 1);
        let start = Instant::now();
        for n in 0..MOST_RATED * 2 + 5 {
            assert_eq!(rates.take(&n.to_string(), start), Ok(()));
        }
        assert!(rates.buckets.lock().unwrap().len() <= MOST_RATED);
    }
}
