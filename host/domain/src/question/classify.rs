//! `classify`: which segment is this? Practice 1.

use serde::{Deserialize, Serialize};

use super::shown::{ShownCompany, ShownContact, ShownTicket, check_name};
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::{FailureRule, Reason};

/// What is classified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A person.
    Contact(ShownContact),
    /// A company.
    Company(ShownCompany),
    /// A ticket.
    Ticket(ShownTicket),
}

/// The question as put.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The circumstances.
    pub circumstances: Circumstances,
    /// What is classified.
    pub subject: Subject,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// `consumer`, `company`, `mixed`, or a word of the desk's own.
    pub segment: String,
    /// 0 to 10,000.
    pub confidence: u16,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Facts to keep.
    pub facts: Vec<FoundFact>,
    /// Signals to keep.
    pub signals: Vec<FoundSignal>,
}

/// The segment that the answers agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The segment.
    pub segment: String,
    /// How sure.
    pub confidence: u16,
    /// Whose answer it is.
    pub policy: String,
}

/// The question.
pub struct Classify;

impl Question for Classify {
    const NAME: &'static str = "classify";
    type Answer = Classification;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Skip
    }

    fn check(answer: &Classification) -> Result<(), String> {
        check_name("segment", &answer.segment)?;
        if answer.confidence > 10_000 {
            return Err(format!("confidence: {} is above 10,000", answer.confidence));
        }
        Ok(())
    }

    /// The highest confidence wins; among equals the lowest rank.
    fn join(stances: &Stances<Classification>) -> Option<Joined> {
        let (_, policy, answer) = stances.iter().rev().max_by_key(|(_, _, answer)| answer.confidence)?;
        Some(Joined { segment: answer.segment.clone(), confidence: answer.confidence, policy: policy.to_owned() })
    }

    fn parts(answer: &Classification) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Stance;

    fn stance(rank: u32, segment: &str, confidence: u16) -> Stance<Classification> {
        let answer =
            Classification { segment: segment.into(), confidence, reasons: vec![], facts: vec![], signals: vec![] };
        Stance { rank, policy: format!("p{rank}"), answer }
    }

    #[test]
    fn the_surest_policy_names_the_segment_and_rank_breaks_a_tie() {
        let join = |stances: Vec<Stance<Classification>>| Classify::join(&stances.into_iter().collect());
        assert_eq!(join(vec![]), None);
        let sure = join(vec![stance(1, "consumer", 4_000), stance(2, "company", 9_000)]).unwrap();
        assert_eq!((sure.segment.as_str(), sure.policy.as_str()), ("company", "p2"));
        let tie = join(vec![stance(2, "company", 5_000), stance(1, "consumer", 5_000)]).unwrap();
        assert_eq!((tie.segment.as_str(), tie.policy.as_str()), ("consumer", "p1"));
    }

    #[test]
    fn an_answer_out_of_range_is_refused_by_field() {
        assert_eq!(
            Classify::check(&stance(1, "consumer", 10_001).answer),
            Err("confidence: 10001 is above 10,000".into())
        );
        assert!(Classify::check(&stance(1, "", 1).answer).unwrap_err().starts_with("segment"));
    }
}
