//! The records of one person, company or matter: the one that stands for all first.

use std::collections::BTreeSet;

use plugdesk_domain::merge::MOST_MERGED;
use plugdesk_domain::{
    Company, CompanyId, Contact, ContactId, MERGE_BY_WINNER, Merge, Scan, StoreError, Ticket, TicketId,
};

use super::{Alias, Reads, root};

/// A record of a cluster, and the merge by which it points to another; none: it stands for all.
#[derive(Debug, Clone)]
pub(crate) struct Member<Id> {
    /// Which.
    pub(crate) id: Id,
    /// How it came.
    pub(crate) merge: Option<Merge>,
}

/// The records of a cluster whose standing record is `root`, those merged earlier first.
pub(crate) fn members<R: Alias>(reads: &(impl Reads + ?Sized), root: R::Id) -> Result<Vec<Member<R::Id>>, StoreError> {
    let mut found = vec![Member { id: root, merge: None }];
    let mut seen = BTreeSet::from([root]);
    let mut place = 0;
    while let Some(member) = found.get(place)
        && found.len() <= MOST_MERGED
    {
        let winner = member.id.to_string();
        let scan = Scan::index(MERGE_BY_WINNER, vec![winner.as_str().into()]).with_limit(MOST_MERGED);
        let mut merges = reads.some::<Merge>(&scan, |it| it.winner == winner && it.undone_at.is_none())?;
        merges.sort_by_key(|it| (it.created_at, it.id));
        for merge in merges {
            let Ok(loser) = merge.loser.parse::<R::Id>() else { continue };
            if seen.insert(loser) {
                found.push(Member { id: loser, merge: Some(merge) });
            }
        }
        place += 1;
    }
    found.truncate(MOST_MERGED);
    Ok(found)
}

/// The ids of the cluster that a record belongs to, the standing one first; the id alone if there is no such record.
pub(crate) fn cluster<R: Alias>(reads: &(impl Reads + ?Sized), id: R::Id) -> Result<Vec<R::Id>, StoreError> {
    let Some(root) = root::<R>(reads, id)? else { return Ok(vec![id]) };
    Ok(members::<R>(reads, root.id())?.into_iter().map(|it| it.id).collect())
}

/// Whether two ids mean one record.
pub(crate) fn same_cluster<R: Alias>(
    reads: &(impl Reads + ?Sized),
    one: R::Id,
    other: R::Id,
) -> Result<bool, StoreError> {
    if one == other {
        return Ok(true);
    }
    let root = |id| Ok::<_, StoreError>(root::<R>(reads, id)?.map_or(id, |it| it.id()));
    Ok(root(one)? == root(other)?)
}

/// The ids under which a person's tickets stand.
pub(crate) fn cluster_of_contact(reads: &(impl Reads + ?Sized), id: ContactId) -> Result<Vec<ContactId>, StoreError> {
    cluster::<Contact>(reads, id)
}

/// The ids under which a company node's tickets stand.
pub(crate) fn cluster_of_company(reads: &(impl Reads + ?Sized), id: CompanyId) -> Result<Vec<CompanyId>, StoreError> {
    cluster::<Company>(reads, id)
}

/// The ids under which a matter's entries stand.
pub(crate) fn cluster_of_ticket(reads: &(impl Reads + ?Sized), id: TicketId) -> Result<Vec<TicketId>, StoreError> {
    cluster::<Ticket>(reads, id)
}
