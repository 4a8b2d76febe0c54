//! The configuration as an operator writes it, and as a call reads it. `config.schema.json` says the first for editors
//! and the host; [`crate::prepare`] makes the second of it.

use std::collections::BTreeMap;

use plugdesk_sdk::conditions::{Check, Fields, Of, When};
use plugdesk_sdk::pool::Pool;
use plugdesk_sdk::prelude::*;
use plugdesk_sdk::wording::Wording;

use crate::breach::Breach;

/// As written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// The risk, 0 to 10,000, from which the standard track is right.
    pub standard_from: u16,
    /// And the special one.
    pub special_from: u16,
    /// Whether the special track is right when something that a verdict needs is not known; otherwise the standard one.
    #[serde(default = "yes")]
    pub cautious: bool,
    /// By name.
    #[serde(default)]
    pub indicators: BTreeMap<String, WrittenIndicator>,
    /// What must be known, by name.
    #[serde(default)]
    pub required: BTreeMap<String, WrittenRequired>,
    /// What each track brings along.
    #[serde(default)]
    pub tracks: WrittenTracks,
    /// Checks and roles in words for the customer.
    #[serde(default)]
    pub names: BTreeMap<String, Wording>,
    /// Texts that stand for an unanswered field.
    #[serde(default)]
    pub blank: Vec<String>,
    /// Minutes by which the desk's clock on the wall is ahead of UTC.
    #[serde(default)]
    pub utc_offset_minutes: i16,
    /// How likely a promise is broken.
    pub breach: Option<WrittenBreach>,
}

/// A scorecard for the probability of a breach, as `plugdesk fit risk` writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenBreach {
    /// So many points more make the odds twice as good.
    pub doubling: u16,
    /// Points that every ticket begins with: 0 is one in two.
    #[serde(default)]
    pub base: i32,
    /// In order of weight.
    pub conditions: Vec<WrittenCondition>,
}

/// A condition of it. One of `field`, `about` says where to look.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenCondition {
    pub field: Option<String>,
    #[serde(default)]
    pub of: Of,
    pub about: Option<About>,
    pub when: When,
    pub points: i32,
    /// How often it held in the past, for whoever reads the file.
    #[serde(default)]
    #[allow(dead_code, reason = "no call goes by it, and a misspelt one is refused all the same")]
    pub seen: Option<WrittenSeen>,
}

/// How often a condition held in the past, and how often the promise was broken then.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "see where it is used")]
pub(crate) struct WrittenSeen {
    pub count: u32,
    pub breached: u32,
}

/// Something that speaks of risk. One of `field`, `about`, `said` says where to look.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenIndicator {
    /// In words for the customer, after "because".
    pub why: Wording,
    /// What it adds; below 0 it speaks against a risk.
    #[serde(default)]
    pub risk: Weights,
    /// The track that it asks for at least, whatever the sum.
    #[serde(default)]
    pub least: Level,
    /// A custom field.
    pub field: Option<String>,
    /// Whose: the ticket's, unless it says otherwise.
    #[serde(default)]
    pub of: Of,
    /// Something that the desk itself knows.
    pub about: Option<About>,
    /// Words of the subject or of what was said with it.
    pub said: Option<Vec<String>>,
    /// What must hold of the field or of what the desk knows.
    pub when: Option<When>,
    #[serde(default)]
    pub checks: Vec<String>,
    #[serde(default)]
    pub people: Vec<String>,
}

/// A custom field without which there is no verdict.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRequired {
    /// What is missing, in words for the customer.
    pub why: Wording,
    pub field: String,
    #[serde(default)]
    pub of: Of,
    /// Of tickets of these kinds; none named: of all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Of tickets of these segments; none named: of all.
    #[serde(default)]
    pub segments: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WrittenTracks {
    pub fast: Extras,
    pub standard: Extras,
    pub special: Extras,
}

/// What is to be checked beyond the usual, and who is to take part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Extras {
    /// Checks, such as `credit`.
    pub(crate) checks: Vec<String>,
    /// Roles, such as `risk-officer`.
    pub(crate) people: Vec<String>,
}

/// A number, or numbers by segment.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(crate) enum Weights {
    #[default]
    None,
    One(i32),
    Each(BTreeMap<String, i32>),
}

/// A track, as a configuration names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    #[default]
    Fast,
    Standard,
    Special,
}

