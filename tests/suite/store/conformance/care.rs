//! Files, captures, exports, backups, the end of a store.

use std::sync::mpsc;

use plugdesk_domain::{Contact, DecisionId, DeskId, Instant, RecordsExt, Scan, Storage, StoreError, Table};
use plugdesk_store::{Options, Store, restore};

use super::super::workload::{check, contact, count, desk, event, exported, write};
use super::{change, open};

pub(super) fn files_are_found_by_their_content(store: &dyn Storage) {
    let blobs = store.blobs();
    let digest = blobs.put(b"some bytes").unwrap();
    assert_eq!(blobs.put(b"some bytes").unwrap(), digest);
    assert_eq!(blobs.get(&digest).unwrap().as_deref(), Some(&b"some bytes"[..]));
    let empty = blobs.put(b"").unwrap();
    assert_eq!(blobs.get(&empty).unwrap(), Some(vec![]));
    assert_eq!(blobs.get(&plugdesk_domain::Digest::of(b"never put")).unwrap(), None);
}

pub(super) fn captures_are_found_by_their_decision(store: &dyn Storage) {
    let captures = store.captures();
    let decision = |n| DecisionId::new(Instant::from_millis(n), n as u128);
    for n in 0..500 {
        captures.append(desk(), decision(n), format!("input {n} ").repeat(50).into_bytes());
    }
    for n in [0, 250, 499] {
        let expected = format!("input {n} ").repeat(50).into_bytes();
        assert_eq!(captures.get(desk(), decision(n)).unwrap(), Some(expected), "{n}");
    }
    assert_eq!(captures.get(desk(), decision(500)).unwrap(), None);
    assert_eq!(captures.get(DeskId::new(Instant::from_millis(1), 2), decision(1)).unwrap(), None);
    captures.append(desk(), decision(600), vec![0; 2 << 20]);
    assert_eq!(store.maintenance().health().captures_dropped, 1);
}

fn filled(store: &dyn Storage) {
    for n in 1..=30 {
        write(store, 0, n).unwrap();
    }
    check(store, &[30]).unwrap();
}

pub(super) fn what_is_exported_can_be_imported_once_and_whole(store: &dyn Storage) {
    filled(store);
    let lines = exported(&*store.maintenance(), desk());
    let target = Store::memory();
    for into in [store, &*target as &dyn Storage] {
        let other = DeskId::new(Instant::from_millis(1), 9);
        let import = |lines: &str| into.maintenance().import(other, &mut lines.as_bytes());
        // Cut anywhere, or with a line missing or changed, nothing of it is imported.
        let cut = &lines[..lines.len() / 2];
        let without = lines.lines().enumerate().filter(|(n, _)| *n != 5).map(|(_, line)| format!("{line}\n"));
        let changed = lines.replacen("\"kind\":\"support\"", "\"kind\":5", 1);
        for wrong in ["", "nonsense\n", cut, &without.collect::<String>(), &changed] {
            assert!(import(wrong).is_err());
            assert_eq!(count(&*into.records(other), &Scan::table(Table::Ticket)), Ok(0));
            assert_eq!(into.records(other).last_event().unwrap(), 0);
        }
        assert_eq!(into.maintenance().verify().unwrap().problems, Vec::<String>::new());
        // 30 tickets less 6 deleted, the contact, 4 entries; 60 events.
        assert_eq!(import(&lines).unwrap(), 24 + 1 + 4 + 60);
        let text = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(text(&exported(&*into.maintenance(), other)), text(&lines));
        assert!(matches!(import(&lines), Err(StoreError::Exists { .. })));
        // It is a desk like any other.
        let records = into.records(other);
        assert_eq!(records.commit_wait(change(|it| it.tell(event("thing.done", 1)))).unwrap().last_event, 61);
        assert!(records.next_number("ticket").unwrap() > 30);
        assert_eq!(into.maintenance().verify().unwrap().problems, Vec::<String>::new());
    }
}

