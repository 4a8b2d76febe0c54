//! The configuration as an operator writes it; `config.schema.json` says the same for editors and the host.

use std::collections::BTreeMap;

use plugdesk_sdk::conditions::{Of, When};
use plugdesk_sdk::wording::Wording;
use serde::Deserialize;

/// The scorecard.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// So many points more make the odds twice as good.
    #[serde(default = "twenty")]
    pub doubling: u16,
    /// The segments that have numbers of their own; none: all that are named. A configuration that is laid over another
    /// one says them, so that no number of a segment shines through.
    pub segments: Option<Vec<String>>,
    /// Points that every lead begins with: 0 is one in two.
    #[serde(default)]
    pub base: Weights,
    /// How what speaks for a lead fades.
    pub decay: Option<Decay>,
    /// The least probability of each grade.
    pub grades: Grades,
    /// The usual days until a person decides; 0: not told.
    #[serde(default)]
    pub horizon_days: Weights,
    /// How soon a lead of each grade is called for the first time; none: it is not promised.
    #[serde(default)]
    pub first_contact: FirstContact,
    /// Texts that stand for an unanswered field.
    #[serde(default)]
    pub blank: Vec<String>,
    /// So many entries are read, newest first.
    #[serde(default = "ten")]
    pub entries: u32,
    /// What counts.
    pub conditions: Vec<Rule>,
}

/// A number, and other numbers for some segments.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Weights {
    /// None.
    #[default]
    None,
    /// The same for everybody.
    One(i32),
    /// By segment; `*` for all others.
    Each(BTreeMap<String, i32>),
}

/// Half of the points that speak for a lead are gone after each half-life.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decay {
    /// In whole days; 0: never.
    pub half_life_days: Weights,
    /// From when.
    #[serde(default)]
    pub since: Since,
}

/// The moment from which a lead fades.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Since {
    /// When the lead was opened.
    Opened,
    /// When the customer was last heard of.
    #[default]
    Touched,
}

/// Probabilities, 0 to 10,000.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grades {
    /// From here on.
    pub a: u16,
    /// From here on.
    pub b: u16,
    /// From here on; below is `d`.
    pub c: u16,
}

/// By grade.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FirstContact {
    /// Of an `a`.
    pub a: Option<Soon>,
    /// Of a `b`.
    pub b: Option<Soon>,
    /// Of a `c`.
    pub c: Option<Soon>,
    /// Of a `d`.
    pub d: Option<Soon>,
}

/// A time until the first call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Soon {
    /// Of the calendar's time.
    pub minutes: u32,
    /// A calendar of the desk, or `always`.
    #[serde(default = "always")]
    pub calendar: String,
    /// So many minutes before it is due it is at risk; none: no warning.
    pub warn_minutes: Option<u32>,
}

/// A condition and what follows if it holds. One of `field`, `about`, `said` says where to look.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it is called in reasons.
    pub name: Wording,
    /// A custom field.
    pub field: Option<String>,
    /// Whose: the lead's, unless it says otherwise.
    #[serde(default)]
    pub of: Of,
    /// Something that the desk itself knows.
    pub about: Option<About>,
    /// Words of the subject or of what the customer said.
    pub said: Option<Vec<String>>,
    /// What must hold of the field or of what the desk knows.
    pub when: Option<When>,
    /// Points.
    #[serde(default)]
    pub points: Weights,
    /// What a fit saw of it, for whoever reads the configuration.
    pub seen: Option<Seen>,
    /// What it says of the motive: above 0 reason, below 0 feeling.
    #[serde(default)]
    pub leans: i16,
    /// What to ask the person while the field is not answered.
    pub ask: Option<Wording>,
}

/// Leads of the past for which a condition held.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// All of them.
    pub count: u64,
    /// The ones that converted.
    pub converted: u64,
}

/// What the desk itself knows of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// Where it came in.
    Channel,
    /// How soon it matters: `low`, `normal`, `high`, `urgent`.
    Priority,
    /// Who acts: `agent`, `customer`, `import` …
    Actor,
    /// The language of the person.
    Locale,
    /// A tag of the lead.
    Tag,
    /// Entries from or to the customer.
    Touches,
    /// Days since the lead was opened.
    AgeDays,
    /// Days since the customer was last heard of.
    SilentDays,
    /// Entries from the customer, among those read.
    Replies,
    /// Other tickets of the same contact, at most 10.
    EarlierTickets,
    /// The contact's role in a company, such as `decider`.
    Role,
    /// The domain of the contact's e-mail.
    MailDomain,
    /// Whether the contact can be called.
    HasPhone,
}

fn always() -> String {
    "always".to_owned()
}

fn twenty() -> u16 {
    20
}

fn ten() -> u32 {
    10
}
