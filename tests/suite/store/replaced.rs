//! A careless hand removes or replaces a desk's folder while it is open: what stands there afterwards is left alone.

use std::path::Path;
use std::sync::Arc;

use plugdesk_domain::{Change, RecordsExt, Storage, StoreError};
use plugdesk_store::{Options, Store};

use super::workload::{contact, desk};

fn open(folder: &Path) -> Arc<Store> {
    Store::open(&Options { reserve_bytes: 0, ..Options::new(folder).with_cache_bytes(8 << 20) }).unwrap()
}

fn write(store: &Store, number: u32) -> Result<(), StoreError> {
    let mut change = Change::default();
    change.create(contact(number, 1));
    store.records(desk()).commit_wait(change).map(drop)
}

fn refused(written: Result<(), StoreError>) {
    let Err(StoreError::ReadOnly(why)) = written else { panic!("{written:?}") };
    assert!(why.contains("removed or replaced"), "{why}");
}

#[test]
fn a_store_whose_folder_was_replaced_writes_nothing_into_the_new_one() {
    let home = tempfile::tempdir().unwrap();
    let (place, away) = (home.path().join("desk"), home.path().join("away"));
    let old = open(&place);
    write(&old, 1).unwrap();
    std::fs::rename(&place, &away).unwrap();
    let new = open(&place);
    write(&new, 2).unwrap();
    refused(write(&old, 3));
    drop(old);
    write(&new, 4).unwrap();
    drop(new);
    // Both are whole, each with what was acknowledged to it.
    for (folder, number) in [(&place, 4), (&away, 1)] {
        let store = open(folder);
        assert!(store.maintenance().verify().unwrap().problems.is_empty());
        assert!(matches!(write(&store, number), Err(StoreError::Exists { .. })), "{number} is lost");
    }
}

#[test]
fn an_idle_store_whose_folder_was_replaced_ends_without_touching_the_new_one() {
    let home = tempfile::tempdir().unwrap();
    let (place, away) = (home.path().join("desk"), home.path().join("away"));
    let old = open(&place);
    write(&old, 1).unwrap();
    std::fs::rename(&place, &away).unwrap();
    drop(open(&place));
    let files = || {
        let names = std::fs::read_dir(&place).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_file());
        let mut files: Vec<_> = names.map(|path| (std::fs::read(&path).unwrap(), path)).collect();
        files.sort();
        files
    };
    let before = files();
    drop(old);
    assert_eq!(files(), before);
    write(&open(&place), 1).expect("the new folder never had it");
}

#[test]
fn a_store_whose_folder_was_removed_says_so() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("desk");
    let store = open(&place);
    write(&store, 1).unwrap();
    std::fs::remove_dir_all(&place).unwrap();
    refused(write(&store, 2));
    drop(store);
    assert!(!place.exists(), "it was made again");
}
