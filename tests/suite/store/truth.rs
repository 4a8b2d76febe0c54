//! What a store was told, remembered beside it: every record, event, counter, file and capture, to compare with what it
//! answers afterwards.

use std::collections::BTreeMap;

use plugdesk_domain::{
    Author, CONTACT_BY_EXTERNAL, Change, Contact, DecisionId, Digest, Entry, EntryId, EntryKind, Instant, RecordsExt,
    Scan, Storage, StoreError, Stored, Table, TicketId, Write,
};

use super::disk::Dice;
use super::workload::{contact, desk, event};

/// Records of a change, so that changes touch several pages of the tree.
const WRITES_PER_CHANGE: u64 = 6;
/// A page of a list.
const PAGE: usize = 200;

/// Why a store does not answer what it was told.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// It says that something can't be read.
    Noticed(StoreError),
    /// It answers something else, and says nothing.
    Silent(String),
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        Self::Noticed(error)
    }
}

/// What a store was told.
#[derive(Default, Clone)]
pub(crate) struct Truth {
    contacts: BTreeMap<u32, Contact>,
    entries: BTreeMap<u64, Entry>,
    /// Every file stored.
    pub(crate) files: Vec<Vec<u8>>,
    captures: Vec<(DecisionId, Vec<u8>)>,
    subjects: Vec<String>,
    sum: i64,
    made: u32,
}

/// A text that does not compress, so that bytes told are bytes written.
fn text(bytes: u64, dice: &mut Dice) -> String {
    (0..bytes / 16).map(|_| format!("{:016x}", dice.next())).collect()
}

impl Truth {
    /// Writes so many changes, each of a few contacts made, changed or removed, with texts of up to so many bytes.
    pub(crate) fn write(&mut self, storage: &dyn Storage, changes: u64, most: u64, dice: &mut Dice) {
        for _ in 0..changes {
            let mut change = Change::default();
            let mut touched = Vec::new();
            for _ in 0..WRITES_PER_CHANGE {
                let any = dice.roll(u64::from(self.made) + 1) as u32;
                let who = if dice.roll(3) == 0 { any } else { self.made };
                if touched.contains(&who) {
                    continue;
                }
                touched.push(who);
                self.touch(who, &mut change, most, dice);
            }
            if dice.roll(4) == 0 {
                let file = text(200 + dice.roll(4000), dice).into_bytes();
                let digest = storage.blobs().put(&file).unwrap();
                let entry = entry(self.entries.len() as u64, digest);
                change.create(entry.clone());
                self.entries.insert(self.entries.len() as u64, entry);
                self.files.push(file);
                let decision = DecisionId::new(Instant::from_millis(1), self.captures.len() as u128);
                let capture = text(100 + dice.roll(3000), dice).into_bytes();
                storage.captures().append(desk(), decision, capture.clone());
                self.captures.push((decision, capture));
            }
            for _ in 0..=dice.roll(3) {
                let subject = format!("event {}", self.subjects.len() + 1);
                change.tell(event("thing.done", &subject));
                self.subjects.push(subject);
            }
            let by = dice.roll(100) as i64;
            change.count("sum", by);
            self.sum += by;
            storage.records(desk()).commit_wait(change).unwrap();
        }
    }

    fn touch(&mut self, who: u32, change: &mut Change, most: u64, dice: &mut Dice) {
        let stands = self.contacts.get(&who).map(|it| it.version);
        if let Some(version) = stands.filter(|_| dice.roll(6) == 0) {
            let key = contact(who, 1).id.into();
            change.writes.push(Write::Delete { table: Table::Contact, key, version });
            self.contacts.remove(&who);
            return;
        }
        let mut new = contact(who, stands.unwrap_or(0) + 1);
        new.custom.insert("text".to_owned(), text(dice.roll(most) + 16, dice).into());
        new.external_ids.insert("crm".to_owned(), format!("{who}"));
        match stands {
            Some(_) => change.update(new.clone()),
            None => change.create(new.clone()),
        }
        self.made = self.made.max(who + 1);
        self.contacts.insert(who, new);
    }

