//! How likely a promise on the ticket is broken: a scorecard that `plugdesk fit risk` learns from a desk's own past.
//!
//! It changes no track. What it comes to is kept as the signal `breach-risk`, a probability, and what speaks for it
//! most as the fact `breach-signs`: for the desk's own people, who may climb a ladder before the promise is broken.

use plugdesk_sdk::conditions::{Checks, Fields, Given};
use plugdesk_sdk::points::probability;
use plugdesk_sdk::prelude::*;
use plugdesk_sdk::rows::Rows;

use crate::configuration::{About, WrittenBreach};
use crate::known::Known;

/// The signal that tells the probability.
const SIGNAL: &str = "breach-risk";
/// The fact that names what speaks for it.
const SIGNS: &str = "breach-signs";
/// A person reads so many; the strongest ones come first.
const MOST_SIGNS: usize = 4;
/// A fitted table of twenty columns with a dozen values each has not half as many.
const MOST_CONDITIONS: usize = 1_024;
/// Points beyond this make every probability 0 or 1.
const MOST_POINTS: u32 = 10_000;
/// The day's length in either direction: no place on earth is further from Greenwich.
pub(crate) const MOST_OFFSET_MINUTES: i16 = 24 * 60;

/// As a call reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Breach {
    doubling: u16,
    base: i32,
    checks: Checks,
    /// The field, the check, the points.
    on_fields: Rows,
    /// What, the check, the points.
    on_desk: Vec<(About, u32, i32)>,
}

impl Breach {
    /// Makes it ready; its fields are read with all others. Every problem is told by its place.
    pub(crate) fn prepare(from: &WrittenBreach, fields: &mut Fields) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut problem = |at: &str, rule: String| problems.push(Problem::at(format!("/breach{at}"), rule));
        if from.doubling == 0 {
            problem("/doubling", "is at least 1".to_owned());
        }
        if from.base.unsigned_abs() > MOST_POINTS {
            problem("/base", format!("between -{MOST_POINTS} and {MOST_POINTS}"));
        }
        if from.conditions.len() > MOST_CONDITIONS {
            problem("/conditions", format!("{}, at most {MOST_CONDITIONS}", from.conditions.len()));
        }
        let (checks, on_desk) = Default::default();
        let mut made = Self { doubling: from.doubling, base: from.base, checks, on_fields: Rows::of(3), on_desk };
        for (place, condition) in from.conditions.iter().enumerate().take(MOST_CONDITIONS) {
            let at = format!("/conditions/{place}");
            if condition.points.unsigned_abs() > MOST_POINTS {
                problem(&format!("{at}/points"), format!("between -{MOST_POINTS} and {MOST_POINTS}"));
            }
            let check = match condition.when.prepare() {
                Ok(check) => made.checks.keep(&check),
                Err(wrong) => {
                    problem(&format!("{at}/when"), wrong);
                    continue;
                }
            };
            match (&condition.field, condition.about) {
                (Some(field), None) => match fields.add(condition.of, field) {
                    Ok(field) => made.on_fields.push(&[field.into(), check.cast_signed(), condition.points]),
                    Err(wrong) => problem(&at, wrong),
                },
                (None, Some(about)) => made.on_desk.push((about, check, condition.points)),
                _ => problem(&at, "has one of field, about".to_owned()),
            }
        }
        // Conditions on one thing side by side: reading it is what costs a call.
        made.on_desk.sort_by_key(|(about, ..)| *about as u8);
        if problems.is_empty() { Ok(made) } else { Err(problems) }
    }

    /// Whether it goes by one of these.
    pub(crate) fn asks(&self, wanted: &[About]) -> bool {
        self.on_desk.iter().any(|(about, ..)| wanted.contains(about))
    }

    /// Adds up what holds, and keeps the probability and the strongest signs in the answer.
    pub(crate) fn tell(
        &self,
        answer: &mut Tracking,
        fields: &Fields,
        values: &[Option<(Value, Given)>],
        known: &Known<'_>,
    ) {
        let given = |field: u16| values.get(usize::from(field)).and_then(Option::as_ref).map(|(_, given)| given);
        let mut points = i64::from(self.base);
        let mut signs: Vec<(i32, &str)> = Vec::new();
        for row in self.on_fields.iter() {
            let field = row.at(0) as u16;
            if self.checks.holds(row.at(1).cast_unsigned(), given(field)) {
                points += i64::from(row.at(2));
                signs.push((row.at(2), fields.name(field)));
            }
        }
        let mut last: Option<(About, Option<Given>)> = None;
        for (about, check, of_condition) in &self.on_desk {
            let given = match &mut last {
                Some((known, given)) if known == about => given,
                last => &mut last.insert((*about, known.value(*about).as_ref().and_then(Given::of))).1,
            };
            if self.checks.holds(*check, given.as_ref()) {
                points += i64::from(*of_condition);
                signs.push((*of_condition, about.name()));
            }
        }
        let score = probability(points as f64, self.doubling);
        answer.signals.push(NewSignal { kind: SIGNAL.to_owned(), score, label: None });
        signs.retain(|(points, _)| *points > 0);
        signs.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
        let named = signs.iter().take(MOST_SIGNS).map(|(points, name)| [name, " +", &points.to_string()].concat());
        let value = Value::Texts(named.collect());
        answer.facts.push(NewFact { kind: SIGNS.to_owned(), value, confidence: score });
    }
}
