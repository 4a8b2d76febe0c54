//! API keys: made, found, refused.
//!
//! A secret is `pd_<role>_<prefix>_<random><checksum>`: recognisable by scanners, its typing errors found without the
//! store, looked up by the prefix, compared by SHA-256. It has 256 random bits, so a slow hash would protect nothing
//! more (argon2 is for passwords). It is shown once.

mod lookup;
mod secret;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    ApiKey, Change, Contact, ContactId, DeskId, EventDraft, Instant, KEY_BY_DESK, KeyId, Principal, RecordsExt, Role,
    Scan, Stored, StoredAnswer, Table,
};
use serde::{Deserialize, Serialize};

use crate::desk::event_by;
use crate::desks::Desks;
use crate::error::Error;
use crate::idempotency::{self, Once};
use crate::input::check::Checks;
use crate::view::{Done, Idempotency};

pub(crate) use lookup::Access;
pub use secret::Secret;

/// The longest label, in characters.
const MOST_LABEL_CHARS: usize = 128;
/// A desk has at most so many keys: one per program and person that works with it.
const MOST_KEYS: usize = 1_000;
/// The old key of a rotation works on for at most so long: 90 days.
const LONGEST_OVERLAP_MS: i64 = 90 * 24 * 3_600_000;

/// How long an old secret works on beside the new one, checked.
pub(crate) fn overlap(overlap_ms: u64) -> Result<i64, Error> {
    let overlap = i64::try_from(overlap_ms).unwrap_or(i64::MAX);
    if overlap > LONGEST_OVERLAP_MS {
        return Err(Error::invalid("/overlap_ms", format!("at most {LONGEST_OVERLAP_MS}, which is 90 days")));
    }
    Ok(overlap)
}

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// The desk it opens; none: the maker's own, or the whole process for role `operator`.
    #[serde(default)]
    pub desk: Option<DeskId>,
    /// What it is for, 1 to 128 characters.
    pub label: String,
    /// What it may do. Only an operator makes keys for operators.
    pub role: Role,
    /// The customer it stands for; role `customer` only, and needed there.
    #[serde(default)]
    pub contact: Option<ContactId>,
    /// The agent it stands for, by name; roles `agent` and `admin` only. It is whom `assignee=me` means, and while it is not
    /// active the key opens nothing.
    #[serde(default)]
    pub agent: Option<String>,
    /// From when on it is refused; none: it does not expire.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

/// A key that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMade {
    /// The key.
    pub key: ApiKey,
    /// What its holder sends. Never stored; none: this is the answer of an earlier request, which showed it.
    pub secret: Option<Secret>,
}

impl Desks {
    /// Makes a key. The secret is given back this once and never stored.
    pub async fn key_create(
        &self,
        by: &Principal,
        new: NewKey,
        key: Option<&Idempotency>,
    ) -> Result<Done<KeyMade>, Error> {
        let work = |desks: &Self, by: &Principal, once: &Once| {
            let (key, secret) = desks.key_made(by, new)?;
            let mut change = Change::default();
            change.create(key.clone());
            change.tell(desks.key_event("key.created", by, &key));
            desks.key_commit(change, &key, once)?;
            Ok(KeyMade { key, secret: Some(secret) })
        };
        self.key_once("desk-key-create", by, key, work).await
    }

    /// Makes a key at most once. Who repeats the request hears of the key, but not its secret.
    async fn key_once(
        &self,
        thread: &str,
        by: &Principal,
        key: Option<&Idempotency>,
        work: impl FnOnce(&Self, &Principal, &Once) -> Result<KeyMade, Error> + Send + 'static,
    ) -> Result<Done<KeyMade>, Error> {
        let running = self.inner.running.enter()?;
        let once = self.once(by, key)?;
        let (desks, later, by, same) = (self.clone(), self.clone(), by.clone(), by.clone());
        let again = move |stored: &StoredAnswer| {
            let key = later.key_found(&same, idempotency::subject(stored)?)?;
            Ok(KeyMade { key, secret: None })
        };
        idempotency::carry_out(thread, running, once, move |once| work(&desks, &by, once), again).await
    }

