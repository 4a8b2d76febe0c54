//! `affiliate`: which company node is this ticket for? Practice 28, lesson 1.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shown::{ShownCompany, ShownMembership, ShownTicket};
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::{FailureRule, Reason};

/// A policy is shown at most so many nodes.
pub const MOST_NODES: usize = 16;
/// A node is taken only if the policies are at least so sure; otherwise a person is asked.
pub const SURE: u16 = 6_000;

/// A node that the ticket could be for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Which.
    pub company: ShownCompany,
    /// How the host found it: `membership`, `domain`, `above` (a node above one of those).
    pub found_by: Vec<String>,
    /// The requester's membership in it that holds now.
    pub membership: Option<ShownMembership>,
    /// Tickets of the requester for it that were opened in the last 90 days; at most 50 are looked at.
    pub recent_tickets: u32,
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
    /// Those that it could be for.
    pub nodes: Vec<Node>,
}

/// How sure a policy is of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confidence {
    /// The node's id.
    pub company: String,
    /// 0 to 10,000.
    pub confidence: u16,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Affiliation {
    /// Node by node; those left out it has no opinion of.
    pub nodes: Vec<Confidence>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Facts to keep.
    pub facts: Vec<FoundFact>,
    /// Signals to keep.
    pub signals: Vec<FoundSignal>,
}

/// A node and who is surest of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// The node's id.
    pub company: String,
    /// How sure.
    pub confidence: u16,
    /// Whose opinion it is.
    pub policy: String,
}

/// What the answers agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The node to take; none: ask a person.
    pub chosen: Option<String>,
    /// Every node, the surest first, then by id.
    pub nodes: Vec<Agreed>,
}

/// The question.
pub struct Affiliate;

impl Question for Affiliate {
    const NAME: &'static str = "affiliate";
    type Answer = Affiliation;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Skip
    }

    fn check(answer: &Affiliation) -> Result<(), String> {
        if answer.nodes.len() > MOST_NODES {
            return Err(format!("nodes: {}, at most {MOST_NODES} are taken", answer.nodes.len()));
        }
        for (place, it) in answer.nodes.iter().enumerate() {
            if it.confidence > 10_000 {
                return Err(format!("nodes[{place}].confidence: {} is above 10,000", it.confidence));
            }
            if answer.nodes[..place].iter().any(|earlier| earlier.company == it.company) {
                return Err(format!("nodes[{place}].company: stands twice"));
            }
        }
        Ok(())
    }

    /// Each node with its highest confidence; taken is the one that alone has the highest, if it is at least [`SURE`].
    fn join(stances: &Stances<Affiliation>) -> Option<Joined> {
        let mut surest: BTreeMap<&str, Agreed> = BTreeMap::new();
        for (_, policy, answer) in stances.iter() {
            for it in &answer.nodes {
                if surest.get(it.company.as_str()).is_none_or(|stands| stands.confidence < it.confidence) {
                    let (company, policy) = (it.company.clone(), policy.to_owned());
                    surest.insert(&it.company, Agreed { company, confidence: it.confidence, policy });
                }
            }
        }
        let mut nodes: Vec<Agreed> = surest.into_values().collect();
        nodes.sort_by(|a, b| (b.confidence, &a.company).cmp(&(a.confidence, &b.company)));
        let alone = match nodes.as_slice() {
            [first, second, ..] => first.confidence > second.confidence,
            [_] => true,
            [] => false,
        };
        let chosen = nodes.first().filter(|first| alone && first.confidence >= SURE).map(|first| first.company.clone());
        (!stances.is_empty()).then_some(Joined { chosen, nodes })
    }

    fn parts(answer: &Affiliation) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}
