//! The nouns of the contract, with what makes them handy to read and to make.

pub use crate::bindings::host::plugdesk::desk::account::{Commitment, CommitmentState, Person};
pub use crate::bindings::host::plugdesk::desk::context::{Refusal, Scope};
pub use crate::bindings::host::plugdesk::desk::log::Level;
pub use crate::bindings::host::plugdesk::desk::types::{
    Attributes, Category, Circumstances, Company, Contact, Entry, Fact, Fault, Id, Identity, Instant, Locale,
    Membership, Money, NewFact, NewSignal, Priority, Reason, Signal, Ticket, TicketDigest, TrackLevel, Value,
};

/// Milliseconds of a day.
pub const DAY: Instant = 24 * 60 * 60 * 1000;

/// What a policy answers: a value, no opinion (`Ok(None)`), or why it can't.
pub type Answer<T> = Result<Option<T>, Fault>;

impl Value {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number: an integer, a decimal, or a text that reads as one, as CSV files bring them.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Decimal(digits) | Self::Text(digits) => digits.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        }
    }

    /// Yes or no, if it is that.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Whether it says nothing: a text of spaces, an empty list.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Texts(texts) => texts.iter().all(|text| text.trim().is_empty()),
            _ => false,
        }
    }
}

impl Priority {
    /// Its name, as configurations and JSON write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

impl Money {
    /// Whole units of its currency, what is left over cut off: 12345 `EUR` are 123, 12345 `JPY` are 12345.
    pub fn units(&self) -> i64 {
        /// ISO 4217: currencies whose minor unit is the currency itself.
        const WHOLE: [&str; 16] = [
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
            "XPF",
        ];
        /// And those with a thousand minor units.
        const THOUSAND: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
        match self.currency.as_str() {
            whole if WHOLE.contains(&whole) => self.minor,
            thousand if THOUSAND.contains(&thousand) => self.minor / 1_000,
            _ => self.minor / 100,
        }
    }
}

impl Reason {
    /// A reason by its code, which the pack's `locales/*.ftl` turn into a sentence.
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), params: Vec::new(), evidence: Vec::new() }
    }

    /// Names something that the sentence mentions.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.push((name.to_owned(), fit(value.into())));
        self
    }

    /// Points at a record, by id, or a field, by name.
    #[must_use]
    pub fn seen_in(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(fit(evidence.into()));
        self
    }
}

/// The host takes at most so many bytes of a parameter or a piece of evidence.
const MOST_PARAM_BYTES: usize = 512;

/// A text that the host takes, whatever a customer wrote into it: cut at its limit, control characters as spaces.
fn fit(mut text: String) -> String {
    text.truncate(cut(&text, MOST_PARAM_BYTES).len());
    if text.chars().any(char::is_control) {
        text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    }
    text
}

/// A refusal that the policy can't do without becomes its fault: `desk.contact()?`.
impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotGranted => Self::Other("something it needs to read was not granted".to_owned()),
            Refusal::TooMany => Self::Other("it asked to read more than was granted".to_owned()),
        }
    }
}

/// The longest beginning of a text within so many bytes, cut between characters: parameters of reasons are bounded.
pub fn cut(text: &str, most_bytes: usize) -> &str {
    let mut end = text.len().min(most_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_customer_wrote_can_spoil_no_reason() {
        let reason = Reason::new("said").with("found", format!("bell\u{7} {}", "ü".repeat(600))).seen_in("a\nb");
        assert!(reason.params[0].1.starts_with("bell  ü") && reason.params[0].1.len() <= MOST_PARAM_BYTES);
        assert_eq!(reason.evidence, ["a b"]);
    }
}
