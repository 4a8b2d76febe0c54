//! One connection: HTTP/1 or HTTP/2, whichever the client speaks.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use plugdesk_domain::Principal;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tower::ServiceExt;

use super::activity::{Activity, Overdue};
use super::body::{Sent, Taken};
use super::guard::Guard;
use super::open::Answers;
use crate::authenticated::{Authenticated, Peer};
use crate::limits::{
    CONNECTION_WINDOW_BYTES, LOOKS_PER_TIMEOUT, MOST_HEAD_BYTES, MOST_HEADERS, MOST_READS_PER_CONNECTION, MOST_STREAMS,
    Options, STREAM_PIECE_BYTES,
};

/// Who is at the other end, and what is known of it.
pub(super) struct Client {
    /// None: it came through the Unix socket, and is an operator unless it brings a key.
    pub(super) peer: Option<SocketAddr>,
    pub(super) activity: Arc<Activity>,
    pub(super) answers: Answers,
}

/// Serves one connection to its end.
pub(super) async fn serve<S>(
    stream: S,
    client: Client,
    app: axum::Router,
    options: &Options,
    mut closing: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Client { peer, activity, answers } = client;
    let of_request = Arc::clone(&activity);
    let places = Arc::new(Semaphore::new(MOST_READS_PER_CONNECTION));
    let service = tower::service_fn(move |mut request: http::Request<Incoming>| {
        match peer {
            Some(peer) => drop(request.extensions_mut().insert(Peer(peer.ip()))),
            None if request.headers().contains_key(http::header::AUTHORIZATION) => {}
            None => drop(request.extensions_mut().insert(Authenticated(Principal::operator()))),
        }
        let turn = Arc::new(of_request.begin());
        // Commands don't wait here: what they bring would fill the window that those at work need for their own bodies.
        let place = request.method().is_safe().then(|| Arc::clone(&places).acquire_owned());
        let in_pieces = request.version() == http::Version::HTTP_2;
        let sent = request.map(|body| Body::new(Sent::new(body, Arc::clone(&turn))));
        let (answer, answers) = (app.clone().oneshot(sent), answers.clone());
        async move {
            let place = match place {
                Some(place) => place.await.ok(),
                None => None,
            };
            let answer = answer.await;
            drop(place);
            answer.map(|answer| answer.map(|body| Taken::new(body, turn, &answers, in_pieces)))
        }
    });
    let stream = Guard::new(stream, options.header_timeout, options.stall_timeout, Arc::clone(&activity));
    let builder = builder(options);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = std::pin::pin!(connection);
    let mut look = interval((options.header_timeout / LOOKS_PER_TIMEOUT).max(std::time::Duration::from_millis(1)));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut asked_to_end, mut said_goodbye) = (false, false);
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    // A client that went away, spoke no HTTP or was too slow: nothing that an operator can mend.
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            () = activity.dismissed() => {
                tracing::debug!("a connection whose client was waited for was closed for another");
                return;
            }
            _ = closing.changed(), if !asked_to_end => {
                asked_to_end = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = look.tick() => match activity.overdue(Instant::now(), options.header_timeout) {
                None => {}
                // What is idle on HTTP/2 is told so first; a client that does not go then is cut off.
                Some(Overdue::Idle) if !said_goodbye => {
                    said_goodbye = true;
                    connection.as_mut().graceful_shutdown();
                }
                Some(why) => {
                    tracing::debug!(?why, "a connection was cut off");
                    return;
                }
            },
        }
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
        .initial_stream_window_size(CONNECTION_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(STREAM_PIECE_BYTES)
        .keep_alive_interval(options.stall_timeout)
        .keep_alive_timeout(options.header_timeout);
    builder
}
