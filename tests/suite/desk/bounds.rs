//! What has every field at its bound is taken and can be stored, whatever script it is written in; what a policy says at
//! its bound keeps nobody's record from being made; and what is larger is refused by the field's name.

use std::collections::BTreeMap;

use plugdesk_desk::generation::check_bindings;
use plugdesk_desk::{
    ContactPatch, Error, How, NewAgent, NewCalendar, NewCompany, NewContact, NewContract, NewDefinition,
    NewEntitlement, NewIdentity, NewMembership, NewMerge, NewTarget, NewTeam, NewWebhook, PageRequest,
};
use plugdesk_domain::question::identify::{Identification, Likeness, Relation};
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::record::policy::{MOST_BINDINGS, MOST_BINDINGS_BYTES};
use plugdesk_domain::{
    Attributes, Binding, BindingScope, Category, Contact, ContactId, DefinitionSort, ExternalIds, IdentityKind,
    MergeKind, Outcome, Reason, Side, Stored,
};
use serde_json::json;

use super::stand::{Policy, Stand, email, wait};

/// The largest value that is stored.
const MOST_VALUE_BYTES: usize = 96 << 10;

/// A word of so many characters of four bytes each, told apart by a number.
fn word(n: usize, chars: usize) -> String {
    format!("{n:03}{}", "\u{103a0}".repeat(chars - 3))
}

/// Custom fields of 40 KiB, each byte of whose values takes two as JSON.
fn custom() -> Attributes {
    (0..5).map(|n| (format!("field {n}"), "\"".repeat(4_080).into())).collect()
}

fn external_ids() -> ExternalIds {
    (0..16).map(|n| (word(n, 64), word(n, 128))).collect()
}

fn contact() -> NewContact {
    let value = |n: usize| format!("{n:02}{}", "\"".repeat(252));
    let handle = |n| NewIdentity { kind: IdentityKind::Handle, value: value(n), verified: true, shared: true };
    NewContact {
        name: word(1, 256),
        identities: (0..16).map(handle).collect(),
        external_ids: external_ids(),
        custom: custom(),
        locale: Some("de-1996-aaaaaaaa-bbbbbbbb-cccccccc".to_owned()),
        time_zone: Some("A/".repeat(32)),
        segment: Some(word(1, 64)),
    }
}

fn fits<R: Stored + Clone>(record: &R) {
    let bytes = record.clone().into_record().to_json().unwrap().len();
    assert!((4 << 10..=MOST_VALUE_BYTES).contains(&bytes), "{bytes} bytes: {}", R::TABLE.name());
}

fn field(refused: Error) -> String {
    match refused {
        Error::Invalid(faults) => faults[0].field.clone(),
        other => panic!("{other}"),
    }
}

#[test]
fn people_and_companies_with_every_field_at_its_bound_are_stored_and_changed() {
    let stand = Stand::new(&[]);
    let (by, how) = (stand.agent(), How::default());
    let made = wait(stand.desk.contact_create(&by, contact(), &how)).unwrap().value.contact;
    let patch = ContactPatch { locale: Some(Some("fa".into())), ..ContactPatch::default() };
    let changed = wait(stand.desk.contact_update(&by, made.id, patch, &how)).unwrap().value.contact;
    assert_eq!((changed.version, changed.shared.len(), changed.external_ids.len()), (2, 16, 16));
    fits(&changed);
    let more = Some((word(17, 64), Some(word(17, 128)))).into_iter().collect();
    let patch = ContactPatch { external_ids: more, ..ContactPatch::default() };
    assert_eq!(field(wait(stand.desk.contact_update(&by, made.id, patch, &how)).unwrap_err()), "/external_ids");

    let label = "a".repeat(63);
    let domain = |n: usize| format!("{n:02}{}.{label}.{label}.{label}", "a".repeat(58));
    let new = NewCompany {
        name: word(1, 256),
        external_ids: external_ids(),
        custom: custom(),
        segment: Some(word(1, 64)),
        tier: Some(word(1, 64)),
        domains: (0..32).map(domain).collect(),
        ..NewCompany::default()
    };
    let company = wait(stand.desk.company_create(&by, new, &how)).unwrap().value;
    assert_eq!(company.domains.len(), 32);
    let new = NewMembership {
        contact: made.id,
        company: company.id,
        role: None,
        aspect: Some(word(1, 64)),
        concerns: (0..16).map(|n| word(n, 512)).collect(),
        source: Some(word(1, 64)),
        primary: true,
        valid_from: None,
        valid_to: None,
    };
    fits(&wait(stand.desk.membership_create(&by, new, &how)).unwrap().value);
}

