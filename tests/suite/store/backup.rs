//! Backups and exports made while others write: each is of one moment, and whoever takes one slowly holds up nobody.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plugdesk_domain::{Change, Contact, DeskId, Instant, RecordsExt, Storage};
use plugdesk_store::{Options, Store, Tree, restore};

use super::disk::Disk;
use super::workload::{check, contact, desk, done, write, write_through};

fn open(folder: &Path) -> Arc<Store> {
    Store::open(&Options { reserve_bytes: 0, ..Options::new(folder).with_cache_bytes(8 << 20) }).unwrap()
}

fn simulated(folder: &Path, disk: &Disk) -> Arc<Store> {
    let files = Arc::new(disk.clone());
    let (journal, tree) = (48 << 10, Tree::Memory);
    let options = Options {
        reserve_bytes: 0,
        segment_bytes: journal / 2,
        snapshot_bytes: journal,
        files,
        tree,
        ..Options::new(folder)
    };
    Store::open(&options).unwrap()
}

#[test]
fn a_backup_during_which_others_write_is_of_one_moment() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::default());
    let store =
        Store::open(&Options { reserve_bytes: 0, files: Arc::new(disk.clone()), ..Options::new(folder.path()) });
    let store = store.unwrap();
    write_through(&*store, 0, 1..=40);
    // Several pages and chunks of contacts, which are read behind the events and before the tickets: so changes fall
    // before, into and behind what was read already.
    for hundred in [1000, 1100, 1200] {
        let mut change = Change::default();
        for number in hundred..hundred + 100 {
            change.create(Contact { name: "x".repeat(8 << 10), ..contact(number, 1) });
        }
        store.records(desk()).commit_wait(change).unwrap();
    }
    // For each piece of the dump somebody writes something.
    let (written, writer) = (Arc::new(AtomicU64::new(0)), Arc::downgrade(&store));
    let count = written.clone();
    disk.meddle("aside.tmp", move || {
        // The journal of what was written meanwhile is the dump's end: what comes then is not in it.
        if let Some(store) = writer.upgrade().filter(|_| count.load(Ordering::SeqCst) < 12) {
            write(&*store, 1, count.fetch_add(1, Ordering::SeqCst) + 1).unwrap();
        }
    });
    let mut backup = Vec::new();
    store.maintenance().backup(&mut backup).unwrap();
    assert_eq!(written.load(Ordering::SeqCst), 12);
    let restored = Store::memory_from(&mut backup.as_slice()).unwrap();
    check(&*restored, &[40, 2]).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    restore(&mut backup.as_slice(), elsewhere.path()).unwrap();
    check(&*open(elsewhere.path()), &[40, 2]).unwrap();
}

/// Takes, or sends, its first bytes only when a newer snapshot was made and somebody else had a backup and an export.
struct Slow<'a> {
    store: &'a Store,
    disk: &'a Disk,
    waited: bool,
}

impl Slow<'_> {
    fn snapshots(&self) -> Vec<PathBuf> {
        let names = self.disk.listing().into_iter().map(|(path, _)| path);
        names.filter(|path| path.extension().is_some_and(|end| end == "snapshot")).collect()
    }
}

impl Slow<'_> {
    fn wait(&mut self) {
        if std::mem::replace(&mut self.waited, true) {
            return;
        }
        let before = self.snapshots();
        let begin = done(&*self.store.records(desk()), 0).unwrap();
        let made = (begin + 1..begin + 3000).any(|n| {
            write(self.store, 0, n).unwrap();
            self.snapshots() != before
        });
        assert!(made, "no snapshot was made while a client took its time");
        self.store.maintenance().backup(&mut io::sink()).unwrap();
        self.store.maintenance().export(desk(), &mut io::sink()).unwrap();
    }
}

impl Write for Slow<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Slow<'_> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.wait();
        Ok(0)
    }
}

#[test]
fn a_client_that_takes_its_backup_or_export_slowly_stops_no_snapshot_and_nobody_else() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::default());
    let store = simulated(folder.path(), &disk);
    write_through(&*store, 0, 1..=5);
    let slow = || Slow { store: &store, disk: &disk, waited: false };
    store.maintenance().backup(&mut slow()).unwrap();
    store.maintenance().export(desk(), &mut slow()).unwrap();
    // Nor does one that sends an import slowly, and then nothing.
    let other = DeskId::new(Instant::from_millis(1), 9);
    assert!(store.maintenance().import(other, &mut slow()).is_err());
    // What was set aside for them is gone.
    let left = disk.listing().into_iter().filter(|(path, _)| path.ends_with("aside.tmp")).count();
    assert_eq!(left, 0);
}

/// Begins as many backups as it may, each inside the one before.
struct Greedy<'a>(&'a Store, u32);

impl Write for Greedy<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.1 {
            0 => return Err(io::Error::other("enough")),
            left => self.0.maintenance().backup(&mut Greedy(self.0, left - 1)).map_err(io::Error::other)?,
        };
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn backups_that_hang_do_not_fill_the_disk() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::default());
    let store = simulated(folder.path(), &disk);
    write_through(&*store, 0, 1..=2);
    let refused = store.maintenance().backup(&mut Greedy(&store, 9)).unwrap_err();
    assert!(refused.to_string().contains("full"), "{refused}");
    store.maintenance().backup(&mut io::sink()).unwrap();
}

#[test]
fn an_export_during_which_others_write_is_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write_through(&*store, 0, 1..=40);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| write_through(&*store, 1, 1..=60));
        while !writer.is_finished() {
            let mut lines = Vec::new();
            store.maintenance().export(desk(), &mut lines).unwrap();
            let imported = Store::memory();
            imported.maintenance().import(desk(), &mut lines.as_slice()).unwrap();
            check(&*imported, &[40, 0]).unwrap();
        }
    });
}
