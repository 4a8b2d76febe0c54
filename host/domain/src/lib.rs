//! The words of the desk: what is stored, what policies are asked, how their answers join, and the ports through
//! which the core reaches its engines.
//!
//! Nothing here does I/O, reads a clock or draws a random number: every function takes values, the time included, and
//! returns values. Start with [`record`] (what is kept), then [`question`] (what policies answer), then the ports
//! [`Records`], [`Ask`] and [`Context`].

pub mod ask;
pub mod attributes;
pub mod calendar;
pub mod change;
pub mod clock;
pub mod context;
pub mod day;
pub mod digest;
pub mod event;
pub mod holidays;
pub mod id;
pub mod key;
pub mod manifest;
pub mod matching;
pub mod persian;
pub mod plain;
pub mod principal;
pub mod question;
pub mod record;
pub mod storage;
pub mod time;
pub mod words;

pub use ask::{Ask, Call, Limits, LoadFault, Outcome, OutcomeClass, Plugin, Verdict};
pub use attributes::Attributes;
pub use change::{Change, Check, Write};
pub use context::{Context, Refusal, Scope};
pub use day::Day;
pub use digest::Digest;
pub use event::{Event, EventDraft};
pub use id::*;
pub use key::{Direction, Field, Index, IndexEntry, Key, Page, Scan, Table};
pub use manifest::{Manifest, Needs};
pub use persian::PersianDate;
pub use principal::{Principal, Role};
pub use record::*;
pub use storage::{Blobs, Captures, Commit, Committed, Health, Maintenance, Records, RecordsExt, Storage, StoreError};
pub use time::Instant;
