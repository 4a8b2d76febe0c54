//! The HTTP face as a client meets it: a real server on port 0, over the memory store.

#[path = "http/conventions.rs"]
mod conventions;
#[path = "http/crowd.rs"]
mod crowd;
#[path = "http/cursors.rs"]
mod cursors;
#[path = "http/customers.rs"]
mod customers;
#[path = "http/doubles.rs"]
pub(crate) mod doubles;
#[path = "http/events.rs"]
pub(crate) mod events;
#[path = "http/guarded.rs"]
mod guarded;
#[path = "http/hostile.rs"]
mod hostile;
#[path = "http/http2.rs"]
mod http2;
#[path = "http/openapi.rs"]
mod openapi;
#[path = "http/policies.rs"]
pub(crate) mod policies;
#[path = "http/preconditions.rs"]
mod preconditions;
#[path = "http/repeats.rs"]
mod repeats;
#[path = "http/set_up.rs"]
mod set_up;
#[path = "http/smuggling.rs"]
mod smuggling;
#[path = "http/socket.rs"]
mod socket;
#[path = "http/stand.rs"]
pub(crate) mod stand;
#[path = "http/streams.rs"]
mod streams;
#[path = "http/tenants.rs"]
mod tenants;
#[path = "http/unseen.rs"]
mod unseen;
#[path = "http/untaken.rs"]
mod untaken;
#[path = "http/walk.rs"]
mod walk;
#[path = "http/webhooks.rs"]
mod webhooks;
#[path = "http/wire.rs"]
pub(crate) mod wire;
