//! Where webhooks lead to: a receiver that fails now and then, and notes everything that it hears.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;

use super::disk::image::Dice;
use crate::Bench;

/// One delivery that arrived.
#[derive(Debug, Clone)]
struct Arrival {
    id: String,
    /// The event's.
    sequence: u64,
    taken: bool,
}

/// How often a webhook's receiver fails: of the deliveries that it never heard before, one in so many; and at most so
/// often, because each failure holds up its webhook for five seconds. A second attempt is taken: a third comes after
/// five minutes only.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failing {
    pub(super) one_in: u64,
    pub(super) most: u64,
}

struct Heard {
    arrivals: HashMap<String, Vec<Arrival>>,
    failed: HashMap<String, u64>,
    failing: Failing,
    dice: Dice,
}

/// The running receiver; it ends with the process.
#[derive(Clone)]
pub(super) struct Receiver {
    heard: Arc<Mutex<Heard>>,
    address: SocketAddr,
}

/// What the deliveries of a folder came to.
#[derive(Debug, Default, Clone, Copy, serde::Serialize)]
pub(super) struct Deliveries {
    /// Events that webhooks had to hear of.
    pub(super) events: u64,
    /// What arrived, repetitions and refused ones included.
    pub(super) arrived: u64,
    /// Arrivals that the receiver failed on.
    pub(super) failed: u64,
    /// Arrivals of what was taken before.
    pub(super) repeated: u64,
    /// Events that were never taken.
    pub(super) missing: u64,
    /// Arrivals before an earlier event was taken.
    pub(super) out_of_order: u64,
    /// Events that arrived under two ids.
    pub(super) renamed: u64,
}

impl Deliveries {
    pub(super) fn add(&mut self, more: Self) {
        self.events += more.events;
        self.arrived += more.arrived;
        self.failed += more.failed;
        self.repeated += more.repeated;
        self.missing += more.missing;
        self.out_of_order += more.out_of_order;
        self.renamed += more.renamed;
    }

    /// Whether every promise about them was kept.
    pub(super) fn well(&self) -> bool {
        self.missing + self.out_of_order + self.renamed == 0
    }
}

impl Receiver {
    pub(super) fn start(bench: &Bench, seed: u64, failing: Failing) -> Result<Self> {
        let heard = Heard { arrivals: HashMap::new(), failed: HashMap::new(), failing, dice: Dice(seed | 1) };
        let heard = Arc::new(Mutex::new(heard));
        let listener = bench.runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let router = axum::Router::new().route("/{hook}", post(hear)).with_state(Arc::clone(&heard));
        bench.runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { heard, address })
    }

    /// Where a webhook of that name leads to. One whose name begins with `firm` never fails.
    pub(super) fn url(&self, hook: &str) -> String {
        format!("http://{}/{hook}", self.address)
    }

    /// Which events were taken at a webhook.
    pub(super) fn taken(&self, hook: &str) -> HashSet<u64> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let arrivals = heard.arrivals.get(hook).into_iter().flatten();
        arrivals.filter(|it| it.taken).map(|it| it.sequence).collect()
    }

    /// Compares what arrived at a webhook with the events that it had to hear of.
    pub(super) fn compare(&self, hook: &str, events: &[u64]) -> Deliveries {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let arrivals = heard.arrivals.get(hook).cloned().unwrap_or_default();
        let mut found =
            Deliveries { events: events.len() as u64, arrived: arrivals.len() as u64, ..Deliveries::default() };
        let mut ids: BTreeMap<u64, String> = BTreeMap::new();
        let mut taken: HashSet<u64> = HashSet::new();
        for arrival in &arrivals {
            let known = ids.entry(arrival.sequence).or_insert_with(|| arrival.id.clone());
            found.renamed += u64::from(*known != arrival.id);
            found.failed += u64::from(!arrival.taken);
            found.repeated += u64::from(taken.contains(&arrival.sequence));
            // Whatever it had to hear of before must have been taken by now, and nothing later.
            let before =
                events.iter().take_while(|event| **event < arrival.sequence).all(|event| taken.contains(event));
            let later = taken.iter().any(|event| *event > arrival.sequence);
            found.out_of_order += u64::from(!before || later);
            if arrival.taken {
                taken.insert(arrival.sequence);
            }
        }
        found.missing = events.iter().filter(|event| !taken.contains(event)).count() as u64;
        found
    }
}

async fn hear(
    Path(hook): Path<String>,
    State(heard): State<Arc<Mutex<Heard>>>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let sequence = body["data"]["sequence"].as_u64().unwrap_or_default();
    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    let new = !heard.arrivals.entry(hook.clone()).or_default().iter().any(|it| it.id == id);
    let Failing { one_in, most } = heard.failing;
    let fails = new && !hook.starts_with("firm") && heard.dice.roll(one_in) == 0;
    let failed = heard.failed.entry(hook.clone()).or_default();
    let fails = fails && *failed < most;
    *failed += u64::from(fails);
    heard.arrivals.entry(hook).or_default().push(Arrival { id, sequence, taken: !fails });
    if fails { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NO_CONTENT }
}
