//! Escalation: a matter climbs until somebody takes it, and whoever is called can speak sensibly at once.

use std::sync::{Arc, Mutex};

use plugdesk_desk::{
    AssignTicket, CompanyRef, Error, EscalateTicket, EscalationFilter, How, NewEntry, NewMembership, NewTicket,
    PageRequest, ReopenTicket, ResolveTicket,
};
use plugdesk_domain::question::escalate::Climb;
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{
    Audience, EntryKind, EscalationState, FailureRule, Outcome, OutcomeClass, StakeholderRole, Ticket,
};

use super::actions::{agent, hire};
use super::stand::{Policy, Stand, lead, person, qualification, wait};

fn climb(level: u8, to: &str, look_again: Option<plugdesk_domain::Instant>) -> Outcome {
    Outcome::Answered(Some(Answer::Escalate(Climb {
        level,
        audience: vec![Audience::Role(to.into())],
        brief: true,
        look_again,
        reasons: vec![],
        facts: vec![],
        signals: vec![],
    })))
}

/// Climbs one rung at every look, a minute apart, once it was asked for; hears every cause.
fn ladder(heard: &Arc<Mutex<Vec<String>>>) -> Policy {
    let heard = Arc::clone(heard);
    Policy::new("ladder", "escalate", 10, move |call| {
        let Inquiry::Escalate(it) = call.inquiry else { panic!() };
        heard.lock().unwrap().push(it.cause.clone());
        if it.cause == "opened" {
            return Outcome::Answered(None);
        }
        let level = it.level + 1;
        let to = ["team-lead", "vice-president", "chief-executive"][usize::from(level.min(3)) - 1];
        climb(level.min(3), to, Some(it.circumstances.now.plus_millis(60_000)))
    })
}

fn made(stand: &Stand, subject: &str) -> Ticket {
    wait(stand.desk.ticket_create(&stand.agent(), lead(subject), &How::default())).unwrap().value
}

fn asked_for(stand: &Stand, ticket: &Ticket) -> Ticket {
    let new = EscalateTicket { note: "the studio is dark".into(), to: vec![] };
    wait(stand.desk.ticket_escalate(&stand.agent(), ticket.id, new, &How::default())).unwrap().value
}

fn staff(stand: &Stand) {
    hire(
        stand,
        vec![
            agent("lena", &[], &["team-lead"]),
            agent("victor", &[], &["vice-president"]),
            agent("clara", &[], &["chief-executive"]),
            agent("olaf", &[], &["desk-owner"]),
        ],
    );
}

#[test]
fn a_matter_climbs_to_the_chief_executive_until_somebody_takes_it() {
    let heard = Arc::default();
    let stand = Stand::new(&[ladder(&heard)]);
    staff(&stand);
    let by = stand.agent();
    let ticket = made(&stand, "no signal");
    assert_eq!(ticket.escalated, None, "nothing is made at level 0");
    let now = asked_for(&stand, &ticket).escalated.unwrap();
    assert_eq!((now.level, now.acknowledged), (1, false));
    stand.clock.turn(60_001);
    wait(stand.desk.wake_due()).unwrap();
    let escalation = stand.desk.escalation(&by, now.id).unwrap().escalation;
    assert_eq!((escalation.level, escalation.steps[1].people.as_slice()), (2, &["victor".to_owned()][..]));
    let taken = wait(stand.desk.escalation_acknowledge(&by, now.id, &How::default())).unwrap().value;
    assert_eq!(taken.state, EscalationState::Acknowledged);
    stand.clock.turn(600_000);
    wait(stand.desk.wake_due()).unwrap();
    let rested = stand.desk.escalation(&by, now.id).unwrap().escalation;
    assert_eq!(rested.level, 2, "whoever took it ends the climb");
    assert_eq!(*heard.lock().unwrap(), ["opened", "requested", "look"]);
    // A person who asks again opens it again.
    assert_eq!(asked_for(&stand, &ticket).escalated.unwrap().level, 3);
    let told: Vec<_> = stand.desk.events(&stand.admin(), 0, 100).unwrap();
    let levels: Vec<_> = told.iter().filter(|it| it.name == "ticket.escalated").map(|it| &it.data["level"]).collect();
    assert_eq!(levels, [1, 2, 3]);
    assert!(told.iter().any(|it| it.name == "escalation.acknowledged"));
}

#[test]
fn an_escalation_ends_with_its_ticket_and_begins_below_the_first_rung_if_it_comes_back() {
    let heard = Arc::default();
    let stand = Stand::new(&[ladder(&heard)]);
    let by = stand.agent();
    let ticket = made(&stand, "x");
    let id = asked_for(&stand, &ticket).escalated.unwrap().id;
    let ended = wait(stand.desk.ticket_resolve(&by, ticket.id, ResolveTicket::default(), &How::default())).unwrap();
    assert_eq!(ended.value.escalated, None);
    assert_eq!(stand.desk.escalation(&by, id).unwrap().escalation.state, EscalationState::Ended);
    let late = wait(stand.desk.escalation_acknowledge(&by, id, &How::default()));
    assert!(matches!(late, Err(Error::Invalid(_))), "{late:?}");
    let back = wait(stand.desk.ticket_reopen(&by, ticket.id, ReopenTicket::default(), &How::default())).unwrap();
    let anew = back.value.escalated.unwrap();
    assert!(anew.id != id && anew.level == 1, "{anew:?}");
    let filter = EscalationFilter { ticket: Some(ticket.id), state: Some(EscalationState::Open) };
    assert_eq!(stand.desk.escalation_list(&by, &filter, &PageRequest::default()).unwrap().records.len(), 1);
}

