//! Configurations: the vendor's default, the customer's overlay, the schema that holds for both.

mod weight;

use jsonschema::{Draft, PatternOptions, Validator};
use plugdesk_domain::ask::Problem;
use plugdesk_domain::question::join::canonical;
use plugdesk_domain::{Configuration, Digest, Instant};
use serde_json::Value;

/// A configuration is one stored value, which has at most 96 KiB with its envelope.
pub const MOST_CONFIGURATION_BYTES: usize = 60 << 10;
/// A schema has at most so many bytes: four times the largest configuration it can describe.
const MOST_SCHEMA_BYTES: usize = 256 << 10;
/// A schema of a kind or a segment has at most so many bytes: it is part of one stored value of 96 KiB, beside a segment's
/// targets and a state's successors.
pub(crate) const MOST_WORD_SCHEMA_BYTES: usize = 32 << 10;
/// A pattern of a schema compiles to at most so many bytes: a hostile one would take all memory.
const MOST_PATTERN_BYTES: usize = 256 << 10;
/// And all patterns of one schema share so many: a desk may hold a thousand schemas.
const MOST_PATTERNS_COMPILED_BYTES: usize = 1 << 20;
/// At most so many problems of one document are listed.
const MOST_PROBLEMS: usize = 32;
/// A document is checked if at most so many visits are needed: a schema's weight by the places of the document. Half a
/// second's work, and hundreds of times what an honest one needs.
const MOST_VISITS: u64 = 20_000_000;
/// Every problem of a document is found only where at most so many can be: the validator keeps them all, with a path
/// each, before it tells the first. Of others the first problem is told.
const MOST_COLLECTED: u64 = 100_000;
/// A document counts as one place more for so many bytes: a pattern reads every one of them.
const BYTES_OF_A_PLACE: u64 = 16;
/// A problem's text is cut here: a validator quotes the value it refuses.
const MOST_MESSAGE_CHARS: usize = 300;

/// The vendor's default with the customer's overlay over it (RFC 7396): an overlay's `null` takes a field away.
pub fn merge(default: &Value, overlay: Option<&Value>) -> Value {
    let mut merged = default.clone();
    if let Some(overlay) = overlay {
        json_patch::merge(&mut merged, overlay);
    }
    merged
}

/// The overlay that makes `wanted` of `default`: what [`merge`] undoes. A `null` within `wanted` can't be kept, because an
/// overlay's `null` takes away.
pub fn overlay(default: &Value, wanted: &Value) -> Value {
    let (Value::Object(default), Value::Object(wanted)) = (default, wanted) else { return wanted.clone() };
    let gone = default.keys().filter(|name| !wanted.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let set = wanted.iter().filter(|(name, value)| default.get(*name) != Some(value)).map(|(name, value)| {
        let before = default.get(name).unwrap_or(&Value::Null);
        (name.clone(), overlay(before, value))
    });
    gone.chain(set).collect()
}

/// The text that a plugin is given, and that digests are taken of: names sorted, no spaces.
pub fn text(document: &Value) -> String {
    canonical(document)
}

/// A configuration or overlay as a record.
pub fn record(document: Value, now: Instant) -> Configuration {
    let digest = Digest::of(text(&document).as_bytes());
    Configuration { version: 1, created_at: now, updated_at: now, digest, document }
}

/// A compiled JSON Schema (2020-12). References to anything outside the schema are refused, patterns run in linear
/// time, and what it costs is bounded before it is compiled: a schema comes from a stranger.
#[derive(Debug)]
pub struct Schema {
    validator: Validator,
    weight: u64,
}

impl Schema {
    /// Compiles the text of a schema.
    pub fn compile(json: &[u8]) -> Result<Self, String> {
        if json.len() > MOST_SCHEMA_BYTES {
            return Err(format!("{} bytes, a schema has at most {MOST_SCHEMA_BYTES}", json.len()));
        }
        let schema: Value = crate::strict::read(json).map_err(|e| format!("not JSON: {e}"))?;
        let dialect = schema.get("$schema").and_then(Value::as_str);
        if dialect.is_some_and(|d| d.trim_end_matches('#') != "https://json-schema.org/draft/2020-12/schema") {
            return Err("`$schema` names another dialect than JSON Schema 2020-12".to_owned());
        }
        let weight::Weight { visits: weight, patterns } = weight::weigh(&schema)?;
        let each = MOST_PATTERN_BYTES.min(MOST_PATTERNS_COMPILED_BYTES / patterns.max(1));
        let patterns = PatternOptions::regex().size_limit(each).dfa_size_limit(each);
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_pattern_options(patterns)
            .offline()
            .build(&schema)
            .map(|validator| Self { validator, weight })
            .map_err(|e| cut(format!("not a JSON Schema 2020-12: {e}")))
    }

    /// What the document breaks, or the first of it where it could be very much; empty: nothing.
    pub fn problems(&self, document: &Value) -> Vec<Problem> {
        let problem = |error: jsonschema::ValidationError<'_>| Problem {
            pointer: error.instance_path().to_string(),
            message: cut(error.to_string()),
        };
        let bytes = u64::try_from(text(document).len()).unwrap_or(u64::MAX);
        let visits = self.weight.saturating_mul(weight::nodes(document).saturating_add(bytes / BYTES_OF_A_PLACE));
        if visits > MOST_VISITS {
            let message = "too large for its schema: with so many rules a shorter document can be checked".to_owned();
            return vec![Problem { pointer: String::new(), message }];
        }
        if visits > MOST_COLLECTED {
            return self.validator.validate(document).err().map(problem).into_iter().collect();
        }
        self.validator.iter_errors(document).take(MOST_PROBLEMS).map(problem).collect()
    }
}

