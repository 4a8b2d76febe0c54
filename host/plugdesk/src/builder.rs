//! What a Plugdesk is built of, with a default for everything but the folder.

use std::path::PathBuf;
use std::sync::Arc;

use http::request::Parts as RequestParts;
use plugdesk_desk::{Clock, Desks, Entropy, Parts};
use plugdesk_domain::{Ask, Principal, Storage};
use plugdesk_sandbox::Sandbox;
use plugdesk_server::Server;

use tokio::runtime::Handle;

use crate::engine::Engine;
use crate::login::Login;
use crate::native::{Beside, NativePolicy};
use crate::socket::Socket;
use crate::system::{OsEntropy, SystemClock};
use crate::{Error, Inner, Plugdesk};

/// Where in the folder compiled policies are kept; may be deleted at any time.
const CACHE: &str = "compiled";

/// Builds a [`Plugdesk`].
#[derive(Default)]
pub struct Builder {
    folder: Option<PathBuf>,
    cache_bytes: Option<u64>,
    storage: Option<Arc<dyn Storage>>,
    ask: Option<Arc<dyn Ask>>,
    policies: Vec<NativePolicy>,
    clock: Option<Arc<dyn Clock>>,
    entropy: Option<Arc<dyn Entropy>>,
    desks: plugdesk_desk::Options,
    server: plugdesk_server::Options,
    login: Option<Login>,
    socket: bool,
    background: Option<bool>,
}

impl Builder {
    /// The folder of the store; made when it is not there. One process has it at a time.
    #[must_use]
    pub fn folder(self, folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), ..self }
    }

    /// Memory for the cache of the folder's store, in bytes; 256 MiB without a word. What does not fit is read from the
    /// disk, through the operating system's own cache.
    #[must_use]
    pub fn cache_bytes(self, cache_bytes: u64) -> Self {
        Self { cache_bytes: Some(cache_bytes), ..self }
    }

    /// Another storage than the folder's own: one in memory for tests, or the embedder's.
    #[must_use]
    pub fn storage(self, storage: Arc<dyn Storage>) -> Self {
        Self { storage: Some(storage), ..self }
    }

    /// Something else that runs policies; tests answer natively.
    #[must_use]
    pub fn ask(self, ask: Arc<dyn Ask>) -> Self {
        Self { ask: Some(ask), ..self }
    }

    /// A policy in plain Rust beside the sandboxed ones. It is asked once its pack ([`NativePolicy::pack`]) is installed in
    /// a desk; in this program it must be added at every start.
    #[must_use]
    pub fn policy(mut self, policy: NativePolicy) -> Self {
        self.policies.push(policy);
        self
    }

    /// Another clock than the machine's; tests turn one by hand.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// Another source of randomness than the operating system's; keys are made of it.
    #[must_use]
    pub fn entropy(self, entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy: Some(entropy), ..self }
    }

    /// How the desks run: threads, queues, attempts.
    #[must_use]
    pub fn desk_options(self, desks: plugdesk_desk::Options) -> Self {
        Self { desks, ..self }
    }

    /// The limits of the HTTP face.
    #[must_use]
    pub fn server_options(self, server: plugdesk_server::Options) -> Self {
        Self { server, ..self }
    }

    /// Maps the embedder's own login to a principal. It is asked with the head of every request, before an API key is
    /// looked for; where it answers none, the key decides.
    ///
    /// A principal that it gives is believed: a header that a client can set is no login.
    #[must_use]
    pub fn authenticate(self, login: impl Fn(&RequestParts) -> Option<Principal> + Send + Sync + 'static) -> Self {
        Self { login: Some(Arc::new(login)), ..self }
    }

    /// Opens a socket (mode 0600) in the folder, so that every `plugdesk` command works on this process. Needs a running
    /// tokio runtime, on which one task serves it.
    #[must_use]
    pub fn socket(self, open: bool) -> Self {
        Self { socket: open, ..self }
    }

    /// Whether it does by itself what is due: timers, what follows from events, webhooks. One task of the running tokio
    /// runtime sees to it for all desks. Without a word it does so if there is a runtime, and warns if there is none; a
    /// program that opens a folder for one command says `false`.
    #[must_use]
    pub fn background(self, background: bool) -> Self {
        Self { background: Some(background), ..self }
    }

    /// Opens it: the folder is locked, the store looked over, every desk's policies loaded. Takes as long as the store
    /// has to repair; call it before the app listens.
    ///
    /// # Errors
    /// Each names its thing: a locked or damaged folder, a desk that can't be read, a socket in use.
    pub fn build(self) -> Result<Plugdesk, Error> {
        let Self {
            folder,
            cache_bytes,
            storage,
            ask,
            policies,
            clock,
            entropy,
            desks,
            server,
            login,
            socket,
            background,
        } = self;
        if cfg!(panic = "abort") {
            tracing::warn!(
                "built with panic = \"abort\": a damaged sled folder ends the process instead of being rebuilt"
            );
        }
        let storage = match (storage, &folder) {
            (Some(storage), _) => storage,
            (None, Some(folder)) => {
                let options = plugdesk_store::Options::new(folder);
                let cache_bytes = cache_bytes.unwrap_or(options.cache_bytes);
                let store = plugdesk_store::Store::open(&options.with_cache_bytes(cache_bytes))?;
                for what in store.maintenance().health().repaired {
                    tracing::warn!(folder = %folder.display(), what, "the store was repaired when it was opened");
                }
                store
            }
            (None, None) => return Err(Error::NoStorage),
        };
        let ask = match ask {
            Some(ask) => ask,
            None => {
                let cache = folder.as_ref().map(|folder| folder.join(CACHE));
                Sandbox::new(plugdesk_sandbox::Options { cache, ..Default::default() })?
            }
        };
        let ask = Beside::over(policies, ask);
        let clock = clock.unwrap_or_else(|| Arc::new(SystemClock::default()));
        let entropy = entropy.unwrap_or_else(|| Arc::new(OsEntropy));
        let runtime = runtime(background)?;
        let allowed = desks.webhooks_allowed.clone();
        let desks = Desks::open(Parts { storage, ask, clock: Arc::clone(&clock), entropy }, desks)?;
        let server = Server::new(desks.clone(), server);
        let mut inner = Inner { folder, server, login, socket: None, engine: None };
        if socket {
            let folder = inner.folder.as_deref().ok_or(Error::SocketWithoutFolder)?;
            let router = plugdesk_server::router(inner.server.clone());
            inner.socket = Some(Socket::open(folder, inner.server.clone(), router)?);
        }
        // Last, when nothing can go wrong any more.
        inner.engine = runtime.map(|runtime| Engine::start(desks, clock, allowed, &runtime));
        Ok(Plugdesk(Arc::new(inner)))
    }
}

/// The runtime on which the desks do what is due by themselves; none: they do not.
fn runtime(background: Option<bool>) -> Result<Option<Handle>, Error> {
    match (background, Handle::try_current()) {
        (Some(false), _) => Ok(None),
        (_, Ok(runtime)) => Ok(Some(runtime)),
        (Some(true), Err(_)) => Err(Error::BackgroundWithoutRuntime),
        (None, Err(_)) => {
            tracing::warn!("no tokio runtime is running: timers, reactions and webhooks wait");
            Ok(None)
        }
    }
}
