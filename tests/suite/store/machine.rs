//! Random operations against every engine and against a plain map, with crashes, reopening, snapshots and backups in
//! between: the engines and the map never differ.
//!
//! One seed gives one run. What fails is shrunk to a short sequence and told with its seed.

#[path = "machine/map.rs"]
mod map;

use std::sync::Arc;

use plugdesk_domain::{CONTACT_BY_EXTERNAL, Change, Contact, Direction, RecordsExt, Scan, Storage, StoreError, Table};
use plugdesk_store::{Options, Store, Tree};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use self::map::Map;
use super::disk::{Cut, Dice, Disk};
use super::rot::scratch;
use super::workload::desk;

/// What is done to every engine.
#[derive(Debug, Clone)]
enum Step {
    /// A change of several writes, a counter, events, an answer for an idempotency key, a precondition.
    Change(map::Wish),
    /// A list, page by page; a change falls between the first and the second page.
    List { limit: usize, backward: bool, indexed: bool, between: Option<map::Wish> },
    /// Events behind a place.
    Events { after: u64, limit: usize },
    /// The next number.
    Number,
    /// Closed and opened.
    Reopen,
    /// The power is cut: what was not synced is gone, or there by the page.
    Cut { subset: bool, seed: u64 },
    /// A backup of the first engine takes the place of the one in memory.
    Backup,
}

fn step() -> impl Strategy<Value = Step> {
    let list = (1..6usize, any::<bool>(), any::<bool>(), proptest::option::weighted(0.3, map::wish()));
    prop_oneof![
        20 => map::wish().prop_map(Step::Change),
        4 => list.prop_map(|(limit, backward, indexed, between)| Step::List { limit, backward, indexed, between }),
        2 => (0..200u64, 1..20usize).prop_map(|(after, limit)| Step::Events { after, limit }),
        2 => Just(Step::Number),
        1 => Just(Step::Reopen),
        1 => (any::<bool>(), any::<u64>()).prop_map(|(subset, seed)| Step::Cut { subset, seed }),
        1 => Just(Step::Backup),
    ]
}

/// An engine on a simulated disk.
struct OnDisk {
    folder: tempfile::TempDir,
    disk: Disk,
    tree: Tree,
    boot: u64,
    store: Arc<Store>,
}

impl OnDisk {
    fn new(tree: Tree) -> Self {
        let (folder, disk) = (scratch(), Disk::default());
        let store = Self::open(&folder, &disk, tree, 0);
        Self { folder, disk, tree, boot: 0, store }
    }

    /// With limits so small that segments, checkpoints and snapshots come often.
    fn open(folder: &tempfile::TempDir, disk: &Disk, tree: Tree, boot: u64) -> Arc<Store> {
        let options = Options {
            segment_bytes: 8 << 10,
            checkpoint_bytes: 4 << 10,
            snapshot_bytes: 24 << 10,
            captures_bytes: 1 << 20,
            reserve_bytes: 0,
            cache_bytes: 8 << 20,
            boot: Some(format!("boot {boot}")),
            files: Arc::new(disk.clone()),
            tree,
            ..Options::new(folder.path())
        };
        Store::open(&options).unwrap()
    }

    fn reopen(&mut self) {
        self.store.close().unwrap();
        self.store = Self::open(&self.folder, &self.disk, self.tree, self.boot);
    }

    fn cut(&mut self, cut: Cut, dice: &mut Dice) {
        let after = self.disk.cut(cut, dice);
        // What the old store still writes when it is let go, it writes to the disk that was.
        drop(self.store.close());
        let db = self.folder.path().join("sled/db");
        if self.tree == Tree::Sled && dice.roll(2) == 0 {
            std::fs::write(db, b"").unwrap();
        }
        (self.disk, self.boot) = (after, self.boot + 1);
        self.store = Self::open(&self.folder, &self.disk, self.tree, self.boot);
    }
}

struct Machine {
    disks: [OnDisk; 2],
    memory: Arc<Store>,
    map: Map,
}

impl Machine {
    fn new() -> Self {
        let disks = [OnDisk::new(Tree::Sled), OnDisk::new(Tree::Memory)];
        Self { disks, memory: Store::memory(), map: Map::default() }
    }

    fn stores(&self) -> [&dyn Storage; 3] {
        [&*self.disks[0].store, &*self.disks[1].store, &*self.memory]
    }

    fn change(&mut self, wish: &map::Wish) -> Result<(), TestCaseError> {
        let (change, next): (Change, Option<Map>) = self.map.decide(wish);
        for store in self.stores() {
            let answer = store.records(desk()).commit_wait(change.clone());
            prop_assert_eq!(answer.is_ok(), next.is_some(), "{:?} answers {:?}", wish, answer);
            match answer {
                Ok(committed) => {
                    let told = next.as_ref().map_or(0, |next| next.told.len() as u64);
                    prop_assert_eq!(committed.last_event, told);
                }
                Err(StoreError::Conflict { .. } | StoreError::Exists { .. }) => {}
                Err(other) => prop_assert!(false, "{:?} answers {:?}", wish, other),
            }
        }
        self.map = next.unwrap_or_else(|| std::mem::take(&mut self.map));
        Ok(())
    }

