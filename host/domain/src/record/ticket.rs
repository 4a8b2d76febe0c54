//! Tickets. A lead is a ticket whose kind is `lead`.

use serde::{Deserialize, Serialize};

use super::commitment::{Commitment, CommitmentState};
use super::escalation::Escalated;
use super::{ExternalIds, Reason, external_entries, stored};
use crate::attributes::Attributes;
use crate::id::{CompanyId, ContactId, DecisionId, TicketId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// Finds a ticket by the number that people say.
pub const TICKET_BY_NUMBER: Index = Index { table: Table::Ticket, code: 1, name: "number", unique: true };
/// The tickets of a contact, in the order of creation.
pub const TICKET_BY_REQUESTER: Index = Index { table: Table::Ticket, code: 2, name: "requester", unique: false };
/// The tickets of a company node, in the order of creation.
pub const TICKET_BY_COMPANY: Index = Index { table: Table::Ticket, code: 3, name: "company", unique: false };
/// The tickets of a kind; leads with the best score first (practices 8 and 9), then in the order of creation.
pub const TICKET_BY_KIND: Index = Index { table: Table::Ticket, code: 4, name: "kind", unique: false };
/// Finds a ticket by another system's id.
pub const TICKET_BY_EXTERNAL: Index = Index { table: Table::Ticket, code: 5, name: "external id", unique: true };

/// The tickets of a segment (none: an empty text) and category, by when their next commitment is due. Every list by due
/// time goes over it, one segment and category at a time.
pub const TICKET_BY_QUEUE: Index = Index { table: Table::Ticket, code: 6, name: "queue", unique: false };
/// The tickets of an assignee and category, likewise; of those that have one.
pub const TICKET_BY_ASSIGNEE: Index = Index { table: Table::Ticket, code: 7, name: "assignee", unique: false };
/// The tickets of a team and category, likewise; of those that have one.
pub const TICKET_BY_TEAM: Index = Index { table: Table::Ticket, code: 8, name: "team", unique: false };
/// The tickets on which something is to be done by itself, by when: the durable timers. See [`Ticket::next_wake`].
pub const TICKET_BY_WAKE: Index = Index { table: Table::Ticket, code: 9, name: "wake", unique: false };
/// The tickets with an open commitment that is at risk or breached, by state and due time.
pub const TICKET_BY_COMMITMENT: Index = Index { table: Table::Ticket, code: 10, name: "commitment", unique: false };

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
    /// How often it was put off.
    pub attempts: u32,
}

/// A matter that somebody brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was opened.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Ids in other systems.
    #[serde(default, skip_serializing_if = "ExternalIds::is_empty")]
    pub external_ids: ExternalIds,
    /// Custom fields; the answers of a lead's form stand here.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Attributes,
    /// The number that people say; unique, rising, gaps allowed.
    pub number: u64,
    /// `support`, `lead`, `request`, `complaint`, `incident`, …
    pub kind: String,
    /// One line. Personal.
    pub subject: String,
    /// The desk's own word for where it stands.
    pub state: String,
    /// What that state maps to.
    pub category: Category,
    /// How soon it matters.
    pub priority: Priority,
    /// `consumer`, `company`, …, as `classify` decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The company it is for: chosen for the ticket, never only derived from the requester (lesson 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyId>,
    /// Who brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<ContactId>,
    /// Who else takes part (lesson 6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<ContactId>,
    /// The team that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Who works on it: a name in the desk's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// `email`, `phone`, `web`, `import`, `api`, …
    pub channel: String,
    /// Free words, lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Who does what next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    /// How often it went back and forth.
    #[serde(default)]
    pub counters: Counters,
    /// What `qualify` said of it last; leads only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualified: Option<Qualified>,
    /// What `track` decided last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracked: Option<Tracked>,
    /// What is owed, and was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Commitment>,
    /// Its categories so far, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// Put off until then; it opens by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Instant>,
    /// Its way up, while there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated: Option<Escalated>,
    /// Questions that are to be asked again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deferred: Vec<Deferred>,
    /// The ticket that stands for this one. Its category and clocks stay as they were, and rest: undoing is exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<TicketId>,
}

/// The kind of a ticket that is a lead.
pub const KIND_LEAD: &str = "lead";

stored!(
    Ticket,
    personal: ["subject", "custom", "external_ids"],
    key: |t| Key::from(t.id),
    indexes: |t| {
        let mut entries = external_entries(TICKET_BY_EXTERNAL, &t.external_ids);
        let best_first = 10_000 - t.qualified.as_ref().map_or(0, |q| i64::from(q.score));
        entries.push(TICKET_BY_NUMBER.entry(vec![(t.number as i64).into()]));
        entries.push(TICKET_BY_KIND.entry(vec![t.kind.as_str().into(), best_first.into()]));
        entries.extend(t.requester.map(|id| TICKET_BY_REQUESTER.entry(vec![id.into()])));
        entries.extend(t.company.map(|id| TICKET_BY_COMPANY.entry(vec![id.into()])));
        let queue = |of: &str| vec![of.into(), t.shown_category().name().into(), t.queue_place().into()];
        entries.push(TICKET_BY_QUEUE.entry(queue(t.segment.as_deref().unwrap_or_default())));
        entries.extend(t.assignee.as_deref().map(|name| TICKET_BY_ASSIGNEE.entry(queue(name))));
        entries.extend(t.team.as_deref().map(|name| TICKET_BY_TEAM.entry(queue(name))));
        entries.extend(t.next_wake().map(|at| TICKET_BY_WAKE.entry(vec![at.millis().into()])));
        for state in [CommitmentState::AtRisk, CommitmentState::Breached] {
            let open = t.commitments.iter().filter(|it| t.merged_into.is_none() && it.state == state && it.open());
            let due = open.map(|it| it.due_at).min();
            entries.extend(due.map(|at| TICKET_BY_COMMITMENT.entry(vec![state.name().into(), at.millis().into()])));
        }
        entries
    },
);

impl Ticket {
    /// Whether it is a lead.
    pub fn is_lead(&self) -> bool {
        self.kind == KIND_LEAD
    }

    /// The category as people see it: of a ticket that points to another, merged.
    pub fn shown_category(&self) -> Category {
        if self.merged_into.is_some() { Category::Merged } else { self.category }
    }

    /// When the next of its open commitments is due; none: nothing is owed, or the ticket points to another.
    pub fn due_at(&self) -> Option<Instant> {
        let open = self.commitments.iter().filter(|it| self.merged_into.is_none() && it.open());
        open.map(|it| it.due_at).min()
    }

    /// Its place in lists by due time: what is due first comes first, what owes nothing last.
    pub fn queue_place(&self) -> i64 {
        self.due_at().map_or(i64::MAX, Instant::millis)
    }

    /// When something is to be done about it by itself: a commitment's warning or due time, the end of a snooze, a
    /// policy's wish to look again, a question put off. None: nothing, as long as nothing changes. The index
    /// [`TICKET_BY_WAKE`] is derived from it, so a timer can neither be lost nor left behind.
    pub fn next_wake(&self) -> Option<Instant> {
        if self.merged_into.is_some() {
            return None;
        }
        let ended = self.category.ended();
        let looks = self.qualified.as_ref().and_then(|it| it.look_again).filter(|_| !ended);
        let climbs = self.escalated.as_ref().filter(|it| !it.acknowledged && !ended).and_then(|it| it.look_again);
        let clocks = self.commitments.iter().filter_map(Commitment::next_wake);
        let deferred = self.deferred.iter().map(|it| it.at);
        clocks.chain(deferred).chain(looks).chain(climbs).chain(self.snoozed_until).min()
    }
}
