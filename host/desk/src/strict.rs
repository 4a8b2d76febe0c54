//! What a JSON reader lets pass although it can't keep it: a name that stands twice in an object, of which one value is
//! lost (RFC 8259, section 4), and a whole number beyond 64 bits, which is rounded (section 6).
//!
//! Readers refuse a double name where it is a field of ours. Where names are a client's own (custom fields, schemas,
//! configurations, mappings) they keep the last, and a proxy or a policy that keeps the first sees another request.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::de::DeserializeOwned;

use crate::input::check::pointer;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The place (RFC 6901).
    pub pointer: String,
    /// The rule that it breaks.
    pub rule: &'static str,
}

const TWICE: &str = "the name stands twice in its object";
const TOO_GREAT: &str = "a whole number has at most 64 bits; send a greater one as a text";

/// Where the reader stands.
enum Level<'a> {
    Object { names: HashSet<Cow<'a, str>>, last: Cow<'a, str>, name_is_next: bool },
    Array(usize),
}

/// Looks through a JSON text that a reader has taken already.
pub fn check(json: &[u8]) -> Result<(), Doubt> {
    let (mut open, mut at) = (Vec::new(), 0);
    while let Some(&byte) = json.get(at) {
        let begin = at;
        at += 1;
        match (byte, open.last_mut()) {
            (b'{', _) => {
                open.push(Level::Object { names: HashSet::new(), last: Cow::Borrowed(""), name_is_next: true });
            }
            (b'[', _) => open.push(Level::Array(0)),
            (b'}' | b']', _) => drop(open.pop()),
            (b',', Some(Level::Object { name_is_next, .. })) => *name_is_next = true,
            (b',', Some(Level::Array(place))) => *place += 1,
            (b'"', top) => {
                at = end_of_text(json, at);
                if let Some(Level::Object { names, last, name_is_next: name_is_next @ true }) = top {
                    *last = unescaped(json.get(begin..at).unwrap_or_default());
                    *name_is_next = false;
                    if !names.insert(last.clone()) {
                        return Err(Doubt { pointer: place(&open), rule: TWICE });
                    }
                }
            }
            (b'-' | b'0'..=b'9', _) => {
                let more = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                at += json.get(at..).unwrap_or_default().iter().take_while(more).count();
                if !kept_whole(json.get(begin..at).unwrap_or_default()) {
                    return Err(Doubt { pointer: place(&open), rule: TOO_GREAT });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Reads a value that a person wrote. Errors are in words.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    let value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    check(json).map_err(|Doubt { pointer, rule }| format!("{pointer}: {rule}"))?;
    Ok(value)
}

/// Behind the quotation mark that ends the text which begins there.
fn end_of_text(json: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = json.get(at) {
        at += 1;
        match byte {
            b'"' => break,
            b'\\' => at += 1,
            _ => {}
        }
    }
    at
}

/// The text between those quotation marks; `a` and `\u0061` are one name.
fn unescaped(quoted: &[u8]) -> Cow<'_, str> {
    let plain = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    if plain.contains(&b'\\') {
        return Cow::Owned(serde_json::from_slice(quoted).unwrap_or_default());
    }
    String::from_utf8_lossy(plain)
}

fn kept_whole(number: &[u8]) -> bool {
    let whole = !number.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    let text = std::str::from_utf8(number).unwrap_or_default();
    !whole || text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok()
}

fn place(open: &[Level<'_>]) -> String {
    open.iter().fold(String::new(), |place, level| match level {
        Level::Object { last, .. } => pointer(&place, last),
        Level::Array(at) => format!("{place}/{at}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubt(json: &str) -> Option<String> {
        serde_json::from_str::<serde_json::Value>(json).unwrap();
        check(json.as_bytes()).err().map(|it| it.pointer)
    }

    #[test]
    fn a_name_that_stands_twice_is_found_wherever_it_stands() {
        for (json, pointer) in [
            (r#"{"a":1,"a":2}"#, "/a"),
            (r#"{"a":{"b":[0,{"c":1,"d":"}","c":2}]}}"#, "/a/b/1/c"),
            (r#"[{"x":"\"","x":1}]"#, "/0/x"),
            (r#"{"a":1, "\u0061" : 2}"#, "/a"),
            (r#"{"a/b~":1,"a\/b~":2}"#, "/a~1b~0"),
            (r#"{"":1,"":2}"#, "/"),
            (r#"{"a":[1,2,{"b":"a\\"},{"b":1,"b":2}]}"#, "/a/3/b"),
        ] {
            assert_eq!(doubt(json).as_deref(), Some(pointer), "{json}");
        }
        for json in [
            r#"{"a":{"a":{"a":1}},"b":{"a":[{"a":1},{"a":2}]}}"#,
            r#"{"a":"b","b":"a","c":"{\"a\":1,\"a\":2}"}"#,
            r#"["a","a",{"A":1,"a":2}]"#,
            r#"" \" ""#,
        ] {
            assert_eq!(doubt(json), None, "{json}");
        }
    }

    #[test]
    fn a_number_that_would_be_rounded_is_found() {
        for (json, pointer) in [
            (r#"{"n":18446744073709551616}"#, Some("/n")),
            (r#"[0,-9223372036854775809]"#, Some("/1")),
            (r#"{"n":[18446744073709551615,-9223372036854775808,-0,1e300,0.1,1E+2]}"#, None),
        ] {
            assert_eq!(doubt(json).as_deref(), pointer, "{json}");
        }
    }

    #[test]
    fn no_text_at_all_makes_it_fall() {
        for json in ["", "\"", "\"\\", "{\"", "}", "],", "-", "{\"a\":\"\\", "{\"\\q\":1", "\u{0}", "}{,\"a\""] {
            let _ = check(json.as_bytes());
        }
        assert_eq!(read::<serde_json::Value>(b"{\"a\":1,\"a\":1}").unwrap_err(), format!("/a: {TWICE}"));
    }
}
