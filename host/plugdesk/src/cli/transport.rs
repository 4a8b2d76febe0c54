//! The three ways to a desk: its socket, its folder, its address. Each takes an HTTP request and gives an answer.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderValue, Request, Response, header};
use plugdesk::{Plugdesk, SOCKET};
use plugdesk_domain::Principal;
use plugdesk_server::Authenticated;
use tower::ServiceExt;

use super::restore::beside;
use super::{Exit, Failure, Global};

/// A connection that is not there after this time is reported; the answer itself may take longer, as backups do.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// Stands in a folder from the beginning of `init` to its end.
pub(crate) const UNFINISHED: &str = "UNFINISHED";

/// A way to a desk.
pub(crate) enum Transport {
    /// Over the network, with a key.
    Remote { client: reqwest::Client, base: String, key: Option<HeaderValue> },
    /// A running desk on this machine, through the socket in its folder; the socket's owner is its operator.
    Socket { client: reqwest::Client },
    /// A resting desk, opened in this process.
    Resting { plugdesk: Box<Plugdesk>, router: axum::Router },
}

impl Transport {
    /// The way that the arguments name: `--url`, else the socket if somebody answers there, else the folder.
    pub(crate) async fn open(global: &Global) -> Result<Self, Failure> {
        if let Some(url) = &global.url {
            return Self::remote(url, global.key.as_deref());
        }
        if running(&global.folder).await {
            return Self::socket(&global.folder);
        }
        Self::resting(&global.folder)
    }

    fn remote(url: &str, key: Option<&str>) -> Result<Self, Failure> {
        let usage = |text: String| Failure::new(Exit::Usage, text);
        let base = url.trim_end_matches('/').trim_end_matches("/v1").to_owned();
        if !base.starts_with("http://") && !base.starts_with("https://") {
            return Err(usage(format!("`{url}` is not an address that begins with http:// or https://")));
        }
        if base.starts_with("https://") && !cfg!(feature = "tls") {
            return Err(usage("this program was built without TLS; build it with the feature `tls`".to_owned()));
        }
        let key = key.map(|key| HeaderValue::from_str(&format!("Bearer {}", key.trim()))).transpose();
        let mut key = key.map_err(|_| usage("the key holds characters that no key has".to_owned()))?;
        if let Some(key) = &mut key {
            key.set_sensitive(true);
        }
        let client = builder().build().map_err(|error| Failure::new(Exit::Fault, chain(&error)))?;
        Ok(Self::Remote { client, base, key })
    }

    fn socket(folder: &Path) -> Result<Self, Failure> {
        let client = builder().unix_socket(folder.join(SOCKET)).build();
        client.map(|client| Self::Socket { client }).map_err(|error| Failure::new(Exit::Fault, chain(&error)))
    }

    fn resting(folder: &Path) -> Result<Self, Failure> {
        exists(folder)?;
        let plugdesk = Plugdesk::builder().folder(folder).background(false).build().map_err(Failure::from)?;
        let router = plugdesk.router();
        Ok(Self::Resting { plugdesk: Box::new(plugdesk), router })
    }

    /// In a word, for `doctor`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Remote { .. } => "remote",
            Self::Socket { .. } => "running",
            Self::Resting { .. } => "resting",
        }
    }

    /// Whether somebody serves the desk, and does by itself what is due.
    pub(crate) fn is_served(&self) -> bool {
        !matches!(self, Self::Resting { .. })
    }

    /// Whether requests carry a key.
    pub(crate) fn has_key(&self) -> bool {
        matches!(self, Self::Remote { key: Some(_), .. })
    }

    /// One request, one answer. `request`'s address is a path such as `/v1/desks`.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, Failure> {
        let (client, base) = match self {
            Self::Resting { router, .. } => {
                request.extensions_mut().insert(Authenticated(Principal::operator()));
                let answer = router.clone().oneshot(request).await;
                return answer.map_err(|never| match never {});
            }
            Self::Socket { client } => (client, "http://plugdesk"),
            Self::Remote { client, base, key } => {
                if let Some(key) = key {
                    request.headers_mut().insert(header::AUTHORIZATION, key.clone());
                }
                (client, base.as_str())
            }
        };
        let (parts, body) = request.into_parts();
        let length = http_body::Body::size_hint(&body).exact();
        let mut out = client.request(parts.method, format!("{base}{}", parts.uri)).headers(parts.headers);
        if length != Some(0) {
            out = out.body(reqwest::Body::wrap_stream(body.into_data_stream()));
        }
        let answer = out.send().await.map_err(|error| self.unreachable(&error))?;
        Ok(Response::from(answer).map(Body::new))
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let help = match self {
            Self::Remote { .. } => "check --url; is the desk running there (`plugdesk serve`)?",
            Self::Socket { .. } | Self::Resting { .. } => "the desk ended meanwhile; try again",
        };
        Failure::new(Exit::Unreachable, format!("the desk can't be reached: {}", chain(error))).with_help(help)
    }

    /// Ends what was opened; a resting desk is closed cleanly.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Resting { plugdesk, .. } => plugdesk.shutdown().await.map_err(Failure::from),
            Self::Remote { .. } | Self::Socket { .. } => Ok(()),
        }
    }
}

