//! `ticket.update`.

use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    Author, Category, Company, Contact, DefinitionSort, EntryKind, Principal, RecordsExt, TICKET_BY_EXTERNAL, Ticket,
    TicketId,
};
use serde_json::{Map, Value};

use super::super::{external_ids_free, not_for_customers};
use super::action::{handed_over, known_assignee, known_team};
use super::settle::{Occasion, settle};
use super::state;
use super::{MOST_MEMBERS, MOST_SUBJECT_CHARS, MOST_WORKER_CHARS, next_action, tags};
use crate::asking::{About, pin_segment};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::{Checks, MOST_EXTERNAL_IDS, merge_custom, merge_ids};
use crate::input::{NewEntry, TicketPatch};
use crate::path::Command;
use crate::resolve;
use crate::view::{Done, How};

struct Update {
    id: TicketId,
    patch: TicketPatch,
}

impl Desk {
    /// Changes a ticket. Asks `classify` if its kind, subject, company, requester, tags or custom fields changed, and
    /// `qualify` of a lead if anything changed that a policy is shown.
    pub async fn ticket_update(
        &self,
        by: &Principal,
        id: TicketId,
        patch: TicketPatch,
        how: &How,
    ) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Update { id, patch }).await
    }
}

impl Command for Update {
    type Value = Ticket;
    const NAME: &'static str = "ticket.update";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        not_for_customers(draft, "change tickets; an entry says what is new")?;
        let (id, patch) = (self.id, &self.patch);
        checked(draft, patch)?;
        let before: Ticket = resolve::existing(draft, id)?;
        let id = before.id;
        draft.subject = id.to_string();
        let mut ticket = before.clone();
        apply(draft, patch, &mut ticket)?;
        let about = About::ticket(&ticket, false);
        let mut unpinned = false;
        if let Some(segment) = &patch.segment {
            pin_segment(draft, &about, segment.as_deref())?;
            unpinned = segment.is_none();
            if segment.is_some() {
                ticket.segment.clone_from(segment);
            }
        }
        if ticket == before && patch.segment.is_none() {
            return Ok(before);
        }
        draft.change(ticket.clone());
        ticket = draft.peek(id)?.unwrap_or(ticket);
        settle(draft, Some(&before), &mut ticket, Occasion { unpinned, ..Occasion::default() })?;
        if ticket.requester != before.requester {
            note_requester(draft, &before, &ticket)?;
        }
        let data = changes(&before, &ticket);
        draft.tell("ticket.updated", id, data);
        Ok(ticket)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        let id: TicketId = subject.parse().map_err(|_| Error::not_found("ticket", subject))?;
        desk.records.find(id)?.ok_or_else(|| Error::not_found("ticket", id))
    }
}

fn checked(draft: &Draft<'_>, patch: &TicketPatch) -> Result<(), Error> {
    let mut checks = Checks::default();
    let text = |it: &'_ Option<Option<String>>| it.clone().flatten();
    checks.word("/kind", patch.kind.as_deref());
    checks.optional_line("/subject", patch.subject.as_deref(), MOST_SUBJECT_CHARS);
    checks.word("/state", patch.state.as_deref());
    checks.word("/segment", text(&patch.segment).as_deref());
    checks.optional_line("/team", text(&patch.team).as_deref(), MOST_WORKER_CHARS);
    checks.optional_line("/assignee", text(&patch.assignee).as_deref(), MOST_WORKER_CHARS);
    let setup = &draft.setup;
    setup.check_word(&mut checks, "/kind", DefinitionSort::Kind, patch.kind.as_deref());
    setup.check_word(&mut checks, "/segment", DefinitionSort::Segment, text(&patch.segment).as_deref());
    checks.count("/add_participants", patch.add_participants.len(), MOST_MEMBERS);
    checks.count("/remove_participants", patch.remove_participants.len(), MOST_MEMBERS);
    checks.count("/external_ids", patch.external_ids.len(), 2 * MOST_EXTERNAL_IDS);
    next_action(&mut checks, "/next_action", patch.next_action.as_ref().and_then(Option::as_ref));
    if patch.category == Some(Category::Merged) {
        checks.fail("/category", "`merged` is not set by hand");
    }
    tags(&mut checks, "/add_tags", &patch.add_tags);
    tags(&mut checks, "/remove_tags", &patch.remove_tags);
    checks.done()
}

