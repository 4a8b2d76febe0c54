//! Runs policies: WebAssembly components with limits, reached through domain's [`Ask`](plugdesk_domain::Ask) port.
//!
//! A policy is a pure function of what it was told. Here that sentence is made true: no WASI, no clock, no randomness,
//! a fresh instance for each call, fuel as the limit and processor time as the backstop, and no reference from a
//! component to anything but the six interfaces of `plugdesk:desk`.
//!
//! Start with [`Sandbox`]. A call runs through `plugin.rs` (which instance), `run.rs` (one store with its limits),
//! `question.rs` (one file per question: WIT to domain and back) and `host.rs` (what a policy may ask meanwhile).
//! `failure.rs` says which class every way to fail belongs to.

mod bindings;
mod cache;
mod clock;
mod compile;
mod contract;
mod convert;
mod engine;
mod failure;
mod host;
mod load;
mod options;
mod plugin;
mod question;
mod run;
mod sandbox;
mod setup;
mod state;
mod weigh;

pub use contract::CONTRACT;
pub use options::Options;
pub use sandbox::{Error, Sandbox};
