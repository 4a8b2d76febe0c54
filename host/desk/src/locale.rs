//! Reason texts: a policy answers with codes, its pack says them in the reader's language.
//!
//! The texts are Fluent messages in `locales/<language>.ftl`. A message's name is the code with every character that
//! Fluent does not take in a name (`.`, `/`) written as `-`. Looked for in turn: the languages asked for, each followed
//! by its bare language (`pl-PL`, `pl`), the desk's, English; then the code itself stands for the text. A parameter
//! `what@fa` is the parameter `what` in that language: a text says the one of its own language, before the plain one.

mod check;
mod told;

use std::collections::BTreeMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use plugdesk_domain::{Day, PersianDate, Reason};
use unic_langid::LanguageIdentifier;

pub(crate) use told::Shelf;

/// A locale's file has at most so many bytes: a thousand reasons of a line each.
pub const MOST_FTL_BYTES: usize = 256 << 10;
/// A reason's text is cut here: it is a sentence.
const MOST_TEXT_CHARS: usize = 1_000;
/// The language that every pack is expected to speak.
const LAST_RESORT: &str = "en";

/// A pack's texts by locale, ready to be said from any thread.
#[derive(Default)]
pub struct Texts(BTreeMap<String, FluentBundle<FluentResource>>);

impl Texts {
    /// Adds a locale's file. Errors name what is wrong with it.
    pub fn add(&mut self, locale: &str, ftl: &[u8]) -> Result<(), Vec<String>> {
        let language: LanguageIdentifier =
            locale.parse().map_err(|_| vec![format!("`{locale}` is not a language tag, such as fa or pl-PL")])?;
        if ftl.len() > MOST_FTL_BYTES {
            return Err(vec![format!("{} bytes, a locale has at most {MOST_FTL_BYTES}", ftl.len())]);
        }
        let source = std::str::from_utf8(ftl).map_err(|_| vec!["is not UTF-8".to_owned()])?;
        check::source(source).map_err(|wrong| vec![wrong])?;
        let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| {
            let line = |at: usize| source.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
            errors.iter().map(|e| format!("line {}: {e}", line(e.pos.start))).collect::<Vec<_>>()
        })?;
        check::resource(&resource)?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // The marks around placeables are for mixed writing directions on screen; JSON and terminals show them as dirt.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        self.0.insert(locale.to_lowercase(), bundle);
        Ok(())
    }

    /// The locales it has.
    pub fn locales(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The reason's text in the first of these locales that has one.
    pub fn say(&self, reason: &Reason, chain: &[String]) -> Option<String> {
        chain.iter().find_map(|locale| self.say_in(reason, locale)).map(|(text, _)| text)
    }

    /// The reason's text in exactly that locale, and what is wrong with it, such as a parameter it names that the
    /// reason does not have.
    pub fn say_in(&self, reason: &Reason, locale: &str) -> Option<(String, Vec<String>)> {
        let bundle = self.0.get(&locale.to_lowercase())?;
        let pattern = bundle.get_message(&message_name(&reason.code))?.value()?;
        let mut arguments = FluentArgs::new();
        for (name, value) in params_in(reason, locale) {
            arguments.set(name, argument(value, locale));
        }
        let mut errors = Vec::new();
        let mut said = Sentence { text: String::new(), room: MOST_TEXT_CHARS };
        // What is written into it can only fail by being too long, and then its beginning is said.
        if bundle.write_pattern(&mut said, pattern, Some(&arguments), &mut errors).is_err() {
            said.text.push('…');
        }
        Some((said.text, errors.iter().map(ToString::to_string).collect()))
    }
}

/// A text being written, with room for so many more characters. A message may name others a hundred times, each as
/// long as its file, so what is too long is never made.
struct Sentence {
    text: String,
    room: usize,
}

