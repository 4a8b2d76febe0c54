//! `promise`: what is the customer promised, and by when? The earliest due time per metric wins. Practices 10, 23, 93.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shown::{ShownTicket, check_name};
use super::{Circumstances, FoundFact, FoundSignal, Parts, Question, Stances};
use crate::record::{FailureRule, Grade, Reason, Target, Track};
use crate::time::Instant;

/// The built-in answer when a policy fails: the targets of the ticket's segment, as the desk defines them.
pub const FALLBACK: &str = "desk-targets";
/// The policy name under which a contract's targets join.
pub const CONTRACT: &str = "contract";
/// A promise names at most so many metrics.
pub const MOST_TARGETS: usize = 8;
/// Ten years: a longer promise is none.
pub const MOST_MINUTES: u32 = 5_256_000;

/// A target pauses in at most so many categories: there are no more.
const MOST_PAUSES: usize = 8;

/// The question as put.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The circumstances.
    pub circumstances: Circumstances,
    /// The ticket.
    pub ticket: ShownTicket,
    /// Why it is asked: `opened`, `priority`, `company`, `contract`, `segment`, `kind`, `track`, `grade`, `calendar`,
    /// `reopened`.
    pub cause: String,
    /// The track it is on.
    pub track: Option<Track>,
    /// The grade of a lead.
    pub grade: Option<Grade>,
    /// How much care its company is owed.
    pub tier: Option<String>,
    /// What the company's contract promises already.
    pub contract: Vec<Target>,
}

/// One policy's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Promised {
    /// What is promised, each metric once.
    pub targets: Vec<Target>,
    /// When each target is due, computed by the host when the answer came; as long as `targets`. Policies leave it
    /// empty, and it stands in no vector.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<Instant>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Facts to keep.
    pub facts: Vec<FoundFact>,
    /// Signals to keep.
    pub signals: Vec<FoundSignal>,
}

/// What was promised by somebody whose word did not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dissent {
    /// Whose word.
    pub policy: String,
    /// What.
    pub target: Target,
    /// When that would have been due.
    pub due_at: Instant,
}

/// The promise of one metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// What.
    pub target: Target,
    /// When it is due.
    pub due_at: Instant,
    /// Whose word it is.
    pub policy: String,
    /// What others promised.
    pub dissent: Vec<Dissent>,
}

/// What the answers agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// By metric.
    pub promises: Vec<Agreed>,
}

/// The question.
pub struct Promise;

impl Question for Promise {
    const NAME: &'static str = "promise";
    type Answer = Promised;
    type Joined = Joined;

    fn default_failure() -> FailureRule {
        FailureRule::Fallback(FALLBACK.to_owned())
    }

    fn check(answer: &Promised) -> Result<(), String> {
        if answer.targets.len() > MOST_TARGETS {
            return Err(format!("targets: {}, at most {MOST_TARGETS} are taken", answer.targets.len()));
        }
        for (place, it) in answer.targets.iter().enumerate() {
            let field = format!("targets[{place}]");
            check_name(&format!("{field}.metric"), &it.metric)?;
            check_name(&format!("{field}.calendar"), &it.calendar)?;
            if !(1..=MOST_MINUTES).contains(&it.minutes) {
                return Err(format!("{field}.minutes: {} is not 1 to {MOST_MINUTES}", it.minutes));
            }
            if it.pauses.len() > MOST_PAUSES {
                return Err(format!("{field}.pauses: {}, at most {MOST_PAUSES} are taken", it.pauses.len()));
            }
            if it.warn_minutes.is_some_and(|warn| warn >= it.minutes) {
                return Err(format!("{field}.warn-minutes: not below the target's own {} minutes", it.minutes));
            }
            if answer.targets[..place].iter().any(|earlier| earlier.metric == it.metric) {
                return Err(format!("{field}.metric: `{}` stands twice", it.metric));
            }
        }
        Ok(())
    }

    /// Per metric the earliest due time, then the lowest rank; the rest is kept as dissent. An answer without computed
    /// due times has no say.
    fn join(stances: &Stances<Promised>) -> Option<Joined> {
        let mut by_metric: BTreeMap<&str, Vec<(Instant, u32, &str, &Target)>> = BTreeMap::new();
        for (rank, policy, answer) in stances.iter() {
            for (target, due_at) in answer.targets.iter().zip(&answer.due) {
                by_metric.entry(&target.metric).or_default().push((*due_at, rank, policy, target));
            }
        }
        let agreed = by_metric.into_values().filter_map(|mut said| {
            said.sort_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)));
            let (first, rest) = said.split_first()?;
            let dissent = rest.iter().map(|(due_at, _, policy, target)| Dissent {
                policy: (*policy).to_owned(),
                target: (*target).clone(),
                due_at: *due_at,
            });
            Some(Agreed {
                target: first.3.clone(),
                due_at: first.0,
                policy: first.2.to_owned(),
                dissent: dissent.collect(),
            })
        });
        (!stances.is_empty()).then(|| Joined { promises: agreed.collect() })
    }

    fn parts(answer: &Promised) -> Parts<'_> {
        Parts { reasons: &answer.reasons, facts: &answer.facts, signals: &answer.signals }
    }
}
