//! Conditions kept as bytes and evaluated where they lie: a scorecard of five hundred costs a call one copy.

use serde::{Deserialize, Serialize};

use super::{Check, Given, Hashes};
use crate::packed::Packed;
use crate::words::Lexicon;

const MISSING: u8 = 0;
const PRESENT: u8 = 1;
/// Two floats follow.
const BETWEEN: u8 = 2;
/// A length in 4 bytes and hashes follow.
const ONE_OF: u8 = 3;
/// A length in 4 bytes and a lexicon follow.
const WORDS: u8 = 4;

/// Conditions, each named by where it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks(Packed);

impl Checks {
    /// Keeps a condition and names it.
    pub fn keep(&mut self, check: &Check) -> u32 {
        let bytes = &mut self.0.0;
        let begin = bytes.len() as u32;
        let mut long = |tag: u8, content: &[u8]| {
            bytes.push(tag);
            bytes.extend((content.len() as u32).to_le_bytes());
            bytes.extend(content);
        };
        match check {
            Check::Missing => bytes.push(MISSING),
            Check::Present => bytes.push(PRESENT),
            Check::Between(from, to) => {
                bytes.push(BETWEEN);
                bytes.extend([*from, *to].into_iter().flat_map(f64::to_le_bytes));
            }
            Check::OneOf(hashes) => long(ONE_OF, hashes.bytes()),
            Check::Words(lexicon) => long(WORDS, lexicon.bytes()),
        }
        begin
    }

    /// Whether it holds for that value; `None`: not set. What was never kept does not hold.
    pub fn holds(&self, place: u32, given: Option<&Given>) -> bool {
        let at = place as usize;
        let Some((&tag, rest)) = self.0.0.get(at..).and_then(<[u8]>::split_first) else { return false };
        let Some(given) = given else { return tag == MISSING };
        match tag {
            PRESENT => true,
            BETWEEN => given.number.is_some_and(|number| float(rest, 0) <= number && number <= float(rest, 8)),
            ONE_OF => given.any(|hash| Hashes::has(content(rest), hash)),
            WORDS => Lexicon::finds(content(rest), &given.folded),
            _ => false,
        }
    }
}

fn float(bytes: &[u8], at: usize) -> f64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(f64::NAN, |bytes| f64::from_le_bytes(*bytes))
}

/// What a length of 4 bytes stands before.
fn content(bytes: &[u8]) -> &[u8] {
    let Some((length, rest)) = bytes.split_first_chunk() else { return &[] };
    rest.get(..u32::from_le_bytes(*length) as usize).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditions::When;

    #[test]
    fn a_kept_condition_holds_exactly_when_the_condition_does() {
        let whens = [
            r#"{"is": "Own savings"}"#,
            r#"{"one_of": [1, true, "x"]}"#,
            r#"{"words": ["сроч*", "own"]}"#,
            r#"{"from": 3, "to": 10}"#,
            r#"{"missing": true}"#,
            r#"{"missing": false}"#,
        ];
        let checks: Vec<Check> =
            whens.map(|when| serde_json::from_str::<When>(when).unwrap().prepare().unwrap()).into();
        let mut kept = Checks::default();
        let places: Vec<u32> = checks.iter().map(|check| kept.keep(check)).collect();
        let texts = ["own savings", "OWN house", "1", "true", "X", "7.5", "11", "Срочно", "?"];
        let mut givens: Vec<Option<Given>> = texts.map(Given::text).into();
        givens.extend([Some(Given::number(10)), None]);
        let mut held = 0;
        for given in givens.iter().map(Option::as_ref) {
            for (check, place) in checks.iter().zip(&places) {
                assert_eq!(kept.holds(*place, given), check.holds(given), "{check:?} of {given:?}");
                held += u32::from(check.holds(given));
            }
        }
        assert!(held > 12, "{held}");
        assert!(!kept.holds(u32::MAX, None) && !Checks::default().holds(0, None));
    }
}
