//! `entry.add`: something said or done on a ticket.

use plugdesk_domain::principal::Role;
use plugdesk_domain::record::Stored;
use plugdesk_domain::record::entry::{MOST_ENTRY_BYTES, MOST_INLINE_BYTES};
use plugdesk_domain::{Author, Contact, Entry, EntryId, EntryKind, Key, Principal, RecordsExt, Table, TicketId};
use serde_json::Map;

use super::expected;
use super::ticket::clocks::Heard;
use super::ticket::history;
use super::ticket::settle::{Occasion, settle};
use crate::desk::{Desk, Inner, named};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::NewEntry;
use crate::input::check::Checks;
use crate::json;
use crate::path::Command;
use crate::view::{Actor, Done, How};

/// Of a text that is kept as a file, the entry holds so many bytes: what a list shows and a policy reads.
const BEGINNING_BYTES: usize = 1 << 10;
/// The longest name of an agent, in characters.
const MOST_AGENT_CHARS: usize = 128;

struct Add {
    ticket: TicketId,
    new: NewEntry,
}

impl Desk {
    /// Adds an entry to a ticket. On a lead, asks `qualify`. `if_match` is the ticket's version.
    pub async fn entry_add(
        &self,
        by: &Principal,
        ticket: TicketId,
        new: NewEntry,
        how: &How,
    ) -> Result<Done<Entry>, Error> {
        self.submit(by, how, Add { ticket, new }).await
    }
}

