//! What agents do with tickets: in whose hands they are, where they stand, who else is at them, and their story.

use plugdesk_desk::{
    Action, AssignTicket, Doing, Error, How, NewAgent, NewDefinition, NewEntry, NewPresence, PRESENCE_MS, PageRequest,
    ReopenTicket, ResolveTicket, SnoozeTicket, TakeTicket, TicketPatch, TimelineWhat,
};
use plugdesk_domain::question::Answer;
use plugdesk_domain::question::track::Tracking;
use plugdesk_domain::{
    Category, DefinitionSort, EntryKind, FailureRule, Instant, Outcome, OutcomeClass, Principal, Role, Ticket,
    TicketId, Track,
};

use super::stand::{Policy, Stand, lead, wait};

pub(super) fn agent(name: &str, teams: &[&str], roles: &[&str]) -> NewAgent {
    let owned = |names: &[&str]| names.iter().map(|&it| it.to_owned()).collect();
    NewAgent { name: name.into(), title: None, email: None, teams: owned(teams), roles: owned(roles), active: true }
}

fn called(stand: &Stand, name: &str) -> Principal {
    Principal { agent: Some(name.into()), ..stand.agent() }
}

pub(super) fn hire(stand: &Stand, agents: Vec<NewAgent>) {
    for new in agents {
        wait(stand.desk.agent_create(&stand.admin(), new, &How::default())).unwrap();
    }
}

fn made(stand: &Stand) -> Ticket {
    wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap().value
}

fn assign(stand: &Stand, id: TicketId, to: &str, summary: Option<&str>) -> Result<Ticket, Error> {
    let new = AssignTicket { assignee: Some(to.into()), team: None, summary: summary.map(str::to_owned) };
    wait(stand.desk.ticket_assign(&stand.agent(), id, new, &How::default())).map(|done| done.value)
}

