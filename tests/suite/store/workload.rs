//! What the crash tests write, and how they tell afterwards whether anything is missing or half there.
//!
//! Each operation of a writer is one change: a ticket is made, the writer's own contact counts one more, a counter
//! rises, two events are told; every fifth also deletes a ticket, every seventh stores a file and names it. So from the
//! contact's version alone follows everything else that must stand in the store.

use std::collections::BTreeMap;

use plugdesk_domain::{
    Author, Category, Change, Committed, Contact, ContactId, ContactState, Counters, DeskId, Digest, Entry, EntryId,
    EntryKind, EventDraft, Instant, Maintenance, Priority, Records, RecordsExt, Scan, Storage, StoreError, Stored,
    TICKET_BY_EXTERNAL, TICKET_BY_REQUESTER, Table, Ticket, TicketId, Write,
};

/// The desk that is written.
pub(crate) fn desk() -> DeskId {
    DeskId::new(Instant::from_millis(1), 1)
}

fn at(n: u64) -> Instant {
    Instant::from_millis(1_700_000_000_000 + n as i64)
}

fn contact_id(writer: u32) -> ContactId {
    ContactId::new(at(0), u128::from(writer))
}

fn ticket_id(writer: u32, n: u64) -> TicketId {
    TicketId::new(at(n), (u128::from(writer) << 32) | u128::from(n))
}

/// A contact that counts a writer's operations.
pub(crate) fn contact(writer: u32, done: u64) -> Contact {
    Contact {
        id: contact_id(writer),
        version: done,
        created_at: at(0),
        updated_at: at(done),
        external_ids: BTreeMap::new(),
        custom: BTreeMap::from([("done".to_owned(), done.into())]),
        state: ContactState::Known,
        name: format!("Writer {writer}"),
        segment: None,
        locale: None,
        time_zone: None,
        shared: vec![],
        merged_into: None,
    }
}

/// A ticket as operation `n` makes it.
pub(crate) fn ticket(writer: u32, n: u64, number: u64) -> Ticket {
    Ticket {
        id: ticket_id(writer, n),
        version: 1,
        created_at: at(n),
        updated_at: at(n),
        external_ids: BTreeMap::from([("writer".to_owned(), format!("{writer}/{n}"))]),
        custom: BTreeMap::from([("text".to_owned(), "x".repeat((n as usize * 97) % 1500).into())]),
        number,
        kind: "support".to_owned(),
        subject: format!("Operation {n}"),
        state: "new".to_owned(),
        category: Category::New,
        priority: Priority::Normal,
        segment: None,
        company: None,
        requester: Some(contact_id(writer)),
        participants: vec![],
        team: None,
        assignee: None,
        channel: "test".to_owned(),
        tags: vec![],
        next_action: None,
        counters: Counters::default(),
        qualified: None,
        tracked: None,
        commitments: vec![],
        turns: vec![],
        snoozed_until: None,
        escalated: None,
        deferred: vec![],
        timer_depth: 0,
        imported_at: None,
        merged_into: None,
    }
}

/// A draft of an event.
pub(crate) fn event(name: &str, subject: impl std::fmt::Display) -> EventDraft {
    EventDraft {
        name: name.to_owned(),
        subject: format!("{subject}"),
        at: at(0),
        by: "system".to_owned(),
        role: None,
        decision: None,
        depth: 0,
        data: Default::default(),
    }
}

/// The file that operation `n` stores, if it does.
fn file(writer: u32, n: u64) -> Option<Vec<u8>> {
    n.is_multiple_of(7).then(|| format!("the file of {writer}/{n} ").repeat(400).into_bytes())
}

/// The ticket that operation `n` deletes, if it does.
fn deleted(n: u64) -> Option<u64> {
    n.is_multiple_of(5).then(|| n - 3)
}

/// How many operations of a writer stand in the store.
pub(crate) fn done(records: &dyn Records, writer: u32) -> Result<u64, StoreError> {
    Ok(records.find::<Contact>(contact_id(writer))?.map_or(0, |contact| contact.version))
}

/// Does operation `n` of a writer and waits until it is durable.
pub(crate) fn write(storage: &dyn Storage, writer: u32, n: u64) -> Result<Committed, StoreError> {
    let records = storage.records(desk());
    let mut change = Change::default();
    let number = records.next_number("ticket")?;
    change.create(ticket(writer, n, number));
    match n {
        1 => change.create(contact(writer, 1)),
        _ => change.update(contact(writer, n)),
    }
    if let Some(gone) = deleted(n) {
        change.writes.push(Write::Delete { table: Table::Ticket, key: ticket_id(writer, gone).into(), version: 1 });
    }
    if let Some(bytes) = file(writer, n) {
        let digest = storage.blobs().put(&bytes)?;
        change.create(entry(writer, n, digest));
    }
    change.count("operations", 1);
    change.tell(event("ticket.created", ticket_id(writer, n)));
    change.tell(event("writer.counted", format!("{writer}/{n}")));
    records.commit_wait(change)
}

/// Does all of these operations.
pub(crate) fn write_through(storage: &dyn Storage, writer: u32, operations: std::ops::RangeInclusive<u64>) {
    for n in operations {
        write(storage, writer, n).unwrap();
    }
}

