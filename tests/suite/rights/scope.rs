//! What a customer reaches of a matter that the desk merged with another person's, and of the desk's own words about it.

use serde_json::{Value, json};

use super::cast::{Body, Caller, Cast};

struct Matter {
    id: String,
    number: String,
}

async fn brings(cast: &Cast, contact: &str, words: &str) -> Matter {
    let new = json!({ "subject": words, "contact": { "id": contact }, "entries": [{ "text": words }] });
    let made = cast.stand.post("/v1/tickets", &new).await.expect(201);
    Matter { id: made.at("/id"), number: made.at("/number") }
}

/// Everything that a customer can read of a ticket, as one text, without what was in the question.
async fn reads(cast: &Cast, by: &Caller, matter: &Matter) -> (Vec<u16>, String) {
    let at = format!("/v1/tickets/{}", matter.id);
    let mut targets: Vec<String> =
        ["", "?include=contact,entries", "/entries", "/timeline", "/commitments", "/actions"]
            .iter()
            .map(|end| format!("{at}{end}"))
            .collect();
    targets.extend(["/v1/tickets".to_owned(), format!("/v1/tickets?number={}", matter.number)]);
    let (mut statuses, mut text) = (Vec::new(), String::new());
    for target in targets {
        let reply = cast.ask(by, "GET", &target, &Body::Nothing).await;
        statuses.push(reply.status);
        text.push_str(&reply.text());
        text.push_str(reply.header("etag"));
    }
    (statuses, text)
}

#[tokio::test]
async fn a_matter_merged_with_another_persons_shows_each_person_the_own_half_alone() {
    let cast = Box::pin(Cast::gather()).await;
    let (ann, bob) = (cast.caller("customer, own"), cast.caller("customer, other's"));
    let anns = brings(&cast, &cast.shop["contact"], "ANNSWORDS").await;
    let bobs = brings(&cast, &cast.shop["bob"], "BOBSWORDS").await;
    let note = json!({ "kind": "note", "text": "DESKSWORDS" });
    cast.stand.post(&format!("/v1/tickets/{}/entries", anns.id), &note).await.expect(201);
    let merge = json!({ "into": anns.id });
    let merge = cast.stand.post(&format!("/v1/tickets/{}/actions/merge", bobs.id), &merge).await.expect(201);
    let seen = cast.stand.get(&format!("/v1/tickets/{}/entries", anns.id)).await.expect(200).text();
    assert!(seen.contains("ANNSWORDS") && seen.contains("BOBSWORDS"), "whoever serves reads both: {seen}");
    for (by, own, other, hidden) in [(ann, &anns, &bobs, "BOBSWORDS"), (bob, &bobs, &anns, "ANNSWORDS")] {
        let (statuses, text) = reads(&cast, by, own).await;
        assert!(statuses.iter().all(|status| *status == 200), "{}: {statuses:?}", by.name);
        for secret in [hidden, "DESKSWORDS", &other.id, &merge.at("/id")] {
            assert!(!text.contains(secret), "{} reads {secret}: {text}", by.name);
        }
        let said = json!({ "text": "MORE" });
        let said = cast.ask(by, "POST", &format!("/v1/tickets/{}/entries", own.id), &Body::Json(said)).await;
        assert!(!said.expect(201).text().contains(&other.id));
        let theirs = cast.ask(by, "GET", &format!("/v1/tickets?number={}", other.number), &Body::Nothing).await;
        assert_eq!(theirs.expect(200).at("/items"), "[]", "{}", by.name);
    }
    // Bob's words stand under Ann's ticket for the desk; Ann does not reach them by their ids either.
    let all = cast.stand.get(&format!("/v1/tickets/{}/entries", anns.id)).await.json();
    for entry in all["items"].as_array().expect("entries").iter().filter(|it| it["text"] == "BOBSWORDS") {
        let id = entry["id"].as_str().expect("an id");
        let at = format!("/v1/tickets/{}/entries/{id}", anns.id);
        cast.ask(ann, "GET", &at, &Body::Nothing).await.problem(404, "not-found");
    }
    cast.ask(bob, "GET", &format!("/v1/tickets/{}", anns.id), &Body::Nothing).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_customer_asks_for_nothing_by_what_a_customer_does_not_see() {
    let cast = Box::pin(Cast::gather()).await;
    let ann = cast.caller("customer, own");
    for filter in ["assignee=mia", "assignee=none", "team=keys", "segment=gold", "external=crm:t-shop", "sort=score"] {
        let reply = cast.ask(ann, "GET", &format!("/v1/tickets?{filter}"), &Body::Nothing).await;
        assert_eq!(reply.status, 403, "{filter}: {}", reply.text());
    }
    let whole = cast.ask(ann, "GET", "/v1/tickets", &Body::Nothing).await.expect(200).json();
    for ticket in whole["items"].as_array().expect("tickets") {
        for field in ["team", "assignee", "segment", "participants", "external_ids", "qualified", "turns", "escalated"]
        {
            assert_eq!(ticket.get(field), None::<&Value>, "{field}");
        }
    }
    // Nor does a preview say what a policy would do with it.
    let new = Body::Json(json!({ "subject": "what would happen?" }));
    let shown = cast.ask(ann, "POST", "/v1/tickets?preview=true", &new).await.expect(200);
    for word in ["decision", "segment", "by-subject", "always-company"] {
        assert!(!shown.text().contains(word), "{word}: {}", shown.text());
    }
    for include in ["decisions", "findings", "company"] {
        let target = format!("/v1/tickets/{}?include={include}", cast.shop["ticket"]);
        cast.ask(ann, "GET", &target, &Body::Nothing).await.problem(403, "forbidden");
    }
    let presence = format!("/v1/tickets/{}?include=presence", cast.shop["ticket"]);
    assert!(!cast.ask(ann, "GET", &presence, &Body::Nothing).await.text().contains("mia"));
}
