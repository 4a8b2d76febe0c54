//! Which characters of a stranger's text do something to what stands around it.

/// Whether a terminal, a log or a page would do something else with it than show it: control characters move the cursor,
/// separators end a line, and overrides, embeddings and isolates turn the order of what follows (Unicode TR 36 and
/// UAX 9), so that a line reads as what it is not. Joiners and direction marks stay: Persian and Arabic are written with
/// them.
pub fn disturbs(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The text with what disturbs written out, as `\u{1b}`, and cut at so many bytes, between characters.
pub fn plain(text: &str, most: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(most));
    for c in text.chars() {
        let before = shown.len();
        if disturbs(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
        if shown.len() > most {
            shown.truncate(before);
            break;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_neither_moves_the_cursor_nor_turns_the_line() {
        assert_eq!(plain("a\u{1b}[2Jb", 100), "a\\u{1b}[2Jb");
        assert_eq!(plain("paid \u{202e}0001", 100), "paid \\u{202e}0001");
        assert_eq!(plain("one\ntwo\u{2028}three", 100), "one\\u{a}two\\u{2028}three");
        let persian = "می\u{200c}خواهم\u{200f}";
        assert_eq!(plain(persian, 100), persian);
    }

    #[test]
    fn it_is_cut_between_characters_and_never_inside_of_what_was_written_out() {
        assert_eq!(plain("ععع", 5), "عع");
        assert_eq!(plain("ab\u{1b}c", 5), "ab");
        assert_eq!(plain("", 0), "");
    }
}
