//! What is promised, by whom, and what becomes of it when the ticket or what was agreed changes.

use plugdesk_desk::{CompanyRef, ContractPatch, How, NewCompany, NewContract, NewEntitlement, NewTicket, TicketPatch};
use plugdesk_domain::{
    CommitmentState, Company, CompanyId, Contract, FailureRule, Grade, OutcomeClass, Priority, Target,
};

use super::owed::{MINUTE, owed, promiser, target, ticket_in};
use super::stand::{Policy, Stand, lead, wait};

fn company(stand: &Stand, name: &str, parent: Option<CompanyId>) -> Company {
    let new = NewCompany { name: name.into(), parent, ..NewCompany::default() };
    wait(stand.desk.company_create(&stand.agent(), new, &How::default())).unwrap().value.company
}

fn entitlement(metric: &str, minutes: u32, priority: Option<Priority>) -> NewEntitlement {
    let (metric, calendar, pauses, warn_minutes) = (metric.into(), None, vec![], None);
    NewEntitlement { priority, kind: None, metric, minutes, calendar, pauses, warn_minutes }
}

fn contract(stand: &Stand, company: CompanyId, entitlements: Vec<NewEntitlement>) -> Contract {
    let (valid_from, valid_to, external_ids) = (None, None, [].into());
    let new = NewContract { company, name: "Gold".into(), entitlements, valid_from, valid_to, external_ids };
    wait(stand.desk.contract_create(&stand.agent(), new, &How::default())).unwrap().value
}

fn for_company(id: CompanyId) -> NewTicket {
    NewTicket { company: Some(CompanyRef { id: Some(id), ..CompanyRef::default() }), ..ticket_in("company") }
}

#[test]
fn a_qualified_lead_is_called_within_minutes_and_a_missed_call_is_told_to_the_second() {
    let by_grade = promiser("by-grade", 10, |inquiry| match inquiry.grade {
        Some(Grade::A) => vec![Target { warn_minutes: Some(2), ..owed("first-contact", 10) }],
        Some(_) => vec![owed("first-contact", 240)],
        None => vec![],
    });
    let stand = Stand::new(&[Policy::score("score", 10, 9_000), by_grade]);
    let ticket = stand.open(lead("I want to buy it today"));
    assert_eq!(stand.last(ticket.id, "first-contact"), (CommitmentState::Pending, 10));
    stand.clock.turn(8 * MINUTE - 1);
    super::owed::wake(&stand.desk);
    assert!(stand.told("commitment.at-risk").is_empty());
    stand.clock.turn(1);
    super::owed::wake(&stand.desk);
    assert_eq!(stand.told("commitment.at-risk").len(), 1);
    stand.clock.turn(2 * MINUTE);
    super::owed::wake(&stand.desk);
    let breached = stand.told("commitment.breached");
    let data = &breached[0].data;
    assert_eq!((data["metric"].as_str(), data["source"].as_str()), (Some("first-contact"), Some("by-grade")));
    assert_eq!(breached[0].at.since(ticket.created_at), 10 * MINUTE);
    assert_eq!(breached[0].role, None, "the desk itself noticed");
    stand.answered(ticket.id);
    let kept = &stand.of(ticket.id, "first-contact")[0];
    assert!(kept.state == CommitmentState::Breached && kept.met_at.is_some(), "late stays late");
}

#[test]
fn a_consumer_is_answered_within_minutes_round_the_clock_and_a_company_in_its_hours() {
    let stand = Stand::new(&[]);
    stand.calendar("office", &[("09:00", "17:00")]);
    stand.segment("consumer", vec![target("first-response", 15)]);
    let office = plugdesk_desk::NewTarget { calendar: Some("office".into()), ..target("first-response", 60) };
    stand.segment("company", vec![office]);
    // Saturday, 12:06:40 in Warsaw.
    stand.clock.turn(3 * 1_440 * MINUTE);
    let (consumer, business) = (stand.open(ticket_in("consumer")), stand.open(ticket_in("company")));
    assert_eq!(stand.last(consumer.id, "first-response").1, 15);
    assert_eq!(stand.of(business.id, "first-response")[0].due_at.to_string(), "2026-11-23T09:00:00.000Z");
}

