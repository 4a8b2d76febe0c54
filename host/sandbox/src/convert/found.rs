//! WIT to domain: what a policy answered.

use std::collections::BTreeMap;

use plugdesk_domain::question::{FoundFact, FoundSignal};
use plugdesk_domain::{Category, Instant, Reason, Track};
use serde_json::{Number, Value};

use crate::bindings::plugdesk::desk::types as wit;
use crate::failure::Failure;

/// The first millisecond of year 1000 and of year 9000: an instant outside of these is not read again, so it could be
/// stored and never shown.
const INSTANTS: std::ops::Range<i64> = -30_610_224_000_000..221_845_392_000_000;
/// A decimal has at most so many characters: a float's digits fit with room to spare.
const MOST_DECIMAL_BYTES: usize = 64;

/// A command's body nests at most so deep: those of this desk nest three deep, a custom field may hold a little more.
/// What goes deeper is meant for the stack of whoever reads it.
const MOST_BODY_DEPTH: usize = 16;

/// Counts the bytes of text in an answer while it is read.
#[derive(Debug)]
pub(crate) struct Meter {
    most: usize,
    used: usize,
}

impl Meter {
    /// An answer may have `most` bytes of text.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, used: 0 }
    }

    /// A text, counted.
    pub(crate) fn text(&mut self, text: String) -> Result<String, Failure> {
        self.used = self.used.saturating_add(text.len());
        if self.used > self.most {
            return Err(Failure::bad_answer(format!("the answer has more than {} bytes of text", self.most)));
        }
        Ok(text)
    }

    /// A text that may be missing, counted.
    pub(crate) fn maybe(&mut self, text: Option<String>) -> Result<Option<String>, Failure> {
        text.map(|text| self.text(text)).transpose()
    }

    /// A list, each of its parts counted.
    pub(crate) fn list<W, D>(
        &mut self,
        list: Vec<W>,
        mut convert: impl FnMut(&mut Self, W) -> Result<D, Failure>,
    ) -> Result<Vec<D>, Failure> {
        list.into_iter().map(|it| convert(self, it)).collect()
    }

    /// Why.
    pub(crate) fn reasons(&mut self, list: Vec<wit::Reason>) -> Result<Vec<Reason>, Failure> {
        self.list(list, Self::reason)
    }

    /// One reason. A parameter that stands twice is a mistake that would otherwise be hidden.
    pub(crate) fn reason(&mut self, it: wit::Reason) -> Result<Reason, Failure> {
        let mut params = BTreeMap::new();
        for (name, value) in it.params {
            let (name, value) = (self.text(name)?, self.text(value)?);
            if let Some(earlier) = params.insert(name, value) {
                drop(earlier);
                return Err(Failure::bad_answer(format!("reason `{}`: a parameter stands twice", it.code)));
            }
        }
        let evidence = self.list(it.evidence, Self::text)?;
        Ok(Reason { code: self.text(it.code)?, params, evidence, text: None })
    }

    /// Facts to keep.
    pub(crate) fn facts(&mut self, list: Vec<wit::NewFact>) -> Result<Vec<FoundFact>, Failure> {
        self.list(list, |meter, it| {
            let value = meter.value(&it.kind, it.value)?;
            Ok(FoundFact { kind: meter.text(it.kind)?, value, confidence: it.confidence })
        })
    }

    /// Signals to keep.
    pub(crate) fn signals(&mut self, list: Vec<wit::NewSignal>) -> Result<Vec<FoundSignal>, Failure> {
        self.list(list, |meter, it| {
            Ok(FoundSignal { kind: meter.text(it.kind)?, score: it.score, label: meter.maybe(it.label)? })
        })
    }

    /// A JSON object of at most `most` bytes of text.
    pub(crate) fn object(&mut self, field: &str, text: String, most: usize) -> Result<Value, Failure> {
        let text = self.text(text)?;
        // Before it is parsed: a small text can become a large value.
        if text.len() > most {
            return Err(Failure::bad_answer(format!("{field}: {} bytes, at most {most} are taken", text.len())));
        }
        let value =
            serde_json::from_str(&text).map_err(|error| Failure::bad_answer(format!("{field}: not JSON: {error}")))?;
        match &value {
            Value::Object(_) if depth(&value) <= MOST_BODY_DEPTH => Ok(value),
            Value::Object(_) => Err(Failure::bad_answer(format!("{field}: nests more than {MOST_BODY_DEPTH} deep"))),
            _ => Err(Failure::bad_answer(format!("{field}: not a JSON object"))),
        }
    }

    fn value(&mut self, field: &str, it: wit::Value) -> Result<Value, Failure> {
        Ok(match it {
            wit::Value::Text(text) => Value::String(self.text(text)?),
            wit::Value::Integer(integer) => Value::Number(integer.into()),
            wit::Value::Decimal(text) => Value::Number(decimal(field, &text)?),
            wit::Value::Flag(flag) => Value::Bool(flag),
            wit::Value::Instant(millis) => Value::String(instant(field, millis)?.to_string()),
            wit::Value::Texts(list) => self.list(list, |meter, it| meter.text(it).map(Value::String))?.into(),
            wit::Value::Json(text) => serde_json::from_str(&self.text(text)?)
                .map_err(|error| Failure::bad_answer(format!("{}: not JSON: {error}", short(field))))?,
        })
    }
}

