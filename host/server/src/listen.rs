//! The server's own accept loop: every wait bounded, every count bounded, an end that lets requests finish.
//!
//! `axum::serve` has no header timeout, no limit of connections and no end of patience; hyper-util's parts have.

mod activity;
mod body;
mod connection;
mod guard;
mod open;
mod seldom;
mod unix;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::limits::{ACCEPT_PAUSE, MOST_LEAVING, MOST_UNACCEPTED, Options, ROOM_AT_ONCE, SEND_BUFFER_BYTES};
use crate::state::Server;
use activity::Activity;
pub(crate) use body::too_slow;
use connection::Client;
use open::{Connections, NoPlace, Place};
use seldom::Seldom;
pub use unix::SocketError;
use unix::SocketFile;

/// Where connections come from.
#[derive(Debug)]
pub struct Listener(Kind);

#[derive(Debug)]
enum Kind {
    Tcp(TcpListener),
    Unix(UnixListener, SocketFile),
}

/// One accepted connection.
enum Accepted {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

impl Listener {
    /// Listens on a TCP address; port 0 takes a free one.
    pub async fn tcp(address: SocketAddr) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // As `TcpListener::bind` does: a server that was restarted takes its port again at once.
        socket.set_reuseaddr(true)?;
        // Connections inherit it.
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        socket.bind(address)?;
        Ok(Self(Kind::Tcp(socket.listen(MOST_UNACCEPTED)?)))
    }

    /// Listens on a Unix socket of mode 0600. Whoever may open it is an operator.
    pub fn unix(path: &std::path::Path) -> Result<Self, SocketError> {
        let (listener, file) = unix::bind(path)?;
        Ok(Self(Kind::Unix(listener, file)))
    }

    /// The address it listens on; none: a Unix socket.
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.0 {
            Kind::Tcp(listener) => listener.local_addr().ok(),
            Kind::Unix(..) => None,
        }
    }

    async fn accept(&self) -> io::Result<Accepted> {
        match &self.0 {
            Kind::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                // Answers are written whole; waiting for more to send only adds delay. A client that is gone already
                // is found out by the first read.
                drop(stream.set_nodelay(true));
                Ok(Accepted::Tcp(stream, address))
            }
            Kind::Unix(listener, file) => loop {
                let (stream, _) = listener.accept().await?;
                if file.trusts(&stream) {
                    break Ok(Accepted::Unix(stream));
                }
                tracing::warn!("a connection of another user was refused on the socket");
            },
        }
    }
}

/// Serves until `shutdown` is ready, then lets requests under way finish within the drain limit.
///
/// Starts no runtime; its connections are tasks of the caller's, and none outlives this future. Event streams end as
/// soon as `shutdown` is ready, their readers resume by `Last-Event-ID`.
pub async fn serve(listener: Listener, server: Server, app: axum::Router, shutdown: impl Future<Output = ()> + Send) {
    let options = server.options().clone();
    let open = Connections::new(options.connections, options.connections_per_address, options.answer_bytes);
    let closing = watch::Sender::new(false);
    let mut connections = JoinSet::new();
    let (mut refused, mut failed) = (Seldom::default(), Seldom::default());
    // Readiness says so at once, streams end, and whoever is on the way here is still let in and answered.
    let mut shutdown = std::pin::pin!(async {
        shutdown.await;
        server.close();
        tokio::time::sleep(options.linger).await;
    });
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept(&listener, &mut connections, options.connections) => accepted,
        };
        let accepted = match accepted {
            Ok(accepted) => accepted,
            // The client is gone already; the next one is not.
            Err(error) if gone(&error) => continue,
            Err(error) => {
                // Out of file descriptors, or of memory. Whoever is only waited for gives its own back; the pause keeps
                // the loop from eating a core until then.
                (0..ROOM_AT_ONCE).all(|_| open.make_room());
                failed.tell(Instant::now(), |count| tracing::warn!(%error, count, "connections could not be accepted"));
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let peer = match &accepted {
            Accepted::Unix(_) => None,
            Accepted::Tcp(_, peer) => Some(*peer),
        };
        let activity = Arc::new(Activity::new(options.stall_timeout, Instant::now()));
        let place = tokio::select! {
            biased;
            () = &mut shutdown => break,
            place = place(&open, peer, &activity) => place,
        };
        let Some(place) = place else {
            let address = peer.map(|peer| peer.ip());
            refused.tell(Instant::now(), |count| {
                tracing::warn!(?address, count, "too many connections of one address are at work")
            });
            continue;
        };
        let (app, options, closing) = (app.clone(), options.clone(), closing.subscribe());
        connections.spawn(async move {
            let client = Client { peer, activity, answers: place.answers() };
            match accepted {
                Accepted::Tcp(stream, _) => connection::serve(stream, client, app, &options, closing).await,
                Accepted::Unix(stream) => connection::serve(stream, client, app, &options, closing).await,
            }
            drop(place);
        });
    }
    drop(listener);
    server.close();
    closing.send_replace(true);
    drain(connections, &options).await;
}

/// The next connection. Those that were closed for others are let go first: each still holds a file descriptor.
async fn accept(listener: &Listener, connections: &mut JoinSet<()>, most: usize) -> io::Result<Accepted> {
    while connections.len() >= most.saturating_add(MOST_LEAVING) {
        connections.join_next().await;
    }
    listener.accept().await
}

/// Whether an accept failed because of its client alone.
fn gone(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted, TimedOut};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted | TimedOut)
}

/// A place for a connection, once there is one; none: its address has all that it may have. Further connections stay in
/// the kernel's queue meanwhile.
async fn place(open: &Connections, peer: Option<SocketAddr>, activity: &Arc<Activity>) -> Option<Place> {
    loop {
        match open.enter(peer.map(|peer| peer.ip()), activity) {
            Ok(place) => return Some(place),
            Err(NoPlace::Address) => return None,
            Err(NoPlace::All) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn drain(mut connections: JoinSet<()>, options: &Options) {
    let finished =
        tokio::time::timeout(options.drain_timeout, async { while connections.join_next().await.is_some() {} });
    if finished.await.is_err() {
        tracing::warn!(connections = connections.len(), "connections were cut off at the drain limit");
        connections.shutdown().await;
    }
}