/// What the desk itself knows of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// Its kind.
    Kind,
    /// Where it came in.
    Channel,
    /// How soon it matters: `low`, `normal`, `high`, `urgent`.
    Priority,
    /// Its segment.
    Segment,
    /// Who works on it, by queue.
    Team,
    /// And by name.
    Assignee,
    /// A tag.
    Tag,
    /// The hour at which it was opened, 0 to 23.
    Hour,
    /// The day of the week on which it was opened, `monday` to `sunday`.
    Weekday,
    /// Whether its calendar is open.
    InHours,
    /// Times it was resolved and came back.
    Reopens,
    /// Changes of assignee.
    Handoffs,
    /// Commitments on it that were breached.
    Breaches,
    /// Whether it is for a company.
    ForCompany,
    /// Whether the company had no ticket before this one.
    NewCompany,
    /// Other tickets of the same contact, at most 10.
    EarlierTickets,
    /// How many of those are open.
    OpenTickets,
    /// Whether anybody of the company decides or approves; of a ticket without a company it is not known.
    DecisionMaker,
    /// The company's yearly worth, in whole units of its currency.
    Worth,
    /// How much care the company is owed.
    Tier,
}

/// As a call reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskTrack {
    pub(crate) standard_from: u16,
    pub(crate) special_from: u16,
    pub(crate) cautious: bool,
    /// In the order of their names.
    pub(crate) indicators: Vec<Indicator>,
    pub(crate) fields: Fields,
    /// The field, the check, the indicator.
    pub(crate) on_fields: Vec<(u16, Check, u16)>,
    pub(crate) on_desk: Vec<(About, Check, u16)>,
    pub(crate) said: words::Lexicon,
    pub(crate) required: Vec<Required>,
    /// Fast, standard, special.
    pub(crate) tracks: [Extras; 3],
    /// Checks and roles, and their wording in the pool.
    pub(crate) names: Vec<(String, u32)>,
    pub(crate) pool: Pool,
    pub(crate) utc_offset_minutes: i16,
    pub(crate) breach: Option<Breach>,
}

/// Something that speaks of risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// Its wording, in the pool.
    pub(crate) why: u32,
    /// For all segments but those named.
    pub(crate) others: i32,
    pub(crate) by_segment: Vec<(String, i32)>,
    /// 0 fast, 1 standard, 2 special.
    pub(crate) least: u8,
    pub(crate) extras: Extras,
}

/// Something without which there is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Required {
    pub(crate) why: u32,
    pub(crate) field: u16,
    pub(crate) kinds: Vec<String>,
    pub(crate) segments: Vec<String>,
}

impl About {
    /// As a configuration writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Channel => "channel",
            Self::Priority => "priority",
            Self::Segment => "segment",
            Self::Team => "team",
            Self::Assignee => "assignee",
            Self::Tag => "tag",
            Self::Hour => "hour",
            Self::Weekday => "weekday",
            Self::InHours => "in-hours",
            Self::Reopens => "reopens",
            Self::Handoffs => "handoffs",
            Self::Breaches => "breaches",
            Self::ForCompany => "for-company",
            Self::NewCompany => "new-company",
            Self::EarlierTickets => "earlier-tickets",
            Self::OpenTickets => "open-tickets",
            Self::DecisionMaker => "decision-maker",
            Self::Worth => "worth",
            Self::Tier => "tier",
        }
    }
}

impl RiskTrack {
    /// Whether an indicator or the scorecard of breaches goes by one of these.
    pub(crate) fn asks(&self, wanted: &[About]) -> bool {
        let on_desk = self.on_desk.iter().any(|(about, ..)| wanted.contains(about));
        on_desk || self.breach.as_ref().is_some_and(|breach| breach.asks(wanted))
    }

    /// An indicator by its number.
    pub(crate) fn indicator(&self, number: u16) -> Option<&Indicator> {
        self.indicators.get(usize::from(number))
    }

    /// The wording of a check or a role, if it has one.
    pub(crate) fn name(&self, name: &str) -> Option<u32> {
        self.names.iter().find(|(known, _)| known == name).map(|(_, text)| *text)
    }
}

impl Indicator {
    /// What it adds for a segment.
    pub(crate) fn risk(&self, segment: &str) -> i32 {
        self.by_segment.iter().find(|(known, _)| known == segment).map_or(self.others, |(_, risk)| *risk)
    }
}

impl Required {
    /// Whether it is needed for that ticket.
    pub(crate) fn is_for(&self, ticket: &Ticket) -> bool {
        let among = |words: &[String], word: Option<&str>| {
            words.is_empty() || word.is_some_and(|word| words.iter().any(|known| known == word))
        };
        among(&self.kinds, Some(&ticket.kind)) && among(&self.segments, ticket.segment.as_deref())
    }
}

fn yes() -> bool {
    true
}
