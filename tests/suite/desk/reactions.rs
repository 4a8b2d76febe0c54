//! What policies do because of events: once, in order, with the rights of whoever caused the event, and never in circles.

use std::sync::atomic::Ordering;

use plugdesk_desk::{Error, How, NewEntry, TicketPatch};
use plugdesk_domain::question::react::{Inquiry, MOST_DEPTH, Reacted, Wanted};
use plugdesk_domain::question::{Answer, Inquiry as AnyInquiry};
use plugdesk_domain::{CommandOutcome, Needs, Outcome, Principal, Reaction, Role, Ticket};
use serde_json::{Value, json};

use super::stand::{Policy, Stand, lead, person, wait};

/// A policy that wants these commands on an event of that name.
pub(crate) fn reacting(
    name: &str,
    rank: u32,
    event: &'static str,
    wanted: fn(&Inquiry) -> Vec<(&'static str, Value)>,
) -> Policy {
    Policy::new(name, "react", rank, move |call| {
        let AnyInquiry::React(inquiry) = call.inquiry else { return Outcome::Answered(None) };
        if inquiry.event.name != event {
            return Outcome::Answered(None);
        }
        let wanted = wanted(inquiry).into_iter().map(|(name, body)| Wanted { name: name.into(), body });
        let (reasons, facts, signals) = (vec![], vec![], vec![]);
        Outcome::Answered(Some(Answer::React(Reacted { commands: wanted.collect(), reasons, facts, signals })))
    })
}

/// Marks every new ticket with a tag.
pub(crate) fn tagging() -> Policy {
    reacting("tagger", 1, "ticket.created", |inquiry| {
        vec![("ticket.update", json!({ "id": inquiry.event.subject, "add_tags": ["seen"] }))]
    })
}

/// Writes a note on every new ticket: a command that shows when it is done twice.
fn noting() -> Policy {
    reacting("noter", 2, "ticket.created", |inquiry| {
        vec![("entry.add", json!({ "id": inquiry.event.subject, "kind": "note", "text": "looked at" }))]
    })
}

pub(crate) fn stand(policies: &[Policy]) -> Stand {
    let stand = Stand::new(policies);
    // A policy hears what happens from when it is first there.
    stand.work_off();
    stand
}

pub(crate) fn ticket(stand: &Stand, by: &Principal) -> Ticket {
    wait(stand.desk.ticket_create(by, lead("Heat pump"), &How::default())).unwrap().value
}

pub(crate) fn reactions(stand: &Stand, subject: &str) -> Vec<Reaction> {
    stand.desk.reaction_list(&stand.admin(), Some(subject), &Default::default()).unwrap().records
}

#[test]
fn a_policy_acts_on_what_happened() {
    let stand = stand(&[tagging()]);
    let made = ticket(&stand, &stand.agent());
    stand.work_off();
    assert_eq!(stand.desk.ticket(&stand.agent(), made.id).unwrap().tags, ["seen"]);
    let events = stand.desk.events(&stand.admin(), 0, 100).unwrap();
    let updated = events.iter().find(|event| event.name == "ticket.updated").unwrap();
    assert_eq!((updated.depth, updated.by.as_str()), (1, "anna"), "it was caused by whoever made the ticket");
    assert_eq!(updated.data["by_policy"], "tagger", "through that policy");
}

#[test]
fn a_policy_that_answers_itself_by_waiting_ends_too() {
    let stand = stand(&[reacting("sleepless", 1, "ticket.woken", |inquiry| {
        let until = inquiry.circumstances.now.plus_millis(60_000);
        vec![("ticket.snooze", json!({ "id": inquiry.event.subject, "until": until }))]
    })]);
    let made = ticket(&stand, &stand.agent());
    let put_off = || {
        let until = stand.desk.ticket(&stand.agent(), made.id).unwrap().updated_at.plus_millis(86_400_000);
        let new = plugdesk_desk::SnoozeTicket { until, note: None };
        wait(stand.desk.ticket_snooze(&stand.agent(), made.id, new, &How::default())).unwrap();
        stand.clock.turn(86_400_000);
        for _ in 0..4 * MOST_DEPTH {
            wait(stand.desk.wake_due()).unwrap();
            stand.work_off();
            stand.clock.turn(60_000);
        }
        stand.events().iter().filter(|name| *name == "ticket.woken").count()
    };
    assert_eq!(put_off(), 1 + usize::from(MOST_DEPTH));
    assert_eq!(put_off(), 2 * (1 + usize::from(MOST_DEPTH)), "what a person sets begins anew");
}

#[test]
fn which_rule_did_this_and_did_it_work_is_on_the_ticket() {
    let stand = stand(&[
        tagging(),
        reacting("clumsy", 2, "ticket.created", |inquiry| {
            vec![
                ("ticket.update", json!({ "id": inquiry.event.subject, "colour": "red" })),
                ("ticket.update", json!({ "id": inquiry.event.subject, "priority": "urgent" })),
                ("ticket.erase", json!({ "id": inquiry.event.subject })),
            ]
        }),
    ]);
    let made = ticket(&stand, &stand.agent());
    stand.work_off();
    let all = reactions(&stand, &made.id.to_string());
    let of = |policy: &str| all.iter().find(|it| it.policy == policy).unwrap();
    assert_eq!(of("tagger").commands[0].outcome, CommandOutcome::Done);
    let clumsy = of("clumsy");
    let outcomes: Vec<_> = clumsy.commands.iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, [CommandOutcome::Refused, CommandOutcome::Done, CommandOutcome::Refused]);
    let why = |place: usize| clumsy.commands[place].message.clone().unwrap();
    assert!(why(0).contains("unknown field `colour`"), "{}", why(0));
    assert!(why(2).contains("no command `ticket.erase`"), "{}", why(2));
    let decision = stand.desk.decision(&stand.admin(), clumsy.decision).unwrap();
    assert_eq!((decision.command.as_str(), decision.subject), ("reaction.decide", made.id.to_string()));
    assert_eq!(decision.effects.len(), 3, "{:?}", decision.effects);
}

