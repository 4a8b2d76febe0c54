//! `ticket.create`: a ticket with its people, its company and what was said, in one change.

use plugdesk_domain::principal::Role;
use plugdesk_domain::{
    Category, Change, Company, CompanyId, Contact, ContactId, Counters, DecisionId, DefinitionSort, EntryKind,
    Principal, Priority, RecordsExt, TICKET_BY_EXTERNAL, Ticket, TicketId,
};
use serde_json::Map;

use super::super::{entry, external_ids_free};
use super::action::{known_assignee, known_team};
use super::people::{company_of, requester};
use super::settle::{Occasion, settle};
use super::state;
use super::{MOST_MEMBERS, MOST_SUBJECT_CHARS, MOST_WORKER_CHARS, history, next_action, tags};
use crate::asking::{About, pin_segment};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::Checks;
use crate::input::{ContactRef, NewTicket};
use crate::json;
use crate::path::Command;
use crate::question::{classify, identify, qualify, track};
use crate::view::{Actor, Done, How};

/// A ticket brings at most so many entries along; longer histories are added after it.
const MOST_ENTRIES: usize = 64;
/// Their texts have together at most so many bytes as JSON, files not counted: half of what one command may write.
const MOST_ENTRIES_BYTES: usize = Change::MOST_BYTES / 2;
/// The kind of a ticket that says none.
const KIND_SUPPORT: &str = "support";
/// The channel of a ticket that says none.
const CHANNEL_API: &str = "api";
/// The sequence of ticket numbers.
const NUMBERS: &str = "ticket";

struct Create(NewTicket);

impl Desk {
    /// Makes a ticket with everything that comes along, in one change. Asks `classify` for a new company, a new
    /// contact and the ticket, then `qualify` if it is a lead. No failing policy keeps it from being made.
    pub async fn ticket_create(&self, by: &Principal, new: NewTicket, how: &How) -> Result<Done<Ticket>, Error> {
        self.submit(by, how, Create(new)).await
    }
}

