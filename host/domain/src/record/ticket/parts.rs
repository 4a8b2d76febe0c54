//! What a ticket is made of: where it stands, how soon it matters, what policies said of it.

use serde::{Deserialize, Serialize};

use crate::id::DecisionId;
use crate::record::Reason;
use crate::time::Instant;

/// What every custom state maps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Nobody looked at it yet.
    New,
    /// Somebody works on it.
    Open,
    /// The customer's turn.
    WaitingCustomer,
    /// Somebody else's turn.
    WaitingThirdParty,
    /// Nobody's turn.
    OnHold,
    /// Answered; it may be reopened.
    Resolved,
    /// Ended.
    Closed,
    /// Points to another ticket.
    Merged,
}

impl Category {
    /// Every category, in the order of a ticket's life.
    pub const ALL: &'static [Self] = &[
        Self::New,
        Self::Open,
        Self::WaitingCustomer,
        Self::WaitingThirdParty,
        Self::OnHold,
        Self::Resolved,
        Self::Closed,
        Self::Merged,
    ];

    /// The word in JSON, WIT and indexes.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::WaitingCustomer => "waiting-customer",
            Self::WaitingThirdParty => "waiting-third-party",
            Self::OnHold => "on-hold",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Merged => "merged",
        }
    }

    /// Whether nothing more is owed: no clock of it runs.
    pub fn ended(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed | Self::Merged)
    }
}

/// How soon it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Sooner.
    High,
    /// At once.
    Urgent,
}

/// The grade of a lead, `a` the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Call within minutes.
    A,
    /// Call today.
    B,
    /// Keep warm.
    C,
    /// Leave alone.
    D,
}

/// What `qualify` said of a lead last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Qualified {
    /// Calibrated probability of conversion, 0 to 10,000.
    pub score: u16,
    /// The grade.
    pub grade: Grade,
    /// 0 fully emotional to 10,000 fully rational; none: nothing points either way (practice 12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motive: Option<u16>,
    /// Expected days until the person decides (practice 11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon_days: Option<u16>,
    /// What to ask next (practice 13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_question: Option<Reason>,
    /// When to ask the policy again though nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_again: Option<Instant>,
    /// The decision that says why.
    pub decision: DecisionId,
}

/// Who does what next, and by when (practice 79).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NextAction {
    /// What is to be done.
    pub what: String,
    /// By whom: a name in the desk's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Instant>,
}

/// How often it went back and forth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Counters {
    /// Entries from the customer or to the customer (practice 103).
    pub touches: u32,
    /// Changes of assignee (practice 110).
    pub handoffs: u32,
    /// Times it was resolved and came back.
    pub reopens: u32,
    /// Times a stage was entered again (practice 71).
    pub rework: u32,
}

/// How carefully a matter is handled; later is more careful, and the most careful answer wins (practices 65 to 69).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Track {
    /// Low risk: fewer checks, fewer people, less time.
    Fast,
    /// Between the two.
    Standard,
    /// Extensive checks, senior people, more talk with the customer.
    Special,
}

impl Track {
    /// The word in JSON and WIT.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Standard => "standard",
            Self::Special => "special",
        }
    }
}

/// What `track` decided last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tracked {
    /// The track.
    pub track: Track,
    /// How risky, 0 to 10,000.
    pub risk: u16,
    /// What is to be checked beyond the usual.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
    /// The roles that are to take part beyond the usual.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// The decision that says why.
    pub decision: DecisionId,
}

/// A change of category: what clocks are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Turn {
    /// Since when.
    pub at: Instant,
    /// The category.
    pub category: Category,
}

/// A ticket keeps at most so many turns; beyond that the oldest two become one.
pub const MOST_TURNS: usize = 48;

/// A question that failed and is to be asked again (the failure rule `defer`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Deferred {
    /// Its name.
    pub question: String,
    /// When.
    pub at: Instant,
    /// How often it was put off. 0: it did not fail, but is wished to be asked again then.
    pub attempts: u32,
    /// Why it was asked when it failed: it is asked because of that again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The metric of the commitment that it was asked because of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
}
