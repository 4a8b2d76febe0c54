//! One row on its way through its command.

use std::time::Duration;

use plugdesk_domain::{
    Author, COMPANY_BY_EXTERNAL, CONTACT_BY_EXTERNAL, Company, Contact, Principal, RecordsExt, RefusedRow, Scan,
    TICKET_BY_EXTERNAL, Ticket,
};

use crate::desk::{Desk, Inner};
use crate::error::Error;
use crate::import::known::Known;
use crate::import::record::Made;
use crate::input::{NewEntry, NewTicket};
use crate::view::How;

/// How long to wait when the desk has no room, and how often: ten seconds in all, then the import stops.
const BUSY_PAUSE: Duration = Duration::from_millis(20);
/// See [`BUSY_PAUSE`].
const BUSY_TRIES: u32 = 500;

/// What came of a row.
pub(super) enum Landed {
    Written,
    Repeated,
    /// It is in already with other content.
    Changed,
    /// This row can't be taken; the others may.
    Refused(Error),
    /// No row can be taken now.
    Stopped(Error),
}

/// A row on its way.
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) made: Made,
    pub(super) how: How,
    /// The row's own external id: system and id.
    pub(super) own: Option<(String, String)>,
}

/// Writes or tries one row, waiting where the desk has no room.
pub(super) async fn one(desk: Desk, by: Principal, row: Row) -> (u64, Landed) {
    let Row { line, made, how, own } = row;
    let mut tries = 0;
    loop {
        let repeated = match &made {
            Made::Ticket(new, rest) => ticket(&desk, &by, new, rest, &how).await,
            Made::Membership(new) if Known(&desk.inner).has(new) => Ok(true),
            Made::Membership(new) => {
                desk.membership_create(&by, new.as_ref().clone(), &how).await.map(|done| done.repeated)
            }
            Made::Entry(ticket, new) => {
                desk.entry_add(&by, *ticket, new.as_ref().clone(), &how).await.map(|done| done.repeated)
            }
            Made::Contact(new, share) => {
                desk.contact_take(&by, new.as_ref().clone(), *share, &how).await.map(|done| done.repeated)
            }
            Made::Company(new) => desk.company_create(&by, new.as_ref().clone(), &how).await.map(|done| done.repeated),
        };
        return (
            line,
            match repeated {
                Ok(true) => Landed::Repeated,
                Ok(false) => Landed::Written,
                Err(Error::Busy(_)) if tries < BUSY_TRIES && !desk.inner.running.is_closed() => {
                    tries += 1;
                    // This thread has nothing else to do than to wait for room.
                    std::thread::park_timeout(BUSY_PAUSE);
                    continue;
                }
                Err(Error::ReadOnly(_) | Error::Held(_) | Error::NoSpace(_)) if !desk.inner.running.is_closed() => {
                    super::rest();
                    continue;
                }
                Err(Error::Exists { .. }) if own.as_ref().is_some_and(|own| is_in(&desk.inner, &made, own)) => {
                    Landed::Repeated
                }
                // Its own id says that it is the same row.
                Err(Error::IdempotencyReused) if own.is_some() => Landed::Changed,
                Err(error) => match error {
                    Error::NotFound { .. }
                    | Error::Invalid(_)
                    | Error::Exists { .. }
                    | Error::IdempotencyReused
                    | Error::Refused { .. }
                    | Error::Declined { .. }
                    | Error::TooLarge { .. }
                    | Error::Conflict(_) => Landed::Refused(error),
                    Error::Forbidden(_)
                    | Error::VersionMismatch { .. }
                    | Error::IdempotencyInFlight
                    | Error::Busy(_)
                    | Error::ReadOnly(_)
                    | Error::Held(_)
                    | Error::NoSpace(_)
                    | Error::Unknown(_)
                    | Error::Pack(_)
                    | Error::Cursor
                    | Error::Damaged(_)
                    | Error::Internal(_) => Landed::Stopped(error),
                },
            },
        );
    }
}

/// A ticket with its entries: those for which its own command has no room follow one by one, each known by its place, so
/// that a row which broke off in between is finished by the next run.
async fn ticket(desk: &Desk, by: &Principal, new: &NewTicket, rest: &[NewEntry], how: &How) -> Result<bool, Error> {
    let made = desk.ticket_create(by, new.clone(), how).await?;
    if how.preview {
        return Ok(made.repeated);
    }
    for (place, entry) in rest.iter().enumerate() {
        let mut how = how.clone();
        if let Some(key) = &mut how.idempotency {
            key.key.push_str(&format!("/{place}"));
        }
        let author = entry.author.clone().or(made.value.requester.map(Author::Contact));
        let entry = NewEntry { author, ..entry.clone() };
        desk.entry_add(by, made.value.id, entry, &how).await?;
    }
    Ok(made.repeated)
}

/// Whether a record with the row's own external id is in the desk already.
fn is_in(desk: &Inner, made: &Made, (system, id): &(String, String)) -> bool {
    let fields = vec![system.as_str().into(), id.as_str().into()];
    let one = |index| Scan::index(index, fields.clone()).with_limit(1);
    match made {
        Made::Membership(_) | Made::Entry(..) => false,
        Made::Ticket(..) => desk.records.list::<Ticket>(&one(TICKET_BY_EXTERNAL)).is_ok_and(|p| !p.records.is_empty()),
        Made::Contact(..) => {
            desk.records.list::<Contact>(&one(CONTACT_BY_EXTERNAL)).is_ok_and(|p| !p.records.is_empty())
        }
        Made::Company(_) => {
            desk.records.list::<Company>(&one(COMPANY_BY_EXTERNAL)).is_ok_and(|p| !p.records.is_empty())
        }
    }
}

/// Why the desk refuses a row, in the words of the first field at fault.
pub(super) fn refused(line: u64, error: &Error) -> RefusedRow {
    match error {
        Error::Invalid(faults) => match faults.first() {
            Some(fault) => RefusedRow { line, field: fault.field.clone(), reason: fault.rule.clone() },
            None => RefusedRow { line, field: String::new(), reason: error.to_string() },
        },
        other => RefusedRow { line, field: String::new(), reason: other.to_string() },
    }
}
