//! Plugdesk inside an axum service of your own: `cargo run --example embed`, then `curl localhost:3000/support/v1/me`.
#![allow(clippy::print_stdout)]

use axum::{Router, routing::get};
use plugdesk::Plugdesk;
use plugdesk::domain::Principal;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Your login: here everybody on this machine is the operator. Answer `None` and an API key decides.
    let plugdesk = Plugdesk::builder().folder("embedded").authenticate(|_| Some(Principal::operator())).build()?;
    let app = Router::new().route("/", get(|| async { "my app" })).nest("/support", plugdesk.router());
    let listener = tokio::net::TcpListener::bind(std::env::var("LISTEN").unwrap_or("127.0.0.1:3000".into())).await?;
    println!("listening on http://{}/support/v1", listener.local_addr()?);
    let until = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, app).with_graceful_shutdown(until).await?;
    Ok(plugdesk.shutdown().await?)
}
