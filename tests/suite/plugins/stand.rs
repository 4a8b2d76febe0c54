//! A desk in memory over the real sandbox, with shipped packs installed and a clock turned by hand.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use plugdesk_desk::pack::Files;
use plugdesk_desk::{
    BindingPatch, Desk, Desks, Entropy, Error, How, InstallOptions, Installed, NewDesk, Options, Parts,
};
use plugdesk_domain::{Ask, BindingId, Decision, Digest, Principal, RecordsExt, Storage as _, Ticket, TicketId};
use plugdesk_sandbox::Sandbox;
use plugdesk_store::Store;
use serde_json::{Value, json};

use crate::packs::stand::{HandClock, wait};

/// Monday, 2026-11-23T09:00:00Z.
pub(crate) const MONDAY_NINE: i64 = 1_795_424_400_000;
const MINUTE: i64 = 60_000;

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
            chunk.copy_from_slice(digest.bytes().get(..chunk.len()).unwrap_or_default());
        }
    }
}

/// One sandbox for all, with its cache of compiled code, as the program has it.
fn sandbox() -> Arc<dyn Ask> {
    static SANDBOX: OnceLock<(Arc<Sandbox>, tempfile::TempDir)> = OnceLock::new();
    let made = || {
        let folder = tempfile::tempdir().unwrap();
        let cache = Some(folder.path().join("compiled"));
        (Sandbox::new(plugdesk_sandbox::Options { cache, ..plugdesk_sandbox::Options::default() }).unwrap(), folder)
    };
    Arc::clone(&SANDBOX.get_or_init(made).0) as Arc<dyn Ask>
}

pub(crate) struct Stand {
    store: Arc<Store>,
    clock: Arc<HandClock>,
    pub(crate) desk: Desk,
    pub(crate) by: Principal,
}

impl Stand {
    /// A desk with these shipped packs.
    pub(crate) fn new(packs: &[&str]) -> Self {
        let (store, clock) = (Store::memory(), Arc::new(HandClock(AtomicI64::new(MONDAY_NINE))));
        let parts = Parts {
            storage: Arc::clone(&store) as Arc<dyn plugdesk_domain::Storage>,
            ask: sandbox(),
            clock: Arc::clone(&clock) as Arc<dyn plugdesk_desk::Clock>,
            entropy: Arc::new(Counted(AtomicU64::new(1))),
        };
        let desks = Desks::open(parts, Options::default()).unwrap();
        let by = Principal::operator();
        let made = wait(desks.desk_create(&by, NewDesk::named("shop"), None)).unwrap().value;
        let stand = Self { store, clock, desk: desks.desk(made.id).unwrap(), by };
        for pack in packs {
            stand.install(&plugdesk_tests::pack(pack)).unwrap_or_else(|error| panic!("{pack}: {error}"));
        }
        stand
    }

    /// Installs the pack in that folder.
    pub(crate) fn install(&self, folder: &Path) -> Result<Installed, Error> {
        let archive = files(folder).to_tar().unwrap();
        wait(self.desk.pack_install(&self.by, archive, InstallOptions::default(), None)).map(|done| done.value)
    }

    /// Lays an overlay over every binding of a policy.
    pub(crate) fn overlay(&self, policy: &str, overlay: &Value) {
        let bindings = self.desk.binding_list(&self.by).unwrap();
        let ids: Vec<BindingId> =
            bindings.iter().filter(|it| it.binding.policy == policy).map(|it| it.binding.id).collect();
        assert!(!ids.is_empty(), "no policy {policy}");
        for id in ids {
            let patch = BindingPatch { overlay: Some(Some(overlay.clone())), ..BindingPatch::default() };
            wait(self.desk.binding_update(&self.by, id, patch, &How::default())).unwrap();
        }
    }

    /// An agent with that role, of that name.
    pub(crate) fn agent(&self, role: &str, team: &[&str]) {
        let new = json!({ "name": role, "roles": [role], "teams": team });
        wait(self.desk.agent_create(&self.by, serde_json::from_value(new).unwrap(), &How::default())).unwrap();
    }

    pub(crate) fn create(&self, new: &Value) -> Result<Ticket, Error> {
        let new = serde_json::from_value(new.clone()).unwrap();
        wait(self.desk.ticket_create(&self.by, new, &How::default())).map(|done| done.value)
    }

    pub(crate) fn update(&self, id: TicketId, patch: &Value) -> Result<Ticket, Error> {
        let patch = serde_json::from_value(patch.clone()).unwrap();
        wait(self.desk.ticket_update(&self.by, id, patch, &How::default())).map(|done| done.value)
    }

    pub(crate) fn ticket(&self, id: TicketId) -> Ticket {
        self.store.records(self.desk.id()).find(id).unwrap().unwrap()
    }

    pub(crate) fn decision(&self, ticket: &Ticket, locale: &str) -> Decision {
        let id = ticket.tracked.as_ref().unwrap().decision;
        let decision = self.desk.decision(&self.by, id).unwrap();
        self.desk.decision_told(decision, &[locale.to_owned()])
    }

    /// Turns the clock on by so many minutes, one by one, and does what is due at each.
    pub(crate) fn pass(&self, minutes: i64) {
        for _ in 0..minutes {
            self.clock.0.fetch_add(MINUTE, Ordering::SeqCst);
            wait(self.desk.wake_due()).unwrap();
        }
    }

    /// The level that a ticket has reached, and whether it is to be looked at again.
    pub(crate) fn level(&self, id: TicketId) -> (u8, bool) {
        self.ticket(id).escalated.map_or((0, false), |it| (it.level, it.look_again.is_some()))
    }
}

/// A pack's folder as files.
fn files(folder: &Path) -> Files {
    fn add(files: &mut Files, folder: &Path, within: &Path) {
        for entry in std::fs::read_dir(folder.join(within)).unwrap() {
            let path = within.join(entry.unwrap().file_name());
            if folder.join(&path).is_dir() {
                add(files, folder, &path);
            } else {
                files.insert(path.to_str().unwrap(), std::fs::read(folder.join(&path)).unwrap()).unwrap();
            }
        }
    }
    let mut files = Files::default();
    add(&mut files, folder, &PathBuf::new());
    files
}
