//! Plugdesk to embed: opens a folder, wires store, sandbox, desks and HTTP face, and hands out a router.
//!
//! ```no_run
//! # async fn example(my_app: axum::Router) -> Result<axum::Router, plugdesk::Error> {
//! let plugdesk = plugdesk::Plugdesk::builder().folder("data").build()?;
//! let app = my_app.nest("/support", plugdesk.router());
//! # Ok(app)
//! # }
//! ```
//!
//! Within a tokio runtime it runs timers, reactions and webhooks by itself ([`Builder::background`]). It starts no runtime, installs no subscriber, panic hook or signal handler, and keeps no global state: several may
//! live in one process, each with its folder. Policies run on the desks' own bounded threads, never on the embedder's
//! workers. Start with [`Builder`]; `docs/embedding.md` in the repository goes through it.
//!
//! The feature `cli` (on by default) is for the program of the same name; an embedder turns it off.

mod builder;
mod engine;
mod error;
mod events;
#[cfg(feature = "cli")]
pub mod guest;
mod login;
mod native;
mod socket;
mod system;
#[cfg(feature = "cli")]
pub mod trial;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::routing::RouterIntoService;
pub use builder::Builder;
use engine::Engine;
pub use error::Error;
pub use events::Events;
use login::Login;
pub use native::NativePolicy;
use plugdesk_desk::{Desk, Desks};
pub use plugdesk_domain as domain;
use plugdesk_domain::{DeskId, Principal};
use plugdesk_server::Server;
pub use plugdesk_server::{Listener, SocketError};
use socket::Socket;
pub use system::{OsEntropy, SystemClock};

pub use plugdesk_desk as desk;
pub use plugdesk_sandbox as sandbox;
pub use plugdesk_server as server;
pub use plugdesk_store as store;

/// The socket's name in a desk's folder.
pub const SOCKET: &str = "plugdesk.sock";

/// A running Plugdesk: every desk of one folder. A handle: cheap to clone, all clones are the same.
///
/// Call [`Plugdesk::shutdown`] before the process ends. Without it nothing that was answered is lost, but the next
/// start has to look over the store.
#[derive(Clone)]
pub struct Plugdesk(Arc<Inner>);

struct Inner {
    folder: Option<PathBuf>,
    server: Server,
    login: Option<Login>,
    socket: Option<Socket>,
    engine: Option<Engine>,
}

impl Plugdesk {
    /// Begins with the defaults; see [`Builder`].
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The whole API as a router, to be served or nested under a prefix.
    pub fn router(&self) -> Router {
        let router = plugdesk_server::router(self.0.server.clone());
        match &self.0.login {
            Some(login) => login::layer(router, Arc::clone(login)),
            None => router,
        }
    }

    /// The whole API as a plain `tower::Service` of HTTP requests, for hosts that use no axum.
    pub fn service<B>(&self) -> RouterIntoService<B>
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        self.router().into_service()
    }

    /// The folder it was opened with; none: it lives in memory.
    pub fn folder(&self) -> Option<&Path> {
        self.0.folder.as_deref()
    }

    /// Every desk: creating and listing desks, keys, care of the store.
    pub fn desks(&self) -> &Desks {
        self.0.server.desks()
    }

    /// One desk, by its name or id: typed commands and queries, on the same path as requests.
    ///
    /// # Errors
    /// [`Error::Desk`] when there is no such desk.
    pub fn desk(&self, name: &str) -> Result<Desk, Error> {
        let desks = self.desks();
        match name.parse::<DeskId>() {
            Ok(id) => Ok(desks.desk(id)?),
            Err(_) => Ok(desks.desk_named(name)?),
        }
    }

    /// The events of a desk behind `after` (0: from the first), as they happen. Resume with the sequence of the last one
    /// that was handled.
    ///
    /// # Errors
    /// [`Error::Desk`] when there is no such desk, or `by` may not read events.
    pub fn events(&self, desk: &str, by: &Principal, after: u64) -> Result<Events, Error> {
        Events::begin(self.desk(desk)?, by, after)
    }

    /// Serves the API on a listener with all limits of the HTTP face, until `until` is ready and what is in flight is
    /// answered. An embedder that serves its own app uses [`Plugdesk::router`] instead.
    pub async fn serve(&self, listener: Listener, until: impl Future<Output = ()> + Send) {
        plugdesk_server::serve(listener, self.0.server.clone(), self.router(), until).await;
    }

    /// Tells everything to end, and waits for nothing: readiness says so, event streams end, the socket takes no more
    /// connections, nothing more is begun by itself. [`Plugdesk::shutdown`] does the rest.
    pub fn shutdown_begin(&self) {
        if let Some(engine) = &self.0.engine {
            engine.stop();
        }
        if let Some(socket) = &self.0.socket {
            socket.stop();
        }
        self.0.server.close();
    }

    /// Ends it: nothing more is begun by itself, the socket is closed, event streams end, commands in flight are finished, the store is closed cleanly.
    /// Commands afterwards are refused. Calling it twice does no harm.
    ///
    /// # Errors
    /// [`Error::Desk`] when the store could not be closed cleanly.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.shutdown_begin();
        // Each waits for its own; together they take as long as the slower one.
        let engine = async {
            if let Some(engine) = &self.0.engine {
                engine.end().await;
            }
        };
        let socket = async {
            if let Some(socket) = &self.0.socket {
                socket.end().await;
            }
        };
        tokio::join!(engine, socket);
        Ok(self.desks().shutdown().await?)
    }
}

/// Whether the folder holds a Plugdesk; reads its directory and opens nothing.
pub fn is_desk_folder(folder: impl AsRef<Path>) -> bool {
    let has = |name| folder.as_ref().join(name).is_dir();
    folder.as_ref().join("LOCK").is_file() && (has("journal") || has("snapshots"))
}
