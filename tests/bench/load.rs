//! A bounded HTTP/1.1 load: some connections, each with one request under way, for some seconds.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde::Serialize;

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
    connections: usize,
    per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    requests: u64,
    failed: u64,
}

/// A tenth of the time is for warming up and is not counted.
pub(crate) async fn run(target: Target, connections: usize, seconds: u64) -> Result<Report> {
    let counter = Arc::new(AtomicU64::new(1));
    let begun = Instant::now();
    let warm = begun + Duration::from_millis(seconds * 100);
    let end = warm + Duration::from_secs(seconds);
    let tasks: Vec<_> =
        (0..connections).map(|_| tokio::spawn(connection(target.clone(), Arc::clone(&counter), warm, end))).collect();
    let (mut taken, mut failed) = (Vec::new(), 0);
    for task in tasks {
        let (times, failures) = task.await??;
        taken.extend(times);
        failed += failures;
    }
    ensure!(!taken.is_empty(), "no request to {} was answered", target.path);
    taken.sort_unstable();
    let at = |share: usize| taken[(taken.len() - 1) * share / 100].as_secs_f64() * 1e3;
    let per_s = taken.len() as f64 / seconds as f64;
    Ok(Report { connections, per_s, p50_ms: at(50), p99_ms: at(99), requests: taken.len() as u64, failed })
}

async fn connection(
    target: Target,
    counter: Arc<AtomicU64>,
    warm: Instant,
    end: Instant,
) -> Result<(Vec<Duration>, u64)> {
    let stream = tokio::net::TcpStream::connect(target.address).await.context("the server does not listen")?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let (mut taken, mut failed) = (Vec::new(), 0);
    while Instant::now() < end {
        let body = (target.body)(counter.fetch_add(1, Ordering::Relaxed));
        let mut request =
            hyper::Request::post(target.path).header("host", "localhost").header("content-type", "application/json");
        if let Some(authorization) = &target.authorization {
            request = request.header("authorization", authorization);
        }
        let request = request.body(Full::new(Bytes::from(body)))?;
        let sent = Instant::now();
        sender.ready().await?;
        let answer = sender.send_request(request).await?;
        let good = answer.status().is_success();
        answer.into_body().collect().await?;
        if sent >= warm {
            taken.push(sent.elapsed());
            failed += u64::from(!good);
        }
    }
    drop(sender);
    driver.abort();
    Ok((taken, failed))
}
