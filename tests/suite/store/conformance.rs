//! What every engine must do, asked of a store through the ports alone.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use plugdesk_domain::{
    Change, Check, Contact, DecisionId, DeskId, IDENTITY_BY_CONTACT, Identity, IdentityKind, Instant, RecordsExt, Scan,
    Storage, StoreError, Stored, TICKET_BY_EXTERNAL, TICKET_BY_KIND, Table, Ticket,
};
use plugdesk_store::{Options, Store, restore};

use super::workload::{check, contact, count, desk, event, exported, ticket, write};

macro_rules! promises {
    ($($promise:ident)*) => {
        mod memory {
            $(#[test] fn $promise() { super::$promise(&*super::Store::memory()) })*
        }
        mod sled {
            $(#[test] fn $promise() {
                let folder = tempfile::tempdir().unwrap();
                super::$promise(&*super::open(folder.path()))
            })*
        }
    };
}

promises! {
    a_record_reads_back_and_only_its_last_version_may_be_changed
    a_taken_key_or_unique_entry_is_refused_and_nothing_is_written
    of_two_changes_from_the_same_reading_one_wins
    a_precondition_on_a_record_that_is_not_written_holds_or_refuses
    an_entry_may_move_from_one_record_to_another_in_one_change
    pages_walk_a_list_in_order_both_ways
    a_place_in_another_list_is_no_cursor
    a_desk_sees_nothing_of_another
    events_are_numbered_without_a_gap
    counters_are_summed_whoever_adds
    numbers_are_unique_and_rising
    who_watches_is_woken_until_it_has_enough
    what_is_too_large_is_refused_by_name
    a_full_queue_says_so_at_once
    files_are_found_by_their_content
    captures_are_found_by_their_decision
    what_is_exported_can_be_imported_once_and_whole
    a_backup_restores_into_every_engine
    a_closed_store_says_so
}

pub(crate) fn open(folder: &std::path::Path) -> Arc<Store> {
    Store::open(&Options { reserve_bytes: 0, ..Options::new(folder).with_cache_bytes(8 << 20) }).unwrap()
}

fn change(act: impl FnOnce(&mut Change)) -> Change {
    let mut change = Change::default();
    act(&mut change);
    change
}

fn raised(mut contact: Contact, name: &str) -> Contact {
    contact.touch(Instant::from_millis(5));
    contact.name = name.to_owned();
    contact
}

fn a_record_reads_back_and_only_its_last_version_may_be_changed(store: &dyn Storage) {
    let records = store.records(desk());
    let first = contact(1, 1);
    assert_eq!(records.find::<Contact>(first.id).unwrap(), None);
    records.commit_wait(change(|it| it.create(first.clone()))).unwrap();
    assert_eq!(records.find::<Contact>(first.id).unwrap(), Some(first.clone()));

    let second = raised(first.clone(), "second");
    records.commit_wait(change(|it| it.update(second.clone()))).unwrap();
    let late = records.commit_wait(change(|it| it.update(raised(first.clone(), "late"))));
    assert!(matches!(late, Err(StoreError::Conflict { table: Table::Contact, .. })), "{late:?}");
    let late = records.commit_wait(change(|it| it.delete(&first)));
    assert!(matches!(late, Err(StoreError::Conflict { .. })), "{late:?}");
    assert_eq!(records.find::<Contact>(first.id).unwrap(), Some(second.clone()));

    records.commit_wait(change(|it| it.delete(&second))).unwrap();
    assert_eq!(records.find::<Contact>(first.id).unwrap(), None);
    let gone = records.commit_wait(change(|it| it.update(raised(second.clone(), "third"))));
    assert!(matches!(gone, Err(StoreError::Conflict { .. })), "{gone:?}");
    let twice = change(|it| {
        it.create(first.clone());
        it.create(first.clone());
    });
    assert!(records.commit_wait(twice).is_err());
    assert_eq!(store.maintenance().verify().unwrap().problems, Vec::<String>::new());
}

