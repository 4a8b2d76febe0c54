//! Answers `track`: fast, standard or special, by indicators of risk from the configuration, in words for the customer.
//!
//! Start with [`configuration`], which is what an operator writes; [`evidence`] finds out what holds of a ticket; this
//! file adds it up and says why. [`breach`] beside it says how likely a promise is broken.

pub mod breach;
pub mod configuration;
pub mod evidence;
pub mod known;
mod prepare;

use plugdesk_sdk::prelude::*;
use plugdesk_sdk::wording;

pub use configuration::RiskTrack;
use evidence::{Evidence, Hit};

/// A person reads so many reasons; the strongest ones come first.
const MOST_BECAUSE: usize = 8;
/// So many checks, and so many people, are told in words.
const MOST_TOLD: usize = 6;
/// The contract's limit of checks, and of people.
const MOST_EXTRAS: usize = 16;
/// The scale's end.
const CERTAIN: i64 = 10_000;

impl Track for RiskTrack {
    fn track(&self, inquiry: &track::Inquiry, desk: &impl Desk) -> Answer<Tracking> {
        let evidence = Evidence::gather(self, inquiry, desk)?;
        let segment = inquiry.ticket.segment.as_deref().unwrap_or_default();
        let risk = |hit: &Hit| self.indicator(hit.indicator).map_or(0, |it| i64::from(it.risk(segment)));
        let risk: i64 = evidence.hits.iter().map(risk).sum::<i64>().clamp(0, CERTAIN);
        let by_risk = self.level(risk);
        let least = evidence.hits.iter().filter_map(|hit| self.indicator(hit.indicator)).map(|it| it.least).max();
        // Without what a verdict needs there is none, and the careful way is the right one (practice 69).
        let blind = match (evidence.missing.is_empty(), self.cautious) {
            (true, _) => 0,
            (false, true) => 2,
            (false, false) => 1,
        };
        let level = by_risk.max(least.unwrap_or(0)).max(blind);
        let mut answer = Tracking::new(track_of(level), u16::try_from(risk).unwrap_or(0));
        self.extras(&mut answer, level, &evidence);
        self.explain(&mut answer, level, &evidence, segment, &inquiry.circumstances.locale);
        if let Some(breach) = &self.breach {
            breach.tell(&mut answer, &self.fields, &evidence.values, &evidence.known);
        }
        Ok(Some(answer))
    }
}

/// The tracks by level, as reasons name them.
const NAMES: [&str; 3] = ["fast", "standard", "special"];

fn track_of(level: u8) -> TrackLevel {
    match level {
        0 => TrackLevel::Fast,
        1 => TrackLevel::Standard,
        _ => TrackLevel::Special,
    }
}

impl RiskTrack {
    fn level(&self, risk: i64) -> u8 {
        u8::from(risk >= i64::from(self.standard_from)) + u8::from(risk >= i64::from(self.special_from))
    }

    /// The checks and people of the track and of every indicator that holds.
    fn extras(&self, answer: &mut Tracking, level: u8, evidence: &Evidence<'_>) {
        let of_track = self.tracks.get(usize::from(level)).into_iter();
        let of_hits = evidence.hits.iter().filter_map(|hit| self.indicator(hit.indicator)).map(|it| &it.extras);
        for extras in of_track.chain(of_hits) {
            for (from, to) in [(&extras.checks, &mut answer.checks), (&extras.people, &mut answer.people)] {
                for name in from {
                    if to.len() < MOST_EXTRAS && !to.contains(name) {
                        to.push(name.clone());
                    }
                }
            }
        }
    }

    /// First the track, then what is missing, what led to it, what is checked and who takes part.
    fn explain(&self, answer: &mut Tracking, level: u8, evidence: &Evidence<'_>, segment: &str, locale: &str) {
        let name = NAMES[usize::from(level.min(2))];
        answer.reasons.push(Reason::new(["track-", name].concat()));
        for required in evidence.missing.iter().filter_map(|place| self.required.get(*place)) {
            let reason = wording::say(Reason::new("missing"), "what", &self.pool, required.why, locale);
            answer.reasons.push(reason.seen_in(self.fields.name(required.field)));
        }
        let mut strongest: Vec<(&Hit, &configuration::Indicator, i32)> = evidence
            .hits
            .iter()
            .filter_map(|hit| self.indicator(hit.indicator).map(|it| (hit, it, it.risk(segment))))
            .filter(|(_, it, risk)| *risk != 0 || it.least > 0)
            .collect();
        strongest.sort_by_key(|(hit, it, risk)| (std::cmp::Reverse((it.least, risk.abs())), hit.indicator));
        for (hit, indicator, risk) in strongest.into_iter().take(MOST_BECAUSE) {
            let code = if risk < 0 { "speaks-for-you" } else { "because" };
            let reason = wording::say(Reason::new(code), "what", &self.pool, indicator.why, locale);
            let found = reason.with("found", hit.found.as_str()).with("risk", risk.to_string());
            answer.reasons.push(hit.seen_in.iter().fold(found, |reason, place| reason.seen_in(place.as_str())));
        }
        for (code, names) in [("checked", &answer.checks), ("takes-part", &answer.people)] {
            let told = names.iter().filter_map(|name| self.name(name));
            let told =
                told.take(MOST_TOLD).map(|text| wording::say(Reason::new(code), "what", &self.pool, text, locale));
            answer.reasons.extend(told);
        }
    }
}

plugdesk_sdk::plugin!(RiskTrack: track);

#[cfg(test)]
mod tests;