fn rule(refused: Error) -> String {
    match refused {
        Error::Invalid(faults) => faults.iter().map(|it| format!("{}: {}", it.field, it.rule)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_sends_a_customer_to_a_third_person_must_say_what_that_one_needs_to_know() {
    let stand = Stand::new(&[]);
    hire(&stand, ["anna", "bob", "cleo"].map(|name| agent(name, &[], &[])).into());
    let id = made(&stand).id;
    assert_eq!(assign(&stand, id, "anna", None).unwrap().counters.handoffs, 0, "the first assignment is no handoff");
    assert_eq!(assign(&stand, id, "bob", None).unwrap().counters.handoffs, 1);
    assert!(rule(assign(&stand, id, "cleo", None).unwrap_err()).starts_with("/summary: "));
    let patch = TicketPatch { assignee: Some(Some("cleo".into())), ..TicketPatch::default() };
    let round = wait(stand.desk.ticket_update(&stand.agent(), id, patch, &How::default()));
    assert!(rule(round.unwrap_err()).starts_with("/summary: "), "there is no way around it");
    let view = stand.desk.ticket_actions(&called(&stand, "cleo"), id).unwrap();
    let take = view.actions.iter().find(|it| it.action == Action::Take).unwrap();
    assert_eq!((take.allowed, take.requires.as_slice()), (true, &["summary".to_owned()][..]));
    let now = assign(&stand, id, "cleo", Some("Anna reset the meter, Bob ordered a new one")).unwrap();
    assert_eq!((now.counters.handoffs, now.assignee.as_deref()), (2, Some("cleo")));
    let entries = stand.desk.entries(&stand.agent(), id, &PageRequest::default()).unwrap().records;
    let note = entries.iter().find(|it| it.kind == EntryKind::Note).unwrap();
    assert_eq!(note.text, "Anna reset the meter, Bob ordered a new one");
    let strange = rule(assign(&stand, id, "dora", Some("x")).unwrap_err());
    assert_eq!(strange, "/assignee: `dora` is no agent of this desk");
}

#[test]
fn a_ticket_is_taken_resolved_and_comes_back() {
    let stand = Stand::new(&[]);
    hire(&stand, vec![agent("anna", &[], &[])]);
    let (anna, id) = (called(&stand, "anna"), made(&stand).id);
    let nobody = wait(stand.desk.ticket_take(&stand.agent(), id, TakeTicket::default(), &How::default()));
    assert_eq!(rule(nobody.unwrap_err()), ": this key stands for no agent");
    let taken = wait(stand.desk.ticket_take(&anna, id, TakeTicket::default(), &How::default())).unwrap().value;
    assert_eq!((taken.assignee.as_deref(), taken.category), (Some("anna"), Category::Open));
    let solved = wait(stand.desk.ticket_resolve(&anna, id, ResolveTicket::default(), &How::default())).unwrap().value;
    assert_eq!((solved.category, solved.state.as_str()), (Category::Resolved, "resolved"));
    let twice = wait(stand.desk.ticket_resolve(&anna, id, ResolveTicket::default(), &How::default()));
    assert_eq!(rule(twice.unwrap_err()), ": it is resolved already");
    let back = wait(stand.desk.ticket_reopen(&anna, id, ReopenTicket::default(), &How::default())).unwrap().value;
    assert_eq!((back.category, back.counters.reopens), (Category::Open, 1));
    let events = stand.events();
    for name in ["ticket.assigned", "ticket.resolved", "ticket.reopened"] {
        assert_eq!(events.iter().filter(|it| *it == name).count(), 1, "{name} in {events:?}");
    }
    let shown = How { preview: true, ..How::default() };
    let preview = wait(stand.desk.ticket_resolve(&anna, id, ResolveTicket::default(), &shown)).unwrap().value;
    assert_eq!(preview.category, Category::Resolved);
    assert_eq!(stand.desk.ticket(&anna, id).unwrap().category, Category::Open, "a preview stores nothing");
    let customer = Principal { role: Role::Customer, ..stand.agent() };
    let theirs = wait(stand.desk.ticket_resolve(&customer, id, ResolveTicket::default(), &How::default()));
    assert!(matches!(theirs, Err(Error::Forbidden(_))), "{theirs:?}");
}

#[test]
fn what_is_put_off_opens_by_itself() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    let ticket = made(&stand);
    let until = ticket.created_at.plus_millis(3_600_000);
    let put_off = |until: Instant| {
        wait(stand.desk.ticket_snooze(&by, ticket.id, SnoozeTicket { until, note: None }, &How::default()))
    };
    assert!(rule(put_off(ticket.created_at).unwrap_err()).starts_with("/until: "));
    assert!(rule(put_off(until.plus_millis(366 * 86_400_000)).unwrap_err()).starts_with("/until: "));
    assert_eq!(put_off(until).unwrap().value.category, Category::OnHold);
    stand.clock.turn(3_599_000);
    wait(stand.desk.wake_due()).unwrap();
    assert_eq!(stand.desk.ticket(&by, ticket.id).unwrap().category, Category::OnHold);
    stand.clock.turn(1_001);
    wait(stand.desk.wake_due()).unwrap();
    let now = stand.desk.ticket(&by, ticket.id).unwrap();
    assert_eq!((now.category, now.snoozed_until), (Category::Open, None));
    assert_eq!(stand.events().iter().filter(|it| *it == "ticket.woken").count(), 1);
    let early = wait(stand.desk.ticket_unsnooze(&by, ticket.id, &How::default()));
    assert_eq!(rule(early.unwrap_err()), ": it is not put off");
}

#[test]
fn a_desk_says_which_states_there_are_and_what_may_follow() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    let define = |name: &str, category: Category, next: &[&str]| {
        let next = next.iter().map(|&it| it.to_owned()).collect();
        let new = NewDefinition { category: Some(category), next, ..NewDefinition::default() };
        wait(stand.desk.definition_put(&stand.admin(), DefinitionSort::State, name, new, &How::default())).unwrap();
    };
    define("waiting-room", Category::New, &["in-treatment"]);
    define("in-treatment", Category::Open, &[]);
    define("healed", Category::Resolved, &[]);
    let ticket = made(&stand);
    assert_eq!((ticket.state.as_str(), ticket.category), ("waiting-room", Category::New));
    let patch = |state: Option<&str>, category: Option<Category>| {
        let patch = TicketPatch { state: state.map(str::to_owned), category, ..TicketPatch::default() };
        wait(stand.desk.ticket_update(&by, ticket.id, patch, &How::default())).map(|done| done.value)
    };
    let jump = rule(patch(Some("healed"), None).unwrap_err());
    assert_eq!(jump, "/state: `waiting-room` may be followed by `in-treatment`");
    let unknown = rule(patch(Some("gone"), None).unwrap_err());
    assert!(unknown.starts_with("/state: "), "{unknown}");
    let other = rule(patch(Some("in-treatment"), Some(Category::Resolved)).unwrap_err());
    assert_eq!(other, "/category: the state `in-treatment` stands for `open`");
    assert_eq!(patch(Some("in-treatment"), None).unwrap().category, Category::Open);
    let healed = patch(None, Some(Category::Resolved)).unwrap();
    assert_eq!(healed.state, "healed", "a category picks its first state");
}

#[test]
fn two_agents_see_each_other_at_a_ticket() {
    let stand = Stand::new(&[]);
    let id = made(&stand).id;
    let (anna, bob) = (called(&stand, "anna"), called(&stand, "bob"));
    stand.desk.presence_set(&anna, id, NewPresence { doing: Doing::Replying }).unwrap();
    let seen = stand.desk.ticket_actions(&bob, id).unwrap().presence;
    assert_eq!((seen.len(), seen[0].who.as_str(), seen[0].doing), (1, "anna", Doing::Replying));
    stand.clock.turn(PRESENCE_MS);
    assert_eq!(stand.desk.presence(&bob, id).unwrap(), []);
    assert_eq!(stand.seen.changes.lock().unwrap().len(), 1, "nothing is stored of it");
}

fn tracked(track: Track, risk: u16) -> Outcome {
    let (checks, people) = (vec![format!("check-{}", track.name())], vec![]);
    let (reasons, facts, signals) = (vec![], vec![], vec![]);
    Outcome::Answered(Some(Answer::Track(Tracking { track, risk, checks, people, reasons, facts, signals })))
}

#[test]
fn two_policies_disagree_on_risk_and_the_cautious_track_wins() {
    let fast = Policy::new("quick", "track", 10, |_| tracked(Track::Fast, 1_000));
    let special = Policy::new("careful", "track", 20, |_| tracked(Track::Special, 7_000));
    for policies in [vec![fast.clone(), special.clone()], vec![special, fast]] {
        let stand = Stand::new(&policies);
        let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
        let tracked = done.value.tracked.unwrap();
        assert_eq!((tracked.track, tracked.risk), (Track::Special, 7_000));
        assert_eq!(tracked.checks, ["check-fast", "check-special"], "extras unite");
        let decision = done.decision.unwrap();
        assert_eq!(tracked.decision, decision.id);
        let asked = decision.asked.iter().find(|it| it.question == "track").unwrap();
        assert_eq!(asked.joined.as_ref().unwrap()["dissent"], serde_json::json!(["quick"]));
    }
}

#[test]
fn a_track_policy_that_fails_means_care() {
    let failing =
        Policy::failing("broken", "track", 10, OutcomeClass::Trap).on_failure(FailureRule::Fallback("special".into()));
    let stand = Stand::new(&[failing]);
    assert_eq!(made(&stand).tracked.unwrap().track, Track::Special);
}

#[test]
fn the_track_is_told_when_it_changes_and_only_then() {
    let by_priority = Policy::new("risk", "track", 10, |call| {
        let plugdesk_domain::question::Inquiry::Track(it) = call.inquiry else { panic!() };
        let urgent = it.ticket.priority == plugdesk_domain::Priority::Urgent;
        tracked(if urgent { Track::Special } else { Track::Fast }, 0)
    });
    let stand = Stand::new(&[by_priority]);
    let (by, id) = (stand.agent(), made(&stand).id);
    let patch = TicketPatch { add_tags: vec!["vip".into()], ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&by, id, patch, &How::default())).unwrap();
    assert!(!stand.events().contains(&"ticket.tracked".to_owned()), "it is as it was");
    let patch = TicketPatch { priority: Some(plugdesk_domain::Priority::Urgent), ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&by, id, patch, &How::default())).unwrap();
    let told = stand.desk.events(&stand.admin(), 0, 100).unwrap();
    let told: Vec<_> = told.iter().filter(|it| it.name == "ticket.tracked").collect();
    assert_eq!((told.len(), told[0].data["track"].as_str()), (1, Some("special")));
}

