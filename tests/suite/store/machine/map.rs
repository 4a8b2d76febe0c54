//! The plain map that the engines are compared with, and the changes asked of both.

use std::collections::BTreeMap;

use plugdesk_domain::{Change, Check, Contact, Digest, Instant, StoredAnswer, Table, Write};
use proptest::prelude::*;

use super::super::workload::{contact, event};

/// So few contacts, external ids and idempotency keys that changes meet each other.
const CONTACTS: u32 = 12;
const EXTERNALS: u8 = 9;
const KEYS: u8 = 6;

/// One write: of which contact, expecting which version, with which external id.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Create { who: u32, external: Option<u8> },
    Update { who: u32, stale: bool, external: Option<u8> },
    Delete { who: u32, stale: bool },
}

/// A change that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    acts: Vec<Act>,
    /// The contact that must stand as it does, or must have stood so.
    check: Option<(u32, bool)>,
    by: i8,
    events: u8,
    /// An idempotency key and the request behind it.
    key: Option<(u8, u8)>,
    /// The length of a text in the records.
    text: u16,
}

fn act() -> impl Strategy<Value = Act> {
    let external = || proptest::option::of(0..EXTERNALS);
    let stale = || prop::bool::weighted(0.1);
    prop_oneof![
        4 => (0..CONTACTS, external()).prop_map(|(who, external)| Act::Create { who, external }),
        4 => (0..CONTACTS, stale(), external()).prop_map(|(who, stale, external)| Act::Update { who, stale, external }),
        1 => (0..CONTACTS, stale()).prop_map(|(who, stale)| Act::Delete { who, stale }),
    ]
}

pub(crate) fn wish() -> impl Strategy<Value = Wish> {
    let check = proptest::option::weighted(0.2, (0..CONTACTS, prop::bool::weighted(0.2)));
    let key = proptest::option::weighted(0.3, (0..KEYS, 0..3u8));
    (prop::collection::vec(act(), 1..4), check, any::<i8>(), 0..3u8, key, 0..600u16)
        .prop_map(|(acts, check, by, events, key, text)| Wish { acts, check, by, events, key, text })
}

/// What stands in a store, as a map.
#[derive(Debug, Clone, Default)]
pub(crate) struct Map {
    contacts: BTreeMap<u32, Contact>,
    pub(crate) answers: BTreeMap<String, Digest>,
    /// The subjects of all events.
    pub(crate) told: Vec<String>,
    pub(crate) sum: i64,
    /// The last number that each engine gave.
    pub(crate) numbers: [u64; 3],
}

/// The place of a contact in a list: what the list is ordered by.
pub(crate) type Place = (String, u32);

impl Map {
    /// The change, and what the map comes to; none: something of it does not hold, and nothing of it may be done.
    pub(crate) fn decide(&self, wish: &Wish) -> (Change, Option<Self>) {
        let (mut change, mut next, mut holds) = (Change::default(), self.clone(), true);
        let mut seen = Vec::new();
        for act in &wish.acts {
            let (Act::Create { who, .. } | Act::Update { who, .. } | Act::Delete { who, .. }) = act;
            holds &= !seen.contains(who);
            seen.push(*who);
            let stands = self.contacts.get(who).map_or(0, |it| it.version);
            match act {
                Act::Create { external, .. } => {
                    let new = record(*who, 1, *external, wish.text);
                    change.create(new.clone());
                    holds &= stands == 0;
                    next.contacts.insert(*who, new);
                }
                Act::Update { stale, external, .. } => {
                    let version = (stands + 1 + u64::from(*stale)).max(2);
                    let new = record(*who, version, *external, wish.text);
                    change.update(new.clone());
                    holds &= version == stands + 1;
                    next.contacts.insert(*who, new);
                }
                Act::Delete { stale, .. } => {
                    let version = stands + u64::from(*stale);
                    let key = contact(*who, 1).id.into();
                    change.writes.push(Write::Delete { table: Table::Contact, key, version });
                    holds &= !stale && stands > 0;
                    next.contacts.remove(who);
                }
            }
        }
        if let Some((who, wrong)) = wish.check.filter(|(who, _)| !seen.contains(who)) {
            let stands = self.contacts.get(&who).map(|it| it.version);
            let version = if wrong { Some(stands.unwrap_or(0) + 7) } else { stands };
            change.checks.push(Check { table: Table::Contact, key: contact(who, 1).id.into(), version });
            holds &= !wrong;
        }
        if let Some((key, request)) = wish.key {
            let (name, request) = (format!("key {key}"), Digest::of(&[request]));
            holds &= !self.answers.contains_key(&name);
            next.answers.insert(name.clone(), request);
            change.create(answer(name, request));
        }
        let mut external: Vec<&String> = next.contacts.values().filter_map(|it| it.external_ids.get("crm")).collect();
        let entries = external.len();
        external.sort();
        external.dedup();
        holds &= external.len() == entries;
        change.count("sum", wish.by.into());
        next.sum += i64::from(wish.by);
        for _ in 0..wish.events {
            let subject = format!("event {}", next.told.len() + 1);
            change.tell(event("thing.done", &subject));
            next.told.push(subject);
        }
        (change, holds.then_some(next))
    }

    /// At most `limit` contacts of a list behind a place.
    pub(crate) fn page(
        &self,
        indexed: bool,
        backward: bool,
        after: Option<&Place>,
        limit: usize,
    ) -> Vec<(Place, Contact)> {
        let place = |(who, it): (&u32, &Contact)| match indexed {
            // The index is unique, so an id is a place by itself, whoever has it now.
            true => it.external_ids.get("crm").map(|id| ((id.clone(), 0), it.clone())),
            false => Some(((String::new(), *who), it.clone())),
        };
        let mut all: Vec<(Place, Contact)> = self.contacts.iter().filter_map(place).collect();
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        if backward {
            all.reverse();
        }
        let behind = |place: &Place| after.is_none_or(|after| if backward { place < after } else { place > after });
        all.into_iter().filter(|(place, _)| behind(place)).take(limit).collect()
    }
}

fn record(who: u32, version: u64, external: Option<u8>, text: u16) -> Contact {
    let mut record = contact(who, version);
    record.external_ids.extend(external.map(|id| ("crm".to_owned(), id.to_string())));
    record.custom.insert("text".to_owned(), "t".repeat(usize::from(text)).into());
    record
}

fn answer(name: String, request: Digest) -> StoredAnswer {
    let at = Instant::from_millis(1);
    StoredAnswer {
        version: 1,
        created_at: at,
        updated_at: at,
        name,
        request,
        status: 201,
        subject: "contact".to_owned(),
        body: None,
    }
}
