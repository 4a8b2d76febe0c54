//! API keys: shown once, recognised, bounded in what they open and for how long.

use super::packs::stand;

use std::sync::atomic::Ordering;

use plugdesk_desk::{Done, Error, How, Idempotency, KeyMade, NewDesk, NewKey};
use plugdesk_domain::{ApiKey, DeskId, Digest, Instant, Principal, Role};

use stand::{Stand, wait};

fn key(desk: Option<DeskId>, role: Role) -> NewKey {
    NewKey { desk, label: "for a test".into(), role, contact: None, agent: None, expires_at: None }
}

/// A key and its secret, as they are shown once.
fn shown(done: Done<KeyMade>) -> (ApiKey, String) {
    (done.value.key, done.value.secret.unwrap().to_string())
}

fn made(stand: &Stand, role: Role) -> (Principal, String) {
    let new = key(Some(stand.desk.id()), role);
    let secret = shown(wait(stand.desks.key_create(&stand.by, new, None)).unwrap()).1;
    (stand.desks.authenticate(&secret).unwrap(), secret)
}

#[test]
fn a_secret_opens_its_desk_and_is_stored_nowhere() {
    let stand = Stand::new();
    let (by, secret) = made(&stand, Role::Agent);
    assert_eq!((by.desk, by.role, by.name.as_str()), (Some(stand.desk.id()), Role::Agent, "for a test"));
    let list = stand.desks.key_list(&stand.by, None).unwrap();
    assert!(!serde_json::to_string(&list).unwrap().contains(&secret));
    assert_eq!(list[0].prefix, secret.rsplit_once('_').unwrap().0);
    let mut wrong = secret.clone();
    wrong.replace_range(20..21, if &secret[20..21] == "x" { "y" } else { "x" });
    for secret in [wrong.as_str(), "", "pd_g_", &secret[..secret.len() - 1], "Bearer x"] {
        assert_eq!(stand.desks.authenticate(secret), None, "{secret}");
    }
}

#[test]
fn a_revoked_key_opens_nothing_from_then_on() {
    let stand = Stand::new();
    let (by, secret) = made(&stand, Role::Admin);
    let id = by.key.unwrap();
    let revoked = wait(stand.desks.key_revoke(&stand.by, id)).unwrap();
    assert!(revoked.revoked_at.is_some());
    assert_eq!(stand.desks.authenticate(&secret), None);
    assert_eq!(wait(stand.desks.key_revoke(&stand.by, id)).unwrap(), revoked, "again is no error");
    assert_eq!(stand.again().desks.authenticate(&secret), None);
}

#[test]
fn a_key_is_rotated_with_an_overlap() {
    let stand = Stand::new();
    let (by, old) = made(&stand, Role::Author);
    let (key, new) = shown(wait(stand.desks.key_rotate(&stand.by, by.key.unwrap(), 60_000, None)).unwrap());
    assert_eq!((key.role, key.desk), (Role::Author, Some(stand.desk.id())));
    assert!(stand.desks.authenticate(&old).is_some() && stand.desks.authenticate(&new).is_some());
    stand.clock.0.fetch_add(60_000, Ordering::Relaxed);
    assert!(stand.desks.authenticate(&old).is_none() && stand.desks.authenticate(&new).is_some());
    let ended = wait(stand.desks.key_rotate(&stand.by, by.key.unwrap(), 1, None)).unwrap_err();
    assert!(ended.to_string().contains("has ended already"), "{ended}");
    let expired = NewKey { expires_at: Some(Instant::from_millis(1)), ..self::key(Some(stand.desk.id()), Role::Agent) };
    assert!(matches!(wait(stand.desks.key_create(&stand.by, expired, None)), Err(Error::Invalid(_))));
}

#[test]
fn nobody_makes_a_key_that_opens_more_than_their_own() {
    let stand = Stand::new();
    let other = wait(stand.desks.desk_create(&stand.by, NewDesk::named("other"), None)).unwrap().value.id;
    let (admin, _) = made(&stand, Role::Admin);
    let create = |by: &Principal, new: NewKey| wait(stand.desks.key_create(by, new, None)).map(|it| it.value.key.desk);
    assert_eq!(create(&admin, key(None, Role::Agent)), Ok(Some(stand.desk.id())), "one's own desk needs no name");
    assert!(matches!(create(&admin, key(Some(other), Role::Agent)), Err(Error::NotFound { .. })));
    assert!(matches!(create(&admin, key(None, Role::Operator)), Err(Error::Forbidden(_))));
    for role in [Role::Agent, Role::Author, Role::Auditor, Role::Customer] {
        let by = Principal { role, ..admin.clone() };
        assert!(matches!(create(&by, key(None, Role::Auditor)), Err(Error::Forbidden(_))), "{role:?}");
    }
    let foreign = create(&stand.by, key(Some(other), Role::Admin)).unwrap();
    assert_eq!(foreign, Some(other));
    let theirs = stand.desks.key_list(&stand.by, Some(other)).unwrap()[0].id;
    assert!(matches!(wait(stand.desks.key_revoke(&admin, theirs)), Err(Error::NotFound { .. })));
    assert!(stand.desks.key_list(&admin, None).unwrap().iter().all(|key| key.desk == Some(stand.desk.id())));
    assert!(matches!(stand.desks.key_list(&admin, Some(other)), Err(Error::NotFound { .. })));
    assert!(matches!(create(&stand.by, key(Some(stand.desk.id()), Role::Customer)), Err(Error::Invalid(_))));
}

