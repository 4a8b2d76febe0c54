//! Small readings of JSON answers for tables.

use serde_json::Value;

/// The value at that path of names, as a cell; empty where there is none.
pub(crate) fn cell(value: &Value, path: &str) -> String {
    let mut place = value;
    for name in path.split('.') {
        match place.get(name) {
            Some(next) => place = next,
            None => return String::new(),
        }
    }
    plain(place)
}

/// A JSON value as a person would write it.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        // A reason or question: its text, else its code.
        Value::Object(fields) if fields.contains_key("code") => {
            fields.get("text").or(fields.get("code")).map(plain).unwrap_or_default()
        }
        Value::Object(fields) if fields.len() == 1 => {
            fields.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect()
        }
        other => other.to_string(),
    }
}

/// The rows of a list answer: its `items`, or the answer itself where it is an array.
pub(crate) fn items(answer: &Value) -> &[Value] {
    let list = answer.as_array().or_else(|| answer.get("items").and_then(Value::as_array));
    list.map_or(&[], Vec::as_slice)
}

/// Rows with those columns.
pub(crate) fn rows(answer: &Value, columns: &[&str]) -> Vec<Vec<String>> {
    items(answer).iter().map(|item| columns.iter().map(|column| cell(item, column)).collect()).collect()
}

/// Bytes as people say them.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut size = count as f64;
    let mut unit = "bytes";
    for larger in UNITS {
        if size < 1024.0 {
            break;
        }
        size /= 1024.0;
        unit = larger;
    }
    if unit == "bytes" { format!("{count} bytes") } else { format!("{size:.1} {unit}") }
}

/// One part of an address, percent-encoded (RFC 3986: all but unreserved characters).
pub(crate) fn segment(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_are_read_by_path() {
        let value = json!({ "a": { "b": [1, "two"] }, "scope": { "segment": "company" } });
        assert_eq!(cell(&value, "a.b"), "1, two");
        assert_eq!(cell(&value, "scope"), "segment company");
        assert_eq!(cell(&value, "a.x"), "");
        assert_eq!(plain(&json!({ "code": "ask", "text": "What is the budget?" })), "What is the budget?");
    }

    #[test]
    fn an_address_keeps_its_parts() {
        assert_eq!(segment("a/b ?é"), "a%2Fb%20%3F%C3%A9");
        assert_eq!(bytes(1536), "1.5 KiB");
    }
}
