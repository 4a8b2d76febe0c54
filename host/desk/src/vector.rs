//! Vectors: a question with everything that surrounds it, and the answer that is expected.
//!
//! A pack is installed only if its plugins pass theirs; `plugdesk plugin test` runs the same; a recorded decision can be
//! turned into one. As every policy is a pure function of what it is told, the answer must be the same to the byte of
//! its canonical JSON.

mod recorded;

use std::sync::Arc;

use plugdesk_domain::question::join::canonical;
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{Call, Limits, Outcome, OutcomeClass, Plugin};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::transcript::{Exchange, Replayer};

/// At most so many differences are shown: the first ones explain the others.
const MOST_DIFFERENCES: usize = 12;
/// A value in a difference is cut here.
const MOST_SHOWN_CHARS: usize = 160;

/// A question, its surroundings and the expected answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// What it shows, in a sentence.
    pub about: String,
    /// The plugin of the pack; none: the only one that answers the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// The question.
    pub question: String,
    /// The configuration, whole; none: the pack's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Value>,
    /// What is asked, as the domain writes it.
    pub inquiry: Value,
    /// What the policy may hear when it asks; anything else is refused, and the vector fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<Exchange>,
    /// What must come of it.
    pub expect: Expect,
}

/// What must come of a vector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Expect {
    /// This answer.
    Answer(Value),
    /// No opinion; always `true`.
    None(bool),
    /// A failure of this class.
    Failed {
        /// The class.
        class: OutcomeClass,
        /// Its message; none: any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
}

/// What a vector that passed has used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// What it shows.
    pub about: String,
    /// Fuel used; the same on every machine.
    pub fuel: u64,
    /// Time on the processor, in microseconds.
    pub micros: u64,
}

impl Vector {
    /// Reads a vector. Errors name the field.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let vector: Self = crate::strict::read(json).map_err(|e| format!("not a vector: {e}"))?;
        if vector.expect == Expect::None(false) {
            return Err("expect.none: is `true`, or another expectation stands in its place".to_owned());
        }
        vector.inquiry()?;
        if let Expect::Answer(answer) = &vector.expect {
            vector.answer(answer)?;
        }
        Ok(vector)
    }

    /// The inquiry, typed.
    pub fn inquiry(&self) -> Result<Inquiry, String> {
        let whole = json!({ "question": self.question, "inquiry": self.inquiry });
        let inquiry: Inquiry = serde_json::from_value(whole).map_err(|e| format!("inquiry: {e}"))?;
        known(&self.inquiry, &inner(&inquiry, "inquiry"), "/inquiry")?;
        Ok(inquiry)
    }

    fn answer(&self, answer: &Value) -> Result<Value, String> {
        let whole = json!({ "question": self.question, "answer": answer });
        let typed: Answer = serde_json::from_value(whole).map_err(|e| format!("expect.answer: {e}"))?;
        let full = inner(&typed, "answer");
        known(answer, &full, "/expect/answer")?;
        Ok(full)
    }
}

fn inner(value: &impl Serialize, field: &str) -> Value {
    serde_json::to_value(value).ok().and_then(|mut v| v.get_mut(field).map(Value::take)).unwrap_or_default()
}

/// Every field that is given must be one that the type knows: a misspelt optional field would else be dropped in
/// silence, and the vector would prove nothing.
fn known(given: &Value, full: &Value, at: &str) -> Result<(), String> {
    match (given, full) {
        (Value::Object(given), Value::Object(full)) => given.iter().try_for_each(|(name, value)| {
            let empty = matches!(value, Value::Null)
                || value.as_object().is_some_and(serde_json::Map::is_empty)
                || value.as_array().is_some_and(Vec::is_empty);
            match full.get(name) {
                Some(full) => known(value, full, &format!("{at}/{name}")),
                None if empty => Ok(()),
                None => Err(format!("{at}/{name}: unknown field")),
            }
        }),
        (Value::Array(given), Value::Array(full)) => {
            let mut places = given.iter().zip(full).enumerate();
            places.try_for_each(|(place, (given, full))| known(given, full, &format!("{at}/{place}")))
        }
        _ => Ok(()),
    }
}