#[test]
fn of_all_causes_the_gravest_is_asked_about_once() {
    let heard = Arc::default();
    let stand = Stand::new(&[ladder(&heard)]);
    let by = stand.agent();
    let new = NewTicket {
        contact: Some(person("Parisa", "p@tv.example")),
        company: Some(CompanyRef { name: "TV".into(), ..CompanyRef::default() }),
        ..lead("x")
    };
    let ticket = wait(stand.desk.ticket_create(&by, new, &How::default())).unwrap().value;
    assert_eq!(*heard.lock().unwrap(), ["opened"]);
    let membership: NewMembership = serde_json::from_value(serde_json::json!({
        "contact": ticket.requester, "company": ticket.company, "role": StakeholderRole::Decider,
    }))
    .unwrap();
    wait(stand.desk.membership_create(&by, membership, &How::default())).unwrap();
    let theirs =
        NewEntry { author: ticket.requester.map(plugdesk_domain::Author::Contact), ..NewEntry::reply("Well?") };
    wait(stand.desk.entry_add(&by, ticket.id, theirs, &How::default())).unwrap();
    assert_eq!(*heard.lock().unwrap(), ["opened", "executive"], "who decides there speaks");
}

#[test]
fn a_policy_that_fails_calls_the_team_lead_and_without_one_the_desks_owner() {
    let failing = Policy::failing("broken", "escalate", 10, OutcomeClass::Trap)
        .on_failure(FailureRule::Fallback("team-lead".into()));
    let stand = Stand::new(&[failing]);
    hire(&stand, vec![agent("olaf", &[], &["desk-owner"])]);
    let id = made(&stand, "x").escalated.unwrap().id;
    let steps = stand.desk.escalation(&stand.agent(), id).unwrap().escalation.steps;
    assert_eq!((steps[0].level, steps[0].people.as_slice()), (1, &["olaf".to_owned()][..]));
}

#[test]
fn a_person_may_ask_for_someone_higher_where_no_policy_is_bound() {
    let stand = Stand::new(&[]);
    staff(&stand);
    let ticket = made(&stand, "x");
    let new = EscalateTicket { note: "now".into(), to: vec![Audience::Agent("clara".into())] };
    let now = wait(stand.desk.ticket_escalate(&stand.agent(), ticket.id, new, &How::default())).unwrap().value;
    let view = stand.desk.escalation(&stand.agent(), now.escalated.unwrap().id).unwrap();
    assert_eq!((view.escalation.level, view.escalation.steps[0].people.as_slice()), (1, &["clara".to_owned()][..]));
    assert_eq!(view.escalation.steps[0].decision, None, "a person said so");
}

#[test]
fn who_is_called_reads_facts_steps_promises_and_who_decides_on_one_page() {
    let heard = Arc::default();
    let stand = Stand::new(&[ladder(&heard)]);
    let by = stand.agent();
    let new = NewTicket {
        contact: Some(person("Parisa *Karimi*", "p@tv.example")),
        company: Some(CompanyRef { name: "Channel <4>".into(), ..CompanyRef::default() }),
        ..lead("No signal")
    };
    let ticket = wait(stand.desk.ticket_create(&by, new, &How::default())).unwrap().value;
    let membership: NewMembership = serde_json::from_value(serde_json::json!({
        "contact": ticket.requester, "company": ticket.company, "role": "decider", "concerns": ["the election night"],
    }))
    .unwrap();
    wait(stand.desk.membership_create(&by, membership, &How::default())).unwrap();
    let step = NewEntry { kind: EntryKind::Step, ..NewEntry::reply("restarted the encoder\n→ no change") };
    wait(stand.desk.entry_add(&by, ticket.id, step, &How::default())).unwrap();
    let new = AssignTicket { assignee: Some("anna".into()), ..AssignTicket::default() };
    wait(stand.desk.ticket_assign(&by, ticket.id, new, &How::default())).unwrap();
    let id = asked_for(&stand, &ticket).escalated.unwrap().id;
    let view = stand.desk.escalation(&by, id).unwrap();
    let brief = &view.brief_page;
    assert_eq!(brief.decides, ["Parisa *Karimi*"]);
    assert_eq!(brief.people[0].concerns, ["the election night"]);
    assert_eq!(brief.steps[0].text, "restarted the encoder → no change");
    let page = view.markdown();
    assert!(page.contains("**Decides**: Parisa \\*Karimi\\*"), "{page}");
    assert!(page.contains("Channel \\<4\\>") && page.contains("## Steps tried"), "{page}");
    assert!(page.lines().count() < 60, "one page");
}

#[test]
fn a_policy_that_wishes_to_look_again_at_once_is_asked_after_a_minute_and_the_desk_rests_meanwhile() {
    for wish in [-600_000, 0, 1] {
        let asked = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&asked);
        let restless = Policy::new("restless", "escalate", 10, move |call| {
            *counted.lock().unwrap() += 1;
            climb(0, "x", Some(call.inquiry.circumstances().now.plus_millis(wish)))
        });
        let counted = Arc::clone(&asked);
        let grading = Policy::new("grading", "qualify", 10, move |call| {
            *counted.lock().unwrap() += 1;
            let look_again = Some(call.inquiry.circumstances().now.plus_millis(wish));
            let answer = plugdesk_domain::question::qualify::Qualification { look_again, ..qualification(9_000) };
            Outcome::Answered(Some(Answer::Qualify(answer)))
        });
        let stand = Stand::new(&[restless, grading]);
        let ticket = made(&stand, "x");
        assert_eq!(ticket.next_wake(), Some(ticket.created_at.plus_millis(60_000)), "wished: {wish} ms");
        super::owed::wake(&stand.desk);
        assert_eq!(*asked.lock().unwrap(), 2, "each once: {wish} ms");
        stand.minutes(1);
        assert_eq!(*asked.lock().unwrap(), 4, "and once more: {wish} ms");
    }
}
