//! What was promised, wished or set stays, whatever happens beside it: a policy that fails, a question about something
//! else, a set-up that changes at that very moment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use plugdesk_desk::{
    Actor, EscalateTicket, How, NewCommitment, NewEntry, NewTarget, NewTicket, SnoozeTicket, TicketPatch,
};
use plugdesk_domain::question::escalate::Climb;
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{
    Audience, Author, Category, CommitmentState, FailureRule, Instant, Outcome, OutcomeClass, Priority, Ticket,
};

use super::owed::{MINUTE, owed, promised, promiser, target, ticket_in, wake};
use super::stand::{Policy, Stand, failed, person, wait};

const WAIT: Category = Category::WaitingCustomer;

fn climb(level: u8, look_again: Option<Instant>) -> Outcome {
    let (audience, reasons, facts, signals) = (vec![Audience::Role("team-lead".into())], vec![], vec![], vec![]);
    Outcome::Answered(Some(Answer::Escalate(Climb {
        level,
        audience,
        brief: false,
        look_again,
        reasons,
        facts,
        signals,
    })))
}

/// An `escalate` policy that notes every cause, and answers by it.
fn hearing(
    heard: &Arc<Mutex<Vec<String>>>,
    answer: impl Fn(&plugdesk_domain::question::escalate::Inquiry) -> Outcome + Send + Sync + 'static,
) -> Policy {
    let heard = Arc::clone(heard);
    Policy::new("hearing", "escalate", 10, move |call| {
        let Inquiry::Escalate(it) = call.inquiry else { panic!("asked was `{}`", call.inquiry.question()) };
        let metric = it.metric.as_deref().map_or_else(String::new, |it| format!(" {it}"));
        heard.lock().unwrap().push(format!("{}{metric}", it.cause));
        answer(it)
    })
}

fn heard(heard: &Arc<Mutex<Vec<String>>>) -> Vec<String> {
    heard.lock().unwrap().clone()
}

fn urgent(stand: &Stand, ticket: &Ticket) -> Ticket {
    stand.update(ticket.id, TicketPatch { priority: Some(Priority::Urgent), ..TicketPatch::default() })
}

#[test]
fn a_policy_that_fails_once_takes_no_promise_back() {
    let broken = Arc::new(AtomicBool::new(false));
    let breaks = Arc::clone(&broken);
    let moody = Policy::new("moody", "promise", 10, move |_| match breaks.load(Ordering::SeqCst) {
        true => failed(OutcomeClass::Trap),
        false => promised(vec![owed("first-contact", 15), owed("resolution", 60)]),
    });
    let steady = promiser("steady", 20, |it| match it.ticket.priority {
        Priority::Urgent => vec![owed("resolution", 30)],
        _ => vec![owed("resolution", 90)],
    });
    let stand = Stand::new(&[moody.on_failure(FailureRule::Skip), steady]);
    let ticket = stand.open(ticket_in("company"));
    broken.store(true, Ordering::SeqCst);
    let high = TicketPatch { priority: Some(Priority::High), ..TicketPatch::default() };
    stand.update(ticket.id, high);
    assert_eq!(stand.last(ticket.id, "first-contact"), (CommitmentState::Pending, 15));
    assert_eq!(stand.last(ticket.id, "resolution"), (CommitmentState::Pending, 60), "the sooner word stands");
    urgent(&stand, &ticket);
    assert_eq!(stand.last(ticket.id, "resolution"), (CommitmentState::Pending, 30), "a still sooner one counts");
    stand.minutes(15);
    assert_eq!(stand.told("commitment.breached").len(), 1);
}

#[test]
fn what_escalate_failed_on_is_what_it_is_asked_about_again() {
    let causes = Arc::default();
    let broken = Arc::new(AtomicBool::new(true));
    let breaks = Arc::clone(&broken);
    let policy = hearing(&causes, move |it| match it.cause.as_str() {
        "breached" if breaks.load(Ordering::SeqCst) => failed(OutcomeClass::Fault),
        "breached" => climb(1, None),
        _ => Outcome::Answered(None),
    });
    let stand = Stand::new(&[policy.on_failure(FailureRule::Defer)]);
    stand.segment("company", vec![target("resolution", 60)]);
    let ticket = stand.open(ticket_in("company"));
    stand.minutes(60);
    broken.store(false, Ordering::SeqCst);
    stand.minutes(1);
    assert_eq!(heard(&causes), ["opened", "breached resolution", "breached resolution"]);
    assert_eq!(stand.ticket(ticket.id).escalated.map(|it| it.level), Some(1));
    assert!(stand.ticket(ticket.id).deferred.is_empty());
}

