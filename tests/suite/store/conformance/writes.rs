//! Writing: versions, unique entries, preconditions, counters, numbers, limits.

use std::sync::Mutex;
use std::sync::mpsc;

use plugdesk_domain::{
    Change, Check, Contact, IDENTITY_BY_CONTACT, Identity, IdentityKind, Instant, RecordsExt, Scan, Storage,
    StoreError, Stored, TICKET_BY_EXTERNAL, Table, Ticket,
};

use super::super::workload::{contact, count, desk, event, ticket};
use super::{change, raised};

pub(super) fn a_record_reads_back_and_only_its_last_version_may_be_changed(store: &dyn Storage) {
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

pub(super) fn a_taken_key_or_unique_entry_is_refused_and_nothing_is_written(store: &dyn Storage) {
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

pub(super) fn of_two_changes_from_the_same_reading_one_wins(store: &dyn Storage) {
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

pub(super) fn a_precondition_on_a_record_that_is_not_written_holds_or_refuses(store: &dyn Storage) {
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

pub(super) fn an_entry_may_move_from_one_record_to_another_in_one_change(store: &dyn Storage) {
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

pub(super) fn counters_are_summed_whoever_adds(store: &dyn Storage) {
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

pub(super) fn numbers_are_unique_and_rising(store: &dyn Storage) {
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

pub(super) fn what_is_too_large_is_refused_by_name(store: &dyn Storage) {
    let records = store.records(desk());
    let refused = |it: Change| match records.commit_wait(it) {
        Err(StoreError::TooLarge { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    let mut large = contact(1, 1);
    large.name = "x".repeat(97 << 10);
    assert_eq!(refused(change(|it| it.create(large))), "the contact");
    let mut long = ticket(1, 1, 1);
    long.kind = "k".repeat(513);
    assert_eq!(refused(change(|it| it.create(long))), "the kind of a ticket, which is indexed,");
    let long = Identity {
        version: 1,
        created_at: Instant::from_millis(0),
        updated_at: Instant::from_millis(0),
        contact: contact(1, 1).id,
        kind: IdentityKind::Email,
        value: "v".repeat(513),
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

pub(super) fn a_full_queue_says_so_at_once(store: &dyn Storage) {
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