#[test]
fn calendars_words_contracts_teams_and_webhooks_with_every_field_at_its_bound_are_stored() {
    let stand = Stand::new(&[]);
    let (by, how) = (stand.admin(), How::default());
    let name = word(1, 64);
    let day = |n: usize| format!("{}-{:02}-{:02}", 2030 + n / 336, n / 28 % 12 + 1, n % 28 + 1);
    let days = |count: usize| NewCalendar {
        title: Some(word(1, 128)),
        time_zone: "America/Argentina/ComodRivadavia".into(),
        week: serde_json::from_value(json!({ "mon": [{ "from": "00:00", "to": "24:00" }] })).unwrap(),
        holidays: (0..count).map(|n| (day(n), word(n, 128))).collect(),
        special: BTreeMap::new(),
    };
    fits(&wait(stand.desk.calendar_put(&by, &name, days(110), &how)).unwrap().value);
    assert_eq!(field(wait(stand.desk.calendar_put(&by, &name, days(130), &how)).unwrap_err()), "");

    let pauses = vec![Category::New, Category::Open, Category::WaitingCustomer, Category::WaitingThirdParty];
    let target = |n: usize| NewTarget {
        metric: word(n, 64),
        minutes: 60_000,
        calendar: Some(name.clone()),
        pauses: pauses.clone(),
        warn_minutes: Some(59_999),
    };
    let schema = |bytes: usize| Some(json!({ "description": "\"".repeat(bytes / 2) }));
    let segment = NewDefinition {
        title: Some(word(1, 128)),
        schema: schema((32 << 10) - 40),
        targets: (0..8).map(target).collect(),
        ..NewDefinition::default()
    };
    let put = |sort, new| wait(stand.desk.definition_put(&by, sort, &name, new, &how)).map(|it| it.value);
    fits(&put(DefinitionSort::Segment, segment).unwrap());
    let larger = NewDefinition { schema: schema(34 << 10), ..NewDefinition::default() };
    assert_eq!(field(put(DefinitionSort::Kind, larger).unwrap_err()), "/schema");
    let next = (0..64).map(|n| word(n, 64)).collect();
    let state = NewDefinition { category: Some(Category::Open), next, ..NewDefinition::default() };
    fits(&put(DefinitionSort::State, state).unwrap());

    let company = NewCompany { name: "Acme".into(), ..NewCompany::default() };
    let company = wait(stand.desk.company_create(&by, company, &how)).unwrap().value.id;
    let entitlement = |n: usize| {
        let NewTarget { metric, minutes, calendar, pauses, warn_minutes } = target(n);
        let (priority, kind) = (Some(plugdesk_domain::Priority::Normal), Some(word(n, 64)));
        NewEntitlement { priority, kind, metric, minutes, calendar, pauses, warn_minutes }
    };
    let contract = NewContract {
        company,
        name: word(1, 128),
        entitlements: (0..64).map(entitlement).collect(),
        valid_from: None,
        valid_to: None,
        external_ids: external_ids(),
    };
    fits(&wait(stand.desk.contract_create(&by, contract, &how)).unwrap().value);

    let segments: Vec<String> = (0..32).map(|n| word(n, 64)).collect();
    let team = NewTeam { title: Some(word(1, 128)), lead: None, segments: segments.clone() };
    fits(&wait(stand.desk.team_put(&by, &name, team, &how)).unwrap().value);
    let agent = NewAgent {
        name: word(1, 128),
        title: Some(word(1, 128)),
        email: None,
        teams: vec![name],
        roles: segments,
        active: true,
    };
    fits(&wait(stand.desk.agent_create(&by, agent, &how)).unwrap().value);
    let url = format!("https://example.org/{}", "\u{103a0}".repeat(500));
    let events = (0..64).map(|n| format!("{}.*", word(n, 64))).collect();
    let webhook = wait(stand.desk.webhook_create(&by, NewWebhook { title: word(1, 256), url, events }, &how));
    assert_eq!(webhook.unwrap().value.events.len(), 64);
}

