//! `merge`: which values show when two records become one, or why they must not. Lessons 8 and 10.

use serde::{Deserialize, Serialize};

use super::classify::Subject;
use super::shown::check_name;
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::{FailureRule, FieldPlan, Reason};

/// The question as put. Both are of one sort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The record that will stand for both.
    pub winner: Subject,
    /// The record that will point to it.
    pub loser: Subject,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MergePlan {
    /// They must not be merged; the reasons say why.
    pub refused: bool,
    /// Field name → whose value shows. At most 32. `name`, `locale`, `time_zone`, `segment`, `tier`, `worth`, `custom.<name>`.
    pub fields: FieldPlan,
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
    /// Who refuses; empty: nobody.
    pub refused_by: Vec<String>,
    /// The plan.
    pub fields: FieldPlan,
    /// Whose plan it is; none: nobody has one.
    pub policy: Option<String>,
}

/// A plan names at most so many fields.
const MOST_FIELDS: usize = 32;

/// The question.
pub struct Merge;

impl Question for Merge {
    const NAME: &'static str = "merge";
    type Answer = MergePlan;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Refuse
    }

    fn check(answer: &MergePlan) -> Result<(), String> {
        if answer.fields.len() > MOST_FIELDS {
            return Err(format!("fields: {}, at most {MOST_FIELDS} are taken", answer.fields.len()));
        }
        answer.fields.keys().try_for_each(|name| check_name("fields", name))
    }

    /// Refusal wins; else the first plan by rank.
    fn join(stances: &Stances<MergePlan>) -> Option<Joined> {
        let refused = stances.iter().filter(|(_, _, answer)| answer.refused);
        let refused_by = refused.map(|(_, policy, _)| policy.to_owned()).collect();
        let plan = stances.iter().find(|(_, _, answer)| !answer.refused);
        (!stances.is_empty()).then(|| Joined {
            refused_by,
            fields: plan.map(|(_, _, answer)| answer.fields.clone()).unwrap_or_default(),
            policy: plan.map(|(_, policy, _)| policy.to_owned()),
        })
    }

    fn parts(answer: &MergePlan) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}
