//! Tickets. A lead is a ticket whose kind is `lead`.

mod parts;

use serde::{Deserialize, Serialize};

use super::commitment::{Commitment, CommitmentState};
use super::escalation::Escalated;
use super::{ExternalIds, external_entries, stored};
use crate::attributes::Attributes;
use crate::id::{CompanyId, ContactId, TicketId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

pub use parts::{
    Category, Counters, Deferred, Grade, MOST_TURNS, NextAction, Priority, Qualified, Track, Tracked, Turn,
};

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
    /// How many causes deep stands what its timers bring about: the depth of the latest command of a policy that changed
    /// it, back to 0 with the next act of a person. So no circle gets around its bound by waiting.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub timer_depth: u8,
    /// When it was brought in from another system; none: it was opened here. Nothing is owed from before then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_at: Option<Instant>,
    /// The ticket that stands for this one. Its category stays as it was and its
    /// clocks are silent; undoing leaves what there would be without the merge, the time in between included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<TicketId>,
}

// Serde hands a reference over.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(depth: &u8) -> bool {
    *depth == 0
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
            let open = t.commitments.iter().filter(|it| t.owes() && it.state == state && it.open());
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

    /// Whether anything can be owed on it now: it has not ended, and points to no other.
    fn owes(&self) -> bool {
        self.merged_into.is_none() && !self.category.ended()
    }

    /// When the next of its open commitments is due; none: nothing is owed, it has ended, or it points to another.
    pub fn due_at(&self) -> Option<Instant> {
        let open = self.commitments.iter().filter(|it| self.owes() && it.open());
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