fn apply(draft: &mut Draft<'_>, patch: &TicketPatch, ticket: &mut Ticket) -> Result<(), Error> {
    if let Some(kind) = &patch.kind {
        ticket.kind.clone_from(kind);
        if !ticket.is_lead() {
            ticket.qualified = None;
        }
    }
    if let Some(subject) = &patch.subject {
        ticket.subject = subject.trim().to_owned();
    }
    state::enter(&draft.setup, ticket, patch.state.as_deref(), patch.category)?;
    if let Some(priority) = patch.priority {
        ticket.priority = priority;
    }
    people(draft, patch, ticket)?;
    if let Some(team) = &patch.team {
        team.as_deref().map_or(Ok(()), |name| known_team(&draft.setup, name))?;
        ticket.team.clone_from(team);
    }
    if let Some(assignee) = &patch.assignee
        && *assignee != ticket.assignee
    {
        assignee.as_deref().map_or(Ok(()), |name| known_assignee(&draft.setup, name))?;
        handed_over(draft, ticket, assignee.as_deref(), None)?;
    }
    if let Some(next) = &patch.next_action {
        ticket.next_action.clone_from(next);
    }
    let mut checks = Checks::default();
    let remove = tags(&mut checks, "/remove_tags", &patch.remove_tags);
    ticket.tags.retain(|tag| !remove.contains(tag));
    for tag in tags(&mut checks, "/add_tags", &patch.add_tags) {
        if !ticket.tags.contains(&tag) {
            ticket.tags.push(tag);
        }
    }
    merge_custom(&mut ticket.custom, &patch.custom);
    merge_ids(&mut ticket.external_ids, &patch.external_ids);
    checks.count("/add_tags", ticket.tags.len(), MOST_MEMBERS);
    checks.count("/add_participants", ticket.participants.len(), MOST_MEMBERS);
    let fits = checks.custom("/custom", &ticket.custom);
    if fits && (!patch.custom.is_empty() || patch.kind.is_some() || patch.segment.is_some()) {
        // What was taken before a schema was defined does not keep the rest of the ticket from being changed.
        let segment = patch.segment.clone().flatten().or_else(|| ticket.segment.clone());
        draft.setup.check_custom(&mut checks, &ticket.kind, segment.as_deref(), &ticket.custom);
    }
    checks.external_ids("/external_ids", &ticket.external_ids);
    checks.done()?;
    let (own, ids) = (ticket.key(), &ticket.external_ids);
    external_ids_free::<Ticket>(draft, TICKET_BY_EXTERNAL, "ticket with external id", ids, Some(&own))
}

fn people(draft: &mut Draft<'_>, patch: &TicketPatch, ticket: &mut Ticket) -> Result<(), Error> {
    if let Some(company) = patch.company {
        ticket.company = company.map(|id| meant::<Company>(draft, "/company".to_owned(), id)).transpose()?;
    }
    if let Some(requester) = patch.requester {
        ticket.requester = requester.map(|id| meant::<Contact>(draft, "/requester".to_owned(), id)).transpose()?;
    }
    ticket.participants.retain(|it| !patch.remove_participants.contains(it));
    for (place, id) in patch.add_participants.iter().enumerate() {
        let id = meant::<Contact>(draft, format!("/add_participants/{place}"), *id)?;
        if !ticket.participants.contains(&id) {
            ticket.participants.push(id);
        }
    }
    Ok(())
}

/// The record that an id means: the one it points to.
fn meant<R: resolve::Alias>(draft: &mut Draft<'_>, field: String, id: R::Id) -> Result<R::Id, Error> {
    let unknown = || Error::invalid(field, format!("{} {id} not found", R::NAME));
    Ok(resolve::find::<R>(draft, id)?.ok_or_else(unknown)?.id())
}

/// Whose matter it is changes in one call that everybody can read of afterwards (lesson 9).
fn note_requester(draft: &mut Draft<'_>, before: &Ticket, now: &Ticket) -> Result<(), Error> {
    let name = |it: Option<plugdesk_domain::ContactId>| it.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
    let text = format!("requester: {} instead of {}", name(now.requester), name(before.requester));
    let note = NewEntry { kind: EntryKind::System, author: Some(Author::System), ..NewEntry::reply(text) };
    super::super::entry::make(draft, now.id, &note, 0)?;
    Ok(())
}

/// What events tell: which fields changed, and the values of those that are no personal data.
pub(super) fn changes(before: &Ticket, now: &Ticket) -> Map<String, Value> {
    let json = |it: &Ticket| serde_json::to_value(it).unwrap_or(Value::Null);
    let (old, new) = (json(before), json(now));
    let fields = |it: &Value| it.as_object().map(|it| it.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let mut names: Vec<String> = fields(&old);
    names.extend(fields(&new));
    names.sort();
    names.dedup();
    let changed = names.into_iter().filter(|it| !matches!(it.as_str(), "version" | "updated_at" | "timer_depth"));
    let changed: Vec<Value> = changed.filter(|it| old.get(it) != new.get(it)).map(Value::from).collect();
    let mut data = Map::new();
    for name in ["category", "priority", "segment"] {
        if changed.iter().any(|it| it == name) {
            data.insert(name.to_owned(), new.get(name).cloned().unwrap_or(Value::Null));
        }
    }
    data.insert("changed".to_owned(), changed.into());
    data
}