fn a_taken_key_or_unique_entry_is_refused_and_nothing_is_written(store: &dyn Storage) {
    let records = store.records(desk());
    records.commit_wait(change(|it| it.create(ticket(1, 1, 7)))).unwrap();
    let again = records.commit_wait(change(|it| it.create(ticket(1, 1, 8))));
    assert!(matches!(again, Err(StoreError::Exists { table: Table::Ticket, .. })), "{again:?}");
    let same_number = change(|it| {
        it.create(contact(1, 1));
        it.create(ticket(1, 2, 7));
        it.count("operations", 1);
        it.tell(event("ticket.created", "none"));
    });
    let refused = records.commit_wait(same_number);
    assert!(matches!(&refused, Err(StoreError::Exists { key, .. }) if key == "number 7"), "{refused:?}");
    assert_eq!(records.find::<Contact>(contact(1, 1).id).unwrap(), None);
    assert_eq!((records.counter("operations").unwrap(), records.last_event().unwrap()), (0, 0));
    assert_eq!(count(&*records, &Scan::table(Table::Ticket)), Ok(1));
}

fn of_two_changes_from_the_same_reading_one_wins(store: &dyn Storage) {
    let records = store.records(desk());
    records.commit_wait(change(|it| it.create(contact(1, 1)))).unwrap();
    let (tell, hear) = mpsc::channel();
    // While the first callback holds the committer, both wait, and come into one group.
    let (hold, held) = mpsc::channel::<()>();
    records.commit(change(|it| it.count("hold", 1)), Box::new(move |_| held.recv().unwrap_or(())));
    for name in ["one", "two"] {
        let tell = tell.clone();
        let update = change(|it| {
            it.update(raised(contact(1, 1), name));
            it.tell(event("contact.changed", name));
        });
        records.commit(update, Box::new(move |answer| drop(tell.send(answer))));
    }
    let tell_create = tell.clone();
    let create = change(|it| it.create(ticket(1, 1, 1)));
    records.commit(create.clone(), Box::new(move |answer| drop(tell_create.send(answer))));
    records.commit(create, Box::new(move |answer| drop(tell.send(answer))));
    drop(hold);
    let answers: Vec<_> = hear.iter().collect();
    assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, false], "{answers:?}");
    assert!(
        matches!(answers[1], Err(StoreError::Conflict { .. })) && matches!(answers[3], Err(StoreError::Exists { .. }))
    );
    assert_eq!(records.find::<Contact>(contact(1, 1).id).unwrap().unwrap().name, "one");
    assert_eq!(records.last_event().unwrap(), 1);
}

fn a_precondition_on_a_record_that_is_not_written_holds_or_refuses(store: &dyn Storage) {
    let records = store.records(desk());
    records.commit_wait(change(|it| it.create(contact(1, 1)))).unwrap();
    let checked = |version, number| {
        let mut it = change(|it| it.create(ticket(1, number, number)));
        it.checks.push(Check { table: Table::Contact, key: contact(1, 1).key(), version });
        records.commit_wait(it)
    };
    assert!(checked(Some(1), 1).is_ok());
    assert!(matches!(checked(Some(2), 2), Err(StoreError::Conflict { .. })));
    assert!(matches!(checked(None, 3), Err(StoreError::Conflict { .. })));
    assert_eq!(count(&*records, &Scan::table(Table::Ticket)), Ok(1));
}