    /// Commits what makes `key`, with the answer that is kept for a repetition.
    fn key_commit(&self, mut change: Change, key: &ApiKey, once: &Once) -> Result<(), Error> {
        if let Some(answer) = once.answer(key.created_at, 201, key.id.to_string(), None) {
            change.create(answer);
        }
        self.inner.root.commit_wait(change)?;
        Ok(())
    }

    /// The keys of a desk, oldest first; none: of every desk the principal may see, and the operators'.
    pub fn key_list(&self, by: &Principal, desk: Option<DeskId>) -> Result<Vec<ApiKey>, Error> {
        let desk = desk.or(by.desk);
        if !by.may(Area::Access, Act::Read) || by.desk.is_some_and(|own| desk != Some(own)) {
            return Err(denied(by, desk));
        }
        let scan = match desk {
            Some(desk) => Scan::index(KEY_BY_DESK, vec![desk.into()]),
            None => Scan::table(Table::ApiKey),
        };
        let (mut keys, mut after) = (Vec::new(), None);
        loop {
            let page = self.inner.root.list::<ApiKey>(&scan.clone().with_limit(Scan::MOST).with_after(after))?;
            keys.extend(page.records);
            after = page.next;
            if after.is_none() {
                return Ok(keys);
            }
        }
    }

    /// Refuses a key from now on. Revoking one that is revoked changes nothing.
    pub async fn key_revoke(&self, by: &Principal, id: KeyId) -> Result<ApiKey, Error> {
        let _running = self.inner.running.enter()?;
        let mut key = self.key_found(by, id)?;
        let now = self.inner.parts.clock.now();
        if key.revoked_at.is_some() {
            return Ok(key);
        }
        key.revoked_at = Some(now);
        key.touch(now);
        let mut change = Change::default();
        change.update(key.clone());
        change.tell(self.key_event("key.revoked", by, &key));
        let committed = self.commit_root(change).await;
        // Forgotten even if it failed: the outcome may be unknown.
        self.inner.access.forget_all();
        committed.map(|()| key)
    }

    /// Makes a key like `id` and lets the old one expire after `overlap_ms` milliseconds (at most 90 days), so that
    /// programs can be moved over without a gap.
    pub async fn key_rotate(
        &self,
        by: &Principal,
        id: KeyId,
        overlap_ms: u64,
        key: Option<&Idempotency>,
    ) -> Result<Done<KeyMade>, Error> {
        let work = move |desks: &Self, by: &Principal, once: &Once| desks.key_rotated(by, id, overlap_ms, once);
        self.key_once("desk-key-rotate", by, key, work).await
    }

    fn key_rotated(&self, by: &Principal, id: KeyId, overlap_ms: u64, once: &Once) -> Result<KeyMade, Error> {
        let mut old = self.key_found(by, id)?;
        let now = self.inner.parts.clock.now();
        if !old.alive(now) {
            return Err(Error::invalid("/key", "has ended already; make a new one"));
        }
        let ends = now.plus_millis(overlap(overlap_ms)?);
        let like = NewKey {
            desk: old.desk,
            label: old.label.clone(),
            role: old.role,
            contact: old.contact,
            agent: old.agent.clone(),
            expires_at: old.expires_at,
        };
        let (key, secret) = self.key_made(by, like)?;
        old.expires_at = Some(old.expires_at.map_or(ends, |expires| expires.min(ends)));
        old.touch(now);
        let mut change = Change::default();
        change.tell(self.key_event("key.created", by, &key));
        change.tell(self.key_event("key.expiring", by, &old));
        change.create(key.clone());
        change.update(old);
        let committed = self.key_commit(change, &key, once);
        self.inner.access.forget_all();
        committed.map(|()| KeyMade { key, secret: Some(secret) })
    }

