//! Who people are, and for whom they speak.

use serde_json::json;

use super::cast::{belongs, brings, company, contact, ids, items, person, reasons, told};
use super::stand::{Story, at};

#[test]
fn practice_022_an_unknown_caller_is_served_at_once_and_is_somebody_known_later() {
    let story = Story::new(&["contact-merging"]);
    let anna = contact(
        &story,
        &json!({ "name": "Anna Kowalska", "custom": { "birth_date": "1980-05-01" },
                 "identities": [{ "kind": "email", "value": "anna@kowalska.example" }] }),
    );
    // The call centre knows a number and the shop where the kettle was bought, and asks for nothing else.
    let call = json!({
        "subject": "The kettle leaks", "channel": "phone",
        "contact": { "identities": [{ "kind": "phone", "value": "+48 600 100 200" }],
                     "custom": { "purchase_channel": "retail" } },
        "entries": [{ "kind": "call", "text": "It leaks at the handle." }],
    });
    let ticket = story.post("/tickets", &call);
    let caller = at(&ticket, "/requester").into_owned();
    assert_ne!(caller, anna);
    let shown = story.get(&format!("/contacts/{caller}"));
    assert_eq!((at(&shown, "/name").as_ref(), &shown["identities"][0]["verified"]), ("", &json!(false)));
    assert_eq!(at(&shown, "/custom/purchase_channel"), "retail");
    // The caller says a name and a date of birth: the desk sees who that is, says why, and asks.
    let named = json!({ "name": "Anna Kowalska", "custom": { "birth_date": "01.05.1980" } });
    let named = story.patch(&format!("/contacts/{caller}"), &named);
    let why = reasons(&named, "identify");
    let open = story.get(&format!("/proposals?of={caller}"));
    assert_eq!(items(&open).len(), 1, "{named:#}");
    let proposal = &items(&open)[0];
    assert_eq!((at(proposal, "/kind").as_ref(), at(proposal, "/options/0/id").as_ref()), ("merge-contacts", &*anna));
    let shown: Vec<_> = items(&open)[0]["options"][0]["reasons"].as_array().expect("reasons").iter().collect();
    assert!(shown.iter().any(|it| at(it, "/code") == "birth-same"), "{shown:?} {why:?}");
    let accepted = format!("/proposals/{}/accept", at(proposal, "/id"));
    story.post(&accepted, &json!({ "option": anna }));
    let whole = story.get(&format!("/contacts/{caller}"));
    assert_eq!((at(&whole, "/id").as_ref(), at(&whole, "/merged_from").as_ref()), (&*anna, &*caller));
    assert_eq!(whole["identities"].as_array().map(Vec::len), Some(2), "both ways to reach her");
    assert_eq!(at(&whole, "/custom/purchase_channel"), "retail");
    let hers = ids(&story.get(&format!("/tickets?requester={anna}")));
    assert_eq!(hers, [at(&ticket, "/id")], "what she brought as a stranger is hers");
}

