//! The HTTP face: axum routes, problems, OpenAPI, server-sent events.
//!
//! [`router`] is the whole API as an [`axum::Router`] that can stand under any prefix; [`serve`] is an accept loop
//! with every wait and count bounded. Who asks comes from a bearer key or from [`Authenticated`], which a listener or
//! an embedder's layer puts into the request. Nothing here decides: each handler turns a request into one call of
//! [`plugdesk_desk`] and its answer into JSON. Start with [`mod@route`]'s list, then `route/ticket.rs`.

mod authenticated;
mod blocking;
mod extract;
mod headers;
mod layer;
pub mod limits;
mod listen;
mod noted;
mod openapi;
mod page;
mod places;
mod problem;
mod rate;
mod reader;
mod respond;
mod rights;
mod route;
mod seen;
mod shares;
mod state;

pub use authenticated::{Authenticated, Peer, RequestId};
pub use limits::Options;
pub use listen::{Listener, SocketError, serve};
pub use page::Page;
pub use problem::{Code, FieldError, Problem};
pub use respond::Written;
pub use route::{openapi, router};
pub use state::Server;
