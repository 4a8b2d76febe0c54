//! A copy of a desk sends nothing by itself: the receivers would hear everything twice, signed with the same key.

use std::sync::Arc;

use plugdesk_domain::record::{Desk, Stored};
use plugdesk_domain::{Change, DeskId, ROOT_DESK, Record, RecordsExt, Scan, Storage, StoreError, Webhook};

use crate::store::Store;

/// Why a webhook that came in with a desk is not active.
const BROUGHT_IN: &str =
    "the desk was brought in: whoever switches it on says that events are to be sent from here too";

/// The record as a copy of its desk has it: a webhook that sends is switched off, all others stay as they are.
pub(crate) fn quiet(record: Record) -> Record {
    match record {
        Record::Webhook(hook) if hook.active => off(Arc::unwrap_or_clone(hook)).into_record(),
        record => record,
    }
}

fn off(hook: Webhook) -> Webhook {
    Webhook { active: false, disabled: Some(BROUGHT_IN.to_owned()), ..hook }
}

/// Switches off every webhook of every desk in a store that nobody serves. Returns how many there were.
///
/// # Errors
/// What reading and writing them says.
pub fn quieten(store: &Store) -> Result<u64, StoreError> {
    let mut count = 0;
    for desk in all::<Desk>(store, ROOT_DESK)? {
        for mut hook in all::<Webhook>(store, desk.id)?.into_iter().filter(|it| it.active) {
            // Nothing happened at the desk: what its receivers were told last stays what it was.
            hook.touch(hook.updated_at);
            let mut change = Change::default();
            change.update(off(hook));
            store.records(desk.id).commit_wait(change)?;
            count += 1;
        }
    }
    Ok(count)
}

fn all<R: Stored>(store: &Store, desk: DeskId) -> Result<Vec<R>, StoreError> {
    let (records, mut found, mut after) = (store.records(desk), Vec::new(), None);
    loop {
        let page = records.list(&Scan::table(R::TABLE).with_limit(Scan::MOST).with_after(after))?;
        found.extend(page.records);
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