impl Command for Create {
    type Value = Ticket;
    const NAME: &'static str = "ticket.create";
    const STATUS: u16 = 201;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Ticket, Error> {
        draft.refusable = false;
        let new = checked(draft, &self.0)?;
        external_ids_free::<Ticket>(draft, TICKET_BY_EXTERNAL, "ticket with external id", &new.external_ids, None)?;
        let id = TicketId::new(new.created_at.unwrap_or(draft.now), draft.desk.bits());
        draft.subject = id.to_string();
        // The decision that makes a ticket bears its UUID: it is found without an index entry of its own.
        draft.decision = DecisionId::from_uuid(id.uuid());
        let company = new.company.as_ref().map(|it| company_of(draft, it)).transpose()?;
        let requester = requester(draft, new.contact.as_ref())?;
        for (place, participant) in new.participants.iter().enumerate() {
            if draft.find::<Contact>(*participant)?.is_none() {
                return Err(Error::invalid(
                    format!("/participants/{place}"),
                    format!("contact {participant} not found"),
                ));
            }
        }
        let mut ticket = record(draft, new, id, company, requester)?;
        draft.create(ticket.clone());
        for (place, entry) in self.0.entries.iter().enumerate() {
            entry::known_author(draft, &format!("/entries/{place}"), entry)?;
            let entry = said_by_requester(draft, entry, requester);
            entry::make(draft, id, &entry, u16::try_from(place).unwrap_or(u16::MAX))?;
        }
        if let Some(segment) = &ticket.segment {
            pin_segment(draft, &About::ticket(&ticket, true), Some(segment))?;
        }
        ask(draft, &mut ticket)?;
        tell(draft, &ticket);
        Ok(ticket)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Ticket, Error> {
        let id: TicketId = subject.parse().map_err(|_| Error::not_found("ticket", subject))?;
        desk.records.find(id)?.ok_or_else(|| Error::not_found("ticket", id))
    }
}

/// Every question of the command, in its order; each sees what the one before changed.
fn ask(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Error> {
    for company in draft.written::<Company>() {
        classify::company(draft, company.id)?;
    }
    for contact in draft.written::<Contact>() {
        classify::contact(draft, contact.id)?;
    }
    for contact in draft.written::<Contact>() {
        identify::contact(draft, contact.id)?;
    }
    let heard = history::heard(draft, ticket.id);
    settle(draft, None, ticket, Occasion { heard, ..Occasion::default() })?;
    if let Some(at) = heard.answered {
        history::kept(ticket, at);
        draft.change(ticket.clone());
    }
    Ok(())
}

fn tell(draft: &mut Draft<'_>, ticket: &Ticket) {
    let mut data = Map::new();
    data.insert("kind".to_owned(), ticket.kind.as_str().into());
    data.insert("number".to_owned(), ticket.number.into());
    if let Some(segment) = &ticket.segment {
        data.insert("segment".to_owned(), segment.as_str().into());
    }
    history::told(draft, ticket, &mut data);
    qualify::told(ticket, &mut data);
    track::told(ticket, &mut data);
    draft.tell("ticket.created", ticket.id, data);
}

/// What was sent, in its normal form; or everything that is wrong with it.
fn checked(draft: &Draft<'_>, new: &NewTicket) -> Result<NewTicket, Error> {
    let mut checks = Checks::default();
    let kind = if new.kind.is_empty() { KIND_SUPPORT } else { &new.kind };
    checks.word("/kind", Some(kind));
    checks.line("/subject", &new.subject, 1, MOST_SUBJECT_CHARS);
    checks.count("/participants", new.participants.len(), MOST_MEMBERS);
    checks.word("/segment", new.segment.as_deref());
    checks.word("/state", new.state.as_deref());
    checks.word("/channel", new.channel.as_deref());
    checks.optional_line("/team", new.team.as_deref(), MOST_WORKER_CHARS);
    checks.optional_line("/assignee", new.assignee.as_deref(), MOST_WORKER_CHARS);
    let setup = &draft.setup;
    setup.check_word(&mut checks, "/kind", DefinitionSort::Kind, Some(kind));
    setup.check_word(&mut checks, "/segment", DefinitionSort::Segment, new.segment.as_deref());
    if checks.custom("/custom", &new.custom) {
        setup.check_custom(&mut checks, kind, new.segment.as_deref(), &new.custom);
    }
    checks.external_ids("/external_ids", &new.external_ids);
    checks.past("/created_at", new.created_at, draft.now);
    next_action(&mut checks, "/next_action", new.next_action.as_ref());
    history::check(&mut checks, new, draft.now);
    if new.category == Some(Category::Merged) {
        checks.fail("/category", "`merged` is not set by hand");
    }
    let tags = tags(&mut checks, "/tags", &new.tags);
    checks.count("/entries", new.entries.len(), MOST_ENTRIES);
    for (place, entry) in new.entries.iter().take(MOST_ENTRIES).enumerate() {
        entry::check(&mut checks, &format!("/entries/{place}"), entry, draft);
    }
    let inline = new.entries.iter().map(|it| it.text.as_str()).filter(|text| entry::inline(text));
    let inline = inline.map(json::text_bytes).sum::<usize>();
    if inline > MOST_ENTRIES_BYTES {
        checks.fail(
            "/entries",
            format!("{inline} bytes of text as JSON, at most {MOST_ENTRIES_BYTES} come along with a ticket"),
        );
    }
    if draft.by.role == Role::Customer {
        of_customer(&mut checks, new, draft.by);
    }
    checks.done()?;
    let mut participants = new.participants.clone();
    participants.sort();
    participants.dedup();
    let (kind, subject) = (kind.to_owned(), new.subject.trim().to_owned());
    Ok(NewTicket { kind, subject, tags, participants, ..new.clone() })
}

/// A customer brings a matter; how it is handled is the desk's.
fn of_customer(checks: &mut Checks, new: &NewTicket, by: &Principal) {
    let mut not = |field: &str, given: bool| {
        if given {
            checks.fail(field, "a customer may not set this");
        }
    };
    let others = |it: &ContactRef| {
        it.id.is_none() || it.id != by.contact || *it != ContactRef { id: it.id, ..ContactRef::default() }
    };
    not("/contact", new.contact.as_ref().is_some_and(others));
    not("/company", new.company.as_ref().is_some_and(|it| it.id.is_none()));
    not("/participants", !new.participants.is_empty());
    not("/segment", new.segment.is_some());
    not("/state", new.state.is_some());
    not("/category", new.category.is_some());
    not("/priority", new.priority != Priority::default());
    not("/channel", new.channel.is_some());
    not("/tags", !new.tags.is_empty());
    not("/team", new.team.is_some());
    not("/assignee", new.assignee.is_some());
    not("/external_ids", !new.external_ids.is_empty());
    not("/next_action", new.next_action.is_some());
    not("/created_at", new.created_at.is_some());
    not("/history", !new.history.is_empty());
}

fn record(
    draft: &Draft<'_>,
    new: NewTicket,
    id: TicketId,
    company: Option<CompanyId>,
    requester: Option<ContactId>,
) -> Result<Ticket, Error> {
    let touches = new.entries.iter().filter(|it| it.kind.public()).count();
    let told = new.category.or(new.history.last().map(|it| it.category));
    let (state, category) = state::initial(&draft.setup, new.state.as_deref(), told)?;
    new.team.as_deref().map_or(Ok(()), |name| known_team(&draft.setup, name))?;
    new.assignee.as_deref().map_or(Ok(()), |name| known_assignee(&draft.setup, name))?;
    let turns = history::turns(&new, category, draft.now);
    Ok(Ticket {
        id,
        version: 1,
        created_at: new.created_at.unwrap_or(draft.now),
        updated_at: draft.now,
        external_ids: new.external_ids,
        custom: new.custom,
        // A preview must not use a number up.
        number: if draft.how.preview { 0 } else { draft.desk.records.next_number(NUMBERS)? },
        kind: new.kind,
        subject: new.subject,
        state,
        category,
        priority: new.priority,
        segment: new.segment,
        company,
        requester,
        participants: new.participants,
        team: new.team,
        assignee: new.assignee,
        channel: new.channel.unwrap_or_else(|| CHANNEL_API.to_owned()),
        tags: new.tags,
        next_action: new.next_action,
        counters: Counters {
            touches: u32::try_from(touches).unwrap_or(u32::MAX),
            reopens: history::reopens(&turns),
            ..Counters::default()
        },
        qualified: None,
        tracked: None,
        commitments: Vec::new(),
        turns,
        snoozed_until: None,
        escalated: None,
        deferred: Vec::new(),
        timer_depth: 0,
        imported_at: (draft.how.actor == Actor::Import).then_some(draft.now),
        merged_into: None,
    })
}

/// Entries that come along with a ticket are the requester's own words, unless they say whose they are.
fn said_by_requester(
    draft: &Draft<'_>,
    entry: &crate::input::NewEntry,
    requester: Option<ContactId>,
) -> crate::input::NewEntry {
    let mut entry = entry.clone();
    let theirs = matches!(entry.kind, EntryKind::Reply | EntryKind::Call);
    // What a policy brings along is nobody's word but the system's.
    let told = draft.how.actor != Actor::Policy;
    if entry.author.is_none() && theirs && told && draft.by.role != Role::Customer {
        entry.author = requester.map(plugdesk_domain::Author::Contact);
    }
    entry
}
