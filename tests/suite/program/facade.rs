//! Plugdesk as a library: what an embedder is promised.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use plugdesk::Plugdesk;
use plugdesk::desk::{ContactRef, How, NewDesk, NewTicket};
use plugdesk::domain::{Principal, Role};
use tower::ServiceExt;

/// Far longer than anything here takes; only a promise that is broken waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Plugdesk in memory with a desk `main`.
async fn in_memory(builder: plugdesk::Builder) -> Plugdesk {
    let plugdesk = builder.storage(plugdesk::store::Store::memory()).build().unwrap();
    plugdesk.desks().desk_create(&Principal::operator(), NewDesk::named("main"), None).await.unwrap();
    plugdesk
}

fn lead(name: &str) -> NewTicket {
    let contact = ContactRef { name: name.to_owned(), ..ContactRef::default() };
    NewTicket {
        kind: "lead".to_owned(),
        subject: "Heat pump".to_owned(),
        contact: Some(contact),
        ..NewTicket::default()
    }
}

async fn get(app: axum::Router, path: &str, session: Option<&str>) -> (StatusCode, String) {
    let mut request = Request::builder().uri(path);
    if let Some(session) = session {
        request = request.header("x-session", session);
    }
    let answer = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn events_are_the_past_and_then_what_happens() {
    let plugdesk = in_memory(Plugdesk::builder()).await;
    let (desk, me) = (plugdesk.desk("main").unwrap(), Principal::operator());
    desk.ticket_create(&me, lead("Ann"), &How::default()).await.unwrap();
    let mut events = plugdesk.events("main", &me, 0).unwrap();
    let mut sequence = 0;
    while sequence < desk.last_event(&me).unwrap() {
        let event = events.next().await.unwrap().unwrap();
        assert_eq!(event.sequence, sequence + 1, "no gap");
        sequence = event.sequence;
    }
    // Nothing more has happened; the stream waits until somebody does something. The clock is looked at first, so that
    // a stream that is not woken fails instead of finding its event at the last moment.
    let heard = tokio::spawn(async move {
        tokio::select! {
            biased;
            () = tokio::time::sleep(PATIENCE) => panic!("the stream was not woken"),
            event = events.next() => event.unwrap().unwrap(),
        }
    });
    // On this runtime of one thread the other task now runs until it waits.
    tokio::task::yield_now().await;
    desk.ticket_create(&me, lead("Bob"), &How::default()).await.unwrap();
    assert_eq!(heard.await.unwrap().sequence, sequence + 1);
}

#[tokio::test]
async fn the_embedders_login_decides_who_asks() {
    let login = |request: &http::request::Parts| {
        let known = request.headers.get("x-session").is_some_and(|session| session == "secret");
        known.then(|| Principal { role: Role::Operator, ..Principal::operator() })
    };
    let plugdesk = in_memory(Plugdesk::builder().authenticate(login)).await;
    let app = || axum::Router::new().nest("/support", plugdesk.router());
    let (status, me) = get(app(), "/support/v1/me", Some("secret")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(me.contains("\"operator\""), "{me}");
    assert_eq!(get(app(), "/support/v1/me", Some("wrong")).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(app(), "/support/v1/me", None).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_desk_is_found_by_name_and_by_id() {
    let plugdesk = in_memory(Plugdesk::builder()).await;
    let desk = plugdesk.desk("main").unwrap();
    assert_eq!(plugdesk.desk(&desk.id().to_string()).unwrap().id(), desk.id());
    assert!(plugdesk.desk("nobody").is_err());
}

#[tokio::test]
async fn after_the_end_commands_are_refused_and_the_folder_is_free() {
    let folder = tempfile::TempDir::new().unwrap();
    let open = || Plugdesk::builder().folder(folder.path()).build();
    let plugdesk = open().unwrap();
    let me = Principal::operator();
    plugdesk.desks().desk_create(&me, NewDesk::named("main"), None).await.unwrap();
    let busy = open().err().unwrap().to_string();
    assert!(busy.contains("in use"), "{busy}");
    let desk = plugdesk.desk("main").unwrap();
    plugdesk.shutdown().await.unwrap();
    plugdesk.shutdown().await.unwrap();
    assert!(desk.ticket_create(&me, lead("Ann"), &How::default()).await.is_err());
    assert!(open().unwrap().desk("main").is_ok(), "a second opening finds what the first wrote");
}

#[tokio::test]
async fn a_socket_needs_a_folder() {
    let error = Plugdesk::builder().storage(plugdesk::store::Store::memory()).socket(true).build().err().unwrap();
    assert_eq!(error.to_string(), "a socket needs a folder");
}
