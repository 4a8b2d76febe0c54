//! The same request twice.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use plugdesk_desk::{
    ANSWERS_KEPT_MS, Error, How, Idempotency, NewCompany, NewDesk, NewEntry, NewKey, PageRequest, TicketFilter,
};
use plugdesk_domain::{Digest, Outcome, Principal, RecordsExt, Role, Scan, Storage, StoredAnswer, Table, Write};

use super::stand::{Policy, Stand, lead, start, wait};

fn with_key(key: &str, body: &str) -> How {
    let request = Digest::of(body.as_bytes());
    How { idempotency: Some(Idempotency { key: key.into(), request }), ..How::default() }
}

#[test]
fn a_repeated_request_hears_the_same_and_does_nothing() {
    let stand = Stand::new(&[Policy::segment("s", 1, "company", 1)]);
    let by = stand.agent();
    let first = wait(stand.desk.ticket_create(&by, lead("x"), &with_key("k", "x"))).unwrap();
    let again = wait(stand.desk.ticket_create(&by, lead("x"), &with_key("k", "x"))).unwrap();
    assert!(!first.repeated && again.repeated);
    assert_eq!((&first.value, &first.decision), (&again.value, &again.decision));
    let other = wait(stand.desk.ticket_create(&by, lead("y"), &with_key("k", "y")));
    assert_eq!(other.unwrap_err(), Error::IdempotencyReused);
    let else_by = Principal { name: "berta".into(), ..stand.agent() };
    let theirs = wait(stand.desk.ticket_create(&else_by, lead("x"), &with_key("k", "x"))).unwrap();
    assert!(theirs.value.id != first.value.id, "another client's key is another key");
    let entry = wait(stand.desk.entry_add(&by, first.value.id, NewEntry::reply("a"), &with_key("e", "a"))).unwrap();
    let same = wait(stand.desk.entry_add(&by, first.value.id, NewEntry::reply("a"), &with_key("e", "a"))).unwrap();
    assert_eq!((entry.value, true), (same.value, same.repeated));
    assert_eq!(stand.desk.entries(&by, first.value.id, &PageRequest::default()).unwrap().records.len(), 1);
    let long = wait(stand.desk.ticket_create(&by, lead("x"), &with_key(&"k".repeat(129), "x")));
    assert!(matches!(long, Err(Error::Invalid(_))));
}

/// A policy that waits until it is let go; and the two ends to hear that it began and to let it go.
fn held() -> (Policy, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (began, begun) = mpsc::channel();
    let (let_go, go) = mpsc::channel::<()>();
    let go = Arc::new(Mutex::new(go));
    let policy = Policy::new("slow", "classify", 1, move |_| {
        began.send(()).unwrap();
        let _ = go.lock().unwrap().recv();
        Outcome::Answered(None)
    });
    (policy, begun, let_go)
}

#[test]
fn a_key_in_flight_belongs_to_the_work_and_a_client_that_hangs_up_stops_nothing() {
    let (policy, begun, let_go) = held();
    let stand = Stand::new(&[policy]);
    let by = stand.agent();
    {
        let how = with_key("k", "x");
        let mut request = Box::pin(stand.desk.ticket_create(&by, lead("x"), &how));
        assert!(!start(request.as_mut()));
        begun.recv().unwrap();
        let again = with_key("k", "x");
        let mut second = Box::pin(stand.desk.ticket_create(&by, lead("x"), &again));
        assert!(start(second.as_mut()), "answered at once");
        let metrics = stand.desks.metrics();
        assert!(metrics.contains("outcome=\"idempotency-in-flight\"} 1"), "{metrics}");
    }
    // The client is gone; its work is not.
    drop(let_go);
    wait(stand.desks.shutdown()).unwrap();
    assert_eq!(stand.seen.changes.lock().unwrap().len(), 1, "the ticket and its answer were written");
    let late = wait(stand.desk.ticket_create(&by, lead("y"), &How::default()));
    assert!(matches!(late, Err(Error::Busy(_))), "{late:?}");
}

#[test]
fn a_hundred_requests_with_one_key_make_one_ticket() {
    let stand = Stand::new(&[Policy::segment("s", 1, "company", 1)]);
    let by = stand.agent();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let one = || wait(stand.desk.ticket_create(&by, lead("x"), &with_key("k", "x")));
        let threads: Vec<_> = (0..100).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let fresh = outcomes.iter().filter(|it| it.as_ref().is_ok_and(|done| !done.repeated)).count();
    assert_eq!(fresh, 1);
    assert!(outcomes.iter().all(|it| matches!(it, Ok(_) | Err(Error::IdempotencyInFlight))));
    let tickets = stand.desk.ticket_list(&by, &TicketFilter::default(), &PageRequest::default()).unwrap().records;
    assert_eq!(tickets.len(), 1);
}

