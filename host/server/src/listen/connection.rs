//! One connection: HTTP/1 or HTTP/2, whichever the client speaks.

use std::net::SocketAddr;

use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use plugdesk_domain::Principal;
use tokio::io::{AsyncRead, AsyncWrite};
use tower::ServiceExt;

use super::guard::Guard;
use crate::authenticated::{Authenticated, Peer};
use crate::limits::{MOST_HEAD_BYTES, MOST_HEADERS, MOST_STREAMS, Options};

/// Serves one connection to its end. Without a peer's address it came through the Unix socket, and is an operator's
/// unless it brings a key.
pub(super) async fn serve<S>(
    stream: S,
    peer: Option<SocketAddr>,
    app: axum::Router,
    options: &Options,
    watcher: Watcher,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = tower::service_fn(move |mut request: http::Request<Incoming>| {
        match peer {
            Some(peer) => drop(request.extensions_mut().insert(Peer(peer.ip()))),
            None if request.headers().contains_key(http::header::AUTHORIZATION) => {}
            None => drop(request.extensions_mut().insert(Authenticated(Principal::operator()))),
        }
        app.clone().oneshot(request.map(Body::new))
    });
    let stream = Guard::new(stream, options.header_timeout, options.stall_timeout);
    let builder = builder(options);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        // A client that went away, spoke no HTTP or was too slow: nothing that an operator can mend.
        tracing::debug!(%error, "a connection ended early");
    }
}

fn builder(options: &Options) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(options.header_timeout)
        .max_headers(MOST_HEADERS)
        .max_buf_size(MOST_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(MOST_HEAD_BYTES as u32)
        .keep_alive_interval(options.stall_timeout)
        .keep_alive_timeout(options.header_timeout);
    builder
}
