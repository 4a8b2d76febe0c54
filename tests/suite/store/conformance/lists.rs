//! Reading: pages, cursors, desks apart, events.

use std::sync::{Arc, mpsc};

use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    Contact, DeskId, Direction, Field, Findings, Instant, RecordsExt, Scan, Storage, StoreError, TICKET_BY_KIND, Table,
    Ticket,
};

use super::super::workload::{contact, count, desk, event, ticket};
use super::change;

pub(super) fn pages_walk_a_list_in_order_both_ways(store: &dyn Storage) {
    let records = store.records(desk());
    for n in 1..=150 {
        records.commit_wait(change(|it| it.create(ticket(1, n, 1000 - n)))).unwrap();
    }
    let walk = |mut scan: Scan| {
        let mut numbers = Vec::new();
        loop {
            let page = records.list::<Ticket>(&scan).unwrap();
            assert!(page.records.len() <= 7);
            numbers.extend(page.records.iter().map(|ticket| ticket.number));
            match page.next {
                Some(next) => scan.after = Some(next),
                None => return numbers,
            }
        }
    };
    let falling: Vec<u64> = (850..1000).rev().collect();
    let rising: Vec<u64> = (850..1000).collect();
    assert_eq!(walk(Scan::table(Table::Ticket).with_limit(7)), falling);
    assert_eq!(walk(Scan::table(Table::Ticket).backward().with_limit(7)), rising);
    let by_kind = Scan::index(TICKET_BY_KIND, vec!["support".into()]).with_limit(7);
    assert_eq!(walk(by_kind.clone()), falling);
    assert_eq!(walk(by_kind.clone().backward()), rising);
    // The keys of such a page are in the index.
    for scan in [by_kind.clone(), by_kind.backward(), Scan::index(TICKET_BY_KIND, vec!["lead".into()])] {
        let page = records.list::<Ticket>(&scan).unwrap().records;
        assert_eq!(records.keys(&scan).unwrap(), page.iter().map(Stored::key).collect::<Vec<_>>());
    }
    assert_eq!(walk(Scan::index(TICKET_BY_KIND, vec!["lead".into()]).with_limit(7)), Vec::<u64>::new());
    // A prefix that no key can have is no error: there is nothing.
    assert_eq!(
        walk(Scan::index(TICKET_BY_KIND, vec!["x".repeat(300).as_str().into()]).with_limit(7)),
        Vec::<u64>::new()
    );
}

/// A page holds what fits the memory once it is read, however little room that takes in the store.
pub(super) fn a_page_of_long_records_ends_early_and_the_next_goes_on(store: &dyn Storage) {
    let records = store.records(desk());
    let name = "x".repeat(90 << 10);
    for ten in 0..10 {
        let contacts = (ten * 10..ten * 10 + 10).map(|n| Contact { name: name.clone(), ..contact(n, 1) });
        records.commit_wait(change(|it| contacts.for_each(|contact| it.create(contact)))).unwrap();
    }
    let scan = Scan::table(Table::Contact).with_limit(200);
    let first = records.list::<Contact>(&scan).unwrap();
    let bytes = first.records.len() * name.len();
    assert!((7 << 20..=(8 << 20) + name.len()).contains(&bytes), "{bytes}");
    let rest = records.list::<Contact>(&Scan { after: first.next, ..scan }).unwrap();
    assert_eq!(rest.next, None);
    let mut ids: Vec<_> = first.records.iter().chain(&rest.records).map(|contact| contact.id).collect();
    assert!(ids.is_sorted());
    ids.dedup();
    assert_eq!(ids.len(), 100);
}

