//! `react`: what follows from an event? Asked after the write, from the log; its commands take the same path as
//! everybody's. Lessons 14 to 16.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shown::{ShownTicket, check_name};
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::{FailureRule, Reason};
use crate::time::Instant;

/// An answer asks for at most so many commands.
pub const MOST_COMMANDS: usize = 8;
/// The body of one has at most so many bytes of JSON.
pub const MOST_BODY_BYTES: usize = 8 << 10;
/// Causes stand at most so deep: an event of this depth is heard by nobody (lesson 15).
pub const MOST_DEPTH: u8 = 8;

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Happened {
    /// Its place in the log.
    pub sequence: u64,
    /// Noun and past participle, such as `ticket.created`.
    pub name: String,
    /// The id of what it is about.
    pub subject: String,
    /// When.
    pub at: Instant,
    /// Who caused it.
    pub by: String,
    /// How many causes deep it stands.
    pub depth: u8,
    /// What changed; a JSON object.
    pub data: Value,
}

/// The question as put.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The event.
    pub event: Happened,
    /// The ticket it is about, as it stands now.
    pub ticket: Option<ShownTicket>,
}

/// A command that a policy asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// Noun and verb, such as `ticket.update`.
    pub name: String,
    /// Its body, as the REST call of the same meaning takes it, with the id of what it changes as `id`.
    pub body: Value,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reacted {
    /// What is to be done, in order.
    pub commands: Vec<Wanted>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Facts to keep.
    pub facts: Vec<FoundFact>,
    /// Signals to keep.
    pub signals: Vec<FoundSignal>,
}

/// The commands of one policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// Whose.
    pub policy: String,
    /// In order.
    pub commands: Vec<Wanted>,
}

/// Everything that is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Joined {
    /// By rank.
    pub queued: Vec<Queued>,
}

/// The question.
pub struct React;

impl Question for React {
    const NAME: &'static str = "react";
    type Answer = Reacted;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Skip
    }

    fn check(answer: &Reacted) -> Result<(), String> {
        if answer.commands.len() > MOST_COMMANDS {
            return Err(format!("commands: {}, at most {MOST_COMMANDS} are taken", answer.commands.len()));
        }
        for (place, it) in answer.commands.iter().enumerate() {
            check_name(&format!("commands[{place}].name"), &it.name)?;
            let bytes = it.body.to_string().len();
            if !it.body.is_object() || bytes > MOST_BODY_BYTES {
                return Err(format!("commands[{place}].body: not a JSON object of at most {MOST_BODY_BYTES} bytes"));
            }
        }
        Ok(())
    }

    /// All of them, each policy's in its order.
    fn join(stances: &Stances<Reacted>) -> Option<Joined> {
        let queued = stances.iter().filter(|(_, _, answer)| !answer.commands.is_empty());
        let queued =
            queued.map(|(_, policy, answer)| Queued { policy: policy.to_owned(), commands: answer.commands.clone() });
        (!stances.is_empty()).then(|| Joined { queued: queued.collect() })
    }

    fn parts(answer: &Reacted) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}
