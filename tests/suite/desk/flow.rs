//! Commands beside each other: conflicts, swaps, a full queue, a panic, an end.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use plugdesk_desk::{Error, How, NewContact, NewTicket, Options, PageRequest, TicketFilter, TicketPatch};
use plugdesk_domain::{Outcome, Priority};

use super::stand::{Policy, Stand, email, lead, person, start, wait};

#[test]
fn a_conflict_runs_the_path_again_a_bounded_number_of_times() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let policy = Policy::new("counting", "classify", 1, move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Outcome::Answered(None)
    });
    let stand = Stand::new(&[policy]);
    stand.seen.conflicts.store(3, Ordering::SeqCst);
    wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 4, "on fresh reads each time");
    stand.seen.conflicts.store(100, Ordering::SeqCst);
    let lost = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default()));
    assert!(matches!(lost, Err(Error::Conflict(_))), "{lost:?}");
    assert_eq!((stand.seen.conflicts.load(Ordering::SeqCst), stand.events().len()), (96, 1));
}

#[test]
fn two_who_bring_the_same_new_person_at_once_make_one_contact() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let (stand, by) = (&stand, &by);
            scope.spawn(move || {
                let new = NewTicket { contact: Some(person("P", "p@x.org")), ..lead(&n.to_string()) };
                wait(stand.desk.ticket_create(by, new, &How::default())).unwrap();
            });
        }
    });
    assert_eq!(stand.desk.contact_list(&by, &PageRequest::default()).unwrap().records.len(), 1);
    let tickets = stand.desk.ticket_list(&by, &TicketFilter::default(), &PageRequest::default()).unwrap().records;
    assert_eq!(tickets.len(), 8);
}

#[test]
fn no_change_of_a_ticket_is_lost_when_many_write_it() {
    let stand = Stand::with(&[], Options { workers: 4, attempts: 64, ..Options::default() });
    let by = stand.agent();
    let ticket = wait(stand.desk.ticket_create(&by, lead("x"), &How::default())).unwrap().value;
    std::thread::scope(|scope| {
        for n in 0..16 {
            let (stand, by) = (&stand, &by);
            scope.spawn(move || {
                let patch = TicketPatch { add_tags: vec![format!("t{n}")], ..TicketPatch::default() };
                wait(stand.desk.ticket_update(by, ticket.id, patch, &How::default())).unwrap();
            });
        }
    });
    let now = stand.desk.ticket(&by, ticket.id).unwrap();
    assert_eq!((now.tags.len(), now.version), (16, 17));
}

#[test]
fn policies_are_swapped_while_requests_flow_and_none_fails() {
    let stand = Stand::new(&[Policy::score("p", 10, 1)]);
    let by = stand.agent();
    let done = AtomicBool::new(false);
    let swaps = AtomicU32::new(0);
    std::thread::scope(|scope| {
        let swapper = scope.spawn(|| {
            let mut score = 1;
            while !done.load(Ordering::SeqCst) {
                score += 1;
                stand.bind(&[Policy::score("p", 10, score)]);
                swaps.fetch_add(1, Ordering::SeqCst);
                std::thread::yield_now();
            }
        });
        for n in 0..200 {
            let made = wait(stand.desk.ticket_create(&by, lead(&n.to_string()), &How::default())).unwrap();
            let decision = made.decision.unwrap();
            // Every ticket was judged by the one generation that its decision names, never by two.
            assert_eq!(u64::from(made.value.qualified.unwrap().score), decision.generation, "ticket {n}");
        }
        done.store(true, Ordering::SeqCst);
        swapper.join().unwrap();
    });
    assert!(swaps.load(Ordering::SeqCst) > 0);
}

#[test]
fn an_older_generation_never_takes_the_place_of_a_newer_one() {
    use plugdesk_desk::generation::Live;
    let stand = Stand::new(&[]);
    stand.desk.swap(Live::new(9, vec![], None));
    stand.desk.swap(Live::new(8, vec![], None));
    assert_eq!(stand.desk.live().number(), 9);
}

#[test]
fn a_full_queue_answers_at_once() {
    let (began, begun) = mpsc::channel();
    let (let_go, go) = mpsc::channel::<()>();
    let go = Arc::new(Mutex::new(go));
    let policy = Policy::new("slow", "classify", 1, move |_| {
        let _ = began.send(());
        let _ = go.lock().unwrap().recv();
        Outcome::Answered(None)
    });
    let stand = Stand::with(&[policy], Options { workers: 1, queue: 1, ..Options::default() });
    let (by, how) = (stand.agent(), How::default());
    let mut first = Box::pin(stand.desk.ticket_create(&by, lead("1"), &how));
    assert!(!start(first.as_mut()));
    begun.recv().unwrap();
    let mut second = Box::pin(stand.desk.ticket_create(&by, lead("2"), &how));
    assert!(!start(second.as_mut()), "one may wait");
    let third = wait(stand.desk.ticket_create(&by, lead("3"), &how));
    assert!(matches!(third, Err(Error::Busy(_))), "{third:?}");
    drop(let_go);
    assert!(wait(first).is_ok() && wait(second).is_ok());
}

#[test]
fn a_panic_in_one_command_leaves_the_others_and_the_threads_alone() {
    let policy = Policy::new("mad", "classify", 1, |call| {
        if super::stand::subject_id(call.inquiry).starts_with("contact") {
            panic!("as told");
        }
        Outcome::Answered(None)
    });
    let stand = Stand::with(&[policy], Options { workers: 1, ..Options::default() });
    let by = stand.agent();
    for n in 0..3 {
        let new = NewContact { identities: vec![email(&format!("p{n}@x.org"))], ..NewContact::default() };
        let lost = wait(stand.desk.contact_create(&by, new, &How::default()));
        assert!(matches!(lost, Err(Error::Internal(_))), "{lost:?}");
        let new = NewTicket { priority: Priority::High, ..lead("x") };
        wait(stand.desk.ticket_create(&by, new, &How::default())).unwrap();
    }
    assert_eq!(stand.desks.health().in_flight, 0);
    assert!(stand.desk.contact_list(&by, &PageRequest::default()).unwrap().records.is_empty());
}
