//! What happened on a ticket, as a row tells it: entries with their own authors and times, changes of category.

use plugdesk_domain::record::ticket::MOST_TURNS;
use plugdesk_domain::{Author, ContactId, EntryKind, IdentityKind, TicketId};

use super::super::known::Known;
use super::super::mapping::{EntryFields, Flag, KindFrom};
use super::super::value::{Reading, Wrong};
use crate::input::{ContactRef, NewEntry, NewTurn};
use crate::json::text_bytes;

/// So many entries come along with the ticket itself; the rest follows, an entry at a time.
const ALONG: usize = 64;
/// Their texts have together at most so many bytes as JSON: half of what the command takes, so that the rest of it has
/// room.
const ALONG_BYTES: usize = 256 << 10;

/// The row's entries, oldest first where they say when.
pub(super) fn entries(
    reading: &Reading<'_>,
    contact: Option<&ContactRef>,
    known: &Known<'_>,
) -> Result<Vec<NewEntry>, Wrong> {
    let mut all = Vec::new();
    for fields in &reading.mapping.entries {
        for cells in reading.members(fields.each.as_deref())? {
            let reading = Reading { mapping: reading.mapping, cells: &cells };
            all.extend(said(&reading, fields, contact.is_some(), known)?);
        }
    }
    // Stable: what says no time stays where it stands, between those around it.
    if all.iter().all(|it| it.at.is_some()) {
        all.sort_by_key(|it| it.at);
    }
    Ok(all)
}

/// Cuts off the entries for which the ticket's own command has no room.
pub(super) fn beyond(entries: &mut Vec<NewEntry>) -> Vec<NewEntry> {
    let mut bytes = 0_usize;
    let fits = |it: &NewEntry| {
        bytes = bytes.saturating_add(text_bytes(&it.text));
        bytes <= ALONG_BYTES
    };
    let along = entries.iter().take(ALONG).map(fits).take_while(|fits| *fits).count();
    // One that is too long by itself is refused by the command, which says so.
    entries.split_off(along.max(1).min(entries.len()))
}

/// A row of an import of entries: the ticket, and what was said on it.
pub(super) fn entry(reading: &Reading<'_>, known: &Known<'_>) -> Result<(TicketId, NewEntry), Wrong> {
    let none = || Wrong { field: String::new(), reason: "the mapping has no entry".to_owned() };
    let fields = reading.mapping.entries.first().ok_or_else(none)?;
    let source = fields.ticket.as_ref();
    let id = reading.text(source)?.ok_or_else(|| reading.wrong(source, "the row names no ticket".to_owned()))?;
    let (ticket, requester) = known.ticket(reading, source, &id)?;
    let entry = said(reading, fields, requester.is_some(), known)?;
    let mut entry = entry.ok_or_else(|| reading.wrong(Some(&fields.text), "the row says nothing".to_owned()))?;
    // Beside a ticket that is there, nobody but the requester can be meant.
    entry.author = entry.author.or(requester.map(Author::Contact));
    Ok((ticket, entry))
}

/// The row's changes of category, oldest first; one that changes nothing is left out.
pub(super) fn turns(reading: &Reading<'_>) -> Result<Vec<NewTurn>, Wrong> {
    let mut all: Vec<NewTurn> = Vec::new();
    for fields in &reading.mapping.turns {
        for cells in reading.members(fields.each.as_deref())? {
            let reading = Reading { mapping: reading.mapping, cells: &cells };
            let (category, at) = (reading.word(Some(&fields.category))?, reading.date(Some(&fields.at))?);
            all.extend(category.zip(at).map(|(category, at)| NewTurn { at, category }));
        }
    }
    all.sort_by_key(|it| it.at);
    all.dedup_by_key(|it| it.category);
    // A ticket keeps so many: the oldest but the first go.
    let beyond = all.len().saturating_sub(MOST_TURNS);
    Ok(all.into_iter().enumerate().filter(|(place, _)| *place == 0 || *place > beyond).map(|(_, it)| it).collect())
}

fn said(
    reading: &Reading<'_>,
    fields: &EntryFields,
    requester: bool,
    known: &Known<'_>,
) -> Result<Option<NewEntry>, Wrong> {
    let Some(text) = reading.text(Some(&fields.text))? else { return Ok(None) };
    let theirs = reading.flag(&fields.from_customer)?;
    let kind = match &fields.kind {
        Some(KindFrom::Word(kind)) => Some(*kind),
        Some(KindFrom::From(source)) => reading.word(Some(source))?,
        None => None,
    };
    let kind = kind.unwrap_or(if theirs { EntryKind::Reply } else { EntryKind::Note });
    if theirs && !kind.public() {
        let source = match (&fields.kind, &fields.from_customer) {
            (Some(KindFrom::From(source)), _) | (_, Flag::From(source)) => Some(source),
            _ => None,
        };
        return Err(reading.wrong(source, format!("a customer's entry is a reply or a call, not a {}", kind.name())));
    }
    let person: Option<ContactId> = match reading.text(fields.email.as_ref())? {
        Some(email) if theirs => Some(known.address(reading, fields.email.as_ref(), &IdentityKind::Email, &email)?),
        _ => None,
    };
    let agent = reading.text(fields.agent.as_ref())?;
    let author = match (theirs, person, agent) {
        (true, Some(person), _) => Some(Author::Contact(person)),
        // The requester may be made by this very command, so there is no id to name yet; `ticket.create` takes replies
        // and calls without an author as the requester's.
        (true, None, _) if requester => None,
        (false, _, Some(agent)) => Some(Author::Agent(agent)),
        (_, _, _) => Some(Author::System),
    };
    let at = reading.date(fields.at.as_ref())?;
    Ok(Some(NewEntry { kind, author, text, locale: None, at }))
}
