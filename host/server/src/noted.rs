//! What is found out about a request on its way, for its line in the log: who, where, and what was decided. Ids alone;
//! nobody's name.

use std::sync::{Arc, OnceLock};

use http::HeaderValue;
use plugdesk_domain::{DecisionId, Principal};

/// A slot in a request's extensions, filled on its way in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Noted(Arc<Slots>);

#[derive(Debug, Default)]
struct Slots {
    by: OnceLock<String>,
    desk: OnceLock<String>,
}

impl Noted {
    /// Who asks: a key's id, else where the principal comes from. What an embedder's login calls somebody is not told.
    pub(crate) fn by(&self, principal: &Principal) {
        let who = match principal.key {
            Some(key) => key.to_string(),
            None if *principal == Principal::operator() => principal.name.clone(),
            None => "login".to_owned(),
        };
        let _ = self.0.by.set(who);
    }

    /// At which desk, by its name.
    pub(crate) fn at(&self, desk: &str) {
        let _ = self.0.desk.set(desk.to_owned());
    }

    pub(crate) fn who(&self) -> Option<&str> {
        self.0.by.get().map(String::as_str)
    }

    pub(crate) fn desk(&self) -> Option<&str> {
        self.0.desk.get().map(String::as_str)
    }
}

/// The decision that an answer tells of, in its extensions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided(pub(crate) DecisionId);

/// The trace that a request belongs to: the second part of a well-formed `traceparent` (W3C Trace Context, section 3.2).
/// Of what is not well-formed nothing is kept, as the recommendation says.
pub(crate) fn trace_id(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?;
    let mut parts = text.split('-');
    let [version, trace, parent, flags] = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let zero = |part: &str| part.bytes().all(|b| b == b'0');
    // Later versions may add parts; `ff` is none. Version 0 has four.
    let shape = hex(version, 2) && version != "ff" && (version != "00" || parts.next().is_none());
    (shape && hex(trace, 32) && !zero(trace) && hex(parent, 16) && !zero(parent) && hex(flags, 2)).then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_trace_is_taken_over() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let cases = [
            (format!("00-{trace}-00f067aa0ba902b7-01"), true),
            (format!("cc-{trace}-00f067aa0ba902b7-01-what-comes"), true),
            (format!("00-{trace}-00f067aa0ba902b7-01-more"), false),
            (format!("ff-{trace}-00f067aa0ba902b7-01"), false),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), false),
            (format!("00-{trace}-0000000000000000-01"), false),
            (format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()), false),
            (format!("00-{trace}-00f067aa0ba902b7"), false),
            ("00".to_owned(), false),
            (String::new(), false),
        ];
        for (text, taken) in cases {
            let value = HeaderValue::from_str(&text).expect("plain text");
            assert_eq!(trace_id(&value), taken.then_some(trace), "{text}");
        }
    }
}