fn an_entry_may_move_from_one_record_to_another_in_one_change(store: &dyn Storage) {
    let records = store.records(desk());
    let (one, mut two) = (ticket(1, 1, 1), ticket(1, 2, 2));
    records.commit_wait(change(|it| it.create(one.clone()))).unwrap();
    two.external_ids = one.external_ids.clone();
    assert!(records.commit_wait(change(|it| it.create(two.clone()))).is_err());
    let mut without = one;
    without.touch(Instant::from_millis(9));
    without.external_ids.clear();
    let both = change(|it| {
        it.create(two.clone());
        it.update(without);
    });
    records.commit_wait(both).unwrap();
    let by = Scan::index(TICKET_BY_EXTERNAL, vec!["writer".into(), "1/1".into()]);
    let found: Vec<Ticket> = records.list(&by).unwrap().records;
    assert_eq!(found, [two.clone()]);
    records.commit_wait(change(|it| it.delete(&two))).unwrap();
    assert_eq!(count(&*records, &by), Ok(0));
    assert_eq!(store.maintenance().verify().unwrap().problems, Vec::<String>::new());
}

fn pages_walk_a_list_in_order_both_ways(store: &dyn Storage) {
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
    assert_eq!(walk(by_kind.backward()), rising);
    assert_eq!(walk(Scan::index(TICKET_BY_KIND, vec!["lead".into()]).with_limit(7)), Vec::<u64>::new());
    // A prefix that no key can have is no error: there is nothing.
    assert_eq!(
        walk(Scan::index(TICKET_BY_KIND, vec!["x".repeat(300).as_str().into()]).with_limit(7)),
        Vec::<u64>::new()
    );
}

fn a_place_in_another_list_is_no_cursor(store: &dyn Storage) {
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

fn a_desk_sees_nothing_of_another(store: &dyn Storage) {
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

fn events_are_numbered_without_a_gap(store: &dyn Storage) {
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

fn counters_are_summed_whoever_adds(store: &dyn Storage) {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                let records = store.records(desk());
                for _ in 0..25 {
                    records.commit_wait(change(|it| it.count("sum", thread - 1))).unwrap();
                }
            });
        }
    });
    let records = store.records(desk());
    assert_eq!((records.counter("sum").unwrap(), records.counter("other").unwrap()), (50, 0));
    let twice = change(|it| {
        it.count("sum", i64::MAX);
        it.count("sum", i64::MAX);
    });
    records.commit_wait(twice).unwrap();
    assert_eq!(records.counter("sum").unwrap(), i64::MAX);
}

fn numbers_are_unique_and_rising(store: &dyn Storage) {
    let given: Mutex<Vec<u64>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let records = store.records(desk());
                let mine: Vec<u64> = (0..50).map(|_| records.next_number("ticket").unwrap()).collect();
                assert!(mine.is_sorted());
                given.lock().unwrap().extend(mine);
            });
        }
    });
    let mut given = given.into_inner().unwrap();
    given.sort_unstable();
    assert_eq!(given, (1..=200).collect::<Vec<_>>());
    assert_eq!(store.records(desk()).next_number("invoice").unwrap(), 1);
}

