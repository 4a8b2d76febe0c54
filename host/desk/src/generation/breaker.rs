//! A breaker per binding: a policy that failed again and again is left alone for a while, then tried once.

use std::sync::Mutex;

use plugdesk_domain::{Instant, OutcomeClass};

/// Opens at the fifth failure in a row: one bad ticket does not open it, a broken policy does within a second of
/// traffic.
pub const BREAKER_FAILURES: u32 = 5;
/// The first pause: long enough to spare the host, short enough that a mended cause is seen at once.
pub const BREAKER_FIRST_PAUSE_MS: i64 = 10_000;
/// Pauses double up to five minutes: an operator who mends a policy does not wait longer than that.
pub const BREAKER_LONGEST_PAUSE_MS: i64 = 300_000;

#[derive(Debug, Clone, Copy, Default)]
struct State {
    failures: u32,
    pause_ms: i64,
    open_until: Option<Instant>,
}

/// Counts failures in a row; open it lets nothing through but, after each pause, one probe.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<State>);

impl Breaker {
    /// Whether the policy may be asked at `now`. After a pause the first caller is the probe; until it is back the
    /// others wait one more pause.
    pub fn lets_through(&self, now: Instant) -> bool {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match state.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                state.open_until = Some(now.plus_millis(state.pause_ms.max(BREAKER_FIRST_PAUSE_MS)));
                true
            }
        }
    }

    /// Tells how the call ended. Answers whether the breaker opened by it.
    pub fn heard(&self, class: OutcomeClass, now: Instant) -> bool {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !counts(class) {
            // An answer, or an honest *I can't*, shows that the component works. A host without room shows nothing.
            if class != OutcomeClass::Capacity {
                *state = State::default();
            }
            return false;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures < BREAKER_FAILURES {
            return false;
        }
        let doubled = state.pause_ms.saturating_mul(2);
        state.pause_ms = doubled.clamp(BREAKER_FIRST_PAUSE_MS, BREAKER_LONGEST_PAUSE_MS);
        state.open_until = Some(now.plus_millis(state.pause_ms));
        true
    }

    /// Whether it is open at `now`, or waits for its probe.
    pub fn is_open(&self) -> bool {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).open_until.is_some()
    }
}

/// Whether an outcome speaks against the policy.
fn counts(class: OutcomeClass) -> bool {
    match class {
        OutcomeClass::OutOfFuel
        | OutcomeClass::Backstop
        | OutcomeClass::Trap
        | OutcomeClass::Stack
        | OutcomeClass::Memory
        | OutcomeClass::BadAnswer => true,
        OutcomeClass::Ok
        | OutcomeClass::Fault
        | OutcomeClass::Capacity
        | OutcomeClass::BreakerOpen
        | OutcomeClass::Load
        | OutcomeClass::Settings => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_fails_five_times_in_a_row_is_left_alone_then_probed_once() {
        let at = Instant::from_millis;
        let breaker = Breaker::default();
        for _ in 0..BREAKER_FAILURES - 1 {
            assert!(!breaker.heard(OutcomeClass::Trap, at(0)));
        }
        assert!(!breaker.is_open() && breaker.heard(OutcomeClass::Trap, at(0)) && breaker.is_open());
        assert!(!breaker.lets_through(at(BREAKER_FIRST_PAUSE_MS - 1)));
        assert!(breaker.lets_through(at(BREAKER_FIRST_PAUSE_MS)), "the probe");
        assert!(!breaker.lets_through(at(BREAKER_FIRST_PAUSE_MS)), "one only");
        assert!(breaker.heard(OutcomeClass::Trap, at(BREAKER_FIRST_PAUSE_MS)), "open again");
        assert!(!breaker.lets_through(at(3 * BREAKER_FIRST_PAUSE_MS - 1)), "twice as long");
        assert!(breaker.lets_through(at(3 * BREAKER_FIRST_PAUSE_MS)));
        breaker.heard(OutcomeClass::Ok, at(3 * BREAKER_FIRST_PAUSE_MS));
        assert!(!breaker.is_open() && breaker.lets_through(at(0)));
    }

    #[test]
    fn an_honest_fault_or_a_full_host_opens_nothing() {
        let breaker = Breaker::default();
        for _ in 0..100 {
            breaker.heard(OutcomeClass::Fault, Instant::default());
            breaker.heard(OutcomeClass::Capacity, Instant::default());
        }
        assert!(!breaker.is_open());
    }
}
