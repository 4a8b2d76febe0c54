//! The words of a text, as a search compares them: lower case, digits of any script as `0` to `9`, letters of every
//! script, without accents that stand as marks of their own.

/// A text gives at most so many words: each is an index entry of every ticket, and a subject has a dozen.
pub const MOST_WORDS: usize = 32;
/// A word is cut behind so many characters: the longest that people write in a subject is a product's name.
pub const MOST_WORD_CHARS: usize = 32;

/// Every word once, in the order of the text.
pub fn words_of(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in split(text) {
        if words.len() == MOST_WORDS {
            break;
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// What somebody looks for: words that must stand in the text, and what one of its words must begin with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Whole words.
    pub whole: Vec<String>,
    /// The beginning of a word: the last one of the query, which somebody may still be typing.
    pub begins: Option<String>,
}

impl Wanted {
    /// From what was typed. Who ends it with a space or a dot has typed the last word to its end.
    pub fn of(text: &str) -> Self {
        let mut whole = words_of(text);
        let open = text.chars().next_back().is_some_and(|c| fold(c).is_some_and(char::is_alphanumeric));
        let begins = if open { whole.pop() } else { None };
        Self { whole, begins }
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.begins.is_none()
    }

    /// Whether a text with these words is one of those looked for.
    pub fn matches(&self, words: &[String]) -> bool {
        self.whole.iter().all(|word| words.contains(word))
            && self.begins.as_ref().is_none_or(|begins| words.iter().any(|word| word.starts_with(begins)))
    }
}

fn split(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = text.chars().filter_map(fold).peekable();
    std::iter::from_fn(move || {
        while rest.next_if(|c| !c.is_alphanumeric()).is_some() {}
        rest.peek()?;
        let mut word = String::new();
        let mut chars = 0;
        while let Some(c) = rest.next_if(|c| c.is_alphanumeric()) {
            // One letter may become several in lower case.
            for lower in c.to_lowercase().filter(|lower| !is_mark(*lower)) {
                if chars < MOST_WORD_CHARS {
                    word.push(lower);
                    chars += 1;
                }
            }
        }
        Some(word)
    })
    .filter(|word| !word.is_empty())
}

/// One character as it is compared; none: it only says how its neighbours are written.
fn fold(c: char) -> Option<char> {
    Some(match c {
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{966}'..='\u{96f}' => digit(c, 0x966),
        '\u{ff10}'..='\u{ff19}' => digit(c, 0xff10),
        // Arabic keyboards write two letters of Persian words differently.
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        // The joiners of Persian and of Indic scripts, and the soft hyphen.
        '\u{200c}' | '\u{200d}' | '\u{ad}' => return None,
        c if is_mark(c) => return None,
        c => c,
    })
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit((c as u32).wrapping_sub(zero), 10).unwrap_or(c)
}

/// Accents that stand as characters of their own, Arabic vowels, Hebrew points.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{591}'..='\u{5c7}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_compared_in_one_form_whatever_the_script() {
        let words = |text| words_of(text).join(" ");
        assert_eq!(words("Printer, PRINTER: paper-jam (again!)"), "printer paper jam again");
        assert_eq!(words("سفارش ۴۷۱۱ كتاب‌هاي"), "سفارش 4711 کتابهای");
        assert_eq!(words("Über Straße Łódź E\u{301}te\u{301}"), "über straße łódź ete");
        assert_eq!(words("  --- !!! "), "");
        assert_eq!(words("请求 退款"), "请求 退款");
    }

    #[test]
    fn the_last_word_may_be_a_beginning_until_it_is_ended() {
        let words = words_of("The printer is jammed");
        for (query, found) in [
            ("print", true),
            ("print ", false),
            ("printer ja", true),
            ("jammed printer", true),
            ("jammed paper", false),
            ("pri jammed", false),
        ] {
            assert_eq!(Wanted::of(query).matches(&words), found, "{query}");
        }
        assert!(Wanted::of(" ?! ").is_empty());
    }

    proptest! {
        #[test]
        fn any_text_gives_few_short_words_which_stay_as_they_are(text in "\\PC{0,400}") {
            let words = words_of(&text);
            prop_assert!(words.len() <= MOST_WORDS);
            prop_assert!(words.iter().all(|word| (1..=MOST_WORD_CHARS).contains(&word.chars().count())));
        }

        #[test]
        fn a_text_is_found_by_each_of_its_words(text in "[a-zA-Zآ-ی0-9 ,.]{0,80}") {
            let words = words_of(&text);
            for word in &words {
                prop_assert!(Wanted::of(word).matches(&words), "{word}");
            }
        }
    }
}
