//! A policy is swapped under load for one that disagrees.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::stand::{Client, Story, at};

/// So many times is the policy exchanged while tickets go on.
const SWAPS: usize = 200;
/// So many ask all the while.
const ASKING: usize = 4;

/// What one request showed: the generation that its decision names, and whether the lead has a grade.
struct Seen {
    generation: u64,
    graded: bool,
}

#[test]
fn two_hundred_swaps_for_a_policy_that_disagrees_fail_no_request() {
    let story = Story::new(&["segmentation", "lead-qualification"]);
    let bindings = story.get("/bindings");
    let bindings = bindings["items"].as_array().expect("a list");
    let binding = bindings.iter().find(|it| it["question"] == "qualify").expect("it is bound");
    let binding = format!("/bindings/{}", at(binding, "/id"));
    let first = story.desk.live().number();
    let done = AtomicBool::new(false);
    let clients: Vec<Client> = (0..ASKING).map(|_| story.client(&story.admin)).collect();
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let done = &done;
        let asking: Vec<_> = clients.into_iter().map(|client| scope.spawn(move || until(done, &client))).collect();
        for swap in 0..SWAPS {
            // Off and on again: with it a lead has a grade, without it none. Nobody could disagree more.
            story.patch(&binding, &json!({ "mode": if swap % 2 == 0 { "off" } else { "active" } }));
        }
        done.store(true, Ordering::SeqCst);
        asking.into_iter().flat_map(|it| it.join().expect("no request fails")).collect()
    });
    let last = first + SWAPS as u64;
    assert_eq!(story.desk.live().number(), last);
    assert!(seen.len() > SWAPS / 10, "{} requests are no load", seen.len());
    for it in &seen {
        assert!((first..=last).contains(&it.generation));
        let on = (it.generation - first).is_multiple_of(2);
        assert_eq!(it.graded, on, "generation {} answered as another one", it.generation);
    }
    let generations: std::collections::BTreeSet<u64> = seen.iter().map(|it| it.generation).collect();
    assert!(generations.len() > 10, "{} generations were met", generations.len());
}

/// Brings leads until told to stop; every one must be taken.
fn until(done: &AtomicBool, client: &Client) -> Vec<Seen> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let send = |method, target: &str, body: Option<&Value>| runtime.block_on(client.send(method, target, body));
    let mut seen = Vec::new();
    while !done.load(Ordering::SeqCst) {
        let lead = json!({ "kind": "lead", "subject": "two hundred seats" });
        let (status, ticket) = send("POST", "/tickets", Some(&lead));
        assert_eq!(status.as_u16(), 201, "{ticket:#}");
        let (status, decisions) = send("GET", &format!("/decisions?subject={}", at(&ticket, "/id")), None);
        assert_eq!(status.as_u16(), 200, "{decisions:#}");
        let generation = decisions.pointer("/items/0/generation").and_then(Value::as_u64);
        seen.push(Seen {
            generation: generation.expect("the decision that made it names its generation"),
            graded: ticket.get("qualified").is_some(),
        });
    }
    seen
}
