//! Every limit of the HTTP face, with the sentence that chose it.

use std::time::Duration;

/// A request's head must be here after this time, and an idle connection ends after it: a browser on a bad line needs
/// two seconds, and a slowloris must not hold a connection longer than that costs us nothing.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// A JSON body must be here whole after this time; 2 MiB take 20 s at 100 KB/s.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// A client that neither sends the next piece of an upload nor takes the next piece of an answer for so long is cut
/// off: a slow reader of events must not hold memory or a connection.
pub const STALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections at once; each holds about 20 KiB, and a process may open 1,024 files by default on Linux.
pub const MOST_CONNECTIONS: usize = 768;
/// Connections of one address at once: an office behind one address, or a proxy with a pool, stays below it.
pub const MOST_CONNECTIONS_PER_ADDRESS: usize = 256;
/// Requests under way get so long to finish when the server is asked to end; orchestrators kill after 30 s.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);
/// A request's head with all its headers: four times what a browser with many cookies sends.
pub const MOST_HEAD_BYTES: usize = 32 << 10;
/// Headers of one request; browsers send about 20.
pub const MOST_HEADERS: usize = 64;
/// Requests at once on one HTTP/2 connection; RFC 9113 recommends no fewer than 100.
pub const MOST_STREAMS: u32 = 100;

/// A JSON body: the longest entry (1 MiB) with every byte escaped in two.
pub const MOST_JSON_BYTES: usize = 2 << 20;
/// All JSON bodies together that came and are not answered yet; more are answered 503. Each alone is small, but a
/// thousand connections could send 2 GiB; 32 of the largest, or tens of thousands of usual ones, stay below it. Parsed
/// they take up to ten times as much.
pub const MOST_BODIES_BYTES: usize = 64 << 20;
/// A pack as an archive: the largest component seen (Python, 18 MB), with its neighbours.
pub const MOST_PACK_BYTES: usize = 64 << 20;
/// The file of an import, as the core takes it.
pub const MOST_IMPORT_BYTES: u64 = plugdesk_desk::MOST_FILE_BYTES;
/// Packs and files of imports that are read at once, of all clients: each is kept in memory whole, so together they
/// take 256 MiB at most.
pub const MOST_UPLOADS: usize = 4;
/// An export that is read back: a desk with four million records.
pub const MOST_RESTORE_BYTES: u64 = 4 << 30;

/// Records of one page: a page of 200 tickets is about 200 KiB.
pub const MOST_PAGE: usize = 200;
/// Records of a page when nothing is asked: what a person looks at.
pub const DEFAULT_PAGE: usize = 50;
/// A query string; longer than any that this API understands.
pub const MOST_QUERY_BYTES: usize = 4 << 10;
/// An idempotency key (draft-ietf-httpapi-idempotency-key-header names no limit; a UUID has 36 characters).
pub const MOST_IDEMPOTENCY_BYTES: usize = 128;
/// A request id of the client's own that is taken over into the log.
pub const MOST_REQUEST_ID_BYTES: usize = 64;
/// Related records shown with one record, each kind: the first of their list, which has the others at its own address.
pub const MOST_INCLUDED: usize = 50;

/// Requests a second that one principal may make on average, by default: far above a busy console, below a runaway
/// loop.
pub const RATE_PER_SECOND: u32 = 500;
/// Requests that one principal may make at once after a rest.
pub const RATE_BURST: u32 = 2_000;
/// Principals whose rate is remembered; those that rested are forgotten first.
pub const MOST_RATED: usize = 10_000;

/// Keys that open nothing, a second on average, which one address may send (IPv6: one /64); each costs a read of the
/// store. Far above a program with an old key that tries again and again, and no help to who guesses 256 bits.
pub const WRONG_KEYS_PER_SECOND: u32 = 20;
/// Such keys at once after a rest: an office whose keys were all revoked.
pub const WRONG_KEYS_BURST: u32 = 200;

/// Reads of the store under way at once; more are answered 503: each holds a thread.
pub const MOST_READS: usize = 64;
/// Reads of event streams under way at once; others wait for their turn. One commit wakes every stream of its desk, and
/// a read of 100 events takes less than a millisecond.
pub const MOST_STREAM_READS: usize = 8;
/// Keys looked up in the store at once; others wait for their turn: after every change of a key all are looked up anew,
/// and the requests of that moment must not be refused for it.
pub const MOST_KEY_READS: usize = 8;
/// Probes of readiness under way at once; others wait for their turn: anybody may ask, and an orchestrator asks once a
/// second.
pub const MOST_PROBES: usize = 2;
/// Streams (events, backups, exports, uploads) under way at once, of all clients; each long one holds a thread or a
/// watch.
pub const MOST_LONG: usize = 128;
/// Silence on an event stream after which a comment is sent, so that proxies don't end it: half of the usual minute.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// An event stream ends after this time and its reader resumes: a key that was revoked meanwhile opens nothing then.
pub const STREAM_LIFE: Duration = Duration::from_secs(15 * 60);
/// Events read from the log at a time for a stream.
pub const EVENTS_AT_A_TIME: usize = 100;
/// Pieces of a stream between a thread and a connection; 16 of 64 KiB are 1 MiB.
pub const PIECES: usize = 16;
/// The size of such a piece.
pub const PIECE_BYTES: usize = 64 << 10;

/// What an operator may set. Everything else is a constant of [`crate::limits`].
#[derive(Debug, Clone)]
pub struct Options {
    /// See [`HEADER_TIMEOUT`].
    pub header_timeout: Duration,
    /// See [`BODY_TIMEOUT`].
    pub body_timeout: Duration,
    /// See [`STALL_TIMEOUT`].
    pub stall_timeout: Duration,
    /// See [`MOST_CONNECTIONS`].
    pub connections: usize,
    /// See [`MOST_CONNECTIONS_PER_ADDRESS`].
    pub connections_per_address: usize,
    /// See [`DRAIN_TIMEOUT`].
    pub drain_timeout: Duration,
    /// See [`RATE_PER_SECOND`].
    pub rate_per_second: u32,
    /// See [`RATE_BURST`].
    pub rate_burst: u32,
    /// See [`WRONG_KEYS_PER_SECOND`].
    pub wrong_keys_per_second: u32,
    /// See [`HEARTBEAT`].
    pub heartbeat: Duration,
    /// See [`MOST_READS`].
    pub reads: usize,
    /// See [`MOST_BODIES_BYTES`].
    pub body_bytes: usize,
    /// See [`MOST_LONG`].
    pub long: usize,
    /// Whether `/metrics` is shown without a key. It names policies and desks, so by default it is not.
    pub open_metrics: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            header_timeout: HEADER_TIMEOUT,
            body_timeout: BODY_TIMEOUT,
            stall_timeout: STALL_TIMEOUT,
            connections: MOST_CONNECTIONS,
            connections_per_address: MOST_CONNECTIONS_PER_ADDRESS,
            drain_timeout: DRAIN_TIMEOUT,
            rate_per_second: RATE_PER_SECOND,
            rate_burst: RATE_BURST,
            wrong_keys_per_second: WRONG_KEYS_PER_SECOND,
            heartbeat: HEARTBEAT,
            reads: MOST_READS,
            body_bytes: MOST_BODIES_BYTES,
            long: MOST_LONG,
            open_metrics: false,
        }
    }
}
