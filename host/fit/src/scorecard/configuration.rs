//! A card as the configuration of the policy `lead-qualification`: whole points, a condition a line, the weightiest first,
//! each with what was seen of it, so that a person can read it and change it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Number, Value, json};

use super::column::Column;
use super::encoder::{Card, Known};
use super::groups::{Seen, Test};
use super::pace::Pace;
use super::segments::{OTHERS, Segments};
use super::train::Trained;
use crate::metric::Scored;

/// Points that double the odds. A hundred make a point 0.7 % of the odds, so what rounding takes is far below what
/// chance adds.
pub(super) const DOUBLING: u16 = 100;
/// The policy's limits: conditions of a card, fields of a record, values of a condition, points.
const MOST_CONDITIONS: usize = 512;
const MOST_FIELDS: usize = 256;
const MOST_VALUES: usize = 256;
const MOST_POINTS: f64 = 10_000.0;
/// A desk takes a configuration of 60 KiB; what is left is for whoever writes something into it.
pub const MOST_CARD_BYTES: usize = 56 << 10;
/// What stands around the conditions of a card with many segments has at most so many bytes.
const FRAME_BYTES: usize = 8 << 10;
/// A condition's name says so many values, and how many more there are.
const SHOWN_VALUES: usize = 3;
const MOST_COLUMN_CHARS: usize = 60;
const MOST_VALUE_CHARS: usize = 40;
/// The shares of leads above the least probability of an a, b and c: who calls has room for the best fifth at once.
const GRADES: [(&str, f64); 3] = [("a", 0.2), ("b", 0.5), ("c", 0.8)];

/// One line of the card.
#[derive(Debug, Clone, Serialize)]
struct Condition {
    name: Value,
    field: String,
    when: Value,
    points: Value,
    seen: SeenSo,
    #[serde(skip)]
    weight: i64,
}

impl Condition {
    /// What would be lost without it: the square of its points, for as many leads as it holds for.
    fn says(&self) -> f64 {
        (self.weight as f64).powi(2) * self.seen.count as f64
    }
}

#[derive(Debug, Clone, Copy, Serialize)]
struct SeenSo {
    count: usize,
    converted: usize,
}

/// The configuration's text, and how many conditions each field became.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) conditions: BTreeMap<String, usize>,
    /// Conditions that there is no room for.
    pub(super) dropped: usize,
}

/// Writes the card.
pub(super) fn write(
    trained: &Trained,
    columns: &[Column],
    segments: &Segments,
    outcomes: &[bool],
    blank: &[String],
    pace: Option<Pace>,
) -> serde_json::Result<Written> {
    let (conditions, dropped) = within_limits(conditions(trained, columns, segments, outcomes))?;
    // The card is laid over the pack's own, of which nothing may shine through: a list takes the place of a list, and
    // only the segments that it names have numbers.
    let mut lines = vec![
        ("segments", json!(segments.names)),
        ("doubling", json!(DOUBLING)),
        ("base", by_segment(&by_card(trained, |card| card.base), segments)),
        ("grades", grades(&trained.scored)),
        (
            "first_contact",
            json!({
                "a": { "minutes": 5, "warn_minutes": 2 },
                "b": { "minutes": 60, "warn_minutes": 15 },
                "c": { "minutes": 1440, "warn_minutes": 240 },
            }),
        ),
    ];
    // Said also where there is none, for the same reason.
    let half_life = pace.and_then(|pace| pace.half_life_days).unwrap_or(0);
    lines.push(("decay", json!({ "half_life_days": half_life, "since": "opened" })));
    lines.push(("horizon_days", json!(pace.map_or(0, |pace| pace.days))));
    lines.push(("blank", json!(blank)));
    // No condition listens to words, so no entries are read for it.
    lines.push(("entries", json!(0)));
    let mut text = "{\n".to_owned();
    for (key, value) in lines {
        text.push_str(&format!("  \"{key}\": {value},\n"));
    }
    let mut each = Vec::new();
    let mut counts = BTreeMap::<String, usize>::new();
    for (condition, line) in conditions {
        each.push(line);
        *counts.entry(condition.field).or_default() += 1;
    }
    text.push_str(&format!("  \"conditions\": [\n{}\n  ]\n}}\n", each.join(",\n")));
    Ok(Written { text, conditions: counts, dropped })
}

fn points(log_odds: f64) -> i64 {
    (log_odds / std::f64::consts::LN_2 * f64::from(DOUBLING)).round().clamp(-MOST_POINTS, MOST_POINTS) as i64
}

