//! What a key opened ends with the key, and what does not fit together opens nothing.

use plugdesk_desk::NewDesk;
use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Principal, Role};
use serde_json::json;
use tokio::net::TcpStream;

use crate::http::events::Listening;
use crate::http::stand::Stand;
use crate::http::wire::{exchange, request, within};

#[tokio::test]
async fn a_stream_of_events_ends_when_its_key_is_revoked() {
    let stand = Stand::start().await;
    let made = stand.post("/v1/keys", &json!({ "label": "console", "role": "agent" })).await.expect(201);
    let bearer = format!("Bearer {}", made.at("/secret"));
    let headers = [("authorization", bearer.as_str()), ("accept", "text/event-stream")];
    let asked = request("GET", "/v1/events?after=0", &headers, b"");
    let mut socket = TcpStream::connect(stand.address).await.expect("the server listens");
    // It reads until the server ends the stream.
    let listening = tokio::spawn(async move { exchange(&mut socket, &asked).await });
    stand.post("/v1/tickets", &json!({ "subject": "before" })).await.expect(201);
    stand.send("DELETE", &format!("/v1/keys/{}", made.at("/key/id")), &[], "").await.expect(200);
    let after = stand.post("/v1/tickets", &json!({ "subject": "after" })).await.expect(201);
    let heard = within(listening).await.expect("the stream ends");
    assert_eq!(heard.status, 200);
    assert!(!heard.text().contains(&after.at("/id")), "{}", heard.text());
}

#[tokio::test]
async fn a_key_and_its_stream_of_events_end_with_the_agent_that_it_stands_for() {
    let stand = Stand::start().await;
    let anna = stand.post("/v1/agents", &json!({ "name": "anna" })).await.expect(201);
    let new = json!({ "label": "console", "role": "agent", "agent": "anna" });
    let key = stand.post("/v1/keys", &new).await.expect(201).at("/secret");
    let mut reader = Listening::open_as(&stand, &key, "/v1/events", &[]).await;
    assert!(reader.until("retry: 1000").await);
    stand.send_as(&key, "GET", "/v1/tickets", &[], "").await.expect(200);
    let headers = [("if-match", anna.header("etag"))];
    let place = format!("/v1/agents/{}", anna.at("/id"));
    stand.send("PATCH", &place, &headers, r#"{"active":false}"#).await.expect(200);
    stand.send_as(&key, "GET", "/v1/tickets", &[], "").await.problem(401, "unauthenticated");
    let after = stand.post("/v1/tickets", &json!({ "subject": "after" })).await.expect(201).at("/id");
    assert!(!reader.until("never told").await, "the stream ended");
    assert!(!reader.told.contains(&after), "{}", reader.told);
    stand.get("/v1/tickets").await.expect(200);
}

#[tokio::test]
async fn wrong_keys_from_one_address_are_counted_and_slowed_while_right_ones_go_on() {
    // As slow as it can be set, so that a busy machine does not give back what the burst took.
    let limits = plugdesk_server::Options { wrong_keys_per_second: 1, ..Default::default() };
    let stand = Stand::with(limits).await;
    let asked = async |key: &str| stand.send_as(key, "GET", "/v1/me", &[], "").await.status;
    assert_eq!(asked(&stand.admin).await, 200);
    let other = Stand::start().await;
    let wrong = format!("{}0", other.operator);
    let mut slowed = 0;
    for _ in 0..260 {
        match asked(&wrong).await {
            401 => {}
            429 => slowed += 1,
            status => panic!("{status}"),
        }
    }
    assert!(slowed > 0, "a burst of 200 is let through, and no more");
    assert_eq!(asked(&stand.admin).await, 200, "who shares the address and has a key works on");
    let metrics = stand.send_as(&stand.operator, "GET", "/metrics", &[], "").await;
    // The operator's key was not used before, so it may have to wait with the others.
    let metrics = if metrics.status == 429 { stand.desks.metrics() } else { metrics.expect(200).text() };
    let counted =
        metrics.lines().find_map(|line| line.strip_prefix(r#"plugdesk_refused_total{why="unauthenticated"} "#));
    assert!(counted.is_some_and(|it| it.parse::<u32>().is_ok_and(|it| it >= 200)), "{metrics}");
}

#[tokio::test]
async fn a_principal_that_does_not_fit_together_opens_nothing_beyond_its_desk() {
    let stand = Stand::start().await;
    let lab = stand.desks.desk_create(&Principal::operator(), NewDesk::named("lab"), None).await;
    let lab = lab.expect("a second desk").value.id;
    let areas = [Area::Work, Area::Transfer, Area::Record, Area::Policy, Area::Access, Area::Process];
    for role in Role::ALL.into_iter().filter(|it| *it != Role::Operator) {
        let homeless = Principal { desk: None, role, ..Principal::operator() };
        for area in areas {
            assert!(!homeless.may(area, Act::Read) && !homeless.may(area, Act::Write), "{role:?} {area:?}");
        }
        assert!(stand.desks.key_list(&homeless, None).is_err(), "{role:?} lists no keys");
        assert!(stand.desks.desk_list(&homeless).expect("a list").is_empty(), "{role:?}");
    }
    // An embedder's login may make an operator of one desk; it is one of that desk alone.
    let bound = Principal { desk: Some(lab), ..Principal::operator() };
    assert!(!bound.may(Area::Process, Act::Read) && bound.may(Area::Access, Act::Write));
    assert!(stand.desks.maintenance(&bound).is_err());
    assert_eq!(stand.desks.desk_list(&bound).expect("a list").len(), 1);
    assert!(stand.desks.key_list(&bound, Some(stand.desk)).is_err());
    let theirs = stand.desks.key_list(&Principal::operator(), Some(stand.desk)).expect("keys");
    assert!(stand.desks.key_revoke(&bound, theirs[0].id).await.is_err(), "another desk's key");
}