#[test]
fn what_a_contract_says_holds_for_the_company_and_everything_below_it() {
    let stand = Stand::new(&[promiser("slow", 10, |_| vec![owed("first-response", 240), owed("resolution", 300)])]);
    let group = company(&stand, "Group", None);
    let site = company(&stand, "Site", Some(group.id));
    let other = company(&stand, "Other", None);
    let urgent = entitlement("first-response", 30, Some(Priority::Urgent));
    contract(&stand, group.id, vec![entitlement("first-response", 120, None), urgent]);
    let ticket = stand.open(for_company(site.id));
    assert_eq!(stand.last(ticket.id, "first-response").1, 120, "the nearest contract above");
    assert_eq!(stand.last(ticket.id, "resolution").1, 300, "what it says nothing about is the policy's");
    let sources: Vec<_> = ticket.commitments.iter().map(|it| it.source.as_str()).collect();
    assert_eq!(sources, ["contract", "slow"]);
    let urgent = NewTicket { priority: Priority::Urgent, ..for_company(site.id) };
    assert_eq!(stand.last(stand.open(urgent).id, "first-response").1, 30, "the narrowest entitlement");
    assert_eq!(stand.last(stand.open(for_company(other.id)).id, "first-response").1, 240);
    // What the policy would have promised stands in the decision.
    let decision = stand.desk.decision(&stand.admin(), ticket.commitments[0].decision.unwrap()).unwrap();
    let asked = decision.asked.iter().find(|it| it.question == "promise").unwrap();
    let joined = asked.joined.as_ref().unwrap();
    assert_eq!(joined["promises"][0]["dissent"][0]["policy"], "slow", "{joined}");
    assert!(decision.effects.iter().any(|it| it.starts_with("promised: first-response by ")), "{decision:?}");
}

#[test]
fn open_tickets_follow_a_contract_that_changes_or_ends_also_after_a_restart() {
    let stand = Stand::promising(vec![target("resolution", 600)]);
    let group = company(&stand, "Group", None);
    let site = company(&stand, "Site", Some(group.id));
    let (ticket, bystander) = (stand.open(for_company(site.id)), stand.open(ticket_in("company")));
    stand.minutes(10);
    let made = contract(&stand, group.id, vec![entitlement("resolution", 60, None)]);
    assert_eq!(stand.last(ticket.id, "resolution").1, 600, "behind the answer, not before it");
    super::owed::wake(&stand.desk);
    assert_eq!(stand.last(ticket.id, "resolution"), (CommitmentState::Pending, 60), "counted from the opening");
    assert_eq!(stand.last(bystander.id, "resolution").1, 600);
    let patch = ContractPatch { entitlements: Some(vec![entitlement("resolution", 90, None)]), ..Default::default() };
    wait(stand.desk.contract_update(&stand.agent(), made.id, patch, &How::default())).unwrap();
    // The process ends before it gets to it.
    let stand = stand.reopened();
    super::owed::wake(&stand.desk);
    assert_eq!(stand.last(ticket.id, "resolution").1, 90);
    wait(stand.desk.contract_end(&stand.agent(), made.id, &How::default())).unwrap();
    super::owed::wake(&stand.desk);
    assert_eq!(stand.last(ticket.id, "resolution").1, 600, "the desk's own word again");
}

#[test]
fn open_tickets_follow_a_calendar_that_changes() {
    let stand = Stand::new(&[]);
    stand.calendar("office", &[("09:00", "17:00")]);
    let office = plugdesk_desk::NewTarget { calendar: Some("office".into()), ..target("resolution", 60) };
    stand.segment("company", vec![office]);
    let ticket = stand.open(ticket_in("company"));
    assert_eq!(stand.last(ticket.id, "resolution").1, 60);
    stand.calendar("office", &[("09:00", "12:30"), ("15:00", "18:00")]);
    super::owed::wake(&stand.desk);
    assert_eq!(stand.of(ticket.id, "resolution")[0].due_at.to_string(), "2026-11-18T14:36:40.000Z");
    assert_eq!(stand.of(ticket.id, "resolution").len(), 1, "the same promise, by another clock");
}

