//! Custom fields: names and JSON values, sorted by name.

use std::collections::BTreeMap;

use serde_json::Value;

/// Custom fields of a record. Checked against the desk's JSON Schema for the kind where there is one.
pub type Attributes = BTreeMap<String, Value>;

/// A record holds at most so many custom fields: CRM exports have about 150, and a value must stay below 96 KiB.
pub const MOST_ATTRIBUTES: usize = 256;
/// The longest name of a custom field, in characters: a CSV heading that is a whole sentence still fits.
pub const MOST_NAME_CHARS: usize = 128;
/// The longest text of a custom field, in characters; longer texts are entries.
pub const MOST_TEXT_CHARS: usize = 8 << 10;
/// A list or an object in a custom field has at most so many bytes as JSON.
pub const MOST_VALUE_BYTES: usize = 8 << 10;

/// Why a set of custom fields can't be kept: the field and the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("custom field `{name}`: {rule}")]
pub struct AttributeError {
    /// The field.
    pub name: String,
    /// The rule it breaks.
    pub rule: String,
}

/// Whether the fields keep within the limits.
pub fn check(attributes: &Attributes) -> Result<(), AttributeError> {
    let error = |name: &str, rule: String| AttributeError { name: name.chars().take(64).collect(), rule };
    if attributes.len() > MOST_ATTRIBUTES {
        return Err(error("", format!("{} fields, at most {MOST_ATTRIBUTES} are kept", attributes.len())));
    }
    for (name, value) in attributes {
        if name.is_empty() || name.chars().count() > MOST_NAME_CHARS {
            return Err(error(name, format!("a name has 1 to {MOST_NAME_CHARS} characters")));
        }
        // Names head columns and stand in messages; a value is only ever shown as one.
        if name.chars().any(char::is_control) {
            return Err(error(name, "a name has no control characters".to_owned()));
        }
        let (size, most, unit) = match value {
            Value::String(text) => (text.chars().count(), MOST_TEXT_CHARS, "characters"),
            Value::Array(_) | Value::Object(_) => (value.to_string().len(), MOST_VALUE_BYTES, "bytes as JSON"),
            Value::Null | Value::Bool(_) | Value::Number(_) => continue,
        };
        if size > most {
            return Err(error(name, format!("{size} {unit}, at most {most} are kept")));
        }
    }
    Ok(())
}
