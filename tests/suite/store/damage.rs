//! Damaged folders: sled's, the journal's, the checkpoint's, a snapshot's. Rebuilt where nothing is lost, refused
//! where something would be, never silently wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugdesk_domain::Storage;
use plugdesk_store::{Error, Options, Store};

use super::rot::{Harm, Left, Part, Sample};
use super::workload::{check, write_through};

const WRITTEN: u64 = 120;

fn options(folder: &Path) -> Options {
    Options {
        segment_bytes: 32 << 10,
        checkpoint_bytes: 16 << 10,
        snapshot_bytes: 1 << 40,
        reserve_bytes: 0,
        ..Options::new(folder).with_cache_bytes(8 << 20)
    }
}

fn open(folder: &Path) -> Result<Arc<Store>, Error> {
    Store::open(&options(folder))
}

/// A store that was written and closed.
fn written(folder: &Path) {
    let store = open(folder).unwrap();
    write_through(&*store, 0, 1..=WRITTEN);
    store.close().unwrap();
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder.join("journal")).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Opens it, expects a repair that says so, and everything there.
fn repaired(folder: &Path, how: &str) {
    let store = open(folder).unwrap();
    let health = store.maintenance().health();
    assert!(health.repaired.iter().any(|what| what.contains(how)), "{:?} does not tell of {how}", health.repaired);
    check(&*store, &[WRITTEN]).unwrap();
    store.close().unwrap();
    let store = open(folder).unwrap();
    assert_eq!(store.maintenance().health().repaired, Vec::<String>::new());
    check(&*store, &[WRITTEN]).unwrap();
}

#[test]
fn a_sled_folder_that_was_emptied_is_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path());
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    repaired(folder.path(), "sled's file has 0 bytes");
}

#[test]
fn a_sled_folder_older_than_the_checkpoint_is_rebuilt() {
    let (folder, older) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(folder.path()).unwrap();
    write_through(&*store, 0, 1..=20);
    store.close().unwrap();
    for file in ["db", "conf"] {
        fs::copy(folder.path().join("sled").join(file), older.path().join(file)).unwrap();
    }
    let store = open(folder.path()).unwrap();
    write_through(&*store, 0, 21..=WRITTEN);
    store.close().unwrap();
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    fs::create_dir(folder.path().join("sled")).unwrap();
    for file in ["db", "conf"] {
        fs::copy(older.path().join(file), folder.path().join("sled").join(file)).unwrap();
    }
    repaired(folder.path(), "sled's file has");
}

#[test]
fn damage_in_sleds_file_is_noticed_and_rebuilt_or_does_no_harm() {
    for place in [20usize, 4000, 20_000, 60_000, 150_000] {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path());
        let path = folder.path().join("sled/db");
        let mut bytes = fs::read(&path).unwrap();
        let place = place.min(bytes.len() - 16);
        bytes[place..place + 16].iter_mut().for_each(|byte| *byte ^= 0xa5);
        fs::write(&path, bytes).unwrap();
        // Where sled notices only when it reads the page, the store says so; opening it again rebuilds it.
        let first = open(folder.path()).unwrap();
        let harmed = check(&*first, &[WRITTEN]);
        let _ = first.close();
        drop(first);
        if let Err(what) = harmed {
            assert!(what.contains("damaged") || what.contains("verify"), "byte {place}: {what}");
            repaired(folder.path(), "rebuilt the tree");
        }
    }
}

#[test]
fn a_restart_of_the_machine_with_the_store_open_rebuilds_the_tree_and_one_after_a_clean_end_does_not() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path());
    let other_boot = || Options { boot: Some("another boot".to_owned()), ..options(folder.path()) };
    let store = Store::open(&other_boot()).unwrap();
    assert_eq!(store.maintenance().health().repaired, Vec::<String>::new());
    store.close().unwrap();
    drop(store);
    // A checkpoint as it stands while the store is open.
    let store = open(folder.path()).unwrap();
    let while_open = fs::read(folder.path().join("CHECKPOINT")).unwrap();
    store.close().unwrap();
    drop(store);
    fs::write(folder.path().join("CHECKPOINT"), while_open).unwrap();
    let store = Store::open(&other_boot()).unwrap();
    let repaired = store.maintenance().health().repaired;
    assert!(repaired.iter().any(|what| what.contains("restarted")), "{repaired:?}");
    check(&*store, &[WRITTEN]).unwrap();
}

#[test]
fn a_lost_or_damaged_checkpoint_means_a_rebuild_and_nothing_else() {
    for damage in [None, Some(&b"PDCHECK1 nonsense"[..])] {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path());
        match damage {
            None => fs::remove_file(folder.path().join("CHECKPOINT")).unwrap(),
            Some(bytes) => fs::write(folder.path().join("CHECKPOINT"), bytes).unwrap(),
        }
        repaired(folder.path(), "no readable checkpoint");
    }
}

#[test]
fn a_torn_end_of_the_journal_is_cut_and_told() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path());
    let last = segments(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&last).unwrap();
    bytes.extend_from_slice(&[0x77; 333]);
    fs::write(&last, bytes).unwrap();
    repaired(folder.path(), "cut 333 bytes");
}

