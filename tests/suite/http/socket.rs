//! The desk's own socket: its owner is an operator, and nobody else gets in.

use std::os::unix::fs::PermissionsExt;

use plugdesk_server::{Listener, SocketError, router, serve};
use tokio::net::UnixStream;

use super::stand::Stand;
use super::wire::{exchange, request};

#[tokio::test]
async fn whoever_may_open_the_socket_is_an_operator_unless_a_key_says_otherwise() {
    let stand = Stand::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("desk.sock");
    let listener = Listener::unix(&path).expect("the socket opens");
    let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let app = router(stand.server.clone());
    let serving = tokio::spawn(serve(listener, stand.server.clone(), app, std::future::pending()));
    let mut stream = UnixStream::connect(&path).await.expect("it is served");
    let me = exchange(&mut stream, &request("GET", "/v1/me", &[], b"")).await.expect(200);
    assert_eq!(me.at("/role"), "operator");
    let bearer = format!("Bearer {}", stand.admin);
    let mut stream = UnixStream::connect(&path).await.expect("it is served");
    let me = exchange(&mut stream, &request("GET", "/v1/me", &[("authorization", &bearer)], b"")).await.expect(200);
    assert_eq!(me.at("/role"), "admin");
    let mut stream = UnixStream::connect(&path).await.expect("it is served");
    let wrong = exchange(&mut stream, &request("GET", "/v1/me", &[("authorization", "Bearer x")], b"")).await;
    wrong.problem(401, "unauthenticated");
    serving.abort();
}

#[tokio::test]
async fn a_living_servers_socket_is_left_alone_and_a_dead_ones_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("desk.sock");
    let first = Listener::unix(&path).expect("the socket opens");
    assert!(matches!(Listener::unix(&path), Err(SocketError::InUse(_))));
    drop(first);
    assert!(!path.exists(), "a server takes its socket along");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket of a process that was killed"));
    assert!(path.exists());
    drop(Listener::unix(&path).expect("a dead socket is replaced"));
    assert!(matches!(Listener::unix(&folder.path().join("no/such/desk.sock")), Err(SocketError::Io(..))));
}
