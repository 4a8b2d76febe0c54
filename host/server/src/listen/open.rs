//! The connections that are open: how many, whose, and which is closed for another.
//!
//! When there is no room, the connection that deserves its place least makes room: one whose client is waited for, those
//! that never asked anything first, then those that are waited for longest. So slow and silent clients, however many,
//! keep nobody out, of whatever address; only who really works is counted against the limits.
//!
//! So it is with memory: when the answers that nobody has taken yet are too many, the address that holds most of them
//! gives up those of the connection with most.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::activity::Activity;
use crate::authenticated::owner;

/// The open connections. Bounded by their number: no address is remembered without a connection.
#[derive(Debug, Clone)]
pub(super) struct Connections {
    most: usize,
    most_per_address: usize,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    next: u64,
    most_answers: usize,
    /// Bytes of all answers that the open connections hold.
    answers: usize,
    open: HashMap<u64, Open>,
    addresses: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Open {
    /// None: it came through a Unix socket.
    address: Option<IpAddr>,
    activity: Arc<Activity>,
    untaken: Untaken,
}

/// The answers that a client has not taken yet.
#[derive(Debug, Default)]
struct Untaken {
    count: usize,
    bytes: usize,
    /// Since when there are any.
    since: Option<Instant>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// Every connection of its address is at work.
    Address,
    /// Every connection is at work.
    All,
}

/// The place of one connection; free again when it ends.
#[derive(Debug)]
pub(super) struct Place {
    number: u64,
    held: Arc<Mutex<Held>>,
}

/// What one connection holds of answers.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    number: u64,
    held: Arc<Mutex<Held>>,
}

/// One answer in memory, until it is gone.
#[derive(Debug)]
pub(super) struct Kept {
    bytes: usize,
    of: Answers,
}

impl Connections {
    pub(super) fn new(most: usize, most_per_address: usize, most_answers: usize) -> Self {
        let held = Held { most_answers, ..Held::default() };
        Self { most: most.max(1), most_per_address: most_per_address.max(1), held: Arc::new(Mutex::new(held)) }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more connection, if need be that of one which deserves it less.
    pub(super) fn enter(&self, address: Option<IpAddr>, activity: &Arc<Activity>) -> Result<Place, NoPlace> {
        let address = address.map(owner);
        let mut held = self.lock();
        let of_address = address.and_then(|it| held.addresses.get(&it)).copied().unwrap_or(0);
        if of_address >= self.most_per_address && !held.dismiss(|open| open.address == address) {
            return Err(NoPlace::Address);
        }
        if held.open.len() >= self.most && !held.dismiss(|_| true) {
            return Err(NoPlace::All);
        }
        let number = held.next;
        held.next = held.next.wrapping_add(1);
        held.open.insert(number, Open { address, activity: Arc::clone(activity), untaken: Untaken::default() });
        if let Some(address) = address {
            *held.addresses.entry(address).or_insert(0) += 1;
        }
        Ok(Place { number, held: Arc::clone(&self.held) })
    }

    /// Closes the connection that deserves its place least; false: all are at work.
    pub(super) fn make_room(&self) -> bool {
        self.lock().dismiss(|_| true)
    }
}

impl Place {
    /// What this connection holds of answers.
    pub(super) fn answers(&self) -> Answers {
        Answers { number: self.number, held: Arc::clone(&self.held) }
    }
}

impl Answers {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an answer of so many bytes. If all are too many now, a connection of whoever holds most of them is closed.
    pub(super) fn keep(&self, bytes: usize) -> Kept {
        let mut held = self.lock();
        held.count(self.number, bytes);
        while held.answers > held.most_answers && held.lighten() {}
        Kept { bytes, of: self.clone() }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.of.lock().discount(self.of.number, self.bytes);
    }
}

impl Held {
    fn count(&mut self, number: u64, bytes: usize) {
        // A connection that was closed for others is counted no more, though its end may take a moment.
        let Some(Open { untaken, .. }) = self.open.get_mut(&number) else { return };
        untaken.count = untaken.count.saturating_add(1);
        untaken.bytes = untaken.bytes.saturating_add(bytes);
        untaken.since.get_or_insert_with(Instant::now);
        self.answers = self.answers.saturating_add(bytes);
    }

