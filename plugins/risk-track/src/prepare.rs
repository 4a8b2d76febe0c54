//! Configuration to policy. Every problem is told by its place, all of them at once.

use std::collections::BTreeMap;

use plugdesk_sdk::conditions::Fields;
use plugdesk_sdk::policy::read;
use plugdesk_sdk::pool::Pool;
use plugdesk_sdk::prelude::*;
use plugdesk_sdk::wording::Wording;
use plugdesk_sdk::words::Phrases;

use crate::breach::{Breach, MOST_OFFSET_MINUTES};
use crate::configuration::{Extras, Indicator, Level, Required, RiskTrack, Weights, Written, WrittenIndicator};

/// More indicators than any officer looks at.
const MOST_INDICATORS: usize = 256;
/// So many things may be needed for a verdict.
const MOST_REQUIRED: usize = 64;
/// Names of checks and roles.
const MOST_NAMES: usize = 256;
/// The contract's limit of checks, and of people.
const MOST_EXTRAS: usize = 16;
/// Beyond the scale's end in either direction nothing changes.
const MOST_RISK: i32 = 10_000;
/// The contract's limit of a name.
const MOST_NAME_BYTES: usize = 64;

impl Policy for RiskTrack {
    fn prepare(configuration: &str) -> Result<Self, Vec<Problem>> {
        let from: Written = read(configuration)?;
        let (on_fields, on_desk, required, names, indicators) = Default::default();
        let policy = Self {
            standard_from: from.standard_from,
            special_from: from.special_from,
            cautious: from.cautious,
            indicators,
            fields: Fields::default(),
            on_fields,
            on_desk,
            said: Phrases::default().pack(),
            required,
            tracks: [Extras::default(), Extras::default(), Extras::default()],
            names,
            pool: Pool::default(),
            utc_offset_minutes: from.utc_offset_minutes,
            breach: None,
        };
        Maker { policy, said: Phrases::default(), problems: Vec::new() }.make(from)
    }
}

struct Maker {
    policy: RiskTrack,
    said: Phrases,
    problems: Vec<Problem>,
}

