//! No record can grow so large that it can't be written any more: what has every field at its bound is stored, changed and
//! read, and no value is so large that sled would put it into a file that it never syncs.

use plugdesk_domain::commitment::{MOST_COMMITMENTS, Target};
use plugdesk_domain::escalation::MOST_STEPS;
use plugdesk_domain::import::MOST_REFUSED;
use plugdesk_domain::{
    Attempt, Audience, BindingId, Category, Change, CommandOutcome, Commitment, CommitmentId, CommitmentState, Contact,
    DecisionId, Delivery, DeliveryId, DeliveryState, Escalation, EscalationId, EscalationState, EscalationStep, Fact,
    Findings, Import, ImportId, ImportState, Instant, NextAction, Qualified, Reaction, ReactionCommand, ReactionId,
    Reason, RecordsExt, RefusedRow, Role, Signal, Storage, Stored, Ticket, Track, Tracked, Turn, WebhookId,
};
use plugdesk_store::{Options, Store};

use super::rot::scratch;
use super::workload::{contact, desk, ticket};

/// The largest value that is stored; sled was seen to keep 96 KiB out of its blob files.
const MOST_VALUE_BYTES: usize = 96 << 10;
/// A text of the worst kind: each byte of it takes two in JSON.
fn quotes(bytes: usize) -> String {
    "\"".repeat(bytes)
}

fn now() -> Instant {
    Instant::from_millis(9_999_999_999_999)
}

fn reason(bytes: usize) -> Reason {
    let params = (0..bytes / 1_100).map(|n| (format!("param-{n}"), quotes(512))).collect();
    Reason { code: "c".repeat(64), params, evidence: vec!["field".to_owned(); 4], text: None }
}

fn decision() -> DecisionId {
    DecisionId::new(now(), u128::MAX)
}

fn commitment(n: usize) -> Commitment {
    Commitment {
        id: CommitmentId::new(now(), n as u128),
        target: Target {
            metric: "m".repeat(64),
            minutes: u32::MAX,
            calendar: "c".repeat(64),
            pauses: vec![Category::WaitingThirdParty; 8],
            warn_minutes: Some(u32::MAX),
        },
        what: Some(quotes(512)),
        source: quotes(256),
        decision: Some(decision()),
        state: CommitmentState::Renegotiated,
        started_at: now(),
        due_at: now(),
        warn_at: Some(now()),
        paused_at: Some(now()),
        warned_at: Some(now()),
        met_at: Some(now()),
        breached_at: Some(now()),
    }
}

/// A ticket with everything at its bound: custom fields of 40 KiB as JSON, sixteen ids of other systems, a subject of
/// 512 bytes, 32 tags and participants, all commitments explained at length.
fn widest_ticket() -> Ticket {
    let custom = (0..5).map(|n| (format!("field {n}"), "x".repeat(8 << 10).into()));
    let external = (0..16).map(|n| (format!("{n:02}{}", quotes(126)), format!("{n:02}{}", quotes(126))));
    let next = NextAction { what: quotes(512), who: Some(quotes(128)), due_at: Some(now()) };
    let qualified = Qualified {
        score: 10_000,
        grade: plugdesk_domain::Grade::A,
        motive: Some(10_000),
        horizon_days: Some(u16::MAX),
        next_question: Some(reason(4 << 10)),
        look_again: Some(now()),
        decision: decision(),
    };
    let tracked = Tracked {
        track: Track::Standard,
        risk: 10_000,
        checks: vec!["c".repeat(64); 16],
        people: vec!["p".repeat(64); 16],
        decision: decision(),
    };
    Ticket {
        custom: custom.collect(),
        external_ids: external.collect(),
        subject: quotes(512),
        tags: (0..32).map(|n| format!("{n:02}{}", "t".repeat(62))).collect(),
        participants: (0..32).map(|n| contact(n, 1).id).collect(),
        next_action: Some(next),
        qualified: Some(qualified),
        tracked: Some(tracked),
        commitments: (0..MOST_COMMITMENTS).map(commitment).collect(),
        turns: vec![Turn { at: now(), category: Category::WaitingThirdParty }; 48],
        assignee: Some("a".repeat(128)),
        team: Some("t".repeat(64)),
        ..ticket(1, 1, 1)
    }
}

fn widest_escalation() -> Escalation {
    let step = EscalationStep {
        at: now(),
        level: 9,
        cause: "handed-off".to_owned(),
        audience: vec![Audience::Agent("a".repeat(128)); 16],
        people: vec![quotes(128); 64],
        reasons: vec![reason(4 << 10)],
        decision: Some(decision()),
    };
    Escalation {
        id: EscalationId::new(now(), 1),
        version: 1,
        created_at: now(),
        updated_at: now(),
        ticket: ticket(1, 1, 1).id,
        state: EscalationState::Open,
        level: 9,
        brief: true,
        steps: vec![step; MOST_STEPS],
        acknowledged_by: Some(quotes(128)),
        acknowledged_at: Some(now()),
    }
}

fn stored<R: Stored + Clone>(store: &Store, first: R, next: impl Fn(R) -> R) -> R {
    let records = store.records(desk());
    let key = first.key();
    let mut change = Change::default();
    change.create(first);
    records.commit_wait(change).unwrap();
    for _ in 0..3 {
        let mut change = Change::default();
        change.update(next(records.find::<R>(key.clone()).unwrap().unwrap()));
        records.commit_wait(change).unwrap();
    }
    let read = records.find::<R>(key).unwrap().unwrap();
    let bytes = read.clone().into_record().to_json().unwrap().len();
    assert!(bytes <= MOST_VALUE_BYTES, "{bytes} bytes were stored");
    read
}

