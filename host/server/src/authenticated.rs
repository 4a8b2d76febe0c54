//! Who asks: what the listener, the embedder or a key says about a request, as typed extensions.

use std::net::IpAddr;

use http::{HeaderMap, header};
use plugdesk_domain::Principal;

/// A principal that is already known when the request arrives: through the desk's own socket, in process, or through
/// the embedder's login. Put it into the request's extensions; a bearer key is then not looked at.
#[derive(Debug, Clone)]
pub struct Authenticated(pub Principal);

/// The address at the other end; only of connections that came through [`crate::serve`].
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The name of a request in the log, in problems and in the header `X-Request-Id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Who holds an address: of IPv6 the /64 network, because one customer's line has as many addresses as he likes.
pub(crate) fn owner(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

/// The API key that a request brings, or what its header lacks.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, &'static str> {
    let value = headers.get(header::AUTHORIZATION).ok_or("send `Authorization: Bearer` and an API key")?;
    let text = value.to_str().map_err(|_| "the header Authorization holds characters that no key has")?;
    let (scheme, key) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err("the scheme is Bearer");
    }
    match key.trim() {
        "" => Err("behind `Bearer` stands no API key"),
        key => Ok(key),
    }
}

/// By what a principal is counted: its key, else its name at its desk, because people of two desks may share a name.
pub(crate) fn counted(principal: &Principal) -> String {
    match (principal.key, principal.desk) {
        (Some(key), _) => key.to_string(),
        (None, Some(desk)) => format!("{desk}/{}", principal.name),
        (None, None) => principal.name.clone(),
    }
}
