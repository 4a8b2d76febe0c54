//! `qualify`: how good is this lead, and what moves the person? Practices 8 to 13.

use serde::{Deserialize, Serialize};

use super::shown::{ShownTicket, check_reason};
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::{FailureRule, Grade, Reason};
use crate::time::Instant;

/// The question as put.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The lead.
    pub lead: ShownTicket,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Qualification {
    /// Probability of conversion, 0 to 10,000: of a hundred leads with 3,000, thirty convert.
    pub score: u16,
    /// The grade.
    pub grade: Grade,
    /// 0 fully emotional to 10,000 fully rational; none: nothing points either way.
    pub motive: Option<u16>,
    /// Expected days until the person decides.
    pub horizon_days: Option<u16>,
    /// What to ask next.
    pub next_question: Option<Reason>,
    /// Ask again at this time even if nothing changed.
    pub look_again: Option<Instant>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Facts to keep.
    pub facts: Vec<FoundFact>,
    /// Signals to keep.
    pub signals: Vec<FoundSignal>,
}

/// The answer that counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Joined {
    /// See [`Qualification::score`].
    pub score: u16,
    /// The grade.
    pub grade: Grade,
    /// See [`Qualification::motive`].
    pub motive: Option<u16>,
    /// See [`Qualification::horizon_days`].
    pub horizon_days: Option<u16>,
    /// See [`Qualification::next_question`].
    pub next_question: Option<Reason>,
    /// See [`Qualification::look_again`].
    pub look_again: Option<Instant>,
    /// Whose answer it is.
    pub policy: String,
    /// The policies whose grade differs.
    pub dissent: Vec<String>,
}

/// The question.
pub struct Qualify;

impl Question for Qualify {
    const NAME: &'static str = "qualify";
    type Answer = Qualification;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Skip
    }

    fn check(answer: &Qualification) -> Result<(), String> {
        if answer.score > 10_000 {
            return Err(format!("score: {} is above 10,000", answer.score));
        }
        if let Some(motive) = answer.motive.filter(|&m| m > 10_000) {
            return Err(format!("motive: {motive} is above 10,000"));
        }
        answer.next_question.as_ref().map_or(Ok(()), |question| check_reason("next-question", question))
    }

    /// The first by rank that answers; the rest is dissent.
    fn join(stances: &Stances<Qualification>) -> Option<Joined> {
        let (_, policy, first) = stances.iter().next()?;
        let dissent = stances.iter().filter(|(_, _, answer)| answer.grade != first.grade);
        Some(Joined {
            score: first.score,
            grade: first.grade,
            motive: first.motive,
            horizon_days: first.horizon_days,
            next_question: first.next_question.clone(),
            look_again: first.look_again,
            policy: policy.to_owned(),
            dissent: dissent.map(|(_, policy, _)| policy.to_owned()).collect(),
        })
    }

    fn parts(answer: &Qualification) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Stance;

    fn stance(rank: u32, score: u16, grade: Grade) -> Stance<Qualification> {
        let answer = Qualification {
            score,
            grade,
            motive: None,
            horizon_days: None,
            next_question: None,
            look_again: None,
            reasons: vec![],
            facts: vec![],
            signals: vec![],
        };
        Stance { rank, policy: format!("p{rank}"), answer }
    }

    #[test]
    fn the_first_policy_that_answers_counts_and_the_rest_is_dissent() {
        let stances = [stance(20, 9_000, Grade::A), stance(10, 2_000, Grade::C), stance(30, 2_100, Grade::C)];
        let joined = Qualify::join(&stances.into_iter().collect()).unwrap();
        assert_eq!((joined.policy.as_str(), joined.grade), ("p10", Grade::C));
        assert_eq!(joined.dissent, ["p20"]);
    }

    #[test]
    fn a_score_above_certainty_is_refused_by_field() {
        assert_eq!(Qualify::check(&stance(1, 10_001, Grade::A).answer), Err("score: 10001 is above 10,000".into()));
    }
}