fn who_watches_is_woken_until_it_has_enough(store: &dyn Storage) {
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

fn what_is_too_large_is_refused_by_name(store: &dyn Storage) {
    let records = store.records(desk());
    let refused = |it: Change| match records.commit_wait(it) {
        Err(StoreError::TooLarge { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    let mut large = contact(1, 1);
    large.name = "x".repeat(65 << 10);
    assert_eq!(refused(change(|it| it.create(large))), "the contact");
    let mut long = ticket(1, 1, 1);
    long.kind = "k".repeat(257);
    assert_eq!(refused(change(|it| it.create(long))), "the kind of a ticket, which is indexed,");
    let long = Identity {
        version: 1,
        created_at: Instant::from_millis(0),
        updated_at: Instant::from_millis(0),
        contact: contact(1, 1).id,
        kind: IdentityKind::Email,
        value: "v".repeat(257),
        verified: false,
    };
    assert_eq!(refused(change(|it| it.create(long.clone()))), "a text in the key of a identity");
    assert_eq!(records.find::<Identity>(long.key()).unwrap(), None);
    let many = change(|it| {
        for n in 0..40 {
            let mut one = contact(n, 1);
            one.name = "x".repeat(30 << 10);
            it.create(one);
        }
    });
    assert_eq!(refused(many), "the change");
    assert_eq!(count(&*records, &Scan::table(Table::Contact)), Ok(0));
    assert_eq!(count(&*records, &Scan::index(IDENTITY_BY_CONTACT, vec![])), Ok(0));
}

fn a_full_queue_says_so_at_once(store: &dyn Storage) {
    let records = store.records(desk());
    let (hold, held) = mpsc::channel::<()>();
    let (started, start) = mpsc::channel();
    let done = Box::new(move |_| {
        started.send(()).unwrap();
        held.recv().unwrap_or(());
    });
    records.commit(change(|it| it.count("sum", 1)), done);
    start.recv().unwrap();
    let (tell, hear) = mpsc::channel();
    for _ in 0..5000 {
        let tell = tell.clone();
        records.commit(change(|it| it.count("sum", 1)), Box::new(move |answer| drop(tell.send(answer))));
    }
    drop(tell);
    // Those beyond the limit heard at once, while the committer still stands.
    let busy: Vec<_> = hear.try_iter().collect();
    assert!(busy.iter().all(|answer| *answer == Err(StoreError::Busy)) && busy.len() == 5000 - 4096, "{}", busy.len());
    drop(hold);
    assert_eq!(hear.iter().filter(Result::is_ok).count(), 4096);
    assert_eq!(records.counter("sum").unwrap(), 4097);
}

fn files_are_found_by_their_content(store: &dyn Storage) {
    let blobs = store.blobs();
    let digest = blobs.put(b"some bytes").unwrap();
    assert_eq!(blobs.put(b"some bytes").unwrap(), digest);
    assert_eq!(blobs.get(&digest).unwrap().as_deref(), Some(&b"some bytes"[..]));
    let empty = blobs.put(b"").unwrap();
    assert_eq!(blobs.get(&empty).unwrap(), Some(vec![]));
    assert_eq!(blobs.get(&plugdesk_domain::Digest::of(b"never put")).unwrap(), None);
}

fn captures_are_found_by_their_decision(store: &dyn Storage) {
    let captures = store.captures();
    let decision = |n| DecisionId::new(Instant::from_millis(n), n as u128);
    for n in 0..500 {
        captures.append(desk(), decision(n), format!("input {n} ").repeat(50).into_bytes());
    }
    for n in [0, 250, 499] {
        let expected = format!("input {n} ").repeat(50).into_bytes();
        assert_eq!(captures.get(desk(), decision(n)).unwrap(), Some(expected), "{n}");
    }
    assert_eq!(captures.get(desk(), decision(500)).unwrap(), None);
    assert_eq!(captures.get(DeskId::new(Instant::from_millis(1), 2), decision(1)).unwrap(), None);
    captures.append(desk(), decision(600), vec![0; 2 << 20]);
    assert_eq!(store.maintenance().health().captures_dropped, 1);
}

fn filled(store: &dyn Storage) {
    for n in 1..=30 {
        write(store, 0, n).unwrap();
    }
    check(store, &[30]).unwrap();
}

fn what_is_exported_can_be_imported_once_and_whole(store: &dyn Storage) {
    filled(store);
    let lines = exported(&*store.maintenance(), desk());
    let target = Store::memory();
    for into in [store, &*target as &dyn Storage] {
        let other = DeskId::new(Instant::from_millis(1), 9);
        let import = |lines: &str| into.maintenance().import(other, &mut lines.as_bytes());
        // Cut anywhere, or with a line missing or changed, nothing of it is imported.
        let cut = &lines[..lines.len() / 2];
        let without = lines.lines().enumerate().filter(|(n, _)| *n != 5).map(|(_, line)| format!("{line}\n"));
        let changed = lines.replacen("\"kind\":\"support\"", "\"kind\":5", 1);
        for wrong in ["", "nonsense\n", cut, &without.collect::<String>(), &changed] {
            assert!(import(wrong).is_err());
            assert_eq!(count(&*into.records(other), &Scan::table(Table::Ticket)), Ok(0));
            assert_eq!(into.records(other).last_event().unwrap(), 0);
        }
        assert_eq!(into.maintenance().verify().unwrap().problems, Vec::<String>::new());
        // 30 tickets less 6 deleted, the contact, 4 entries; 60 events.
        assert_eq!(import(&lines).unwrap(), 24 + 1 + 4 + 60);
        let text = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(text(&exported(&*into.maintenance(), other)), text(&lines));
        assert!(matches!(import(&lines), Err(StoreError::Exists { .. })));
        // It is a desk like any other.
        let records = into.records(other);
        assert_eq!(records.commit_wait(change(|it| it.tell(event("thing.done", 1)))).unwrap().last_event, 61);
        assert!(records.next_number("ticket").unwrap() > 30);
        assert_eq!(into.maintenance().verify().unwrap().problems, Vec::<String>::new());
    }
}

fn a_backup_restores_into_every_engine(store: &dyn Storage) {
    filled(store);
    let (mut backup, lines) = (Vec::new(), exported(&*store.maintenance(), desk()));
    store.maintenance().backup(&mut backup).unwrap();
    let memory = Store::memory_from(&mut backup.as_slice()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    restore(&mut backup.as_slice(), folder.path()).unwrap();
    assert!(restore(&mut backup.as_slice(), folder.path()).is_err(), "a store was overwritten");
    let disk = open(folder.path());
    for restored in [&*memory as &dyn Storage, &*disk] {
        check(restored, &[30]).unwrap();
        assert_eq!(exported(&*restored.maintenance(), desk()), lines);
        write(restored, 0, 31).unwrap();
        check(restored, &[31]).unwrap();
    }
    drop(disk);
    check(&*open(folder.path()), &[31]).unwrap();
    // Every byte counts.
    for at in (0..backup.len()).step_by(97) {
        let mut damaged = backup.clone();
        damaged[at] ^= 0x10;
        assert!(Store::memory_from(&mut damaged.as_slice()).is_err(), "byte {at}");
        assert!(Store::memory_from(&mut &backup[..at]).is_err(), "cut at {at}");
    }
}

fn a_closed_store_says_so(store: &dyn Storage) {
    let records = store.records(desk());
    records.commit_wait(change(|it| it.create(contact(1, 1)))).unwrap();
    let (tell, hear) = mpsc::channel();
    for _ in 0..100 {
        let tell = tell.clone();
        records.commit(change(|it| it.count("sum", 1)), Box::new(move |answer| drop(tell.send(answer))));
    }
    drop(tell);
    store.close().unwrap();
    // What was queued was committed.
    assert_eq!(hear.iter().filter(Result::is_ok).count(), 100);
    let late = records.commit_wait(change(|it| it.count("sum", 1)));
    assert!(matches!(late, Err(StoreError::ReadOnly(_))), "{late:?}");
    assert!(records.find::<Contact>(contact(1, 1).id).is_err());
    assert!(store.maintenance().health().read_only.is_some());
    store.close().unwrap();
}

#[test]
fn a_store_that_was_closed_opens_again_with_everything_and_no_gap_in_its_numbers() {
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=3u64 {
        let store = open(folder.path());
        let records = store.records(desk());
        assert_eq!(store.maintenance().health().repaired, Vec::<String>::new());
        assert_eq!(records.next_number("ticket").unwrap(), round * 2 - 1);
        assert_eq!(records.next_number("ticket").unwrap(), round * 2);
        records.commit_wait(change(|it| it.create(contact(round as u32, 1)))).unwrap();
        assert_eq!(count(&*records, &Scan::table(Table::Contact)), Ok(round as usize));
        // A handle that somebody still holds keeps nobody from opening it again.
        store.close().unwrap();
    }
}

#[test]
fn a_folder_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let second = Store::open(&Options::new(folder.path()));
    assert!(matches!(second, Err(plugdesk_store::Error::InUse(_))));
    drop(store);
    assert!(Store::open(&Options::new(folder.path())).is_ok());
}
