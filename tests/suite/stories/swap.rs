//! A pack is swapped under load for one that disagrees.

use std::sync::atomic::{AtomicBool, Ordering};

use plugdesk_desk::pack::Files;
use plugdesk_domain::Role;
use serde_json::{Value, json};

use super::stand::{Client, Story, altered, at, files};

/// So many times is the pack exchanged while tickets go on.
const SWAPS: usize = 200;
/// So many ask all the while.
const ASKING: usize = 4;

/// What one request showed: the generation that its decision names, and whether the lead was judged worth a call.
struct Seen {
    generation: u64,
    worth_a_call: bool,
}

/// The shipped pack, and a version of it that leaves every lead alone. Nobody could disagree more.
fn two_packs() -> [Files; 2] {
    let folder = plugdesk_tests::pack("lead-qualification");
    let gloomy = altered(&folder, |path, bytes| match path {
        "pack.toml" => {
            let manifest = String::from_utf8(bytes).expect("a text");
            Some(manifest.replacen("version = \"0.1.0\"", "version = \"0.1.1\"", 1).into_bytes())
        }
        "config.json" => {
            let mut configuration: Value = serde_json::from_slice(&bytes).expect("JSON");
            configuration["base"] = json!({ "*": -400 });
            Some(configuration.to_string().into_bytes())
        }
        _ if path.starts_with("vectors/") => None,
        _ => Some(bytes),
    });
    [files(&folder), gloomy]
}

#[test]
fn two_hundred_swaps_for_a_pack_that_disagrees_fail_no_request() {
    let story = Story::new(&["segmentation", "lead-qualification"]);
    let packs = two_packs();
    let first = story.desk.live().number();
    let done = AtomicBool::new(false);
    // Each with a key of its own, as clients are: how much one key may ask is bounded.
    let clients: Vec<Client> = (0..ASKING).map(|_| story.client(&story.key(Role::Admin, None))).collect();
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let done = &done;
        let asking: Vec<_> = clients.into_iter().map(|client| scope.spawn(move || until(done, &client))).collect();
        for swap in 0..SWAPS {
            story.install_files(&packs[(swap + 1) % 2]);
        }
        done.store(true, Ordering::SeqCst);
        asking.into_iter().flat_map(|it| it.join().expect("no request fails")).collect()
    });
    let last = first + SWAPS as u64;
    assert_eq!(story.desk.live().number(), last);
    assert!(seen.len() > SWAPS / 10, "{} requests are no load", seen.len());
    for it in &seen {
        assert!((first..=last).contains(&it.generation));
        let hopeful = (it.generation - first).is_multiple_of(2);
        assert_eq!(it.worth_a_call, hopeful, "generation {} answered as another one", it.generation);
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
        let lead = json!({ "kind": "lead", "subject": "two hundred seats", "channel": "phone",
            "custom": { "budget": "Approved", "horizon": "This week", "price_asked": "yes" } });
        let (status, ticket) = send("POST", "/tickets", Some(&lead));
        assert_eq!(status.as_u16(), 201, "{ticket:#}");
        let (status, decisions) = send("GET", &format!("/decisions?subject={}", at(&ticket, "/id")), None);
        assert_eq!(status.as_u16(), 200, "{decisions:#}");
        let generation = decisions.pointer("/items/0/generation").and_then(Value::as_u64);
        seen.push(Seen {
            generation: generation.expect("the decision that made it names its generation"),
            worth_a_call: at(&ticket, "/qualified/grade") != "d",
        });
    }
    seen
}
