//! From a secret to who holds it, with the secrets that were verified lately.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use plugdesk_domain::{ApiKey, Digest, KEY_BY_PREFIX, Principal, RecordsExt, Scan};

use super::secret::Secret;
use crate::desks::Desks;
use crate::error::Error;

/// Verified secrets kept in memory: a request must not wait for a read of the store that writers slow down. Full: all
/// are forgotten, which costs one read each.
const MOST_CACHED: usize = 4_096;

/// Keys that were verified lately, by the digest of their secret.
#[derive(Default)]
pub(crate) struct Access(Mutex<Cache>);

#[derive(Default)]
struct Cache {
    /// Raised by every change of a key, so that a read from before a change is never kept after it.
    epoch: u64,
    keys: HashMap<Digest, ApiKey>,
}

impl Access {
    fn lock(&self) -> MutexGuard<'_, Cache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn forget_all(&self) {
        let mut cache = self.lock();
        cache.epoch += 1;
        cache.keys.clear();
    }
}

impl Desks {
    /// Who holds that secret, if it opens anything now. Reads the store at most once, and not at all for what is no
    /// secret of ours. Wrong secrets are told apart from unknown ones by nobody.
    pub fn authenticate(&self, secret: &str) -> Option<Principal> {
        let secret = Secret::parse(secret)?;
        let digest = secret.digest();
        let (epoch, cached) = {
            let cache = self.inner.access.lock();
            (cache.epoch, cache.keys.get(&digest).cloned())
        };
        let key = match cached {
            Some(key) => key,
            None => self.key_by_secret(&secret, digest, epoch)?,
        };
        self.holder(key)
    }

    /// The same for a secret that was verified lately, without reading the store; none: ask [`Desks::authenticate`],
    /// where waiting is allowed.
    pub fn authenticate_cached(&self, secret: &str) -> Option<Principal> {
        let digest = Secret::parse(secret)?.digest();
        let key = self.inner.access.lock().keys.get(&digest).cloned()?;
        self.holder(key)
    }

    /// Who holds the key, while it opens something.
    fn holder(&self, key: ApiKey) -> Option<Principal> {
        self.opens(&key).then_some(Principal {
            desk: key.desk,
            role: key.role,
            name: key.label,
            key: Some(key.id),
            contact: key.contact,
            agent: key.agent,
        })
    }

    /// Whether the key opens something now: it lives, and the agent that it stands for, if it names one, has not left its
    /// desk. Agents are held in memory, read again before a change of one is answered, so no store is asked.
    fn opens(&self, key: &ApiKey) -> bool {
        let serves = |desk, agent: &str| self.desk(desk).is_ok_and(|it| !it.inner.setup.load_full().has_left(agent));
        let agent = key.desk.zip(key.agent.as_deref());
        key.alive(self.inner.parts.clock.now()) && agent.is_none_or(|(desk, agent)| serves(desk, agent))
    }

    /// Whether what the principal came with still opens something: its key may have been revoked, or run out, since, or
    /// its agent may have left. Who came without a key is whoever let it in's to end.
    pub fn holds(&self, by: &Principal) -> Result<bool, Error> {
        let Some(id) = by.key else { return Ok(true) };
        let key = self.inner.root.find::<ApiKey>(id)?;
        Ok(key.is_some_and(|key| self.opens(&key)))
    }

    fn key_by_secret(&self, secret: &Secret, digest: Digest, epoch: u64) -> Option<ApiKey> {
        let scan = Scan::index(KEY_BY_PREFIX, vec![secret.prefix().into()]).with_limit(1);
        let key = self.inner.root.list::<ApiKey>(&scan).ok()?.records.into_iter().next()?;
        if !same(key.hash.bytes(), digest.bytes()) {
            return None;
        }
        let mut cache = self.inner.access.lock();
        if cache.epoch == epoch {
            if cache.keys.len() >= MOST_CACHED {
                cache.keys.clear();
            }
            cache.keys.insert(digest, key.clone());
        }
        Some(key)
    }
}

/// Compares in a time that does not depend on where they differ.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    let difference = a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b));
    std::hint::black_box(difference) == 0
}