fn cut(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(MOST_MESSAGE_CHARS) {
        message.truncate(end);
        message.push('…');
    }
    message
}

/// Whether a configuration may be kept, whatever its schema says.
pub fn check_size(document: &Value) -> Result<(), Problem> {
    let problem = |message: String| Problem { pointer: String::new(), message };
    if !document.is_object() {
        return Err(problem("a configuration is a JSON object".to_owned()));
    }
    let bytes = text(document).len();
    if bytes > MOST_CONFIGURATION_BYTES {
        return Err(problem(format!("{bytes} bytes, a configuration has at most {MOST_CONFIGURATION_BYTES}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_overlay_changes_what_it_names_and_nothing_else() {
        let default = json!({"grades": {"a": 70, "b": 40}, "words": ["now"], "decay": 30});
        let overlay = json!({"grades": {"a": 80}, "words": ["today"], "decay": null});
        assert_eq!(merge(&default, Some(&overlay)), json!({"grades": {"a": 80, "b": 40}, "words": ["today"]}));
        assert_eq!(merge(&default, None), default);
    }

    #[test]
    fn an_overlay_makes_one_configuration_of_another() {
        let default = json!({"grades": {"a": 70, "b": 40}, "words": ["now"], "decay": {"days": 3}, "base": 1});
        for wanted in [
            json!({"grades": {"a": 70, "c": {"x": 1}}, "words": ["now", "soon"], "base": {"company": 2}}),
            json!({}),
            default.clone(),
        ] {
            assert_eq!(merge(&default, Some(&overlay(&default, &wanted))), wanted);
        }
        assert_eq!(overlay(&default, &default), json!({}));
    }

    #[test]
    fn a_schema_names_the_field_that_breaks_it() {
        let schema =
            Schema::compile(br#"{"properties": {"a": {"maximum": 3}}, "additionalProperties": false}"#).unwrap();
        assert_eq!(schema.problems(&json!({"a": 3})), []);
        let problems = schema.problems(&json!({"a": 4, "b": 1}));
        assert!(problems.iter().any(|p| p.pointer == "/a" && p.message.contains("maximum")), "{problems:?}");
        assert!(problems.iter().any(|p| p.message.contains("'b'")), "{problems:?}");
    }

    #[test]
    fn a_document_with_a_million_mistakes_is_told_one() {
        let schema = Schema::compile(br#"{"properties": {"a": {"items": {"type": "string"}}}}"#).unwrap();
        assert_eq!(schema.problems(&json!({"a": vec![0; 100_000]})).len(), 1);
        assert_eq!(schema.problems(&json!({"a": vec![0; 100]})).len(), MOST_PROBLEMS);
        let heavy: Vec<Value> = (0..2_000).map(|_| json!({"type": "string"})).collect();
        let heavy = json!({"items": {"allOf": heavy}}).to_string();
        let problems = Schema::compile(heavy.as_bytes()).unwrap().problems(&json!(vec!["x"; 10_000]));
        assert!(problems[0].message.contains("too large for its schema"), "{problems:?}");
    }

    #[test]
    fn a_schema_reaches_nothing_outside_itself() {
        for remote in ["https://example.org/x.json", "file:///etc/hosts"] {
            assert!(Schema::compile(format!(r#"{{"$ref": "{remote}"}}"#).as_bytes()).is_err(), "{remote}");
        }
        assert!(Schema::compile(br#"{"type": 7}"#).is_err());
        assert!(Schema::compile(br#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#).is_err());
        assert!(Schema::compile(br#"{"pattern": "(a{1000}){1000}"}"#).is_err(), "a pattern that takes all memory");
    }
}
