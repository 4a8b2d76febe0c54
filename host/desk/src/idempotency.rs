//! Idempotency keys: the answer is stored in the same change as what the request did, and a key in flight belongs to the
//! work, not to the request (draft-ietf-httpapi-idempotency-key-header).

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use plugdesk_domain::{Decision, DecisionId, Digest, Principal, RecordsExt, StoredAnswer};
use serde_json::json;

use crate::desk::{Inner, named};
use crate::draft::Draft;
use crate::error::Error;
use crate::view::{Done, Idempotency};

/// The longest key taken, in bytes: a UUID has 36, a careless client's composed key about twice that.
pub const MOST_KEY_BYTES: usize = 128;
/// The status kept for a command that a policy refused.
pub(crate) const REFUSED: u16 = 422;

type Keys = Arc<Mutex<HashSet<String>>>;

/// A key in flight; free again when it is dropped, also by a panic.
pub(crate) struct Held {
    keys: Keys,
    name: String,
}

impl Held {
    /// Takes a key, unless somebody's work holds it.
    pub(crate) fn take(keys: &Keys, name: &str) -> Result<Self, Error> {
        let mut set = keys.lock().unwrap_or_else(PoisonError::into_inner);
        if !set.insert(name.to_owned()) {
            return Err(Error::IdempotencyInFlight);
        }
        drop(set);
        Ok(Self { keys: Arc::clone(keys), name: name.to_owned() })
    }

    /// The name under which the answer is stored.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// The name of a key: with the principal's, so that two clients can't hear each other's answers.
pub(crate) fn name(by: &Principal, key: &Idempotency) -> Result<String, Error> {
    if key.key.is_empty() || key.key.len() > MOST_KEY_BYTES || key.key.chars().any(char::is_control) {
        return Err(Error::invalid("", format!("an idempotency key has 1 to {MOST_KEY_BYTES} bytes in one line")));
    }
    // A principal's name is free text of an embedder; its digest keeps the whole within a stored key.
    let who = by.key.map_or_else(|| Digest::of(named(by).as_bytes()).to_string(), |id| id.to_string());
    Ok(format!("{who}/{}", key.key))
}

/// The answer that is stored under that name.
pub(crate) fn find(desk: &Inner, name: &str) -> Result<Option<StoredAnswer>, Error> {
    Ok(desk.records.find(name)?)
}

/// The answer of an earlier request with the same key; another request is refused.
pub(crate) fn repeat<V>(
    desk: &Inner,
    stored: &StoredAnswer,
    key: &Idempotency,
    again: impl FnOnce(&str) -> Result<V, Error>,
) -> Result<Done<V>, Error> {
    if stored.request != key.request {
        return Err(Error::IdempotencyReused);
    }
    let id = stored.body.as_ref().and_then(|body| body.get("decision")?.as_str()?.parse::<DecisionId>().ok());
    let decision: Option<Decision> = match id {
        Some(id) => desk.records.find(id)?,
        None => None,
    };
    if stored.status == REFUSED {
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
        Some(decision) => Error::Refused { decision, policy: word("policy"), question: word("question") },
        None => Error::Damaged(format!("the stored answer `{}` names no decision", stored.name)),
    }
}

/// The answer to be stored.
pub(crate) fn stored(
    draft: &Draft<'_>,
    name: &str,
    key: &Idempotency,
    status: u16,
    decision: Option<&Decision>,
) -> StoredAnswer {
    let body = decision.map(|decision| match &draft.refused {
        Some((policy, question)) => json!({ "decision": decision.id, "policy": policy, "question": question }),
        None => json!({ "decision": decision.id }),
    });
    StoredAnswer {
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        name: name.to_owned(),
        request: key.request,
        status,
        subject: draft.subject.clone(),
        body,
    }
}