#[test]
fn lesson_01_the_company_is_a_field_of_the_ticket_chosen_with_reasons_and_changeable() {
    let story = Story::new(&["contact-merging"]);
    let (northwind, contoso) = (company(&story, "Northwind", None), company(&story, "Contoso", None));
    let finn = person(&story, "Finn Berg", "finn@berg.example");
    belongs(&story, &finn, &northwind);
    belongs(&story, &finn, &contoso);
    // He serves both. What he writes tells which, and the decision tells why.
    let named = brings(&story, &finn, "The invoice for Contoso is wrong", "Please correct it.");
    assert_eq!(at(&named, "/company"), contoso);
    assert!(reasons(&named, "affiliate").contains(&"node-named".to_owned()), "{named:#}");
    // Whoever names the company through the API is heard, whatever the text says.
    let new = json!({ "subject": "The invoice for Contoso is wrong", "contact": { "id": finn },
                      "company": { "id": northwind } });
    assert_eq!(at(&story.post("/tickets", &new), "/company"), northwind);
    // Nothing tells: it is for no company until a person says which.
    let unsure = brings(&story, &finn, "The printer is broken", "It makes a noise.");
    let unsure = format!("/tickets/{}", at(&unsure, "/id"));
    assert!(story.get(&unsure).get("company").is_none());
    let open = story.get(&format!("/proposals?of={}", unsure.trim_start_matches("/tickets/")));
    let options = open["items"][0]["options"].as_array().expect("a proposal");
    let mut offered: Vec<_> = options.iter().map(|it| at(it, "/id").into_owned()).collect();
    offered.sort();
    let mut both = [northwind.clone(), contoso.clone()];
    both.sort();
    assert_eq!(offered, both);
    let accept = format!("/proposals/{}/accept", at(&open, "/items/0/id"));
    story.post(&accept, &json!({ "option": contoso }));
    assert_eq!(at(&story.get(&unsure), "/company"), contoso);
    // And it is changed like any other field, in one call that is told.
    let changed = story.patch(&unsure, &json!({ "company": northwind }));
    assert_eq!(at(&changed, "/company"), northwind);
    let last = told(&story, "ticket.updated").pop().expect("it is told");
    assert!(last["data"]["changed"].as_array().is_some_and(|it| it.contains(&json!("company"))), "{last:#}");
    let memberships = story.get(&format!("/contacts/{finn}"));
    assert_eq!(memberships["memberships"].as_array().map(Vec::len), Some(2), "Finn is where he was");
}

#[test]
fn lesson_02_whoever_changes_the_company_takes_no_old_ticket_along() {
    let story = Story::new(&["contact-merging"]);
    let (old, new) = (company(&story, "Old Mill", None), company(&story, "New Harbour", None));
    let ann = person(&story, "Ann Reed", "ann@reed.example");
    let was = belongs(&story, &ann, &old);
    let before = brings(&story, &ann, "The scales are off", "By a gram.");
    assert_eq!(at(&before, "/company"), old, "{before:#}");
    story.wait(24 * 60);
    // She changes her employer: an end and a beginning, each with its date. Nothing is deleted.
    let now = story.now();
    story.patch(&format!("/memberships/{was}"), &json!({ "valid_to": now }));
    let is = json!({ "contact": ann, "company": new, "valid_from": now });
    story.post("/memberships", &is);
    story.wait(60);
    let before = format!("/tickets/{}", at(&before, "/id"));
    assert_eq!(at(&story.get(&before), "/company"), old);
    // Not even when it is touched.
    story.patch(&before, &json!({ "priority": "high", "add_tags": ["scales"] }));
    story.post(&format!("{before}/entries"), &json!({ "text": "Any news?" }));
    assert_eq!(at(&story.get(&before), "/company"), old);
    let after = brings(&story, &ann, "The crane is stuck", "Since today.");
    assert_eq!(at(&after, "/company"), new, "{after:#}");
    // A change names what changes: what it is silent about stays, lists too.
    let more = json!({ "add_identities": [{ "kind": "email", "value": "ann@harbour.example" }] });
    let shown = story.patch(&format!("/contacts/{ann}"), &more);
    assert_eq!(shown["identities"].as_array().map(Vec::len), Some(2));
    let shown = story.patch(&format!("/contacts/{ann}"), &json!({ "name": "Ann Reed-Hall" }));
    assert_eq!(shown["identities"].as_array().map(Vec::len), Some(2));
    let memberships = shown["memberships"].as_array().expect("memberships");
    let spans: Vec<_> = memberships.iter().map(|it| (it.get("valid_from"), it.get("valid_to"))).collect();
    let at = json!(now);
    assert_eq!(spans, [(None, Some(&at)), (Some(&at), None)]);
    assert!(memberships.iter().all(|it| it["primary"] == false), "nobody needs a primary company");
}
