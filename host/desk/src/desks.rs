//! Every desk of one process.

mod health;
mod process;
mod settings;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::record::Desk as DeskRecord;
use plugdesk_domain::{
    Change, DeskId, EventDraft, Maintenance, PROCESS, Principal, Process, ROOT_DESK, Records, RecordsExt, Scan,
    StoredAnswer, Table,
};

use crate::desk::{Desk, Inner, authorise, event_by};
use crate::error::Error;
use crate::generation::Live;
use crate::hold::{Gate, Gated};
use crate::idempotency::{self, Keys, Once};
use crate::input::NewDesk;
use crate::input::check::Checks;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::pool::Pool;
use crate::ports::Parts;
use crate::running::Running;
use crate::view::{Done, Idempotency};

/// Every desk of one process; cheap to clone, good for any thread.
#[derive(Clone)]
pub struct Desks {
    pub(crate) inner: Arc<DesksInner>,
}

/// Told of a desk that was opened; false: nobody listens any more.
type Heard = Box<dyn Fn() -> bool + Send + Sync>;

pub use process::{HoldView, NewHold};

pub(crate) struct DesksInner {
    pub(crate) parts: Parts,
    pub(crate) options: Options,
    /// What belongs to no desk: the desks themselves and the keys.
    pub(crate) root: Arc<dyn Records>,
    /// The same, past the gate: for what the gate goes by.
    past_gate: Arc<dyn Records>,
    /// Whether an operator holds writes.
    gate: Arc<Gate>,
    /// One at a time changes what the process remembers of itself.
    process: Mutex<()>,
    pub(crate) pool: Pool,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) running: Arc<Running>,
    open: RwLock<BTreeMap<DeskId, Desk>>,
    /// Idempotency keys of work on desks and keys that is not done.
    once: Keys,
    /// Names being given: a desk is made once under a name, also while two are at it.
    naming: Mutex<Vec<String>>,
    /// Who wants to hear of desks that are opened.
    opened: Mutex<Vec<Heard>>,
    /// Keys that were verified lately.
    pub(crate) access: crate::access::Access,
}

impl Desks {
    /// Opens every desk in the store, with its generation in force. A policy that no longer loads is left failing and
    /// never keeps its desk from opening.
    pub fn open(parts: Parts, options: Options) -> Result<Self, Error> {
        let gate = Arc::new(Gate::default());
        let past_gate = parts.storage.records(ROOT_DESK);
        gate.set(past_gate.find::<Process>(PROCESS)?.and_then(|process| process.hold));
        let parts = Parts { storage: Gated::over(Arc::clone(&parts.storage), Arc::clone(&gate)), ..parts };
        let root = parts.storage.records(ROOT_DESK);
        let pool = Pool::start(options.workers, options.queue)?;
        let inner = DesksInner {
            root,
            past_gate,
            gate,
            process: Mutex::default(),
            pool,
            metrics: Arc::new(Metrics::new()),
            running: Arc::default(),
            open: RwLock::default(),
            naming: Mutex::default(),
            opened: Mutex::default(),
            once: Keys::default(),
            access: crate::access::Access::default(),
            parts,
            options,
        };
        let desks = Self { inner: Arc::new(inner) };
        let mut after = None;
        loop {
            let page = Scan::table(Table::Desk).with_limit(Scan::MOST).with_after(after);
            let page = desks.inner.root.list::<DeskRecord>(&page)?;
            for record in page.records {
                desks.attach(record)?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(desks);
            }
        }
    }

    /// The desk of that id.
    pub fn desk(&self, id: DeskId) -> Result<Desk, Error> {
        self.opened().get(&id).cloned().ok_or_else(|| Error::not_found("desk", id))
    }

    /// The desk of that name.
    pub fn desk_named(&self, name: &str) -> Result<Desk, Error> {
        let found = self.opened().values().find(|desk| desk.record().name == name).cloned();
        found.ok_or_else(|| Error::not_found("desk", name))
    }

