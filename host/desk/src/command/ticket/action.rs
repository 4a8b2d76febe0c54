//! What may be done with a ticket now, and why not: one table, by which the list of actions and the actions themselves
//! go.

mod assign;
mod escalate;
mod resolve;
mod snooze;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Author, Entry, EntryKind, Principal, RecordsExt, Role, Ticket, TicketId};
use serde::{Deserialize, Serialize};

use super::super::{entry, existing, not_for_customers};
use super::settle::{Occasion, settle};
use super::update::changes;
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::NewEntry;
use crate::input::check::{Checks, blank};
use crate::presence::Present;
use crate::setup::Setup;

pub(super) use assign::{handed_over, known_assignee, known_team};

/// The longest note of an action, in bytes: what stands in an entry itself.
const MOST_NOTE_BYTES: usize = plugdesk_domain::record::entry::MOST_INLINE_BYTES;
/// A ticket may change hands so often without a summary: the first time may be a mistake of whoever sent it there; from
/// the second on the customer is being sent around (practice 110).
pub const FREE_HANDOFFS: u32 = 1;

/// Something to be done with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Give it to a person or a team.
    Assign,
    /// Take it oneself.
    Take,
    /// It is answered.
    Resolve,
    /// It came back.
    Reopen,
    /// Put it off.
    Snooze,
    /// End the putting off.
    Wake,
    /// Ask for someone higher.
    Escalate,
    /// Let another ticket stand for it.
    Merge,
}

impl Action {
    /// Every action, in the order of the list.
    pub const ALL: &'static [Self] =
        &[Self::Assign, Self::Take, Self::Resolve, Self::Reopen, Self::Snooze, Self::Wake, Self::Escalate, Self::Merge];
}

/// An action and whether the caller may do it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ActionView {
    /// Which: `POST /tickets/{id}/actions/{action}`.
    pub action: Action,
    /// Whether it may be done now.
    pub allowed: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
    /// What it must be sent with now, beyond what it always takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Of `assign`: how many agents it may be given to; none: the desk has no list of agents and takes every name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidates: Option<usize>,
}

/// What may be done with a ticket now, and who else is at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ActionsView {
    /// Every action.
    pub actions: Vec<ActionView>,
    /// Who is at the ticket now.
    pub presence: Vec<Present>,
}

impl Desk {
    /// What the caller may do with a ticket now, and why not. It is told, not promised: the ticket may change.
    pub fn ticket_actions(&self, by: &Principal, id: TicketId) -> Result<ActionsView, Error> {
        let ticket = self.ticket(by, id)?;
        let setup = self.inner.setup.load_full();
        let view = |action: &Action| {
            let why_not = may(by, &setup, &ticket, *action).err();
            let hands = match action {
                Action::Assign => ticket.assignee.is_some(),
                Action::Take => ticket.assignee.as_deref().is_some_and(|it| Some(it) != by.agent.as_deref()),
                _ => false,
            };
            let summary = hands && ticket.counters.handoffs >= FREE_HANDOFFS;
            let agents = setup.agents().filter(|it| it.active).count();
            // What it takes, and how the desk is set up, is told to whoever may do it.
            let allowed = why_not.is_none();
            let counted = allowed && *action == Action::Assign && setup.agents().next().is_some();
            ActionView {
                action: *action,
                allowed,
                why_not,
                requires: if allowed && summary { vec!["summary".to_owned()] } else { Vec::new() },
                candidates: counted.then_some(agents),
            }
        };
        Ok(ActionsView { actions: Action::ALL.iter().map(view).collect(), presence: self.presence(by, id)? })
    }
}

