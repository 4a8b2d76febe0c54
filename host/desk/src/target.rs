//! Where webhooks may be sent: the rules for an address as text, and for the machine that it leads to.
//!
//! A desk is told addresses by people who may not reach the operator's own network, so it must not reach there on their
//! behalf (server-side request forgery, CWE-918). The text is checked when a webhook is made and before each attempt;
//! every address that its name leads to is checked again when the connection is made ([`Target::admits`]).

mod network;

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

pub use network::closed;

/// The longest address taken, in bytes: browsers and proxies cut beyond 2,048.
pub const MOST_URL_BYTES: usize = 2_048;
/// The port of `https`; besides it only what no privileged service listens on, so that nobody sends to a mail server.
const HTTPS: u16 = 443;
const FIRST_FREE_PORT: u16 = 1_024;
/// Names that lead nowhere on the open network (RFC 6761, RFC 6762, RFC 8375, RFC 7686, ICANN's `internal`).
const CLOSED_SUFFIXES: [&str; 9] =
    ["localhost", "local", "internal", "home.arpa", "invalid", "test", "onion", "lan", "localdomain"];

/// What an operator allows beside the open network: a network such as `10.1.0.0/16`, an address, or a host's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Every address of that network.
    Network(IpAddr, u8),
    /// The host of that name, whatever it leads to.
    Host(String),
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a network such as 10.1.0.0/16, an address or a host's name");
        if let Some((address, bits)) = text.split_once('/') {
            let address: IpAddr = address.parse().map_err(|_| wrong())?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.parse().ok().filter(|bits| *bits <= most).ok_or_else(wrong)?;
            return Ok(Self::Network(address, bits));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Network(address, if address.is_ipv4() { 32 } else { 128 }));
        }
        match Host::parse(text) {
            Ok(Host::Domain(name)) if !name.ends_with('.') => Ok(Self::Host(name)),
            Ok(_) | Err(_) => Err(wrong()),
        }
    }
}

impl Allowed {
    fn address(&self, address: IpAddr) -> bool {
        match self {
            Self::Network(network, bits) => network::within(address, *network, *bits),
            Self::Host(_) => false,
        }
    }
}

/// An address that a webhook may have, in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    /// Whether the operator named the host.
    vouched: bool,
}

impl Target {
    /// Reads an address; or says which rule it breaks.
    pub fn parse(text: &str, allowed: &[Allowed]) -> Result<Self, String> {
        if text.is_empty() || text.len() > MOST_URL_BYTES {
            return Err(format!("1 to {MOST_URL_BYTES} bytes, this has {}", text.len()));
        }
        // A parser would quietly mend these; whoever reads the text would not see where it leads.
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err("an address without spaces, control characters and backslashes".to_owned());
        }
        let url = Url::parse(text).map_err(|error| format!("an address such as https://example.com/hook: {error}"))?;
        if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
            return Err("an address without a user's name or password".to_owned());
        }
        if url.fragment().is_some() {
            return Err("an address without a `#` part, which is never sent".to_owned());
        }
        let host = url.host().map(|host| host.to_owned()).ok_or("an address with a host")?;
        let vouched = match &host {
            Host::Domain(name) => allowed.iter().any(|it| matches!(it, Allowed::Host(host) if host == name)),
            Host::Ipv4(it) => allowed.iter().any(|allowed| allowed.address((*it).into())),
            Host::Ipv6(it) => allowed.iter().any(|allowed| allowed.address((*it).into())),
        };
        match (url.scheme(), vouched) {
            ("https", _) | ("http", true) => {}
            ("http", false) => return Err("https: http goes only to hosts that the operator allows".to_owned()),
            (other, _) => return Err(format!("https, not `{}`", other.chars().take(32).collect::<String>())),
        }
        let target = Self { url, vouched };
        if !vouched {
            target.open(&host)?;
        }
        Ok(target)
    }

    /// The rules for a host that the operator does not name.
    fn open(&self, host: &Host) -> Result<(), String> {
        let port = self.url.port_or_known_default().unwrap_or(HTTPS);
        if port != HTTPS && port < FIRST_FREE_PORT {
            return Err(format!("port {HTTPS}, or one from {FIRST_FREE_PORT} on; this is {port}"));
        }
        let address: IpAddr = match host {
            Host::Domain(name) => return open_name(name),
            Host::Ipv4(it) => (*it).into(),
            Host::Ipv6(it) => (*it).into(),
        };
        closed(address).map_or(Ok(()), |what| Err(format!("an address on the open network; {address} is {what}")))
    }

    /// Whether a connection may be made to a machine that the host's name led to; or why not.
    pub fn admits(&self, address: IpAddr, allowed: &[Allowed]) -> Result<(), String> {
        admits(self.host(), self.vouched, address, allowed)
    }

    /// The host's name, or the address that stands in its place.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The address in its normal form.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str())
    }
}

/// Whether a connection may be made to a machine that `host` led to; or why not. What a resolver asks, which knows the
/// name alone.
pub fn host_admits(host: &str, address: IpAddr, allowed: &[Allowed]) -> Result<(), String> {
    let vouched = allowed.iter().any(|it| matches!(it, Allowed::Host(name) if name == host));
    admits(host, vouched, address, allowed)
}

fn admits(host: &str, vouched: bool, address: IpAddr, allowed: &[Allowed]) -> Result<(), String> {
    if vouched || allowed.iter().any(|it| it.address(address)) {
        return Ok(());
    }
    closed(address).map_or(Ok(()), |_| Err(not_open(host)))
}

/// What a desk is told of a name that leads to nothing, or to what is not reachable for everybody: one text for both, so
/// that nobody learns by it what the operator's own names lead to.
pub fn not_open(host: &str) -> String {
    format!("{host} leads to no address on the open network")
}

/// What stands between the scheme and the path, as it was written.
fn authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

fn open_name(name: &str) -> Result<(), String> {
    if name.ends_with('.') {
        return Err("a host's name without a full stop at its end".to_owned());
    }
    if !name.contains('.') {
        return Err(format!("a host's whole name; `{name}` has one part"));
    }
    let closed =
        |suffix: &&&str| name.strip_suffix(**suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    match CLOSED_SUFFIXES.iter().find(closed) {
        Some(suffix) => Err(format!("a name of the open network; `{suffix}` is not part of it")),
        None => Ok(()),
    }
}
