//! What a desk can be told to do, one file per noun. Each command is prepared on the one path of [`crate::path`].
//!
//! Which questions each one asks, in which order, stands in `docs/commands.md`.

mod agent;
pub(crate) mod calendar;
mod commitment;
mod company;
mod contact;
mod contract;
mod definition;
mod entry;
mod escalation;
pub(crate) mod link;
mod membership;
pub(crate) mod merge;
pub(crate) mod proposal;
mod target;
mod team;
pub(crate) mod ticket;
mod webhook;

pub use ticket::action::{Action, ActionView, ActionsView, FREE_HANDOFFS};

use plugdesk_domain::record::Stored;
use plugdesk_domain::{Index, Key, RecordsExt, Role, Scan};

use crate::draft::Draft;
use crate::error::Error;

/// Customers may not do that.
fn not_for_customers(draft: &Draft<'_>, what: &str) -> Result<(), Error> {
    match draft.by.role {
        Role::Customer => Err(Error::Forbidden(format!("a customer may not {what}"))),
        _ => Ok(()),
    }
}

/// The record that a command changes, at the version that the caller expects.
fn existing<R: Stored + Clone>(
    draft: &mut Draft<'_>,
    what: &'static str,
    key: impl Into<Key>,
    id: impl ToString,
) -> Result<R, Error> {
    let record: R = draft.find(key)?.ok_or_else(|| Error::not_found(what, id))?;
    expected(draft, record.version())?;
    Ok(record)
}

/// The record stands at the version that the caller expects. Asked only after the caller may know of the record.
pub(crate) fn expected(draft: &Draft<'_>, version: u64) -> Result<(), Error> {
    match draft.how.if_match {
        Some(wanted) if !wanted.holds(version) => Err(Error::VersionMismatch { stored: version }),
        _ => Ok(()),
    }
}

/// The one record that has that external id.
fn by_external<R: Stored + Clone>(
    draft: &mut Draft<'_>,
    index: Index,
    system: &str,
    id: &str,
) -> Result<Option<R>, Error> {
    let scan = Scan::index(index, vec![system.into(), id.into()]).with_limit(1);
    let found: Option<R> = draft.desk.records.list(&scan)?.records.pop();
    if let Some(record) = &found {
        draft.note(R::TABLE, &record.key(), record.version());
    }
    Ok(found)
}

/// None of the external ids belongs to another record than `own`.
fn external_ids_free<R: Stored + Clone>(
    draft: &mut Draft<'_>,
    index: Index,
    what: &'static str,
    ids: &plugdesk_domain::ExternalIds,
    own: Option<&Key>,
) -> Result<(), Error> {
    for (system, id) in ids {
        let found: Option<R> = by_external(draft, index, system, id)?;
        if found.is_some_and(|found| Some(&found.key()) != own) {
            return Err(Error::Exists { what, id: format!("{system}:{id}") });
        }
    }
    Ok(())
}

/// A sort of set-up has room for one more.
fn room(count: usize, what: &str) -> Result<(), Error> {
    let most = crate::setup::MOST_OF_A_SORT;
    if count >= most {
        Err(Error::invalid("", format!("this desk has {most} {what}, which is the most")))
    } else {
        Ok(())
    }
}