impl std::fmt::Write for Sentence {
    fn write_str(&mut self, piece: &str) -> std::fmt::Result {
        for c in piece.chars() {
            self.room = self.room.checked_sub(1).ok_or(std::fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The name of the message that says a code.
pub fn message_name(code: &str) -> String {
    code.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

/// The locales to look in, in turn.
pub fn chain(asked: &[String], desk: &str) -> Vec<String> {
    let mut chain: Vec<String> = Vec::new();
    for locale in asked.iter().map(String::as_str).chain([desk, LAST_RESORT]) {
        let language = locale.split(['-', '_']).next().unwrap_or(locale);
        for candidate in [locale.replace('_', "-"), language.to_owned()] {
            let candidate = candidate.to_lowercase();
            if !candidate.is_empty() && !chain.contains(&candidate) {
                chain.push(candidate);
            }
        }
    }
    chain
}

/// The parameters by plain name, each in the locale, else in its language, else as it stands.
fn params_in<'r>(reason: &'r Reason, locale: &str) -> BTreeMap<&'r str, &'r str> {
    let language = locale.split('-').next().unwrap_or(locale);
    let mut nearest: BTreeMap<&str, (u8, &str)> = BTreeMap::new();
    for (name, value) in &reason.params {
        let (plain, nearness) = match name.split_once('@') {
            None => (name.as_str(), 1),
            Some((plain, of)) if of.eq_ignore_ascii_case(locale) => (plain, 3),
            Some((plain, of)) if of.eq_ignore_ascii_case(language) => (plain, 2),
            Some(_) => continue,
        };
        let known = nearest.entry(plain).or_insert((0, ""));
        if known.0 < nearness {
            *known = (nearness, value);
        }
    }
    nearest.into_iter().map(|(plain, (_, value))| (plain, value)).collect()
}

/// A whole number selects plural forms; everything else is text. Readers of Persian read days in the Persian calendar.
fn argument<'v>(value: &'v str, locale: &str) -> FluentValue<'v> {
    let persian = locale.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("fa"));
    if let Some(day) = value.parse::<Day>().ok().filter(|_| persian) {
        return FluentValue::from(PersianDate::of(day).to_string());
    }
    let digits = value.strip_prefix('-').unwrap_or(value);
    let whole = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let plain = whole && (digits == "0" || !digits.starts_with('0'));
    if plain { FluentValue::try_number(value) } else { FluentValue::from(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        let mut texts = Texts::default();
        let en = "source-referral = Came by { $source }\nolder = { $days ->\n  [one] a day\n *[other] { $days } days\n } old\n";
        texts.add("en", en.as_bytes()).unwrap();
        texts.add("fa", "source-referral = از طریق { $source } آمد\n".as_bytes()).unwrap();
        texts
    }

    fn reason(code: &str, params: &[(&str, &str)]) -> Reason {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Reason { code: code.into(), params, evidence: vec![], text: None }
    }

    #[test]
    fn a_reason_is_said_in_the_readers_language_or_the_nearest_there_is() {
        let say = |asked: &str, desk: &str, code: &str| {
            texts().say(&reason(code, &[("source", "Parisa"), ("days", "1")]), &chain(&[asked.into()], desk))
        };
        assert_eq!(say("fa-IR", "en", "source.referral").as_deref(), Some("از طریق Parisa آمد"));
        assert_eq!(say("pl", "fa", "source.referral").as_deref(), Some("از طریق Parisa آمد"));
        assert_eq!(say("fa", "fa", "older").as_deref(), Some("a day old"), "English before the bare code");
        assert_eq!(say("en", "en", "unheard.of"), None);
    }

    #[test]
    fn a_reason_is_read_in_one_language_names_of_conditions_included() {
        let params = [("source", "Parisa"), ("source@fa", "پریسا"), ("source@pt-BR", "uma amiga"), ("source@", "?")];
        let mut texts = texts();
        for (locale, ftl) in
            [("pt", "source-referral = Por { $source }\n"), ("pt-BR", "source-referral = { $source }!\n")]
        {
            texts.add(locale, ftl.as_bytes()).unwrap();
        }
        let say = |asked: &str| texts.say(&reason("source.referral", &params), &chain(&[asked.into()], "en"));
        assert_eq!(say("en").as_deref(), Some("Came by Parisa"), "what has no name for a language stands plain");
        assert_eq!(say("fa-IR").as_deref(), Some("از طریق پریسا آمد"));
        assert_eq!(say("fa").as_deref(), Some("از طریق پریسا آمد"));
        assert_eq!(say("pt-BR").as_deref(), Some("uma amiga!"));
        assert_eq!(say("pt").as_deref(), Some("Por Parisa"), "Portuguese of Brazil is not that of all");
        let only = reason("source.referral", &[("source@fa", "پریسا")]);
        let (text, wrong) = texts.say_in(&only, "en").unwrap();
        assert!(text.contains("$source") && wrong.len() == 1, "{text} {wrong:?}");
    }

    #[test]
    fn a_reader_of_persian_reads_days_in_the_persian_calendar() {
        let mut texts = Texts::default();
        for locale in ["en", "fa"] {
            texts.add(locale, b"born = { $day }; { $count }\n").unwrap();
        }
        let born = reason("born", &[("day", "2026-04-02"), ("count", "1405")]);
        let say = |locale: &str| texts.say(&born, &chain(&[locale.into()], "en"));
        assert_eq!(
            (say("fa-IR").as_deref(), say("en").as_deref()),
            (Some("1405-01-13; 1405"), Some("2026-04-02; 1405"))
        );
    }

    #[test]
    fn a_text_that_names_what_the_reason_lacks_is_told() {
        let (text, wrong) = texts().say_in(&reason("source.referral", &[]), "en").unwrap();
        assert!(text.contains("$source") && wrong.len() == 1, "{text} {wrong:?}");
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_and_never_made() {
        let mut texts = Texts::default();
        let ftl = format!("-much = {}\nendless = {}\n", "x".repeat(8_000), "{ -much }".repeat(90));
        texts.add("en", ftl.as_bytes()).unwrap();
        let (text, _) = texts.say_in(&reason("endless", &[]), "en").unwrap();
        assert_eq!((text.chars().count(), text.ends_with("x…")), (MOST_TEXT_CHARS + 1, true));
        assert!(text.capacity() <= 4 * MOST_TEXT_CHARS, "{}", text.capacity());
    }

    #[test]
    fn a_file_that_is_no_locale_is_refused() {
        assert!(Texts::default().add("en", b"a = { $b\n").unwrap_err()[0].starts_with("line"));
        assert!(Texts::default().add("no language", b"").is_err());
    }
}
