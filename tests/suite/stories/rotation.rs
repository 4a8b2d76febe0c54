//! Keys are replaced without a gap, and what was replaced opens nothing once its time is over.

use serde_json::{Value, json};

use super::stand::{Story, at};

fn opens(story: &Story, secret: &str) -> u16 {
    story.send_as(secret, "GET", "/me", None).0.as_u16()
}

#[test]
fn both_keys_work_until_the_overlap_ends_and_then_the_new_one_alone() {
    let story = Story::new(&[]);
    let made = story.post("/keys", &json!({ "label": "console", "role": "agent" }));
    let (old, first) = (at(&made, "/secret").into_owned(), at(&made, "/key/id").into_owned());
    let rotate = format!("/keys/{first}/rotate");
    let turned = story.post(&rotate, &json!({ "overlap_ms": 3_600_000 }));
    let new = at(&turned, "/secret").into_owned();
    assert_eq!((at(&turned, "/key/label"), at(&turned, "/key/role")), ("console".into(), "agent".into()));
    story.wait(59);
    assert_eq!((opens(&story, &old), opens(&story, &new)), (200, 200), "within the overlap");
    // Turning it again does not give the first key more time.
    story.post(&rotate, &json!({ "overlap_ms": 7_200_000 }));
    story.wait(1);
    assert_eq!((opens(&story, &old), opens(&story, &new)), (401, 200), "to the moment");
    let ended = story.refused(422, "POST", &rotate, Some(&json!({ "overlap_ms": 1 })));
    assert_eq!(at(&ended, "/errors/0/pointer"), "/key");
    let long = json!({ "overlap_ms": 91_u64 * 24 * 3_600_000 });
    let second = at(&turned, "/key/id").into_owned();
    let refused = story.refused(422, "POST", &format!("/keys/{second}/rotate"), Some(&long));
    assert_eq!(at(&refused, "/errors/0/pointer"), "/overlap_ms");
    // A key that somebody saw ends at once.
    let last = story.post(&format!("/keys/{second}/rotate"), &json!({ "overlap_ms": 0 }));
    assert_eq!((opens(&story, &new), opens(&story, &at(&last, "/secret"))), (401, 200));
}

#[test]
fn a_replaced_signing_key_is_shown_once_and_told_until_when_it_signs() {
    let story = Story::new(&[]);
    let made = story.post("/webhooks", &json!({ "url": "https://hooks.example.com/in" }));
    let rotate = format!("/webhooks/{}/rotate", at(&made, "/id"));
    let shown = story.post(&format!("{rotate}?preview=true"), &json!({ "overlap_ms": 60_000 }));
    assert_eq!(shown.get("secret"), None, "a preview makes no key: {shown}");
    let turned = story.post(&rotate, &json!({ "overlap_ms": 60_000 }));
    assert!(at(&turned, "/secret").starts_with("whsec_") && turned["secret"] != made["secret"]);
    assert!(turned["rotating_until"].is_string(), "{turned}");
    let list = story.get("/webhooks").to_string();
    assert!(!list.contains("whsec_"), "{list}");
    let at_once = story.post(&rotate, &json!({ "overlap_ms": 0 }));
    assert_eq!(at_once.get("rotating_until"), None::<&Value>, "{at_once}");
}
