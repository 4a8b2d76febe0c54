//! Configuration to policy. Every problem is told by its place, all of them at once.

use plugdesk_sdk::conditions::{Check, Fields};
use plugdesk_sdk::policy::read;
use plugdesk_sdk::pool::Pool;
use plugdesk_sdk::prelude::*;

use crate::CAUSES;
use crate::configuration::{
    Amount, Amounts, Escalation, Quiet, Row, Rule, Written, WrittenField, WrittenLadder, WrittenPriority, WrittenRule,
    WrittenStart, WrittenTarget, WrittenTrack, WrittenWhen,
};
use crate::fit::Fit;
use crate::ladder::{Ladder, Rung};

/// A desk has so many ladders, and so many promises, at most: more are a mistake in the rules.
const MOST_ENTRIES: usize = 64;
/// A ladder or promise has so many alternatives at most.
const MOST_ALTERNATIVES: usize = 16;
/// The contract's highest level.
const HIGHEST_LEVEL: u8 = 9;
/// The contract's limit of targets.
const MOST_TARGETS: usize = 8;
/// The contract's limit of a target's minutes: ten years.
const MOST_MINUTES: u32 = 5_256_000;
/// Ten years have no more working days.
const MOST_WORKING_DAYS: u32 = 3_660;
/// A rung names so many at most; with all nine rungs, those of the highest are told first.
const MOST_AUDIENCE: usize = 16;
/// A name of the desk's has at most so many bytes.
const MOST_NAME_BYTES: usize = 64;

impl Policy for Escalation {
    fn prepare(configuration: &str) -> Result<Self, Vec<Problem>> {
        Maker { fields: Fields::default(), pool: Pool::default(), by_value: false, problems: Vec::new() }
            .make(read(configuration)?)
    }
}

struct Maker {
    fields: Fields,
    pool: Pool,
    by_value: bool,
    problems: Vec<Problem>,
}

