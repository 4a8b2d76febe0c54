//! Plugdesk under a prefix of your own service, behind your own login, with a desk for each of your customers:
//! `cargo run --example embed_auth`, then `curl localhost:3000/support/v1/me -H 'Cookie: session=ann-of-shop'`.
#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::{Router, http::request::Parts, routing::get};
use plugdesk::Plugdesk;
use plugdesk::desk::NewDesk;
use plugdesk::domain::{Principal, Role};

/// Your sessions: whose they are, in which desk, as what. Yours come from a database.
const SESSIONS: [(&str, &str, &str, Role); 3] = [
    ("ann-of-shop", "ann", "shop", Role::Agent),
    ("bob-of-shop", "bob", "shop", Role::Auditor),
    ("cleo-of-clinic", "cleo", "clinic", Role::Admin),
];

/// The session in the cookie header, if there is one.
fn session(request: &Parts) -> Option<&str> {
    let cookies = request.headers.get("cookie")?.to_str().ok()?;
    cookies.split("; ").find_map(|cookie| cookie.strip_prefix("session="))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Who has no session is nobody, unless an API key says otherwise.
    let users: Arc<OnceLock<HashMap<&str, Principal>>> = Arc::default();
    let known = Arc::clone(&users);
    let login = move |request: &Parts| known.get()?.get(session(request)?).cloned();
    let plugdesk = Plugdesk::builder().folder("embedded").authenticate(login).build()?;

    let mut all = HashMap::new();
    for (session, name, desk, role) in SESSIONS {
        if plugdesk.desk(desk).is_err() {
            plugdesk.desks().desk_create(&Principal::operator(), NewDesk::named(desk), None).await?;
        }
        let (id, agent) = (plugdesk.desk(desk)?.id(), (role == Role::Agent).then(|| name.to_owned()));
        all.insert(session, Principal { desk: Some(id), role, name: name.to_owned(), key: None, contact: None, agent });
    }
    // Until here nobody could log in; from now on everybody whose session is known.
    drop(users.set(all));

    let app = Router::new().route("/", get(|| async { "my app" })).nest("/support", plugdesk.router());
    let listener = tokio::net::TcpListener::bind(std::env::var("LISTEN").unwrap_or("127.0.0.1:3000".into())).await?;
    println!("listening on http://{}/support/v1", listener.local_addr()?);
    let until = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, app).with_graceful_shutdown(until).await?;
    Ok(plugdesk.shutdown().await?)
}