#[test]
fn a_preview_decides_and_stores_nothing() {
    let stand = Stand::new(&[Policy::segment("s", 1, "company", 1), Policy::score("q", 1, 7_000)]);
    let by = stand.agent();
    let how = How { preview: true, ..with_key("k", "x") };
    let done = wait(stand.desk.ticket_create(&by, lead("x"), &how)).unwrap();
    assert_eq!((done.value.segment.as_deref(), done.value.number), (Some("company"), 0));
    assert_eq!(done.decision.unwrap().asked.len(), 2);
    assert!(stand.seen.changes.lock().unwrap().is_empty() && stand.events().is_empty());
    let real = wait(stand.desk.ticket_create(&by, lead("x"), &with_key("k", "x"))).unwrap();
    assert_eq!((real.repeated, real.value.number), (false, 1));
}

#[test]
fn a_key_and_the_answer_that_tells_of_it_are_one_change_without_the_secret() {
    let stand = Stand::new(&[]);
    let once = Idempotency { key: "k".into(), request: Digest::of(b"x") };
    let new = NewKey {
        desk: Some(stand.desk.id()),
        label: "console".into(),
        role: Role::Agent,
        contact: None,
        expires_at: None,
        agent: None,
    };
    let made = wait(stand.desks.key_create(&Principal::operator(), new, Some(&once))).unwrap().value;
    let changes = stand.seen.changes.lock().unwrap();
    let created = |write: &Write| match write {
        Write::Create(record) => record.table(),
        other => panic!("{other:?}"),
    };
    let [change] = changes.as_slice() else { panic!("{} changes", changes.len()) };
    let tables: Vec<Table> = change.writes.iter().map(created).collect();
    assert_eq!(tables, [Table::ApiKey, Table::StoredAnswer]);
    let secret = made.secret.unwrap().to_string();
    let random = secret.rsplit('_').next().unwrap();
    assert!(!format!("{change:?}").contains(random), "the secret is written nowhere");
}

#[test]
fn a_client_that_hangs_up_while_its_desk_is_made_finds_it_whole() {
    let stand = Stand::new(&[]);
    let by = Principal::operator();
    let once = Idempotency { key: "k".into(), request: Digest::of(b"lab") };
    {
        let mut request = Box::pin(stand.desks.desk_create(&by, NewDesk::named("lab"), Some(&once)));
        let _ = start(request.as_mut());
        // It hangs up here.
    }
    // Ends when the work does.
    wait(stand.desks.shutdown()).unwrap();
    assert!(stand.desks.desk_named("lab").is_ok(), "it is open, not only stored");
    let tables = |change: &plugdesk_domain::Change| change.writes.len();
    assert_eq!(
        stand.seen.changes.lock().unwrap().iter().map(tables).collect::<Vec<_>>(),
        [2],
        "the desk and its answer"
    );
}

#[test]
fn an_answer_is_kept_for_a_week_and_that_of_an_imported_row_for_good() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    let make = |key: &str| wait(stand.desk.ticket_create(&by, lead("x"), &with_key(key, "x"))).unwrap();
    let first = make("k");
    make("import/crm/=L-1");
    stand.clock.turn(ANSWERS_KEPT_MS);
    wait(stand.desk.answers_expire()).unwrap();
    assert!(make("k").repeated, "to the last moment");
    stand.clock.turn(1);
    let again = wait(stand.desk.answers_expire()).unwrap();
    assert!(again > first.value.created_at.plus_millis(ANSWERS_KEPT_MS + 1), "it rests then");
    assert!(make("import/crm/=L-1").repeated, "a file is known whenever it comes again");
    let late = make("k");
    assert!(!late.repeated && late.value.id != first.value.id);
}

#[test]
fn many_answers_are_gone_through_a_few_at_a_time() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    for number in 0..600 {
        let entry = with_key(&number.to_string(), "x");
        let new = NewCompany { name: number.to_string(), ..NewCompany::default() };
        wait(stand.desk.company_create(&by, new, &entry)).unwrap();
    }
    stand.clock.turn(ANSWERS_KEPT_MS + 1);
    let left = || {
        let all = Scan::table(Table::StoredAnswer).with_limit(Scan::MOST);
        stand.store.records(stand.desk.id()).list::<StoredAnswer>(&all).unwrap().records.len()
    };
    let mut counts = Vec::new();
    for _ in 0..3 {
        wait(stand.desk.answers_expire()).unwrap();
        counts.push(left());
    }
    assert_eq!(counts, [344, 88, 0]);
}