fn builder() -> reqwest::ClientBuilder {
    // A desk never redirects; following one would carry the key to a stranger.
    reqwest::Client::builder().connect_timeout(CONNECT_WITHIN).redirect(reqwest::redirect::Policy::none())
}

/// Whether somebody answers at the folder's socket. A socket that a killed process left behind does not answer.
pub(crate) async fn running(folder: &Path) -> bool {
    tokio::net::UnixStream::connect(folder.join(SOCKET)).await.is_ok()
}

/// Whether a process has the folder locked, through a socket or not.
pub(crate) fn in_use(folder: &Path) -> bool {
    let lock = std::fs::File::options().read(true).write(true).open(folder.join("LOCK"));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
}

/// Refuses a folder that is no desk, before opening it would make one.
pub(crate) fn exists(folder: &Path) -> Result<(), Failure> {
    if unfinished(folder) {
        let text = format!("the desk in {} was not made to its end", folder.display());
        let help = "run the same `plugdesk init` again: it goes on, and shows the key";
        return Err(Failure::new(Exit::Unreachable, text).with_help(help));
    }
    if plugdesk::is_desk_folder(folder) {
        return Ok(());
    }
    allowed(folder)?;
    let text = format!("there is no desk in {}", folder.display());
    let help = match restored(folder) {
        Some(kept) => format!(
            "a restore broke off here: run it again, or bring back what was there with `mv {} {}`",
            kept.display(),
            folder.display()
        ),
        None => "make one with `plugdesk init`, name its folder with --folder, or its address with --url".to_owned(),
    };
    Err(Failure::new(Exit::Unreachable, text).with_help(help))
}

/// Whether an `init` in this folder was begun and not ended.
pub(crate) fn unfinished(folder: &Path) -> bool {
    folder.join(UNFINISHED).exists()
}

/// What a restore set aside before it broke off with nothing in the place; the newest.
fn restored(folder: &Path) -> Option<std::path::PathBuf> {
    let prefix = beside(folder, "aside-").file_name()?.to_str()?.to_owned();
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = std::fs::read_dir(above).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let newest = names.filter(|name| name.starts_with(&prefix)).max()?;
    (!folder.exists()).then(|| folder.with_file_name(newest))
}

/// Refuses a folder that this user may not look into: whether it holds a desk can't be said.
pub(crate) fn allowed(folder: &Path) -> Result<(), Failure> {
    // Its files, not its list: that is what opening a desk needs.
    match std::fs::metadata(folder.join("LOCK")) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let owner = std::fs::metadata(folder).map(|about| format!(", which belongs to user {}", about.uid()));
            let text = format!("permission denied: {}{}", folder.display(), owner.unwrap_or_default());
            let help = "run it as its owner, or ask the running desk with --url and --key";
            Err(Failure::new(Exit::Forbidden, text).with_help(help))
        }
        _ => Ok(()),
    }
}

/// An error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let deeper_text = deeper.to_string();
        if !text.contains(&deeper_text) {
            text.push_str(": ");
            text.push_str(&deeper_text);
        }
        cause = deeper.source();
    }
    text
}
