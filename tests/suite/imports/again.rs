//! The same file again, a crash in the middle, a growing file: no row comes in twice.

use plugdesk_desk::{Error, NewImport};
use plugdesk_domain::{Change, Import, ImportId, ImportState, RecordsExt, Storage as _, Stored};
use serde_json::json;

use super::run::{file, new};
use super::stand::{Stand, wait};

#[test]
fn the_same_file_again_writes_nothing_and_a_longer_one_only_what_is_new() {
    let stand = Stand::new();
    stand.import(new("leads"), &file(1..100));
    let again = stand.import(new("leads"), &file(1..100));
    assert_eq!((again.state, again.written, again.repeated, again.refused), (ImportState::Done, 0, 99, 0));
    let longer = stand.import(new("leads"), &file(1..120));
    assert_eq!((longer.written, longer.repeated), (20, 99));
    let other = stand.import(new("leads-2"), &file(1..121));
    assert_eq!((other.written, other.repeated), (1, 119), "another import knows the rows by their external ids");
    assert_eq!(stand.tickets().len(), 120);
}

#[test]
fn a_row_that_changed_since_it_came_in_is_counted_and_stays_as_it_was_and_new_rows_come_in() {
    let stand = Stand::new();
    stand.import(new("leads"), &file(1..4));
    let changed = file(1..6).replace("L2,Person 2,P2@Example.org,Company 2,Pump", "L2,Person 2,P2@Example.org,,Valve");
    let checked = stand.import(NewImport { check_only: true, ..new("leads") }, &changed);
    assert_eq!((checked.state, checked.changed, checked.refused), (ImportState::Done, 1, 0), "a check tells it too");
    let import = stand.import(new("leads"), &changed);
    assert_eq!((import.state, import.refused), (ImportState::Done, 0), "{import:?}");
    assert_eq!((import.rows, import.written, import.repeated, import.changed), (5, 2, 2, 1));
    let tickets = stand.tickets();
    let kept = tickets.iter().find(|it| it.external_ids["crm"] == "L2").unwrap();
    assert_eq!((tickets.len(), kept.subject.as_str()), (5, "Pump for Company 2"));
}

#[test]
fn rows_without_an_id_are_known_by_what_they_say_wherever_they_stand() {
    let stand = Stand::new();
    let by_content = || {
        let mapping = json!({"kind": "lead", "ticket": {"subject": "Subject"}});
        NewImport { mapping, ..new("lines") }
    };
    assert_eq!(stand.import(by_content(), "Subject,Note\none,\ntwo,\n").written, 2);
    let moved = stand.import(by_content(), "Subject,Note\nzero,\none,\ntwo,\n");
    assert_eq!((moved.state, moved.written, moved.repeated, moved.refused), (ImportState::Done, 1, 2, 0), "{moved:?}");
    let changed = stand.import(by_content(), "Subject,Note\nzero,\none,mended\ntwo,\n");
    assert_eq!((changed.written, changed.repeated), (1, 2), "a row that says something else is another row");
    let equal = "Subject,Note\nsame,\nsame,\n";
    assert_eq!(stand.import(by_content(), equal).written, 2, "of equal rows in one file each is one");
    assert_eq!((stand.import(by_content(), equal).repeated, stand.tickets().len()), (2, 6));
}

#[test]
fn an_import_cut_off_by_a_crash_goes_on_when_the_desk_opens_again() {
    let stand = Stand::new();
    let whole = stand.import(new("leads"), &file(1..200));
    // As the crash leaves it: some rows written, the record in the middle.
    let other = stand.import(NewImport { check_only: true, ..new("leads") }, &file(1..210));
    assert_eq!(other.written, 0);
    cut_off(&stand, other.id);
    let stand = stand.again();
    let resumed = stand.ended(other.id);
    assert_eq!((resumed.state, resumed.written, resumed.repeated), (ImportState::Done, 10, whole.written));
    let tickets: std::collections::BTreeSet<_> = (1..210).map(|n| format!("L{n}")).collect();
    assert_eq!(tickets.len(), 209);
    assert_eq!(stand.import(new("leads"), &file(1..210)).repeated, 209);
}

#[test]
fn a_desk_runs_one_import_at_a_time_and_a_finished_one_takes_no_file() {
    let stand = Stand::new();
    let done = stand.import(new("leads"), &file(1..3));
    let refused = stand.send(done.id, &file(1..3)).unwrap_err();
    assert!(refused.to_string().contains("the import is done"), "{refused}");
    let unknown = ImportId::new(done.created_at, 1);
    assert!(matches!(stand.send(unknown, ""), Err(Error::NotFound { .. })));
    let mended = stand.import(new("mended"), &file(1..3).replace("01.02.2026", "?"));
    assert_eq!(mended.state, ImportState::Refused);
    stand.send(mended.id, &file(3..5)).unwrap();
    let mended = stand.ended(mended.id);
    assert_eq!((mended.state, mended.written, mended.refused), (ImportState::Done, 2, 0), "a mended file is taken");
}

#[test]
fn policies_hear_that_an_import_asks_and_a_failing_one_keeps_no_row_out() {
    let stand = Stand::new();
    let pack = super::stand::Draft::new().tar();
    wait(stand.desk.pack_install(&stand.by, pack, plugdesk_desk::InstallOptions::default(), None)).unwrap();
    let broken =
        file(1..3).replace("L2,Person 2,P2@Example.org,Company 2,Pump", "L2,Person 2,P2@Example.org,Company 2,broken");
    let import = stand.import(new("leads"), &broken);
    assert_eq!((import.state, import.written), (ImportState::Done, 2), "{import:?}");
    let tickets = stand.tickets();
    let lead = |id: &str| tickets.iter().find(|it| it.external_ids["crm"] == id).unwrap();
    assert_eq!(lead("L2").qualified, None);
    let decision = lead("L1").qualified.as_ref().unwrap().decision;
    let vector = stand.desk.decision_vector(&stand.by, decision, None).unwrap();
    assert_eq!(vector.inquiry["circumstances"]["actor"], "import");
}

fn cut_off(stand: &Stand, id: ImportId) {
    let records = stand.store.records(stand.desk.id());
    let mut import: Import = records.find(id).unwrap().unwrap();
    import.state = ImportState::Writing;
    import.check_only = false;
    import.touch(import.updated_at);
    let mut change = Change::default();
    change.update(import);
    records.commit_wait(change).unwrap();
}
