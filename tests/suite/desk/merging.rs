//! Merging by pointer: nothing is copied, reads mean the record that stands for all, and undoing is exact in any order.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use plugdesk_desk::{
    CompanyPatch, ContactPatch, ContactView, Error, How, NewCompany, NewContact, NewEntry, NewMembership, NewMerge,
    NewTicket, PageRequest,
};
use plugdesk_domain::question::Answer;
use plugdesk_domain::question::merge::MergePlan;
use plugdesk_domain::{
    CompanyId, ContactId, DecisionOutcome, FieldPlan, Instant, Merge, MergeId, MergeKind, Outcome, Side,
    StakeholderRole,
};
use proptest::prelude::*;

use super::stand::{Policy, Stand, email, lead, person, start, wait};

fn contact(stand: &Stand, name: &str) -> ContactId {
    let identities = vec![email(&format!("{}@example.org", name.to_lowercase()))];
    let custom = [("of".to_owned(), name.into()), (name.to_owned(), 1.into())].into_iter().collect();
    let new = NewContact { name: name.into(), identities, custom, ..NewContact::default() };
    wait(stand.desk.contact_create(&stand.agent(), new, &How::default())).unwrap().value.contact.id
}

fn company(stand: &Stand, name: &str, parent: Option<CompanyId>) -> CompanyId {
    let new = NewCompany { name: name.into(), parent, ..NewCompany::default() };
    wait(stand.desk.company_create(&stand.agent(), new, &How::default())).unwrap().value.id
}

#[allow(clippy::needless_pass_by_value, reason = "ids are handed over as they are")]
fn new(kind: MergeKind, winner: impl ToString, loser: impl ToString) -> NewMerge {
    NewMerge { kind, winner: winner.to_string(), loser: loser.to_string(), plan: FieldPlan::new() }
}

fn merge(stand: &Stand, kind: MergeKind, winner: impl ToString, loser: impl ToString) -> Result<Merge, Error> {
    wait(stand.desk.merge_create(&stand.agent(), new(kind, winner, loser), &How::default())).map(|done| done.value)
}

fn undo(stand: &Stand, id: MergeId) -> Result<Merge, Error> {
    wait(stand.desk.merge_undo(&stand.agent(), id, &How::default())).map(|done| done.value)
}

fn view(stand: &Stand, id: ContactId) -> ContactView {
    stand.desk.contact(&stand.agent(), id).unwrap()
}

/// A view without what every write changes, and without the ids of merges.
fn bare(mut view: ContactView) -> String {
    (view.contact.version, view.contact.updated_at) = (0, Instant::from_millis(0));
    let merged: Vec<String> = view.merged.drain(..).map(|it| it.id).collect();
    format!("{view:?} {merged:?}")
}

fn rule(refused: Error) -> String {
    match refused {
        Error::Invalid(faults) => format!("{}: {}", faults[0].field, faults[0].rule),
        other => panic!("{other}"),
    }
}

const PEOPLE: usize = 6;

