//! Configuration to scorecard. Every problem is told by its place, all of them at once.

use std::collections::BTreeSet;

use plugdesk_sdk::pool::Pool;
use plugdesk_sdk::prelude::*;

use super::{Ask, Card, Condition, Text};
use crate::configuration::{Configuration, Rule, Since, Weights, Wording};

/// Twice a CRM export with its hundred and fifty columns.
const MOST_CONDITIONS: usize = 512;
/// A wording is kept in so many languages beside English.
const MOST_LANGUAGES: usize = 32;
/// A card has numbers for so many segments at most.
const MOST_SEGMENTS: usize = 16;
/// Points beyond this make every probability 0 or 1.
const MOST_POINTS: i32 = 10_000;
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
    said: words::Phrases,
    problems: Vec<Problem>,
}

impl Maker {
    fn new(from: Configuration) -> Self {
        let mut segments = BTreeSet::new();
        let rules = from.conditions.iter().map(|rule| &rule.points);
        let half_life = from.decay.as_ref().map(|decay| &decay.half_life_days);
        for weights in rules.chain([&from.base, &from.horizon_days]).chain(half_life) {
            if let Weights::Each(each) = weights {
                segments.extend(each.keys().filter(|segment| *segment != "*").cloned());
            }
        }
        let card = Card {
            doubling: from.doubling,
            segments: segments.into_iter().collect(),
            base: Vec::new(),
            horizon: Vec::new(),
            grades: [from.grades.a, from.grades.b, from.grades.c],
            half_life: Vec::new(),
            from_opening: from.decay.as_ref().is_some_and(|decay| decay.since == Since::Opened),
            entries: from.entries,
            fields: Default::default(),
            on_fields: Vec::new(),
            on_desk: Vec::new(),
            said: Default::default(),
            asks: Vec::new(),
            conditions: Vec::new(),
            points: Vec::new(),
            pool: Pool::default(),
        };
        Self { from, card, said: words::Phrases::default(), problems: Vec::new() }
    }

    fn make(mut self) -> Result<Card, Vec<Problem>> {
        self.check_numbers();
        self.card.base = self.row(&self.from.base);
        self.card.horizon = self.row(&self.from.horizon_days);
        self.card.half_life = self.from.decay.as_ref().map_or_else(Vec::new, |decay| self.row(&decay.half_life_days));
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
        self.gains();
        self.card.said = self.said.pack();
        // By field, so that a call walks the fields that are set and their checks side by side.
        self.card.on_fields.sort_by_key(|(field, _, condition)| (*field, *condition));
        if self.card.half_life.iter().chain(&self.card.horizon).any(|days| !(0..=MOST_DAYS).contains(days)) {
            self.problem("", format!("days are between 0 and {MOST_DAYS}"));
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
        if self.card.segments.len() > MOST_SEGMENTS {
            self.problem("", format!("at most {MOST_SEGMENTS} segments have numbers of their own"));
        }
        let out = |weights: &Weights| match weights {
            Weights::None => false,
            Weights::One(points) => points.abs() > MOST_POINTS,
            Weights::Each(each) => each.values().any(|points| points.abs() > MOST_POINTS),
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
        let own = self.card.segments.iter().map(|segment| match weights {
            Weights::Each(each) => each.get(segment).copied().unwrap_or(others),
            Weights::None | Weights::One(_) => others,
        });
        std::iter::once(others).chain(own).collect()
    }

    fn add(&mut self, number: u16, rule: &Rule) -> Result<(), String> {
        let row = self.row(&rule.points);
        self.card.points.extend(row);
        let name = self.pool(&rule.name);
        self.card.conditions.push(Condition { name, leans: rule.leans });
        let check = rule.when.as_ref().map(|when| when.prepare()).transpose()?;
        match (&rule.field, rule.about, &rule.said, check) {
            (Some(field), None, None, Some(check)) => {
                let field = self.card.fields.add(rule.of, field)?;
                self.card.on_fields.push((field, check, number));
                if let Some(question) = &rule.ask {
                    let text = self.pool(question);
                    self.card.asks.retain(|ask| ask.field != field);
                    self.card.asks.push(Ask { field, text, gain: Vec::new() });
                }
                Ok(())
            }
            (None, Some(about), None, Some(check)) => {
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

    /// What the best answer to each question could add over the field's being unanswered.
    fn gains(&mut self) {
        for place in 0..self.card.asks.len() {
            let Some(field) = self.card.asks.get(place).map(|ask| ask.field) else { return };
            let gain = (0..=self.card.segments.len()).map(|column| {
                let (mut best, mut missing) = (0, 0);
                for (_, check, condition) in self.card.on_fields.iter().filter(|(of, ..)| *of == field) {
                    let points = self.card.points(*condition, column);
                    match check {
                        plugdesk_sdk::conditions::Check::Missing => missing += points,
                        _ => best = best.max(points),
                    }
                }
                best - missing
            });
            let gain: Vec<i32> = gain.collect();
            if let Some(ask) = self.card.asks.get_mut(place) {
                ask.gain = gain;
            }
        }
    }

    fn pool(&mut self, wording: &Wording) -> Text {
        // A parameter of a reason has at most 512 bytes.
        let most = |text| cut(text, 480);
        match wording {
            Wording::One(text) => self.card.pool.keep([most(text)]),
            Wording::Each(each) => {
                let common = each.get("en").or_else(|| each.values().next()).map_or("", String::as_str);
                let own = each.iter().filter(|(language, _)| *language != "en").take(MOST_LANGUAGES);
                let own = own.flat_map(|(language, text)| [language.as_str(), most(text)]);
                self.card.pool.keep(std::iter::once(most(common)).chain(own))
            }
        }
    }
}