    fn list(
        &mut self,
        limit: usize,
        backward: bool,
        indexed: bool,
        between: Option<&map::Wish>,
    ) -> Result<(), TestCaseError> {
        let mut scan = match indexed {
            true => Scan::index(CONTACT_BY_EXTERNAL, vec!["crm".into()]),
            false => Scan::table(Table::Contact),
        };
        scan = scan.with_limit(limit);
        if backward {
            scan.direction = Direction::Backward;
        }
        let mut places: [Option<Vec<u8>>; 3] = Default::default();
        let (mut after, mut first) = (None, true);
        loop {
            let expected = self.map.page(indexed, backward, after.as_ref(), limit);
            let mut more = [false; 3];
            for (number, store) in self.stores().into_iter().enumerate() {
                let scan = scan.clone().with_after(places[number].clone());
                let page = store.records(desk()).list::<Contact>(&scan);
                let page = page.map_err(|error| TestCaseError::fail(format!("{scan:?}: {error}")))?;
                prop_assert_eq!(&page.records, &expected.iter().map(|(_, it)| it.clone()).collect::<Vec<_>>());
                more[number] = page.next.is_some();
                places[number] = page.next;
            }
            after = expected.last().map(|(place, _)| place.clone());
            let left = after.is_some() && !self.map.page(indexed, backward, after.as_ref(), 1).is_empty();
            prop_assert_eq!(more, [left; 3]);
            if !left {
                return Ok(());
            }
            if let Some(wish) = between.filter(|_| std::mem::take(&mut first)) {
                self.change(wish)?;
            }
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Change(wish) => return self.change(wish),
            Step::List { limit, backward, indexed, between } => {
                return self.list(*limit, *backward, *indexed, between.as_ref());
            }
            Step::Events { after, limit } => {
                let expected: Vec<&String> = self.map.told.iter().skip(*after as usize).take(*limit).collect();
                for store in self.stores() {
                    let events = store.records(desk()).events(*after, *limit).unwrap();
                    prop_assert_eq!(events.iter().map(|it| &it.subject).collect::<Vec<_>>(), expected.clone());
                    prop_assert!(events.iter().zip(after + 1..).all(|(event, number)| event.sequence == number));
                }
            }
            Step::Number => {
                let numbers = self.stores().map(|store| store.records(desk()).next_number("ticket").unwrap());
                for (last, number) in self.map.numbers.iter_mut().zip(numbers) {
                    prop_assert!(number > *last, "number {} after {}", number, last);
                    *last = number;
                }
            }
            Step::Reopen => self.disks.iter_mut().for_each(OnDisk::reopen),
            Step::Cut { subset, seed } => {
                let cut = if *subset { Cut::Subset } else { Cut::LoseAll };
                self.disks.iter_mut().for_each(|disk| disk.cut(cut, &mut Dice(seed | 1)));
            }
            Step::Backup => {
                let mut backup = Vec::new();
                self.disks[0].store.maintenance().backup(&mut backup).unwrap();
                self.memory = Store::memory_from(&mut backup.as_slice()).unwrap();
                // Numbers in blocks not used up are a gap in what was restored.
                self.map.numbers[2] = self.map.numbers[0];
            }
        }
        if matches!(step, Step::Reopen | Step::Cut { .. } | Step::Backup) { self.compare() } else { Ok(()) }
    }

    /// Everything, and `verify`.
    fn compare(&mut self) -> Result<(), TestCaseError> {
        for indexed in [false, true] {
            self.list(100, false, indexed, None)?;
        }
        for store in self.stores() {
            let records = store.records(desk());
            prop_assert_eq!(records.counter("sum").unwrap(), self.map.sum);
            prop_assert_eq!(records.last_event().unwrap(), self.map.told.len() as u64);
            let answers =
                records.list::<plugdesk_domain::StoredAnswer>(&Scan::table(Table::StoredAnswer).with_limit(100));
            let answers = answers.unwrap().records.into_iter().map(|it| (it.name, it.request));
            prop_assert_eq!(answers.collect::<std::collections::BTreeMap<_, _>>(), self.map.answers.clone());
            prop_assert_eq!(store.maintenance().verify().unwrap().problems, Vec::<String>::new());
        }
        Ok(())
    }
}

fn case(steps: &[Step]) -> Result<(), TestCaseError> {
    let mut machine = Machine::new();
    for step in steps {
        machine.step(step)?;
    }
    machine.step(&Step::Events { after: 0, limit: 1000 })?;
    machine.compare()
}

/// So many cases of so many steps, all from one seed. Returns the number of operations; a difference is an error that
/// holds the seed and the shortest sequence found.
pub(crate) fn run(seed: u64, cases: u32, steps: usize) -> Result<u64, String> {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let done = std::cell::Cell::new(0);
    let outcome = runner.run(&prop::collection::vec(step(), steps), |steps| {
        done.set(done.get() + steps.len() as u64);
        case(&steps)
    });
    match outcome {
        Ok(()) => Ok(done.get()),
        Err(TestError::Fail(why, steps)) => Err(format!("seed {seed}: {why}\nthe shortest sequence: {steps:#?}")),
        Err(TestError::Abort(why)) => Err(format!("seed {seed}: {why}")),
    }
}
