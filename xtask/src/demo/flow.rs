//! Requests that go on while something else happens: how many, and how many failed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use serde_json::json;

use super::client::Client;

/// A stream of new leads, one after the other.
pub struct Flow {
    stop: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Flow {
    pub fn start(client: &Client) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (sent, failed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let thread = {
            let (client, stop, sent, failed) =
                (client.clone(), Arc::clone(&stop), Arc::clone(&sent), Arc::clone(&failed));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let number = sent.fetch_add(1, Ordering::Relaxed);
                    let ticket = json!({ "kind": "lead", "channel": "web", "subject": format!("a customer asks, number {number}") });
                    if let Err(error) = client.send("/v1/tickets", &ticket) {
                        println!("  a request failed: {error:#}");
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        };
        Self { stop, sent, failed, thread }
    }

    /// Requests sent and requests failed.
    pub fn end(self) -> (u64, u64) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.thread.join());
        (self.sent.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}
