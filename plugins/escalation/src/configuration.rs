//! The configuration as an operator writes it, and as a call reads it. `config.schema.json` says the first for editors
//! and the host; [`crate::prepare`] makes the second of it.

use std::collections::BTreeMap;

use plugdesk_sdk::conditions::{Fields, Of, When};
use plugdesk_sdk::pool::Pool;
use plugdesk_sdk::prelude::*;
use plugdesk_sdk::wording::Wording;

use crate::fit::Fit;
use crate::ladder::Ladder;

/// As written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// What the calendars that ladders and targets name are called in this desk.
    #[serde(default)]
    pub calendars: BTreeMap<String, String>,
    /// By name, tried in the order of their ranks.
    #[serde(default)]
    pub ladders: BTreeMap<String, WrittenLadder>,
    /// When whom may be called.
    pub quiet: Option<WrittenQuiet>,
    /// What makes the person an executive contact: one of these holds.
    #[serde(default)]
    pub executive: Vec<WrittenField>,
    /// By name, tried in the order of their ranks.
    #[serde(default)]
    pub promises: BTreeMap<String, WrittenRule>,
    /// Texts that stand for an unanswered field.
    #[serde(default)]
    pub blank: Vec<String>,
}

/// A way up.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenLadder {
    /// Its place; lower is tried first.
    pub rank: u32,
    /// For whom: one of these holds; none: for all.
    #[serde(default)]
    pub when: Vec<WrittenWhen>,
    /// The calendar in which the minutes between rungs count.
    #[serde(default = "always")]
    pub calendar: String,
    /// The rung at which each cause begins; a cause that is not named begins none.
    pub starts: BTreeMap<String, WrittenStart>,
    /// The rungs, lowest first.
    pub rungs: Vec<WrittenRung>,
}

/// A level, or a level from so many times, or from that score of a signal, on.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum WrittenStart {
    Level(u8),
    From { level: u8, from: u32 },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRung {
    /// 1 to 9, each above the one before.
    pub level: u8,
    /// What people call it.
    pub name: Wording,
    /// So long nobody took it on the rung below.
    #[serde(default)]
    pub after: u32,
    /// Who is to hear of it.
    pub audience: Vec<WrittenAudience>,
    /// Whether they need a brief.
    #[serde(default)]
    pub brief: bool,
}

/// Who is to hear of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WrittenAudience {
    /// An agent, by name.
    Agent(String),
    /// Everybody of a team.
    Team(String),
    /// Every active agent with that role.
    Role(String),
}

impl From<&WrittenAudience> for Audience {
    fn from(written: &WrittenAudience) -> Self {
        match written {
            WrittenAudience::Agent(name) => Self::Agent(name.clone()),
            WrittenAudience::Team(name) => Self::Team(name.clone()),
            WrittenAudience::Role(name) => Self::Role(name.clone()),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenQuiet {
    /// Outside this calendar it is quiet.
    pub calendar: String,
    /// These levels may be called all the same.
    #[serde(default)]
    pub anyway: Vec<u8>,
    /// With these priorities everybody may.
    #[serde(default)]
    pub priorities: Vec<WrittenPriority>,
}

/// What must hold; what is not named may be anything.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WrittenWhen {
    pub segments: Vec<String>,
    pub tiers: Vec<String>,
    pub kinds: Vec<String>,
    pub tracks: Vec<WrittenTrack>,
    pub priorities: Vec<WrittenPriority>,
    /// The company's yearly worth, in minor units by currency.
    pub value_from: BTreeMap<String, i64>,
    /// Custom fields.
    pub fields: Vec<WrittenField>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenField {
    pub field: String,
    #[serde(default)]
    pub of: Of,
    pub when: When,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRule {
    /// Its place; lower is tried first.
    pub rank: u32,
    /// For whom it is, in words.
    pub name: Wording,
    /// For whom: one of these holds; none: for all.
    #[serde(default)]
    pub when: Vec<WrittenWhen>,
    /// What they are promised; nothing, if there are none.
    #[serde(default)]
    pub targets: Vec<WrittenTarget>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenTarget {
    pub metric: String,
    /// Of the calendar's time; or
    pub minutes: Option<Amounts>,
    /// so many of its working days, the last of which ends when it closes.
    pub working_days: Option<Amounts>,
    #[serde(default = "always")]
    pub calendar: String,
    /// The categories in which the clock stands.
    #[serde(default)]
    pub pauses: Vec<Pause>,
    /// So much of the time is left when it is at risk.
    #[serde(default = "quarter")]
    pub warn_percent: u8,
}

/// One number, or by priority with `*` for all others.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Amounts {
    One(u32),
    Each(BTreeMap<String, u32>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WrittenPriority {
    Low,
    Normal,
    High,
    Urgent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WrittenTrack {
    Fast,
    Standard,
    Special,
}

/// A category in which a clock may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// Nobody looked at it yet.
    New,
    /// It is worked on.
    Open,
    /// The customer's turn.
    WaitingCustomer,
    /// Somebody else's turn.
    WaitingThirdParty,
    /// Nobody's turn.
    OnHold,
}

impl From<Pause> for Category {
    fn from(pause: Pause) -> Self {
        match pause {
            Pause::New => Self::New,
            Pause::Open => Self::Open,
            Pause::WaitingCustomer => Self::WaitingCustomer,
            Pause::WaitingThirdParty => Self::WaitingThirdParty,
            Pause::OnHold => Self::OnHold,
        }
    }
}

/// As a call reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    pub(crate) calendars: BTreeMap<String, String>,
    pub(crate) ladders: Vec<Ladder>,
    pub(crate) quiet: Option<Quiet>,
    /// Conditions on fields, any of which makes the contact an executive one.
    pub(crate) executive: Vec<(u16, plugdesk_sdk::conditions::Check)>,
    pub(crate) promises: Vec<Rule>,
    pub(crate) fields: Fields,
    /// Whether any ladder or promise goes by what a company is worth.
    pub(crate) by_value: bool,
    pub(crate) pool: Pool,
}

/// When whom may be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    pub(crate) calendar: String,
    pub(crate) anyway: Vec<u8>,
    /// By [`row`].
    pub(crate) priorities: Vec<u8>,
}

/// What some tickets are promised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub(crate) name: u32,
    pub(crate) fits: Vec<Fit>,
    pub(crate) targets: Vec<Row>,
}

/// One promise, by priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub(crate) metric: String,
    pub(crate) amount: Amount,
    pub(crate) calendar: String,
    pub(crate) pauses: Vec<Pause>,
    pub(crate) warn_percent: u8,
}

/// How much of a calendar's time, by [`row`]; 0: none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amount {
    /// Its minutes.
    Minutes([u32; 4]),
    /// Its working days.
    WorkingDays([u32; 4]),
}

impl Escalation {
    /// What this desk calls a calendar.
    pub(crate) fn calendar<'a>(&'a self, name: &'a str) -> &'a str {
        self.calendars.get(name).map_or(name, String::as_str)
    }
}

/// The place of a priority in tables.
pub(crate) fn row(priority: Priority) -> usize {
    match priority {
        Priority::Low => 0,
        Priority::Normal => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    }
}

fn always() -> String {
    "always".to_owned()
}

fn quarter() -> u8 {
    25
}
