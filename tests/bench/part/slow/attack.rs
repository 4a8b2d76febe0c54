//! The attackers, one sort at a time: each keeps its connection as long as the server lets it, and comes back.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::desk::Desk;

/// A drip falls so often.
const DRIP: Duration = Duration::from_millis(1_000);
/// Who was closed comes back after this time.
const BACK: Duration = Duration::from_millis(500);

/// What an attacker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Connects and says nothing.
    Silent,
    /// Sends a head byte by byte.
    Head,
    /// Sends a body byte by byte, with a key.
    Body,
    /// Asks for large answers and reads none.
    Reader,
    /// Speaks HTTP/2, and then only pings.
    Pings,
    /// Asks a hundred times on one HTTP/2 connection and opens no window.
    Window,
    /// Sends requests without an end and reads no answer.
    Pipeline,
    /// Opens streams and resets them at once (CVE-2023-44487).
    Reset,
    /// Sends heads that never end (CONTINUATION).
    Continuation,
}

impl Kind {
    pub(super) const ALL: [Self; 9] = [
        Self::Silent,
        Self::Head,
        Self::Body,
        Self::Reader,
        Self::Pings,
        Self::Window,
        Self::Pipeline,
        Self::Reset,
        Self::Continuation,
    ];

    /// Whether it waits rather than floods.
    pub(super) fn is_slow(self) -> bool {
        !matches!(self, Self::Pipeline | Self::Reset | Self::Continuation)
    }

    /// Whether it asks for large answers.
    fn is_greedy(self) -> bool {
        matches!(self, Self::Reader | Self::Window)
    }

    /// Of those that flood, a few say more than thousands could: this process shares the machine with the server. So do a
    /// few that are greedy: they have a key, and what they ask for is work, however slowly they take it.
    fn connections(self, wanted: u64) -> u64 {
        match (self.is_slow(), self.is_greedy()) {
            (true, true) => wanted.div_ceil(50),
            (true, false) => wanted,
            (false, _) => wanted.div_ceil(100),
        }
    }

    /// What it begins with.
    fn beginning(self, bearer: &str) -> Vec<u8> {
        let key = format!("authorization: {bearer}\r\n");
        let page = format!("GET /v1/tickets?limit=200 HTTP/1.1\r\nhost: x\r\n{key}\r\n");
        match self {
            Self::Silent => Vec::new(),
            Self::Head => b"GET /v1/me HTTP/1.1\r\nhost: x\r\nx-slow: ".to_vec(),
            Self::Body => {
                let head = format!("POST /v1/tickets HTTP/1.1\r\nhost: x\r\n{key}content-type: application/json\r\n");
                format!("{head}content-length: 100000\r\n\r\n{{").into_bytes()
            }
            Self::Reader => page.repeat(100).into_bytes(),
            Self::Pipeline => "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100).into_bytes(),
            Self::Pings | Self::Reset | Self::Continuation => hello(65_535),
            Self::Window => {
                let asked = (0..100_u32).map(|at| headers(2 * at + 1, 5, "/v1/tickets?limit=200", bearer));
                [hello(0), asked.flatten().collect()].concat()
            }
        }
    }

    /// What it sends on, the nth time.
    fn more(self, nth: u32, bearer: &str) -> Vec<u8> {
        match self {
            Self::Silent => Vec::new(),
            // Who reads nothing learns of the end by writing.
            Self::Reader => b"\r\n".to_vec(),
            Self::Head => b"x".to_vec(),
            Self::Body => b" ".to_vec(),
            Self::Pings | Self::Window => frame(6, 0, 0, &[0; 8]),
            Self::Pipeline => self.beginning(bearer),
            Self::Reset => (0..100)
                .flat_map(|at| {
                    let id = 2 * (100 * nth + at) + 1;
                    [headers(id, 5, "/v1/tickets", bearer), frame(3, 0, id, &8_u32.to_be_bytes())].concat()
                })
                .collect(),
            Self::Continuation if nth == 0 => headers(1, 1, "/v1/me", bearer),
            Self::Continuation => frame(9, 0, 1, &field("x", &"y".repeat(100)).repeat(100)),
        }
    }
}

/// Attackers at work.
pub(super) struct Attack(JoinSet<()>);

impl Attack {
    /// Begins, and waits until most are there.
    pub(super) async fn begin(desk: &Desk, bearer: &str, kind: Kind, wanted: u64) -> Self {
        let address = desk.address;
        let mut tasks = JoinSet::new();
        for _ in 0..kind.connections(wanted) {
            let bearer = bearer.to_owned();
            tasks.spawn(async move {
                loop {
                    // However it ended, it comes back.
                    let _ = once(address, kind, &bearer).await;
                    tokio::time::sleep(BACK).await;
                }
            });
        }
        tokio::time::sleep(BACK).await;
        Self(tasks)
    }

    pub(super) async fn end(mut self) {
        self.0.shutdown().await;
    }

    /// So many connections at once; how long the last was kept.
    pub(super) fn until_closed(
        desk: &Desk,
        kind: Kind,
        count: u64,
    ) -> impl Future<Output = Result<Duration>> + 'static {
        let (address, bearer) = (desk.address, desk.bearer().unwrap_or_default());
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            let bearer = bearer.clone();
            tasks.spawn(async move {
                let begun = Instant::now();
                // An error is an end too.
                let _ = once(address, kind, &bearer).await;
                begun.elapsed()
            });
        }
        async move { Ok(tasks.join_all().await.into_iter().max().unwrap_or_default()) }
    }
}

/// One connection, until the server ends it.
async fn once(address: SocketAddr, kind: Kind, bearer: &str) -> std::io::Result<()> {
    let stream = TcpStream::connect(address).await?;
    let (mut read, mut write) = stream.into_split();
    let sending = async {
        write.write_all(&kind.beginning(bearer)).await?;
        for nth in 0.. {
            write.write_all(&kind.more(nth, bearer)).await?;
            if kind.is_slow() {
                tokio::time::sleep(DRIP).await;
            }
        }
        Ok::<_, std::io::Error>(())
    };
    let closed = async {
        if matches!(kind, Kind::Reader | Kind::Pipeline) {
            return std::future::pending().await;
        }
        let mut piece = [0; 4 << 10];
        while read.read(&mut piece).await? > 0 {}
        Ok(())
    };
    tokio::select! {
        ended = sending => ended,
        ended = closed => ended,
    }
}

fn hello(window: u32) -> Vec<u8> {
    let setting = [&[0, 4][..], &window.to_be_bytes()].concat();
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &setting), frame(4, 1, 0, &[])].concat()
}

/// One frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let head = [length[1], length[2], length[3], kind, flags];
    [&head[..], &stream.to_be_bytes(), payload].concat()
}

/// A header field that is kept in no table (RFC 7541, section 6.2.2), shorter than 127 bytes.
fn field(name: &str, value: &str) -> Vec<u8> {
    [&[0, name.len() as u8][..], name.as_bytes(), &[value.len() as u8], value.as_bytes()].concat()
}

fn headers(stream: u32, flags: u8, path: &str, bearer: &str) -> Vec<u8> {
    let fields =
        [(":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "x"), ("authorization", bearer)];
    let head: Vec<u8> = fields.iter().flat_map(|(name, value)| field(name, value)).collect();
    frame(1, flags, stream, &head)
}
