//! How many places each principal has taken of something of which there are few.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The places taken, by who has them. It holds nobody who has none, so it is no larger than there are places in all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<String, usize>>>);

/// One place; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    who: String,
}

impl Places {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more place for `who`; none: `who` has `most` already.
    pub(crate) fn take(&self, who: String, most: usize) -> Option<Place> {
        let mut taken = self.lock();
        let count = taken.get(&who).copied().unwrap_or(0);
        if count >= most {
            return None;
        }
        taken.insert(who.clone(), count + 1);
        drop(taken);
        Some(Place { places: self.clone(), who })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        match taken.get_mut(&self.who) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => drop(taken.remove(&self.who)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_own_places_and_who_has_none_is_forgotten() {
        let places = Places::default();
        let take = |who: &str| places.take(who.to_owned(), 2);
        let (one, two) = (take("key_a"), take("key_a"));
        assert!(one.is_some() && two.is_some() && take("key_a").is_none());
        let other = take("key_b");
        assert!(other.is_some(), "one principal's places are not another's");
        drop(one);
        let again = take("key_a");
        assert!(again.is_some() && take("key_a").is_none(), "as many as were given back");
        drop((two, again, other));
        assert!(places.lock().is_empty());
    }
}