#[test]
fn a_tickets_story_is_one_list_that_pages_walk_without_a_gap() {
    let careful = Policy::new("careful", "track", 10, |_| tracked(Track::Standard, 10));
    let stand = Stand::new(&[careful]);
    let (by, id) = (called(&stand, "anna"), made(&stand).id);
    for n in 0..6 {
        stand.clock.turn(1_000);
        let new = NewEntry { kind: EntryKind::Step, ..NewEntry::reply(format!("step {n}")) };
        wait(stand.desk.entry_add(&by, id, new, &How::default())).unwrap();
    }
    stand.clock.turn(1_000);
    wait(stand.desk.ticket_take(&by, id, TakeTicket::default(), &How::default())).unwrap();
    stand.clock.turn(1_000);
    wait(stand.desk.ticket_resolve(&by, id, ResolveTicket::default(), &How::default())).unwrap();
    let page = |limit, after| stand.desk.timeline(&by, id, &PageRequest { limit: Some(limit), after }).unwrap();
    let whole = page(200, None);
    assert!(whole.next.is_none());
    let whole = whole.records;
    assert!(whole.windows(2).all(|it| it[0].at <= it[1].at));
    let of = |what: TimelineWhat| whole.iter().filter(|it| it.what == what).count();
    assert_eq!((of(TimelineWhat::Opened), of(TimelineWhat::Decision)), (1, 1), "{whole:#?}");
    assert_eq!(of(TimelineWhat::Entry), 7, "six steps and the note of who took it");
    let decided = whole.iter().find_map(|it| it.decision.as_ref()).unwrap();
    assert!(decided.effects.iter().any(|it| it.starts_with("track: standard")), "what a policy did is told");
    for limit in [1, 2, 3, 5] {
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let page = page(limit, after);
            assert!(page.records.len() <= limit);
            walked.extend(page.records);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(walked, whole, "by {limit}");
    }
    let decisions = stand.desk.decisions(&by, Some(&id.to_string()), &PageRequest::default()).unwrap().records;
    assert_eq!(decisions.last().map(|it| it.command.as_str()), Some("ticket.create"), "found by its key");
}
