//! What came of something, in the words that tables write it with.

/// It came true, was won, is one. Of promises nothing is said here: what forecasts a broken one calls it true.
const YES: [&str; 12] =
    ["1", "1.0", "yes", "y", "true", "t", "won", "closed won", "converted", "success", "match", "same"];
/// It did not.
const NO: [&str; 14] = [
    "0",
    "0.0",
    "no",
    "n",
    "false",
    "f",
    "lost",
    "closed lost",
    "not converted",
    "failure",
    "no match",
    "non match",
    "different",
    "distinct",
];

/// What a text says of an outcome, whatever its case; none: it is neither a word for *yes* nor one for *no*.
pub fn said(text: &str) -> Option<bool> {
    let text = text.trim().to_lowercase().replace(['_', '-'], " ");
    if YES.contains(&text.as_str()) {
        return Some(true);
    }
    NO.contains(&text.as_str()).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_words_say_what_came_and_others_say_nothing() {
        for (text, expected) in [
            (" Yes", Some(true)),
            ("1.0", Some(true)),
            ("CLOSED_WON", Some(true)),
            ("no", Some(false)),
            ("non-match", Some(false)),
            ("", None),
            ("perhaps", None),
            ("10", None),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
        assert!(YES.iter().all(|word| !NO.contains(word)));
    }
}
