//! Configuration to scorecard. Every problem is told by its place, all of them at once.

use std::collections::BTreeSet;

use plugdesk_sdk::conditions::Check;
use plugdesk_sdk::prelude::*;
use plugdesk_sdk::rows::Rows;
use plugdesk_sdk::wording::Wording;

use super::{Card, FRONT, Text};
use crate::configuration::{Configuration, Rule, Since, Weights};

/// Twice a CRM export with its hundred and fifty columns.
const MOST_CONDITIONS: usize = 512;
/// A card has numbers for so many segments at most.
const MOST_SEGMENTS: usize = 16;
/// Points beyond this make every probability 0 or 1.
const MOST_POINTS: u32 = 10_000;
/// The contract's limit of a promise's minutes: ten years.
const MOST_MINUTES: u32 = 5_256_000;
/// The contract's limit of a name.
const MOST_NAME_BYTES: usize = 64;
/// A century.
const MOST_DAYS: i32 = 36_500;
/// The contract's limit of entries in the pack's manifest.
const MOST_ENTRIES: u32 = 20;

impl Policy for Card {
    fn prepare(configuration: &str) -> Result<Self, Vec<Problem>> {
        Maker::new(plugdesk_sdk::policy::read(configuration)?).make()
    }
}

struct Maker {
    from: Configuration,
    card: Card,
    /// The segments that have numbers of their own, sorted.
    segments: Vec<String>,
    on_fields: Vec<(u16, Check, u16)>,
    /// Questions by field.
    asks: Vec<(u16, Text)>,
    said: words::Phrases,
    problems: Vec<Problem>,
}

impl Maker {
    fn new(from: Configuration) -> Self {
        let mut segments: BTreeSet<String> = from.segments.iter().flatten().cloned().collect();
        let rules = from.conditions.iter().map(|rule| &rule.points);
        let half_life = from.decay.as_ref().map(|decay| &decay.half_life_days);
        for weights in rules.chain([&from.base, &from.horizon_days]).chain(half_life) {
            if let Weights::Each(each) = weights {
                segments.extend(each.keys().filter(|_| from.segments.is_none()).cloned());
            }
        }
        let segments: Vec<String> = segments.into_iter().filter(|segment| segment != "*").collect();
        let columns = segments.len() + 1;
        // More than 65,000 segments are refused below, by a limit of 16.
        let [narrow, wide] = [columns, FRONT + columns].map(|width| u16::try_from(width).unwrap_or(u16::MAX));
        let mut card = Card {
            doubling: from.doubling,
            segments: 0,
            numbers: Rows::of(narrow),
            grades: [from.grades.a, from.grades.b, from.grades.c],
            first_contact: Default::default(),
            from_opening: from.decay.as_ref().is_some_and(|decay| decay.since == Since::Opened),
            entries: from.entries,
            fields: Default::default(),
            checks: Default::default(),
            on_fields: Rows::of(3),
            on_desk: Vec::new(),
            said: Default::default(),
            asks: Rows::of(wide),
            conditions: Rows::of(wide),
            pool: Default::default(),
        };
        card.segments = card.pool.keep(segments.iter().map(String::as_str));
        let (on_fields, asks, said, problems) = Default::default();
        Self { from, card, segments, on_fields, asks, said, problems }
    }

