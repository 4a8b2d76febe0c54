//! Merged records are one wherever they are read or written: lists go on over a merge, links close no ring, what was
//! brought by a merged record can be taken away, and an account shows first who decides.

use std::sync::Barrier;
use std::thread;

use plugdesk_desk::{
    CompanyPatch, CompanyRef, ContactPatch, Error, How, NewCompany, NewContact, NewContract, NewEntitlement, NewLink,
    NewMembership, NewMerge, NewTicket, PageRequest, TicketMerge,
};
use plugdesk_domain::question::affiliate::{Affiliation, Confidence};
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{
    Binding, CompanyId, ContactId, FailureRule, FieldPlan, LinkKind, Merge, MergeKind, Outcome, StakeholderRole, Ticket,
};

use super::stand::{Policy, Stand, email, lead, person, wait};

fn company(stand: &Stand, name: &str, domains: &[&str], segment: Option<&str>) -> CompanyId {
    let domains = domains.iter().map(|&it| it.to_owned()).collect();
    let new = NewCompany { name: name.into(), domains, segment: segment.map(Into::into), ..NewCompany::default() };
    wait(stand.desk.company_create(&stand.agent(), new, &How::default())).unwrap().value.id
}

fn contact(stand: &Stand, new: NewContact) -> ContactId {
    wait(stand.desk.contact_create(&stand.agent(), new, &How::default())).unwrap().value.contact.id
}

fn belongs(stand: &Stand, contact: ContactId, company: CompanyId, role: StakeholderRole) {
    let (role, aspect, concerns, source, primary) = (Some(role), None, vec![], None, false);
    let (valid_from, valid_to) = (None, None);
    let new = NewMembership { contact, company, role, aspect, concerns, source, primary, valid_from, valid_to };
    wait(stand.desk.membership_create(&stand.agent(), new, &How::default())).unwrap();
}

fn ticket(stand: &Stand, subject: &str, company: Option<CompanyId>) -> Ticket {
    stand.clock.turn(1_000);
    let company = company.map(|id| CompanyRef { id: Some(id), ..CompanyRef::default() });
    let new = NewTicket { company, contact: Some(person("Ann", "ann@example.org")), ..lead(subject) };
    wait(stand.desk.ticket_create(&stand.agent(), new, &How::default())).unwrap().value
}

#[allow(clippy::needless_pass_by_value, reason = "ids are handed over as they are")]
fn merge(stand: &Stand, kind: MergeKind, winner: impl ToString, loser: impl ToString) -> Merge {
    let (winner, loser) = (winner.to_string(), loser.to_string());
    let new = NewMerge { kind, winner, loser, plan: FieldPlan::new() };
    wait(stand.desk.merge_create(&stand.agent(), new, &How::default())).unwrap().value
}

#[test]
fn an_account_shows_first_who_decides_however_many_others_belong_to_the_company() {
    let stand = Stand::new(&[]);
    let acme = company(&stand, "Acme", &[], None);
    for place in 0..130 {
        stand.clock.turn(1);
        let user = contact(&stand, NewContact { name: format!("User {place}"), ..NewContact::default() });
        belongs(&stand, user, acme, StakeholderRole::User);
    }
    stand.clock.turn(1);
    let boss = contact(&stand, NewContact { name: "Zoe".into(), ..NewContact::default() });
    belongs(&stand, boss, acme, StakeholderRole::Decider);
    let account = stand.desk.company_account(&stand.agent(), acme).unwrap();
    assert_eq!((account.deciders.as_slice(), account.people[0].id), ([boss].as_slice(), boss));
    assert_eq!((account.people.len(), account.more), (128, true), "and says that there are more");
}

#[test]
fn a_list_goes_on_where_it_was_when_a_merge_adds_to_it_between_two_pages() {
    let stand = Stand::new(&[]);
    let (acme, twin) = (company(&stand, "Acme", &[], None), company(&stand, "Acme Ltd", &[], None));
    let of_twin = ticket(&stand, "older", Some(twin)).id;
    let own: Vec<_> = (0..3).map(|place| ticket(&stand, &format!("{place}"), Some(acme)).id).collect();
    let read = |after| {
        let page = PageRequest { limit: Some(2), after };
        let page = stand.desk.company_tickets(&stand.agent(), acme, false, &page).unwrap();
        (page.records.into_iter().map(|it| it.id).collect::<Vec<_>>(), page.next)
    };
    let (first, next) = read(None);
    assert_eq!(first, [own[2], own[1]]);
    merge(&stand, MergeKind::Company, acme, twin);
    assert_eq!(read(next), (vec![own[0], of_twin], None));
}

#[test]
fn two_links_made_at_one_moment_close_no_ring() {
    let stand = Stand::new(&[]);
    for round in 0..40 {
        let (one, two) = (ticket(&stand, "one", None).id, ticket(&stand, "two", None).id);
        let kind = if round % 2 == 0 { LinkKind::ChildOf } else { LinkKind::SameProblem };
        let met = Barrier::new(2);
        let link = |from, to| {
            let (by, how) = (stand.agent(), How::default());
            met.wait();
            wait(stand.desk.link_create(&by, NewLink { kind, from, to }, &how))
        };
        let both = thread::scope(|scope| {
            let other = scope.spawn(|| link(two, one));
            [link(one, two), other.join().unwrap()]
        });
        assert_eq!(both.iter().filter(|it| it.is_ok()).count(), 1, "round {round}: {both:?}");
    }
}

