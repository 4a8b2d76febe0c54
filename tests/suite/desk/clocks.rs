//! Clocks that pause, and arithmetic that other help desks got wrong (lessons 11 and 12).

use plugdesk_desk::{How, NewMerge, NewTarget, NewTicket, TicketPatch};
use plugdesk_domain::{Category, CommitmentState, EntryKind, MergeKind, Priority};

use super::owed::{MINUTE, target, ticket_in};
use super::stand::{Stand, person, wait};

const WAIT: Category = Category::WaitingCustomer;

fn pausing(metric: &str, minutes: u32) -> NewTarget {
    NewTarget { pauses: vec![WAIT], ..target(metric, minutes) }
}

fn of_customer(segment: &str) -> NewTicket {
    NewTicket { contact: Some(person("Ala", "ala@example.org")), ..ticket_in(segment) }
}

#[test]
fn the_clock_stands_while_the_customer_is_waited_for_and_goes_on_when_the_customer_speaks() {
    let stand = Stand::promising(vec![pausing("resolution", 60)]);
    let ticket = stand.open(of_customer("company"));
    stand.minutes(20);
    stand.stands(ticket.id, WAIT);
    assert_eq!(stand.last(ticket.id, "resolution"), (CommitmentState::Paused, 60));
    stand.minutes(6_000);
    assert_eq!(stand.told("commitment.breached").len(), 0);
    stand.asked(ticket.id, ticket.requester.unwrap());
    assert_eq!(stand.ticket(ticket.id).category, Category::Open);
    assert_eq!(stand.last(ticket.id, "resolution"), (CommitmentState::Pending, 6_060));
    stand.minutes(39);
    assert_eq!(stand.last(ticket.id, "resolution").0, CommitmentState::Pending);
    stand.minutes(1);
    assert_eq!(stand.last(ticket.id, "resolution").0, CommitmentState::Breached);
    assert_eq!(stand.told("commitment.breached").len(), 1);
}

#[test]
fn a_reopened_ticket_is_not_late_at_once_and_owes_a_fresh_resolution() {
    let stand = Stand::promising(vec![target("first-response", 10), target("resolution", 60)]);
    let ticket = stand.open(ticket_in("company"));
    stand.minutes(5);
    stand.answered(ticket.id);
    stand.stands(ticket.id, Category::Resolved);
    stand.minutes(100_000);
    let reopened = stand.stands(ticket.id, Category::Open);
    let resolutions = stand.of(ticket.id, "resolution");
    let states: Vec<_> = resolutions.iter().map(|it| it.state).collect();
    assert_eq!(states, [CommitmentState::Met, CommitmentState::Pending], "the old one stays in the history");
    assert_eq!(resolutions[1].due_at.since(reopened.updated_at), 60 * MINUTE);
    assert_eq!(stand.of(ticket.id, "first-response").len(), 1, "a first response is given once");
    stand.minutes(59);
    assert!(stand.told("commitment.breached").is_empty());
    // One that was never kept goes on where it stood.
    let unanswered = stand.open(ticket_in("company"));
    stand.minutes(4);
    stand.stands(unanswered.id, Category::Closed);
    stand.minutes(5_000);
    stand.stands(unanswered.id, Category::Open);
    stand.minutes(5);
    assert_eq!(stand.last(unanswered.id, "first-response").0, CommitmentState::Pending);
    stand.minutes(1);
    assert_eq!(stand.last(unanswered.id, "first-response"), (CommitmentState::Breached, 5_010));
}

#[test]
fn no_change_of_the_ticket_moves_its_first_response() {
    let stand = Stand::promising(vec![target("first-response", 30), target("next-response", 15)]);
    let ticket = stand.open(of_customer("company"));
    for _ in 0..5 {
        stand.minutes(4);
        stand.update(ticket.id, TicketPatch { add_tags: vec!["seen".into()], ..TicketPatch::default() });
        stand.say(ticket.id, EntryKind::Note, None);
        assert_eq!(stand.last(ticket.id, "first-response").1, 30);
    }
    stand.answered(ticket.id);
    assert_eq!(stand.last(ticket.id, "first-response").0, CommitmentState::Met);
    assert_eq!(stand.last(ticket.id, "next-response").0, CommitmentState::Breached, "it was due after 15 minutes");
}

