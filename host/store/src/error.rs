//! Why a store can't be opened or restored.

use std::io;
use std::path::PathBuf;

use plugdesk_domain::StoreError;

use crate::room::{self, is_full};

/// Why a store can't be opened or restored. Once it is open, everything else is a [`StoreError`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process, or another handle of this one, has the folder open.
    #[error("the store in {0} is in use by another process")]
    InUse(PathBuf),
    /// The operating system said no.
    #[error("{what}: {cause}{}", room(cause))]
    Io {
        /// What was tried.
        what: String,
        /// What it said.
        cause: io::Error,
    },
    /// The journal is damaged where whole records follow, so cutting it would lose what was acknowledged.
    #[error(
        "the journal is damaged: {file} at byte {offset}: {what}; `plugdesk restore` brings back the newest backup"
    )]
    Journal {
        /// The segment.
        file: PathBuf,
        /// Where the damage begins.
        offset: u64,
        /// What is wrong there.
        what: String,
    },
    /// Journal records are needed that no file holds.
    #[error(
        "the journal lacks record {missing} of those up to {until}; `plugdesk restore` brings back the newest backup"
    )]
    Gap {
        /// The first that is missing.
        missing: u64,
        /// The last that is needed.
        until: u64,
    },
    /// A snapshot or backup can't be read.
    #[error("{name} is damaged at byte {offset}: {what}; `plugdesk restore` brings back the newest whole backup")]
    Snapshot {
        /// Which.
        name: String,
        /// Where.
        offset: u64,
        /// What is wrong there.
        what: String,
    },
    /// A restore was asked into a folder that holds a store.
    #[error("{0} holds a store already; restore into an empty folder")]
    NotEmpty(PathBuf),
    /// The tree or the record layer failed while the store was being opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Error {
    pub(crate) fn io(what: &str, cause: &io::Error) -> Self {
        Self::Io { what: what.to_owned(), cause: io::Error::new(cause.kind(), cause.to_string()) }
    }
}

/// What helps when a disk is full; nothing in other cases.
fn room(cause: &io::Error) -> &'static str {
    if is_full(cause) { "; make room on the disk, nothing was lost" } else { "" }
}

/// For what happens while the store is open.
impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error,
            Error::Journal { .. } | Error::Gap { .. } | Error::Snapshot { .. } => Self::Damaged(error.to_string()),
            Error::Io { ref what, ref cause } if is_full(cause) => room::failed(what, cause),
            Error::Io { .. } | Error::InUse(_) | Error::NotEmpty(_) => Self::Io(error.to_string()),
        }
    }
}