impl Maker {
    fn make(mut self, from: Written) -> Result<RiskTrack, Vec<Problem>> {
        self.policy.fields.blank(&from.blank);
        if from.standard_from > from.special_from || i32::from(from.special_from) > MOST_RISK {
            self.problem("/special_from", format!("is at least standard_from, and at most {MOST_RISK}"));
        }
        let counts = [
            ("/indicators", from.indicators.len(), MOST_INDICATORS),
            ("/required", from.required.len(), MOST_REQUIRED),
            ("/names", from.names.len(), MOST_NAMES),
        ];
        for (what, count, most) in counts.into_iter().filter(|(_, count, most)| count > most) {
            self.problem(what, format!("{count}, at most {most}"));
        }
        for (number, (name, written)) in from.indicators.iter().enumerate().take(MOST_INDICATORS) {
            let at = format!("/indicators/{}", escaped(name));
            // At most 256, see above.
            self.indicator(&at, number as u16, written);
        }
        for (name, written) in from.required.iter().take(MOST_REQUIRED) {
            let at = format!("/required/{}", escaped(name));
            let why = self.wording(&format!("{at}/why"), &written.why);
            match self.policy.fields.add(written.of, &written.field) {
                Ok(field) => {
                    let (kinds, segments) = (written.kinds.clone(), written.segments.clone());
                    self.policy.required.push(Required { why, field, kinds, segments });
                }
                Err(wrong) => self.problem(&at, wrong),
            }
        }
        for (track, extras) in
            [("fast", &from.tracks.fast), ("standard", &from.tracks.standard), ("special", &from.tracks.special)]
        {
            self.extras(&format!("/tracks/{track}"), extras);
        }
        self.policy.tracks = [from.tracks.fast, from.tracks.standard, from.tracks.special];
        self.names(&from.names);
        if from.utc_offset_minutes.unsigned_abs() > MOST_OFFSET_MINUTES.unsigned_abs() {
            let rule = format!("between -{MOST_OFFSET_MINUTES} and {MOST_OFFSET_MINUTES}");
            self.problem("/utc_offset_minutes", rule);
        }
        match from.breach.map(|breach| Breach::prepare(&breach, &mut self.policy.fields)).transpose() {
            Ok(breach) => self.policy.breach = breach,
            Err(problems) => self.problems.extend(problems),
        }
        self.policy.said = self.said.pack();
        if self.problems.is_empty() { Ok(self.policy) } else { Err(self.problems) }
    }

    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.push(Problem::at(pointer, message));
    }

    fn wording(&mut self, at: &str, wording: &Wording) -> u32 {
        wording.keep(&mut self.policy.pool).unwrap_or_else(|wrong| {
            self.problem(at, wrong);
            0
        })
    }

    fn names(&mut self, names: &BTreeMap<String, Wording>) {
        for (name, wording) in names.iter().take(MOST_NAMES) {
            let text = self.wording(&format!("/names/{}", escaped(name)), wording);
            self.policy.names.push((name.clone(), text));
        }
    }

    fn extras(&mut self, at: &str, extras: &Extras) {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let good = |name: &String| (1..=MOST_NAME_BYTES).contains(&name.len()) && name.chars().all(plain);
        for (what, names) in [("checks", &extras.checks), ("people", &extras.people)] {
            if names.len() > MOST_EXTRAS || !names.iter().all(good) {
                let rule = "at most 16 names of 1 to 64 letters, digits and - _ . /";
                self.problem(&format!("{at}/{what}"), rule);
            }
        }
    }

    fn indicator(&mut self, at: &str, number: u16, from: &WrittenIndicator) {
        let why = self.wording(&format!("{at}/why"), &from.why);
        let (others, by_segment) = match &from.risk {
            Weights::None => (0, Vec::new()),
            Weights::One(risk) => (*risk, Vec::new()),
            Weights::Each(each) => {
                let own = each.iter().filter(|(segment, _)| *segment != "*");
                (each.get("*").copied().unwrap_or(0), own.map(|(segment, risk)| (segment.clone(), *risk)).collect())
            }
        };
        if by_segment
            .iter()
            .map(|(_, risk)| *risk)
            .chain([others])
            .any(|risk| !(-MOST_RISK..=MOST_RISK).contains(&risk))
        {
            self.problem(&format!("{at}/risk"), format!("between -{MOST_RISK} and {MOST_RISK}"));
        }
        let extras = Extras { checks: from.checks.clone(), people: from.people.clone() };
        self.extras(at, &extras);
        let least = match from.least {
            Level::Fast => 0,
            Level::Standard => 1,
            Level::Special => 2,
        };
        self.policy.indicators.push(Indicator { why, others, by_segment, least, extras });
        if let Err(wrong) = self.place(number, from) {
            self.problem(at, wrong);
        }
    }

    fn place(&mut self, number: u16, from: &WrittenIndicator) -> Result<(), String> {
        let check = from.when.as_ref().map(|when| when.prepare()).transpose()?;
        match (&from.field, from.about, &from.said, check) {
            (Some(field), None, None, Some(check)) => {
                let field = self.policy.fields.add(from.of, field)?;
                self.policy.on_fields.push((field, check, number));
                Ok(())
            }
            (None, Some(about), None, Some(check)) => {
                self.policy.on_desk.push((about, check, number));
                Ok(())
            }
            (None, None, Some(phrases), None) => phrases.iter().try_for_each(|phrase| {
                self.said.add(phrase, number).map_err(|why| format!("`{phrase}` {}", why.message()))
            }),
            _ => Err("has one of field, about, said; `when` with the first two, and not with the last".to_owned()),
        }
    }
}

/// One part of an RFC 6901 pointer.
fn escaped(name: &str) -> String {
    cut(name, MOST_NAME_BYTES).replace('~', "~0").replace('/', "~1")
}
