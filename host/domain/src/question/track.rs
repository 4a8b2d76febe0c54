//! `track`: how carefully is this handled? The most conservative answer wins. Practices 16, 65 to 70.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::shown::{ShownTicket, check_name};
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::{FailureRule, Reason, Track as Level};

/// The built-in answer when a policy fails.
pub const FALLBACK: &str = "special";
/// An answer names at most so many checks, and so many people.
pub const MOST_EXTRAS: usize = 16;

/// The question as put.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The ticket.
    pub ticket: ShownTicket,
    /// The beginning of what was said with it, at most 2,048 bytes. Personal.
    pub text: String,
    /// The track it is on; none: it is new.
    pub now: Option<Level>,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tracking {
    /// The track.
    pub track: Level,
    /// How risky, 0 to 10,000.
    pub risk: u16,
    /// What is to be checked beyond the usual.
    pub checks: Vec<String>,
    /// The roles that are to take part beyond the usual, such as `risk-officer`.
    pub people: Vec<String>,
    /// Why, in words that the customer may read (practice 70).
    pub reasons: Vec<Reason>,
    /// Facts to keep.
    pub facts: Vec<FoundFact>,
    /// Signals to keep.
    pub signals: Vec<FoundSignal>,
}

/// What the answers agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The most conservative track.
    pub track: Level,
    /// The highest risk.
    pub risk: u16,
    /// Every check, sorted.
    pub checks: BTreeSet<String>,
    /// Every role, sorted.
    pub people: BTreeSet<String>,
    /// The policies that asked for this track, by rank.
    pub policies: Vec<String>,
    /// Those that would have taken a quicker one.
    pub dissent: Vec<String>,
}

/// The question.
pub struct Track;

impl Question for Track {
    const NAME: &'static str = "track";
    type Answer = Tracking;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Fallback(FALLBACK.to_owned())
    }

    fn check(answer: &Tracking) -> Result<(), String> {
        if answer.risk > 10_000 {
            return Err(format!("risk: {} is above 10,000", answer.risk));
        }
        for (field, names) in [("checks", &answer.checks), ("people", &answer.people)] {
            if names.len() > MOST_EXTRAS {
                return Err(format!("{field}: {}, at most {MOST_EXTRAS} are taken", names.len()));
            }
            names.iter().enumerate().try_for_each(|(place, it)| check_name(&format!("{field}[{place}]"), it))?;
        }
        Ok(())
    }

    /// The most conservative track wins; checks and people unite.
    fn join(stances: &Stances<Tracking>) -> Option<Joined> {
        let track = stances.iter().map(|(_, _, answer)| answer.track).max()?;
        let of = |wanted: bool| {
            let those = stances.iter().filter(move |(_, _, answer)| (answer.track == track) == wanted);
            those.map(|(_, policy, _)| policy.to_owned()).collect::<Vec<_>>()
        };
        Some(Joined {
            track,
            risk: stances.iter().map(|(_, _, answer)| answer.risk).max().unwrap_or(0),
            checks: stances.iter().flat_map(|(_, _, answer)| answer.checks.iter().cloned()).collect(),
            people: stances.iter().flat_map(|(_, _, answer)| answer.people.iter().cloned()).collect(),
            policies: of(true),
            dissent: of(false),
        })
    }

    fn parts(answer: &Tracking) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}
