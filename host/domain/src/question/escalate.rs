//! `escalate`: does this need someone higher, now? Practices 38, 39, 110, 114, lesson 13.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::shown::{ShownTicket, check_name};
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::escalation::HIGHEST_LEVEL;
use crate::record::{Audience, FailureRule, Reason, Track};
use crate::time::Instant;

/// The built-in answer when a policy fails: the team's lead, then the desk's owner.
pub const FALLBACK: &str = "team-lead";
/// An answer names at most so many.
pub const MOST_AUDIENCE: usize = 16;

/// The question as put.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The ticket.
    pub ticket: ShownTicket,
    /// Why it is asked: `opened`, `at-risk`, `breached`, `reopened`, `handed-off`, `stuck`, `signal`, `executive`,
    /// `look`, `requested`; a set that grows.
    pub cause: String,
    /// The commitment that is at risk or breached.
    pub metric: Option<String>,
    /// The level reached so far; 0: nobody beyond the assignee.
    pub level: u8,
    /// Whether somebody took it.
    pub acknowledged: bool,
    /// When the level was reached.
    pub since: Option<Instant>,
    /// The track it is on.
    pub track: Option<Track>,
    /// How much care its company is owed.
    pub tier: Option<String>,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Climb {
    /// The level that it needs, 0 to 9; the host never goes down.
    pub level: u8,
    /// Who is to hear of it.
    pub audience: Vec<Audience>,
    /// Whether they need a brief.
    pub brief: bool,
    /// Ask again then, unless somebody took it.
    pub look_again: Option<Instant>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Facts to keep.
    pub facts: Vec<FoundFact>,
    /// Signals to keep.
    pub signals: Vec<FoundSignal>,
}

/// What the answers agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The highest level.
    pub level: u8,
    /// Everybody.
    pub audience: BTreeSet<Audience>,
    /// Whether any policy wants a brief.
    pub brief: bool,
    /// The earliest.
    pub look_again: Option<Instant>,
    /// The policies that asked for this level, by rank.
    pub policies: Vec<String>,
}

/// The question.
pub struct Escalate;

impl Question for Escalate {
    const NAME: &'static str = "escalate";
    type Answer = Climb;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Fallback(FALLBACK.to_owned())
    }

    fn check(answer: &Climb) -> Result<(), String> {
        if answer.level > HIGHEST_LEVEL {
            return Err(format!("level: {} is above {HIGHEST_LEVEL}", answer.level));
        }
        if answer.audience.len() > MOST_AUDIENCE {
            return Err(format!("audience: {}, at most {MOST_AUDIENCE} are taken", answer.audience.len()));
        }
        for (place, it) in answer.audience.iter().enumerate() {
            let (Audience::Agent(name) | Audience::Team(name) | Audience::Role(name)) = it;
            check_name(&format!("audience[{place}]"), name)?;
        }
        Ok(())
    }

    /// The highest level wins; audiences unite; the earliest look counts.
    fn join(stances: &Stances<Climb>) -> Option<Joined> {
        let level = stances.iter().map(|(_, _, answer)| answer.level).max()?;
        let highest = stances.iter().filter(|(_, _, answer)| answer.level == level);
        Some(Joined {
            level,
            audience: stances.iter().flat_map(|(_, _, answer)| answer.audience.iter().cloned()).collect(),
            brief: stances.iter().any(|(_, _, answer)| answer.brief),
            look_again: stances.iter().filter_map(|(_, _, answer)| answer.look_again).min(),
            policies: highest.map(|(_, policy, _)| policy.to_owned()).collect(),
        })
    }

    fn parts(answer: &Climb) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}
