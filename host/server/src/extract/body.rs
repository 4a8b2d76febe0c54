//! JSON bodies: bounded in size, time and depth; unknown fields are refused by name.

use std::borrow::Cow;

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use plugdesk_desk::strict;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use crate::blocking::{slow, too_large};
use crate::limits::MOST_JSON_BYTES;
use crate::listen::too_slow;
use crate::problem::{Code, Problem};
use crate::state::Server;

/// What every body is.
const AN_OBJECT: &str = "an object is expected";

/// Refuses a body of another type than `wanted`, in another encoding than as it is, or in other characters than UTF-8.
pub(crate) fn require_type(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    let refuse = |text: String| Err(Problem::new(Code::UnsupportedMediaType, text));
    let plain = |value: &http::HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(header::CONTENT_ENCODING).iter().all(plain) {
        return refuse("a body is taken as it is, without Content-Encoding".to_owned());
    }
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = sent.split(';').map(str::trim);
    let essence = parts.next().unwrap_or(sent);
    if essence.eq_ignore_ascii_case(wanted) {
        let charset = parts.filter_map(|it| it.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("charset"));
        let charset = charset.map(|(_, charset)| charset.trim_matches('"'));
        return match charset {
            Some(charset) if !charset.eq_ignore_ascii_case("utf-8") => refuse("the only charset is utf-8".to_owned()),
            _ => Ok(()),
        };
    }
    let sent: String = if essence.is_empty() { "nothing".to_owned() } else { essence.chars().take(64).collect() };
    refuse(format!("Content-Type is {sent}, this address takes {wanted}"))
}

/// A body's share of the memory for bodies; whoever works on the body keeps it to the end.
#[derive(Default)]
pub(crate) struct Share(Option<OwnedSemaphorePermit>);

impl Share {
    fn grow(&mut self, by: OwnedSemaphorePermit) {
        match &mut self.0 {
            Some(held) => held.merge(by),
            None => self.0 = Some(by),
        }
    }
}

/// The whole body, within its limits, and its share of the memory.
pub(super) async fn whole(body: Body, server: &Server) -> Result<(Bytes, Share), Problem> {
    // What says that it is too large is not even read.
    if body.size_hint().lower() > MOST_JSON_BYTES as u64 {
        return Err(too_large(MOST_JSON_BYTES as u64));
    }
    let timeout = server.options().body_timeout;
    let late = |_| Problem::new(Code::RequestTimeout, format!("the body was not here after {} s", timeout.as_secs()));
    tokio::time::timeout(timeout, collect(body, server)).await.map_err(late)?
}

/// Counts what came, not what is announced: who announces much and sends nothing takes nothing.
async fn collect(body: Body, server: &Server) -> Result<(Bytes, Share), Problem> {
    let mut body = Limited::new(body, MOST_JSON_BYTES);
    let (mut text, mut share) = (BytesMut::new(), Share::default());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => too_large(MOST_JSON_BYTES as u64),
            None if too_slow(error.as_ref()) => slow(),
            None => Problem::new(Code::BodyBroken, "the body broke off").with_cause(error),
        })?;
        let Ok(piece) = frame.into_data() else { continue };
        share.grow(server.body_bytes(piece.len())?);
        text.extend_from_slice(&piece);
    }
    Ok((text.freeze(), share))
}

/// The value that the JSON text holds. Depth is bounded by serde_json's 128, and nothing of it is lost on the way.
pub(super) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    // serde takes a list for a record, field by field in the order of our source, which nobody may rely on.
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::field("", AN_OBJECT));
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        wrong(&error.into_inner(), pointer)
    })?;
    // What follows the value would otherwise go unseen.
    reader.end().map_err(|error| wrong(&error, String::new()))?;
    strict::check(text).map_err(|doubt| Problem::field(doubt.pointer, doubt.rule))?;
    Ok(value)
}

fn wrong(error: &serde_json::Error, pointer: String) -> Problem {
    if !error.is_data() {
        return Problem::new(Code::MalformedJson, error.to_string());
    }
    let text = error.to_string();
    // serde_json repeats line and column; for a field its pointer is the better place.
    let rule = text.rsplit_once(" at line ").map_or(text.as_str(), |(rule, _)| rule);
    let field = |start: &str| {
        let (name, _) = rule.strip_prefix(start)?.split_once('`')?;
        Some(format!("/{}", escape(name)))
    };
    // serde stands before these fields, not on them; at a missing one it can't stand.
    let pointer = match (field("missing field `"), field("unknown field `").or_else(|| field("duplicate field `"))) {
        (Some(missing), _) => pointer + &missing,
        (None, Some(last)) if !pointer.ends_with(&last) => pointer + &last,
        _ => pointer,
    };
    Problem::field(pointer, in_json(rule))
}

