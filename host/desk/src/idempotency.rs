//! Idempotency keys: the answer is stored in the same change as what the request did, and a key in flight belongs to the
//! work, not to the request (draft-ietf-httpapi-idempotency-key-header).

mod expiry;

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use plugdesk_domain::{Decision, DecisionId, Digest, Instant, Principal, Records, RecordsExt, StoredAnswer};
use serde_json::{Value, json};

use crate::desk::{Inner, named};
use crate::draft::Draft;
use crate::error::Error;
use crate::pool::aside;
use crate::running::Guard;
use crate::view::{Done, Idempotency};

pub use expiry::ANSWERS_KEPT_MS;
pub(crate) use expiry::Walk;

/// The longest key taken, in bytes: a UUID has 36, a careless client's composed key about twice that.
pub const MOST_KEY_BYTES: usize = 128;
/// The status kept for a command that a policy refused.
pub(crate) const REFUSED: u16 = 422;
/// The status kept for a command to which a policy said no.
pub(crate) const DECLINED: u16 = 409;

/// Keys whose work is not done.
pub(crate) type Keys = Arc<Mutex<HashSet<String>>>;

/// A key in flight; free again when it is dropped, also by a panic.
struct Held {
    keys: Keys,
    name: String,
}

impl Held {
    fn take(keys: &Keys, name: String) -> Result<Self, Error> {
        let mut set = keys.lock().unwrap_or_else(PoisonError::into_inner);
        if !set.insert(name.clone()) {
            return Err(Error::IdempotencyInFlight);
        }
        drop(set);
        Ok(Self { keys: Arc::clone(keys), name })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// Work that is done at most once: it holds the request's key, if there is one, until it is done.
pub(crate) struct Once {
    records: Arc<dyn Records>,
    taken: Option<(Held, Idempotency)>,
}

impl Once {
    /// Takes the key, unless somebody's work holds it. Without a key nothing is kept and nothing is repeated.
    pub(crate) fn take(
        keys: &Keys,
        records: &Arc<dyn Records>,
        by: &Principal,
        key: Option<&Idempotency>,
    ) -> Result<Self, Error> {
        let take = |key: &Idempotency| Ok::<_, Error>((Held::take(keys, name(by, key)?)?, key.clone()));
        Ok(Self { records: Arc::clone(records), taken: key.map(take).transpose()? })
    }

    /// The answer of an earlier request with the same key; another request is refused.
    pub(crate) fn earlier(&self) -> Result<Option<StoredAnswer>, Error> {
        let Some((held, key)) = &self.taken else { return Ok(None) };
        match self.records.find::<StoredAnswer>(held.name.as_str())? {
            Some(stored) if stored.request != key.request => Err(Error::IdempotencyReused),
            stored => Ok(stored),
        }
    }

    /// The answer, to be stored in the same change as what the request did; none: there is no key.
    pub(crate) fn answer(
        &self,
        now: Instant,
        status: u16,
        subject: String,
        body: Option<Value>,
    ) -> Option<StoredAnswer> {
        let (held, key) = self.taken.as_ref()?;
        Some(StoredAnswer {
            version: 1,
            created_at: now,
            updated_at: now,
            name: held.name.clone(),
            request: key.request,
            status,
            subject,
            body,
        })
    }
}

/// Does what asks no policy, at most once, on a thread of its own: a client that hangs up leaves everything or nothing.
pub(crate) async fn carry_out<T: Send + 'static>(
    thread: &str,
    running: Guard,
    once: Once,
    work: impl FnOnce(&Once) -> Result<T, Error> + Send + 'static,
    again: impl FnOnce(&StoredAnswer) -> Result<T, Error> + Send + 'static,
) -> Result<Done<T>, Error> {
    aside(thread, move || {
        let _running = running;
        let (value, repeated) = match once.earlier()? {
            Some(stored) => (again(&stored)?, true),
            None => (work(&once)?, false),
        };
        Ok(Done { value, decision: None, repeated })
    })
    .await
}

/// The name of a key: with the principal's, so that two clients can't hear each other's answers.
pub(crate) fn name(by: &Principal, key: &Idempotency) -> Result<String, Error> {
    if key.key.is_empty() || key.key.len() > MOST_KEY_BYTES || key.key.chars().any(char::is_control) {
        return Err(Error::invalid("", format!("an idempotency key has 1 to {MOST_KEY_BYTES} bytes in one line")));
    }
    // A principal's name is free text of an embedder, and two desks may have a person of one name; a digest keeps the
    // whole within a stored key.
    let desk = by.desk.map(|desk| desk.to_string()).unwrap_or_default();
    let unkeyed = || Digest::of(format!("{desk}/{}", named(by)).as_bytes()).to_string();
    let who = by.key.map_or_else(unkeyed, |id| id.to_string());
    Ok(format!("{who}/{}", key.key))
}

/// The answer that is stored under that name.
pub(crate) fn find(desk: &Inner, name: &str) -> Result<Option<StoredAnswer>, Error> {
    Ok(desk.records.find(name)?)
}

/// The id of what an earlier request made.
pub(crate) fn subject<T: FromStr>(stored: &StoredAnswer) -> Result<T, Error> {
    stored.subject.parse().map_err(|_| lost(stored))
}

/// What an answer names is not there; nothing that an answer names is deleted before it.
pub(crate) fn lost(stored: &StoredAnswer) -> Error {
    Error::Damaged(format!("what the stored answer `{}` is about is not stored", stored.name))
}

/// The answer of an earlier command.
pub(crate) fn repeat<V>(
    desk: &Inner,
    stored: &StoredAnswer,
    again: impl FnOnce(&str) -> Result<V, Error>,
) -> Result<Done<V>, Error> {
    let id = stored.body.as_ref().and_then(|body| body.get("decision")?.as_str()?.parse::<DecisionId>().ok());
    let decision: Option<Decision> = match id {
        Some(id) => desk.records.find(id)?,
        None => None,
    };
    if matches!(stored.status, REFUSED | DECLINED) {
        return Err(refused(stored, id));
    }
    Ok(Done { value: again(&stored.subject)?, decision, repeated: true })
}

fn refused(stored: &StoredAnswer, decision: Option<DecisionId>) -> Error {
    let word = |name: &str| {
        let found = stored.body.as_ref().and_then(|body| body.get(name)?.as_str());
        found.unwrap_or_default().to_owned()
    };
    match decision {
        Some(_) if stored.status == DECLINED => {
            Error::Declined { decision, policy: word("policy"), question: word("question") }
        }
        Some(_) => Error::Refused { decision, policy: word("policy"), question: word("question") },
        None => Error::Damaged(format!("the stored answer `{}` names no decision", stored.name)),
    }
}

/// What is kept of a command's decision.
pub(crate) fn decided(draft: &Draft<'_>, decision: Option<&Decision>) -> Option<Value> {
    decision.map(|decision| match &draft.refused {
        Some((policy, question)) => json!({ "decision": decision.id, "policy": policy, "question": question }),
        None => json!({ "decision": decision.id }),
    })
}
