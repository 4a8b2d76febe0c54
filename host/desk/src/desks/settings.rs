//! A desk's settings.

use std::sync::Arc;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::record::{Desk as DeskRecord, Stored};
use plugdesk_domain::{Change, DeskId, Principal, RecordsExt};

use super::Desks;
use crate::error::Error;
use crate::input::DeskPatch;
use crate::view::How;

/// Certainty.
const MOST_SCORE: u16 = 10_000;

impl Desks {
    /// Changes a desk's settings. Its admins and operators only.
    pub async fn desk_update(
        &self,
        by: &Principal,
        id: DeskId,
        patch: DeskPatch,
        how: &How,
    ) -> Result<DeskRecord, Error> {
        let desk = self.desk(id)?;
        desk.inner.authorise(by, Area::Access, Act::Write)?;
        if patch.merge_above.flatten().is_some_and(|above| !(1..=MOST_SCORE).contains(&above)) {
            return Err(Error::invalid("/merge_above", format!("1 to {MOST_SCORE}, or null")));
        }
        let _running = self.inner.running.enter()?;
        let mut record: DeskRecord = self.inner.root.find(id)?.ok_or_else(|| Error::not_found("desk", id))?;
        if how.if_match.is_some_and(|wanted| !wanted.holds(record.version)) {
            return Err(Error::VersionMismatch { stored: record.version });
        }
        let before = record.merge_above;
        if let Some(above) = patch.merge_above {
            record.merge_above = above;
        }
        if record.merge_above == before {
            return Ok(record);
        }
        if how.preview {
            return Ok(record);
        }
        record.touch(self.inner.parts.clock.now());
        let mut change = Change::default();
        change.update(record.clone());
        let mut event = desk.inner.event("desk.updated", id, by);
        event.data.insert("merge_above".to_owned(), record.merge_above.into());
        change.tell(event);
        self.commit_root(change).await?;
        // Of two changes at one moment the later one stays, whoever comes back first.
        let record = Arc::new(record);
        desk.inner.current.rcu(|now| if now.version >= record.version { Arc::clone(now) } else { Arc::clone(&record) });
        Ok((*record).clone())
    }
}
