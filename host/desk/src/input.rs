//! What commands take. Unknown fields are refused by name; every length and count is checked in the command, with the
//! field named by its pointer.
//!
//! A patch follows RFC 7396 where it can: a field that is absent stays, `null` empties it; `custom` and `external_ids`
//! are merged name by name. Lists are never replaced by a patch, only added to and taken from (lesson 2).

mod action;
pub(crate) mod check;
mod company;
mod contact;
mod desk;
mod entry;
mod merge;
mod setup;
mod ticket;
mod webhook;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

pub use action::{AssignTicket, EscalateTicket, ReopenTicket, ResolveTicket, SnoozeTicket, TakeTicket};
pub use company::{CompanyPatch, CompanyRef, MembershipPatch, NewCompany, NewMembership};
pub use contact::{ContactPatch, ContactRef, NewContact, NewIdentity};
pub use desk::{DeskPatch, NewDesk};
pub use entry::NewEntry;
pub use merge::{Acceptance, NewLink, NewMerge, TicketMerge};
pub use setup::{
    AgentPatch, ContractPatch, NewAgent, NewCalendar, NewCommitment, NewContract, NewDefinition, NewEntitlement,
    NewTarget, NewTeam,
};
pub use ticket::{NewTicket, NewTurn, TicketPatch};
pub use webhook::{NewWebhook, WebhookPatch};

/// Names and values to merge: a value sets, `null` removes.
pub type Merge<T> = std::collections::BTreeMap<String, Option<T>>;

/// Reads a field that is there: `null` becomes `Some(None)`, so that *absent* and *empty it* differ.
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// Reads a field that is there and can't be emptied: `null` is refused, for it would be taken and change nothing.
pub(crate) fn not_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::<T>::deserialize(from)?.map(Some).ok_or_else(|| D::Error::custom("it can't be empty: `null` is not taken"))
}
