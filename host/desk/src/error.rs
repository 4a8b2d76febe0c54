//! Why a command or a query was not carried out. The edge maps it by one exhaustive match; causes that help nobody
//! outside stand in [`Error::Internal`] and [`Error::Damaged`] alone.

use plugdesk_domain::{DecisionId, StoreError};
use serde::{Deserialize, Serialize};

/// One field that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fault {
    /// An RFC 6901 pointer into what was sent, such as `/entries/0/text`; empty: the whole.
    pub field: String,
    /// The rule it breaks, in words.
    pub rule: String,
}

/// One thing wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PackProblem {
    /// The file within the pack; empty: the archive itself.
    pub file: String,
    /// What is wrong, in words.
    pub problem: String,
}

/// Why it was not done. Every variant is one that some caller treats differently.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// There is no such record in this desk, or the caller may not know of it.
    #[error("{what} {id} not found")]
    NotFound {
        /// The kind of record.
        what: &'static str,
        /// The id or name that was asked for.
        id: String,
    },
    /// Fields that can't be taken; every one that was found.
    #[error("{}", faults(.0))]
    Invalid(Vec<Fault>),
    /// The principal may not do that.
    #[error("{0}")]
    Forbidden(String),
    /// Something with that name, address or external id is there already.
    #[error("{what} {id} exists already")]
    Exists {
        /// The kind of record.
        what: &'static str,
        /// The name, address or id that is taken.
        id: String,
    },
    /// Others changed the same records again and again while this was decided; sending it again may succeed.
    #[error("{0} was changed meanwhile, again and again")]
    Conflict(String),
    /// The record is not at the version that `If-Match` names.
    #[error("{}", standing(*.stored))]
    VersionMismatch {
        /// Its version; 0: there is none.
        stored: u64,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyReused,
    /// The first request with this idempotency key is not answered yet.
    #[error("a request with this idempotency key is being worked on")]
    IdempotencyInFlight,
    /// A policy's failure rule refused it.
    #[error("policy `{policy}` could not answer `{question}`, and its binding refuses the operation then")]
    Refused {
        /// The decision that says why; none of a preview, whose decision is not stored.
        decision: Option<DecisionId>,
        /// The policy that failed.
        policy: String,
        /// The question.
        question: String,
    },
    /// A policy said no.
    #[error("policy `{policy}` says no to `{question}`")]
    Declined {
        /// The decision that says why; none of a preview, whose decision is not stored.
        decision: Option<DecisionId>,
        /// The policy; of several the first by name.
        policy: String,
        /// The question.
        question: String,
    },
    /// No room for it now; sending it again in a moment is right.
    #[error("{0}")]
    Busy(String),
    /// The store takes no writes; reads go on.
    #[error("the desk is read-only: {0}")]
    ReadOnly(String),
    /// An operator holds writes, and says why; reads go on.
    #[error("the desk is read-only: {0}")]
    Held(String),
    /// The disk is too full to write; reads go on, and writing goes on by itself when there is room.
    #[error("there is no room on the disk: {0}")]
    NoSpace(String),
    /// It may or may not be stored; the same idempotency key settles it.
    #[error("it is unknown whether the command was stored: {0}")]
    Unknown(String),
    /// A pack that can't be installed.
    #[error("{}", problems(.0))]
    Pack(Vec<PackProblem>),
    /// A cursor that was not given out for this list.
    #[error("the cursor does not belong to this list")]
    Cursor,
    /// Larger than the limits allow, as a whole.
    #[error("{what} has {bytes} bytes, at most {most} are allowed")]
    TooLarge {
        /// What is too large.
        what: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// What is stored can't be read.
    #[error("{0}")]
    Damaged(String),
    /// A fault of our own or of the machine; the text is for the log.
    #[error("{0}")]
    Internal(String),
}

fn standing(version: u64) -> String {
    match version {
        0 => "nothing stands there".to_owned(),
        _ => format!("the record stands at version {version}"),
    }
}

fn faults(faults: &[Fault]) -> String {
    let line = |fault: &Fault| match fault.field.as_str() {
        "" => fault.rule.clone(),
        field => format!("{field}: {}", fault.rule),
    };
    faults.iter().map(line).collect::<Vec<_>>().join("; ")
}

fn problems(problems: &[PackProblem]) -> String {
    let line = |problem: &PackProblem| match problem.file.as_str() {
        "" => problem.problem.clone(),
        file => format!("{file}: {}", problem.problem),
    };
    problems.iter().map(line).collect::<Vec<_>>().join("; ")
}

impl Error {
    /// One field that can't be taken.
    pub fn invalid(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self::Invalid(vec![Fault { field: field.into(), rule: rule.into() }])
    }

    /// There is no such record.
    // Ids are handed over as they are; a reference at every call would help nobody.
    #[allow(clippy::needless_pass_by_value)]
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string().chars().take(128).collect() }
    }

    /// The word in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not-found",
            Self::Invalid(_) => "invalid",
            Self::Forbidden(_) => "forbidden",
            Self::Exists { .. } => "exists",
            Self::Conflict(_) => "conflict",
            Self::VersionMismatch { .. } => "version-mismatch",
            Self::IdempotencyReused => "idempotency-reused",
            Self::IdempotencyInFlight => "idempotency-in-flight",
            Self::Refused { .. } => "refused",
            Self::Declined { .. } => "declined",
            Self::Busy(_) => "busy",
            Self::ReadOnly(_) => "read-only",
            Self::Held(_) => "held",
            Self::NoSpace(_) => "no-space",
            Self::Unknown(_) => "unknown",
            Self::Pack(_) => "pack",
            Self::Cursor => "cursor",
            Self::TooLarge { .. } => "too-large",
            Self::Damaged(_) => "damaged",
            Self::Internal(_) => "internal",
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { table, key } => Self::Conflict(format!("{} {key}", table.name())),
            StoreError::Exists { table, key } => Self::Exists { what: table.name(), id: key },
            StoreError::Busy => Self::Busy("the store's queue is full".to_owned()),
            StoreError::TooLarge { what, bytes, most } => Self::TooLarge { what, bytes, most },
            StoreError::Cursor => Self::Cursor,
            StoreError::ReadOnly(why) => Self::ReadOnly(why),
            StoreError::Held(why) => Self::Held(why),
            StoreError::NoSpace(why) => Self::NoSpace(why),
            StoreError::Unknown(why) => Self::Unknown(why),
            StoreError::Damaged(why) => Self::Damaged(why),
            StoreError::Import(why) => Self::invalid("", why),
            StoreError::Io(why) => Self::Internal(why),
        }
    }
}
