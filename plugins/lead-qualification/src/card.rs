//! The scorecard made ready: numbers instead of names, hashes instead of texts, one pool of wording. It is read anew on
//! every call, so what it holds is few and flat.

mod prepare;

use plugdesk_sdk::conditions::{Check, Fields};
use plugdesk_sdk::pool::Pool;
use plugdesk_sdk::prelude::*;

use crate::configuration::About;

/// A scorecard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// So many points double the odds.
    pub(crate) doubling: u16,
    /// The segments that have numbers of their own, sorted; column 0 is for all others.
    segments: Vec<String>,
    /// Points to begin with, by column.
    pub(crate) base: Vec<i32>,
    /// Days, by column; 0: not told.
    pub(crate) horizon: Vec<i32>,
    /// The least probabilities of a, b and c.
    pub(crate) grades: [u16; 3],
    /// Half-life in days, by column; 0: nothing fades.
    pub(crate) half_life: Vec<i32>,
    /// Whether it counts from the opening.
    pub(crate) from_opening: bool,
    /// So many entries are read.
    pub(crate) entries: u32,
    /// The custom fields to read.
    pub(crate) fields: Fields,
    /// Conditions on fields: the field, the check, the condition.
    pub(crate) on_fields: Vec<(u16, Check, u16)>,
    /// Conditions on what the desk knows.
    pub(crate) on_desk: Vec<(About, Check, u16)>,
    /// Words that the customer may say, by condition.
    pub(crate) said: words::Lexicon,
    /// What to ask.
    pub(crate) asks: Vec<Ask>,
    /// Conditions, in the configuration's order.
    conditions: Vec<Condition>,
    /// Points by condition and column.
    points: Vec<i32>,
    /// All wording: of each the common one, then a language and its own, and so on.
    pool: Pool,
}

/// What a condition is called and says of the motive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    pub(crate) name: Text,
    pub(crate) leans: i16,
}

/// A question for a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    pub(crate) field: u16,
    pub(crate) text: Text,
    /// The most points that an answer could add, by column.
    pub(crate) gain: Vec<i32>,
}

/// Where a wording begins in the pool.
pub type Text = u32;

static UNKNOWN: Condition = Condition { name: Text::MAX, leans: 0 };

impl Card {
    /// The column of a segment.
    pub(crate) fn column(&self, segment: Option<&str>) -> usize {
        let place = segment.and_then(|segment| self.segments.iter().position(|known| known == segment));
        place.map_or(0, |place| place + 1)
    }

    /// A condition by its number.
    pub(crate) fn condition(&self, number: u16) -> &Condition {
        self.conditions.get(usize::from(number)).unwrap_or(&UNKNOWN)
    }

    /// The points of a condition.
    pub(crate) fn points(&self, number: u16, column: usize) -> i32 {
        let columns = self.segments.len() + 1;
        self.points.get(usize::from(number) * columns + column).copied().unwrap_or(0)
    }

    /// A wording in a language, or as it stands for everybody.
    pub(crate) fn say(&self, text: Text, locale: &str) -> &str {
        let language = locale.split('-').next().unwrap_or(locale);
        let mut pieces = self.pool.pieces(text);
        let common = pieces.next().unwrap_or_default();
        loop {
            let (Some(known), Some(own)) = (pieces.next(), pieces.next()) else { return common };
            if known == locale || known == language {
                return own;
            }
        }
    }
}

/// A value as a reason shows it, cut: evidence is not a copy of the record.
pub(crate) fn shown(value: &Value) -> String {
    /// A parameter may have 512 bytes; a glance takes in this many.
    const MOST_SHOWN_BYTES: usize = 80;
    let text = match value {
        Value::Text(text) | Value::Decimal(text) | Value::Json(text) => text.trim(),
        Value::Integer(number) | Value::Instant(number) => return number.to_string(),
        Value::Flag(flag) => return if *flag { "✓" } else { "✗" }.to_owned(),
        Value::Texts(texts) => return cut(&texts.join(", "), MOST_SHOWN_BYTES).to_owned(),
    };
    cut(text, MOST_SHOWN_BYTES).to_owned()
}