#[test]
fn a_record_with_every_field_at_its_bound_is_stored_and_changed_again_and_again() {
    let folder = scratch();
    let store = Store::open(&Options { reserve_bytes: 0, ..Options::new(folder.path()) }).unwrap();
    let widest = widest_ticket();
    let read = stored(&store, widest.clone(), |it: Ticket| Ticket { version: it.version + 1, ..widest_ticket() });
    // What it is about, what is owed and the way it took are there; only words were left out.
    assert_eq!((&read.custom, &read.external_ids, &read.turns), (&widest.custom, &widest.external_ids, &widest.turns));
    assert_eq!(read.commitments.len(), MOST_COMMITMENTS);
    let read = stored(&store, widest_escalation(), |it: Escalation| Escalation {
        version: it.version + 1,
        ..widest_escalation()
    });
    let last = read.steps.last().unwrap();
    assert_eq!((last.people.len(), last.audience.len()), (64, 16));
    assert_eq!(store.maintenance().verify().unwrap().problems, Vec::<String>::new());
}

// A record is handed over as a write hands it over.
#[allow(clippy::needless_pass_by_value)]
fn largest<R: Stored + Clone>(store: &Store, record: R) {
    let bytes = stored(store, record.clone(), |it| {
        let mut next = record.clone();
        (0..it.version()).for_each(|_| next.touch(now()));
        next
    });
    let bytes = bytes.into_record().to_json().unwrap().len();
    assert!(bytes > 16 << 10, "{} has {bytes} bytes, which is not its bound", R::TABLE.name());
}

/// What grows by what a desk itself adds: a policy's findings, what it wants done, a webhook's attempts, the rows that an
/// import refused. Their bounds stand in the desk, beside what adds to them.
#[test]
fn what_a_desk_adds_to_by_itself_is_stored_at_its_bound() {
    let folder = scratch();
    let store = Store::open(&Options { reserve_bytes: 0, ..Options::new(folder.path()) }).unwrap();
    let (at, word) = (now(), "\u{103a0}".repeat(64));
    let fact = |n: usize| Fact { kind: format!("{n}{word}"), value: quotes(600).into(), confidence: 10_000, at };
    let signal = |n: usize| Signal { kind: format!("{n}{word}"), score: 10_000, label: Some(word.clone()), at };
    largest(
        &store,
        Findings {
            version: 1,
            created_at: at,
            updated_at: at,
            subject: ticket(1, 1, 1).id.to_string(),
            source: "p".repeat(64),
            decision: Some(decision()),
            facts: (0..32).map(fact).collect(),
            signals: (0..32).map(signal).collect(),
        },
    );
    let command = |_| ReactionCommand {
        name: word.clone(),
        body: serde_json::json!({ "text": quotes(3_000) }),
        outcome: CommandOutcome::Failed,
        message: Some(quotes(512)),
        subject: Some(decision().to_string()),
    };
    largest(
        &store,
        Reaction {
            id: ReactionId::new(at, 1),
            version: 1,
            created_at: at,
            updated_at: at,
            binding: BindingId::new(at, 1),
            policy: "p".repeat(64),
            event: u64::MAX >> 1,
            subject: ticket(1, 1, 1).id.to_string(),
            depth: 8,
            by: quotes(128),
            role: Role::Customer,
            contact: Some(contact(1, 1).id),
            decision: decision(),
            commands: (0..8).map(command).collect(),
            attempts: u32::MAX,
            next_attempt_at: Some(at),
        },
    );
    let error = Some("\u{103a0}".repeat(300));
    largest(
        &store,
        Delivery {
            id: DeliveryId::new(at, 1),
            version: 1,
            created_at: at,
            updated_at: at,
            webhook: WebhookId::new(at, 1),
            event: u64::MAX >> 1,
            name: word.clone(),
            state: DeliveryState::Failed,
            attempts: vec![Attempt { at, status: Some(599), error, took_ms: u32::MAX }; 20],
            tried: u32::MAX,
            next_attempt_at: Some(at),
        },
    );
    let row = |line| RefusedRow { line, field: quotes(96), reason: quotes(240) };
    largest(
        &store,
        Import {
            id: ImportId::new(at, 1),
            version: 1,
            created_at: at,
            updated_at: at,
            name: "n".repeat(48),
            format: "json-lines".to_owned(),
            mapping: quotes(8 << 10).into(),
            skip_refused: true,
            check_only: false,
            state: ImportState::Failed,
            file: None,
            rows: u64::MAX,
            written: u64::MAX,
            repeated: u64::MAX,
            changed: u64::MAX,
            refused: u64::MAX,
            refused_rows: (0..MOST_REFUSED as u64).map(|n| row(u64::MAX - n)).collect(),
            failure: Some(quotes(300)),
        },
    );
    assert_eq!(store.maintenance().verify().unwrap().problems, Vec::<String>::new());
}

#[test]
fn values_of_the_largest_size_stay_out_of_the_files_that_sled_never_syncs() {
    let folder = scratch();
    let store = Store::open(&Options { reserve_bytes: 0, ..Options::new(folder.path()) }).unwrap();
    let records = store.records(desk());
    // In the order of keys and into the middle of pages that are full.
    for who in (0..300).map(|n| (n * 2) % 300 + u32::from(n >= 150)) {
        let mut change = Change::default();
        change.create(Contact { name: "x".repeat(MOST_VALUE_BYTES - 600), ..contact(who, 1) });
        records.commit_wait(change).unwrap();
    }
    let blobs = std::fs::read_dir(folder.path().join("sled/blobs")).map_or(0, |files| files.count());
    assert_eq!(blobs, 0, "sled put pages into blob files");
    store.close().unwrap();
}
