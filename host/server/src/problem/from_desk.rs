//! The one place where the core's errors become answers: an exhaustive match, so that a new error breaks the build.

use std::time::Duration;

use plugdesk_desk::{Error, Fault, PackProblem};

use super::{Code, FieldError, Problem};

/// When to try again what waits for an operator.
const OPERATOR: Duration = Duration::from_secs(60);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let soon = Duration::from_secs(1);
        let text = error.to_string();
        match error {
            Error::NotFound { .. } => Self::new(Code::NotFound, text),
            Error::Invalid(faults) => {
                Self::new(Code::Invalid, text).with(|it| it.errors = faults.into_iter().map(field).collect())
            }
            Error::Forbidden(_) => Self::new(Code::Forbidden, text),
            Error::Exists { .. } => Self::new(Code::Exists, text),
            Error::Conflict(_) => Self::new(Code::Conflict, text).with_retry_after(soon),
            Error::VersionMismatch { stored } => {
                Self::new(Code::VersionMismatch, text).with(|it| it.stored_version = Some(stored))
            }
            Error::IdempotencyReused => {
                Self::new(Code::IdempotencyReused, "use a new key, or send the first body again")
            }
            Error::IdempotencyInFlight => Self::new(Code::IdempotencyInFlight, text).with_retry_after(soon),
            Error::Refused { decision, .. } => {
                Self::new(Code::Refused, text).with(|it| it.decision = decision.map(|id| id.to_string()))
            }
            Error::Declined { decision, .. } => {
                Self::new(Code::Declined, text).with(|it| it.decision = decision.map(|id| id.to_string()))
            }
            Error::Busy(_) => Self::new(Code::Busy, text).with_retry_after(soon),
            // An operator has to act first; a minute keeps clients from hammering meanwhile. What the disk said is for the
            // log and for `plugdesk doctor`.
            Error::ReadOnly(cause) => {
                let told = "the store takes no writes until an operator has seen to its disk; reads go on";
                Self::new(Code::ReadOnly, told).with_retry_after(OPERATOR).with_cause(cause)
            }
            Error::Held(_) => Self::new(Code::ReadOnly, format!("{text}; reads go on")).with_retry_after(OPERATOR),
            // Likewise; what is said of it names no path, so it may be told.
            Error::NoSpace(_) => Self::new(Code::NoSpace, format!("{text}; an operator makes room, reads go on"))
                .with_retry_after(OPERATOR),
            Error::Unknown(cause) => {
                let told = "send the same request with the same Idempotency-Key again to settle it";
                Self::new(Code::OutcomeUnknown, told).with_retry_after(soon).with_cause(cause)
            }
            Error::Pack(problems) => {
                Self::new(Code::PackRefused, text).with(|it| it.errors = problems.into_iter().map(file).collect())
            }
            Error::Cursor => Self::parameter(Code::InvalidParameter, "after", text),
            Error::TooLarge { .. } => Self::new(Code::TooLarge, text),
            Error::Damaged(cause) => {
                Self::new(Code::Damaged, "an operator finds the place with `plugdesk verify`").with_cause(cause)
            }
            Error::Internal(cause) => Self::internal(cause),
        }
    }
}

fn field(fault: Fault) -> FieldError {
    FieldError { pointer: fault.field, detail: fault.rule, file: None }
}

fn file(problem: PackProblem) -> FieldError {
    FieldError { pointer: String::new(), detail: problem.problem, file: Some(problem.file) }
}
