//! A receiver of webhooks that answers with a status that a test turns.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};

/// Listens until the process ends.
pub(crate) struct Receiver {
    port: u16,
    status: Arc<AtomicU16>,
}

impl Receiver {
    pub(crate) fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let status = Arc::new(AtomicU16::new(status));
        let answers = Arc::clone(&status);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                // A delivery is smaller than this and comes in one piece or two; the answer does not depend on it.
                let _ = stream.read(&mut [0; 16 << 10]);
                let status = answers.load(SeqCst);
                let _ = write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            }
        });
        Self { port, status }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, SeqCst);
    }
}
