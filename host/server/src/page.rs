//! Pages: at most so many records, and where the next ones begin. Never offsets.

use axum::Json;
use axum::response::{IntoResponse, Response};
use plugdesk_desk::PageRequest;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::limits::{DEFAULT_PAGE, MOST_PAGE};
use crate::problem::{Code, Problem};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The records, in order.
    pub items: Vec<T>,
    /// Ask for the next page with `after` set to this; absent on the last page. Opaque.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// What was looked up, as a list: the one, or nothing.
    pub(crate) fn found(found: Result<T, Problem>) -> Result<Response, Problem>
    where
        T: Serialize,
    {
        let items = match found {
            Ok(one) => vec![one],
            Err(problem) if problem.code() == Code::NotFound => Vec::new(),
            Err(problem) => return Err(problem),
        };
        Ok(Json(Self { items, next: None }).into_response())
    }
}

/// Which part of a list without filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// At most so many, 1 to 200; 50 when absent.
    limit: Option<usize>,
    /// Go on where the page before ended: its `next`.
    after: Option<String>,
}

impl Paging {
    pub(crate) fn request(&self) -> Result<PageRequest, Problem> {
        request(self.limit, self.after.as_deref())
    }
}

/// The part of a list that `limit` and `after` ask for.
pub(crate) fn request(limit: Option<usize>, after: Option<&str>) -> Result<PageRequest, Problem> {
    Ok(PageRequest { limit: Some(self::limit(limit)?), after: after.map(decode).transpose()? })
}

/// How many records, from the query's `limit`.
pub(crate) fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(DEFAULT_PAGE) {
        limit @ 1..=MOST_PAGE => Ok(limit),
        _ => Err(Problem::parameter(Code::InvalidParameter, "limit", format!("limit is 1 to {MOST_PAGE}"))),
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A place as text: base64url without padding (RFC 4648, section 5).
pub(crate) fn encode(place: &[u8]) -> String {
    let mut text = String::with_capacity(place.len().div_ceil(3) * 4);
    for chunk in place.chunks(3) {
        let bits = chunk.iter().enumerate().fold(0_u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        let digits = (0..=chunk.len()).map(|at| ALPHABET[(bits >> (18 - 6 * at)) as usize & 63]);
        text.extend(digits.map(char::from));
    }
    text
}

/// A place from its text; what was never given out is refused here, or by the store.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, Problem> {
    let wrong = || Problem::parameter(Code::InvalidParameter, "after", "it is not a `next` of this list");
    let mut place = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for (at, digit) in chunk.iter().enumerate() {
            let value = ALPHABET.iter().position(|a| a == digit).ok_or_else(wrong)?;
            bits |= (value as u32) << (18 - 6 * at);
        }
        let bytes = bits.to_be_bytes();
        place.extend_from_slice(bytes.get(1..chunk.len()).ok_or_else(wrong)?);
    }
    if encode(&place) == text { Ok(place) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_text() {
        for place in [&b""[..], b"f", b"fo", b"foo", b"foob", &[0xff, 0xfe, 0x00, 0x3e]] {
            let text = encode(place);
            assert!(text.bytes().all(|b| ALPHABET.contains(&b)), "{text}");
            assert_eq!(decode(&text).unwrap(), place);
        }
        assert_eq!(encode(b"foob"), "Zm9vYg", "RFC 4648, section 10");
    }

    #[test]
    fn what_was_never_given_out_is_refused() {
        for text in ["Z", "Zm9v!", "Zm9vYh", "Zm9vYg==", "é", " "] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