    fn discount(&mut self, number: u64, bytes: usize) {
        let Some(Open { untaken, .. }) = self.open.get_mut(&number) else { return };
        untaken.count = untaken.count.saturating_sub(1);
        untaken.bytes = untaken.bytes.saturating_sub(bytes);
        untaken.since = untaken.since.filter(|_| untaken.count > 0);
        self.answers = self.answers.saturating_sub(bytes);
    }

    /// Of the address that holds most over all its connections it closes the one that holds most, of those that hold as
    /// much the one that has done so longest: many that each hold a little close nobody else's large answer. False: a
    /// single answer is all there is, and it may be as large as it is.
    fn lighten(&mut self) -> bool {
        let holding = self.open.iter().filter(|(_, open)| open.untaken.count > 0);
        let (mut count, mut of) = (0, HashMap::new());
        for (_, open) in holding.clone() {
            count += open.untaken.count;
            *of.entry(open.address).or_insert(0) += open.untaken.bytes;
        }
        if count < 2 {
            return false;
        }
        // In steps of 64 KiB: who takes a page this moment holds hardly less than who never takes one.
        let steps = |bytes: usize| bytes >> 16;
        let most = holding.max_by_key(|(_, open)| {
            let of_address = of.get(&open.address).copied().unwrap_or(0);
            (steps(of_address), steps(open.untaken.bytes), Reverse(open.untaken.since))
        });
        let Some(number) = most.map(|(number, _)| *number) else { return false };
        self.close(number);
        true
    }

    /// Takes the place of the one that deserves it least among those.
    fn dismiss(&mut self, among: impl Fn(&Open) -> bool) -> bool {
        let waited_for = self.open.iter().filter(|(_, open)| among(open));
        let ranked = waited_for.filter_map(|(number, open)| Some((open.activity.merit()?, *number)));
        let Some((_, number)) = ranked.min() else { return false };
        self.close(number);
        true
    }

    fn close(&mut self, number: u64) {
        if let Some(open) = self.leave(number) {
            open.activity.dismiss();
        }
    }

