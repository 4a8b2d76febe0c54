//! Timers: to the second, never lost, and no ticket in the way of another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use plugdesk_desk::{How, Options, TicketPatch};
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{CommitmentState, FailureRule, Instant, Outcome, OutcomeClass};

use super::owed::{MINUTE, owed, promised, promiser, target, ticket_in, wake};
use super::stand::{Policy, Stand, failed, lead, qualification, wait};

#[test]
fn what_fell_due_while_the_process_was_down_is_told_when_it_is_back() {
    let stand = Stand::promising(vec![target("resolution", 60)]);
    let tickets: Vec<_> = (0..100).map(|_| stand.open(ticket_in("company")).id).collect();
    stand.clock.turn(5_000 * MINUTE);
    let back = stand.reopened();
    let next = wait(back.desk.wake_due()).unwrap();
    assert_eq!(back.told("commitment.breached").len(), tickets.len());
    wake(&back.desk);
    assert_eq!(back.told("commitment.breached").len(), tickets.len(), "each is told once");
    assert!(next.is_none_or(|at| at.millis() <= 1_795_000_000_000 + 5_000 * MINUTE));
    assert!(tickets.iter().all(|id| back.last(*id, "resolution").0 == CommitmentState::Breached));
}

#[test]
fn the_alarm_says_when_something_earlier_came_up() {
    let stand = Stand::promising(vec![target("resolution", 60)]);
    wake(&stand.desk);
    assert_eq!(stand.desk.alarm(), None);
    let ticket = stand.open(ticket_in("company"));
    stand.promise(ticket.id, "I call", 5);
    let at = |minutes: i64| Some(Instant::from_millis(1_795_000_000_000 + minutes * MINUTE));
    assert_eq!((stand.desk.alarm(), stand.desk.alarm()), (at(5), None));
    assert_eq!(wait(stand.desk.wake_due()).unwrap(), at(5));
    stand.minutes(5);
    assert_eq!(wait(stand.desk.wake_due()).unwrap(), at(60));
}

#[test]
fn a_ticket_that_can_not_be_woken_rests_and_does_not_keep_the_others_from_it() {
    let stand = Stand::with(&[], Options { workers: 2, attempts: 1, ..Options::default() });
    stand.segment("company", vec![target("resolution", 60)]);
    wake(&stand.desk);
    let tickets: Vec<_> = (0..80).map(|_| stand.open(ticket_in("company")).id).collect();
    stand.clock.turn(60 * MINUTE);
    stand.seen.conflicts.store(5, Ordering::SeqCst);
    let next = wait(stand.desk.wake_due()).unwrap();
    let left = || tickets.iter().filter(|id| stand.last(**id, "resolution").0 != CommitmentState::Breached).count();
    assert_eq!(left(), 5);
    assert_eq!(next, Some(Instant::from_millis(1_795_000_000_000 + 60 * MINUTE + 1_000)));
    wait(stand.desk.wake_due()).unwrap();
    assert_eq!(left(), 5, "they rest");
    stand.clock.turn(1_000);
    wait(stand.desk.wake_due()).unwrap();
    assert_eq!(left(), 0);
}

#[test]
fn a_lead_is_looked_at_again_when_its_policy_said_so() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let policy = Policy::new("again", "qualify", 10, move |call| {
        counted.fetch_add(1, Ordering::SeqCst);
        let look_again = Some(call.inquiry.circumstances().now.plus_millis(30 * MINUTE));
        Outcome::Answered(Some(Answer::Qualify(plugdesk_domain::question::qualify::Qualification {
            look_again,
            ..qualification(9_000)
        })))
    });
    let stand = Stand::new(&[policy]);
    stand.open(lead("Later perhaps"));
    stand.minutes(29);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    stand.minutes(1);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    stand.minutes(30);
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[test]
fn a_question_that_is_put_off_is_asked_again_and_again_until_it_is_answered() {
    let broken = Arc::new(AtomicBool::new(true));
    let works = Arc::clone(&broken);
    let policy = Policy::new("moody", "promise", 10, move |_| match works.load(Ordering::SeqCst) {
        true => failed(OutcomeClass::Fault),
        false => promised(vec![owed("resolution", 600)]),
    });
    let stand = Stand::new(&[policy.on_failure(FailureRule::Defer)]);
    let ticket = stand.open(ticket_in("company"));
    let deferred = |attempts: u32, minutes: i64| {
        let ticket = stand.ticket(ticket.id);
        let it = ticket.deferred.first().expect("it is put off");
        assert_eq!((it.question.as_str(), it.attempts), ("promise", attempts));
        assert_eq!(it.at.since(ticket.created_at), minutes * MINUTE);
    };
    deferred(1, 1);
    stand.minutes(1);
    deferred(2, 3);
    stand.minutes(2);
    deferred(3, 7);
    broken.store(false, Ordering::SeqCst);
    stand.minutes(4);
    assert!(stand.ticket(ticket.id).deferred.is_empty());
    assert_eq!(stand.last(ticket.id, "resolution"), (CommitmentState::Pending, 600));
}

#[test]
fn timers_go_off_to_the_second_and_every_inquiry_says_whether_it_is_in_hours() {
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let hearing = Arc::clone(&heard);
    let listening = Policy::new("listening", "promise", 10, move |call| {
        if let Inquiry::Promise(inquiry) = call.inquiry {
            hearing.lock().unwrap().push(inquiry.circumstances.in_hours);
        }
        Outcome::Answered(None)
    });
    let stand = Stand::new(&[listening]);
    stand.calendar("office", &[("09:00", "12:30")]);
    let office = plugdesk_desk::NewTarget { calendar: Some("office".into()), ..target("resolution", 30) };
    stand.segment("company", vec![office]);
    // 12:06:40 in Warsaw.
    let ticket = stand.open(ticket_in("company"));
    stand.clock.turn(30 * MINUTE);
    let priority = Some(plugdesk_domain::Priority::High);
    stand.update(ticket.id, TicketPatch { priority, ..TicketPatch::default() });
    assert_eq!(*heard.lock().unwrap(), [true, false], "the office closes at half past twelve");
    // 23 minutes and 20 seconds are used; the rest is tomorrow, from nine.
    let due = stand.of(ticket.id, "resolution")[0].due_at;
    assert_eq!(due.to_string(), "2026-11-19T08:06:40.000Z");
    let now = Instant::from_millis(1_795_000_000_000 + 30 * MINUTE);
    stand.clock.turn(due.since(now) - 1_000);
    wake(&stand.desk);
    assert!(stand.told("commitment.breached").is_empty());
    stand.clock.turn(1_000);
    wake(&stand.desk);
    assert_eq!(stand.told("commitment.breached").len(), 1);
}

#[test]
fn a_preview_sets_no_timer() {
    let stand = Stand::new(&[promiser("any", 10, |_| vec![owed("resolution", 60)])]);
    let how = How { preview: true, ..How::default() };
    let shown = wait(stand.desk.ticket_create(&stand.agent(), ticket_in("company"), &how)).unwrap();
    assert_eq!(shown.value.commitments.len(), 1, "what would be promised");
    wake(&stand.desk);
    stand.minutes(61);
    assert_eq!(stand.events(), Vec::<String>::new());
}
