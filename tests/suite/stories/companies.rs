//! Companies as trees, and everybody in them.

use serde_json::{Value, json};

use super::cast::{belongs, brings, company, contact, ids, person, reasons};
use super::stand::{Story, at};

/// A group with a company, a department and two sites.
struct Group {
    group: String,
    company: String,
    department: String,
    leeds: String,
    york: String,
}

fn group(story: &Story) -> Group {
    let group = company(story, "Alborz Group", None);
    let own = json!({ "name": "Northgate", "parent": group, "domains": ["northgate.example"] });
    let own = at(&story.post("/companies", &own), "/id").into_owned();
    let department = company(story, "Northgate Payroll", Some(&own));
    let leeds = company(story, "Northgate Leeds", Some(&own));
    let york = company(story, "Northgate York", Some(&own));
    Group { group, company: own, department, leeds, york }
}

#[test]
fn practice_028_the_customer_is_the_department_or_site_that_is_meant() {
    let story = Story::new(&["contact-merging"]);
    let Group { company, department, leeds, .. } = group(&story);
    let eva = person(&story, "Eva Stone", "eva@northgate.example");
    // Of her the desk knows only the domain: the company is the customer.
    let first = brings(&story, &eva, "The badge does not open the door", "Since Monday.");
    assert_eq!(at(&first, "/company"), company, "{first:#}");
    assert!(reasons(&first, "affiliate").contains(&"node-domain".to_owned()), "{first:#}");
    // She belongs to a department and to a site; which is meant, her words tell.
    belongs(&story, &eva, &department);
    belongs(&story, &eva, &leeds);
    let payroll = brings(&story, &eva, "Payroll is a day late", "The department waits.");
    assert_eq!(at(&payroll, "/company"), department, "{payroll:#}");
    let heating = brings(&story, &eva, "The heating fails in Leeds", "All floors.");
    assert_eq!(at(&heating, "/company"), leeds, "{heating:#}");
    assert!(reasons(&heating, "affiliate").contains(&"node-named".to_owned()));
}

#[test]
fn practice_030_agents_see_the_tickets_of_everybody_at_the_customer() {
    let story = Story::new(&["contact-merging"]);
    let Group { group, company, department, leeds, york } = group(&story);
    let elsewhere = super::cast::company(&story, "Somebody Else", None);
    let mut made = Vec::new();
    for (place, node) in [&leeds, &york, &department, &company, &group, &leeds].into_iter().enumerate() {
        let who = person(&story, &format!("Person {place}"), &format!("p{place}@people.example"));
        let new = json!({ "subject": format!("matter {place}"), "contact": { "id": who }, "company": { "id": node } });
        made.push(at(&story.post("/tickets", &new), "/id").into_owned());
        story.wait(1);
    }
    let who = person(&story, "Stranger", "s@people.example");
    story.post("/tickets", &json!({ "subject": "x", "contact": { "id": who }, "company": { "id": elsewhere } }));
    made.reverse();
    assert_eq!(ids(&story.get(&format!("/companies/{group}/tickets?subtree=true"))), made, "whoever brought them");
    let own = ids(&story.get(&format!("/companies/{leeds}/tickets")));
    assert_eq!(own, [made[0].clone(), made[5].clone()]);
    // By pages too, each ticket once.
    let (mut paged, mut after) = (Vec::new(), String::new());
    loop {
        let page = story.get(&format!("/companies/{group}/tickets?subtree=true&limit=2{after}"));
        paged.extend(ids(&page));
        let Some(next) = page.get("next").and_then(Value::as_str) else { break };
        after = format!("&after={next}");
    }
    assert_eq!(paged, made);
    let account = story.get(&format!("/companies/{group}/account"));
    assert_eq!(account["open"].as_array().map(Vec::len), Some(6));
}

#[test]
fn practice_050_each_decider_keeps_a_name_an_aspect_and_concerns_also_when_two_records_become_one() {
    let story = Story::new(&["contact-merging"]);
    let Group { group, company, leeds, .. } = group(&story);
    let dob = json!({ "birth_date": "1975-03-09" });
    let bob = contact(
        &story,
        &json!({ "name": "Robert Hill", "custom": dob, "identities": [{ "kind": "email", "value": "r.hill@northgate.example" }] }),
    );
    let again = contact(
        &story,
        &json!({ "name": "Bob Hill", "custom": dob, "identities": [{ "kind": "phone", "value": "+441134960000" }] }),
    );
    let mia = person(&story, "Mia Lund", "mia@northgate.example");
    let says = |who: &str, node: &str, role: &str, aspect: &str, concerns: &[&str], source: &str| {
        let new = json!({ "contact": who, "company": node, "role": role, "aspect": aspect, "concerns": concerns,
                          "source": source });
        story.wait(1);
        at(&story.post("/memberships", &new), "/id").into_owned()
    };
    let budget = says(&bob, &company, "decider", "budget", &["the price"], "crm");
    says(&again, &leeds, "user", "daily-work", &["training"], "survey");
    says(&mia, &company, "decider", "security", &["where the data are", "who may read them"], "interview");
    let merge = json!({ "kind": "contact", "winner": bob, "loser": again });
    let merged = story.post("/merges", &merge);
    let plan = merged["plan"].as_object().cloned().unwrap_or_default();
    assert!(plan.keys().all(|field| !field.contains("member")), "roles are no part of a plan: {merged:#}");
    let account = story.get(&format!("/companies/{group}/account"));
    let people = account["people"].as_array().expect("people");
    let of = |id: &str| people.iter().find(|it| at(it, "/id") == id).expect("somebody of the account");
    let his: Vec<_> = of(&bob)["memberships"].as_array().expect("memberships").iter().collect();
    let said: Vec<_> =
        his.iter().map(|it| (at(it, "/role"), at(it, "/aspect"), at(it, "/concerns/0"), at(it, "/source"))).collect();
    assert_eq!(people.len(), 2, "two people, however many records");
    assert_eq!(said.len(), 2, "{account:#}");
    assert!(said.contains(&("decider".into(), "budget".into(), "the price".into(), "crm".into())), "{said:?}");
    assert!(said.contains(&("user".into(), "daily-work".into(), "training".into(), "survey".into())), "{said:?}");
    assert_eq!(of(&mia)["memberships"][0]["concerns"], json!(["where the data are", "who may read them"]));
    let mut deciders: Vec<_> = account["deciders"].as_array().expect("deciders").clone();
    deciders.sort_by_key(Value::to_string);
    let mut both = [json!(bob), json!(mia)];
    both.sort_by_key(Value::to_string);
    assert_eq!(deciders, both, "each with an aspect of one's own");
    // What is learnt later is added, and takes nothing away.
    let more = story.patch(&format!("/memberships/{budget}"), &json!({ "add_concerns": ["the renewal"] }));
    assert_eq!(more["concerns"], json!(["the price", "the renewal"]));
    assert_eq!(at(&more, "/aspect"), "budget");
}