/// Scans of every form find what a look at every record finds, in the same order, also page by page.
pub(super) fn every_scan_finds_what_a_look_at_everything_finds(store: &dyn Storage) {
    let records = store.records(desk());
    let mut dice = Dice(7);
    let words = ["", "a", "a\0", "ab", "b", "é", "éa"];
    let mut kept: Vec<Findings> = Vec::new();
    for (subject, source) in words.iter().flat_map(|a| words.iter().map(move |b| (*a, *b))) {
        if dice.roll(4) != 0 {
            kept.push(findings(subject, source));
            records.commit_wait(change(|it| it.create(findings(subject, source)))).unwrap();
        }
    }
    let key = |it: &Findings| vec![Field::from(it.subject.as_str()), Field::from(it.source.as_str())];
    kept.sort_by_key(key);
    for _ in 0..400 {
        let mut word = || words[dice.roll(words.len())];
        let (first, second, begins, whole) = (word(), word(), word(), word());
        let mut scan = Scan::table(Table::Findings).with_limit(1 + dice.roll(5));
        if dice.roll(2) == 0 {
            scan = scan.with_prefix(vec![whole.into()]);
        }
        if dice.roll(2) == 0 {
            scan = scan.beginning(begins);
        }
        match dice.roll(3) {
            0 => scan = scan.from(vec![first.into()]),
            1 => scan = scan.from(vec![first.into(), second.into()]),
            _ => {}
        }
        if dice.roll(2) == 0 {
            scan = scan.backward();
        }
        let behind = scan.prefix.len();
        let wanted = |it: &&Findings| {
            let key = key(it);
            let from = scan.from.as_ref().is_none_or(|from| match scan.direction {
                Direction::Forward => key >= *from,
                Direction::Backward => key <= *from || key.starts_with(from),
            });
            let begins = scan.begins.as_ref().is_none_or(
                |begins| matches!(&key[behind], Field::Text(text) if text.as_bytes().starts_with(begins.as_bytes())),
            );
            key.starts_with(&scan.prefix) && begins && from
        };
        let mut expected: Vec<Findings> = kept.iter().filter(wanted).cloned().collect();
        if scan.direction == Direction::Backward {
            expected.reverse();
        }
        let mut found = Vec::new();
        let mut next = scan.clone();
        loop {
            let page = records.list::<Findings>(&next).unwrap();
            assert!(page.records.len() <= scan.limit);
            found.extend(page.records);
            match page.next {
                Some(place) => next.after = Some(place),
                None => break,
            }
        }
        assert_eq!(found, expected, "{scan:?}");
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn findings(subject: &str, source: &str) -> Findings {
    let at = Instant::from_millis(1);
    let (subject, source) = (subject.to_owned(), source.to_owned());
    Findings {
        version: 1,
        created_at: at,
        updated_at: at,
        subject,
        source,
        decision: None,
        facts: vec![],
        signals: vec![],
    }
}

pub(super) fn a_place_in_another_list_is_no_cursor(store: &dyn Storage) {
    let records = store.records(desk());
    for n in 1..=4 {
        records.commit_wait(change(|it| it.create(ticket(n as u32, n, n)))).unwrap();
    }
    let page = records.scan(&Scan::table(Table::Ticket).with_limit(1)).unwrap();
    let place = page.next.unwrap();
    let refused = |scan: Scan, place: &[u8]| match records.scan(&scan.with_after(Some(place.to_vec()))) {
        Err(StoreError::Cursor) => true,
        Err(other) => panic!("{other}"),
        Ok(_) => false,
    };
    assert!(!refused(Scan::table(Table::Ticket), &place));
    assert!(refused(Scan::table(Table::Contact), &place));
    assert!(refused(Scan::index(TICKET_BY_KIND, vec!["support".into()]), &place));
    for stranger in [&b""[..], b"R", b"\xff\xff\xff", &[0; 5000], b"M applied", b"E"] {
        assert!(refused(Scan::table(Table::Ticket), stranger), "{stranger:?}");
    }
    let by_kind = Scan::index(TICKET_BY_KIND, vec!["support".into()]).with_limit(1);
    let place = records.scan(&by_kind).unwrap().next.unwrap();
    assert!(refused(Scan::index(TICKET_BY_KIND, vec!["lead".into()]), &place));
    assert!(refused(Scan::table(Table::Ticket), &place));
}

pub(super) fn a_desk_sees_nothing_of_another(store: &dyn Storage) {
    let (mine, other) = (store.records(desk()), store.records(DeskId::new(Instant::from_millis(1), 2)));
    let told = change(|it| {
        it.create(ticket(1, 1, 1));
        it.count("operations", 3);
        it.tell(event("ticket.created", "one"));
    });
    mine.commit_wait(told.clone()).unwrap();
    assert_eq!(other.find::<Ticket>(ticket(1, 1, 1).id).unwrap(), None);
    assert_eq!(count(&*other, &Scan::table(Table::Ticket)), Ok(0));
    assert_eq!((other.counter("operations").unwrap(), other.last_event().unwrap()), (0, 0));
    assert_eq!(other.events(0, 10).unwrap(), []);
    // What is unique in one desk is free in another, and its events begin at 1.
    assert_eq!(other.commit_wait(told).unwrap().first_event, 1);
    assert_eq!(other.next_number("ticket").unwrap(), mine.next_number("ticket").unwrap());
}

pub(super) fn events_are_numbered_without_a_gap(store: &dyn Storage) {
    let records = store.records(desk());
    let told = |number: u64| change(|it| (0..number).for_each(|n| it.tell(event("thing.done", n))));
    assert_eq!(records.commit_wait(told(3)).unwrap().last_event, 3);
    let none = records.commit_wait(told(0)).unwrap();
    assert_eq!((none.first_event, none.last_event), (3, 3));
    let refused = change(|it| {
        it.delete(&contact(9, 1));
        it.tell(event("thing.done", "never"));
    });
    assert!(records.commit_wait(refused).is_err());
    // More than fit into one stored value.
    let many = records.commit_wait(told(2000)).unwrap();
    assert_eq!((many.first_event, many.last_event, records.last_event().unwrap()), (4, 2003, 2003));
    let all = records.events(0, 5000).unwrap();
    assert_eq!(all.iter().map(|event| event.sequence).collect::<Vec<_>>(), (1..=2003).collect::<Vec<_>>());
    assert_eq!((all[0].subject.as_str(), all[3].subject.as_str(), all[2002].subject.as_str()), ("0", "0", "1999"));
    let some = records.events(1234, 3).unwrap();
    assert_eq!(some.iter().map(|event| event.sequence).collect::<Vec<_>>(), [1235, 1236, 1237]);
    assert_eq!(records.events(2003, 3).unwrap(), []);
    assert_eq!(records.events(u64::MAX, 3).unwrap(), []);
}

pub(super) fn who_watches_is_woken_until_it_has_enough(store: &dyn Storage) {
    let records = store.records(desk());
    let (tell, hear) = mpsc::channel();
    records.watch(Box::new(move |last| tell.send(last).is_ok() && last < 2));
    records.watch(Box::new(|_| panic!("a watcher's panic is its own")));
    let told = || change(|it| it.tell(event("thing.done", 1)));
    store.records(DeskId::new(Instant::from_millis(1), 3)).commit_wait(told()).unwrap();
    for _ in 0..3 {
        records.commit_wait(told()).unwrap();
    }
    assert_eq!(hear.iter().collect::<Vec<_>>(), [1, 2]);
}

pub(super) fn who_left_is_forgotten_also_where_nothing_happens(store: &dyn Storage) {
    let records = store.records(desk());
    let (tell, hear) = mpsc::channel();
    records.watch(Box::new(move |last| tell.send(last).is_ok()));
    let kept = Arc::new(());
    for _ in 0..1000 {
        let left = kept.clone();
        records.watch(Box::new(move |_| Arc::strong_count(&left) == 0));
    }
    assert!(Arc::strong_count(&kept) < 40, "{} are kept", Arc::strong_count(&kept));
    // Who stays is still told.
    records.commit_wait(change(|it| it.tell(event("thing.done", 1)))).unwrap();
    store.close().unwrap();
    assert_eq!(hear.try_iter().last(), Some(1));
    assert_eq!(Arc::strong_count(&kept), 1);
}