#[test]
fn a_customers_word_is_never_ignored_and_the_first_unanswered_one_counts() {
    let stand = Stand::promising(vec![target("next-response", 15)]);
    let ticket = stand.open(of_customer("company"));
    let customer = ticket.requester.unwrap();
    stand.minutes(10);
    stand.answered(ticket.id);
    assert_eq!(stand.last(ticket.id, "next-response"), (CommitmentState::Met, 15));
    stand.minutes(50);
    stand.asked(ticket.id, customer);
    assert_eq!(stand.last(ticket.id, "next-response"), (CommitmentState::Pending, 75));
    stand.minutes(10);
    stand.asked(ticket.id, customer);
    assert_eq!(
        stand.last(ticket.id, "next-response"),
        (CommitmentState::Pending, 75),
        "who asks again waits no longer"
    );
    stand.minutes(5);
    assert_eq!(stand.last(ticket.id, "next-response").0, CommitmentState::Breached);
    stand.answered(ticket.id);
    stand.asked(ticket.id, customer);
    assert_eq!(stand.last(ticket.id, "next-response"), (CommitmentState::Pending, 90));
}

#[test]
fn a_merged_ticket_owes_nothing() {
    let stand = Stand::promising(vec![target("resolution", 60)]);
    let (winner, loser) = (stand.open(ticket_in("company")), stand.open(ticket_in("company")));
    let new = NewMerge {
        kind: MergeKind::Ticket,
        winner: winner.id.to_string(),
        loser: loser.id.to_string(),
        plan: Default::default(),
    };
    wait(stand.desk.merge_create(&stand.agent(), new, &How::default())).unwrap();
    stand.minutes(61);
    let breached = stand.told("commitment.breached");
    assert_eq!(breached.iter().map(|it| it.subject.clone()).collect::<Vec<_>>(), [winner.id.to_string()]);
}

#[test]
fn nights_weekends_and_the_lunch_break_do_not_count() {
    let stand = Stand::new(&[]);
    stand.calendar("office", &[("08:00", "12:00"), ("13:00", "17:00")]);
    let office = NewTarget { calendar: Some("office".into()), ..target("resolution", 60) };
    stand.segment("company", vec![office]);
    // The clock stands at Wednesday, 12:06:40 in Warsaw: in the break.
    let ticket = stand.open(ticket_in("company"));
    assert_eq!(stand.of(ticket.id, "resolution")[0].due_at.to_string(), "2026-11-18T13:00:00.000Z");
    // Friday, 16:40.
    stand.clock.turn((2 * 1_440 + 4 * 60 + 33) * MINUTE + 20_000);
    let late = stand.open(ticket_in("company"));
    assert_eq!(stand.of(late.id, "resolution")[0].due_at.to_string(), "2026-11-23T07:40:00.000Z");
}

#[test]
fn a_pause_is_not_lost_when_the_target_changes() {
    let stand = Stand::new(&[super::owed::promiser("by-priority", 10, |inquiry| {
        let minutes = if inquiry.ticket.priority == Priority::Urgent { 120 } else { 240 };
        vec![plugdesk_domain::Target { pauses: vec![WAIT], ..super::owed::owed("resolution", minutes) }]
    })]);
    let ticket = stand.open(ticket_in("company"));
    stand.minutes(30);
    stand.stands(ticket.id, WAIT);
    stand.minutes(300);
    stand.stands(ticket.id, Category::Open);
    assert_eq!(stand.last(ticket.id, "resolution").1, 540);
    let urgent = TicketPatch { priority: Some(Priority::Urgent), ..TicketPatch::default() };
    stand.update(ticket.id, urgent);
    assert_eq!(stand.last(ticket.id, "resolution"), (CommitmentState::Pending, 420));
    let all = stand.of(ticket.id, "resolution");
    assert_eq!((all[0].state, all[1].started_at), (CommitmentState::Renegotiated, ticket.created_at));
}

#[test]
fn a_ticket_that_is_brought_in_has_the_clocks_it_would_have_had() {
    let stand = Stand::promising(vec![pausing("resolution", 60)]);
    stand.clock.turn(10_000 * MINUTE);
    let now = plugdesk_domain::Instant::from_millis(1_795_000_000_000 + 10_000 * MINUTE);
    let opened = now.plus_millis(-500 * MINUTE);
    let at = |minutes: i64, category| plugdesk_desk::NewTurn { at: opened.plus_millis(minutes * MINUTE), category };
    let open = NewTicket {
        created_at: Some(opened),
        history: vec![at(20, WAIT), at(480, Category::Open)],
        ..ticket_in("company")
    };
    let open = stand.open(open);
    assert_eq!(stand.last(open.id, "resolution"), (CommitmentState::Pending, 520));
    let ended = NewTicket { created_at: Some(opened), category: Some(Category::Closed), ..ticket_in("company") };
    let ended = stand.open(ended);
    assert!(ended.commitments.is_empty(), "what is ended owes nothing");
    stand.minutes(19);
    assert!(stand.told("commitment.breached").is_empty());
    stand.minutes(1);
    assert_eq!(stand.told("commitment.breached").len(), 1);
}