impl Command for Add {
    type Value = Entry;
    const NAME: &'static str = "entry.add";
    const STATUS: u16 = 201;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Entry, Error> {
        // What a customer says is taken, whatever fails.
        draft.refusable = draft.by.role != Role::Customer;
        // What is said to a ticket that points to another is said to that one.
        let mut ticket = crate::query::meant(draft, draft.by, self.ticket)?;
        let id = ticket.id;
        draft.note(Table::Ticket, &ticket.key(), ticket.version);
        draft.subject = id.to_string();
        expected(draft, ticket.version)?;
        let mut checks = Checks::default();
        check(&mut checks, "", &self.new, draft);
        checks.done()?;
        known_author(draft, "", &self.new)?;
        let entry = make(draft, id, &self.new, 0)?;
        let before = ticket.clone();
        if entry.kind.public() {
            ticket.counters.touches = ticket.counters.touches.saturating_add(1);
            draft.change(ticket.clone());
            // With the version as it will be stored.
            ticket = draft.peek(id)?.ok_or_else(|| Error::not_found("ticket", id))?;
        }
        let mut data = Map::new();
        data.insert("entry".to_owned(), entry.id.to_string().into());
        data.insert("kind".to_owned(), entry.kind.name().into());
        let theirs = matches!(entry.author, Author::Contact(_));
        let public = entry.kind.public().then_some(entry.at);
        // What is brought in was said long ago: an answer counts as given, a question does not begin to be owed.
        let old = draft.how.actor == Actor::Import;
        // What the desk sends by itself is no answer of a person; what a customer says in any way is not ignored.
        let person = matches!(entry.author, Author::Agent(_));
        let heard = Heard { answered: public.filter(|_| person), spoken: (theirs && !old).then_some(entry.at) };
        if let Some(at) = heard.answered.filter(|_| old) {
            history::kept(&mut ticket, at);
        }
        settle(
            draft,
            Some(&before),
            &mut ticket,
            Occasion { heard, again: vec!["qualify".to_owned()], ..Occasion::default() },
        )?;
        draft.tell("entry.added", id, data);
        Ok(entry)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Entry, Error> {
        // The answer is the entry; the subject names the ticket and the entry.
        let (ticket, entry) = subject.split_once('/').unwrap_or((subject, ""));
        let not_found = || Error::not_found("entry", subject);
        let ticket: TicketId = ticket.parse().map_err(|_| not_found())?;
        let entry: EntryId = entry.parse().map_err(|_| not_found())?;
        desk.records.find(Key(vec![ticket.into(), entry.into()]))?.ok_or_else(not_found)
    }

    fn stored_subject(&self, draft: &Draft<'_>, value: Option<&Entry>) -> String {
        value.map_or_else(|| draft.subject.clone(), |entry| format!("{}/{}", entry.ticket, entry.id))
    }
}

/// Looks at an entry that was sent.
pub(super) fn check(checks: &mut Checks, field: &str, new: &NewEntry, draft: &Draft<'_>) {
    if new.text.is_empty() || new.text.len() > MOST_ENTRY_BYTES {
        let rule = format!("1 to {MOST_ENTRY_BYTES} bytes, this has {}", new.text.len());
        checks.fail(format!("{field}/text"), rule);
    }
    if new.text.contains('\0') {
        checks.fail(format!("{field}/text"), "text without NUL characters");
    }
    checks.locale(&format!("{field}/locale"), new.locale.as_deref());
    checks.past(&format!("{field}/at"), new.at, draft.now);
    match &new.author {
        Some(Author::Agent(name)) => checks.line(&format!("{field}/author/agent"), name, 1, MOST_AGENT_CHARS),
        Some(Author::Contact(_) | Author::System) | None => {}
    }
    if draft.how.actor == Actor::Policy && !matches!(new.author, None | Some(Author::System)) {
        checks.fail(format!("{field}/author"), "what a policy says is the system's word");
    }
    if draft.by.role == Role::Customer {
        let own = |author: &Author| Some(author) == draft.by.contact.map(Author::Contact).as_ref();
        if new.kind != EntryKind::Reply {
            checks.fail(format!("{field}/kind"), "a customer's entries are replies");
        }
        if new.author.as_ref().is_some_and(|author| !own(author)) || new.at.is_some() {
            checks.fail(format!("{field}/author"), "a customer's entries are the customer's own, and of now");
        }
    }
}

/// An author who is a contact must be one of this desk.
pub(super) fn known_author(draft: &mut Draft<'_>, field: &str, new: &NewEntry) -> Result<(), Error> {
    match &new.author {
        Some(Author::Contact(id)) if draft.find::<Contact>(*id)?.is_none() => {
            Err(Error::invalid(format!("{field}/author/contact"), format!("contact {id} not found")))
        }
        _ => Ok(()),
    }
}

/// Puts an entry into the draft. What is given was checked. `place` keeps entries of one moment in their order.
pub(super) fn make(draft: &mut Draft<'_>, ticket: TicketId, new: &NewEntry, place: u16) -> Result<Entry, Error> {
    let at = new.at.unwrap_or(draft.now);
    let author = match (&new.author, draft.by.contact) {
        (Some(author), _) => author.clone(),
        // A policy puts no words into the mouth of whoever caused it to speak.
        (None, _) if draft.how.actor == Actor::Policy => Author::System,
        (None, Some(contact)) => Author::Contact(contact),
        (None, None) => Author::Agent(draft.by.agent.clone().unwrap_or_else(|| named(draft.by))),
    };
    let (text, file) = if !inline(&new.text) {
        let file =
            (!draft.how.preview).then(|| draft.desk.parts.storage.blobs().put(new.text.as_bytes())).transpose()?;
        (beginning(&new.text).to_owned(), file)
    } else {
        (new.text.clone(), None)
    };
    // An entry's key sorts by when it was said, and within a moment by its place: 12 bits below the time.
    let order = u128::from(place & 0xfff) << 64;
    let entry = Entry {
        id: EntryId::new(at, order | (draft.desk.bits() & u128::from(u64::MAX))),
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        ticket,
        kind: new.kind,
        author,
        at,
        text,
        file,
        locale: new.locale.clone(),
    };
    draft.create(entry.clone());
    Ok(entry)
}

/// Whether a text stands in the entry itself: a record is stored as JSON, where line ends and quotes take more room.
pub(super) fn inline(text: &str) -> bool {
    text.len() <= MOST_INLINE_BYTES && json::text_bytes(text) <= MOST_INLINE_BYTES
}

/// The first bytes of a text, cut between characters.
fn beginning(text: &str) -> &str {
    let end = (0..=BEGINNING_BYTES).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}
