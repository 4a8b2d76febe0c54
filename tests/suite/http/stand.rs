//! A server on port 0 over the memory store, with one desk and its keys.

use std::net::SocketAddr;
use std::sync::Arc;

use plugdesk_desk::{Desks, NewDesk, NewKey, Parts};
use plugdesk_domain::{ContactId, DeskId, Principal, Role};
use plugdesk_server::{Listener, Options, Server, router, serve};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::doubles::{CountedEntropy, HandClock, NativeAsk};
use super::wire::{Reply, raw, request, within};

/// A running server.
pub(crate) struct Stand {
    pub(crate) address: SocketAddr,
    pub(crate) desks: Desks,
    pub(crate) server: Server,
    /// The desk called `shop`.
    pub(crate) desk: DeskId,
    /// An operator's key.
    pub(crate) operator: String,
    /// The key of the shop's admin.
    pub(crate) admin: String,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
}

/// Desks over the memory store, with native policies.
pub(crate) fn desks() -> Desks {
    let parts = Parts {
        storage: plugdesk_store::Store::memory(),
        ask: Arc::new(NativeAsk),
        clock: Arc::new(HandClock),
        entropy: Arc::new(CountedEntropy::default()),
    };
    Desks::open(parts, plugdesk_desk::Options::default()).expect("an empty memory store opens")
}

impl Stand {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let desks = desks();
        let by = Principal::operator();
        let desk = desks.desk_create(&by, NewDesk::named("shop"), None).await.expect("a desk is made").value.id;
        let server = Server::new(desks.clone(), options);
        let listener = Listener::tcp(([127, 0, 0, 1], 0).into()).await.expect("port 0 is free");
        let address = listener.address().expect("a TCP listener has an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let app = router(server.clone());
        let serving = serve(listener, server.clone(), app, async move { drop(stopped.await) });
        let served = tokio::spawn(serving);
        let mut stand = Self {
            address,
            desks,
            server,
            desk,
            operator: String::new(),
            admin: String::new(),
            stop: Some(stop),
            served: Some(served),
        };
        stand.operator = stand.key(Role::Operator, None, None).await;
        stand.admin = stand.key(Role::Admin, Some(desk), None).await;
        stand
    }

    /// A fresh key of that role.
    pub(crate) async fn key(&self, role: Role, desk: Option<DeskId>, contact: Option<ContactId>) -> String {
        let new = NewKey { desk, label: "test".into(), role, contact, agent: None, expires_at: None };
        let made = self.desks.key_create(&Principal::operator(), new, None).await.expect("a key is made");
        made.value.secret.expect("it is shown once").to_string()
    }

    /// Sends a request as the admin.
    pub(crate) async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        self.send_as(&self.admin, method, target, headers, body).await
    }

    /// Sends a request with that key.
    pub(crate) async fn send_as(
        &self,
        key: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let bearer = format!("Bearer {key}");
        let mut all = vec![("authorization", bearer.as_str())];
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            all.push(("content-type", "application/json"));
        }
        all.extend_from_slice(headers);
        raw(self.address, &request(method, target, &all, body.as_bytes())).await
    }

    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.send("GET", target, &[], "").await
    }

    pub(crate) async fn post(&self, target: &str, body: &Value) -> Reply {
        self.send("POST", target, &[], &body.to_string()).await
    }

    /// Asks the server to end, and waits until it did.
    pub(crate) async fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(served) = self.served.take() {
            within(served).await.expect("the server ends in peace");
        }
    }
}
