//! A bounded HTTP/1.1 load: some connections, each with one request under way.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;

use crate::measure::{Times, hundredth};

/// Where requests go and what they carry.
#[derive(Clone)]
pub(crate) struct Target {
    /// On loopback.
    pub(crate) address: SocketAddr,
    /// The path.
    pub(crate) path: &'static str,
    /// `Authorization`.
    pub(crate) authorization: Option<String>,
    /// The body of request number n.
    pub(crate) body: fn(u64) -> String,
}

/// One row of the table.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) connections: usize,
    pub(crate) per_s: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) requests: u64,
    pub(crate) failed: u64,
}

/// A request of a mixture.
pub(crate) struct Shot {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<String>,
    /// What sort of request it is, as the mixture counts them.
    pub(crate) sort: usize,
}

/// What came of one.
pub(crate) struct Hit {
    pub(crate) sort: usize,
    /// When it was to be sent, by the pace; else when it was.
    pub(crate) at: Instant,
    pub(crate) took: Duration,
    pub(crate) good: bool,
}

/// Whether an answer to a request of that sort is a good one.
pub(crate) type Judge = Arc<dyn Fn(usize, StatusCode, &[u8]) -> bool + Send + Sync>;

/// A mixture of requests, and how it is judged.
#[derive(Clone)]
pub(crate) struct Stream {
    pub(crate) address: SocketAddr,
    pub(crate) authorization: Option<String>,
    /// Request number n.
    pub(crate) shot: Arc<dyn Fn(u64) -> Shot + Send + Sync>,
    /// Whether that is a good answer to a request of that sort.
    pub(crate) good: Judge,
    /// Requests a second of all connections together; none: as fast as they are answered. A request's time counts from
    /// when it was to be sent, so a server that stalls is not excused by the client's waiting.
    pub(crate) pace: Option<f64>,
    /// Until when.
    pub(crate) goes_on: Arc<dyn Fn() -> bool + Send + Sync>,
}

/// Each load counts its requests from a number of its own, so that no person is met who was there already.
static FIRST: AtomicU64 = AtomicU64::new(LOAD);
/// More requests than any load sends.
const LOAD: u64 = 10_000_000;

/// A tenth of the time is for warming up and is not counted.
pub(crate) async fn run(target: Target, connections: usize, seconds: u64) -> Result<Report> {
    let begun = Instant::now();
    let warm = begun + Duration::from_millis(seconds * 100);
    let end = warm + Duration::from_secs(seconds);
    let Target { address, path, authorization, body } = target;
    let shot = move |n| Shot { method: Method::POST, path: path.to_owned(), body: Some(body(n)), sort: 0 };
    let stream = Stream {
        address,
        authorization,
        shot: Arc::new(shot),
        good: Arc::new(|_, status, _| status.is_success()),
        pace: None,
        goes_on: Arc::new(move || Instant::now() < end),
    };
    let first = FIRST.fetch_add(LOAD, Ordering::Relaxed);
    let counted: Vec<Hit> = fire(stream, connections, first).await?.into_iter().filter(|hit| hit.at >= warm).collect();
    ensure!(!counted.is_empty(), "no request to {path} was answered");
    let failed = counted.iter().filter(|hit| !hit.good).count() as u64;
    let mut times = Times::default();
    times.extend(counted.iter().map(|hit| hit.took));
    // The last answers come after the end; their time counts too.
    let last = counted.iter().map(|hit| hit.at + hit.took).max().unwrap_or(end);
    let per_s = (counted.len() as f64 / last.duration_since(warm).as_secs_f64()).round();
    let (p50_ms, p99_ms) = (hundredth(times.at_ms(50)), hundredth(times.at_ms(99)));
    Ok(Report { connections, per_s, p50_ms, p99_ms, requests: counted.len() as u64, failed })
}

/// Sends the stream over so many connections, counting requests from `first`.
pub(crate) async fn fire(stream: Stream, connections: usize, first: u64) -> Result<Vec<Hit>> {
    let counter = Arc::new(AtomicU64::new(first));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|_| tokio::spawn(connection(stream.clone(), Arc::clone(&counter), first, begun)))
        .collect();
    let mut hits = Vec::new();
    for task in tasks {
        hits.extend(task.await??);
    }
    Ok(hits)
}

async fn connection(stream: Stream, counter: Arc<AtomicU64>, first: u64, begun: Instant) -> Result<Vec<Hit>> {
    let mut sender = Sender::connect(stream.address, stream.authorization.clone()).await?;
    let mut hits = Vec::new();
    while (stream.goes_on)() {
        let number = counter.fetch_add(1, Ordering::Relaxed);
        let shot = (stream.shot)(number);
        let at = match stream.pace {
            Some(pace) => {
                let at = begun + Duration::from_secs_f64((number - first) as f64 / pace);
                tokio::time::sleep_until(at.into()).await;
                at
            }
            None => Instant::now(),
        };
        let (status, body) = sender.send(&shot).await?;
        hits.push(Hit { sort: shot.sort, at, took: at.elapsed(), good: (stream.good)(shot.sort, status, &body) });
    }
    Ok(hits)
}

/// One connection that is kept alive.
pub(crate) struct Sender {
    requests: SendRequest<Full<Bytes>>,
    authorization: Option<String>,
    driver: tokio::task::JoinHandle<hyper::Result<()>>,
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Sender {
    /// Connects.
    pub(crate) async fn connect(address: SocketAddr, authorization: Option<String>) -> Result<Self> {
        let stream = tokio::net::TcpStream::connect(address).await.context("the server does not listen")?;
        stream.set_nodelay(true)?;
        let (requests, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self { requests, authorization, driver: tokio::spawn(connection) })
    }

    /// One request, and its whole answer.
    pub(crate) async fn send(&mut self, shot: &Shot) -> Result<(StatusCode, Bytes)> {
        let mut request = Request::builder().method(&shot.method).uri(&shot.path).header("host", "localhost");
        if shot.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let request = request.body(Full::new(Bytes::from(shot.body.clone().unwrap_or_default())))?;
        self.requests.ready().await?;
        let answer = self.requests.send_request(request).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

impl Shot {
    /// A read.
    pub(crate) fn get(path: impl Into<String>, sort: usize) -> Self {
        Self { method: Method::GET, path: path.into(), body: None, sort }
    }

    /// A write.
    pub(crate) fn post(path: impl Into<String>, body: String, sort: usize) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some(body), sort }
    }
}