fn people(stand: &Stand) -> Vec<ContactId> {
    ["Ann", "Bea", "Cem", "Dan", "Eva", "Fay"].map(|name| contact(stand, name)).to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Each contact shows as what the standing pointers say, whatever was merged and undone before; at the end nothing
    /// of it is left.
    #[test]
    fn any_sequence_of_merges_and_undos_leaves_exactly_what_still_stands(
        acts in prop::collection::vec((0..PEOPLE, 0..PEOPLE, any::<bool>()), 1..24),
    ) {
        let stand = Stand::new(&[]);
        let ids = people(&stand);
        let before: Vec<String> = ids.iter().map(|id| bare(view(&stand, *id))).collect();
        let mut pointers: Vec<(usize, usize, MergeId)> = Vec::new();
        for (a, b, undoes) in acts {
            stand.clock.turn(1_000);
            if undoes && !pointers.is_empty() {
                let (_, _, id) = pointers.remove(a % pointers.len());
                undo(&stand, id).unwrap();
                prop_assert!(undo(&stand, id).is_err(), "once");
            } else {
                let stands = |it: usize| pointers.iter().all(|(loser, _, _)| *loser != it);
                let done = merge(&stand, MergeKind::Contact, ids[a], ids[b]);
                prop_assert_eq!(done.is_ok(), a != b && stands(a) && stands(b));
                pointers.extend(done.ok().map(|merge| (b, a, merge.id)));
            }
            let root = |mut it: usize| {
                while let Some((_, winner, _)) = pointers.iter().find(|(loser, _, _)| *loser == it) {
                    it = *winner;
                }
                it
            };
            for (place, id) in ids.iter().enumerate() {
                let seen = view(&stand, *id);
                prop_assert_eq!(seen.contact.id, ids[root(place)]);
                prop_assert_eq!(seen.merged_from, (root(place) != place).then_some(*id));
                let cluster = (0..PEOPLE).filter(|it| root(*it) == root(place)).count();
                prop_assert_eq!((seen.identities.len(), seen.merged.len()), (cluster, cluster - 1));
                prop_assert_eq!(seen.contact.custom.len(), cluster + 1);
            }
        }
        while let Some((_, _, id)) = pointers.pop() {
            undo(&stand, id).unwrap();
        }
        let after: Vec<String> = ids.iter().map(|id| bare(view(&stand, *id))).collect();
        prop_assert_eq!(before, after);
    }

    /// A merge that is undone leaves what would be there had it never been.
    #[test]
    fn a_merge_undone_is_as_if_it_had_never_been(
        pairs in prop::collection::vec((0..PEOPLE, 0..PEOPLE), 1..8), which in any::<prop::sample::Index>(),
    ) {
        let (with, without) = (Stand::new(&[]), Stand::new(&[]));
        let ids = people(&with);
        prop_assert_eq!(&ids, &people(&without));
        let mut done: Vec<((usize, usize), MergeId)> = Vec::new();
        for (a, b) in pairs {
            with.clock.turn(1_000);
            done.extend(merge(&with, MergeKind::Contact, ids[a], ids[b]).map(|it| ((a, b), it.id)));
        }
        if !done.is_empty() {
            let (_, id) = done.remove(which.index(done.len()));
            undo(&with, id).unwrap();
        }
        for ((a, b), _) in done {
            without.clock.turn(1_000);
            merge(&without, MergeKind::Contact, ids[a], ids[b]).unwrap();
        }
        for id in &ids {
            prop_assert_eq!(bare(view(&with, *id)), bare(view(&without, *id)));
        }
    }
}

#[test]
fn two_merges_at_one_moment_never_point_at_each_other() {
    let stand = Stand::new(&[]);
    let (one, two) = (contact(&stand, "One"), contact(&stand, "Two"));
    let (met, calls) = (Barrier::new(2), Arc::new(AtomicU32::new(0)));
    stand.bind(&[Policy::new("meeting", "merge", 1, move |_| {
        if calls.fetch_add(1, Ordering::SeqCst) < 2 {
            met.wait();
        }
        Outcome::Answered(None)
    })]);
    let (by, how) = (stand.agent(), How::default());
    let mut first = Box::pin(stand.desk.merge_create(&by, new(MergeKind::Contact, one, two), &how));
    assert!(!start(first.as_mut()), "it waits for the other");
    let second = wait(stand.desk.merge_create(&by, new(MergeKind::Contact, two, one), &how));
    let both = [wait(first), second];
    assert_eq!(both.iter().filter(|it| it.is_ok()).count(), 1, "{both:?}");
    let refused = rule(both.into_iter().find_map(Result::err).unwrap());
    assert!(refused.contains("points to"), "{refused}");
}

#[test]
fn a_merge_is_a_record_with_a_plan_an_event_and_an_undo() {
    let stand = Stand::new(&[]);
    let (ann, bea) = (contact(&stand, "Ann"), contact(&stand, "Bea"));
    let plan = FieldPlan::from([("name".to_owned(), Side::Loser), ("custom.of".to_owned(), Side::Loser)]);
    let asked = NewMerge { plan, ..new(MergeKind::Contact, ann, bea) };
    let done = wait(stand.desk.merge_create(&stand.agent(), asked, &How::default())).unwrap().value;
    let seen = view(&stand, bea);
    assert_eq!((seen.contact.id, seen.contact.name.as_str()), (ann, "Bea"));
    assert_eq!((&seen.contact.custom["of"], seen.merged_from), (&"Bea".into(), Some(bea)));
    // What a person says later counts more than the plan, and is said to the one that stands for both.
    let patch = ContactPatch { name: Some("Anna".into()), ..ContactPatch::default() };
    let renamed = wait(stand.desk.contact_update(&stand.agent(), bea, patch, &How::default())).unwrap().value;
    assert_eq!((renamed.contact.id, renamed.contact.name.as_str()), (ann, "Anna"));
    let again = rule(merge(&stand, MergeKind::Contact, bea, ann).unwrap_err());
    assert!(again.contains(&format!("points to {ann}")), "{again}");
    undo(&stand, done.id).unwrap();
    assert_eq!((view(&stand, ann).contact.name, view(&stand, bea).contact.name), ("Anna".into(), "Bea".into()));
    let events = stand.events();
    assert!(events.contains(&"contact.merged".to_owned()) && events.contains(&"merge.undone".to_owned()), "{events:?}");
    let of = stand.desk.merge_list(&stand.agent(), Some(&bea.to_string()), &PageRequest::default()).unwrap().records;
    assert_eq!(of.iter().map(|it| it.id).collect::<Vec<_>>(), [done.id], "it stays in the history");
    assert!(of[0].undone_at.is_some());
}

