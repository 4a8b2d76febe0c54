//! The port to whatever runs policies: load a component, ask it a question, hear how it ended.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::digest::Digest;
use crate::question::{Answer, Inquiry};

/// How a call ended, as a class that rules, metrics and records go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeClass {
    /// It answered, or said that it has no opinion.
    Ok,
    /// It said that it can't answer, and why. Not a crash.
    Fault,
    /// It used up its fuel. Deterministic.
    OutOfFuel,
    /// It used up its time on the processor. Depends on the machine.
    Backstop,
    /// It trapped: an unreachable, a bad index, a panic.
    Trap,
    /// Its stack overflowed.
    Stack,
    /// It asked for more memory than it may have.
    Memory,
    /// Its answer is not one the host can take: too large, out of range, ids that do not exist.
    BadAnswer,
    /// The host had no room to run it.
    Capacity,
    /// Its breaker is open: it failed too often lately and was not asked.
    BreakerOpen,
    /// Its component could not be loaded.
    Load,
    /// Its configuration could not be prepared.
    Settings,
}

impl OutcomeClass {
    /// Every class.
    pub const ALL: &'static [Self] = &[
        Self::Ok,
        Self::Fault,
        Self::OutOfFuel,
        Self::Backstop,
        Self::Trap,
        Self::Stack,
        Self::Memory,
        Self::BadAnswer,
        Self::Capacity,
        Self::BreakerOpen,
        Self::Load,
        Self::Settings,
    ];

    /// The word in JSON, metrics and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Fault => "fault",
            Self::OutOfFuel => "out-of-fuel",
            Self::Backstop => "backstop",
            Self::Trap => "trap",
            Self::Stack => "stack",
            Self::Memory => "memory",
            Self::BadAnswer => "bad-answer",
            Self::Capacity => "capacity",
            Self::BreakerOpen => "breaker-open",
            Self::Load => "load",
            Self::Settings => "settings",
        }
    }

    /// Whether a replay must come to the same canonical bytes.
    pub fn replayable(self) -> bool {
        matches!(self, Self::Ok | Self::Fault | Self::OutOfFuel)
    }
}

/// What a call may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Fuel per call. A realistic question uses about 40,000 units; fifty times that is about a millisecond.
    pub fuel: u64,
    /// Time on the processor per call, in milliseconds: the backstop where fuel does not count, as in bulk operations.
    pub cpu_ms: u32,
    /// Linear memory, in bytes.
    pub memory_bytes: u64,
    /// The answer, with its reasons, facts and signals, in bytes of text.
    pub answer_bytes: usize,
    /// Lines of the policy's log a call; more is counted and dropped.
    pub log_lines: usize,
    /// A line of that log, in bytes; the rest is cut.
    pub log_line_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 10_000_000,
            cpu_ms: 50,
            memory_bytes: 32 << 20,
            answer_bytes: 64 << 10,
            log_lines: 64,
            log_line_bytes: 1 << 10,
        }
    }
}

/// All calls of one question together may take so long: somebody waits for the answer.
pub const QUESTION_CPU: Duration = Duration::from_millis(200);

/// One call of one policy.
pub struct Call<'a> {
    /// What is asked.
    pub inquiry: &'a Inquiry,
    /// What `setup.prepare` made of the configuration, or the configuration's JSON text.
    pub settings: &'a Arc<[u8]>,
    /// What it may read meanwhile.
    pub context: &'a dyn Context,
    /// What it may use.
    pub limits: &'a Limits,
}

/// A line of a policy's own log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// `debug`, `info`, `warn`, `error`.
    pub level: String,
    /// The text, cut at its limit.
    pub message: String,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It answered; none: no opinion.
    Answered(Option<Answer>),
    /// Something else; never [`OutcomeClass::Ok`].
    Failed {
        /// The class.
        class: OutcomeClass,
        /// In words, for the decision and the operator.
        message: String,
    },
}

impl Outcome {
    /// Its class.
    pub fn class(&self) -> OutcomeClass {
        match self {
            Self::Answered(_) => OutcomeClass::Ok,
            Self::Failed { class, .. } => *class,
        }
    }
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// How it ended.
    pub outcome: Outcome,
    /// Fuel used.
    pub fuel: u64,
    /// Time on the processor.
    pub cpu: Duration,
    /// What it logged.
    pub log: Vec<LogLine>,
    /// Lines dropped.
    pub log_dropped: u64,
}

/// The largest component, in bytes: the largest guest runtime seen (Python) makes components of 18 MB.
pub const MOST_COMPONENT_BYTES: usize = 32 << 20;

/// Why a component can't be used: the class is always [`OutcomeClass::Load`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LoadFault(pub String);

impl LoadFault {
    /// That a component is larger than one may be: whoever looks first says it in the same words.
    pub fn too_large(bytes: usize, most: usize) -> Self {
        Self(format!("it has {bytes} bytes, at most {most} are compiled"))
    }
}

/// What a configuration breaks: an RFC 6901 pointer and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Where in the configuration.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}

/// Why settings could not be prepared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepareFault {
    /// The plugin refuses the configuration.
    #[error("the configuration is refused: {}", .0.iter().map(|p| format!("{}: {}", p.pointer, p.message)).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Problem>),
    /// It failed while it prepared.
    #[error("{}: {message}", class.name())]
    Failed {
        /// How.
        class: OutcomeClass,
        /// In words.
        message: String,
    },
}

/// A loaded policy: compiled, linked, ready to be asked from any thread at once.
pub trait Plugin: Send + Sync {
    /// Of the component's bytes.
    fn digest(&self) -> Digest;
    /// The questions it answers, sorted, such as `qualify`.
    fn questions(&self) -> &[String];
    /// The host functions it imports, sorted, such as `context.entries`. Imported types are not listed.
    fn imports(&self) -> &[String];
    /// What `setup.prepare` makes of the configuration; without `setup`, the configuration's own bytes.
    fn prepare(&self, configuration: &str, limits: &Limits) -> Result<Arc<[u8]>, PrepareFault>;
    /// Asks it. Never panics, never blocks beyond the limits.
    fn ask(&self, call: &Call<'_>) -> Verdict;
}

/// What runs policies.
pub trait Ask: Send + Sync {
    /// Compiles and links a component, or takes it from the cache of compiled code. Bounded in size and time; takes
    /// seconds for a large one, so never on a request for a ticket.
    fn load(&self, component: &[u8]) -> Result<Arc<dyn Plugin>, LoadFault>;
    /// The contract it speaks, such as `plugdesk:desk@0.1.0`.
    fn contract(&self) -> &str;
}