#[test]
fn lesson_03_sites_stand_in_a_tree_from_the_first_day() {
    let story = Story::new(&["contact-merging"]);
    let Group { group, company, department, leeds, york } = group(&story);
    let tree = story.get(&format!("/companies/{company}/tree"));
    let named = |pointer: &str| {
        let nodes = tree.pointer(pointer).and_then(Value::as_array).expect("nodes");
        nodes.iter().map(|it| (at(it, "/id").into_owned(), it["level"].as_u64().expect("a level"))).collect::<Vec<_>>()
    };
    assert_eq!(named("/above"), [(group.clone(), 0)]);
    let mut below = named("/nodes");
    assert_eq!(below.remove(0), (company, 0));
    below.sort();
    let mut three = [(department, 1), (leeds.clone(), 1), (york.clone(), 1)];
    three.sort();
    assert_eq!(below, three);
    // A site moves with everything at it; a ring is refused, and the field is named.
    let who = person(&story, "Per", "per@people.example");
    story.post("/tickets", &json!({ "subject": "x", "contact": { "id": who }, "company": { "id": york } }));
    story.patch(&format!("/companies/{york}"), &json!({ "parent": leeds }));
    assert_eq!(ids(&story.get(&format!("/companies/{leeds}/tickets?subtree=true"))).len(), 1);
    let ring = story.refused(422, "PATCH", &format!("/companies/{group}"), Some(&json!({ "parent": york })));
    assert_eq!(at(&ring, "/errors/0/pointer"), "/parent");
}

#[test]
fn what_was_agreed_with_a_company_holds_for_the_one_that_it_became() {
    let story = Story::new(&["contact-merging", "lead-qualification"]);
    let (stays, gone) = (company(&story, "Acme", None), company(&story, "Acme Ltd.", None));
    let site = company(&story, "Acme Depot", Some(&gone));
    let week: Value = ["mon", "tue", "wed", "thu", "fri"]
        .map(|day| (day.to_owned(), json!([{ "from": "09:00", "to": "17:00" }])))
        .into_iter()
        .collect::<serde_json::Map<_, _>>()
        .into();
    story.put("/calendars/office", &json!({ "time_zone": "UTC", "week": week }));
    let agreed = json!({ "company": gone, "name": "Gold", "entitlements": [
        { "metric": "first-response", "minutes": 30, "calendar": "office" }] });
    let contract = story.post("/contracts", &agreed);
    // Leads of that company alone are graded.
    let bindings = story.get("/bindings");
    let bindings = bindings["items"].as_array().expect("a list");
    let binding = bindings.iter().find(|it| it["question"] == "qualify").expect("it is bound");
    story.patch(&format!("/bindings/{}", at(binding, "/id")), &json!({ "scope": { "company": gone } }));
    let merge = story.post("/merges", &json!({ "kind": "company", "winner": stays, "loser": gone }));
    let who = person(&story, "Joe Field", "joe@people.example");
    let brings = |node: &str, kind: &str| {
        let new = json!({ "kind": kind, "subject": "40 seats", "contact": { "id": who }, "company": { "id": node } });
        story.post("/tickets", &new)
    };
    for node in [&stays, &gone, &site] {
        let ticket = brings(node, "support");
        assert_eq!(at(&ticket, "/commitments/0/source"), "contract", "{ticket:#}");
    }
    assert!(brings(&stays, "lead").get("qualified").is_some(), "what is bound to one is bound to what it became");
    assert_eq!(ids(&story.get(&format!("/contracts?company={stays}"))), [at(&contract, "/id")]);
    assert_eq!(
        story.get(&format!("/commitments?state=pending&company={gone}"))["items"].as_array().map(Vec::len),
        Some(3)
    );
    // Undone, each has its own again.
    story.post(&format!("/merges/{}/undo", at(&merge, "/id")), &json!({}));
    assert!(brings(&stays, "support").get("commitments").is_none_or(|it| it == &json!([])));
    assert!(brings(&stays, "lead").get("qualified").is_none());
    assert_eq!(at(&brings(&gone, "support"), "/commitments/0/source"), "contract");
}
