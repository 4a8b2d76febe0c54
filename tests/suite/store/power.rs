//! Power cuts on a simulated disk, at any call, in both models; a full disk; a disk that fails to sync.

use std::path::Path;
use std::sync::Arc;

use plugdesk_domain::{RecordsExt, Storage, StoreError};
use plugdesk_store::{Options, Store, Tree};

use super::disk::{Cut, Dice, Disk};
use super::workload::{self, check, desk, done};

const WRITERS: u32 = 3;

/// A store over the simulated disk, with limits so small that segments, checkpoints and snapshots come often.
fn options(folder: &Path, disk: &Disk, boot: u64, tree: Tree) -> Options {
    Options {
        segment_bytes: 24 << 10,
        checkpoint_bytes: 8 << 10,
        snapshot_bytes: 48 << 10,
        reserve_bytes: 0,
        captures_bytes: 1 << 20,
        cache_bytes: 8 << 20,
        boot: Some(format!("boot {boot}")),
        files: Arc::new(disk.clone()),
        tree,
        ..Options::new(folder)
    }
}

/// Writes until the disk dies or `most` operations of each writer are done. Returns what was acknowledged.
fn write(store: &Store, most: u64) -> Vec<u64> {
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn(move || {
                    let begin = done(&*store.records(desk()), writer).unwrap();
                    (begin + 1..=begin + most)
                        .take_while(|n| workload::write(store, writer, *n).is_ok())
                        .last()
                        .unwrap_or(begin)
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    })
}

/// One run: written, cut at a random call, opened, compared; written on, closed, opened, compared.
fn run(seed: u64, cut: Cut, tree: Tree) {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (seed + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let mut disk = Disk::default();
    let mut acknowledged = vec![0; WRITERS as usize];
    for boot in 0..3 {
        disk.die_in(30 + dice.roll(900));
        if let Ok(store) = Store::open(&options(folder.path(), &disk, boot, tree)) {
            let written = write(&store, 60);
            acknowledged.iter_mut().zip(written).for_each(|(known, new)| *known = new.max(*known));
        }
        disk = disk.cut(cut, &mut dice);
        lose_tree(folder.path(), &mut dice);
    }
    let store = Store::open(&options(folder.path(), &disk, 3, tree));
    let store = store.unwrap_or_else(|error| panic!("seed {seed}, {cut:?}: {error}; {:?}", disk.listing()));
    check(&*store, &acknowledged).unwrap_or_else(|what| panic!("seed {seed}, {cut:?}: {what}"));
    let written = write(&store, 20);
    store.close().unwrap();
    let store = Store::open(&options(folder.path(), &disk, 4, tree)).unwrap();
    check(&*store, &written).unwrap_or_else(|what| panic!("seed {seed}, {cut:?}, written on: {what}"));
}

/// What the cut does to sled's folder, which is on a real disk: nothing, its end lost, or all of it.
fn lose_tree(folder: &Path, dice: &mut Dice) {
    let db = folder.join("sled/db");
    match dice.roll(3) {
        0 => {}
        1 => drop(std::fs::write(&db, b"")),
        _ => {
            if let Ok(bytes) = std::fs::read(&db) {
                std::fs::write(&db, &bytes[..bytes.len() / 2]).unwrap();
            }
        }
    }
}

#[test]
fn a_power_cut_at_any_call_loses_nothing_that_was_acknowledged_and_shows_nothing_by_half() {
    for seed in 0..25 {
        run(seed, Cut::LoseAll, Tree::Memory);
        run(seed, Cut::Subset, Tree::Memory);
    }
}

#[test]
fn a_power_cut_that_also_ruins_sleds_folder_loses_nothing_either() {
    for seed in 100..104 {
        run(seed, Cut::LoseAll, Tree::Sled);
        run(seed, Cut::Subset, Tree::Sled);
    }
}

#[test]
fn a_full_disk_refuses_writes_serves_reads_and_recovers_when_there_is_room() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::default());
    let store = Store::open(&options(folder.path(), &disk, 0, Tree::Memory)).unwrap();
    let before = write(&store, 10);
    // The next record is cut short in its middle.
    disk.set_free(Some(700));
    let error = loop {
        if let Err(error) = workload::write(&*store, 0, done(&*store.records(desk()), 0).unwrap() + 1) {
            break error;
        }
    };
    assert!(matches!(&error, StoreError::NoSpace(_)), "{error}");
    assert_eq!(store.maintenance().health().read_only, None);
    let now = done(&*store.records(desk()), 0).unwrap();
    check(&*store, &before).unwrap();
    disk.set_free(None);
    workload::write(&*store, 0, now + 1).unwrap();
    check(&*store, &[now + 1, before[1], before[2]]).unwrap();
    drop(store);
    let store = Store::open(&options(folder.path(), &disk, 1, Tree::Memory)).unwrap();
    check(&*store, &[now + 1, before[1], before[2]]).unwrap();
}

#[test]
fn a_disk_with_less_than_its_reserve_free_refuses_before_anything_is_written() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::default());
    let options = Options { reserve_bytes: 1 << 20, ..options(folder.path(), &disk, 0, Tree::Memory) };
    let store = Store::open(&options).unwrap();
    disk.set_free(Some((1 << 20) - 1));
    let error = workload::write(&*store, 0, 1).unwrap_err();
    assert!(matches!(&error, StoreError::NoSpace(what) if what.contains("reserve")), "{error}");
    disk.set_free(Some(2 << 20));
    workload::write(&*store, 0, 1).unwrap();
}

#[test]
fn a_failed_sync_ends_writing_and_leaves_the_outcome_open() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), Disk::default());
    // No checkpoint is written meanwhile, whose own failing sync would end writing before the journal's.
    let unhurried = Options { checkpoint_bytes: u64::MAX, ..options(folder.path(), &disk, 0, Tree::Memory) };
    let store = Store::open(&unhurried).unwrap();
    let before = write(&store, 5);
    disk.fail_syncs();
    let error = workload::write(&*store, 0, 6).unwrap_err();
    assert!(matches!(error, StoreError::Unknown(_)), "{error}");
    let error = workload::write(&*store, 0, 6).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
    assert!(store.maintenance().health().read_only.is_some_and(|why| why.contains("sync")));
    // Reads go on, and show nothing of what is unknown.
    check(&*store, &before).unwrap();
    assert!(store.records(desk()).find::<plugdesk_domain::Contact>(workload::contact(0, 1).id).unwrap().is_some());
    assert!(store.close().is_err());
    drop(store);
    let after = disk.cut(Cut::LoseAll, &mut Dice(7));
    let store = Store::open(&options(folder.path(), &after, 1, Tree::Memory)).unwrap();
    check(&*store, &before).unwrap();
}