#[test]
fn a_policy_that_says_no_declines_the_merge_and_its_decision_says_why() {
    let no = Policy::new("careful", "merge", 1, |_| {
        let (fields, reasons, facts, signals) = (FieldPlan::new(), vec![], vec![], vec![]);
        Outcome::Answered(Some(Answer::Merge(MergePlan { refused: true, fields, reasons, facts, signals })))
    });
    let stand = Stand::new(&[no]);
    let (ann, bea) = (contact(&stand, "Ann"), contact(&stand, "Bea"));
    let declined = merge(&stand, MergeKind::Contact, ann, bea).unwrap_err();
    let Error::Declined { decision: Some(decision), policy, .. } = declined else { panic!("{declined}") };
    let decision = stand.desk.decision(&stand.admin(), decision).unwrap();
    assert_eq!((policy.as_str(), decision.outcome), ("careful", DecisionOutcome::Refused));
    assert_eq!(view(&stand, bea).merged_from, None);
}

#[test]
fn no_role_aspect_or_concern_is_lost_when_two_records_of_one_person_become_one() {
    let stand = Stand::new(&[]);
    let acme = company(&stand, "Acme", None);
    let (ann, other) = (contact(&stand, "Ann"), contact(&stand, "Anne"));
    let say = |contact, role, aspect: &str, concern: &str, source: &str| {
        let (aspect, concerns, source) = (Some(aspect.into()), vec![concern.into()], Some(source.into()));
        let (valid_from, valid_to) = (None, None);
        let role = Some(role);
        let new = NewMembership {
            contact,
            company: acme,
            role,
            aspect,
            concerns,
            source,
            primary: false,
            valid_from,
            valid_to,
        };
        wait(stand.desk.membership_create(&stand.agent(), new, &How::default())).unwrap();
        stand.clock.turn(1_000);
    };
    say(ann, StakeholderRole::Decider, "budget", "the price", "crm");
    say(other, StakeholderRole::User, "security", "where the data are", "survey");
    merge(&stand, MergeKind::Contact, ann, other).unwrap();
    let seen = view(&stand, ann).memberships;
    let said: Vec<_> = seen.iter().map(|it| (it.aspect.as_deref(), it.source.as_deref(), &it.concerns[0])).collect();
    assert_eq!(said.len(), 2);
    assert_eq!((said[0].0, said[0].1, said[0].2.as_str()), (Some("budget"), Some("crm"), "the price"));
    assert_eq!((said[1].0, said[1].1), (Some("security"), Some("survey")));
    assert!(seen[0].created_at < seen[1].created_at, "each with its date");
    let account = stand.desk.company_account(&stand.agent(), acme).unwrap();
    assert_eq!((account.people.len(), account.people[0].memberships.len()), (1, 2), "one person, both sides of her");
    assert_eq!(account.deciders, [ann]);
}

