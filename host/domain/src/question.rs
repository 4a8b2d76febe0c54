//! The questions: what a policy is asked, what it may answer, and how the answers of several policies join.
//!
//! One file per question. Each defines its inquiry, its answer, the host's own check of an answer, and the join.
//! Adding one is a file here and a line in `questions!`; `docs/adding-a-question.md` tells the rest.

pub mod affiliate;
pub mod classify;
pub mod correlate;
pub mod escalate;
pub mod identify;
pub mod join;
pub mod merge;
pub mod promise;
pub mod qualify;
pub mod react;
pub mod shown;
pub mod track;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::record::{FailureRule, Reason};
use crate::time::Instant;

pub use join::{Stance, Stances};
pub use shown::{FoundFact, FoundSignal};

/// What the host tells with every question. There is no clock and no randomness beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// When the command is decided.
    pub now: Instant,
    /// The language of the person it is about, or the desk's; BCP 47.
    pub locale: String,
    /// `agent`, `customer`, `system`, `import`, `policy`.
    pub actor: String,
    /// Inside the calendar that applies to the subject.
    pub in_hours: bool,
}

/// What each question defines.
pub trait Question: 'static {
    /// Its name: of the interface, its function, the binding and the metric.
    const NAME: &'static str;
    /// What a policy may answer.
    type Answer: Clone + std::fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send;
    /// What several answers become.
    type Joined: Clone + std::fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send;

    /// What follows a failure unless the binding says otherwise.
    fn default_failure() -> FailureRule;

    /// The host's own look at an answer, before it has any effect: ranges, lengths, counts. The text names the field.
    fn check(answer: &Self::Answer) -> Result<(), String>;

    /// What the answers of a set of policies become; none: nobody had an opinion. Depends on the set and the ranks
    /// alone, never on an order of arrival.
    fn join(stances: &Stances<Self::Answer>) -> Option<Self::Joined>;

    /// The common parts of an answer.
    fn parts(answer: &Self::Answer) -> Parts<'_>;
}

/// Which of all answers is this question's. Implemented by `questions!`.
pub trait Pick: Question {
    /// The answer, if it is one to this question.
    fn pick(answer: Answer) -> Option<Self::Answer>;
    /// As one of all answers.
    fn wrap(answer: Self::Answer) -> Answer;
}

/// What every answer has.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// Why.
    pub reasons: &'a [Reason],
    /// Facts to keep.
    pub facts: &'a [FoundFact],
    /// Signals to keep.
    pub signals: &'a [FoundSignal],
}

macro_rules! questions {
    ($($variant:ident: $module:ident :: $question:ident),* $(,)?) => {
        /// Any inquiry.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "question", content = "inquiry", rename_all = "kebab-case")]
        pub enum Inquiry { $(
            #[doc = concat!("See [`", stringify!($module), "`].")]
            $variant($module::Inquiry),
        )* }

        /// Any answer.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "question", content = "answer", rename_all = "kebab-case")]
        pub enum Answer { $(
            #[doc = concat!("See [`", stringify!($module), "`].")]
            $variant(<$module::$question as Question>::Answer),
        )* }

        /// The names of all questions, in the order of the table in the design.
        pub const QUESTIONS: &[&str] = &[$(<$module::$question as Question>::NAME),*];

        /// The failure rule of a question, by name.
        pub fn default_failure(question: &str) -> Option<FailureRule> {
            $(if question == <$module::$question as Question>::NAME {
                return Some(<$module::$question as Question>::default_failure());
            })*
            None
        }

        $(impl Pick for $module::$question {
            fn pick(answer: Answer) -> Option<Self::Answer> {
                #[allow(unreachable_patterns)]
                match answer {
                    Answer::$variant(it) => Some(it),
                    _ => None,
                }
            }
            fn wrap(answer: Self::Answer) -> Answer {
                Answer::$variant(answer)
            }
        })*

        impl Inquiry {
            /// The question's name.
            pub fn question(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$module::$question as Question>::NAME,)* }
            }
            /// The circumstances.
            pub fn circumstances(&self) -> &Circumstances {
                match self { $(Self::$variant(it) => &it.circumstances,)* }
            }
        }

        impl Answer {
            /// The question's name.
            pub fn question(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$module::$question as Question>::NAME,)* }
            }
            /// The host's own check.
            pub fn check(&self) -> Result<(), String> {
                match self { $(Self::$variant(it) => {
                    shown::check_parts(<$module::$question as Question>::parts(it))?;
                    <$module::$question as Question>::check(it)
                })* }
            }
            /// The common parts.
            pub fn parts(&self) -> Parts<'_> {
                match self { $(Self::$variant(it) => <$module::$question as Question>::parts(it),)* }
            }
        }
    };
}

questions! {
    Classify: classify::Classify,
    Identify: identify::Identify,
    Merge: merge::Merge,
    Affiliate: affiliate::Affiliate,
    Correlate: correlate::Correlate,
    Qualify: qualify::Qualify,
    Track: track::Track,
    Promise: promise::Promise,
    Escalate: escalate::Escalate,
    React: react::React,
}