#[test]
fn a_policy_that_answers_itself_ends() {
    // Each change makes it want the next one.
    let stand = stand(&[reacting("restless", 1, "ticket.updated", |inquiry| {
        let tag = format!("turn-{}", inquiry.event.depth);
        vec![("ticket.update", json!({ "id": inquiry.event.subject, "add_tags": [tag] }))]
    })]);
    let made = ticket(&stand, &stand.agent());
    let patch = TicketPatch { add_tags: vec!["begin".into()], ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&stand.agent(), made.id, patch, &How::default())).unwrap();
    stand.work_off();
    let tags = stand.desk.ticket(&stand.agent(), made.id).unwrap().tags;
    assert_eq!(tags.len(), 1 + usize::from(MOST_DEPTH), "{tags:?}");
    let deepest = stand.desk.events(&stand.admin(), 0, 1_000).unwrap().iter().map(|event| event.depth).max();
    assert_eq!(deepest, Some(MOST_DEPTH));
}

#[test]
fn two_policies_that_answer_each_other_end() {
    let wants = |tag: &'static str| {
        move |inquiry: &Inquiry| {
            let other = if tag == "left" { "right" } else { "left" };
            let tags = &inquiry.ticket.as_ref().unwrap().tags;
            if tags.contains(&tag.to_owned()) {
                vec![]
            } else {
                vec![(
                    "ticket.update",
                    json!({ "id": inquiry.event.subject, "add_tags": [tag], "remove_tags": [other] }),
                )]
            }
        }
    };
    let policy = |name: &str, rank: u32, tag: &'static str| {
        Policy::new(name, "react", rank, move |call| {
            let AnyInquiry::React(inquiry) = call.inquiry else { return Outcome::Answered(None) };
            if inquiry.event.name != "ticket.updated" {
                return Outcome::Answered(None);
            }
            let commands = wants(tag)(inquiry).into_iter().map(|(name, body)| Wanted { name: name.into(), body });
            let (reasons, facts, signals) = (vec![], vec![], vec![]);
            Outcome::Answered(Some(Answer::React(Reacted { commands: commands.collect(), reasons, facts, signals })))
        })
    };
    let stand = stand(&[policy("left", 1, "left"), policy("right", 2, "right")]);
    let made = ticket(&stand, &stand.agent());
    let patch = TicketPatch { add_tags: vec!["left".into()], ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&stand.agent(), made.id, patch, &How::default())).unwrap();
    stand.work_off();
    let events = stand.desk.events(&stand.admin(), 0, 1_000).unwrap();
    assert!(events.iter().all(|event| event.depth <= MOST_DEPTH));
    let turns = events.iter().filter(|event| event.name == "ticket.updated").count();
    assert!((3..=64).contains(&turns), "they answered each other {turns} times, and then no more");
}