/// Runs a vector against a plugin with its prepared settings, or with why there are none. An error says, readably, how
/// what came differs from what was expected.
pub fn run(
    vector: &Vector,
    plugin: &dyn Plugin,
    settings: Result<&Arc<[u8]>, &str>,
    limits: &Limits,
) -> Result<Ran, String> {
    let ran = |fuel, micros| Ran { about: vector.about.clone(), fuel, micros };
    let settings = match (settings, &vector.expect) {
        (Ok(settings), _) => settings,
        (Err(why), Expect::Failed { class: OutcomeClass::Settings, message }) => {
            return match message {
                Some(message) if message != why => {
                    Err(format!("expected settings: {message}\nanswered settings: {why}"))
                }
                _ => Ok(ran(0, 0)),
            };
        }
        (Err(why), _) => return Err(why.to_owned()),
    };
    let inquiry = vector.inquiry()?;
    let context = Replayer::new(&vector.context);
    let verdict = plugin.ask(&Call { inquiry: &inquiry, settings, context: &context, limits });
    let missing = context.missing();
    if !missing.is_empty() {
        let calls: Vec<String> = missing.into_iter().take(MOST_DIFFERENCES).collect();
        return Err(format!("it asked for what the vector does not tell: {}", calls.join("; ")));
    }
    let micros = u64::try_from(verdict.cpu.as_micros()).unwrap_or(u64::MAX);
    compare(vector, &verdict.outcome).map(|()| ran(verdict.fuel, micros))
}

fn compare(vector: &Vector, outcome: &Outcome) -> Result<(), String> {
    match (&vector.expect, outcome) {
        (Expect::None(_), Outcome::Answered(None)) => Ok(()),
        (Expect::Answer(expected), Outcome::Answered(Some(answer))) => {
            if let Err(wrong) = answer.check().and_then(|()| crate::asking::fits(&vector.inquiry()?, answer)) {
                return Err(format!("the host refuses its answer: {wrong}"));
            }
            let (expected, answered) = (vector.answer(expected)?, inner(answer, "answer"));
            if canonical(&expected) == canonical(&answered) {
                return Ok(());
            }
            let mut lines = Vec::new();
            differences(&expected, &answered, "", &mut lines);
            Err(lines.join("\n"))
        }
        (Expect::Failed { class, message }, Outcome::Failed { class: real, message: told })
            if class == real && message.as_ref().is_none_or(|message| message == told) =>
        {
            Ok(())
        }
        (expected, outcome) => Err(format!("expected {}\nanswered {}", wanted(expected), came(outcome))),
    }
}

/// What a plugin really did, as an expectation: to write a vector by running it once.
pub fn expectation(outcome: &Outcome) -> Expect {
    match outcome {
        Outcome::Answered(None) => Expect::None(true),
        Outcome::Answered(Some(answer)) => Expect::Answer(inner(answer, "answer")),
        Outcome::Failed { class, message } => Expect::Failed { class: *class, message: Some(message.clone()) },
    }
}

fn wanted(expect: &Expect) -> String {
    match expect {
        Expect::Answer(answer) => shown(answer),
        Expect::None(_) => "no opinion".to_owned(),
        Expect::Failed { class, message: None } => format!("{} with any message", class.name()),
        Expect::Failed { class, message: Some(message) } => format!("{}: {message}", class.name()),
    }
}

fn came(outcome: &Outcome) -> String {
    wanted(&expectation(outcome))
}

/// The places at which two JSON values differ, one a line.
fn differences(expected: &Value, answered: &Value, at: &str, lines: &mut Vec<String>) {
    if expected == answered || lines.len() >= MOST_DIFFERENCES {
        return;
    }
    match (expected, answered) {
        (Value::Object(left), Value::Object(right)) => {
            let names: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for name in names {
                let side = |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or_default();
                differences(&side(left), &side(right), &format!("{at}/{name}"), lines);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (place, (left, right)) in left.iter().zip(right).enumerate() {
                differences(left, right, &format!("{at}/{place}"), lines);
            }
        }
        _ => lines.push(format!("at {at}: expected {}, answered {}", shown(expected), shown(answered))),
    }
}

fn shown(value: &Value) -> String {
    let mut text = canonical(value);
    if let Some((end, _)) = text.char_indices().nth(MOST_SHOWN_CHARS) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_by_its_place() {
        let mut lines = Vec::new();
        differences(&json!({"score": 1, "a": [1, {"b": 2}]}), &json!({"score": 1, "a": [1, {"b": 3}]}), "", &mut lines);
        assert_eq!(lines, ["at /a/1/b: expected 2, answered 3"]);
    }

    #[test]
    fn a_misspelt_field_does_not_pass_unnoticed() {
        let vector = |answer: Value| {
            let circumstances =
                json!({"now": "2026-01-01T00:00:00Z", "locale": "en", "actor": "agent", "in_hours": true});
            let company = json!({"id": "company_1", "name": "Acme", "domains": []});
            let inquiry = json!({"circumstances": circumstances, "subject": {"company": company}});
            let whole = json!({"about": "x", "question": "classify", "inquiry": inquiry, "expect": {"answer": answer}});
            Vector::parse(whole.to_string().as_bytes())
        };
        let good = json!({"segment": "company", "confidence": 9, "reasons": [], "facts": [], "signals": []});
        assert!(vector(good.clone()).is_ok());
        let mut bad = good;
        bad["reasons"] = json!([{"code": "a", "parms": {"x": "y"}}]);
        assert_eq!(vector(bad).unwrap_err(), "/expect/answer/reasons/0/parms: unknown field");
    }
}