    fn leave(&mut self, number: u64) -> Option<Open> {
        let open = self.open.remove(&number)?;
        self.answers = self.answers.saturating_sub(open.untaken.bytes);
        if let Some(address) = open.address
            && let Some(count) = self.addresses.get_mut(&address)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.addresses.remove(&address);
            }
        }
        Some(open)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Gone already if another took the place.
        self.held.lock().unwrap_or_else(PoisonError::into_inner).leave(self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::super::activity::Turn;
    use super::*;

    struct Client {
        place: Result<Place, NoPlace>,
        activity: Arc<Activity>,
    }

    impl Client {
        fn of(connections: &Connections, address: &str) -> Self {
            let activity = Arc::new(Activity::new(Duration::from_secs(10), Instant::now()));
            let place = connections.enter(Some(address.parse().unwrap()), &activity);
            Self { place, activity }
        }

        fn asks(&self) -> Turn {
            self.activity.begin()
        }

        fn keeps(&self, mebibytes: usize) -> Kept {
            self.place.as_ref().unwrap().answers().keep(mebibytes << 20)
        }

        async fn is_dismissed(&self) -> bool {
            tokio::time::timeout(Duration::from_millis(1), self.activity.dismissed()).await.is_ok()
        }
    }

    #[tokio::test]
    async fn one_address_can_not_take_every_connection() {
        let connections = Connections::new(8, 2, usize::MAX);
        let (one, two) = (Client::of(&connections, "2001:db8::1"), Client::of(&connections, "2001:db8::2"));
        let _turns = [one.asks(), two.asks()];
        let third = Client::of(&connections, "2001:db8::3");
        assert_eq!(third.place.unwrap_err(), NoPlace::Address, "the whole /64 is one owner");
        assert!(Client::of(&connections, "192.0.2.7").place.is_ok());
        drop(two);
        assert!(Client::of(&connections, "2001:db8::1").place.is_ok());
        drop(one);
        assert!(connections.lock().addresses.is_empty(), "nobody is remembered without a connection");
    }

    #[tokio::test]
    async fn who_is_waited_for_makes_room_strangers_first_and_then_the_longest() {
        let connections = Connections::new(3, 3, usize::MAX);
        let here = "192.0.2.7";
        let known = Client::of(&connections, here);
        drop(known.asks());
        let silent = Client::of(&connections, here);
        let later = Client::of(&connections, here);
        let good = Client::of(&connections, here);
        assert!(good.place.is_ok() && silent.is_dismissed().await && !known.is_dismissed().await);
        let turn = good.asks();
        let next = Client::of(&connections, here);
        assert!(next.place.is_ok() && later.is_dismissed().await);
        let _turn = next.asks();
        let last = Client::of(&connections, here);
        assert!(last.place.is_ok() && known.is_dismissed().await);
        let _last = last.asks();
        assert_eq!(Client::of(&connections, here).place.unwrap_err(), NoPlace::Address, "all are at work");
        assert_eq!(Client::of(&connections, "192.0.2.8").place.unwrap_err(), NoPlace::All);
        // A client that does not go on with what it began is waited for, whatever it began.
        turn.is_to_send();
        assert!(Client::of(&connections, "192.0.2.8").place.is_ok() && good.is_dismissed().await);
        assert!(!connections.make_room(), "the newest took its place and is closed");
    }

    #[tokio::test]
    async fn who_holds_most_answers_gives_them_up_when_all_are_too_many() {
        let connections = Connections::new(8, 8, 10 << 20);
        let [few, many, other] = [(); 3].map(|()| Client::of(&connections, "192.0.2.7"));
        let whole = few.keeps(12);
        assert!(!few.is_dismissed().await, "a single answer may be as large as it is");
        drop(whole);
        let _some = [few.keeps(1), many.keeps(4), other.keeps(1)];
        let more = many.keeps(4);
        assert!(!many.is_dismissed().await, "it is no more than all may");
        let _last = other.keeps(1);
        assert!(many.is_dismissed().await && !few.is_dismissed().await && !other.is_dismissed().await);
        assert_eq!(connections.lock().answers, 3 << 20);
        drop(more);
        assert_eq!(connections.lock().answers, 3 << 20, "what is gone is counted once");
    }

    #[tokio::test]
    async fn of_those_who_hold_as_much_the_one_that_has_done_so_longest_gives_it_up() {
        let connections = Connections::new(8, 8, 10 << 20);
        let [first, early, late] = [(); 3].map(|()| Client::of(&connections, "192.0.2.7"));
        // Whoever took its answer begins anew.
        drop(first.keeps(5));
        let kept = [early.keeps(5), first.keeps(5), late.keeps(5)];
        assert!(early.is_dismissed().await && !first.is_dismissed().await && !late.is_dismissed().await);
        drop(kept);
        assert_eq!(connections.lock().answers, 0);
    }

    #[tokio::test]
    async fn many_that_each_hold_a_little_close_nobody_elses_large_answer() {
        let connections = Connections::new(16, 16, 10 << 20);
        let good = Client::of(&connections, "192.0.2.8");
        let _large = good.keeps(4);
        let many: Vec<Client> = (0..9).map(|_| Client::of(&connections, "192.0.2.7")).collect();
        let kept: Vec<Kept> = many.iter().map(|it| it.keeps(1)).collect();
        assert!(!good.is_dismissed().await, "its address holds less than theirs");
        let mut closed = 0;
        for it in &many {
            closed += usize::from(it.is_dismissed().await);
        }
        assert_eq!((closed, connections.lock().answers), (3, 10 << 20));
        drop(kept);
    }
}