    /// Whether everything stands there as it was told, and nothing else.
    pub(crate) fn compare(&self, storage: &dyn Storage) -> Result<(), Wrong> {
        let silent = |what: String| Err(Wrong::Silent(what));
        let records = storage.records(desk());
        for who in 0..self.made {
            let found: Option<Contact> = records.find(contact(who, 1).id)?;
            if found.as_ref() != self.contacts.get(&who) {
                let versions = (found.map(|it| it.version), self.contacts.get(&who).map(|it| it.version));
                return silent(format!("contact {who}: versions {versions:?}"));
            }
            let one = Scan::index(CONTACT_BY_EXTERNAL, vec!["crm".into(), format!("{who}").as_str().into()]);
            let indexed: Vec<Contact> = records.list(&one)?.records;
            if indexed.first() != self.contacts.get(&who) || indexed.len() > 1 {
                return silent(format!("the index entry of contact {who}"));
            }
        }
        let listed: Vec<Contact> = all(storage, &Scan::table(Table::Contact))?;
        if !listed.iter().eq(self.contacts.values()) {
            return silent("the list of contacts".to_owned());
        }
        let mut indexed: Vec<Contact> = all(storage, &Scan::index(CONTACT_BY_EXTERNAL, vec!["crm".into()]))?;
        indexed.sort_by_key(|it| it.id);
        if !indexed.iter().eq(self.contacts.values()) {
            return silent("the contacts of an index".to_owned());
        }
        if !all::<Entry>(storage, &Scan::table(Table::Entry))?.iter().eq(self.entries.values()) {
            return silent("the list of entries".to_owned());
        }
        self.compare_events(storage)?;
        if records.counter("sum")? != self.sum {
            return silent(format!("the counter stands at {}", records.counter("sum")?));
        }
        for file in &self.files {
            match storage.blobs().get(&Digest::of(file))? {
                Some(found) if found == *file => {}
                Some(_) => return silent("a file".to_owned()),
                // Whoever asks for what a record names knows that it should be there.
                None => return Err(Wrong::Noticed(StoreError::Damaged("a file is missing".to_owned()))),
            }
        }
        for (decision, capture) in &self.captures {
            // That one is missing is allowed: they are behind the answer. That it is another is not.
            if storage.captures().get(desk(), *decision)?.is_some_and(|found| found != *capture) {
                return silent(format!("the capture of {decision}"));
            }
        }
        Ok(())
    }

    fn compare_events(&self, storage: &dyn Storage) -> Result<(), Wrong> {
        let records = storage.records(desk());
        let mut told = Vec::new();
        while let Some(page) = Some(records.events(told.len() as u64, PAGE)?).filter(|page| !page.is_empty()) {
            if page.iter().zip(told.len() as u64 + 1..).any(|(event, number)| event.sequence != number) {
                return Err(Wrong::Silent("the numbers of events".to_owned()));
            }
            told.extend(page.into_iter().map(|event| event.subject));
        }
        let last = records.last_event()?;
        match told == self.subjects && last == self.subjects.len() as u64 {
            true => Ok(()),
            false => {
                Err(Wrong::Silent(format!("{} events of {}, the last is {last}", told.len(), self.subjects.len())))
            }
        }
    }
}

/// Every record of a list, page by page.
fn all<R: Stored>(storage: &dyn Storage, scan: &Scan) -> Result<Vec<R>, StoreError> {
    let mut scan = scan.clone().with_limit(PAGE);
    let mut found = Vec::new();
    loop {
        let page = storage.records(desk()).list(&scan)?;
        found.extend(page.records);
        match page.next {
            Some(next) => scan.after = Some(next),
            None => return Ok(found),
        }
    }
}

fn entry(n: u64, file: Digest) -> Entry {
    Entry {
        id: EntryId::new(Instant::from_millis(1), u128::from(n)),
        version: 1,
        created_at: Instant::from_millis(1),
        updated_at: Instant::from_millis(1),
        ticket: TicketId::new(Instant::from_millis(1), 1),
        kind: EntryKind::Note,
        author: Author::System,
        at: Instant::from_millis(1),
        text: format!("file {n}"),
        file: Some(file),
        locale: None,
    }
}
