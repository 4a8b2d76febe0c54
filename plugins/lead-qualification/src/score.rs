//! Points to a probability, how it fades, and when it is worth looking again.
//!
//! A scorecard adds [`plugdesk_sdk::points`]. What speaks for a lead halves with each half-life; what speaks against it
//! stays.

use plugdesk_sdk::libm;
use plugdesk_sdk::points::probability;
use plugdesk_sdk::prelude::*;

use crate::card::{BASE, Card, HALF_LIFE};
use crate::evidence::Evidence;

/// Beyond a year nobody waits for a grade to change.
const LATEST_LOOK: f64 = 366.0;
const DAY_MILLIS: f64 = DAY as f64;

/// A lead's worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// 0 to 10,000.
    pub probability: u16,
    /// Points that time has taken.
    pub faded: i32,
    /// Whole days that it had for that.
    pub age_days: i64,
    /// When the grade will be a lower one if nothing happens.
    pub look_again: Option<Instant>,
}

impl Score {
    /// The score of that evidence at that time.
    pub fn of(card: &Card, column: usize, evidence: &Evidence, now: Instant) -> Self {
        let points = evidence.hits.iter().map(|hit| i64::from(card.points(hit.condition, column)));
        let (for_it, against) = points.fold((0, 0), |(up, down), points| (up + points.max(0), down + points.min(0)));
        let standing = (i64::from(card.number(BASE, column)) + against) as f64;
        let half_life = match card.number(HALF_LIFE, column) {
            days @ 1.. => f64::from(days),
            _ => f64::INFINITY,
        };
        let since = if card.from_opening { evidence.opened_at } else { evidence.heard_at };
        let age = now.saturating_sub(since).max(0) as f64 / DAY_MILLIS;
        let left = for_it as f64 * libm::exp2(-age / half_life);
        let probability = probability(standing + left, card.doubling);
        Self {
            probability,
            faded: (for_it as f64 - left) as i32,
            age_days: age as i64,
            look_again: falls_at(card, probability, standing, for_it as f64, half_life)
                .map(|days| since.saturating_add(libm::ceil(days * DAY_MILLIS) as i64))
                .filter(|&at| at > now),
        }
    }
}

/// Days after which what is left no longer reaches the present grade; none: never, or not within a year.
fn falls_at(card: &Card, probability: u16, standing: f64, for_it: f64, half_life: f64) -> Option<f64> {
    let threshold = card.grades.iter().copied().find(|&least| probability >= least)?;
    // Half a ten-thousandth less is where rounding gives the grade away.
    let least = (f64::from(threshold) - 0.5) / 10_000.0;
    if least <= 0.0 || least >= 1.0 || half_life.is_infinite() {
        return None;
    }
    let needed = libm::log2(least / (1.0 - least)) * f64::from(card.doubling) - standing;
    if needed <= 0.0 || needed >= for_it {
        return None;
    }
    let days = half_life * libm::log2(for_it / needed);
    (days <= LATEST_LOOK).then_some(days)
}