/// The rule without the names of our types, which say nothing to a client.
fn in_json(rule: &str) -> Cow<'_, str> {
    Cow::Borrowed(match rule.split_once(", expected ").map(|(_, wanted)| wanted) {
        Some(wanted) if wanted == "a map" || wanted.starts_with("struct ") => AN_OBJECT,
        Some(wanted) if wanted.starts_with("enum ") => "one of the words for it is expected",
        Some(wanted) => return whole_number(wanted, rule).map_or(Cow::Borrowed(rule), Cow::Owned),
        None => rule,
    })
}

/// A kind of whole number as a client knows it. JSON Schema counts `1.0` as whole; here it is one only as `1`.
fn whole_number(kind: &str, rule: &str) -> Option<String> {
    let range = match kind {
        "u8" => " from 0 to 255",
        "u16" => " from 0 to 65,535",
        "u32" => " from 0 to 4,294,967,295",
        "u64" | "usize" => " from 0",
        "i8" | "i16" | "i32" | "i64" => "",
        _ => return None,
    };
    let point = if rule.starts_with("invalid type: floating point") { ", written without a point" } else { "" };
    Some(format!("a whole number{range} is expected{point}"))
}

/// An RFC 6901 pointer from where serde stood.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", escape(key)),
        Segment::Enum { variant } => format!("{pointer}/{}", escape(variant)),
        Segment::Unknown => pointer,
    })
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(default)]
        list: Vec<Inner>,
        #[serde(default)]
        #[allow(dead_code)]
        own: serde_json::Value,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[allow(dead_code)]
        n: u8,
    }

    fn answer(text: &str) -> String {
        let problem = match parse::<Outer>(text.as_bytes()) {
            Ok(outer) => return format!("{} taken", outer.list.len()),
            Err(problem) => serde_json::to_value(problem.told()).unwrap(),
        };
        let place = problem["errors"][0]["pointer"].as_str().unwrap_or("-").to_owned();
        format!("{} {place}: {}", problem["code"].as_str().unwrap(), problem["detail"].as_str().unwrap())
    }

    #[test]
    fn what_is_wrong_with_a_body_is_named_with_its_place() {
        let cases = [
            (r#"{"list":[{"n":1}]}"#, "1 taken"),
            ("{", "malformed-json -: EOF while parsing an object at line 1 column 1"),
            ("{}\n x", "malformed-json -: trailing characters at line 2 column 2"),
            (
                r#"{"list":[{"n":1},{"n":300}]}"#,
                "invalid /list/1/n: /list/1/n: a whole number from 0 to 255 is expected",
            ),
            (
                r#"{"list":[{"n":1.0}]}"#,
                "invalid /list/0/n: /list/0/n: a whole number from 0 to 255 is expected, written without a point",
            ),
            (r#"{"list":[{"n":1,"m/x":2}]}"#, "invalid /list/0/m~1x: /list/0/m~1x: unknown field `m/x`, expected `n`"),
            (r#"{"lst":[]}"#, "invalid /lst: /lst: unknown field `lst`, expected `list` or `own`"),
            (r#"{"list":[{}]}"#, "invalid /list/0/n: /list/0/n: missing field `n`"),
            (r#"{"list":["nope"]}"#, "invalid /list/0: /list/0: an object is expected"),
            ("null", "invalid : an object is expected"),
            (r#" ["lead","x"]"#, "invalid : an object is expected"),
            (r#"{"list":[],"list":[]}"#, "invalid /list: /list: duplicate field `list`"),
            (r#"{"own":{"a":[{"b":1,"b":1}]}}"#, "invalid /own/a/0/b: /own/a/0/b: the name stands twice in its object"),
        ];
        for (text, expected) in cases {
            assert_eq!(answer(text), expected, "{text}");
        }
        let deep = format!("{}{}", r#"{"list":"#.to_owned() + &"[".repeat(100_000), "]".repeat(100_000));
        assert!(answer(&deep).starts_with("invalid") || answer(&deep).starts_with("malformed-json"));
    }
}