pub(super) fn a_line_of_events_longer_than_a_value_is_imported_and_read_again(store: &dyn Storage) {
    store.records(desk()).commit_wait(change(|it| it.tell(event("thing.done", 1)))).unwrap();
    let lines = exported(&*store.maintenance(), desk());
    let one = lines.lines().nth(1).and_then(|line| line.strip_prefix("{\"events\":[")?.strip_suffix("]}")).unwrap();
    let told = |n: u64, bytes: usize| {
        let mut event: plugdesk_domain::Event = serde_json::from_str(one).unwrap();
        event.sequence = n;
        event.data.insert("text".to_owned(), "words ".repeat(bytes / 6).into());
        serde_json::to_string(&event).unwrap()
    };
    let with = |count: u64, bytes: usize| {
        let all: Vec<String> = (1..=count).map(|n| told(n, bytes)).collect();
        let line = all.join(",");
        (line.len(), lines.replacen(one, &line, 1).replacen("\"events\":1,", &format!("\"events\":{count},"), 1))
    };
    let target = Store::memory();
    for into in [store, &*target as &dyn Storage] {
        for (place, (count, bytes)) in
            [(3, 40 << 10), (2, 60 << 10), (40, 4 << 10), (1, 90 << 10)].into_iter().enumerate()
        {
            let other = DeskId::new(Instant::from_millis(1), 20 + place as u128);
            let (length, lines) = with(count, bytes);
            assert_eq!(into.maintenance().import(other, &mut lines.as_bytes()).unwrap(), count, "{length} bytes");
            let read = into.records(other).events(0, 100).unwrap();
            assert_eq!(read.iter().map(|it| it.sequence).collect::<Vec<_>>(), (1..=count).collect::<Vec<_>>());
            assert_eq!(serde_json::to_string(&read[0]).unwrap(), told(1, bytes), "{length} bytes");
            let again = exported(&*into.maintenance(), other);
            let third = DeskId::new(Instant::from_millis(1), 40 + place as u128);
            assert_eq!(into.maintenance().import(third, &mut again.as_bytes()).unwrap(), count, "and exported again");
            assert_eq!(into.records(third).events(0, 100).unwrap(), read);
        }
        let (other, (_, lines)) = (DeskId::new(Instant::from_millis(1), 60), with(1, 120 << 10));
        let refused = into.maintenance().import(other, &mut lines.as_bytes()).unwrap_err().to_string();
        assert!(refused.contains("event 1 has") && refused.contains("at most 98304 are taken"), "{refused}");
        assert_eq!(into.maintenance().verify().unwrap().problems, Vec::<String>::new());
    }
}

pub(super) fn a_text_that_reads_like_a_files_name_brings_no_file_along(store: &dyn Storage) {
    filled(store);
    let before = exported(&*store.maintenance(), desk());
    assert_eq!(before.matches("{\"file\":").count(), 4);
    let foreign = store.blobs().put(b"another desk's file").unwrap().to_string();
    let custom = [("note".to_owned(), foreign.as_str().into())].into();
    let curious = Contact { custom, name: foreign.clone(), ..contact(7, 1) };
    store.records(desk()).commit_wait(change(|it| it.create(curious))).unwrap();
    let lines = exported(&*store.maintenance(), desk());
    assert!(lines.contains(&foreign));
    assert_eq!(lines.matches("{\"file\":").count(), 4);
}