#[test]
fn a_damaged_middle_of_the_journal_refuses_to_open_and_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path());
    let last = segments(folder.path()).pop().unwrap();
    let before = fs::read(&last).unwrap();
    let mut bytes = before.clone();
    bytes[100] ^= 1;
    fs::write(&last, &bytes).unwrap();
    let Err(error) = open(folder.path()) else { panic!("it opened") };
    let text = error.to_string();
    assert!(text.contains(last.to_str().unwrap()) && text.contains("at byte 20"), "{text}");
    assert!(text.contains("plugdesk restore"), "{text}");
    assert_eq!(fs::read(&last).unwrap(), bytes, "it was changed");
    fs::write(&last, before).unwrap();
    check(&*open(folder.path()).unwrap(), &[WRITTEN]).unwrap();
}

#[test]
fn a_journal_that_lost_what_was_acknowledged_refuses_to_open() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path());
    let all = segments(folder.path());
    assert!(all.len() > 2, "{all:?}");
    let last = all.last().unwrap();
    let kept = fs::read(last).unwrap();
    fs::remove_file(last).unwrap();
    assert!(matches!(open(folder.path()), Err(Error::Gap { .. })));
    fs::write(last, kept).unwrap();
    // An older one is missed when the tree must be rebuilt.
    fs::remove_file(&all[1]).unwrap();
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    let Err(error) = open(folder.path()) else { panic!("it opened") };
    assert!(error.to_string().contains("plugdesk restore"), "{error}");
}

#[test]
fn snapshots_are_made_by_themselves_and_the_journal_before_them_goes() {
    let folder = tempfile::tempdir().unwrap();
    let small = || Options { snapshot_bytes: 96 << 10, ..options(folder.path()) };
    let store = Store::open(&small()).unwrap();
    write_through(&*store, 0, 1..=WRITTEN);
    store.close().unwrap();
    drop(store);
    let snapshots: Vec<_> = fs::read_dir(folder.path().join("snapshots")).unwrap().map(|it| it.unwrap()).collect();
    assert_eq!(snapshots.len(), 1, "{snapshots:?}");
    let first = segments(folder.path())[0].file_name().unwrap().to_str().unwrap().to_owned();
    assert_ne!(first, format!("{:020}.log", 1), "no segment was dropped");
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    repaired(folder.path(), "rebuilt the tree from snapshot and journal");
    // Without the journal to its first record a damaged snapshot can't be replaced, and is never believed.
    let path = snapshots[0].path();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    assert!(matches!(open(folder.path()), Err(Error::Snapshot { .. })));
}

#[test]
fn a_damaged_file_is_noticed_and_storing_it_again_repairs_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let digest = store.blobs().put(b"a component").unwrap();
    let name = digest.to_string();
    fs::write(folder.path().join("blobs").join(&name[..2]).join(&name), b"something else").unwrap();
    assert!(store.blobs().get(&digest).is_err());
    assert_eq!(store.maintenance().verify().unwrap().problems.len(), 1);
    store.blobs().put(b"a component").unwrap();
    assert_eq!(store.blobs().get(&digest).unwrap().as_deref(), Some(&b"a component"[..]));
    assert_eq!(store.maintenance().verify().unwrap().problems, Vec::<String>::new());
}

/// Each harm to each part, so often.
fn harmed(sample: &Sample, seeds: std::ops::Range<u64>, parts: &[Part], harms: &[Harm]) {
    let mut failures = Vec::new();
    let mut outcomes = std::collections::BTreeMap::new();
    for (part, harm) in parts.iter().flat_map(|part| harms.iter().map(move |harm| (*part, *harm))) {
        for seed in seeds.clone() {
            match sample.harm(part, harm, seed) {
                None => {}
                Some(Ok(outcome)) => *outcomes.entry((format!("{part:?} {harm:?}"), outcome)).or_insert(0) += 1,
                Some(Err(what)) => failures.push(format!("seed {seed}: {what}")),
            }
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}\nothers: {outcomes:#?}", failures.len(), failures.join("\n"));
}

#[test]
fn sixteen_damaged_bytes_anywhere_in_a_closed_store_are_noticed_and_what_is_said_helps() {
    harmed(&Sample::new(Left::Closed, 60, 2000, 1), 0..4, &Part::ALL, &[Harm::Bytes]);
}

#[test]
fn sixteen_damaged_bytes_anywhere_in_what_a_kill_left_are_noticed_and_what_is_said_helps() {
    harmed(&Sample::new(Left::Killed, 60, 2000, 2), 100..104, &Part::ALL, &[Harm::Bytes]);
}

#[test]
fn what_careless_hands_do_to_a_store_is_noticed_and_what_is_said_helps() {
    let sample = Sample::new(Left::Closed, 60, 2000, 3);
    harmed(&sample, 200..201, &Part::ALL, &Harm::ALL);
}

#[test]
fn damage_in_a_part_of_sleds_log_that_it_would_skip_is_noticed() {
    // More than two of its segments of 8 MiB.
    let sample = Sample::new(Left::Closed, 260, 24 << 10, 4);
    harmed(&sample, 0..6, &[Part::Tree], &[Harm::Bytes]);
}
