//! How a call fails, and which class each way belongs to.

use plugdesk_domain::OutcomeClass;
use plugdesk_domain::plain::plain;
use wasmtime::{PoolConcurrencyLimitError, Trap};

/// A message has at most so many bytes: it stands in the decision, and a policy may choose its words.
const MOST_MESSAGE_BYTES: usize = 512;

/// A call that did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) class: OutcomeClass,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(class: OutcomeClass, message: impl Into<String>) -> Self {
        // It goes to logs and terminals, and names in it are a stranger's.
        Self { class, message: plain(&message.into(), MOST_MESSAGE_BYTES) }
    }

    pub(crate) fn bad_answer(message: impl Into<String>) -> Self {
        Self::new(OutcomeClass::BadAnswer, message)
    }

    /// Why an instance could not be made. What is neither a trap nor one of our own stops is the host's want of room.
    pub(crate) fn to_instantiate(error: &wasmtime::Error) -> Self {
        Self::known(error).unwrap_or_else(|| Self::new(OutcomeClass::Capacity, format!("no room for it: {error:#}")))
    }
}

impl From<wasmtime::Error> for Failure {
    /// Why a call did not return. What is neither a trap nor one of our own stops went wrong where values cross the
    /// border: a text that is not UTF-8, a list beyond the memory, an enum's case that does not exist, or too much.
    fn from(error: wasmtime::Error) -> Self {
        Self::known(&error).unwrap_or_else(|| Self::bad_answer(border(&error)))
    }
}

impl Failure {
    fn known(error: &wasmtime::Error) -> Option<Self> {
        if let Some(stop) = error.downcast_ref::<Stop>() {
            return Some(Self::new(stop.class(), stop.to_string()));
        }
        // It has no type of its own.
        if error.root_cause().to_string().contains("handle limit exceeded") {
            let message = format!("asked for more than {} handles", crate::run::MOST_HANDLES);
            return Some(Self::new(OutcomeClass::Memory, message));
        }
        if error.is::<PoolConcurrencyLimitError>() {
            return Some(Self::new(OutcomeClass::Capacity, format!("all instances are in use: {error:#}")));
        }
        let trap = error.downcast_ref::<Trap>()?;
        let class = match trap {
            Trap::OutOfFuel => OutcomeClass::OutOfFuel,
            Trap::StackOverflow => OutcomeClass::Stack,
            Trap::Interrupt => OutcomeClass::Backstop,
            Trap::AllocationTooLarge => OutcomeClass::Memory,
            Trap::StringOutOfBounds | Trap::ListOutOfBounds | Trap::InvalidDiscriminant | Trap::InvalidChar => {
                OutcomeClass::BadAnswer
            }
            // The others are the guest's own doing; `Trap` is non-exhaustive.
            _ => OutcomeClass::Trap,
        };
        Some(Self::new(class, trap.to_string().trim_start_matches("wasm trap: ").to_owned()))
    }
}

/// wasmtime's words for what went wrong at the border, and ours where they would not help.
fn border(error: &wasmtime::Error) -> String {
    let text = format!("{error:#}");
    if text.contains("fuel allocated for hostcalls") {
        return format!("it handed the host more than {} KiB at once", crate::run::HOSTCALL_BYTES >> 10);
    }
    text
}

/// Why the host itself stopped a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// The epoch's callback saw the limit passed.
    #[error("used more than {0} ms of processor time")]
    Backstop(u128),
    /// A memory wanted to grow beyond the limit.
    #[error("asked for {wanted} bytes of memory, may have {limit}")]
    Memory {
        /// All memories of the instance, after growing.
        wanted: u64,
        /// What it may have.
        limit: u64,
    },
    /// A table wanted to grow beyond the limit.
    #[error("asked for a table of {wanted} elements, may have {limit}")]
    Table {
        /// After growing.
        wanted: usize,
        /// What it may have.
        limit: usize,
    },
}

impl Stop {
    fn class(&self) -> OutcomeClass {
        match self {
            Self::Backstop(_) => OutcomeClass::Backstop,
            Self::Memory { .. } | Self::Table { .. } => OutcomeClass::Memory,
        }
    }
}

/// Cuts a text to at most `most` bytes, between characters.
pub(crate) fn cut(text: &mut String, most: usize) {
    text.truncate(text.floor_char_boundary(most));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_fail_has_its_class() {
        let of = |error: wasmtime::Error| Failure::from(error).class;
        assert_eq!(of(Trap::OutOfFuel.into()), OutcomeClass::OutOfFuel);
        assert_eq!(of(Trap::StackOverflow.into()), OutcomeClass::Stack);
        assert_eq!(of(Trap::UnreachableCodeReached.into()), OutcomeClass::Trap);
        assert_eq!(of(Trap::MemoryOutOfBounds.into()), OutcomeClass::Trap);
        assert_eq!(of(Stop::Backstop(50).into()), OutcomeClass::Backstop);
        assert_eq!(of(Stop::Memory { wanted: 2, limit: 1 }.into()), OutcomeClass::Memory);
        assert_eq!(of(wasmtime::format_err!("invalid utf-8")), OutcomeClass::BadAnswer);
        assert_eq!(Failure::to_instantiate(&wasmtime::format_err!("mmap")).class, OutcomeClass::Capacity);
    }

    #[test]
    fn a_message_is_cut_between_characters() {
        let failure = Failure::new(OutcomeClass::Fault, "ع".repeat(400));
        assert_eq!(failure.message.chars().count(), 256);
    }
}