#[test]
fn a_customers_act_cannot_make_a_policy_do_what_the_customer_may_not() {
    let stand = stand(&[tagging(), noting()]);
    let new = plugdesk_desk::NewTicket { contact: Some(person("Ann", "ann@example.org")), ..lead("Leak") };
    let contact = wait(stand.desk.ticket_create(&stand.agent(), new, &How::default())).unwrap().value.requester;
    stand.work_off();
    let customer = Principal { role: Role::Customer, name: "ann".into(), contact, ..stand.agent() };
    let made = ticket(&stand, &customer);
    stand.work_off();
    assert!(stand.desk.ticket(&stand.agent(), made.id).unwrap().tags.is_empty(), "customers set no tags");
    let entries = stand.desk.entries(&stand.admin(), made.id, &Default::default()).unwrap().records;
    assert!(entries.is_empty(), "customers write no notes: {entries:?}");
    let all = reactions(&stand, &made.id.to_string());
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|it| it.role == Role::Customer && it.commands[0].outcome == CommandOutcome::Refused));
    assert!(all.iter().any(|it| it.commands[0].message.as_deref().is_some_and(|why| why.contains("customer"))));
}

#[test]
fn what_a_policy_says_is_not_put_into_a_customers_mouth() {
    let stand = stand(&[reacting("greeter", 1, "ticket.created", |inquiry| {
        vec![("entry.add", json!({ "id": inquiry.event.subject, "text": "We have it." }))]
    })]);
    let new = plugdesk_desk::NewTicket { contact: Some(person("Ann", "ann@example.org")), ..lead("Leak") };
    let contact = wait(stand.desk.ticket_create(&stand.agent(), new, &How::default())).unwrap().value.requester;
    let customer = Principal { role: Role::Customer, name: "ann".into(), contact, ..stand.agent() };
    let made = ticket(&stand, &customer);
    stand.work_off();
    let entries = stand.desk.entries(&stand.admin(), made.id, &Default::default()).unwrap().records;
    assert_eq!(entries[0].author, plugdesk_domain::Author::System);
}

#[test]
fn what_was_not_granted_is_refused_and_said() {
    let granted = Needs { commands: vec!["entry.*".into()], ..Needs::everything() };
    let stand = stand(&[tagging().granted(granted)]);
    let made = ticket(&stand, &stand.agent());
    stand.work_off();
    let all = reactions(&stand, &made.id.to_string());
    assert_eq!(all[0].commands[0].outcome, CommandOutcome::Refused);
    assert_eq!(all[0].commands[0].message.as_deref(), Some("the policy was not granted `ticket.update`"));
    assert!(all[0].next_attempt_at.is_none(), "nothing of it waits");
}

#[test]
fn an_event_that_was_not_granted_is_not_told() {
    let granted = Needs { events: vec!["contact.*".into()], ..Needs::everything() };
    let stand = stand(&[tagging().granted(granted)]);
    let made = ticket(&stand, &stand.agent());
    stand.work_off();
    assert!(reactions(&stand, &made.id.to_string()).is_empty());
}