#[test]
fn what_a_merged_record_brought_can_be_taken_away_from_the_one_that_stands_for_it() {
    let stand = Stand::new(&[]);
    let (by, how) = (stand.agent(), How::default());
    let shared = plugdesk_desk::NewIdentity { shared: true, ..email("office@acme.example") };
    let ann = contact(&stand, NewContact { name: "Ann".into(), ..NewContact::default() });
    let twin = NewContact { name: "Anne".into(), identities: vec![shared.clone()], ..NewContact::default() };
    let twin = contact(&stand, twin);
    merge(&stand, MergeKind::Contact, ann, twin);
    assert_eq!(stand.desk.contact(&by, ann).unwrap().contact.shared.len(), 1);
    let patch = ContactPatch { remove_identities: vec![shared], ..ContactPatch::default() };
    let after = wait(stand.desk.contact_update(&by, ann, patch, &how)).unwrap().value;
    assert!(after.contact.shared.is_empty(), "{:?}", after.contact.shared);
    let (acme, twin) = (company(&stand, "Acme", &[], None), company(&stand, "Acme Ltd", &["acme.example"], None));
    merge(&stand, MergeKind::Company, acme, twin);
    let patch = CompanyPatch { remove_domains: vec!["acme.example".into()], ..CompanyPatch::default() };
    let after = wait(stand.desk.company_update(&by, acme, patch, &how)).unwrap().value;
    assert!(after.domains.is_empty(), "{:?}", after.domains);
}

#[test]
fn a_ticket_takes_the_segment_of_the_company_that_a_policy_finds_for_it() {
    let sure = Policy::new("sure", "affiliate", 1, |call| {
        let Inquiry::Affiliate(asked) = call.inquiry else { panic!("it is asked which company") };
        let sure = |id: &String| Confidence { company: id.clone(), confidence: 9_000 };
        let nodes = asked.nodes.iter().map(|it| sure(&it.company.id)).collect();
        let (reasons, facts, signals) = (vec![], vec![], vec![]);
        Outcome::Answered(Some(Answer::Affiliate(Affiliation { nodes, reasons, facts, signals })))
    });
    let stand = Stand::new(&[sure]);
    let acme = company(&stand, "Acme", &["example.org"], Some("gold"));
    let found = ticket(&stand, "a printer", None);
    assert_eq!((found.company, found.segment.as_deref()), (Some(acme), Some("gold")));
}

#[test]
fn a_contract_with_a_merged_company_is_one_with_the_company_that_stands_for_it() {
    let stand = Stand::new(&[]);
    let (acme, twin) = (company(&stand, "Acme", &[], None), company(&stand, "Acme Ltd", &[], None));
    merge(&stand, MergeKind::Company, acme, twin);
    let (kind, priority, calendar, warn_minutes) = (None, None, None, None);
    let metric = "resolution".to_owned();
    let it = NewEntitlement { priority, kind, metric, minutes: 60, calendar, pauses: vec![], warn_minutes };
    let (valid_from, valid_to, external_ids) = (None, None, [].into());
    let (company, name, entitlements) = (twin, "Gold".into(), vec![it]);
    let new = NewContract { company, name, entitlements, valid_from, valid_to, external_ids };
    let made = wait(stand.desk.contract_create(&stand.agent(), new, &How::default())).unwrap().value;
    assert_eq!(made.company, acme);
    let owes = ticket(&stand, "a printer", Some(twin)).commitments;
    assert_eq!(owes.iter().map(|it| it.target.metric.as_str()).collect::<Vec<_>>(), ["resolution"]);
}

#[test]
fn a_ticket_is_merged_at_its_own_version_and_not_at_the_other_one_s() {
    let stand = Stand::new(&[]);
    let (by, agent) = (How::default(), stand.agent());
    let (kept, gone) = (ticket(&stand, "kept", None), ticket(&stand, "gone", None));
    let say = plugdesk_desk::NewEntry::reply("more");
    wait(stand.desk.entry_add(&agent, kept.id, say, &by)).unwrap();
    let kept = stand.desk.ticket(&agent, kept.id).unwrap();
    assert_ne!(kept.version, gone.version);
    let merge = |version| {
        let how = How { if_match: Some(plugdesk_desk::IfMatch::Version(version)), ..How::default() };
        wait(stand.desk.ticket_merge(&agent, gone.id, TicketMerge { into: kept.id }, &how))
    };
    let stale = merge(kept.version);
    assert!(matches!(stale, Err(Error::VersionMismatch { stored }) if stored == gone.version), "{stale:?}");
    merge(gone.version).unwrap();
}

#[test]
fn what_is_asked_only_once_can_not_be_put_off() {
    for (question, may) in [("react", false), ("merge", false), ("qualify", true), ("escalate", true)] {
        let policy = Policy::new("slow", question, 1, |_| Outcome::Answered(None)).on_failure(FailureRule::Defer);
        let binding: Binding = policy.binding.clone();
        let problems = plugdesk_desk::generation::check_bindings(&[binding]);
        assert_eq!(problems.is_empty(), may, "{question}: {problems:?}");
    }
}
