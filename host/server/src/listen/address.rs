//! How many connections each address holds.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::authenticated::owner;

/// Connections by address. It holds no address without a connection, so it is bounded by their number.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    most: usize,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection of an address; gives its place back when it ends.
#[derive(Debug)]
pub(super) struct Place {
    address: IpAddr,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Addresses {
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(1), held: Arc::default() }
    }

    /// A place for one more connection of this address, if there is one.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        let address = owner(address);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { address, held: Arc::clone(&self.held) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_can_not_take_every_connection() {
        let addresses = Addresses::new(2);
        let (here, there) = ("2001:db8::1".parse().unwrap(), "192.0.2.7".parse().unwrap());
        let _first = addresses.enter(here).unwrap();
        let second = addresses.enter("2001:db8::2".parse().unwrap()).unwrap();
        assert!(addresses.enter(here).is_none(), "the whole /64 is one owner");
        assert!(addresses.enter(there).is_some());
        drop(second);
        assert!(addresses.enter(here).is_some());
        assert_eq!(addresses.held.lock().unwrap().len(), 1, "nobody is remembered without a connection");
    }
}
