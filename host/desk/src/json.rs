//! How long something becomes as JSON: what is bounded by its stored size is measured by it.

use std::io;

use plugdesk_domain::plain::disturbs;
use serde::Serialize;

/// Bytes of the value as JSON, counted and not kept. What can't be written is larger than any bound.
pub(crate) fn size(value: &impl Serialize) -> usize {
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, value).map_or(usize::MAX, |()| counted.0)
}

struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes of the character within a JSON string, as `serde_json` writes it (RFC 8259, section 7).
pub(crate) fn character_bytes(c: char) -> usize {
    match c {
        '"' | '\\' | '\u{8}' | '\t' | '\n' | '\u{c}' | '\r' => 2,
        '\0'..='\u{1f}' => 6,
        _ => c.len_utf8(),
    }
}

/// Bytes of the text within a JSON string, without its quotes.
pub(crate) fn text_bytes(text: &str) -> usize {
    text.chars().map(character_bytes).sum()
}

/// The text as one line of at most so many bytes as JSON: characters that disturb become spaces, the rest is cut off.
pub(crate) fn line_of(text: &str, most: usize) -> String {
    let mut bytes = 0;
    let shown = text.chars().map(|c| if disturbs(c) { ' ' } else { c });
    let fits = |c: &char| {
        bytes += character_bytes(*c);
        bytes <= most
    };
    shown.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_as_long_as_serde_json_writes_it() {
        let all: String = (0..0x100).chain([0x6cc, 0x2028, 0x1_f600]).filter_map(char::from_u32).collect();
        for text in ["", "plain", all.as_str()] {
            assert_eq!(text_bytes(text) + 2, serde_json::to_string(text).unwrap().len(), "{text:?}");
            assert_eq!(size(&text), serde_json::to_string(text).unwrap().len(), "{text:?}");
        }
    }

    #[test]
    fn a_line_is_cut_by_what_it_takes_as_json() {
        assert_eq!(line_of("a\0b\u{1b}c", 10), "a b c");
        assert_eq!(line_of("a\"\"\"", 5), "a\"\"");
        assert_eq!(line_of("سلام", 5), "سل");
    }
}
