//! What a command was decided on is what stands when it is stored: whatever another does between any two of its reads, the
//! decision is made again, and no list is older than the record that is checked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plugdesk_desk::{DeskPatch, How, NewContact};
use plugdesk_domain::question::identify::{Identification, Likeness, Relation};
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{Change, Contact, ContactId, Outcome, RecordsExt, Storage, Stored};

use super::stand::{Policy, Stand, wait};

/// More reads than a new contact takes.
const MOST_READS: u32 = 400;

/// Holds those for the same person who have the same name now.
fn by_name() -> Policy {
    Policy::new("by-name", "identify", 1, |call| {
        let Inquiry::Identify(asked) = call.inquiry else { panic!("it is asked who somebody is") };
        let same = asked.candidates.iter().filter(|it| it.contact.name == asked.contact.name);
        let likeness =
            |id: &String| Likeness { contact: id.clone(), relation: Relation::Same, score: 9_500, reasons: vec![] };
        let likenesses = same.map(|it| likeness(&it.contact.id)).collect();
        let (reasons, facts, signals) = (vec![], vec![], vec![]);
        Outcome::Answered(Some(Answer::Identify(Identification { likenesses, reasons, facts, signals })))
    })
}

fn contact(stand: &Stand) -> ContactId {
    stand.clock.turn(1_000);
    let new = NewContact { name: "Jon Smith".into(), ..NewContact::default() };
    wait(stand.desk.contact_create(&stand.agent(), new, &How::default())).unwrap().value.contact.id
}

#[test]
fn no_merge_rests_on_what_another_changed_between_two_of_its_reads() {
    let mut merged_before = 0;
    for reads in 1..MOST_READS {
        let stand = Stand::new(&[by_name()]);
        let allow = DeskPatch { merge_above: Some(Some(9_000)) };
        wait(stand.desks.desk_update(&stand.admin(), stand.desk.id(), allow, &How::default())).unwrap();
        let known = contact(&stand);
        let (records, seen) = (stand.store.records(stand.desk.id()), Arc::clone(&stand.seen));
        seen.changes.lock().unwrap().clear();
        let late = Arc::new(AtomicBool::new(false));
        let (tell, store) = (Arc::clone(&late), Arc::clone(&records));
        let commits = Arc::clone(&seen);
        seen.behind_reads(reads, move || {
            tell.store(!commits.changes.lock().unwrap().is_empty(), Ordering::SeqCst);
            let mut other: Contact = store.find(known).unwrap().unwrap();
            other.name = "Somebody Else".to_owned();
            other.touch(other.updated_at);
            let mut change = Change::default();
            change.update(other);
            store.commit_wait(change).unwrap();
        });
        let new = contact(&stand);
        if seen.undone() {
            let own = reads - 1 - merged_before;
            assert!(own >= 5, "only {own} reads came before it was stored");
            assert_eq!(new, known, "undisturbed the two are merged");
            return;
        }
        // The answer shows the one that stands for both.
        let merged = new == known;
        let late = late.load(Ordering::SeqCst);
        merged_before += u32::from(late);
        assert_eq!(merged, late, "changed behind read {reads}: a merge must rest on the name that stands");
    }
    panic!("a new contact takes {MOST_READS} reads");
}
