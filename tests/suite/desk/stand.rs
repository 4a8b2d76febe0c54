//! What the tests of the core stand on: a desk over a store in memory that counts what is written, native policies, a
//! clock turned by hand.

use std::future::Future;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Poll, Wake, Waker};
use std::time::Duration;

use plugdesk_desk::generation::{Bound, Live, Ready};
use plugdesk_desk::{Clock, ContactRef, Desk, Desks, Entropy, NewDesk, NewIdentity, NewTicket, Options, Parts};
use plugdesk_domain::ask::{LoadFault, PrepareFault};
use plugdesk_domain::question::classify::Classification;
use plugdesk_domain::question::qualify::Qualification;
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::storage::Commit;
use plugdesk_domain::{
    Ask, Binding, BindingId, BindingScope, Blobs, Call, Captures, Change, DeskId, Digest, Event, FailureRule, Grade,
    IdentityKind, Instant, Key, Limits, Maintenance, Mode, Needs, Outcome, OutcomeClass, Page, Plugin, Principal,
    Record, Records, Role, Scan, Storage, StoreError, Table, Verdict,
};
use plugdesk_store::Store;

/// Waits for a future on this thread.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut task = Task::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut task) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Polls a future once: it starts, and nobody waits for it.
pub(crate) fn start<F: Future>(future: std::pin::Pin<&mut F>) -> bool {
    future.poll(&mut Task::from_waker(Waker::noop())).is_ready()
}

pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn turn(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Bits that differ each time and are the same in every run.
#[derive(Default)]
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let digest = Digest::of(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            let length = chunk.len();
            chunk.copy_from_slice(&digest.bytes()[..length]);
        }
    }
}

/// Nothing is loaded here: the tests bind native policies themselves.
struct NoComponents;

impl Ask for NoComponents {
    fn load(&self, _component: &[u8]) -> Result<Arc<dyn Plugin>, LoadFault> {
        Err(LoadFault("no components here".into()))
    }

    fn contract(&self) -> &str {
        "plugdesk:desk@0.1.0"
    }
}

/// A store that remembers what was committed, and refuses as often as it is told to.
pub(crate) struct Watched {
    store: Arc<Store>,
    pub(crate) seen: Arc<Seen>,
}

#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) changes: Mutex<Vec<Change>>,
    pub(crate) conflicts: AtomicU32,
}

struct WatchedRecords {
    records: Arc<dyn Records>,
    seen: Arc<Seen>,
}

impl Storage for Watched {
    fn records(&self, desk: DeskId) -> Arc<dyn Records> {
        Arc::new(WatchedRecords { records: self.store.records(desk), seen: Arc::clone(&self.seen) })
    }
    fn blobs(&self) -> Arc<dyn Blobs> {
        self.store.blobs()
    }
    fn captures(&self) -> Arc<dyn Captures> {
        self.store.captures()
    }
    fn maintenance(&self) -> Arc<dyn Maintenance> {
        self.store.maintenance()
    }
    fn close(&self) -> Result<(), StoreError> {
        self.store.close()
    }
}

impl Records for WatchedRecords {
    fn get(&self, table: Table, key: &Key) -> Result<Option<Record>, StoreError> {
        self.records.get(table, key)
    }
    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.records.scan(scan)
    }
    fn commit(&self, change: Change, done: Commit) {
        let again = |left: u32| left.checked_sub(1);
        if self.seen.conflicts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, again).is_ok() {
            return done(Err(StoreError::Conflict { table: Table::Ticket, key: "pretended".into() }));
        }
        self.seen.changes.lock().unwrap().push(change.clone());
        self.records.commit(change, done);
    }
    fn counter(&self, name: &str) -> Result<i64, StoreError> {
        self.records.counter(name)
    }
    fn next_number(&self, sequence: &str) -> Result<u64, StoreError> {
        self.records.next_number(sequence)
    }
    fn events(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.records.events(after, limit)
    }
    fn last_event(&self) -> Result<u64, StoreError> {
        self.records.last_event()
    }
    fn watch(&self, wake: Box<dyn Fn(u64) -> bool + Send + Sync>) {
        self.records.watch(wake);
    }
}

