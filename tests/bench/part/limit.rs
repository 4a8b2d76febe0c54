//! The limit: a bare axum handler that appends the request's body to a file, durable in groups, and nothing else.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use hyper::body::Bytes;
use tokio::sync::oneshot;

use crate::cast::lead;
use crate::load::Target;

/// The same group as the store's committer takes.
const GROUP: usize = 256;

type Append = (Bytes, oneshot::Sender<()>);

/// A running bare server; it ends with the process.
pub(crate) struct Bare {
    address: SocketAddr,
}

impl Bare {
    pub(crate) fn target(&self) -> Target {
        Target { address: self.address, path: "/append", authorization: None, body: lead }
    }
}

/// Starts it on a thread of its own with a runtime of its own, as the desk has.
pub(crate) fn start(folder: &Path) -> Result<Bare> {
    std::fs::create_dir_all(folder)?;
    let file = File::create(folder.join("appended"))?;
    let (queue, waiting) = sync_channel::<Append>(4 * GROUP);
    std::thread::spawn(move || append(file, &waiting));
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let router = axum::Router::new().route("/append", post(handle)).with_state(queue);
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, router).await
        })
    });
    Ok(Bare { address })
}

async fn handle(State(queue): State<SyncSender<Append>>, body: Bytes) -> StatusCode {
    let (done, durable) = oneshot::channel();
    match queue.try_send((body, done)) {
        Ok(()) if durable.await.is_ok() => StatusCode::CREATED,
        Ok(()) | Err(TrySendError::Disconnected(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        Err(TrySendError::Full(_)) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn append(mut file: File, waiting: &Receiver<Append>) {
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        group.extend(waiting.try_iter().take(GROUP - 1));
        let bytes: Vec<u8> = group.iter().flat_map(|(body, _)| body.iter().copied()).collect();
        if file.write_all(&bytes).and_then(|()| file.sync_data()).is_err() {
            return;
        }
        for (_, done) in group {
            // A client that went away wants no answer.
            let _ = done.send(());
        }
    }
}
