//! `correlate`: which tickets report the same problem, and does it come back? Practices 32 to 34.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shown::{ShownTicket, check_name};
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::{Category, FailureRule, Reason};
use crate::time::Instant;

/// A policy is shown at most so many other tickets, newest first.
pub const MOST_NEIGHBOURS: usize = 32;
/// Two tickets are linked only if the policies are at least so sure.
pub const SURE: u16 = 6_000;

/// Another ticket of the same company tree, or of the same requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// Its id.
    pub ticket: String,
    /// Its kind.
    pub kind: String,
    /// One line. Personal.
    pub subject: String,
    /// The beginning of what was said with it, at most 512 bytes. Personal.
    pub text: String,
    /// Where it stands.
    pub category: Category,
    /// The company it is for.
    pub company: Option<String>,
    /// Who brought it.
    pub requester: Option<String>,
    /// The lead ticket under which it is gathered; its own id if it is one.
    pub lead: Option<String>,
    /// When it was opened.
    pub opened_at: Instant,
}

/// The question as put.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The ticket.
    pub ticket: ShownTicket,
    /// The beginning of what was said with it, at most 2,048 bytes. Personal.
    pub text: String,
    /// The others, of the last 30 days, newest first.
    pub neighbours: Vec<Neighbour>,
}

/// How sure a policy is that two tickets report one problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The other ticket's id.
    pub ticket: String,
    /// 0 to 10,000.
    pub score: u16,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// The tickets that report the same problem.
    pub pairs: Vec<Pair>,
    /// The policy's own word for the problem.
    pub cluster: Option<String>,
    /// It was resolved before and is back.
    pub recurring: bool,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Facts to keep.
    pub facts: Vec<FoundFact>,
    /// Signals to keep.
    pub signals: Vec<FoundSignal>,
}

/// A ticket and who is surest of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// The other ticket's id.
    pub ticket: String,
    /// How sure.
    pub score: u16,
    /// Whose opinion it is.
    pub policy: String,
}

/// What the answers agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The other tickets, the surest first, then by id.
    pub pairs: Vec<Agreed>,
    /// Cluster keys, each its policy's own.
    pub clusters: BTreeMap<String, String>,
    /// Whether any policy says that it is back.
    pub recurring: bool,
}

/// The question.
pub struct Correlate;

impl Question for Correlate {
    const NAME: &'static str = "correlate";
    type Answer = Correlation;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Skip
    }

    fn check(answer: &Correlation) -> Result<(), String> {
        if answer.pairs.len() > MOST_NEIGHBOURS {
            return Err(format!("pairs: {}, at most {MOST_NEIGHBOURS} are taken", answer.pairs.len()));
        }
        for (place, it) in answer.pairs.iter().enumerate() {
            if it.score > 10_000 {
                return Err(format!("pairs[{place}].score: {} is above 10,000", it.score));
            }
            if answer.pairs[..place].iter().any(|earlier| earlier.ticket == it.ticket) {
                return Err(format!("pairs[{place}].ticket: stands twice"));
            }
        }
        answer.cluster.as_deref().map_or(Ok(()), |cluster| check_name("cluster", cluster))
    }

    /// Per pair the highest score, then the lowest rank; cluster keys belong to their policies.
    fn join(stances: &Stances<Correlation>) -> Option<Joined> {
        let mut surest: BTreeMap<&str, Agreed> = BTreeMap::new();
        let mut clusters = BTreeMap::new();
        for (_, policy, answer) in stances.iter() {
            for it in &answer.pairs {
                if surest.get(it.ticket.as_str()).is_none_or(|stands| stands.score < it.score) {
                    let (ticket, policy) = (it.ticket.clone(), policy.to_owned());
                    surest.insert(&it.ticket, Agreed { ticket, score: it.score, policy });
                }
            }
            if let Some(cluster) = &answer.cluster {
                clusters.entry(policy.to_owned()).or_insert_with(|| cluster.clone());
            }
        }
        let mut pairs: Vec<Agreed> = surest.into_values().collect();
        pairs.sort_by(|a, b| (b.score, &a.ticket).cmp(&(a.score, &b.ticket)));
        let recurring = stances.iter().any(|(_, _, answer)| answer.recurring);
        (!stances.is_empty()).then_some(Joined { pairs, clusters, recurring })
    }

    fn parts(answer: &Correlation) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}
