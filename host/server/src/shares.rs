//! Who is at work with how many reads: nobody with more than its part of them all, over however many connections; who
//! wants more waits for its own.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::Request;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::authenticated::{Authenticated, Peer, bearer, counted, owner};

/// The parts, by who has one. It holds nobody who reads nothing and waits for nothing.
#[derive(Debug)]
pub(crate) struct Shares {
    most: usize,
    hasher: RandomState,
    taken: Taken,
}

type Taken = Arc<Mutex<HashMap<Who, Part>>>;

/// Whose reads they are, before a key was looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// One whom the listener or the embedder knows.
    Principal(String),
    /// Whoever brings that key, by its hash.
    Key(u64),
    /// Whoever asks from there and brings none.
    Address(IpAddr),
}

#[derive(Debug)]
struct Part {
    places: Arc<Semaphore>,
    /// How many read or wait.
    count: usize,
}

/// One place; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    who: Who,
    taken: Taken,
    /// None while it is waited for.
    place: Option<OwnedSemaphorePermit>,
}

fn lock(taken: &Taken) -> MutexGuard<'_, HashMap<Who, Part>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shares {
    /// Parts of so many places each.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, hasher: RandomState::new(), taken: Taken::default() }
    }

    /// A place of theirs, when it is its turn.
    pub(crate) async fn take(&self, who: Who) -> Share {
        let places = {
            let mut taken = lock(&self.taken);
            let fresh = || Part { places: Arc::new(Semaphore::new(self.most)), count: 0 };
            let part = taken.entry(who.clone()).or_insert_with(fresh);
            part.count += 1;
            Arc::clone(&part.places)
        };
        // It counts from here on, so that a client that goes away while it waits is forgotten too.
        let mut share = Share { who, taken: Arc::clone(&self.taken), place: None };
        // Nobody closes these places, so there is always one at last.
        share.place = places.acquire_owned().await.ok();
        share
    }

    /// Who sent it. None: nothing tells, as where an embedder calls the router by itself.
    pub(crate) fn who(&self, request: &Request) -> Option<Who> {
        if let Some(Authenticated(principal)) = request.extensions().get() {
            return Some(Who::Principal(counted(principal)));
        }
        match bearer(request.headers()) {
            Ok(key) => Some(Who::Key(self.hasher.hash_one(key))),
            Err(_) => request.extensions().get().map(|Peer(address)| Who::Address(owner(*address))),
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        match taken.get_mut(&self.who) {
            Some(part) if part.count > 1 => part.count -= 1,
            Some(_) | None => drop(taken.remove(&self.who)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use http::header::AUTHORIZATION;

    use super::*;

    fn with(key: &str) -> Request {
        Request::builder().header(AUTHORIZATION, key).body(Body::empty()).unwrap()
    }

    fn from(address: &str) -> Request {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(Peer(address.parse().unwrap()));
        request
    }

    async fn now(shares: &Shares, request: &Request) -> Option<Share> {
        tokio::time::timeout(Duration::from_millis(5), shares.take(shares.who(request)?)).await.ok()
    }

    #[tokio::test]
    async fn each_key_and_each_address_has_its_part_and_who_wants_more_waits() {
        let shares = Shares::new(2);
        let (one, two) = (now(&shares, &with("Bearer a")).await, now(&shares, &with("bearer   a")).await);
        assert!(one.is_some() && two.is_some());
        assert!(now(&shares, &with("Bearer a")).await.is_none(), "however the same key is written");
        assert!(now(&shares, &with("Bearer b")).await.is_some(), "one key's part is not another's");
        let here = (now(&shares, &from("2001:db8::1")).await, now(&shares, &from("2001:db8::2")).await);
        assert!(here.0.is_some() && here.1.is_some());
        assert!(now(&shares, &from("2001:db8::3")).await.is_none(), "the whole /64 is one owner");
        drop(one);
        let again = now(&shares, &with("Bearer a")).await;
        assert!(again.is_some(), "as many as were given back");
        drop((two, again, here));
        assert!(lock(&shares.taken).is_empty(), "nobody is remembered who reads nothing, nor who waited and left");
    }
}
