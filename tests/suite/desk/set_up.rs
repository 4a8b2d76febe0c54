//! What a desk is set up with: vocabularies that close, schemas that hold, calendars that are in use.

use plugdesk_desk::{
    AgentPatch, Error, How, NewAgent, NewDefinition, NewTarget, NewTeam, NewTicket, OwingFilter, PageRequest,
    TicketFilter, TicketPatch,
};
use plugdesk_domain::{Category, CommitmentState, DefinitionSort, Principal, Role};
use serde_json::json;

use super::owed::{target, ticket_in};
use super::stand::{Stand, wait};

fn fields<T: std::fmt::Debug>(answer: Result<T, Error>) -> Vec<String> {
    match answer {
        Err(Error::Invalid(faults)) => faults.into_iter().map(|it| it.field).collect(),
        other => panic!("{other:?}"),
    }
}

fn state(stand: &Stand, name: &str, category: Category, next: &[&str]) {
    let next = next.iter().map(|&it| it.to_owned()).collect();
    let new = NewDefinition { category: Some(category), next, ..NewDefinition::default() };
    wait(stand.desk.definition_put(&stand.admin(), DefinitionSort::State, name, new, &How::default())).unwrap();
}

#[test]
fn a_vocabulary_is_open_until_the_desk_defines_a_word_of_it() {
    let stand = Stand::new(&[]);
    let (agent, admin, how) = (stand.agent(), stand.admin(), How::default());
    let any = NewTicket {
        kind: "anything".into(),
        team: Some("whoever".into()),
        assignee: Some("somebody".into()),
        state: Some("somewhere".into()),
        ..ticket_in("whatever")
    };
    let ticket = stand.open(any.clone());
    stand.segment("company", vec![]);
    let kind = NewDefinition::default();
    wait(stand.desk.definition_put(&admin, DefinitionSort::Kind, "support", kind, &how)).unwrap();
    state(&stand, "fresh", Category::New, &[]);
    state(&stand, "working", Category::Open, &["fresh"]);
    let new = NewAgent {
        name: "anna".into(),
        title: None,
        email: None,
        teams: vec![],
        roles: vec!["team-lead".into()],
        active: true,
    };
    let anna = wait(stand.desk.agent_create(&admin, new, &how)).unwrap().value;
    wait(stand.desk.team_put(&admin, "desk", NewTeam::default(), &how)).unwrap();
    let closed = |new: NewTicket| fields(wait(stand.desk.ticket_create(&agent, new, &how)));
    assert_eq!(closed(any), ["/kind", "/segment"]);
    let ours = ticket_in("company");
    assert_eq!(closed(NewTicket { team: Some("whoever".into()), ..ours.clone() }), ["/team"]);
    assert_eq!(closed(NewTicket { assignee: Some("somebody".into()), ..ours.clone() }), ["/assignee"]);
    assert_eq!(closed(NewTicket { state: Some("somewhere".into()), ..ours }), ["/state"]);
    let patch = TicketPatch { assignee: Some(Some("another".into())), ..TicketPatch::default() };
    assert_eq!(fields(wait(stand.desk.ticket_update(&agent, ticket.id, patch, &how))), ["/assignee"]);
    // What was there before goes on, and the state says the category.
    stand.update(ticket.id, TicketPatch { add_tags: vec!["old".into()], ..TicketPatch::default() });
    let patch =
        TicketPatch { state: Some("working".into()), assignee: Some(Some("anna".into())), ..Default::default() };
    assert_eq!(stand.update(ticket.id, patch).category, Category::Open);
    let ours = stand.open(ticket_in("company"));
    assert_eq!((ours.state.as_str(), ours.category), ("fresh", Category::New));
    // An agent who left is given nothing.
    let left = AgentPatch { active: Some(false), ..AgentPatch::default() };
    wait(stand.desk.agent_update(&admin, anna.id, left, &how)).unwrap();
    let patch = TicketPatch { assignee: Some(Some("anna".into())), ..TicketPatch::default() };
    assert_eq!(fields(wait(stand.desk.ticket_update(&agent, ours.id, patch, &how))), ["/assignee"]);
    // A list of a kind that nothing has is a slip of the hand, and one of an old kind is not.
    let list = |kind: &str| {
        let filter = TicketFilter { kind: Some(kind.into()), ..TicketFilter::default() };
        stand.desk.ticket_list(&agent, &filter, &PageRequest::default())
    };
    assert_eq!(fields(list("supporrt").map(|it| it.records)), ["/kind"]);
    let counts = ["support", "anything", "lead"].map(|kind| list(kind).unwrap().records.len());
    assert_eq!(counts, [1, 1, 0]);
    // Another process reads the same.
    let again = stand.reopened();
    assert_eq!(fields(wait(again.desk.ticket_create(&agent, ticket_in("whatever"), &how))), ["/segment"]);
}

#[test]
fn a_state_follows_only_where_the_desk_lets_it() {
    let stand = Stand::new(&[]);
    state(&stand, "fresh", Category::New, &["working"]);
    state(&stand, "working", Category::Open, &[]);
    state(&stand, "done", Category::Resolved, &[]);
    let ticket = stand.open(ticket_in("company"));
    let done = TicketPatch { state: Some("done".into()), ..TicketPatch::default() };
    let refused = wait(stand.desk.ticket_update(&stand.agent(), ticket.id, done.clone(), &How::default()));
    assert_eq!(fields(refused), ["/state"]);
    assert_eq!(stand.stands(ticket.id, Category::Open).state, "working");
    assert_eq!(stand.update(ticket.id, done).category, Category::Resolved);
}

