//! The socket in the folder (mode 0600), through which the command line works on a running desk.

use std::path::Path;

use axum::Router;
use plugdesk_server::{Listener, Server};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use crate::{Error, SOCKET};

/// An open socket; served by a task of the caller's runtime until it is ended.
pub(crate) struct Socket {
    stop: watch::Sender<bool>,
    served: Mutex<Option<JoinHandle<()>>>,
}

impl Socket {
    /// Opens it and serves `router` on it.
    pub(crate) fn open(folder: &Path, server: Server, router: Router) -> Result<Self, Error> {
        let runtime =
            tokio::runtime::Handle::try_current().map_err(|_| Error::SocketWithoutRuntime(folder.to_owned()))?;
        let listener = Listener::unix(&folder.join(SOCKET))?;
        let (stop, mut stopped) = watch::channel(false);
        let until = async move { drop(stopped.wait_for(|stop| *stop).await) };
        let served = runtime.spawn(plugdesk_server::serve(listener, server, router, until));
        Ok(Self { stop, served: Mutex::new(Some(served)) })
    }

    /// Tells it to end.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Ends it, and waits until what came through it is answered.
    pub(crate) async fn end(&self) {
        self.stop.send_replace(true);
        if let Some(served) = self.served.lock().await.take()
            && let Err(error) = served.await
        {
            tracing::warn!(%error, "the socket did not end well");
        }
    }
}