pub(super) fn files_come_one_after_the_other(store: &dyn Storage) {
    filled(store);
    let lines = exported(&*store.maintenance(), desk());
    let other = DeskId::new(Instant::from_millis(1), 9);
    let import = |lines: &str| store.maintenance().import(other, &mut lines.as_bytes());
    // The first file has its end behind the second one, or nowhere: only so could a stream fill the memory.
    let at = lines.find("{\"file\":").unwrap();
    let (records, files) = lines.split_at(at);
    let (first, rest) = files.split_once('\n').unwrap();
    let (second, rest) = rest.split_once('\n').unwrap();
    let begun = first.replace("\"last\":true", "\"last\":false");
    let (name, _) = first.split_once("\"hex\"").unwrap();
    let end = format!("{name}\"hex\":\"\"}}");
    let refused = import(&format!("{records}{begun}\n{second}\n{end}\n{rest}")).unwrap_err();
    assert!(refused.to_string().contains("begins before the end of file"), "{refused}");
    assert!(import(&format!("{records}{begun}\n{rest}")).is_err());
    import(&format!("{records}{begun}\n{end}\n{second}\n{rest}")).unwrap();
}

pub(super) fn a_backup_restores_into_every_engine(store: &dyn Storage) {
    filled(store);
    let (mut backup, lines) = (Vec::new(), exported(&*store.maintenance(), desk()));
    store.maintenance().backup(&mut backup).unwrap();
    let memory = Store::memory_from(&mut backup.as_slice()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    restore(&mut backup.as_slice(), folder.path()).unwrap();
    assert!(restore(&mut backup.as_slice(), folder.path()).is_err(), "a store was overwritten");
    let disk = open(folder.path());
    for restored in [&*memory as &dyn Storage, &*disk] {
        check(restored, &[30]).unwrap();
        assert_eq!(exported(&*restored.maintenance(), desk()), lines);
        write(restored, 0, 31).unwrap();
        check(restored, &[31]).unwrap();
    }
    drop(disk);
    check(&*open(folder.path()), &[31]).unwrap();
    // Every byte counts.
    for at in (0..backup.len()).step_by(97) {
        let mut damaged = backup.clone();
        damaged[at] ^= 0x10;
        assert!(Store::memory_from(&mut damaged.as_slice()).is_err(), "byte {at}");
        assert!(Store::memory_from(&mut &backup[..at]).is_err(), "cut at {at}");
    }
}

pub(super) fn a_closed_store_says_so(store: &dyn Storage) {
    let records = store.records(desk());
    records.commit_wait(change(|it| it.create(contact(1, 1)))).unwrap();
    let (tell, hear) = mpsc::channel();
    for _ in 0..100 {
        let tell = tell.clone();
        records.commit(change(|it| it.count("sum", 1)), Box::new(move |answer| drop(tell.send(answer))));
    }
    drop(tell);
    store.close().unwrap();
    // What was queued was committed.
    assert_eq!(hear.iter().filter(Result::is_ok).count(), 100);
    let late = records.commit_wait(change(|it| it.count("sum", 1)));
    assert!(matches!(late, Err(StoreError::ReadOnly(_))), "{late:?}");
    assert!(records.find::<Contact>(contact(1, 1).id).is_err());
    assert!(store.maintenance().health().read_only.is_some());
    store.close().unwrap();
}

#[test]
fn a_store_that_was_closed_opens_again_with_everything_and_no_gap_in_its_numbers() {
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=3u64 {
        let store = open(folder.path());
        let records = store.records(desk());
        assert_eq!(store.maintenance().health().repaired, Vec::<String>::new());
        assert_eq!(records.next_number("ticket").unwrap(), round * 2 - 1);
        assert_eq!(records.next_number("ticket").unwrap(), round * 2);
        records.commit_wait(change(|it| it.create(contact(round as u32, 1)))).unwrap();
        assert_eq!(count(&*records, &Scan::table(Table::Contact)), Ok(round as usize));
        // A handle that somebody still holds keeps nobody from opening it again.
        store.close().unwrap();
    }
}

#[test]
fn a_folder_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let second = Store::open(&Options::new(folder.path()));
    assert!(matches!(second, Err(plugdesk_store::Error::InUse(_))));
    drop(store);
    assert!(Store::open(&Options::new(folder.path())).is_ok());
}
