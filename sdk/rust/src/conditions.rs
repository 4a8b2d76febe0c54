//! Conditions on custom fields, as configurations write them and as a call evaluates them.
//!
//! In JSON: `{"is": "Yes"}`, `{"one_of": [1, 2]}`, `{"words": ["pric*"]}`, `{"from": 3, "to": 10}`,
//! `{"from": 3, "below": 10}`, `{"missing": true}`.
//! Texts are compared folded ([`crate::words::fold`]), so case, accents and punctuation do not matter; a number equals
//! its text. Prepared, a condition costs a call some nanoseconds, and all fields of a record are read in one go.

mod checks;
mod fields;

use serde::{Deserialize, Serialize};

pub use checks::Checks;
pub use fields::{Fields, Of};

use crate::packed::Packed;
use crate::types::{Value, cut};
use crate::words::{Lexicon, Phrases, fold};

/// A condition as a configuration writes it: exactly one of its forms.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Equal to this text, number or flag.
    pub is: Option<serde_json::Value>,
    /// Equal to one of these.
    pub one_of: Option<Vec<serde_json::Value>>,
    /// Contains one of these words or phrases; a star at the end stands for any ending.
    pub words: Option<Vec<String>>,
    /// A number, this or more.
    pub from: Option<f64>,
    /// A number, this or less.
    pub to: Option<f64>,
    /// A number, less than this: where one range ends and the next begins, no number is in both.
    pub below: Option<f64>,
    /// `true`: not set, or blank. `false`: set.
    pub missing: Option<bool>,
}

/// A condition ready to be evaluated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Check {
    /// Equal to one of these.
    OneOf(Hashes),
    /// Contains a phrase.
    Words(Lexicon),
    /// Between two numbers, both included.
    Between(f64, f64),
    /// Not set, or blank.
    Missing,
    /// Set.
    Present,
}

/// Texts, numbers and flags by [`hash`], 8 bytes each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashes(Packed);

impl Hashes {
    fn of(mut hashes: Vec<u64>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        Self(Packed(hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect()))
    }

    /// Whether that one is among these bytes, which are sorted. Of few a walk is faster than a search.
    fn has(bytes: &[u8], hash: u64) -> bool {
        const FEW: usize = 16;
        let known = bytes.as_chunks().0;
        if known.len() <= FEW {
            return known.iter().any(|known| u64::from_le_bytes(*known) == hash);
        }
        known.binary_search_by_key(&hash, |known| u64::from_le_bytes(*known)).is_ok()
    }

    fn bytes(&self) -> &[u8] {
        &self.0.0
    }
}

/// A value is read so far, in bytes; of a list, so many texts: strangers choose how much they write.
const MOST_BYTES: usize = 2_048;
const MOST_TEXTS: usize = 64;
/// Stands for what was not read: no folded text is it.
const CUT: &str = "\u{0}";

/// A value made ready for any number of checks.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    folded: String,
    hash: u64,
    /// Of a list of texts, the hashes of the others.
    more: Vec<u64>,
    number: Option<f64>,
}

impl When {
    /// Makes it ready; an error is a sentence about what is wrong with it.
    pub fn prepare(&self) -> Result<Check, String> {
        let range = self.from.is_some() || self.to.is_some() || self.below.is_some();
        let forms = [self.is.is_some(), self.one_of.is_some(), self.words.is_some(), range, self.missing.is_some()];
        if forms.iter().filter(|&&there| there).count() != 1 {
            return Err("a condition has exactly one of is, one_of, words, from/to/below, missing".to_owned());
        }
        if self.to.is_some() && self.below.is_some() {
            return Err("a range ends with to or with below, not with both".to_owned());
        }
        if let Some(missing) = self.missing {
            return Ok(if missing { Check::Missing } else { Check::Present });
        }
        if let Some(phrases) = &self.words {
            let mut all = Phrases::default();
            for phrase in phrases {
                all.add(phrase, 0).map_err(|why| format!("`{phrase}` {}", why.message()))?;
            }
            return Ok(Check::Words(all.pack()));
        }
        if range {
            let to = self.to.or(self.below.map(f64::next_down));
            let (from, to) = (self.from.unwrap_or(f64::MIN), to.unwrap_or(f64::MAX));
            return if from <= to { Ok(Check::Between(from, to)) } else { Err("from is above its end".to_owned()) };
        }
        let one = self.is.as_ref().map(std::slice::from_ref);
        let values = one.or(self.one_of.as_deref()).unwrap_or_default();
        Ok(Check::OneOf(Hashes::of(values.iter().map(scalar).collect::<Result<_, String>>()?)))
    }
}