#[test]
fn a_new_policy_leaves_the_past_alone() {
    let stand = stand(&[]);
    let past = ticket(&stand, &stand.agent());
    stand.bind(&[tagging()]);
    stand.work_off();
    let now = ticket(&stand, &stand.agent());
    stand.work_off();
    assert!(stand.desk.ticket(&stand.agent(), past.id).unwrap().tags.is_empty());
    assert_eq!(stand.desk.ticket(&stand.agent(), now.id).unwrap().tags, ["seen"]);
}

#[test]
fn a_command_that_meets_a_conflict_waits_and_tries_again() {
    let stand = stand(&[tagging()]);
    let made = ticket(&stand, &stand.agent());
    while wait(stand.desk.follow()).unwrap().more {}
    stand.seen.conflicts.store(plugdesk_desk::DEFAULT_ATTEMPTS, Ordering::SeqCst);
    let next = wait(stand.desk.react_due()).unwrap().expect("it waits");
    assert_eq!(reactions(&stand, &made.id.to_string())[0].commands[0].outcome, CommandOutcome::Queued);
    let before = stand.desk.ticket(&stand.agent(), made.id).unwrap();
    assert!(before.tags.is_empty() && next > before.updated_at);
    stand.clock.turn(next.millis() - before.updated_at.millis());
    assert_eq!(wait(stand.desk.react_due()).unwrap(), None);
    assert_eq!(stand.desk.ticket(&stand.agent(), made.id).unwrap().tags, ["seen"]);
}

#[test]
fn a_reaction_happens_once_wherever_the_process_dies() {
    let mut died = 0;
    for commits in 0..12 {
        for stored in [false, true] {
            let policies = [noting()];
            let stand = stand(&policies);
            let made = ticket(&stand, &stand.agent());
            stand.seen.die_after(commits, stored);
            stand.try_to_work_off();
            died += u32::from(stand.seen.died());
            let stand = stand.restarted(&policies);
            stand.work_off();
            let entries = stand.desk.entries(&stand.admin(), made.id, &Default::default()).unwrap().records;
            assert_eq!(entries.len(), 1, "died after {commits} commits, the last one stored: {stored}");
            let all = reactions(&stand, &made.id.to_string());
            assert_eq!(all.len(), 1, "died after {commits} commits, the last one stored: {stored}");
            assert_eq!(all[0].commands[0].outcome, CommandOutcome::Done);
        }
    }
    assert!(died >= 8, "the process must have died in the midst of it, not only {died} times");
}

#[test]
fn a_policy_that_fails_holds_up_nobody() {
    let failing = Policy::failing("broken", "react", 3, plugdesk_domain::OutcomeClass::Trap);
    let stand = stand(&[failing, tagging()]);
    let made = ticket(&stand, &stand.agent());
    stand.work_off();
    assert_eq!(stand.desk.ticket(&stand.agent(), made.id).unwrap().tags, ["seen"]);
    assert!(stand.events().iter().any(|event| event == "policy.failed"));
    assert!(stand.events().len() < 100, "its own failures are told to it no deeper than {MOST_DEPTH}");
}

#[test]
fn a_reply_is_heard_as_it_was_said() {
    // The event names the entry; the policy is told of the ticket as it stands now.
    let stand = stand(&[reacting("opener", 1, "entry.added", |inquiry| {
        let ticket = inquiry.ticket.as_ref().unwrap();
        vec![("ticket.update", json!({ "id": ticket.id, "custom": { "heard": inquiry.event.data["kind"] } }))]
    })]);
    let made = ticket(&stand, &stand.agent());
    wait(stand.desk.entry_add(&stand.agent(), made.id, NewEntry::reply("Hello"), &How::default())).unwrap();
    stand.work_off();
    assert_eq!(stand.desk.ticket(&stand.agent(), made.id).unwrap().custom["heard"], "reply");
    let wrong =
        stand.desk.reaction_list(&Principal { role: Role::Customer, ..stand.agent() }, None, &Default::default());
    assert!(matches!(wrong, Err(Error::Forbidden(_))), "how a desk works is not a customer's to read");
}
