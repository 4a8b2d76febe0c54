//! The server's own accept loop: every wait bounded, every count bounded, an end that lets requests finish.
//!
//! `axum::serve` has no header timeout, no limit of connections and no end of patience; hyper-util's parts have.

mod address;
mod connection;
mod guard;
mod unix;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::limits::Options;
use crate::state::Server;
use address::Addresses;
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
        Ok(Self(Kind::Tcp(TcpListener::bind(address).await?)))
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
                // Answers are written whole; waiting for more to send only adds delay.
                stream.set_nodelay(true)?;
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
    let slots = Arc::new(Semaphore::new(options.connections.max(1)));
    let addresses = Addresses::new(options.connections_per_address);
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept(&listener, &slots) => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let Some((accepted, slot)) = accepted else { continue };
        let (place, peer) = match &accepted {
            Accepted::Unix(_) => (None, None),
            Accepted::Tcp(_, peer) => match addresses.enter(peer.ip()) {
                Some(place) => (Some(place), Some(*peer)),
                None => {
                    tracing::warn!(address = %peer.ip(), "too many connections from one address");
                    continue;
                }
            },
        };
        let (watcher, app, options) = (graceful.watcher(), app.clone(), options.clone());
        connections.spawn(async move {
            match accepted {
                Accepted::Tcp(stream, _) => connection::serve(stream, peer, app, &options, watcher).await,
                Accepted::Unix(stream) => connection::serve(stream, None, app, &options, watcher).await,
            }
            drop((slot, place));
        });
    }
    drop(listener);
    server.close();
    drain(graceful, connections, &options).await;
}

/// The next connection, once there is room for one. Waiting connections stay in the kernel's queue meanwhile.
async fn accept(listener: &Listener, slots: &Arc<Semaphore>) -> Option<(Accepted, tokio::sync::OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok(accepted) => Some((accepted, slot)),
        Err(error) => {
            // Out of file descriptors, or the client is gone already. A pause keeps the former from eating a core.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            None
        }
    }
}

async fn drain(graceful: GracefulShutdown, mut connections: JoinSet<()>, options: &Options) {
    let finished = tokio::time::timeout(options.drain_timeout, async {
        graceful.shutdown().await;
        while connections.join_next().await.is_some() {}
    });
    if finished.await.is_err() {
        tracing::warn!(connections = connections.len(), "connections were cut off at the drain limit");
        connections.shutdown().await;
    }
}