#[test]
fn a_merged_ticket_shows_both_histories_by_time_and_its_clocks_rest_until_it_is_undone() {
    let stand = Stand::new(&[]);
    let (by, how) = (stand.agent(), How::default());
    let make = |subject: &str| {
        stand.clock.turn(1_000);
        let new = NewTicket { contact: Some(person(subject, &format!("{subject}@example.org"))), ..lead(subject) };
        wait(stand.desk.ticket_create(&by, new, &how)).unwrap().value
    };
    let say = |ticket, text: &str| {
        stand.clock.turn(1_000);
        wait(stand.desk.entry_add(&by, ticket, NewEntry::reply(text), &how)).unwrap().value
    };
    let (kept, gone) = (make("kept"), make("gone"));
    for (ticket, text) in [(kept.id, "1"), (gone.id, "2"), (kept.id, "3"), (gone.id, "4")] {
        say(ticket, text);
    }
    let merged = merge(&stand, MergeKind::Ticket, kept.id, gone.id).unwrap();
    let after = say(gone.id, "5");
    assert_eq!(after.ticket, kept.id, "who answers the old one is heard on the one that stands for both");
    let texts = |ticket, limit| {
        let (mut texts, mut after) = (Vec::new(), None);
        loop {
            let page = PageRequest { limit: Some(limit), after };
            let page = stand.desk.entries(&by, ticket, &page).unwrap();
            texts.extend(page.records.into_iter().map(|it| it.text));
            after = page.next;
            if after.is_none() {
                return texts;
            }
        }
    };
    for limit in [1, 2, 50] {
        assert_eq!(texts(gone.id, limit), ["1", "2", "3", "4", "5"]);
    }
    assert_eq!(stand.desk.ticket(&by, gone.id).unwrap().id, kept.id);
    undo(&stand, merged.id).unwrap();
    assert_eq!(
        (texts(gone.id, 50), texts(kept.id, 50)),
        (vec!["2".into(), "4".into()], vec!["1".into(), "3".into(), "5".into()])
    );
    let restored = stand.desk.ticket(&by, gone.id).unwrap();
    assert_eq!(
        (restored.merged_into, restored.category, restored.turns.len()),
        (None, gone.category, gone.turns.len())
    );
}

#[test]
fn no_merge_of_companies_closes_a_ring_and_no_undo_does() {
    let stand = Stand::new(&[]);
    let (by, how) = (stand.agent(), How::default());
    let group = company(&stand, "Group", None);
    let middle = company(&stand, "Middle", Some(group));
    let site = company(&stand, "Site", Some(middle));
    let refused = rule(merge(&stand, MergeKind::Company, group, site).unwrap_err());
    assert!(refused.contains("stands between"), "{refused}");
    // The middle points to the site below it: the site stands where the middle stood.
    let first = merge(&stand, MergeKind::Company, site, middle).unwrap();
    assert_eq!(stand.desk.company(&by, middle).unwrap().parent, Some(group));
    assert_eq!(stand.desk.company_tree(&by, group).unwrap().nodes.len(), 2);
    // A node that undoing would put above itself is refused now.
    let below = CompanyPatch { parent: Some(Some(site)), ..CompanyPatch::default() };
    let refused = rule(wait(stand.desk.company_update(&by, group, below, &how)).unwrap_err());
    assert!(refused.contains("below itself"), "{refused}");
    undo(&stand, first.id).unwrap();
    assert_eq!(stand.desk.company(&by, site).unwrap().parent, Some(middle));
    assert_eq!(stand.desk.company_tree(&by, group).unwrap().nodes.len(), 3);
}

#[test]
fn tickets_of_everybody_at_a_company_and_below_are_one_list() {
    let stand = Stand::new(&[]);
    let (by, how) = (stand.agent(), How::default());
    let group = company(&stand, "Group", None);
    let site = company(&stand, "Site", Some(group));
    let twin = company(&stand, "Site again", None);
    merge(&stand, MergeKind::Company, site, twin).unwrap();
    let mut made = Vec::new();
    for (place, node) in [group, site, group, site, site, group, site].into_iter().enumerate() {
        stand.clock.turn(1_000);
        let company = Some(plugdesk_desk::CompanyRef { id: Some(node), ..Default::default() });
        let contact = Some(person(&format!("P{place}"), &format!("p{place}@example.org")));
        let new = NewTicket { company, contact, ..lead("x") };
        made.push(wait(stand.desk.ticket_create(&by, new, &how)).unwrap().value.id);
    }
    made.reverse();
    let read = |limit| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page =
                stand.desk.company_tickets(&by, group, true, &PageRequest { limit: Some(limit), after }).unwrap();
            found.extend(page.records.into_iter().map(|it| it.id));
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    };
    for limit in [1, 2, 3, 50] {
        assert_eq!(read(limit), made, "pages of {limit}");
    }
    let own = stand.desk.company_tickets(&by, twin, false, &PageRequest::default()).unwrap().records;
    assert_eq!(own.len(), 4, "the merged node means the one that stands for it");
    assert_eq!(stand.desk.company_account(&by, group).unwrap().open.len(), 7);
}