/// The hash of a text, number or flag in a configuration.
fn scalar(value: &serde_json::Value) -> Result<u64, String> {
    match value {
        serde_json::Value::String(text) => Ok(hash(&fold(text))),
        serde_json::Value::Number(_) | serde_json::Value::Bool(_) => Ok(hash(&fold(&value.to_string()))),
        other => Err(format!("`{other}` is not a text, a number or a flag")),
    }
}

impl Check {
    /// Whether it holds for that value; `None`: not set.
    pub fn holds(&self, given: Option<&Given>) -> bool {
        let Some(given) = given else { return *self == Self::Missing };
        match self {
            Self::OneOf(hashes) => given.any(|hash| Hashes::has(hashes.bytes(), hash)),
            Self::Words(lexicon) => Lexicon::finds(lexicon.bytes(), &given.folded),
            Self::Between(from, to) => given.number.is_some_and(|number| *from <= number && number <= *to),
            Self::Missing => false,
            Self::Present => true,
        }
    }
}

impl Given {
    /// Of a custom field; `None` if it is blank.
    pub fn of(value: &Value) -> Option<Self> {
        let texts = match value {
            Value::Text(text) | Value::Json(text) | Value::Decimal(text) => return Self::text(text),
            Value::Integer(number) | Value::Instant(number) => return Some(Self::number(*number)),
            Value::Flag(flag) => return Self::text(if *flag { "true" } else { "false" }),
            Value::Texts(texts) => texts,
        };
        let mut left = MOST_BYTES;
        let whole = texts.iter().take(MOST_TEXTS).take_while(|text| {
            let rest = left.checked_sub(text.len());
            left = rest.unwrap_or(left);
            rest.is_some()
        });
        let mut read = 0;
        let each = whole.inspect(|_| read += 1).map(|text| fold(text)).filter(|folded| !folded.is_empty());
        let each: Vec<String> = each.collect();
        let Some((first, others)) = each.split_first() else {
            return (read < texts.len()).then(Self::unread);
        };
        let mut more: Vec<u64> = others.iter().map(|folded| hash(folded)).collect();
        // A list that goes on is not one text alone.
        more.extend((read < texts.len()).then(|| hash(CUT)));
        Some(Self { hash: hash(first), more, folded: each.concat(), number: None })
    }

    /// Of a text; `None` if it has no letter and no digit.
    pub fn text(text: &str) -> Option<Self> {
        let whole = text.len() <= MOST_BYTES;
        let text = cut(text, MOST_BYTES);
        let folded = fold(text);
        // Reading a number is dear, and most texts are none.
        let numeric =
            whole && text.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
        let number = if numeric { text.trim().parse().ok().filter(|n: &f64| n.is_finite()) } else { None };
        // The beginning of a text equals nothing, and may be blank where the rest is not.
        match (whole, folded.is_empty()) {
            (true, true) => None,
            (true, false) => Some(Self { hash: hash(&folded), more: Vec::new(), folded, number }),
            (false, _) => Some(Self { folded, ..Self::unread() }),
        }
    }

    /// There is something, and nothing is known of it.
    fn unread() -> Self {
        Self { hash: hash(CUT), more: Vec::new(), folded: String::new(), number: None }
    }