#[test]
fn a_repeated_request_makes_no_second_key_and_never_shows_the_secret_again() {
    let stand = Stand::new();
    let once = |key: &str| Idempotency { key: key.into(), request: Digest::of(key.as_bytes()) };
    let create = || {
        let new = key(Some(stand.desk.id()), Role::Agent);
        wait(stand.desks.key_create(&stand.by, new, Some(&once("made")))).unwrap()
    };
    let (first, again) = (create(), create());
    assert_eq!((first.repeated, again.repeated), (false, true));
    assert_eq!((&again.value.key, &again.value.secret), (&first.value.key, &None));
    let id = first.value.key.id;
    let rotate = |stand: &Stand| wait(stand.desks.key_rotate(&stand.by, id, 60_000, Some(&once("moved")))).unwrap();
    let moved = rotate(&stand);
    let keys = |stand: &Stand| stand.desks.key_list(&stand.by, Some(stand.desk.id())).unwrap();
    let before = keys(&stand);
    let other = Idempotency { request: Digest::of(b"another"), ..once("made") };
    let new = key(Some(stand.desk.id()), Role::Admin);
    assert_eq!(wait(stand.desks.key_create(&stand.by, new, Some(&other))), Err(Error::IdempotencyReused));
    let stand = stand.again();
    let late = rotate(&stand);
    assert!(late.repeated && late.value.secret.is_none(), "also after a restart");
    assert_eq!((late.value.key, keys(&stand)), (moved.value.key, before.clone()));
    assert_eq!(before.len(), 2);
}

#[test]
fn a_key_ends_with_the_agent_that_it_stands_for_and_comes_back_with_it() {
    let stand = Stand::new();
    let hire = |name: &str| {
        let new = serde_json::from_value(serde_json::json!({ "name": name })).unwrap();
        wait(stand.desk.agent_create(&stand.by, new, &How::default())).unwrap().value.id
    };
    let active = |id, active: bool| {
        let patch = serde_json::from_value(serde_json::json!({ "active": active })).unwrap();
        wait(stand.desk.agent_update(&stand.by, id, patch, &How::default())).unwrap();
    };
    let anna = hire("anna");
    hire("ben");
    let bound = |agent: &str| {
        let new = NewKey { agent: Some(agent.into()), ..key(Some(stand.desk.id()), Role::Admin) };
        wait(stand.desks.key_create(&stand.by, new, None)).map(shown)
    };
    let (annas, secret) = bound("anna").unwrap();
    let bens = bound("ben").unwrap().1;
    let (_, program) = made(&stand, Role::Agent);
    let opens = |secret: &str| stand.desks.authenticate(secret).is_some();
    let by = stand.desks.authenticate(&secret).unwrap();
    assert_eq!((by.agent.as_deref(), stand.desks.holds(&by)), (Some("anna"), Ok(true)));
    active(anna, false);
    assert_eq!(stand.desks.authenticate(&secret), None);
    assert_eq!(stand.desks.authenticate_cached(&secret), None, "nor what was verified lately");
    assert_eq!(stand.desks.holds(&by), Ok(false), "nor what it opened before");
    assert!(opens(&bens) && opens(&program), "and no other key");
    let rotated = wait(stand.desks.key_rotate(&stand.by, annas.id, 60_000, None)).map(|_| ());
    assert!(rotated.unwrap_err().to_string().contains("/agent"), "nor is another made of it");
    active(anna, true);
    assert!(opens(&secret) && stand.desks.holds(&by) == Ok(true));
    active(anna, false);
    assert_eq!(stand.again().desks.authenticate(&secret), None, "also after a restart");
}

#[test]
fn a_key_for_somebody_whom_the_desk_does_not_name_outlives_the_first_agent() {
    let stand = Stand::new();
    let new = NewKey { agent: Some("carl".into()), ..key(Some(stand.desk.id()), Role::Agent) };
    let secret = shown(wait(stand.desks.key_create(&stand.by, new, None)).unwrap()).1;
    let hire = |name: &str| {
        let new = serde_json::from_value(serde_json::json!({ "name": name })).unwrap();
        wait(stand.desk.agent_create(&stand.by, new, &How::default())).unwrap();
    };
    assert!(stand.desks.authenticate(&secret).is_some(), "a desk without agents takes every name");
    // Whoever names the first agent with such a key must not lock himself out by it.
    hire("anna");
    assert!(stand.desks.authenticate(&secret).is_some());
    hire("carl");
    assert!(stand.desks.authenticate(&secret).is_some());
}