fn grades(scored: &[Scored]) -> Value {
    let mut said: Vec<f64> = scored.iter().map(|it| it.probability).collect();
    said.sort_by(|a, b| b.total_cmp(a));
    let least = |share: f64| said.get((said.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    GRADES
        .iter()
        .map(|(grade, share)| ((*grade).to_owned(), json!((least(*share) * 10_000.0).round() as u16)))
        .collect()
}

/// Points by card.
fn by_card(trained: &Trained, log_odds: impl Fn(&Card) -> f64) -> Vec<i64> {
    trained.cards.iter().map(|card| points(log_odds(card))).collect()
}

/// One number for everybody, or numbers by segment with `*` for all others.
fn by_segment(points: &[i64], segments: &Segments) -> Value {
    let (others, own) = points.split_first().map_or((0, &[][..]), |(others, own)| (*others, own));
    if own.iter().all(|points| *points == others) {
        return json!(others);
    }
    let own = segments.names.iter().zip(own).map(|(name, points)| (name.clone(), json!(points)));
    own.chain([(OTHERS.to_owned(), json!(others))]).collect()
}

fn conditions(trained: &Trained, columns: &[Column], segments: &Segments, outcomes: &[bool]) -> Vec<Condition> {
    let rows: Vec<usize> = (0..outcomes.len()).collect();
    let mut all = Vec::new();
    for (place, part) in trained.encoder.parts.iter().enumerate() {
        let Some(column) = columns.get(part.column) else { continue };
        let seen = part.seen(columns, Known { rows: &rows, outcomes });
        for (group, (test, seen)) in part.tests().iter().zip(seen).enumerate() {
            let of = |card: &Card| card.weights.get(place).and_then(|weights| weights.get(group)).copied();
            let each = by_card(trained, |card| of(card).unwrap_or_default());
            let weight = each.iter().map(|points| points.abs()).max().unwrap_or(0);
            let Seen { count, converted } = seen;
            let condition = |(name, when)| Condition {
                name,
                when,
                field: column.field.clone(),
                points: by_segment(&each, segments),
                seen: SeenSo { count, converted },
                weight,
            };
            if weight != 0 {
                all.extend(whens(test, column).into_iter().map(condition));
            }
        }
    }
    all.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.field.cmp(&b.field)));
    all
}

/// Those of the conditions that a card has room for, with their lines and in their order, and how many it has no room for:
/// those that say least.
fn within_limits(conditions: Vec<Condition>) -> serde_json::Result<(Vec<(Condition, String)>, usize)> {
    let all = conditions.len();
    let mut by_say: Vec<(usize, Condition)> = conditions.into_iter().enumerate().collect();
    by_say.sort_by(|(_, a), (_, b)| b.says().total_cmp(&a.says()));
    let (mut kept, mut fields, mut bytes) = (Vec::new(), BTreeSet::new(), FRAME_BYTES);
    for (place, condition) in by_say {
        let line = format!("    {}", serde_json::to_string(&condition)?);
        // A line ends with a comma.
        let taken = bytes + line.len() + ",\n".len();
        let new_field = !fields.contains(&condition.field);
        if kept.len() < MOST_CONDITIONS && taken <= MOST_CARD_BYTES && (!new_field || fields.len() < MOST_FIELDS) {
            fields.insert(condition.field.clone());
            bytes = taken;
            kept.push((place, condition, line));
        }
    }
    kept.sort_by_key(|(place, ..)| *place);
    let dropped = all - kept.len();
    Ok((kept.into_iter().map(|(_, condition, line)| (condition, line)).collect(), dropped))
}

/// The conditions that a group becomes, with their names: one, unless it has more values than a condition takes.
fn whens(test: &Test, column: &Column) -> Vec<(Value, Value)> {
    let name = cut(&column.name, MOST_COLUMN_CHARS);
    match test {
        Test::Missing => {
            let said = [
                ("en", "not answered"),
                ("fa", "پاسخ داده نشده"),
                ("pl", "brak odpowiedzi"),
                ("hu", "nincs megadva"),
                ("ru", "не указано"),
            ];
            let each = said.iter().map(|(tag, text)| ((*tag).to_owned(), json!(format!("{name}: {text}"))));
            vec![(each.collect(), json!({ "missing": true }))]
        }
        Test::Range(None, None) => vec![(json!(format!("{name}: ✓")), json!({ "missing": false }))],
        Test::Range(Some(from), None) => {
            let from = number(*from);
            vec![(json!(format!("{name} ≥ {from}")), json!({ "from": from }))]
        }
        Test::Range(None, Some(below)) => {
            let below = number(*below);
            vec![(json!(format!("{name} < {below}")), json!({ "below": below }))]
        }
        Test::Range(Some(from), Some(below)) => {
            let (from, below) = (number(*from), number(*below));
            vec![(json!(format!("{name} ≥ {from}, < {below}")), json!({ "from": from, "below": below }))]
        }
        Test::Values(values) => {
            let mut texts: Vec<&str> =
                values.iter().filter_map(|value| column.values.get(*value as usize)).map(String::as_str).collect();
            texts.sort_unstable();
            texts.chunks(MOST_VALUES).map(|texts| (json!(of_values(&name, texts)), when_values(texts))).collect()
        }
    }
}

fn when_values(texts: &[&str]) -> Value {
    match texts {
        [one] => json!({ "is": one }),
        more => json!({ "one_of": more }),
    }
}

fn of_values(name: &str, texts: &[&str]) -> String {
    let shown: Vec<String> = texts.iter().take(SHOWN_VALUES).map(|text| cut(text, MOST_VALUE_CHARS)).collect();
    let more = texts.len().saturating_sub(SHOWN_VALUES);
    let more = if more > 0 { format!(" … +{more}") } else { String::new() };
    format!("{name}: {}{more}", shown.join(", "))
}

/// A whole number without its `.0`.
fn number(number: f64) -> Value {
    let whole = number.fract() == 0.0 && number.abs() < 1e15;
    if whole { json!(number as i64) } else { Number::from_f64(number).map_or(Value::Null, Value::Number) }
}

fn cut(text: &str, most: usize) -> String {
    let short: String = text.chars().take(most).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