type Answering = dyn Fn(&Call<'_>) -> Outcome + Send + Sync;

/// A policy in plain Rust.
struct Native {
    questions: Vec<String>,
    answer: Arc<Answering>,
    cpu: Duration,
}

impl Plugin for Native {
    fn digest(&self) -> Digest {
        Digest::of(b"native")
    }
    fn questions(&self) -> &[String] {
        &self.questions
    }
    fn imports(&self) -> &[String] {
        &[]
    }
    fn prepare(&self, configuration: &str, _limits: &Limits) -> Result<Arc<[u8]>, PrepareFault> {
        Ok(configuration.as_bytes().into())
    }
    fn ask(&self, call: &Call<'_>) -> Verdict {
        let outcome = (self.answer)(call);
        Verdict { outcome, fuel: 1_000, cpu: self.cpu, log: Vec::new(), log_dropped: 0 }
    }
}

/// A binding to be made: a policy in plain Rust, bound to one question.
#[derive(Clone)]
pub(crate) struct Policy {
    pub(crate) binding: Binding,
    pub(crate) granted: Needs,
    ready: Result<Arc<Answering>, OutcomeClass>,
    cpu: Duration,
}

impl Policy {
    pub(crate) fn new(
        name: &str,
        question: &str,
        rank: u32,
        answer: impl Fn(&Call<'_>) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        let id = u128::from_be_bytes(
            Digest::of(format!("{name}/{question}/{rank}").as_bytes()).bytes()[..16].try_into().unwrap(),
        );
        let binding = Binding {
            id: BindingId::new(Instant::from_millis(1), id),
            policy: name.into(),
            pack: "native".into(),
            pack_version: "0.1.0".into(),
            plugin: name.into(),
            component: Digest::of(name.as_bytes()),
            question: question.into(),
            scope: BindingScope::Desk,
            rank,
            mode: Mode::Active,
            on_failure: FailureRule::Skip,
            replaces: Vec::new(),
            overlay: None,
            configuration: Digest::of(b"{}"),
        };
        Self { binding, granted: Needs::everything(), ready: Ok(Arc::new(answer)), cpu: Duration::from_micros(20) }
    }

    /// Answers every `classify` with that segment.
    pub(crate) fn segment(name: &str, rank: u32, segment: &'static str, confidence: u16) -> Self {
        Self::new(name, "classify", rank, move |_| classified(segment, confidence))
    }

    /// Answers every `qualify` with that score.
    pub(crate) fn score(name: &str, rank: u32, score: u16) -> Self {
        Self::new(name, "qualify", rank, move |_| qualified(score))
    }

    /// Fails every call.
    pub(crate) fn failing(name: &str, question: &str, rank: u32, class: OutcomeClass) -> Self {
        Self::new(name, question, rank, move |_| failed(class))
    }

    /// Never loaded.
    pub(crate) fn unloaded(name: &str, question: &str, rank: u32) -> Self {
        Self { ready: Err(OutcomeClass::Load), ..Self::new(name, question, rank, |_| Outcome::Answered(None)) }
    }

    pub(crate) fn scope(mut self, scope: BindingScope) -> Self {
        self.binding.id = BindingId::new(
            Instant::from_millis(2),
            self.binding.id.uuid().as_u128() + u128::from(format!("{scope:?}").len() as u64),
        );
        self.binding.scope = scope;
        self
    }

    pub(crate) fn mode(mut self, mode: Mode) -> Self {
        self.binding.mode = mode;
        self
    }

    pub(crate) fn on_failure(mut self, rule: FailureRule) -> Self {
        self.binding.on_failure = rule;
        self
    }

    pub(crate) fn replaces(mut self, names: &[&str]) -> Self {
        self.binding.replaces = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    pub(crate) fn granted(mut self, needs: Needs) -> Self {
        self.granted = needs;
        self
    }

    /// Says that each of its calls took so long.
    pub(crate) fn cpu_ms(mut self, millis: u64) -> Self {
        self.cpu = Duration::from_millis(millis);
        self
    }

    fn bound(&self) -> Bound {
        let questions = vec![self.binding.question.clone()];
        let ready = match &self.ready {
            Ok(answer) => Ok(Ready {
                plugin: Arc::new(Native { questions, answer: Arc::clone(answer), cpu: self.cpu }),
                settings: Arc::from(&b"{}"[..]),
            }),
            Err(class) => Err((*class, "it could not be loaded".to_owned())),
        };
        Bound::new(self.binding.clone(), ready, self.granted.clone(), Limits::default())
    }
}

pub(crate) fn failed(class: OutcomeClass) -> Outcome {
    Outcome::Failed { class, message: "as told".into() }
}

pub(crate) fn classification(segment: &str, confidence: u16) -> Classification {
    Classification { segment: segment.into(), confidence, reasons: vec![], facts: vec![], signals: vec![] }
}

pub(crate) fn classified(segment: &str, confidence: u16) -> Outcome {
    Outcome::Answered(Some(Answer::Classify(classification(segment, confidence))))
}

pub(crate) fn qualification(score: u16) -> Qualification {
    Qualification {
        score,
        grade: if score >= 5_000 { Grade::A } else { Grade::C },
        motive: None,
        horizon_days: None,
        next_question: None,
        look_again: None,
        reasons: vec![],
        facts: vec![],
        signals: vec![],
    }
}

pub(crate) fn qualified(score: u16) -> Outcome {
    Outcome::Answered(Some(Answer::Qualify(qualification(score))))
}

/// The subject's id of an inquiry.
pub(crate) fn subject_id(inquiry: &Inquiry) -> String {
    use plugdesk_domain::question::classify::Subject;
    match inquiry {
        Inquiry::Classify(it) => match &it.subject {
            Subject::Contact(it) => it.id.clone(),
            Subject::Company(it) => it.id.clone(),
            Subject::Ticket(it) => it.id.clone(),
        },
        Inquiry::Qualify(it) => it.lead.id.clone(),
    }
}

/// One desk, ready.
pub(crate) struct Stand {
    pub(crate) desks: Desks,
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) seen: Arc<Seen>,
    generation: AtomicU64,
}

impl Stand {
    pub(crate) fn new(policies: &[Policy]) -> Self {
        Self::with(policies, Options { workers: 2, ..Options::default() })
    }

    pub(crate) fn with(policies: &[Policy], options: Options) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_000_000_000)));
        let seen = Arc::new(Seen::default());
        let parts = Parts {
            storage: Arc::new(Watched { store: Store::memory(), seen: Arc::clone(&seen) }),
            ask: Arc::new(NoComponents),
            clock: clock.clone(),
            entropy: Arc::new(Counted::default()),
        };
        let desks = Desks::open(parts, options).unwrap();
        let record = wait(desks.desk_create(&Principal::operator(), NewDesk::named("test"))).unwrap();
        let desk = desks.desk(record.id).unwrap();
        let stand = Self { desks, desk, clock, seen, generation: AtomicU64::new(0) };
        stand.bind(policies);
        stand.seen.changes.lock().unwrap().clear();
        stand
    }

    /// Puts these policies in force as the next generation.
    pub(crate) fn bind(&self, policies: &[Policy]) {
        let bindings: Vec<Binding> = policies.iter().map(|it| it.binding.clone()).collect();
        assert_eq!(plugdesk_desk::generation::check_bindings(&bindings), Vec::<String>::new());
        let number = self.generation.fetch_add(1, Ordering::SeqCst) + 1;
        let before = self.desk.live();
        self.desk.swap(Live::new(number, policies.iter().map(Policy::bound).collect(), Some(&before)));
    }

    pub(crate) fn agent(&self) -> Principal {
        Principal { desk: Some(self.desk.id()), role: Role::Agent, name: "anna".into(), key: None, contact: None }
    }

    pub(crate) fn admin(&self) -> Principal {
        Principal { role: Role::Admin, name: "root".into(), ..self.agent() }
    }

    pub(crate) fn events(&self) -> Vec<String> {
        let events = self.desk.events(&self.admin(), 0, 1_000).unwrap();
        events.into_iter().map(|event| event.name).collect()
    }
}

pub(crate) fn email(value: &str) -> NewIdentity {
    NewIdentity { kind: IdentityKind::Email, value: value.into(), verified: false }
}

pub(crate) fn person(name: &str, address: &str) -> ContactRef {
    ContactRef { name: name.into(), identities: vec![email(address)], ..ContactRef::default() }
}

pub(crate) fn lead(subject: &str) -> NewTicket {
    NewTicket { kind: "lead".into(), subject: subject.into(), ..NewTicket::default() }
}
