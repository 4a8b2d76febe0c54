//! The company tree with merged nodes resolved: whoever stands for several nodes has the children of all.
//!
//! A node may have several parents in store, one per part. No change may close a ring over any of them, so that undoing
//! a merge never does either; what shows is the first.

use std::collections::{BTreeSet, VecDeque};

use plugdesk_domain::company::{MOST_LEVELS, MOST_NODES};
use plugdesk_domain::{COMPANY_BY_PARENT, Company, CompanyId, Scan, StoreError};

use super::{Reads, Whole, cluster, root, whole};

/// The nodes above a company, merged ones resolved: those of every part, in the order of the parts; never itself.
pub(crate) fn parents(reads: &(impl Reads + ?Sized), whole: &Whole<Company>) -> Result<Vec<Company>, StoreError> {
    let own = whole.ids();
    let mut found: Vec<Company> = Vec::new();
    for id in whole.parts.iter().filter_map(|(_, part)| part.parent) {
        if let Some(parent) = root::<Company>(reads, id)?
            && !own.contains(&parent.id)
            && !found.iter().any(|it| it.id == parent.id)
        {
            found.push(parent);
        }
    }
    Ok(found)
}

/// The nodes above a company as they show, the nearest first.
pub(crate) fn above(reads: &(impl Reads + ?Sized), id: CompanyId) -> Result<Vec<Company>, StoreError> {
    let mut found: Vec<Company> = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next.take()
        && found.len() < MOST_LEVELS
    {
        let Some(node) = whole::<Company>(reads, id)? else { break };
        let Some(parent) = parents(reads, &node)?.into_iter().next() else { break };
        let Some(shown) = super::whole_company(reads, parent.id)? else { break };
        if shown.record.id == id || found.iter().any(|it| it.id == shown.record.id) {
            break;
        }
        next = Some(shown.record.id);
        found.push(shown.record);
    }
    Ok(found)
}

/// A node and what is below it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subtree {
    /// The standing nodes, nearest first, each with its level below the first.
    pub(crate) nodes: Vec<(Company, usize)>,
    /// The ids of all their parts: where tickets and memberships stand.
    pub(crate) ids: Vec<CompanyId>,
    /// There are more than were read.
    pub(crate) more: bool,
}

/// A company node with everything below it, at most `most` ids, nearest first.
pub(crate) fn subtree(reads: &(impl Reads + ?Sized), id: CompanyId, most: usize) -> Result<Subtree, StoreError> {
    let mut found = Subtree::default();
    let mut seen = BTreeSet::new();
    let mut waiting = VecDeque::new();
    waiting.extend(root::<Company>(reads, id)?.map(|it| (it, 0)));
    let most = most.min(MOST_NODES);
    while let Some((node, level)) = waiting.pop_front() {
        if !seen.insert(node.id) {
            continue;
        }
        if found.ids.len() >= most || level >= MOST_LEVELS {
            found.more = true;
            break;
        }
        let parts = cluster::<Company>(reads, node.id)?;
        let room = most + 1 - found.ids.len();
        for part in &parts {
            let scan = Scan::index(COMPANY_BY_PARENT, vec![(*part).into()]).with_limit(room);
            let below = reads.some::<Company>(&scan, |it| it.parent == Some(*part))?;
            for it in below {
                if it.merged_into.is_none() {
                    waiting.push_back((it, level + 1));
                } else if let Some(standing) = super::whole_company(reads, it.id)?
                    && standing.record.parent == Some(node.id)
                {
                    // One that points elsewhere stands where that one stands, which may be here.
                    waiting.push_back((standing.record, level + 1));
                }
            }
        }
        found.ids.extend(parts);
        found.nodes.push((node, level));
    }
    found.ids.truncate(MOST_NODES);
    Ok(found)
}
