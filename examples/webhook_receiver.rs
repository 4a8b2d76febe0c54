//! Receives a desk's events and refuses whatever the desk did not sign, or signed too long ago.
//!
//! `SECRET=whsec_… LISTEN=127.0.0.1:9000 cargo run -p plugdesk --example webhook_receiver`; the secret is in the answer
//! to `POST /v1/webhooks`. A desk sends to this machine only if it is served with `--webhook-allow 127.0.0.1`.

#![allow(clippy::print_stdout, reason = "an example shows what it received")]

use std::sync::Arc;

use anyhow::Context;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use standardwebhooks::Webhook;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let secret = std::env::var("SECRET").context("name the webhook's secret in SECRET")?;
    let listen = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:9000".to_owned());
    let webhook = Arc::new(Webhook::new(&secret)?);
    let app = axum::Router::new().route("/", post(receive)).with_state(webhook);
    let listener = tokio::net::TcpListener::bind(&listen).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

/// Answers at once: work that takes long belongs behind the answer. The same `webhook-id` may come twice.
async fn receive(State(webhook): State<Arc<Webhook>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    // Compares the signature of the raw body in constant time, and refuses timestamps more than five minutes off.
    if let Err(why) = webhook.verify(&body, &headers) {
        println!("refused: {why}");
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(event) = serde_json::from_slice::<serde_json::Value>(&body) else { return StatusCode::BAD_REQUEST };
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    println!("{id} {} {}", event["type"].as_str().unwrap_or_default(), event["data"]["subject"]);
    StatusCode::NO_CONTENT
}
