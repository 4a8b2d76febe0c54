//! Random changes against both engines and against a plain map: the three never differ.

use std::collections::BTreeMap;

use plugdesk_domain::{CONTACT_BY_EXTERNAL, Change, Contact, RecordsExt, Scan, Storage, StoreError, Table, Write};
use plugdesk_store::Store;
use proptest::prelude::*;

use super::conformance::open;
use super::workload::{contact, desk, event};

/// One write of a change: of which contact, expecting which version, with which external id.
#[derive(Debug, Clone)]
enum Act {
    Create { who: u32, external: Option<u8> },
    Update { who: u32, stale: bool, external: Option<u8> },
    Delete { who: u32, stale: bool },
}

fn act() -> impl Strategy<Value = Act> {
    let external = || proptest::option::of(0..4u8);
    prop_oneof![
        (0..6u32, external()).prop_map(|(who, external)| Act::Create { who, external }),
        (0..6u32, prop::bool::weighted(0.2), external()).prop_map(|(who, stale, external)| Act::Update {
            who,
            stale,
            external
        }),
        (0..6u32, prop::bool::weighted(0.2)).prop_map(|(who, stale)| Act::Delete { who, stale }),
    ]
}

/// Version and external id of each contact.
type Model = BTreeMap<u32, (u64, Option<u8>)>;

fn record(who: u32, version: u64, external: Option<u8>) -> Contact {
    let mut record = contact(who, version);
    record.external_ids.extend(external.map(|id| ("crm".to_owned(), id.to_string())));
    record
}

/// The change, and what the map comes to if all of it holds.
fn decide(model: &Model, acts: &[Act]) -> (Change, Option<Model>) {
    let (mut change, mut next, mut holds) = (Change::default(), model.clone(), true);
    let mut seen = Vec::new();
    for act in acts {
        let (Act::Create { who, .. } | Act::Update { who, .. } | Act::Delete { who, .. }) = act;
        holds &= !seen.contains(who);
        seen.push(*who);
        let stands = model.get(who).map_or(0, |(version, _)| *version);
        match act {
            Act::Create { external, .. } => {
                change.create(record(*who, 1, *external));
                holds &= stands == 0;
                next.insert(*who, (1, *external));
            }
            Act::Update { stale, external, .. } => {
                let version = (stands + 1 + u64::from(*stale)).max(2);
                change.update(record(*who, version, *external));
                holds &= version == stands + 1;
                next.insert(*who, (version, *external));
            }
            Act::Delete { stale, .. } => {
                let version = stands + u64::from(*stale);
                let key = contact(*who, 1).id.into();
                change.writes.push(Write::Delete { table: Table::Contact, key, version });
                holds &= !stale && stands > 0;
                next.remove(who);
            }
        }
    }
    let mut external: Vec<u8> = next.values().filter_map(|(_, external)| *external).collect();
    let entries = external.len();
    external.sort_unstable();
    external.dedup();
    holds &= external.len() == entries;
    change.count("sum", acts.len() as i64);
    change.tell(event("thing.done", acts.len()));
    (change, holds.then_some(next))
}

fn compare(store: &dyn Storage, model: &Model, told: u64, sum: i64) {
    let records = store.records(desk());
    let all: Vec<Contact> = records.list(&Scan::table(Table::Contact).with_limit(1000)).unwrap().records;
    let expected: Vec<Contact> =
        model.iter().map(|(who, (version, external))| record(*who, *version, *external)).collect();
    assert_eq!(all, expected);
    let indexed: Vec<Contact> = records.list(&Scan::index(CONTACT_BY_EXTERNAL, vec!["crm".into()])).unwrap().records;
    let mut expected: Vec<&Contact> = expected.iter().filter(|it| !it.external_ids.is_empty()).collect();
    expected.sort_by_key(|it| it.external_ids["crm"].clone());
    assert_eq!(indexed.iter().collect::<Vec<_>>(), expected);
    assert_eq!((records.last_event().unwrap(), records.counter("sum").unwrap()), (told, sum));
    assert_eq!(store.maintenance().verify().unwrap().problems, Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn both_engines_do_what_a_map_does(changes in prop::collection::vec(prop::collection::vec(act(), 1..4), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let mut stores = [open(folder.path()), Store::memory()];
        let (mut model, mut told, mut sum) = (Model::new(), 0, 0);
        for (number, acts) in changes.iter().enumerate() {
            let (change, next) = decide(&model, acts);
            for store in &stores {
                let answer = store.records(desk()).commit_wait(change.clone());
                prop_assert_eq!(answer.is_ok(), next.is_some(), "{:?} {:?}", acts, answer);
                let refused = matches!(answer, Ok(_) | Err(StoreError::Conflict { .. } | StoreError::Exists { .. }));
                prop_assert!(refused, "{:?}", answer);
            }
            if let Some(next) = next {
                (model, told, sum) = (next, told + 1, sum + acts.len() as i64);
            }
            if number % 13 == 12 {
                stores[0].close().unwrap();
                stores[0] = open(folder.path());
            }
        }
        stores.iter().for_each(|store| compare(&**store, &model, told, sum));
    }
}
