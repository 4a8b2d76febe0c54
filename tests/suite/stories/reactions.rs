//! What policies do because of events, beside the shipped ones (lessons 15 and 16). No shipped pack answers `react`: the
//! ones here are plain Rust, in the same generation as the shipped ones.

use plugdesk_desk::generation::{Bound, Live, Ready};
use plugdesk_domain::Outcome;
use plugdesk_domain::question::react::{Inquiry, MOST_DEPTH, Reacted, Wanted};
use plugdesk_domain::question::{Answer, Inquiry as AnyInquiry};
use serde_json::{Value, json};

use super::stand::{Story, at};
use super::telling::{SHIPPED, asked, list};
use crate::desk::policy::Policy;

/// Wants these commands on an event of that name.
fn reacting(name: &str, rank: u32, event: &'static str, wanted: fn(&Inquiry) -> Vec<(&'static str, Value)>) -> Policy {
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

/// Binds them beside what is bound.
fn bind(story: &Story, policies: &[Policy]) {
    let before = story.desk.live();
    let again = |it: &Bound| {
        let ready = it.ready.as_ref().map(|it| Ready { plugin: it.plugin.clone(), settings: it.settings.clone() });
        Bound::new(it.binding.clone(), ready.map_err(Clone::clone), it.granted.clone(), it.limits)
    };
    let mut bound: Vec<Bound> = before.bindings().iter().map(|it| again(it)).collect();
    bound.extend(policies.iter().map(Policy::bound));
    story.desk.swap(Live::new(before.number() + 1, bound, Some(&before)));
    // They hear what happens from now on.
    story.work();
}

#[test]
fn lesson_15_policies_that_answer_themselves_and_each_other_end_while_tickets_go_on() {
    let story = Story::new(&SHIPPED);
    let restless = reacting("restless", 1, "ticket.updated", |inquiry| {
        vec![(
            "ticket.update",
            json!({ "id": inquiry.event.subject, "add_tags": [format!("turn-{}", inquiry.event.depth)] }),
        )]
    });
    let noisy = reacting("noisy", 2, "entry.added", |inquiry| {
        vec![("entry.add", json!({ "id": inquiry.event.subject, "kind": "note", "text": "I heard something." }))]
    });
    bind(&story, &[restless, noisy]);
    let ticket = story.consumer("My heating is cold");
    story.change(&ticket, &json!({ "add_tags": ["begin"] }));
    story.answer(&ticket, "note", "Looked at.");
    story.work();
    let deepest = story.told("ticket.updated", &ticket).iter().filter_map(|it| it["depth"].as_u64()).max();
    assert_eq!(deepest, Some(u64::from(MOST_DEPTH)), "so deep and no deeper");
    let tags = story.shown(&ticket)["tags"].as_array().map_or(0, Vec::len);
    assert_eq!(tags, 1 + usize::from(MOST_DEPTH), "one pass per cause");
    assert_eq!(story.told("entry.added", &ticket).len(), 1 + usize::from(MOST_DEPTH));
    // The next ticket is served as ever.
    assert_eq!(at(&story.consumer("Where is my parcel?"), "/segment"), "consumer");
}

#[test]
fn lesson_15_the_order_is_by_rank_and_a_decision_names_the_very_version_that_decided() {
    let story = Story::new(&["segmentation", "risk-track"]);
    let binding = json!({ "policy": "a-late-one", "pack": "risk-track", "plugin": "risk-track", "question": "track", "rank": 200 });
    story.post("/bindings", &binding);
    let ticket = story.consumer("Where is my parcel?");
    let questions: Vec<_> =
        ticket["decision"]["asked"].as_array().expect("a list").iter().map(|it| at(it, "/question")).collect();
    assert_eq!(questions, ["classify", "classify", "track"], "the contact, the ticket, then the track");
    let opinions = asked(&ticket["decision"], "track")["opinions"].as_array().expect("opinions");
    // By rank, never by name.
    let order: Vec<_> = opinions.iter().map(|it| (at(it, "/policy"), it["rank"].as_u64())).collect();
    assert_eq!(order, [("risk-track".into(), Some(100)), ("a-late-one".into(), Some(200))]);
    assert_eq!(opinions[0]["pack_version"], "0.1.0");
    assert!(at(&opinions[0], "/component").len() >= 64 && at(&opinions[0], "/configuration").len() >= 64);
    assert_eq!(ticket["decision"]["generation"].as_u64(), Some(story.desk.live().number()));
}

#[test]
fn lesson_16_which_rule_did_this_and_what_came_of_it_is_on_the_ticket() {
    let story = Story::new(&SHIPPED);
    bind(
        &story,
        &[reacting("clumsy", 1, "ticket.created", |inquiry| {
            vec![
                ("ticket.update", json!({ "id": inquiry.event.subject, "colour": "red" })),
                ("ticket.update", json!({ "id": inquiry.event.subject, "priority": "urgent" })),
                ("ticket.erase", json!({ "id": inquiry.event.subject })),
            ]
        })],
    );
    let ticket = story.consumer("My heating is cold");
    story.work();
    // What a policy did by itself, and whether it worked.
    let reactions = story.get(&format!("/tickets/{}/reactions", at(&ticket, "/id")));
    let reaction = &list(&reactions)[0];
    assert_eq!(at(reaction, "/policy"), "clumsy");
    let outcomes: Vec<_> = (0..3).map(|place| at(reaction, &format!("/commands/{place}/outcome"))).collect();
    assert_eq!(outcomes, ["refused", "done", "refused"]);
    assert!(
        at(reaction, "/commands/0/message").contains("colour")
            && at(reaction, "/commands/2/message").contains("ticket.erase")
    );
    let told = story.told("ticket.updated", &ticket);
    assert_eq!(told[0]["data"]["by_policy"], "clumsy");
    // What the shipped policies decided because of it: the promise is another one now.
    let decision = story.get(&format!("/decisions/{}", at(&told[0], "/decision")));
    assert_eq!(asked(&decision, "promise")["opinions"][0]["policy"], "escalation");
    let effects = decision["effects"].to_string();
    assert!(effects.contains("first-response: due ") && effects.contains("(escalation)"), "{effects}");
    // And what was decided at first.
    let decisions = story.get(&format!("/decisions?subject={}", at(&ticket, "/id")));
    let commands: Vec<_> = list(&decisions).iter().map(|it| at(it, "/command")).collect();
    assert!(commands.contains(&"ticket.create".into()) && commands.contains(&"reaction.decide".into()), "{commands:?}");
    let first = list(&decisions).iter().find(|it| it["command"] == "ticket.create").expect("it is there");
    let effects = first["effects"].to_string();
    assert!(effects.contains("segment: consumer") && effects.contains("track: fast"), "{effects}");
}