/// Says of every candidate that it is the same person, for all the reasons that an answer has room for.
fn verbose() -> Policy {
    Policy::new("verbose", "identify", 1, |call| {
        let Inquiry::Identify(asked) = call.inquiry else { panic!("it is asked who somebody is") };
        let params = (0..8).map(|n| (format!("p{n}"), "\"".repeat(500))).collect();
        let reason = Reason { code: "r".into(), params, evidence: vec![], text: None };
        let likeness = |it: &plugdesk_domain::question::identify::Candidate| Likeness {
            contact: it.contact.id.clone(),
            relation: Relation::Same,
            score: 9_000,
            reasons: vec![reason.clone(); 15],
        };
        let likenesses = asked.candidates.iter().map(likeness).collect();
        let (reasons, facts, signals) = (vec![], vec![], vec![]);
        Outcome::Answered(Some(Answer::Identify(Identification { likenesses, reasons, facts, signals })))
    })
}

fn mina(stand: &Stand, n: u32) -> Contact {
    stand.clock.turn(1_000);
    let shared = NewIdentity { shared: true, ..email("office@example.org") };
    let identities = vec![shared, email(&format!("mina{n}@example.org"))];
    let new = NewContact { name: "Mina Karimi".into(), identities, ..NewContact::default() };
    wait(stand.desk.contact_create(&stand.agent(), new, &How::default())).unwrap().value.contact
}

#[test]
fn a_policy_with_too_many_reasons_keeps_nobody_from_being_made_and_is_still_asked_about() {
    let stand = Stand::new(&[verbose()]);
    mina(&stand, 1);
    mina(&stand, 2);
    let open = stand.desk.proposal_list(&stand.agent(), None, None, &PageRequest::default()).unwrap().records;
    let [proposal] = open.as_slice() else { panic!("{} proposals", open.len()) };
    let option = &proposal.options[0];
    assert!(option.score == 9_000 && (5..15).contains(&option.reasons.len()), "{} reasons", option.reasons.len());
    fits(proposal);
}

#[test]
fn a_plan_of_long_names_is_stored_and_one_of_longer_names_is_refused_by_the_field() {
    let stand = Stand::new(&[]);
    let (winner, loser): (ContactId, ContactId) = (mina(&stand, 1).id, mina(&stand, 2).id);
    let merge = |chars: usize| {
        let plan = (0..32).map(|n| (format!("custom.{}", word(n, chars)), Side::Loser)).collect();
        let new = NewMerge { kind: MergeKind::Contact, winner: winner.to_string(), loser: loser.to_string(), plan };
        wait(stand.desk.merge_create(&stand.agent(), new, &How::default())).map(|done| done.value)
    };
    assert_eq!(field(merge(129).unwrap_err()), format!("/plan/custom.{}", word(0, 129)));
    fits(&merge(128).unwrap());
}

#[test]
fn as_many_bindings_as_fit_one_stored_generation_and_no_more() {
    let names: Vec<String> = (0..16).map(|n| format!("{n:02}{}", "x".repeat(62))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let binding = |n: usize, replaced: usize| -> Binding {
        let policy = Policy::score(&format!("{n:02}{}", "p".repeat(62)), n as u32, 1);
        let policy = policy.scope(BindingScope::Kind(word(n, 64)));
        policy.replaces(&names[..replaced]).binding
    };
    let all = |replaced: usize| (0..MOST_BINDINGS).map(|n| binding(n, replaced)).collect::<Vec<_>>();
    assert_eq!(check_bindings(&all(2)), Vec::<String>::new());
    let problems = check_bindings(&all(16)).join("\n");
    assert!(problems.contains(&format!("at most {MOST_BINDINGS_BYTES} fit a generation")), "{problems}");
    // Who made it and why stand beside them.
    const { assert!(MOST_BINDINGS_BYTES + (2 << 10) < MOST_VALUE_BYTES) };
}
