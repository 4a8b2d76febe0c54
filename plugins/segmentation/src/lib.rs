//! Answers `classify`: is this a consumer, a company, or both at once?
//!
//! Each piece of evidence has a weight: above 0 it speaks for a company, below 0 for a consumer. [`evidence`] collects
//! them, this file weighs them. Start with [`configuration`], which is what an operator writes.

pub mod configuration;
pub mod evidence;

use plugdesk_sdk::libm;
use plugdesk_sdk::prelude::*;

pub use configuration::Segmentation;
use evidence::{Evidence, gather};

/// A person reads so many reasons.
const MOST_REASONS: usize = 8;

impl Classify for Segmentation {
    fn classify(&self, inquiry: &classify::Inquiry, desk: &impl Desk) -> Answer<Classification> {
        let evidence = gather(self, inquiry, desk)?;
        Ok(self.weigh(&evidence))
    }
}

impl Segmentation {
    /// The weights are tenths of log-odds: 7 more make the odds twice as good. No evidence is no opinion.
    fn weigh(&self, evidence: &[Evidence]) -> Option<Classification> {
        if evidence.is_empty() {
            return None;
        }
        let weights = || evidence.iter().map(|evidence| evidence.weight);
        let company: i32 = weights().filter(|&weight| weight > 0).sum();
        let consumer: i32 = weights().filter(|&weight| weight < 0).map(|weight| -weight).sum();
        let weaker = company.min(consumer);
        // Strong evidence on both sides is not a doubtful company, it is somebody who is both.
        let (segment, sure) = if weaker >= self.mixed {
            ("mixed", weaker)
        } else if company >= consumer {
            ("company", company - consumer)
        } else {
            ("consumer", consumer - company)
        };
        let mut answer = Classification::new(segment, certainty(sure));
        let mut strongest: Vec<&Evidence> = evidence.iter().collect();
        strongest.sort_by_key(|evidence| std::cmp::Reverse(evidence.weight.abs()));
        answer.reasons = strongest.into_iter().take(MOST_REASONS).map(Evidence::reason).collect();
        Some(answer)
    }
}

/// Tenths of log-odds to a probability in ten-thousandths.
fn certainty(tenths: i32) -> u16 {
    libm::round(10_000.0 / (1.0 + libm::exp(f64::from(-tenths) / 10.0))) as u16
}

plugdesk_sdk::plugin!(Segmentation: classify);

#[cfg(test)]
mod tests;
