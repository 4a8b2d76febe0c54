//! Every limit of the HTTP face, with the sentence that chose it.

use std::time::Duration;

/// A request's head must be here after this time, and an idle connection ends after it: a browser on a bad line needs
/// two seconds, and a slowloris must not hold a connection longer than that costs us nothing.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// A JSON body must be here whole after this time; 2 MiB take 20 s at 100 KB/s.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// A client that neither sends the next piece of a body nor takes the next piece of an answer for so long is cut off: a
/// slow reader of events must not hold memory or a connection. What it sends or takes gives it more time, by
/// [`LEAST_BYTES_PER_SECOND`], but never more than this.
pub const STALL_TIMEOUT: Duration = Duration::from_secs(10);
/// A client that sends or takes less than this on average is one that stalls: a tenth of a bad mobile line, and a drip
/// of a byte a second is no better than silence.
pub const LEAST_BYTES_PER_SECOND: u64 = 8 << 10;
/// How often within [`HEADER_TIMEOUT`] it is looked whether a client is waited for too long.
pub const LOOKS_PER_TIMEOUT: u32 = 10;
/// Connections at once; each holds about 20 KiB, and a process may open 1,024 files by default on Linux. When all are
/// taken, one whose client is waited for is closed for the next.
pub const MOST_CONNECTIONS: usize = 768;
/// Connections of one address at once: everybody behind one proxy, and still some are left for other addresses. Only
/// those that are at work count: one whose client is waited for is closed for the next.
pub const MOST_CONNECTIONS_PER_ADDRESS: usize = 640;
/// Connections that were closed for others and still hold a file descriptor, before the next is accepted.
pub const MOST_LEAVING: usize = 64;
/// Connections that are closed when the process is out of file descriptors: one for each that waits would let a crowd in
/// only one by one.
pub const ROOM_AT_ONCE: usize = 16;
/// Connections that the kernel keeps until they are accepted, as `listen(2)` takes it; as many as the standard library.
pub const MOST_UNACCEPTED: u32 = 1_024;
/// When no connection can be accepted, it is tried again after this time: short enough that nobody notices, long enough
/// that waiting costs nothing.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
/// What the kernel keeps of an answer that the client has not taken (it doubles the number): the kernel's own choice may
/// be 4 MiB for each connection, and it tells of progress only when a third of it is free.
pub const SEND_BUFFER_BYTES: u32 = 128 << 10;
/// Requests under way get so long to finish when the server is asked to end; orchestrators kill after 30 s.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);
/// After the server was asked to end it takes connections for so long still: those that are on their way when it happens
/// are answered and not reset. Longer than any round trip, and nobody's patience.
pub const LINGER: Duration = Duration::from_millis(250);
/// A request's head with all its headers: four times what a browser with many cookies sends.
pub const MOST_HEAD_BYTES: usize = 32 << 10;
/// Headers of one request; browsers send about 20.
pub const MOST_HEADERS: usize = 64;
/// Requests at once on one HTTP/2 connection; RFC 9113 recommends no fewer than 100.
pub const MOST_STREAMS: u32 = 100;
/// Reads of one HTTP/2 connection that are carried out at once; its others wait, and none is refused for it. More than a
/// browser's page needs, and so few of [`MOST_READS`] that one client that asks for everything at once leaves places for
/// others. A gateway that asks for all its clients over one connection waits too.
pub const MOST_READS_PER_CONNECTION: usize = 24;
/// An answer on HTTP/2 is given to its stream in pieces of this size, one after the other was sent: what a client does
/// not take is at most so much for each stream. As much as one frame carries (RFC 9113, section 4.2).
pub const STREAM_PIECE_BYTES: usize = 16 << 10;
/// What a client may send on one HTTP/2 connection before somebody reads it: 2.5 MB/s at 100 ms, and 192 MiB if every
/// connection is of that sort.
pub const CONNECTION_WINDOW_BYTES: u32 = 256 << 10;

/// A JSON body: the longest entry (1 MiB) with every byte escaped in two.
pub const MOST_JSON_BYTES: usize = 2 << 20;
/// All JSON bodies together that came and are not answered yet; more are answered 503. Each alone is small, but a
/// thousand connections could send 2 GiB; 32 of the largest, or tens of thousands of usual ones, stay below it. Parsed
/// they take up to ten times as much.
pub const MOST_BODIES_BYTES: usize = 64 << 20;
/// All answers together that were made and are not taken yet; beyond it a connection of the address that holds most of
/// them is closed. Every connection of one address with a page of 200 tickets stays below it; what exceeds it are many answers
/// asked for at once on HTTP/2 and not taken.
pub const MOST_ANSWERS_BYTES: usize = 128 << 20;
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
/// Of [`MOST_READS`] one key, and one address without a key, has at most this part at once, over however many connections;
/// its others wait, and none is refused for it. Two clients that ask for everything at once leave a third of the places.
pub const READS_PARTS: usize = 3;
/// Reads of event streams under way at once; others wait for their turn. One commit wakes every stream of its desk, and
/// a read of 100 events takes less than a millisecond.
pub const MOST_STREAM_READS: usize = 8;
/// Keys looked up in the store at once; others wait for their turn: after every change of a key all are looked up anew,
/// and the requests of that moment must not be refused for it.
pub const MOST_KEY_READS: usize = 8;
/// Probes of readiness under way at once; others wait for their turn: anybody may ask, and an orchestrator asks once a
/// second.
pub const MOST_PROBES: usize = 2;
/// Backups, exports and uploads under way at once, of all clients; each holds a thread.
pub const MOST_LONG: usize = 128;
/// Event streams at once, of all clients; each holds a connection and a watch, and others need connections too.
pub const MOST_EVENT_STREAMS: usize = 512;
/// Event streams of one principal at once: a console on every screen of an office and its integrations, and a sixteenth of
/// all, so that no single key keeps the others out.
pub const MOST_EVENT_STREAMS_PER_PRINCIPAL: usize = 32;
/// An event stream is told what is new at most so often: the first event after a silence at once, those of a busy
/// moment together, so that many readers of a busy desk cost reads by the second and not by the event.
pub const BETWEEN_EVENTS: Duration = Duration::from_millis(100);
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
    /// See [`LINGER`].
    pub linger: Duration,
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
    /// See [`MOST_ANSWERS_BYTES`].
    pub answer_bytes: usize,
    /// See [`MOST_LONG`].
    pub long: usize,
    /// See [`MOST_EVENT_STREAMS`].
    pub event_streams: usize,
    /// See [`MOST_EVENT_STREAMS_PER_PRINCIPAL`].
    pub event_streams_per_principal: usize,
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
            linger: LINGER,
            rate_per_second: RATE_PER_SECOND,
            rate_burst: RATE_BURST,
            wrong_keys_per_second: WRONG_KEYS_PER_SECOND,
            heartbeat: HEARTBEAT,
            reads: MOST_READS,
            body_bytes: MOST_BODIES_BYTES,
            answer_bytes: MOST_ANSWERS_BYTES,
            long: MOST_LONG,
            event_streams: MOST_EVENT_STREAMS,
            event_streams_per_principal: MOST_EVENT_STREAMS_PER_PRINCIPAL,
            open_metrics: false,
        }
    }
}
/// An amount of business time that is asked about, in minutes or working days: ten years of minutes, as a target has at
/// most.
pub const MOST_BUSINESS_TIME: u32 = 5_256_000;
