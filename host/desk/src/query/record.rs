//! Reading decisions, findings and events.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    DECISION_BY_SUBJECT, Decision, DecisionId, Event, Findings, Page, Principal, RecordsExt, Scan, Table,
};

use crate::capture::Capture;
use crate::desk::Desk;
use crate::error::Error;
use crate::view::PageRequest;

/// The place of the decision that made a record, behind those that stand in the index.
const FIRST: &[u8] = b"first";
/// A page of events is at most so long: 1,000 small events are some 300 KB.
const MOST_EVENTS: usize = 1_000;
/// Findings of so many sources about one subject are shown: a generation has 64 bindings at most.
const MOST_SOURCES: usize = 128;

impl Desk {
    /// Decisions, newest first: all, or those about one record, the one that made it last.
    pub fn decisions(
        &self,
        by: &Principal,
        subject: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<Decision>, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        let scan = match subject {
            Some(subject) if subject.len() > 128 => return Ok(Page { records: Vec::new(), next: None }),
            Some(subject) => Scan::index(DECISION_BY_SUBJECT, vec![subject.into()]),
            None => Scan::table(Table::Decision),
        };
        let first = || Ok::<_, Error>(subject.map(|it| self.made_by(it)).transpose()?.flatten());
        if page.after.as_deref() == Some(FIRST) {
            return Ok(Page { records: first()?.into_iter().collect(), next: None });
        }
        let scan = scan.backward().with_limit(page.limit()).with_after(page.after.clone());
        let mut found: Page<Decision> = self.inner.records.list(&scan)?;
        if found.next.is_none()
            && let Some(first) = first()?
        {
            match found.records.len() < page.limit() {
                true => found.records.push(first),
                false => found.next = Some(FIRST.to_vec()),
            }
        }
        Ok(found)
    }

    /// The decision that made the record of that id: it bears the record's UUID and stands in no index.
    fn made_by(&self, subject: &str) -> Result<Option<Decision>, Error> {
        let own = subject.split_once('_').map(|(_, suffix)| format!("{}_{suffix}", DecisionId::PREFIX));
        let Some(id) = own.and_then(|id| id.parse::<DecisionId>().ok()) else { return Ok(None) };
        let found: Option<Decision> = self.inner.records.find(id)?;
        Ok(found.filter(|it| it.subject == subject))
    }

    /// The decision of that id.
    pub fn decision(&self, by: &Principal, id: DecisionId) -> Result<Decision, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("decision", id))
    }

    /// What was told to policies for that decision; none: it is not kept, or no longer. It holds personal data, so
    /// whoever reads it must be allowed to read the records too.
    pub fn capture(&self, by: &Principal, id: DecisionId) -> Result<Option<Capture>, Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        self.decision(by, id)?;
        let bytes = self.inner.parts.storage.captures().get(self.id(), id)?;
        bytes.map(|bytes| Capture::from_bytes(&bytes).map_err(Error::Damaged)).transpose()
    }

    /// What policies and people found about a record, by source.
    pub fn findings(&self, by: &Principal, subject: &str) -> Result<Vec<Findings>, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        if subject.len() > 128 {
            return Ok(Vec::new());
        }
        let scan = Scan::table(Table::Findings).with_prefix(vec![subject.into()]).with_limit(MOST_SOURCES);
        Ok(self.inner.records.list(&scan)?.records)
    }

    /// Events behind `after`, in order, at most so many.
    pub fn events(&self, by: &Principal, after: u64, limit: usize) -> Result<Vec<Event>, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        Ok(self.inner.records.events(after, limit.clamp(1, MOST_EVENTS))?)
    }

    /// The sequence of the desk's last event.
    pub fn last_event(&self, by: &Principal) -> Result<u64, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        Ok(self.inner.records.last_event()?)
    }

    /// Calls `wake` with the last sequence after each commit that told events, until it answers false. Called on the
    /// committer's thread: hand over and return.
    pub fn watch(&self, by: &Principal, wake: Box<dyn Fn(u64) -> bool + Send + Sync>) -> Result<(), Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        self.inner.records.watch(wake);
        Ok(())
    }
}
