//! Texts of a configuration in several languages: kept in a pool, and named in a reason in every one of them, so that
//! whoever reads the reason reads all of it in one language.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::pool::Pool;
use crate::types::{Reason, cut};

/// A wording is kept in so many languages beside the common one.
const MOST_LANGUAGES: usize = 32;
/// A language tag has at most so many bytes, as RFC 5646 advises for those who must have a limit.
const MOST_TAG_BYTES: usize = 35;
/// A parameter of a reason has at most 512 bytes, its name and language included.
const MOST_TEXT_BYTES: usize = 480;
/// A text is told in so many languages beside the first: a reason has at most 16 parameters, and three are its own.
const MOST_OTHERS: usize = 12;

/// A text in one language, or in several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Wording {
    /// For everybody.
    One(String),
    /// By language; `en`, or the first, stands in for a missing one.
    Each(BTreeMap<String, String>),
}

impl Wording {
    /// Keeps it and names it; an error is a sentence.
    pub fn keep(&self, pool: &mut Pool) -> Result<u32, String> {
        let most = |text| cut(text, MOST_TEXT_BYTES);
        let each = match self {
            Self::One(text) => return Ok(pool.keep(["", most(text)])),
            Self::Each(each) => each,
        };
        let is_tag = |tag: &str| {
            (1..=MOST_TAG_BYTES).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if let Some(wrong) = each.keys().find(|tag| !is_tag(tag)) {
            return Err(format!("`{}` is not a language tag, such as fa or pl-PL", cut(wrong, MOST_TAG_BYTES)));
        }
        let common = each.get_key_value("en").or_else(|| each.first_key_value());
        let others = each.iter().filter(|(tag, _)| Some(*tag) != common.map(|(tag, _)| tag)).take(MOST_LANGUAGES);
        let pairs = common.into_iter().chain(others).flat_map(|(tag, text)| [tag.as_str(), most(text)]);
        Ok(pool.keep(pairs))
    }
}

/// Names a kept text in a reason: in the language of the person it is about, and beside it in the others that the
/// configuration has, as `name@language`.
#[must_use]
pub fn say(mut reason: Reason, name: &str, pool: &Pool, text: u32, locale: &str) -> Reason {
    let language = locale.split('-').next().unwrap_or(locale);
    let mut pieces = pool.pieces(text);
    let mut said = (pieces.next().unwrap_or_default(), pieces.next().unwrap_or_default());
    let mut others = 0;
    while let (Some(known), Some(own)) = (pieces.next(), pieces.next()) {
        let nearer = known == locale || (known == language && said.0 != locale);
        let other = if nearer { std::mem::replace(&mut said, (known, own)) } else { (known, own) };
        if others < MOST_OTHERS {
            reason.params.push(([name, "@", other.0].concat(), other.1.to_owned()));
            others += 1;
        }
    }
    reason.with(name, said.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_in_the_persons_language_and_in_all_others_beside_it() {
        let wording: Wording = serde_json::from_str(r#"{"en": "card", "fa": "کارت", "pl": "karta"}"#).unwrap();
        let mut pool = Pool::default();
        let text = wording.keep(&mut pool).unwrap();
        let reason = say(Reason::new("by"), "what", &pool, text, "fa-IR");
        let named = |name: &str| reason.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!((named("what"), named("what@en"), named("what@pl")), (Some("کارت"), Some("card"), Some("karta")));
        assert_eq!(named("what@fa"), None);
        let wrong: Wording = serde_json::from_str(r#"{"no tag": "x"}"#).unwrap();
        assert!(wrong.keep(&mut pool).is_err());
        let plain = Wording::One("x".to_owned()).keep(&mut pool).unwrap();
        assert_eq!(say(Reason::new("by"), "what", &pool, plain, "hu").params, [("what".to_owned(), "x".to_owned())]);
    }
}