/// How deep a value nests; serde_json reads at most 128 deep, so that this ends.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Decimal digits as a JSON number, which is a float: what has no finite one is refused.
fn decimal(field: &str, text: &str) -> Result<Number, Failure> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    let plain = text.len() <= MOST_DECIMAL_BYTES && digits(whole) && digits(fraction);
    plain.then(|| text.parse().ok().and_then(Number::from_f64)).flatten().ok_or_else(|| {
        Failure::bad_answer(format!("{}: `{}` is not a number in decimal digits", short(field), short(text)))
    })
}

/// An instant that can be written down.
pub(crate) fn instant(field: &str, millis: i64) -> Result<Instant, Failure> {
    if !INSTANTS.contains(&millis) {
        return Err(Failure::bad_answer(format!("{}: {millis} ms is outside of the years 1000 to 8999", short(field))));
    }
    Ok(Instant::from_millis(millis))
}

pub(crate) fn category(it: wit::Category) -> Category {
    match it {
        wit::Category::New => Category::New,
        wit::Category::Open => Category::Open,
        wit::Category::WaitingCustomer => Category::WaitingCustomer,
        wit::Category::WaitingThirdParty => Category::WaitingThirdParty,
        wit::Category::OnHold => Category::OnHold,
        wit::Category::Resolved => Category::Resolved,
        wit::Category::Closed => Category::Closed,
        wit::Category::Merged => Category::Merged,
    }
}

pub(crate) fn track(it: wit::TrackLevel) -> Track {
    match it {
        wit::TrackLevel::Fast => Track::Fast,
        wit::TrackLevel::Standard => Track::Standard,
        wit::TrackLevel::Special => Track::Special,
    }
}

/// A stranger's word in a message.
pub(crate) fn short(word: &str) -> String {
    word.chars().take(64).collect::<String>().escape_debug().to_string()
}

/// What a policy says when it can't answer.
pub(crate) fn fault(it: &wit::Fault) -> Failure {
    let message = match it {
        wit::Fault::Missing(what) => format!("missing: {what}"),
        wit::Fault::Misconfigured(what) => format!("misconfigured: {what}"),
        wit::Fault::Other(what) => what.clone(),
    };
    Failure::new(plugdesk_domain::OutcomeClass::Fault, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_decimal_is_digits_and_nothing_else() {
        for (text, expected) in [("12.50", Some(json!(12.5))), ("-0.25", Some(json!(-0.25))), ("7", Some(json!(7.0)))] {
            assert_eq!(decimal("f", text).ok().map(Value::Number), expected, "{text}");
        }
        let many = "9".repeat(65);
        for text in ["", "-", ".", "1.", ".5", "--1", "1e9", "NaN", "inf", "+1", "1.2.3", "٣", "1 ", "-1.-2", &many] {
            let failure = decimal("f", text).unwrap_err();
            assert!(failure.message.contains("not a number in decimal digits"), "{text}: {}", failure.message);
        }
    }

    #[test]
    fn what_could_not_be_read_again_is_refused_by_field() {
        let mut meter = Meter::new(2_000);
        let refused = |meter: &mut Meter, value| meter.value("motive", value).unwrap_err().message;
        assert!(refused(&mut meter, wit::Value::Instant(i64::MAX)).starts_with("motive: 9223372036854775807 ms"));
        assert!(refused(&mut meter, wit::Value::Json("{".into())).starts_with("motive: not JSON"));
        assert!(refused(&mut meter, wit::Value::Json("[".repeat(900))).contains("recursion limit"));
        assert!(refused(&mut meter, wit::Value::Text("a".repeat(2_000))).contains("more than 2000 bytes of text"));
        let mut meter = Meter::new(2_000);
        let object = |meter: &mut Meter, text: &str| meter.object("body", text.into(), 100).map_err(|it| it.message);
        assert!(object(&mut meter, "{\"a\":[1]}").is_ok());
        assert!(object(&mut meter, "[]").unwrap_err().contains("body: not a JSON object"));
        assert!(object(&mut meter, "{\"a\":NaN}").unwrap_err().starts_with("body: not JSON"));
        assert!(object(&mut meter, &"{\"a\":".repeat(30)).unwrap_err().contains("at most 100"));
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(16), "]".repeat(16));
        assert!(object(&mut meter, &deep).unwrap_err().contains("nests more than 16 deep"));
        for millis in [INSTANTS.start, INSTANTS.end - 1] {
            let written = instant("at", millis).unwrap().to_string();
            assert_eq!(written.parse(), Ok(Instant::from_millis(millis)));
        }
    }
}
