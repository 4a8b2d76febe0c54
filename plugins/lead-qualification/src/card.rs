//! The scorecard made ready: numbers instead of names, hashes instead of texts, one pool of wording. It is read anew on
//! every call, so what it holds is few and flat.

mod prepare;

use plugdesk_sdk::conditions::{Checks, Fields, Given};
use plugdesk_sdk::pool::Pool;
use plugdesk_sdk::prelude::*;
use plugdesk_sdk::rows::{Row, Rows};
use plugdesk_sdk::wording;

use crate::configuration::{About, Soon};

/// A scorecard. Its tables have columns by segment: the one for all others first, then the segments that have numbers of
/// their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// So many points double the odds.
    pub(crate) doubling: u16,
    /// The names of the segments, in the pool.
    segments: Text,
    /// [`BASE`], [`HORIZON`] and [`HALF_LIFE`], by column.
    numbers: Rows,
    /// The least probabilities of a, b and c.
    pub(crate) grades: [u16; 3],
    /// How soon an a, b, c and d is called for the first time.
    pub(crate) first_contact: [Option<Soon>; 4],
    /// Whether the half-life counts from the opening.
    pub(crate) from_opening: bool,
    /// So many entries are read.
    pub(crate) entries: u32,
    /// The custom fields to read.
    pub(crate) fields: Fields,
    /// All checks, named by the next two.
    checks: Checks,
    /// Conditions on fields: the field, the check, the condition.
    on_fields: Rows,
    /// Conditions on what the desk knows: what, the check, the condition.
    pub(crate) on_desk: Vec<(About, u32, u16)>,
    /// Words that the customer may say, by condition.
    pub(crate) said: words::Lexicon,
    /// What to ask: the field, the question's text, and by column what an answer could gain at most.
    asks: Rows,
    /// Conditions in the configuration's order: the name's text, how it leans, and its points by column.
    conditions: Rows,
    /// All wording, each as languages and texts in turn, the common one first.
    pool: Pool,
}

/// Points to begin with.
pub(crate) const BASE: usize = 0;
/// Days until a person decides; 0: not told.
pub(crate) const HORIZON: usize = 1;
/// Half-life in days; 0: nothing fades.
pub(crate) const HALF_LIFE: usize = 2;
/// The rows of conditions and of questions have so many numbers in front of those by column.
const FRONT: usize = 2;

/// Where a wording begins in the pool.
pub type Text = u32;

/// What a condition is called and says of the motive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    pub(crate) name: Text,
    pub(crate) leans: i16,
}

/// A question for a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    pub(crate) field: u16,
    pub(crate) text: Text,
    /// The most points that an answer could add.
    pub(crate) gain: i32,
}

impl Card {
    /// The column of a segment.
    pub(crate) fn column(&self, segment: Option<&str>) -> usize {
        let place = segment.and_then(|segment| self.pool.pieces(self.segments).position(|known| known == segment));
        place.map_or(0, |place| place + 1)
    }

    /// A number of the card for a column: [`BASE`], [`HORIZON`] or [`HALF_LIFE`].
    pub(crate) fn number(&self, which: usize, column: usize) -> i32 {
        self.numbers.row(which).at(column)
    }

    /// A condition by its number.
    pub(crate) fn condition(&self, number: u16) -> Condition {
        let row = self.conditions.row(number.into());
        Condition { name: row.at(0) as Text, leans: row.at(1) as i16 }
    }

    /// The points of a condition.
    pub(crate) fn points(&self, number: u16, column: usize) -> i32 {
        self.conditions.row(number.into()).at(FRONT + column)
    }

    /// The questions, for a column.
    pub(crate) fn asks(&self, column: usize) -> impl Iterator<Item = Ask> {
        let ask =
            move |row: Row<'_>| Ask { field: row.at(0) as u16, text: row.at(1) as Text, gain: row.at(FRONT + column) };
        self.asks.iter().map(ask)
    }

    /// The fields and conditions on them that hold; `given`: the value of a field.
    pub(crate) fn holding<'g>(&self, given: impl Fn(u16) -> Option<&'g Given>) -> impl Iterator<Item = (u16, u16)> {
        let all = self.on_fields.iter().map(|row| (row.at(0) as u16, row.at(1) as u32, row.at(2) as u16));
        all.filter(move |(field, check, _)| self.holds(*check, given(*field))).map(|(field, _, number)| (field, number))
    }

    /// Whether a check holds for a value.
    pub(crate) fn holds(&self, check: u32, given: Option<&Given>) -> bool {
        self.checks.holds(check, given)
    }

    /// Names a text in a reason: in the language of the person it is about, and beside it in the others that the
    /// configuration has, as `name@language`: whoever reads the reason reads all of it in one language.
    pub(crate) fn word(&self, reason: Reason, name: &str, text: Text, locale: &str) -> Reason {
        wording::say(reason, name, &self.pool, text, locale)
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