#[test]
fn what_still_holds_keeps_its_clock_and_what_a_person_promised_is_left_alone() {
    let stand = Stand::new(&[promiser("by-priority", 10, |inquiry| {
        let minutes = if inquiry.ticket.priority == Priority::Urgent { 30 } else { 60 };
        vec![owed("first-response", 20), owed("resolution", minutes)]
    })]);
    let ticket = stand.open(ticket_in("company"));
    let before = stand.promise(ticket.id, "I call back", 15);
    stand.minutes(5);
    let urgent = TicketPatch { priority: Some(Priority::Urgent), ..TicketPatch::default() };
    let after = stand.update(ticket.id, urgent);
    let same = |metric: &str| {
        let of = |ticket: &plugdesk_domain::Ticket| {
            ticket.commitments.iter().find(|it| it.target.metric == metric).cloned().unwrap()
        };
        of(&before) == of(&after)
    };
    assert!(same("first-response") && same("promise") && !same("resolution"));
    let states: Vec<_> = stand.of(ticket.id, "resolution").iter().map(|it| it.state).collect();
    assert_eq!(states, [CommitmentState::Renegotiated, CommitmentState::Pending]);
}

#[test]
fn a_person_keeps_or_cancels_what_a_person_promised() {
    let stand = Stand::new(&[]);
    let ticket = stand.open(ticket_in("company"));
    let first = stand.promise(ticket.id, "I call back", 15).commitments.pop().unwrap();
    let second = stand.promise(ticket.id, "I send the part", 90).commitments.pop().unwrap();
    assert_eq!((first.source.as_str(), first.what.as_deref()), ("anna", Some("I call back")));
    stand.minutes(15);
    assert_eq!(stand.told("commitment.breached").len(), 1, "a person's promise has a clock like any other");
    let how = How::default();
    wait(stand.desk.commitment_meet(&stand.agent(), ticket.id, first.id, &how)).unwrap();
    wait(stand.desk.commitment_cancel(&stand.agent(), ticket.id, second.id, &how)).unwrap();
    stand.minutes(100);
    let states: Vec<_> = stand.ticket(ticket.id).commitments.iter().map(|it| it.state).collect();
    assert_eq!(states, [CommitmentState::Breached, CommitmentState::Cancelled]);
    assert!(stand.ticket(ticket.id).commitments[0].met_at.is_some());
    assert_eq!(stand.told("commitment.breached").len(), 1);
}

#[test]
fn when_a_policy_fails_the_desks_own_targets_stand_in_and_a_bad_calendar_is_named() {
    let rule = FailureRule::Fallback("desk-targets".into());
    let failing = Policy::failing("broken", "promise", 10, OutcomeClass::Trap).on_failure(rule);
    let lost = promiser("lost", 20, |_| vec![Target { calendar: "moon".into(), ..owed("resolution", 5) }]);
    let stand = Stand::new(&[failing, lost]);
    stand.segment("company", vec![target("resolution", 60)]);
    let ticket = stand.open(ticket_in("company"));
    let it = &stand.of(ticket.id, "resolution")[0];
    assert_eq!((stand.last(ticket.id, "resolution").1, it.source.as_str()), (60, "broken"));
    let decision = stand.desk.decision(&stand.admin(), it.decision.unwrap()).unwrap();
    let asked = decision.asked.iter().find(|it| it.question == "promise").unwrap();
    let bad = &asked.opinions[1];
    assert_eq!(bad.outcome, OutcomeClass::BadAnswer);
    assert!(bad.message.as_ref().unwrap().contains("targets[0].calendar: `moon`"), "{:?}", bad.message);
}
