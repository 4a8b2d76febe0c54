//! The record layer over sled with a write-ahead journal, or over memory.
//!
//! [`Store::open`] takes a folder and gives a [`plugdesk_domain::Storage`]; [`Store::memory`] gives the same without a
//! disk. Records are JSON in checksummed envelopes under ordered keys; index entries are derived from them in one
//! place; one committer thread makes groups of changes durable in the journal before anybody hears of them, and sled
//! holds everything for reading. Nothing of sled's durability is relied upon: see `host/plugdesk/docs/store.md`.
//!
//! Where to start reading: `committer.rs` (how a write happens), `opening.rs` (what a crash leaves and how it is made
//! whole), `keyspace.rs` (what stands where).

mod aside;
mod blobs;
mod captures;
mod care;
mod checkpoint;
mod committer;
mod disk;
mod engine;
mod envelope;
mod error;
mod export;
mod files;
mod group;
mod import;
mod journal;
mod keyspace;
mod named;
mod numbers;
mod opening;
mod operation;
mod options;
mod pieces;
mod prepare;
mod queue;
mod quiet;
mod records;
mod restore;
mod room;
mod scan;
mod shared;
mod snapshot;
mod snapshotter;
mod store;
mod tuple;
mod verify;
mod watchers;

pub use blobs::MOST_BLOB_BYTES;
pub use error::Error;
pub use files::{Files, Output, RealFiles};
pub use opening::make_folder;
pub use options::{Options, Tree};
pub use quiet::quieten;
pub use restore::restore;
pub use store::Store;
