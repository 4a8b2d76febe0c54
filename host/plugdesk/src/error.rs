//! Why a Plugdesk could not be opened, or a desk not be found.

use std::path::PathBuf;

/// What can go wrong at the façade.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store can't be opened: the folder is locked, damaged, or can't be written.
    #[error(transparent)]
    Store(#[from] plugdesk_store::Error),
    /// The sandbox can't be set up on this machine.
    #[error(transparent)]
    Sandbox(#[from] plugdesk_sandbox::Error),
    /// A desk said no, or could not be loaded.
    #[error(transparent)]
    Desk(#[from] plugdesk_desk::Error),
    /// The socket in the folder can't be opened.
    #[error(transparent)]
    Socket(#[from] plugdesk_server::SocketError),
    /// The builder was asked for a socket without a folder to put it in.
    #[error("a socket needs a folder")]
    SocketWithoutFolder,
    /// The builder was asked for a socket outside of a tokio runtime, which would have to serve it.
    #[error("the socket in {0} needs a running tokio runtime")]
    SocketWithoutRuntime(PathBuf),
    /// A native policy can't be packed: its name can't stand in a pack.
    #[error("the native policy can't be packed: {0}")]
    Native(String),
    /// The builder was asked to do what is due by itself outside of a tokio runtime, which would have to run it.
    #[error("timers, reactions and webhooks need a running tokio runtime")]
    BackgroundWithoutRuntime,
    /// The builder was given neither a folder nor a storage.
    #[error("name a folder, or give a storage")]
    NoStorage,
}
