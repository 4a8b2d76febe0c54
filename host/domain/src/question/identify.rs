//! `identify`: is this contact one of those? Practice 22, lesson 8.
//!
//! The host finds the candidates by index, at most [`MOST_CANDIDATES`]; a policy weighs the evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shown::{MOST_REASONS, ShownContact, check_reason};
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::{FailureRule, Reason};

/// A policy is shown at most so many candidates, those that share most first: the records of one person that came in
/// under many spellings, with those who are only like them.
pub const MOST_CANDIDATES: usize = 50;

/// A contact that could be the same person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub contact: ShownContact,
    /// How the host found it: `address`, `likeness` (nearly an address), `name`, `birth`, `place`, `domain`.
    pub found_by: Vec<String>,
    /// Addresses that it shares with others, such as a switchboard; as `kind:value`.
    pub shared: Vec<String>,
}

/// The question as put.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The contact.
    pub contact: ShownContact,
    /// Addresses that the contact shares with others; as `kind:value`.
    pub shared: Vec<String>,
    /// Those that it could be.
    pub candidates: Vec<Candidate>,
}

/// How two contacts are related. Later outweighs earlier when policies disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Could be.
    Maybe,
    /// One person.
    Same,
    /// Two persons.
    Different,
}

/// What a policy says of one candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    /// The candidate's id.
    pub contact: String,
    /// How they are related.
    pub relation: Relation,
    /// Probability that they are one person, 0 to 10,000.
    pub score: u16,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// One policy's answer. Candidates that it leaves out it has no opinion of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identification {
    /// Candidate by candidate.
    pub likenesses: Vec<Likeness>,
    /// Why, as a whole.
    pub reasons: Vec<Reason>,
    /// Facts to keep.
    pub facts: Vec<FoundFact>,
    /// Signals to keep.
    pub signals: Vec<FoundSignal>,
}

/// What the answers agree on of one candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// The candidate's id.
    pub contact: String,
    /// How they are related.
    pub relation: Relation,
    /// How sure.
    pub score: u16,
    /// Whose opinion it is.
    pub policy: String,
}

/// What the answers agree on, by candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Sorted by the candidate's id.
    pub likenesses: Vec<Agreed>,
}

/// The question.
pub struct Identify;

impl Question for Identify {
    const NAME: &'static str = "identify";
    type Answer = Identification;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Skip
    }

    fn check(answer: &Identification) -> Result<(), String> {
        if answer.likenesses.len() > MOST_CANDIDATES {
            return Err(format!("likenesses: {}, at most {MOST_CANDIDATES} are taken", answer.likenesses.len()));
        }
        for (place, it) in answer.likenesses.iter().enumerate() {
            let field = format!("likenesses[{place}]");
            if it.score > 10_000 {
                return Err(format!("{field}.score: {} is above 10,000", it.score));
            }
            if answer.likenesses[..place].iter().any(|earlier| earlier.contact == it.contact) {
                return Err(format!("{field}.contact: stands twice"));
            }
            if it.reasons.len() > MOST_REASONS {
                return Err(format!("{field}.reasons: {}, at most {MOST_REASONS} are taken", it.reasons.len()));
            }
            for (number, reason) in it.reasons.iter().enumerate() {
                check_reason(&format!("{field}.reasons[{number}]"), reason)?;
            }
        }
        Ok(())
    }

    /// Per candidate the greatest of maybe < same < different, then the highest score, then the lowest rank.
    fn join(stances: &Stances<Identification>) -> Option<Joined> {
        let mut agreed: BTreeMap<&str, Agreed> = BTreeMap::new();
        for (_, policy, answer) in stances.iter() {
            for it in &answer.likenesses {
                let stands = agreed.get(it.contact.as_str());
                if stands.is_none_or(|stands| (stands.relation, stands.score) < (it.relation, it.score)) {
                    let (contact, policy) = (it.contact.clone(), policy.to_owned());
                    let (relation, score) = (it.relation, it.score);
                    agreed.insert(&it.contact, Agreed { contact, relation, score, policy });
                }
            }
        }
        (!stances.is_empty()).then(|| Joined { likenesses: agreed.into_values().collect() })
    }

    fn parts(answer: &Identification) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}