/// Whether that principal may do that with the ticket as it stands; otherwise why not.
fn may(by: &Principal, setup: &Setup, ticket: &Ticket, action: Action) -> Result<(), String> {
    if by.role == Role::Customer {
        return Err("a customer may not handle tickets; an entry says what is new".to_owned());
    }
    if !by.may(Area::Work, Act::Write) {
        return Err("this key may not change tickets".to_owned());
    }
    if let Some(winner) = ticket.merged_into {
        return Err(format!("{winner} stands for it: name that one"));
    }
    let ended = ticket.category.ended();
    let over = || format!("it is {}; open it again first", ticket.category.name());
    match action {
        Action::Reopen if !ended => Err("it has not ended".to_owned()),
        Action::Resolve if ended => Err(format!("it is {} already", ticket.category.name())),
        Action::Assign | Action::Take | Action::Snooze | Action::Escalate if ended => Err(over()),
        Action::Wake if ticket.snoozed_until.is_none() => Err("it is not put off".to_owned()),
        Action::Take => match assign::me(by, setup) {
            Err(_) => Err("this key stands for no agent".to_owned()),
            Ok(me) if ticket.assignee.as_deref() == Some(me.as_str()) => Err("it is yours already".to_owned()),
            Ok(_) => Ok(()),
        },
        Action::Resolve if ticket.assignee.is_none() && assign::me(by, setup).is_err() => {
            Err("nobody has it, and this key stands for no agent who could take it".to_owned())
        }
        Action::Escalate if escalate::highest(ticket) => Err("it is at the highest level already".to_owned()),
        Action::Assign
        | Action::Resolve
        | Action::Reopen
        | Action::Snooze
        | Action::Wake
        | Action::Escalate
        | Action::Merge => Ok(()),
    }
}

/// The ticket that an action is about, if the action may be done: as it is stored, and to be changed.
fn begin(draft: &mut Draft<'_>, id: TicketId, action: Action) -> Result<(Ticket, Ticket), Error> {
    not_for_customers(draft, "handle tickets; an entry says what is new")?;
    draft.subject = id.to_string();
    let before: Ticket = existing(draft, "ticket", id, id)?;
    may(draft.by, &draft.setup, &before, action).map_err(|why| Error::invalid("", why))?;
    Ok((before.clone(), before))
}

/// Asks what there is to ask about the changed ticket, and tells of it.
fn finish(draft: &mut Draft<'_>, before: &Ticket, mut ticket: Ticket, occasion: Occasion) -> Result<Ticket, Error> {
    if ticket != *before {
        draft.change(ticket.clone());
        ticket = draft.peek(ticket.id)?.unwrap_or(ticket);
    }
    settle(draft, Some(before), &mut ticket, occasion)?;
    if ticket != *before {
        let data = changes(before, &ticket);
        draft.tell("ticket.updated", ticket.id, data);
    }
    Ok(ticket)
}

/// A note that goes with an action, if there is one.
fn note(draft: &mut Draft<'_>, ticket: TicketId, field: &str, text: Option<&str>) -> Result<(), Error> {
    let Some(text) = text else { return Ok(()) };
    let mut checks = Checks::default();
    if blank(text) || !entry::inline(text) {
        checks.fail(field, format!("1 to {MOST_NOTE_BYTES} bytes, this has {}", text.len()));
    }
    if text.contains('\0') {
        checks.fail(field, "text without NUL characters");
    }
    checks.done()?;
    let author = draft.by.agent.clone().map(Author::Agent);
    let new = NewEntry { kind: EntryKind::Note, author, ..NewEntry::reply(text) };
    let _: Entry = entry::make(draft, ticket, &new, 0)?;
    Ok(())
}

/// What the desk itself notes of an action, for whoever reads the ticket's story.
fn noted(draft: &mut Draft<'_>, ticket: TicketId, text: String) -> Result<(), Error> {
    let new = NewEntry { kind: EntryKind::System, author: Some(Author::System), ..NewEntry::reply(text) };
    let _: Entry = entry::make(draft, ticket, &new, 1)?;
    Ok(())
}

/// The ticket as it stands now, for a repeated request.
fn again(desk: &Inner, subject: &str) -> Result<Ticket, Error> {
    let id: TicketId = subject.parse().map_err(|_| Error::not_found("ticket", subject))?;
    desk.records.find(id)?.ok_or_else(|| Error::not_found("ticket", id))
}