#[test]
fn a_wish_for_the_morning_outlives_a_cause_that_nobody_has_an_opinion_about() {
    let causes = Arc::default();
    let policy = hearing(&causes, |it| match it.cause.as_str() {
        "opened" => climb(0, Some(it.circumstances.now.plus_millis(60 * MINUTE))),
        "look" => climb(1, None),
        _ => Outcome::Answered(None),
    });
    let stand = Stand::new(&[policy]);
    let ticket = stand.open(ticket_in("company"));
    for assignee in ["ben", "cleo"] {
        let patch = TicketPatch { assignee: Some(Some(assignee.into())), ..TicketPatch::default() };
        stand.update(ticket.id, patch);
    }
    stand.minutes(60);
    assert_eq!(heard(&causes).last().map(String::as_str), Some("look"), "{:?}", heard(&causes));
    assert_eq!(stand.ticket(ticket.id).escalated.map(|it| it.level), Some(1));
}

#[test]
fn a_person_who_asks_for_someone_higher_does_not_stop_the_climb() {
    let causes = Arc::default();
    let policy = hearing(&causes, |it| match it.cause.as_str() {
        "opened" => Outcome::Answered(None),
        "look" => climb(it.level + 1, None),
        _ => climb(it.level.max(1), Some(it.circumstances.now.plus_millis(15 * MINUTE))),
    });
    let stand = Stand::promising(vec![target("resolution", 60)]);
    stand.bind(&[policy]);
    let ticket = stand.open(ticket_in("company"));
    stand.minutes(60);
    let level = |stand: &Stand| stand.ticket(ticket.id).escalated.map(|it| it.level);
    assert_eq!(level(&stand), Some(1));
    let new = EscalateTicket { note: "who is above?".into(), to: vec![] };
    wait(stand.desk.ticket_escalate(&stand.agent(), ticket.id, new, &How::default())).unwrap();
    assert_eq!(level(&stand), Some(2));
    stand.minutes(15);
    assert_eq!(level(&stand), Some(3), "nobody took it: {:?}", heard(&causes));
}

#[test]
fn a_ticket_that_is_resolved_while_it_is_put_off_is_not_told_as_woken_and_one_that_wakes_is_told_once() {
    let stand = Stand::new(&[]);
    let until = Instant::from_millis(1_795_000_000_000 + 30 * MINUTE);
    let put_off = |ticket: &Ticket| {
        let new = SnoozeTicket { until, note: None };
        wait(stand.desk.ticket_snooze(&stand.agent(), ticket.id, new, &How::default())).unwrap();
    };
    let (resolved, woken) = (stand.open(ticket_in("company")), stand.open(ticket_in("company")));
    put_off(&resolved);
    put_off(&woken);
    stand.stands(resolved.id, Category::Resolved);
    stand.minutes(30);
    let told: Vec<_> = stand.told("ticket.woken").into_iter().map(|it| it.subject).collect();
    assert_eq!(told, [woken.id.to_string()]);
}

#[test]
fn a_ticket_that_is_brought_in_stands_as_its_row_says_whoever_spoke_last() {
    let stand = Stand::new(&[]);
    let now = Instant::from_millis(1_795_000_000_000);
    let said = |minutes: i64, author| NewEntry {
        at: Some(now.plus_millis(-minutes * MINUTE)),
        author,
        ..NewEntry::reply("Something.")
    };
    let new = NewTicket {
        contact: Some(person("Ala", "ala@example.org")),
        category: Some(WAIT),
        created_at: Some(now.plus_millis(-90 * MINUTE)),
        entries: vec![said(80, Some(Author::Agent("anna".into()))), said(70, None)],
        ..ticket_in("company")
    };
    let how = How { actor: Actor::Import, ..How::default() };
    let ticket = wait(stand.desk.ticket_create(&stand.admin(), new, &how)).unwrap().value;
    assert_eq!(ticket.category, WAIT);
    // What was said before the customer was waited for is no answer.
    let open = stand.open(NewTicket { contact: Some(person("Ola", "ola@example.org")), ..ticket_in("company") });
    stand.minutes(10);
    stand.stands(open.id, WAIT);
    let author = open.requester.map(Author::Contact);
    let before = NewEntry { at: Some(now.plus_millis(MINUTE)), author: author.clone(), ..NewEntry::reply("Earlier.") };
    wait(stand.desk.entry_add(&stand.agent(), open.id, before, &How::default())).unwrap();
    assert_eq!(stand.ticket(open.id).category, WAIT);
    stand.say(open.id, plugdesk_domain::EntryKind::Reply, author);
    assert_eq!(stand.ticket(open.id).category, Category::Open);
}