    /// The desks that the principal may know of, by their age.
    pub fn desk_list(&self, by: &Principal) -> Result<Vec<DeskRecord>, Error> {
        let known = |desk: &Desk| by.may(Area::Process, Act::Read) || by.desk == Some(desk.id());
        Ok(self.all().iter().filter(|desk| known(desk)).map(|desk| (*desk.current()).clone()).collect())
    }

    /// Makes a desk. Operators only.
    pub async fn desk_create(
        &self,
        by: &Principal,
        new: NewDesk,
        key: Option<&Idempotency>,
    ) -> Result<Done<DeskRecord>, Error> {
        authorise(ROOT_DESK, by, Area::Process, Act::Write)?;
        let new = checked(new)?;
        let running = self.inner.running.enter()?;
        let once = self.once(by, key)?;
        let (desks, later, by) = (self.clone(), self.clone(), by.clone());
        let work = move |once: &Once| desks.desk_made(&by, new, once);
        idempotency::carry_out("desk-create", running, once, work, move |stored| later.desk_again(stored)).await
    }

    fn desk_made(&self, by: &Principal, new: NewDesk, once: &Once) -> Result<DeskRecord, Error> {
        let _name = self.take_name(&new.name)?;
        if self.opened().len() >= self.inner.options.desks {
            let most = self.inner.options.desks;
            return Err(Error::Busy(format!("this process holds {most} desks already, which is its limit")));
        }
        let now = self.inner.parts.clock.now();
        let record = DeskRecord {
            id: DeskId::new(now, self.inner.parts.entropy.bits()),
            version: 1,
            created_at: now,
            updated_at: now,
            title: if new.title.is_empty() { new.name.clone() } else { new.title },
            name: new.name,
            locale: new.locale,
            time_zone: new.time_zone,
            merge_above: None,
        };
        let mut change = Change::default();
        change.create(record.clone());
        let mut data = serde_json::Map::new();
        data.insert("name".to_owned(), record.name.clone().into());
        change.tell(EventDraft { data, ..event_by("desk.created", record.id.to_string(), by, now) });
        if let Some(answer) = once.answer(now, 201, record.id.to_string(), None) {
            change.create(answer);
        }
        self.inner.root.commit_wait(change)?;
        self.attach(record.clone())?;
        Ok(record)
    }

    fn desk_again(&self, stored: &StoredAnswer) -> Result<DeskRecord, Error> {
        let id: DeskId = idempotency::subject(stored)?;
        let record: DeskRecord = self.inner.root.find(id)?.ok_or_else(|| idempotency::lost(stored))?;
        if self.desk(id).is_err() {
            // The first request did not learn whether it was stored; now it is known.
            self.attach(record.clone())?;
        }
        Ok(record)
    }

    /// Reads what an export wrote into a desk that holds nothing yet, all of it or nothing, and puts its generation in
    /// force. Waits for the disk. Operators only. Returns the records read.
    pub fn desk_restore(&self, by: &Principal, id: DeskId, from: &mut dyn Read) -> Result<u64, Error> {
        authorise(ROOT_DESK, by, Area::Process, Act::Write)?;
        let _running = self.inner.running.enter()?;
        let desk = self.desk(id)?;
        let records = self.inner.parts.storage.maintenance().import(id, from)?;
        self.restored(by, id)?;
        wake(&desk)?;
        Ok(records)
    }

    /// Backup, export, verify. Operators only.
    pub fn maintenance(&self, by: &Principal) -> Result<Arc<dyn Maintenance>, Error> {
        authorise(ROOT_DESK, by, Area::Process, Act::Read)?;
        Ok(self.inner.parts.storage.maintenance())
    }

    /// What is measured, as Prometheus text (OpenMetrics 1.0).
    pub fn metrics(&self) -> String {
        let open: Vec<_> = self.all().iter().map(|desk| (desk.record().name.clone(), desk.live())).collect();
        self.inner.metrics.state(self.state().0);
        self.inner.metrics.observe(self.inner.pool.queued(), self.inner.running.count(), &open);
        self.inner.metrics.encode()
    }

