//! `plugdesk serve`: the API on a port, the socket in the folder, logs on stderr, and a clean end.

mod files;

use std::net::SocketAddr;
use std::time::Duration;

use clap::ValueEnum;
use plugdesk::desk::target::Allowed;
use plugdesk::{Listener, Plugdesk, SOCKET};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use super::transport::{exists, running};
use super::{Exit, Failure, Global, Output};

/// A smaller cache does not hold one page of the tree for each of the threads that read at once.
const LEAST_CACHE_MB: u64 = 8;
/// A terabyte: more than any machine that serves a desk has.
const MOST_CACHE_MB: u64 = 1 << 20;

/// After what is in flight was answered or cut off, closing the store has so long: a flush, and the row of an import or the
/// pack that is being worked on.
const CLOSE: Duration = Duration::from_secs(10);

/// Serve the API.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  plugdesk serve\n  plugdesk serve --listen 0.0.0.0:8080 --log-format json\n  \
                        plugdesk serve --listen 127.0.0.1:0     (any free port; it is printed)\n\n\
                        SIGTERM or Ctrl-C ends it: no new requests, those in flight are answered, the store is closed.\n\
                        A second one ends it at once; nothing that was answered is lost.")]
pub(crate) struct Serve {
    /// The address and port
    #[arg(long, env = "PLUGDESK_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// What is logged: a level, or tracing's directives such as plugdesk=debug,info
    #[arg(long, env = "PLUGDESK_LOG", default_value = "info", value_name = "LEVEL")]
    log: String,
    /// Requests a second that one key may send over time; bursts of four times as many are taken
    #[arg(long, env = "PLUGDESK_RATE", default_value_t = plugdesk::server::limits::RATE_PER_SECOND, value_name = "NUMBER",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: u32,
    /// Memory for the store's cache, in MiB; what does not fit is read from the disk
    #[arg(long, env = "PLUGDESK_CACHE_MB", default_value_t = 256, value_name = "MIB",
          value_parser = clap::value_parser!(u64).range(LEAST_CACHE_MB..=MOST_CACHE_MB))]
    cache_mb: u64,
    /// What webhooks may lead to beside the open network, also by plain http: a network such as 10.1.0.0/16, an address,
    /// or a host's name; several with commas
    #[arg(long, env = "PLUGDESK_WEBHOOK_ALLOW", value_name = "NETWORK", value_delimiter = ',')]
    webhook_allow: Vec<Allowed>,
    /// Seconds that requests in flight have to finish when it is asked to end
    #[arg(long, env = "PLUGDESK_DRAIN", default_value_t = 20, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=600))]
    drain: u64,
    /// Milliseconds for which new connections are still answered when it is asked to end
    #[arg(long, env = "PLUGDESK_LINGER", default_value_t = 250, value_name = "MILLISECONDS",
          value_parser = clap::value_parser!(u64).range(0..=60_000))]
    linger: u64,
    /// How it is logged
    #[arg(long, env = "PLUGDESK_LOG_FORMAT", value_enum, default_value = "text")]
    log_format: LogFormat,
}

