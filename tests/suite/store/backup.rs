//! Backups and exports made while others write: each is of one moment.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use plugdesk_domain::{Change, Contact, RecordsExt, Storage};
use plugdesk_store::{Options, Store, restore};

use super::workload::{check, contact, desk, write, write_through};

fn open(folder: &Path) -> Arc<Store> {
    Store::open(&Options { reserve_bytes: 0, ..Options::new(folder).with_cache_bytes(8 << 20) }).unwrap()
}

/// Takes the bytes, and for each piece of them somebody writes something.
struct Interrupted<'a> {
    store: &'a Store,
    bytes: Vec<u8>,
    written: u64,
}

impl Write for Interrupted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        self.written += 1;
        write(self.store, 1, self.written).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_backup_during_which_others_write_is_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write_through(&*store, 0, 1..=40);
    // Several pages and chunks of contacts, which are read behind the events and before the tickets: so changes fall before, into
    // and behind what was read already.
    for hundred in [1000, 1100, 1200] {
        let mut change = Change::default();
        for number in hundred..hundred + 100 {
            change.create(Contact { name: "x".repeat(8 << 10), ..contact(number, 1) });
        }
        store.records(desk()).commit_wait(change).unwrap();
    }
    let mut backup = Interrupted { store: &store, bytes: Vec::new(), written: 0 };
    store.maintenance().backup(&mut backup).unwrap();
    assert!(backup.written > 9, "{}", backup.written);
    let restored = Store::memory_from(&mut backup.bytes.as_slice()).unwrap();
    check(&*restored, &[40, 2]).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    restore(&mut backup.bytes.as_slice(), elsewhere.path()).unwrap();
    check(&*open(elsewhere.path()), &[40, 2]).unwrap();
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