fn entry(writer: u32, n: u64, file: Digest) -> Entry {
    Entry {
        id: EntryId::new(at(n), u128::from(n)),
        version: 1,
        created_at: at(n),
        updated_at: at(n),
        ticket: ticket_id(writer, n),
        kind: EntryKind::Note,
        author: Author::System,
        at: at(n),
        text: "see the file".to_owned(),
        file: Some(file),
        locale: None,
    }
}

/// Whether everything acknowledged is there, nothing is there by half, and all of it agrees. Returns the number of
/// operations found, or what is wrong.
pub(crate) fn check(storage: &dyn Storage, acknowledged: &[u64]) -> Result<u64, String> {
    let records = storage.records(desk());
    let told = |error: StoreError| error.to_string();
    let mut sum = 0;
    for (writer, acknowledged) in acknowledged.iter().enumerate() {
        let writer = writer as u32;
        let done = done(&*records, writer).map_err(told)?;
        if done < *acknowledged {
            return Err(format!("writer {writer}: {acknowledged} were acknowledged, {done} are there"));
        }
        for n in 1..=done {
            check_operation(storage, &*records, writer, n, done)?;
        }
        if records.find::<Ticket>(ticket_id(writer, done + 1)).map_err(told)?.is_some() {
            return Err(format!("writer {writer}: operation {} is there by half", done + 1));
        }
        let alive = (1..=done).filter(|n| !(1..=done).any(|later| deleted(later) == Some(*n))).count();
        let listed = count(&*records, &Scan::index(TICKET_BY_REQUESTER, vec![contact_id(writer).into()]))?;
        if listed != alive {
            return Err(format!("writer {writer}: {alive} tickets, {listed} in the index"));
        }
        sum += done;
    }
    let counted = records.counter("operations").map_err(told)?;
    if counted != sum as i64 {
        return Err(format!("the counter stands at {counted} after {sum} operations"));
    }
    check_events(&*records, acknowledged.len(), sum)?;
    let verified = storage.maintenance().verify().map_err(told)?;
    match verified.problems.first() {
        Some(problem) => Err(format!("verify: {problem} (and {} more)", verified.problems.len() - 1)),
        None => Ok(sum),
    }
}

fn check_operation(storage: &dyn Storage, records: &dyn Records, writer: u32, n: u64, done: u64) -> Result<(), String> {
    let told = |error: StoreError| format!("writer {writer}, operation {n}: {error}");
    let gone = (n + 1..=(n + 3).min(done)).any(|later| deleted(later) == Some(n));
    let found = records.find::<Ticket>(ticket_id(writer, n)).map_err(told)?;
    let number = found.as_ref().map_or(0, |ticket| ticket.number);
    if found != (!gone).then(|| ticket(writer, n, number)) {
        return Err(format!("writer {writer}: the ticket of operation {n} is not as it was written"));
    }
    let external = vec!["writer".into(), format!("{writer}/{n}").as_str().into()];
    if count(records, &Scan::index(TICKET_BY_EXTERNAL, external))? != usize::from(!gone) {
        return Err(format!("writer {writer}: the index does not agree about operation {n}"));
    }
    if let Some(bytes) = file(writer, n) {
        let digest = Digest::of(&bytes);
        let key = entry(writer, n, digest).key();
        if records.find::<Entry>(key).map_err(told)?.is_none() {
            return Err(format!("writer {writer}: the entry of operation {n} is missing"));
        }
        if storage.blobs().get(&digest).map_err(told)? != Some(bytes) {
            return Err(format!("writer {writer}: the file of operation {n} is missing"));
        }
    }
    Ok(())
}

fn check_events(records: &dyn Records, writers: usize, sum: u64) -> Result<(), String> {
    let mut last = vec![0; writers];
    let mut after = 0;
    loop {
        let events = records.events(after, 1000).map_err(|error| error.to_string())?;
        let Some(newest) = events.last() else { break };
        for event in &events {
            if event.sequence != after + 1 {
                return Err(format!("event {} follows event {after}", event.sequence));
            }
            after += 1;
            if let Some((writer, n)) = event.subject.split_once('/') {
                let (writer, n): (usize, u64) = (writer.parse().unwrap_or(0), n.parse().unwrap_or(0));
                if n != last[writer] + 1 {
                    return Err(format!("writer {writer}: event of operation {n} follows that of {}", last[writer]));
                }
                last[writer] = n;
            }
        }
        after = newest.sequence;
    }
    if after != 2 * sum || last.iter().sum::<u64>() != sum {
        return Err(format!("{after} events after {sum} operations"));
    }
    Ok(())
}

/// How many records a scan finds, page by page.
pub(crate) fn count(records: &dyn Records, scan: &Scan) -> Result<usize, String> {
    let mut scan = scan.clone().with_limit(100);
    let mut found = 0;
    loop {
        let page = records.scan(&scan).map_err(|error| error.to_string())?;
        found += page.records.len();
        match page.next {
            Some(next) => scan.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Everything a store holds, as the lines of an export, to compare two stores.
pub(crate) fn exported(maintenance: &dyn Maintenance, desk: DeskId) -> String {
    let mut lines = Vec::new();
    maintenance.export(desk, &mut lines).expect("a store in use can be exported");
    String::from_utf8(lines).expect("JSON is UTF-8")
}