/// A line of the log.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl Serve {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let folder = &global.folder;
        if global.url.is_some() {
            return Err(Failure::new(
                Exit::Usage,
                "serve serves a folder; --url names a desk that is served elsewhere",
            ));
        }
        self.log_begin()?;
        exists(folder)?;
        if running(folder).await {
            return Err(Failure::new(Exit::Conflict, format!("{} is being served already", folder.display()))
                .with_help("stop that one first, or serve another folder"));
        }
        // The port comes first: when it is used, nothing was opened and nothing must be closed.
        let listener = Listener::tcp(self.listen).await.map_err(|error| self.unbound(&error))?;
        let address = listener.address().unwrap_or(self.listen);
        let server = plugdesk::server::Options {
            rate_per_second: self.rate,
            rate_burst: self.rate.saturating_mul(4),
            connections: files::connections(plugdesk::server::limits::MOST_CONNECTIONS),
            drain_timeout: Duration::from_secs(self.drain),
            linger: Duration::from_millis(self.linger),
            ..plugdesk::server::Options::default()
        };
        let desks = plugdesk::desk::Options {
            webhooks_allowed: self.webhook_allow.clone(),
            ..plugdesk::desk::Options::default()
        };
        let builder = Plugdesk::builder().folder(folder).cache_bytes(self.cache_mb << 20).socket(true);
        let builder = builder.server_options(server).desk_options(desks);
        let plugdesk = builder.build().map_err(|error| match error {
            plugdesk::Error::Store(plugdesk_store::Error::InUse(_)) => {
                // Another one has the folder and no socket yet, or no longer.
                Failure { exit: Exit::Conflict, ..Failure::from(error) }
            }
            _ => Failure::from(error),
        })?;
        let asked = Asked::hear()?;
        let socket = folder.join(SOCKET);
        output.value(&json!({ "listening": format!("http://{address}"), "socket": socket, "folder": folder, "pid": std::process::id() }))?;
        output.say(format!("listening on http://{address}"))?;
        output.say(format!("reader of the API at http://{address}/docs, commands through {}", socket.display()))?;
        tracing::info!(%address, folder = %folder.display(), pid = std::process::id(), "serving");
        let (ending, first) = (plugdesk.clone(), asked.times(1));
        let ends = async move {
            first.await;
            tracing::info!("asked to end: answering what is in flight");
            ending.shutdown_begin();
        };
        let whole = async {
            plugdesk.serve(listener, ends).await;
            plugdesk.shutdown().await
        };
        let most = Duration::from_secs(self.drain) + Duration::from_millis(self.linger) + CLOSE;
        let over = async {
            asked.times(1).await;
            tokio::time::sleep(most).await;
        };
        let cut = tokio::select! {
            ended = whole => {
                ended?;
                tracing::info!("ended");
                return Ok(());
            }
            () = asked.times(2) => "asked to end a second time",
            () = over => "what is in flight did not finish in time",
        };
        // Closing the store could wait; without it nothing that was answered is lost, and the next start looks it over.
        std::mem::forget(plugdesk);
        tracing::warn!(why = cut, "ended at once");
        Err(Failure::new(Exit::Fault, format!("ended at once: {cut}"))
            .with_help("nothing that was answered is lost; the next start looks over the store"))
    }

    fn log_begin(&self) -> Result<(), Failure> {
        let filter = EnvFilter::try_new(&self.log)
            .map_err(|error| Failure::new(Exit::Usage, format!("--log {}: {error}", self.log)))?;
        let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        let begun = match self.log_format {
            LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
            LogFormat::Json => lines.json().flatten_event(true).try_init(),
        };
        begun.map_err(|error| Failure::new(Exit::Fault, format!("the log can't begin: {error}")))
    }

    fn unbound(&self, error: &std::io::Error) -> Failure {
        let failure = Failure::new(Exit::Unreachable, format!("{} can't be listened on: {error}", self.listen));
        match error.kind() {
            std::io::ErrorKind::AddrInUse => failure.with_help(format!(
                "somebody uses port {0}; see who with `ss -ltnp 'sport = :{0}'`, or take any free port with --listen {1}:0",
                self.listen.port(),
                self.listen.ip()
            )),
            std::io::ErrorKind::PermissionDenied => failure.with_help("ports below 1024 need root; take a higher one"),
            _ => failure,
        }
    }
}

/// How often the process was asked to end.
struct Asked(watch::Receiver<u8>);

impl Asked {
    /// Hears signals from now on.
    fn hear() -> Result<Self, Failure> {
        let fail = |error: std::io::Error| Failure::new(Exit::Fault, format!("signals can't be heard: {error}"));
        let mut terminate = signal(SignalKind::terminate()).map_err(fail)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(fail)?;
        let (tell, told) = watch::channel(0_u8);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                tell.send_modify(|times| *times = times.saturating_add(1));
            }
        });
        Ok(Self(told))
    }

    /// Ready when it was asked so often.
    fn times(&self, wanted: u8) -> impl Future<Output = ()> + Send + 'static {
        let mut told = self.0.clone();
        async move {
            if told.wait_for(|times| *times >= wanted).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
