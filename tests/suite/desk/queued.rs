//! What policies asked for and was not done yet: carried out only while what it rested on holds.

use plugdesk_desk::How;
use plugdesk_domain::{CommandOutcome, Needs, Principal, Role, Ticket};
use serde_json::{Value, json};

use super::reactions::{reacting, reactions, stand, tagging, ticket};
use super::stand::{Stand, lead, person, wait};

/// As far as commands are queued and none was carried out.
fn asked(stand: &Stand, by: &Principal) -> Ticket {
    let made = ticket(stand, by);
    while wait(stand.desk.follow()).unwrap().more {}
    made
}

fn refused(stand: &Stand, ticket: &Ticket) -> String {
    wait(stand.desk.react_due()).unwrap();
    assert!(stand.desk.ticket(&stand.agent(), ticket.id).unwrap().tags.is_empty());
    let command = reactions(stand, &ticket.id.to_string()).remove(0).commands.remove(0);
    assert_eq!(command.outcome, CommandOutcome::Refused);
    command.message.unwrap()
}

#[test]
fn what_a_policy_asked_for_is_not_done_once_it_is_switched_off() {
    let stand = stand(&[tagging()]);
    let made = asked(&stand, &stand.agent());
    stand.bind(&[tagging().mode(plugdesk_domain::Mode::Off)]);
    assert!(refused(&stand, &made).contains("switched off"));
    let made = {
        stand.bind(&[tagging()]);
        asked(&stand, &stand.agent())
    };
    stand.bind(&[]);
    assert!(refused(&stand, &made).contains("switched off"));
}

#[test]
fn what_a_policy_is_no_longer_granted_is_not_done() {
    let stand = stand(&[tagging()]);
    let made = asked(&stand, &stand.agent());
    stand.bind(&[tagging().granted(Needs { commands: vec!["entry.*".into()], ..Needs::everything() })]);
    assert!(refused(&stand, &made).contains("no longer granted `ticket.update`"));
}

#[test]
fn what_a_revoked_key_caused_is_not_done() {
    let stand = stand(&[tagging()]);
    let new = plugdesk_desk::NewKey {
        desk: Some(stand.desk.id()),
        label: "x".into(),
        role: Role::Agent,
        contact: None,
        agent: None,
        expires_at: None,
    };
    let key = wait(stand.desks.key_create(&Principal::operator(), new, None)).unwrap().value.key.id;
    let by = Principal { key: Some(key), ..stand.agent() };
    let made = asked(&stand, &by);
    wait(stand.desks.key_revoke(&Principal::operator(), key)).unwrap();
    assert!(refused(&stand, &made).contains("revoked"));
}

#[test]
fn a_policy_speaks_as_the_system_alone() {
    let stand = stand(&[reacting("actor", 1, "ticket.created", |inquiry| {
        let ticket = inquiry.event.subject.as_str();
        let said = |author: Value| ("entry.add", json!({ "id": ticket, "text": "Done.", "author": author }));
        let requester = inquiry.ticket.as_ref().and_then(|it| it.requester.clone());
        vec![said(json!({ "agent": "anna" })), said(json!({ "contact": requester })), said(json!("system"))]
    })]);
    let new = plugdesk_desk::NewTicket { contact: Some(person("Ann", "ann@example.org")), ..lead("Leak") };
    let made = wait(stand.desk.ticket_create(&stand.agent(), new, &How::default())).unwrap().value;
    stand.work_off();
    let entries = stand.desk.entries(&stand.admin(), made.id, &Default::default()).unwrap().records;
    assert!(entries.iter().all(|it| it.author == plugdesk_domain::Author::System), "{entries:?}");
    let commands = reactions(&stand, &made.id.to_string()).remove(0).commands;
    assert!(commands[..2].iter().all(|it| it.outcome == CommandOutcome::Refused), "{commands:?}");
    assert!(commands[0].message.as_deref().unwrap().contains("the system's word"), "{commands:?}");
}

#[test]
fn a_reaction_full_of_nonsense_is_noted_and_holds_up_nobody() {
    let stand = stand(&[
        reacting("babbler", 3, "ticket.created", |inquiry| {
            let noise = "\u{1}".repeat(480);
            let body = |_| {
                let text = "x".repeat(2_900);
                ("ticket.update", json!({ "id": inquiry.event.subject, noise.clone(): text }))
            };
            (0..8).map(body).collect()
        }),
        tagging(),
    ]);
    let made = ticket(&stand, &stand.agent());
    stand.work_off();
    let all = reactions(&stand, &made.id.to_string());
    let babbler = all.iter().find(|it| it.policy == "babbler").unwrap();
    assert!(babbler.next_attempt_at.is_none(), "it is done with");
    assert_eq!(stand.desk.ticket(&stand.agent(), made.id).unwrap().tags, ["seen"]);
}

#[test]
fn nobody_takes_the_key_of_a_reactions_command_first() {
    let stand = stand(&[tagging()]);
    let made = asked(&stand, &stand.agent());
    let reaction = reactions(&stand, &made.id.to_string()).remove(0);
    let key = format!("{}/{}/0", reaction.event, reaction.binding);
    let key = plugdesk_domain::Digest::of(key.as_bytes()).to_string();
    let request = plugdesk_domain::Digest::of(b"another");
    let how = How { idempotency: Some(plugdesk_desk::Idempotency { key, request }), ..How::default() };
    wait(stand.desk.ticket_create(&stand.agent(), lead("first"), &how)).unwrap();
    wait(stand.desk.react_due()).unwrap();
    assert_eq!(stand.desk.ticket(&stand.agent(), made.id).unwrap().tags, ["seen"]);
}
