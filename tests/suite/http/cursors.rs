//! Places in lists that were never given out, or for another list, or in another desk: each list of the API refuses them
//! by name, and tells nothing that is not its reader's.

use plugdesk_domain::Role;
use serde_json::{Value, json};

use super::stand::Stand;

/// Every address that answers with pages, filled in with ids that are there, and the lists that walk another index for
/// what is asked.
async fn lists(stand: &Stand) -> Vec<String> {
    let openapi: Value = stand.get("/openapi.json").await.expect(200).json();
    let ticket = stand.get("/v1/tickets").await.at("/items/0/id");
    let company = stand.get("/v1/companies").await.at("/items/0/id");
    let hook = stand.get("/v1/webhooks").await.at("/items/0/id");
    let mut lists = Vec::new();
    for (path, item) in openapi["paths"].as_object().expect("it has paths") {
        let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        if !parameters.iter().any(|it| it["name"] == "after") || path == "/v1/events" {
            continue;
        }
        let id = if path.contains("/companies/") {
            &company
        } else if path.contains("/webhooks/") {
            &hook
        } else {
            &ticket
        };
        let asked = parameters.iter().any(|it| it["name"] == "state" && it["required"] == true);
        let asked = match path.as_str() {
            "/v1/memberships" => format!("?company={company}"),
            _ if asked => "?state=pending".to_owned(),
            _ => String::new(),
        };
        lists.push(path.replace("{id}", id) + &asked);
    }
    let asked = ["status=open", "sort=due", "sort=created", "q=heat", "kind=lead&sort=score", "assignee=none"];
    lists.extend(asked.iter().map(|query| format!("/v1/tickets?{query}")));
    lists.extend([format!("/v1/tickets?company={company}"), format!("/v1/tickets?company={company}&subtree=true")]);
    lists.extend([format!("/v1/decisions?subject={ticket}"), "/v1/proposals?state=open".to_owned()]);
    lists.sort();
    assert!(lists.len() > 20 && !lists.iter().any(|it| it.contains('{')), "{lists:#?}");
    lists
}

fn at(list: &str, query: &str) -> String {
    let sign = if list.contains('?') { '&' } else { '?' };
    format!("{list}{sign}{query}")
}

/// Some of everything, so that lists have a second page.
async fn filled(stand: &Stand) {
    let company = stand.post("/v1/companies", &json!({ "name": "Acme" })).await.expect(201).at("/id");
    for number in 0..3 {
        let lead = json!({ "kind": "lead", "subject": format!("heat pump {number}"), "company": { "id": company },
            "contact": { "name": format!("Person {number}") },
            "entries": [{ "text": "one" }, { "text": "two" }, { "text": "three" }] });
        stand.post("/v1/tickets", &lead).await.expect(201);
        stand.post("/v1/companies", &json!({ "name": format!("Company {number}") })).await.expect(201);
    }
    for _ in 0..2 {
        stand.post("/v1/webhooks", &json!({ "url": "https://hooks.example.com/in" })).await.expect(201);
    }
    let desk = stand.desks.desk(stand.desk).expect("the desk is there");
    while desk.follow().await.expect("followers run").more {}
}

/// The place of the next page with each character in turn changed, cut and doubled.
fn mutated(place: &str) -> Vec<String> {
    let mut all = vec![format!("{place}A"), format!("{place}{place}"), place.to_uppercase(), place.to_lowercase()];
    let steps = (place.len() / 12).max(1);
    for cut in (0..place.len()).step_by(steps) {
        all.push(place[..cut].to_owned());
        all.push(place[cut..].to_owned());
        let other = if place.as_bytes()[cut] == b'A' { 'z' } else { 'A' };
        all.push(format!("{}{other}{}", &place[..cut], &place[cut + 1..]));
    }
    all.retain(|it| it != place);
    all
}

#[tokio::test]
async fn a_place_that_was_never_given_out_is_refused_by_name_and_never_a_fault() {
    let options = plugdesk_server::Options { rate_per_second: 100_000, rate_burst: 100_000, ..Default::default() };
    let stand = Stand::with(options).await;
    filled(&stand).await;
    let lists = lists(&stand).await;
    let mut places = Vec::new();
    for list in &lists {
        let page = stand.get(&at(list, "limit=1")).await.expect(200).json();
        places.extend(page["next"].as_str().map(|next| (list.clone(), next.to_owned())));
    }
    assert!(places.len() > 10, "lists have a second page: {places:#?}");
    let garbage =
        ["%00", "%ff%fe", "..", "AAAA", "____", "null", "%27%20or%201", "9".repeat(2_000).leak(), "%E2%82%AC"];
    for list in &lists {
        let own = places.iter().find(|(of, _)| of == list).map(|(_, place)| mutated(place)).unwrap_or_default();
        let foreign = places.iter().filter(|(of, _)| of != list).map(|(_, place)| place.clone());
        for place in garbage.iter().map(|&it| it.to_owned()).chain(own).chain(foreign) {
            let told = stand.get(&at(list, &format!("limit=2&after={place}"))).await;
            match told.status {
                200 => assert!(told.json()["items"].is_array(), "{list} after {place}: {}", told.text()),
                _ => assert_eq!(told.problem(400, "invalid-parameter").at("/parameter"), "after", "{list} {place}"),
            }
        }
        // What is no base64 was never given out by anybody.
        stand.get(&at(list, "after=%21")).await.problem(400, "invalid-parameter");
    }
}

#[tokio::test]
async fn a_place_of_another_desk_leads_to_nothing_of_it() {
    let stand = Stand::start().await;
    filled(&stand).await;
    let lab = stand.send_as(&stand.operator, "POST", "/v1/desks", &[], r#"{"name":"lab"}"#).await.expect(201).at("/id");
    let admin = stand.key(Role::Admin, lab.parse().ok(), None).await;
    let hook = json!({ "url": "https://hooks.example.com/in" }).to_string();
    stand.send_as(&admin, "POST", "/v1/webhooks", &[], &hook).await.expect(201);
    for list in lists(&stand).await {
        let page = stand.get(&at(&list, "limit=1")).await.expect(200).json();
        let Some(next) = page["next"].as_str() else { continue };
        let told = stand.send_as(&admin, "GET", &at(&list, &format!("limit=200&after={next}")), &[], "").await;
        assert!(matches!(told.status, 200 | 400 | 404), "{list}: {}", told.text());
        if told.status == 200 {
            for item in told.json()["items"].as_array().expect("a page") {
                assert!(!page.to_string().contains("\"id\"") || item["id"] != page["items"][0]["id"], "{list}: {item}");
                let text = item.to_string();
                assert!(
                    !text.contains("Acme") && !text.contains("heat pump") && !text.contains("Person"),
                    "{list}: {text}"
                );
            }
        }
    }
}
