//! What the tests of the core stand on: a desk over a store in memory that counts what is written, native policies, a
//! clock turned by hand.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::{Context as Task, Poll, Wake, Waker};

use plugdesk_desk::generation::Live;
use plugdesk_desk::{Clock, ContactRef, Desk, Desks, Entropy, NewDesk, NewIdentity, NewTicket, Options, Parts};
use plugdesk_domain::ask::LoadFault;
use plugdesk_domain::{Ask, Binding, Digest, IdentityKind, Instant, Plugin, Principal, Role};
use plugdesk_store::Store;

pub(crate) use super::policy::{Policy, classification, classified, failed, qualification, qualified, subject_id};
use super::watched::{Seen, Watched};

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

/// One desk, ready.
pub(crate) struct Stand {
    pub(crate) desks: Desks,
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) seen: Arc<Seen>,
    /// What everything is kept in.
    pub(crate) store: Arc<Store>,
    parts: Parts,
    generation: AtomicU64,
}

impl Stand {
    pub(crate) fn new(policies: &[Policy]) -> Self {
        Self::with(policies, Options { workers: 2, ..Options::default() })
    }

    pub(crate) fn with(policies: &[Policy], options: Options) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_000_000_000)));
        let seen = Arc::new(Seen::default());
        let store = Store::memory();
        let parts = Parts {
            storage: Arc::new(Watched { store: Arc::clone(&store), seen: Arc::clone(&seen) }),
            ask: Arc::new(NoComponents),
            clock: clock.clone(),
            entropy: Arc::new(Counted::default()),
        };
        let desks = Desks::open(parts.clone(), options).unwrap();
        let record = wait(desks.desk_create(&Principal::operator(), NewDesk::named("test"), None)).unwrap().value;
        let desk = desks.desk(record.id).unwrap();
        let stand = Self { desks, desk, clock, seen, store, parts, generation: AtomicU64::new(0) };
        stand.bind(policies);
        stand.seen.changes.lock().unwrap().clear();
        stand
    }

    /// The same store, opened by another process; native policies are not bound in it.
    pub(crate) fn reopened(&self) -> Self {
        let desks = Desks::open(self.parts.clone(), Options { workers: 2, ..Options::default() }).unwrap();
        let desk = desks.desk(self.desk.id()).unwrap();
        let (clock, seen, parts) = (Arc::clone(&self.clock), Arc::clone(&self.seen), self.parts.clone());
        let store = Arc::clone(&self.store);
        Self { desks, desk, clock, seen, store, generation: AtomicU64::new(0), parts }
    }

    /// The same store in another process: what was only in memory is gone, and so is what killed it.
    pub(crate) fn restarted(self, policies: &[Policy]) -> Self {
        self.seen.live();
        let Self { desk, clock, seen, store, parts, generation, .. } = self;
        let desks = Desks::open(parts.clone(), Options { workers: 2, ..Options::default() }).unwrap();
        let desk = desks.desk(desk.id()).unwrap();
        let stand = Self { desks, desk, clock, seen, store, parts, generation };
        stand.bind(policies);
        stand
    }

    /// Lets everything that follows from events happen.
    pub(crate) fn work_off(&self) {
        assert!(self.try_to_work_off(), "something that follows from events failed");
    }

    /// The same, as far as it goes; says whether nothing failed.
    pub(crate) fn try_to_work_off(&self) -> bool {
        loop {
            let told = self.desk.last_event(&self.admin()).unwrap();
            while wait(self.desk.follow()).unwrap().more {}
            if wait(self.desk.react_due()).is_err() {
                return false;
            }
            if self.desk.last_event(&self.admin()).unwrap() == told {
                return wait(self.desk.follow()).unwrap().again.is_none();
            }
        }
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
        Principal {
            desk: Some(self.desk.id()),
            role: Role::Agent,
            name: "anna".into(),
            key: None,
            contact: None,
            agent: None,
        }
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
    NewIdentity { kind: IdentityKind::Email, value: value.into(), verified: false, shared: false }
}

pub(crate) fn person(name: &str, address: &str) -> ContactRef {
    ContactRef { name: name.into(), identities: vec![email(address)], ..ContactRef::default() }
}

pub(crate) fn lead(subject: &str) -> NewTicket {
    NewTicket { kind: "lead".into(), subject: subject.into(), ..NewTicket::default() }
}