#[test]
fn the_schemas_of_kind_and_segment_hold_for_custom_fields_when_they_are_set_and_when_they_change() {
    let stand = Stand::new(&[]);
    let (agent, admin, how) = (stand.agent(), stand.admin(), How::default());
    let old = stand.open(NewTicket { kind: "claim".into(), ..ticket_in("company") });
    let define = |sort, name: &str, schema: serde_json::Value| {
        let new = NewDefinition { schema: Some(schema), ..NewDefinition::default() };
        wait(stand.desk.definition_put(&admin, sort, name, new, &how))
    };
    let number = json!({"properties": {"policy": {"type": "integer"}}, "required": ["policy"]});
    define(DefinitionSort::Kind, "claim", number).unwrap();
    define(DefinitionSort::Segment, "company", json!({"properties": {"cost": {"maximum": 5}}})).unwrap();
    assert_eq!(fields(define(DefinitionSort::Kind, "bad", json!({"type": 7}))), ["/schema"]);
    assert_eq!(fields(define(DefinitionSort::State, "bad", json!({}))), ["/category", "/schema"]);
    let claim = |custom: serde_json::Value| NewTicket {
        kind: "claim".into(),
        custom: serde_json::from_value(custom).unwrap(),
        ..ticket_in("company")
    };
    let wrong = wait(stand.desk.ticket_create(&agent, claim(json!({"policy": "x", "cost": 9})), &how));
    assert_eq!(fields(wrong), ["/custom/policy", "/custom/cost"]);
    let ticket = stand.open(claim(json!({"policy": 7, "cost": 3})));
    let patch = |name: &str, value| TicketPatch { custom: [(name.into(), value)].into(), ..TicketPatch::default() };
    let wrong = wait(stand.desk.ticket_update(&agent, ticket.id, patch("cost", Some(json!(6))), &how));
    assert_eq!(fields(wrong), ["/custom/cost"]);
    let wrong = wait(stand.desk.ticket_update(&agent, ticket.id, patch("policy", None), &how));
    assert_eq!(fields(wrong), ["/custom"]);
    stand.update(old.id, TicketPatch { add_tags: vec!["fine".into()], ..TicketPatch::default() });
}

#[test]
fn a_calendar_that_promises_go_by_is_not_taken_away_and_a_stale_one_not_replaced() {
    let stand = Stand::new(&[]);
    stand.calendar("office", &[("09:00", "17:00")]);
    let office = NewTarget { calendar: Some("office".into()), ..target("resolution", 60) };
    stand.segment("company", vec![office.clone()]);
    let delete = |how: &How| wait(stand.desk.calendar_delete(&stand.admin(), "office", how));
    assert_eq!(fields(delete(&How::default())), ["/name"]);
    stand.segment("company", vec![]);
    let stale = How { if_match: Some(plugdesk_desk::IfMatch::Version(7)), ..How::default() };
    assert!(matches!(delete(&stale), Err(Error::VersionMismatch { stored: 1 })));
    delete(&How::default()).unwrap();
    let unknown = NewDefinition { targets: vec![office], ..NewDefinition::default() };
    let admin = stand.admin();
    let put = stand.desk.definition_put(&admin, DefinitionSort::Segment, "company", unknown, &stale);
    assert_eq!(fields(wait(put)), ["/targets/0/calendar"]);
}

#[test]
fn only_an_admin_sets_a_desk_up_and_a_customer_sees_nothing_of_it() {
    let stand = Stand::promising(vec![target("resolution", 60)]);
    let (agent, how) = (stand.agent(), How::default());
    let refused = wait(stand.desk.team_put(&agent, "x", NewTeam::default(), &how));
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let customer = Principal { role: Role::Customer, ..stand.agent() };
    let filter = OwingFilter { state: CommitmentState::Breached, company: None };
    assert!(matches!(stand.desk.calendar_list(&customer), Err(Error::Forbidden(_))));
    assert!(matches!(stand.desk.agent_list(&customer, None), Err(Error::Forbidden(_))));
    assert!(stand.desk.owing_list(&customer, &filter, &PageRequest::default()).is_err());
}

#[test]
fn what_is_owed_is_listed_by_state() {
    let stand = Stand::promising(vec![NewTarget { warn_minutes: Some(20), ..target("resolution", 60) }]);
    let early = stand.open(ticket_in("company"));
    stand.minutes(30);
    let later = stand.open(ticket_in("company"));
    stand.minutes(15);
    let list = |state| {
        let page = PageRequest::default();
        let found = stand.desk.owing_list(&stand.agent(), &OwingFilter { state, company: None }, &page).unwrap();
        found.records.into_iter().map(|it| it.ticket).collect::<Vec<_>>()
    };
    assert_eq!(list(CommitmentState::AtRisk), [early.id]);
    assert_eq!(list(CommitmentState::Pending), [later.id]);
    stand.minutes(45);
    assert_eq!(list(CommitmentState::Breached), [early.id, later.id]);
    let left = stand.desk.promises(&stand.agent(), early.id).unwrap()[0].left_ms;
    assert_eq!(left, Some(-30 * super::owed::MINUTE));
}