    /// Takes no more commands, waits for those being worked on, closes the store.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.inner.running.drain().await;
        let storage = Arc::clone(&self.inner.parts.storage);
        crate::pool::aside("desk-close", move || storage.close().map_err(Error::from)).await
    }

    /// Calls `heard` after each desk that is opened from now on, until it answers false. Hand over and return.
    pub fn on_opened(&self, heard: Box<dyn Fn() -> bool + Send + Sync>) {
        self.inner.opened.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
    }

    /// Every open desk, by age.
    pub(crate) fn all(&self) -> Vec<Desk> {
        self.opened().values().cloned().collect()
    }

    fn opened(&self) -> RwLockReadGuard<'_, BTreeMap<DeskId, Desk>> {
        self.inner.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits a change to what belongs to no desk, and waits until it is durable.
    pub(crate) async fn commit_root(&self, change: Change) -> Result<(), Error> {
        let (tell, hear) = futures_channel::oneshot::channel();
        self.inner.root.commit(change, Box::new(move |result| drop(tell.send(result))));
        hear.await.map_err(|_| Error::Unknown("the store ended before it answered".to_owned()))??;
        Ok(())
    }

    fn attach(&self, record: DeskRecord) -> Result<(), Error> {
        let inner = Inner {
            records: self.inner.parts.storage.records(record.id),
            parts: self.inner.parts.clone(),
            options: self.inner.options.clone(),
            queue: self.inner.pool.queue(record.id),
            metrics: Arc::clone(&self.inner.metrics),
            running: Arc::clone(&self.inner.running),
            live: arc_swap::ArcSwap::from_pointee(Live::empty()),
            setup: crate::setup::Shelf::default(),
            presence: crate::presence::Presence::default(),
            alarm: crate::timer::Alarm::default(),
            followers: crate::follow::Followers::default(),
            keys: Arc::default(),
            answers: crate::idempotency::Walk::default(),
            texts: crate::locale::Shelf::default(),
            importing: Arc::default(),
            installing: Arc::default(),
            current: arc_swap::ArcSwap::from_pointee(record.clone()),
            record,
        };
        let desk = Desk { inner: Arc::new(inner) };
        wake(&desk)?;
        self.inner.open.write().unwrap_or_else(PoisonError::into_inner).insert(desk.id(), desk);
        self.inner.opened.lock().unwrap_or_else(PoisonError::into_inner).retain(|heard| heard());
        Ok(())
    }

    /// Takes the idempotency key of work on what belongs to no desk, if it has one.
    pub(crate) fn once(&self, by: &Principal, key: Option<&Idempotency>) -> Result<Once, Error> {
        Once::take(&self.inner.once, &self.inner.root, by, key)
    }

    fn take_name(&self, name: &str) -> Result<NameGuard<'_>, Error> {
        let mut naming = self.inner.naming.lock().unwrap_or_else(PoisonError::into_inner);
        if naming.iter().any(|other| other == name) || self.desk_named(name).is_ok() {
            return Err(Error::Exists { what: "desk", id: name.to_owned() });
        }
        naming.push(name.to_owned());
        Ok(NameGuard { naming: &self.inner.naming, name: name.to_owned() })
    }
}

/// Reads the set-up, puts the stored generation in force, and goes on with the import that was running.
fn wake(desk: &Desk) -> Result<(), Error> {
    desk.inner.setup.reload(desk.inner.records.as_ref())?;
    crate::binding::load(desk)?;
    crate::import::resume(desk)
}

struct NameGuard<'a> {
    naming: &'a Mutex<Vec<String>>,
    name: String,
}

impl Drop for NameGuard<'_> {
    fn drop(&mut self) {
        self.naming.lock().unwrap_or_else(PoisonError::into_inner).retain(|name| *name != self.name);
    }
}

fn checked(new: NewDesk) -> Result<NewDesk, Error> {
    let mut checks = Checks::default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if new.name.is_empty() || new.name.len() > 63 || !new.name.chars().all(plain) {
        checks.fail("/name", "1 to 63 lower-case letters, digits and hyphens");
    }
    checks.line("/title", &new.title, 0, 256);
    checks.locale("/locale", Some(&new.locale));
    checks.time_zone("/time_zone", Some(&new.time_zone));
    checks.done()?;
    Ok(new)
}