    fn key_made(&self, by: &Principal, new: NewKey) -> Result<(ApiKey, Secret), Error> {
        let NewKey { desk, label, role, contact, agent, expires_at } = new;
        let desk = if role == Role::Operator { desk } else { desk.or(by.desk) };
        let own = of_process(by) || (by.desk.is_some() && desk == by.desk && role != Role::Operator);
        if !by.may(Area::Access, Act::Write) || !own {
            return Err(denied(by, desk));
        }
        let now = self.inner.parts.clock.now();
        let mut checks = Checks::default();
        checks.line("/label", &label, 1, MOST_LABEL_CHARS);
        checks.done()?;
        if expires_at.is_some_and(|at| at <= now) {
            return Err(Error::invalid("/expires_at", "is in the past"));
        }
        match (role, desk) {
            (Role::Operator, Some(_)) => return Err(Error::invalid("/desk", "an operator's key belongs to no desk")),
            (Role::Operator, None) => {}
            (_, None) => return Err(Error::invalid("/desk", "names the desk that the key opens")),
            (_, Some(desk)) => {
                self.desk(desk)?;
                if self.key_list(by, Some(desk))?.iter().filter(|key| key.alive(now)).count() >= MOST_KEYS {
                    return Err(Error::invalid("/desk", format!("has {MOST_KEYS} keys, which is the most")));
                }
            }
        }
        match (role, contact, desk) {
            (Role::Customer, None, _) => return Err(Error::invalid("/contact", "names the customer")),
            (Role::Customer, Some(contact), Some(desk)) => {
                let records = self.inner.parts.storage.records(desk);
                records.find::<Contact>(contact)?.ok_or_else(|| Error::not_found("contact", contact))?;
            }
            (Role::Customer, Some(_), None) | (_, None, _) => {}
            (_, Some(_), _) => return Err(Error::invalid("/contact", "only a customer's key names a contact")),
        }
        self.agent_named(role, desk, agent.as_deref())?;
        let secret = Secret::new(role, self.inner.parts.entropy.as_ref());
        let key = ApiKey {
            id: KeyId::new(now, self.inner.parts.entropy.bits()),
            version: 1,
            created_at: now,
            updated_at: now,
            desk,
            label,
            role,
            contact,
            agent,
            prefix: secret.prefix().to_owned(),
            hash: secret.digest(),
            expires_at,
            revoked_at: None,
        };
        Ok((key, secret))
    }

    /// A key may stand for an agent of its desk.
    fn agent_named(&self, role: Role, desk: Option<DeskId>, agent: Option<&str>) -> Result<(), Error> {
        let Some(agent) = agent else { return Ok(()) };
        let Some(desk) = desk.filter(|_| matches!(role, Role::Agent | Role::Admin)) else {
            return Err(Error::invalid("/agent", "only a key of role `agent` or `admin` names an agent"));
        };
        let mut checks = Checks::default();
        checks.line("/agent", agent, 1, MOST_LABEL_CHARS);
        checks.done()?;
        if self.desk(desk)?.inner.setup.load_full().takes_agent(agent) {
            Ok(())
        } else {
            Err(Error::invalid("/agent", "the name of an active agent of the desk"))
        }
    }

    /// The key, if the principal may change it; another desk's key is not found.
    fn key_found(&self, by: &Principal, id: KeyId) -> Result<ApiKey, Error> {
        if !by.may(Area::Access, Act::Write) {
            return Err(denied(by, by.desk));
        }
        let found = self.inner.root.find::<ApiKey>(id)?.filter(|key| of_process(by) || key.desk == by.desk);
        found.ok_or_else(|| Error::not_found("key", id))
    }

    fn key_event(&self, name: &str, by: &Principal, key: &ApiKey) -> EventDraft {
        let mut data = serde_json::Map::new();
        data.insert("role".to_owned(), serde_json::json!(key.role));
        data.insert("label".to_owned(), key.label.clone().into());
        data.extend(key.desk.map(|desk| ("desk".to_owned(), desk.to_string().into())));
        EventDraft { data, ..event_by(name, key.id.to_string(), by, self.inner.parts.clock.now()) }
    }
}

/// Whether it is an operator of the whole process.
fn of_process(by: &Principal) -> bool {
    by.may(Area::Process, Act::Write)
}

/// Another desk is not found; one's own is forbidden.
fn denied(by: &Principal, desk: Option<DeskId>) -> Error {
    match (by.desk, desk) {
        (Some(own), Some(other)) if own != other => Error::not_found("desk", other),
        _ => Error::Forbidden("this key may not do that with keys".to_owned()),
    }
}