    fn make(mut self) -> Result<Card, Vec<Problem>> {
        self.check_numbers();
        let half_life = self.from.decay.as_ref().map_or(&Weights::None, |decay| &decay.half_life_days);
        let [base, horizon, half_life] = [&self.from.base, &self.from.horizon_days, half_life].map(|it| self.row(it));
        if half_life.iter().chain(&horizon).any(|days| !(0..=MOST_DAYS).contains(days)) {
            self.problem("", format!("days are between 0 and {MOST_DAYS}"));
        }
        // In the order of `BASE`, `HORIZON`, `HALF_LIFE`.
        [base, horizon, half_life].iter().for_each(|row| self.card.numbers.push(row));
        self.card.fields.blank(&self.from.blank);
        let rules = std::mem::take(&mut self.from.conditions);
        if rules.len() > MOST_CONDITIONS {
            self.problem("/conditions", format!("{}, at most {MOST_CONDITIONS}", rules.len()));
        }
        for (number, rule) in rules.iter().take(MOST_CONDITIONS).enumerate() {
            if let Err(why) = self.add(number as u16, rule) {
                self.problem(&format!("/conditions/{number}"), why);
            }
        }
        self.first_contact();
        self.gains();
        self.card.said = self.said.pack();
        // By field, so that a call walks the fields that are set and their checks side by side.
        self.on_fields.sort_by_key(|(field, _, condition)| (*field, *condition));
        for (field, check, condition) in &self.on_fields {
            let check = self.card.checks.keep(check);
            self.card.on_fields.push(&[(*field).into(), check as i32, (*condition).into()]);
        }
        if self.problems.is_empty() { Ok(self.card) } else { Err(self.problems) }
    }

    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.push(Problem::at(pointer, message));
    }

    fn check_numbers(&mut self) {
        if self.from.doubling == 0 {
            self.problem("/doubling", "is at least 1");
        }
        let [a, b, c] = self.card.grades;
        if !(a >= b && b >= c && a <= 10_000) {
            self.problem("/grades", "a is at least b, b at least c, and none is above 10,000");
        }
        if self.from.entries > MOST_ENTRIES {
            self.problem("/entries", format!("at most {MOST_ENTRIES} are granted by the pack"));
        }
        if self.segments.len() > MOST_SEGMENTS {
            self.problem("", format!("at most {MOST_SEGMENTS} segments have numbers of their own"));
        }
        let out = |weights: &Weights| match weights {
            Weights::None => false,
            Weights::One(points) => points.unsigned_abs() > MOST_POINTS,
            Weights::Each(each) => each.values().any(|points| points.unsigned_abs() > MOST_POINTS),
        };
        if self.from.conditions.iter().map(|rule| &rule.points).chain([&self.from.base]).any(out) {
            self.problem("", format!("points are between -{MOST_POINTS} and {MOST_POINTS}"));
        }
    }

    /// Numbers by column: the one for all others first.
    fn row(&self, weights: &Weights) -> Vec<i32> {
        let others = match weights {
            Weights::None => 0,
            Weights::One(number) => *number,
            Weights::Each(each) => each.get("*").copied().unwrap_or(0),
        };
        let own = self.segments.iter().map(|segment| match weights {
            Weights::Each(each) => each.get(segment).copied().unwrap_or(others),
            Weights::None | Weights::One(_) => others,
        });
        std::iter::once(others).chain(own).collect()
    }

    fn add(&mut self, number: u16, rule: &Rule) -> Result<(), String> {
        let name = self.pool(&rule.name)?;
        let mut row = vec![name as i32, rule.leans.into()];
        row.extend(self.row(&rule.points));
        self.card.conditions.push(&row);
        let check = rule.when.as_ref().map(|when| when.prepare()).transpose()?;
        match (&rule.field, rule.about, &rule.said, check) {
            (Some(field), None, None, Some(check)) => {
                let field = self.card.fields.add(rule.of, field)?;
                self.on_fields.push((field, check, number));
                if let Some(question) = &rule.ask {
                    let text = self.pool(question)?;
                    self.asks.retain(|(known, _)| *known != field);
                    self.asks.push((field, text));
                }
                Ok(())
            }
            (None, Some(about), None, Some(check)) => {
                let check = self.card.checks.keep(&check);
                self.card.on_desk.push((about, check, number));
                if rule.ask.is_some() { Err("only a field can be asked for".to_owned()) } else { Ok(()) }
            }
            (None, None, Some(phrases), None) => {
                for phrase in phrases {
                    self.said.add(phrase, number).map_err(|why| format!("`{phrase}` {}", why.message()))?;
                }
                if rule.ask.is_some() { Err("only a field can be asked for".to_owned()) } else { Ok(()) }
            }
            _ => Err("has one of field, about, said; `when` with the first two, and not with the last".to_owned()),
        }
    }

    /// How soon each grade is called, within what a promise may say.
    fn first_contact(&mut self) {
        let crate::configuration::FirstContact { a, b, c, d } = std::mem::take(&mut self.from.first_contact);
        for (grade, soon) in ["a", "b", "c", "d"].into_iter().zip([&a, &b, &c, &d]) {
            let Some(soon) = soon else { continue };
            let at = format!("/first_contact/{grade}");
            if !(1..=MOST_MINUTES).contains(&soon.minutes) {
                self.problem(&format!("{at}/minutes"), format!("1 to {MOST_MINUTES}"));
            }
            if soon.warn_minutes.is_some_and(|warn| warn >= soon.minutes) {
                self.problem(&format!("{at}/warn_minutes"), "is below the minutes themselves");
            }
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
            if !(1..=MOST_NAME_BYTES).contains(&soon.calendar.len()) || !soon.calendar.chars().all(plain) {
                self.problem(&format!("{at}/calendar"), "is a name of 1 to 64 letters, digits and - _ . /");
            }
        }
        self.card.first_contact = [a, b, c, d];
    }

    /// What the best answer to each question could add over the field's being unanswered.
    fn gains(&mut self) {
        for (asked, text) in &self.asks {
            let mut row = vec![i32::from(*asked), *text as i32];
            row.extend((0..=self.segments.len()).map(|column| {
                let (mut best, mut missing) = (0, 0);
                for (_, check, condition) in self.on_fields.iter().filter(|(field, ..)| field == asked) {
                    let points = self.card.points(*condition, column);
                    match check {
                        Check::Missing => missing += points,
                        _ => best = best.max(points),
                    }
                }
                best - missing
            }));
            self.card.asks.push(&row);
        }
    }

    /// Keeps a wording; an error is a sentence.
    fn pool(&mut self, wording: &Wording) -> Result<Text, String> {
        wording.keep(&mut self.card.pool)
    }
}