    /// Of a whole number.
    pub fn number(number: i64) -> Self {
        // As folded text: a sign is no letter.
        let mut folded = number.unsigned_abs().to_string();
        folded.push(' ');
        Self { hash: hash(&folded), more: Vec::new(), folded, number: Some(number as f64) }
    }

    /// Whether the whole of it is one of these.
    pub fn is_one_of(&self, texts: &Hashes) -> bool {
        self.more.is_empty() && Hashes::has(texts.bytes(), self.hash)
    }

    /// Whether that is true of the hash of it, or of one of its texts.
    fn any(&self, is: impl Fn(u64) -> bool) -> bool {
        is(self.hash) || self.more.iter().any(|&hash| is(hash))
    }
}

/// FNV-1a of a folded text, in 64 bits: equality costs one comparison, and two words that meet by accident are not to
/// be expected. Who crafts such a pair gains what he would gain by writing the word itself.
pub fn hash(folded: &str) -> u64 {
    folded.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(when: &str, value: &Value) -> bool {
        let when: When = serde_json::from_str(when).unwrap();
        when.prepare().unwrap().holds(Given::of(value).as_ref())
    }

    #[test]
    fn what_is_longer_than_is_read_equals_nothing_and_is_not_missing() {
        let long = |begin: &str| format!("{begin}{}and more", " ".repeat(MOST_BYTES));
        for value in [Value::Text(long("yes")), Value::Text(long("")), Value::Texts(vec![long("yes")])] {
            assert!(!holds(r#"{"is": "yes"}"#, &value), "{value:?}");
            assert!(!holds(r#"{"missing": true}"#, &value) && holds(r#"{"missing": false}"#, &value), "{value:?}");
        }
        assert!(!holds(r#"{"from": 1}"#, &Value::Text(long("7"))));
        assert!(holds(r#"{"words": ["yes"]}"#, &Value::Text(long("yes"))));
        assert!(holds(r#"{"is": "yes"}"#, &Value::Texts(vec!["yes".to_owned(), long("no")])));
    }

    #[test]
    fn a_condition_holds_however_the_value_is_written() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (when, value, expected) in [
            (r#"{"is": "Own savings"}"#, text("  own SAVINGS "), true),
            (r#"{"is": "Own savings"}"#, text("own savings account"), false),
            (r#"{"is": 12}"#, text("12"), true),
            (r#"{"is": 12.5}"#, Value::Decimal("12.5".to_owned()), true),
            (r#"{"is": true}"#, Value::Flag(true), true),
            (r#"{"one_of": ["a", "b"]}"#, Value::Texts(vec!["x".to_owned(), "B".to_owned()]), true),
            (r#"{"words": ["сроч*"]}"#, text("Очень срочно!"), true),
            (r#"{"from": 3, "to": 10}"#, text("10.0"), true),
            (r#"{"from": 3}"#, Value::Integer(2), false),
            (r#"{"to": 3}"#, text("many"), false),
            (r#"{"from": 3, "below": 4}"#, text("3.999"), true),
            (r#"{"from": 3, "below": 4}"#, Value::Integer(4), false),
            (r#"{"below": 0}"#, Value::Integer(-1), true),
            (r#"{"missing": true}"#, text("  "), true),
            (r#"{"missing": false}"#, Value::Integer(0), true),
        ] {
            assert_eq!(holds(when, &value), expected, "{when} of {value:?}");
        }
    }

    #[test]
    fn a_condition_without_a_form_or_with_two_is_refused() {
        for wrong in [
            "{}",
            r#"{"is": 1, "missing": true}"#,
            r#"{"from": 2, "to": 1}"#,
            r#"{"from": 2, "below": 2}"#,
            r#"{"to": 3, "below": 3}"#,
            r#"{"is": {}}"#,
            r#"{"words": ["?"]}"#,
        ] {
            let when: When = serde_json::from_str(wrong).unwrap();
            assert!(when.prepare().is_err(), "{wrong}");
        }
    }
}
