//! Aliases: the id of a merged record means the record that stands for it, in reads and in writes. Nothing was copied or
//! moved, so whoever reads a person, a company or a matter reads the whole cluster: the record that stands for all, and
//! those that point to it.

mod cluster;
mod compose;
mod links;
mod several;
mod tree;

use std::fmt::Display;
use std::str::FromStr;

use plugdesk_domain::merge::MOST_MERGED;
use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    Company, CompanyId, Contact, ContactId, Field, Key, MergeKind, Records, RecordsExt, Scan, StoreError, Ticket,
    TicketId,
};

use crate::draft::Draft;
use crate::error::Error;

pub(crate) use cluster::{
    Member, cluster, cluster_of_company, cluster_of_contact, cluster_of_ticket, members, same_cluster,
};
pub(crate) use compose::{Compose, Whole, whole, whole_company};
pub(crate) use links::{MOST_FOLLOWERS, followers_of, lead_of};
pub(crate) use several::several;
pub(crate) use tree::{Subtree, above, parents, subtree};

/// Where records are read: the store, or a draft over it.
pub(crate) trait Reads {
    /// The record at that key.
    fn one<R: Stored + Clone>(&self, key: Key) -> Result<Option<R>, StoreError>;
    /// The records of a scan; `also` says which of those that a draft made or changed belong to it.
    fn some<R: Stored + Clone>(&self, scan: &Scan, also: impl Fn(&R) -> bool) -> Result<Vec<R>, StoreError>;
}

impl Reads for dyn Records {
    fn one<R: Stored + Clone>(&self, key: Key) -> Result<Option<R>, StoreError> {
        self.find(key)
    }

    fn some<R: Stored + Clone>(&self, scan: &Scan, also: impl Fn(&R) -> bool) -> Result<Vec<R>, StoreError> {
        let mut found = self.list::<R>(scan)?.records;
        found.retain(|record| also(record));
        Ok(found)
    }
}

impl Reads for Draft<'_> {
    fn one<R: Stored + Clone>(&self, key: Key) -> Result<Option<R>, StoreError> {
        self.peek(key)
    }

    fn some<R: Stored + Clone>(&self, scan: &Scan, also: impl Fn(&R) -> bool) -> Result<Vec<R>, StoreError> {
        self.list(scan, also)
    }
}

/// A kind of record that may point to another.
pub(crate) trait Alias: Stored + Clone {
    /// Its id.
    type Id: Copy + Ord + Display + FromStr + Into<Field>;
    /// What merges of it are called.
    const KIND: MergeKind;
    /// What it is called.
    const NAME: &'static str;
    /// Its id.
    fn id(&self) -> Self::Id;
    /// The record that it points to.
    fn merged_into(&self) -> Option<Self::Id>;
    /// Lets it point there, or stand for itself.
    fn point_to(&mut self, winner: Option<Self::Id>);
}

macro_rules! alias {
    ($($name:ident $id:ident $kind:ident $text:literal)*) => {$(
        impl Alias for $name {
            type Id = $id;
            const KIND: MergeKind = MergeKind::$kind;
            const NAME: &'static str = $text;
            fn id(&self) -> $id {
                self.id
            }
            fn merged_into(&self) -> Option<$id> {
                self.merged_into
            }
            fn point_to(&mut self, winner: Option<$id>) {
                self.merged_into = winner;
            }
        }
    )*};
}

alias! {
    Contact ContactId Contact "contact"
    Company CompanyId Company "company"
    Ticket TicketId Ticket "ticket"
}

/// The record that stands for that id; none: there is no such record.
pub(crate) fn root<R: Alias>(reads: &(impl Reads + ?Sized), id: R::Id) -> Result<Option<R>, StoreError> {
    follow(id, |id: R::Id| reads.one(Key(vec![id.into()])))
}

/// The same in a command: what is read is noted for the decision.
pub(crate) fn find<R: Alias>(draft: &mut Draft<'_>, id: R::Id) -> Result<Option<R>, StoreError> {
    follow(id, |id: R::Id| draft.find(Key(vec![id.into()])))
}

/// The record that stands for that id, at the version that the caller expects.
pub(crate) fn existing<R: Alias>(draft: &mut Draft<'_>, id: R::Id) -> Result<R, Error> {
    let record: R = find(draft, id)?.ok_or_else(|| Error::not_found(R::NAME, id))?;
    crate::command::expected(draft, record.version())?;
    Ok(record)
}

fn follow<R: Alias>(
    id: R::Id,
    mut one: impl FnMut(R::Id) -> Result<Option<R>, StoreError>,
) -> Result<Option<R>, StoreError> {
    let mut next = id;
    for _ in 0..=MOST_MERGED {
        let Some(record) = one(next)? else { return Ok(None) };
        match record.merged_into() {
            None => return Ok(Some(record)),
            Some(winner) => next = winner,
        }
    }
    Err(StoreError::Damaged(format!("{} {id} points through more than {MOST_MERGED} others", R::NAME)))
}