#[test]
fn a_calendar_that_goes_takes_no_clock_with_it() {
    let stand = Stand::new(&[promiser("office", 10, |_| {
        vec![plugdesk_domain::Target { calendar: "office".into(), ..owed("resolution", 60) }]
    })]);
    stand.calendar("office", &[("09:00", "17:00")]);
    let ticket = stand.open(NewTicket { contact: Some(person("Ala", "ala@example.org")), ..ticket_in("company") });
    let new = NewCommitment {
        what: "I call back".into(),
        minutes: Some(30),
        calendar: Some("office".into()),
        pauses: vec![WAIT],
        ..NewCommitment::default()
    };
    wait(stand.desk.commitment_make(&stand.agent(), ticket.id, new, &How::default())).unwrap();
    stand.minutes(10);
    stand.stands(ticket.id, WAIT);
    wait(stand.desk.calendar_delete(&stand.admin(), "office", &How::default())).unwrap();
    wake(&stand.desk);
    let resolution = stand.of(ticket.id, "resolution");
    assert_eq!(resolution[0].state, CommitmentState::Cancelled, "nobody promises by a calendar that is gone");
    stand.minutes(100);
    stand.asked(ticket.id, ticket.requester.unwrap());
    assert_eq!(stand.last(ticket.id, "promise"), (CommitmentState::Pending, 130), "it moved by as long as it stood");
    stand.minutes(20);
    assert_eq!(stand.last(ticket.id, "promise").0, CommitmentState::Breached);
}

#[test]
fn a_set_up_that_could_not_be_read_is_read_again_before_tickets_are_promised_by_it() {
    let stand = Stand::new(&[]);
    stand.calendar("office", &[("09:00", "17:00")]);
    stand.segment("company", vec![NewTarget { calendar: Some("office".into()), ..target("resolution", 60) }]);
    wake(&stand.desk);
    let ticket = stand.open(ticket_in("company"));
    stand.seen.unreadable.store(1, Ordering::SeqCst);
    stand.calendar("office", &[("09:00", "12:30"), ("15:00", "18:00")]);
    assert_eq!(stand.seen.unreadable.load(Ordering::SeqCst), 0, "the new set-up could not be read");
    wake(&stand.desk);
    assert_eq!(stand.of(ticket.id, "resolution")[0].due_at.to_string(), "2026-11-18T14:36:40.000Z");
}

#[test]
fn a_ticket_that_moves_while_a_sweep_walks_is_promised_anew_all_the_same() {
    let stand = Stand::promising(vec![target("resolution", 600)]);
    wake(&stand.desk);
    let ticket = stand.open(ticket_in("company"));
    stand.segment("company", vec![target("resolution", 60)]);
    // One slice each: what is on hold, what waits for others or for the customer, what is open. New ones come last.
    for _ in 0..4 {
        wait(stand.desk.wake_due()).unwrap();
    }
    assert_eq!(stand.last(ticket.id, "resolution").1, 600, "it was not walked past yet");
    stand.stands(ticket.id, Category::Open);
    wake(&stand.desk);
    assert_eq!(stand.last(ticket.id, "resolution").1, 60);
}

#[test]
fn the_next_answer_is_owed_by_what_holds_when_the_customer_speaks() {
    let broken = Arc::new(AtomicBool::new(false));
    let breaks = Arc::clone(&broken);
    let policy = Policy::new("by-priority", "promise", 10, move |call| {
        let Inquiry::Promise(it) = call.inquiry else { panic!() };
        match (breaks.load(Ordering::SeqCst), it.ticket.priority) {
            (true, _) => failed(OutcomeClass::Fault),
            (_, Priority::Urgent) => promised(vec![owed("next-response", 60)]),
            (_, Priority::Low) => promised(vec![owed("resolution", 600)]),
            _ => promised(vec![owed("next-response", 480), owed("resolution", 600)]),
        }
    });
    let stand = Stand::new(&[policy]);
    let new = NewTicket { contact: Some(person("Ala", "ala@example.org")), ..ticket_in("company") };
    let ticket = stand.open(new);
    let customer = ticket.requester.unwrap();
    stand.minutes(10);
    stand.answered(ticket.id);
    urgent(&stand, &ticket);
    stand.minutes(10);
    stand.asked(ticket.id, customer);
    assert_eq!(stand.last(ticket.id, "next-response"), (CommitmentState::Pending, 80));
    stand.answered(ticket.id);
    broken.store(true, Ordering::SeqCst);
    stand.minutes(10);
    stand.asked(ticket.id, customer);
    assert_eq!(stand.last(ticket.id, "next-response"), (CommitmentState::Pending, 90), "its last word");
    broken.store(false, Ordering::SeqCst);
    stand.answered(ticket.id);
    stand.update(ticket.id, TicketPatch { priority: Some(Priority::Low), ..TicketPatch::default() });
    stand.asked(ticket.id, customer);
    assert_eq!(stand.last(ticket.id, "next-response").0, CommitmentState::Met, "no longer promised");
}
