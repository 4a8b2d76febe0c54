//! Good clients: they ask at a steady pace, read and write, on connections that they keep and on new ones.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;

use crate::cast::lead;
use crate::desk::Desk;

/// Good clients at once.
const CLIENTS: u64 = 4;
/// Each asks so often: well below what the machine can do, so that waiting is what is measured.
const BETWEEN: Duration = Duration::from_millis(10);
/// After so many requests a client connects anew: those who come must be let in too.
const REQUESTS_PER_CONNECTION: u64 = 10;
/// Nobody waits longer for a list or for a ticket to be taken: a request that is not answered by then has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of some time.
#[derive(Default)]
pub(super) struct Phase {
    taken: Vec<Duration>,
    /// Why requests failed, one line each.
    faults: Vec<String>,
}

impl Phase {
    pub(super) fn add(&mut self, other: Self) {
        self.taken.extend(other.taken);
        self.faults.extend(other.faults);
    }

    /// How many failed, and why the first did; nothing if none did.
    pub(super) fn fault(&self) -> Option<String> {
        let first = self.faults.first()?;
        Some(format!("{} good requests failed of {}: {first}", self.faults.len(), self.count()))
    }

    pub(super) fn count(&self) -> usize {
        self.taken.len()
    }

    /// In milliseconds.
    pub(super) fn p99(&self) -> f64 {
        self.at(99)
    }

    pub(super) fn slowest(&self) -> f64 {
        self.at(100)
    }

    fn at(&self, percent: usize) -> f64 {
        let mut taken = self.taken.clone();
        taken.sort_unstable();
        let last = taken.len().saturating_sub(1);
        taken.get(last * percent / 100).map_or(f64::NAN, |it| it.as_secs_f64() * 1e3)
    }
}

/// Asks for so long.
pub(super) async fn phase(desk: &Desk, seconds: Duration) -> Result<Phase> {
    let end = Instant::now() + seconds;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| tokio::spawn(asking(desk.address, desk.bearer().unwrap_or_default(), client, end)))
        .collect();
    let mut phase = Phase::default();
    for client in clients {
        phase.add(client.await?);
    }
    Ok(phase)
}

async fn asking(address: SocketAddr, bearer: String, client: u64, end: Instant) -> Phase {
    let (mut phase, mut connection, mut number) = (Phase::default(), None, 0);
    let mut next = tokio::time::interval(BETWEEN);
    while Instant::now() < end {
        next.tick().await;
        number += 1;
        let begun = Instant::now();
        let kept = connection.take().filter(|_| number % REQUESTS_PER_CONNECTION != 0);
        let asked = one(address, &bearer, client * 1_000_000 + number, kept);
        let answered = tokio::time::timeout(PATIENCE, asked).await;
        match answered.unwrap_or_else(|_| Err(anyhow!("no answer within {} s", PATIENCE.as_secs()))) {
            Ok(kept) => connection = Some(kept),
            Err(error) => phase.faults.push(format!("{error:#}")),
        }
        phase.taken.push(begun.elapsed());
    }
    phase
}

type Connection = SendRequest<Full<Bytes>>;

/// One request; every fifth one writes.
async fn one(address: SocketAddr, bearer: &str, number: u64, kept: Option<Connection>) -> Result<Connection> {
    let mut sender = match kept {
        Some(sender) => sender,
        None => {
            let stream = tokio::net::TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            // Ends with its sender.
            drop(tokio::spawn(connection));
            sender
        }
    };
    let (method, target, body) = match number % 5 {
        0 => ("POST", "/v1/tickets", lead(number)),
        _ => ("GET", "/v1/tickets?limit=5", String::new()),
    };
    let request = hyper::Request::builder().method(method).uri(target).header("host", "localhost");
    let request = request.header("authorization", bearer).header("content-type", "application/json");
    let request = request.body(Full::new(Bytes::from(body)))?;
    sender.ready().await?;
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    ensure!(status.is_success(), "{method} {target}: {status}: {}", String::from_utf8_lossy(&body));
    Ok(sender)
}