impl Maker {
    fn make(mut self, from: Written) -> Result<Escalation, Vec<Problem>> {
        self.fields.blank(&from.blank);
        for (name, calendar) in &from.calendars {
            self.name(&format!("/calendars/{}", escaped(name)), calendar);
        }
        for (what, count) in [("/ladders", from.ladders.len()), ("/promises", from.promises.len())] {
            if count > MOST_ENTRIES {
                self.problem(what, format!("{count}, at most {MOST_ENTRIES}"));
            }
        }
        let mut ladders: Vec<(u32, String, Ladder)> = Vec::new();
        for (name, written) in from.ladders.iter().take(MOST_ENTRIES) {
            let at = format!("/ladders/{}", escaped(name));
            if let Some((_, other, _)) = ladders.iter().find(|(rank, ..)| *rank == written.rank) {
                self.problem(&format!("{at}/rank"), format!("`{other}` has the same"));
            }
            let ladder = self.ladder(&at, written);
            ladders.push((written.rank, name.clone(), ladder));
        }
        ladders.sort_by_key(|(rank, ..)| *rank);
        let mut promises: Vec<(u32, String, Rule)> = Vec::new();
        for (name, written) in from.promises.iter().take(MOST_ENTRIES) {
            let at = format!("/promises/{}", escaped(name));
            if let Some((_, other, _)) = promises.iter().find(|(rank, ..)| *rank == written.rank) {
                self.problem(&format!("{at}/rank"), format!("`{other}` has the same"));
            }
            let rule = self.rule(&at, written);
            promises.push((written.rank, name.clone(), rule));
        }
        promises.sort_by_key(|(rank, ..)| *rank);
        let quiet = from.quiet.map(|quiet| {
            self.name("/quiet/calendar", &quiet.calendar);
            let priorities = quiet.priorities.iter().map(|it| priority(*it)).collect();
            Quiet { calendar: quiet.calendar, anyway: quiet.anyway, priorities }
        });
        let executive = self.conditions("/executive", &from.executive);
        let Self { fields, pool, by_value, problems } = self;
        let policy = Escalation {
            calendars: from.calendars,
            ladders: ladders.into_iter().map(|(.., ladder)| ladder).collect(),
            quiet,
            executive,
            promises: promises.into_iter().map(|(.., rule)| rule).collect(),
            fields,
            by_value,
            pool,
        };
        if problems.is_empty() { Ok(policy) } else { Err(problems) }
    }

    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.push(Problem::at(pointer, message));
    }

    fn name(&mut self, pointer: &str, name: &str) {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if !(1..=MOST_NAME_BYTES).contains(&name.len()) || !name.chars().all(plain) {
            self.problem(pointer, "is a name of 1 to 64 letters, digits and - _ . /");
        }
    }

    fn ladder(&mut self, at: &str, from: &WrittenLadder) -> Ladder {
        self.name(&format!("{at}/calendar"), &from.calendar);
        if from.rungs.is_empty() {
            self.problem(&format!("{at}/rungs"), "has at least one rung");
        }
        let mut below = 0;
        let mut rungs = Vec::new();
        for (place, rung) in from.rungs.iter().enumerate() {
            let at = format!("{at}/rungs/{place}");
            if rung.level <= below || rung.level > HIGHEST_LEVEL {
                self.problem(&format!("{at}/level"), format!("is above {below} and at most {HIGHEST_LEVEL}"));
            }
            below = rung.level;
            if rung.after > MOST_MINUTES {
                self.problem(&format!("{at}/after"), format!("at most {MOST_MINUTES} minutes"));
            }
            if rung.audience.is_empty() || rung.audience.len() > MOST_AUDIENCE {
                self.problem(&format!("{at}/audience"), format!("names 1 to {MOST_AUDIENCE}"));
            }
            for (place, it) in rung.audience.iter().enumerate() {
                use crate::configuration::WrittenAudience::{Agent, Role, Team};
                let (Agent(name) | Team(name) | Role(name)) = it;
                self.name(&format!("{at}/audience/{place}"), name);
            }
            let name = rung.name.keep(&mut self.pool).unwrap_or_else(|why| {
                self.problem(&format!("{at}/name"), why);
                0
            });
            let (level, after, audience, brief) = (rung.level, rung.after, rung.audience.clone(), rung.brief);
            rungs.push(Rung { level, name, after, audience, brief });
        }
        let (mut starts, mut foresees) = (Vec::new(), None);
        for (cause, start) in &from.starts {
            let at = format!("{at}/starts/{}", escaped(cause));
            let (level, times) = match *start {
                WrittenStart::Level(level) => (level, 0),
                WrittenStart::From { level, from } => (level, from),
            };
            if !CAUSES.contains(&cause.as_str()) {
                self.problem(&at, format!("the causes are {}", CAUSES.join(", ")));
            }
            if times > 0 && !["reopened", "handed-off", "signal"].contains(&cause.as_str()) {
                self.problem(&at, "`from` counts reopenings and changes of assignee, or is a signal's score");
            }
            if level > below {
                self.problem(&at, format!("the highest rung is {below}"));
            }
            match u16::try_from(times) {
                Ok(score) if cause == "signal" && score > 0 => foresees = Some((level, score)),
                _ => starts.push((cause.clone(), level, times)),
            }
        }
        let fits = self.fits(&format!("{at}/when"), &from.when);
        Ladder { fits, calendar: from.calendar.clone(), starts, foresees, rungs }
    }

    fn fits(&mut self, at: &str, from: &[WrittenWhen]) -> Vec<Fit> {
        if from.len() > MOST_ALTERNATIVES {
            self.problem(at, format!("at most {MOST_ALTERNATIVES} alternatives"));
        }
        let mut fits = Vec::new();
        for (place, when) in from.iter().enumerate().take(MOST_ALTERNATIVES) {
            let at = format!("{at}/{place}");
            self.by_value |= !when.value_from.is_empty();
            let currency = |it: &str| it.len() == 3 && it.bytes().all(|b| b.is_ascii_uppercase());
            if let Some(wrong) = when.value_from.keys().find(|it| !currency(it)) {
                let message = format!("`{}` is not a currency of ISO 4217, such as EUR", cut(wrong, 16));
                self.problem(&format!("{at}/value_from"), message);
            }
            let track = |track: &WrittenTrack| match track {
                WrittenTrack::Fast => 0,
                WrittenTrack::Standard => 1,
                WrittenTrack::Special => 2,
            };
            fits.push(Fit {
                segments: when.segments.clone(),
                tiers: when.tiers.clone(),
                kinds: when.kinds.clone(),
                tracks: when.tracks.iter().map(track).collect(),
                priorities: when.priorities.iter().map(|it| priority(*it)).collect(),
                value_from: when.value_from.iter().map(|(currency, from)| (currency.clone(), *from)).collect(),
                fields: self.conditions(&format!("{at}/fields"), &when.fields),
            });
        }
        fits
    }

    fn conditions(&mut self, at: &str, from: &[WrittenField]) -> Vec<(u16, Check)> {
        let mut conditions = Vec::new();
        for (place, it) in from.iter().enumerate() {
            match (self.fields.add(it.of, &it.field), it.when.prepare()) {
                (Ok(field), Ok(check)) => conditions.push((field, check)),
                (Err(why), _) | (_, Err(why)) => self.problem(&format!("{at}/{place}"), why),
            }
        }
        conditions
    }

    fn rule(&mut self, at: &str, from: &WrittenRule) -> Rule {
        if from.targets.len() > MOST_TARGETS {
            self.problem(&format!("{at}/targets"), format!("at most {MOST_TARGETS}"));
        }
        let mut targets: Vec<Row> = Vec::new();
        for (place, target) in from.targets.iter().enumerate() {
            let at = format!("{at}/targets/{place}");
            if targets.iter().any(|earlier| earlier.metric == target.metric) {
                self.problem(&format!("{at}/metric"), "stands twice");
            }
            let row = self.target(&at, target);
            targets.push(row);
        }
        let name = from.name.keep(&mut self.pool).unwrap_or_else(|why| {
            self.problem(&format!("{at}/name"), why);
            0
        });
        Rule { name, fits: self.fits(&format!("{at}/when"), &from.when), targets }
    }

    fn target(&mut self, at: &str, from: &WrittenTarget) -> Row {
        self.name(&format!("{at}/metric"), &from.metric);
        self.name(&format!("{at}/calendar"), &from.calendar);
        if from.warn_percent > 99 {
            self.problem(&format!("{at}/warn_percent"), "0 to 99");
        }
        let amount = match (&from.minutes, &from.working_days) {
            (Some(minutes), None) => Amount::Minutes(self.amounts(&format!("{at}/minutes"), minutes, MOST_MINUTES)),
            (None, Some(days)) => {
                Amount::WorkingDays(self.amounts(&format!("{at}/working_days"), days, MOST_WORKING_DAYS))
            }
            _ => {
                self.problem(at, "`minutes` or `working_days`, one of them");
                Amount::Minutes([0; 4])
            }
        };
        Row {
            metric: from.metric.clone(),
            amount,
            calendar: from.calendar.clone(),
            pauses: from.pauses.clone(),
            warn_percent: from.warn_percent,
        }
    }

    /// Amounts by priority, in the order of [`crate::configuration::row`].
    fn amounts(&mut self, at: &str, from: &Amounts, most: u32) -> [u32; 4] {
        const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];
        let amounts = match from {
            Amounts::One(amount) => [*amount; 4],
            Amounts::Each(each) => {
                if let Some(wrong) = each.keys().find(|key| *key != "*" && !PRIORITIES.contains(&key.as_str())) {
                    let message = format!("`{}`: the priorities are {} and *", cut(wrong, 16), PRIORITIES.join(", "));
                    self.problem(at, message);
                }
                let others = each.get("*").copied().unwrap_or(0);
                PRIORITIES.map(|priority| each.get(priority).copied().unwrap_or(others))
            }
        };
        if amounts.iter().any(|&amount| amount > most) {
            self.problem(at, format!("at most {most}"));
        }
        amounts
    }
}

fn priority(written: WrittenPriority) -> u8 {
    match written {
        WrittenPriority::Low => 0,
        WrittenPriority::Normal => 1,
        WrittenPriority::High => 2,
        WrittenPriority::Urgent => 3,
    }
}

/// One part of an RFC 6901 pointer.
fn escaped(name: &str) -> String {
    cut(name, MOST_NAME_BYTES).replace('~', "~0").replace('/', "~1")
}
