//! The languages that the reader understands, best first.

use http::{HeaderMap, header};

/// More than so many are not looked at; browsers send up to six.
const MOST_LANGUAGES: usize = 16;
/// The longest language tag looked at; RFC 5646, section 4.4.1 recommends room for 35 characters.
const MOST_TAG_BYTES: usize = 35;

/// Language tags from `Accept-Language` (RFC 9110, section 12.5.4), best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Languages(pub(crate) Vec<String>);

impl Languages {
    /// From the request's headers. What can't be read is left out: a language is a wish, not a condition.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self::read(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        let mut ranges: Vec<(u32, String)> = Vec::new();
        for range in text.split(',').take(MOST_LANGUAGES) {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1_000), thousandths);
            let plain = tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if let Some(quality @ 1..) = quality
                && (1..=MOST_TAG_BYTES).contains(&tag.len())
                && plain
            {
                ranges.push((quality, tag.to_owned()));
            }
        }
        // Stable: among equals the order of the header counts.
        ranges.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
        Self(ranges.into_iter().map(|(_, tag)| tag).collect())
    }
}

fn thousandths(text: &str) -> Option<u32> {
    text.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)).map(|q| (q * 1_000.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_language_comes_first() {
        let read = |text| Languages::read(text).0.join(" ");
        assert_eq!(read("en;q=0.5, fa, pl-PL;q=0.9"), "fa pl-PL en");
        assert_eq!(read("de-CH, de, *;q=0.1"), "de-CH de");
        assert_eq!(read(""), "");
        assert_eq!(read("en;q=0, x y, en;q=nan, é, fa;q=2"), "");
    }
}
