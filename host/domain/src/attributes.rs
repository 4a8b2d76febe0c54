//! Custom fields: names and JSON values, sorted by name.

use std::collections::BTreeMap;

use serde_json::Value;

/// Custom fields of a record. Checked against the desk's JSON Schema for the kind where there is one.
pub type Attributes = BTreeMap<String, Value>;

/// A record holds at most so many custom fields: CRM exports have about 150, and a value must stay below 64 KiB.
pub const MOST_ATTRIBUTES: usize = 256;
/// The longest name of a custom field, in bytes: a CSV heading that is a whole sentence still fits.
pub const MOST_NAME_BYTES: usize = 128;
/// The longest text of a custom field, in bytes; longer texts are entries.
pub const MOST_TEXT_BYTES: usize = 8 << 10;

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
        if name.is_empty() || name.len() > MOST_NAME_BYTES {
            return Err(error(name, format!("a name has 1 to {MOST_NAME_BYTES} bytes")));
        }
        // Names head columns and stand in messages; a value is only ever shown as one.
        if name.chars().any(char::is_control) {
            return Err(error(name, "a name has no control characters".to_owned()));
        }
        let bytes = match value {
            Value::String(text) => text.len(),
            Value::Array(_) | Value::Object(_) => value.to_string().len(),
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        };
        if bytes > MOST_TEXT_BYTES {
            return Err(error(name, format!("{bytes} bytes, at most {MOST_TEXT_BYTES} are kept")));
        }
    }
    Ok(())
}
