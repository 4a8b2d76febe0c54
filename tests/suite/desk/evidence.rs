//! Who somebody is, which company a matter is for, and which matters are one: candidates by index, joined answers, and
//! people who decide where policies only suggest.

use plugdesk_desk::{
    Acceptance, ContactPatch, ContactRef, DeskPatch, How, MembershipPatch, NewCompany, NewContact, NewIdentity,
    NewMembership, NewTicket, PageRequest, TicketPatch,
};
use plugdesk_domain::question::affiliate::{Affiliation, Confidence};
use plugdesk_domain::question::correlate::{Correlation, Pair};
use plugdesk_domain::question::identify::{Identification, Likeness, Relation};
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{
    CompanyId, ContactId, ContactState, IdentityKind, Membership, Outcome, ProposalKind, ProposalState, Ticket,
};

use super::stand::{Policy, Stand, email, person, wait};

/// Says `same` of a candidate with the same name and the same first letter of an address, `different` of one whose name
/// is wholly another, and `maybe` of the others.
fn namesakes() -> Policy {
    Policy::new("namesakes", "identify", 1, |call| {
        let Inquiry::Identify(asked) = call.inquiry else { panic!("it is asked who somebody is") };
        let likeness = |it: &plugdesk_domain::question::identify::Candidate| {
            let same = it.contact.name.to_lowercase() == asked.contact.name.to_lowercase();
            let (relation, score) = if same { (Relation::Same, 9_000) } else { (Relation::Different, 9_000) };
            Likeness { contact: it.contact.id.clone(), relation, score, reasons: vec![] }
        };
        let likenesses = asked.candidates.iter().map(likeness).collect();
        let (reasons, facts, signals) = (vec![], vec![], vec![]);
        Outcome::Answered(Some(Answer::Identify(Identification { likenesses, reasons, facts, signals })))
    })
}

fn contact(stand: &Stand, name: &str, identities: Vec<NewIdentity>) -> ContactId {
    stand.clock.turn(1_000);
    let new = NewContact { name: name.into(), identities, ..NewContact::default() };
    wait(stand.desk.contact_create(&stand.agent(), new, &How::default())).unwrap().value.contact.id
}

fn shared(value: &str) -> NewIdentity {
    NewIdentity { shared: true, ..email(value) }
}

fn open(stand: &Stand) -> Vec<plugdesk_domain::Proposal> {
    stand.desk.proposal_list(&stand.agent(), None, None, &PageRequest::default()).unwrap().records
}

fn accept(stand: &Stand, id: plugdesk_domain::ProposalId, option: Option<String>) -> plugdesk_domain::Proposal {
    wait(stand.desk.proposal_accept(&stand.agent(), id, Acceptance { option }, &How::default())).unwrap().value
}

#[test]
fn a_new_desk_only_proposes_and_what_a_person_rejects_or_undoes_is_not_proposed_again() {
    let stand = Stand::new(&[namesakes()]);
    let (by, how) = (stand.agent(), How::default());
    let one = contact(&stand, "Jon Smith", vec![email("jon@one.example")]);
    let two = contact(&stand, "SMITH, Jon", vec![email("jon@two.example")]);
    assert_eq!(open(&stand), [], "another name: the policy says different");
    let three = contact(&stand, "jon smith", vec![email("jon@three.example")]);
    let proposed = open(&stand);
    assert_eq!(proposed.len(), 1);
    assert_eq!((proposed[0].kind, proposed[0].subject.clone()), (ProposalKind::MergeContacts, three.to_string()));
    assert_eq!((proposed[0].options[0].id.clone(), proposed[0].options[0].score), (one.to_string(), 9_000));
    let rename = |name: &str| {
        let patch = ContactPatch { name: Some(name.into()), ..ContactPatch::default() };
        wait(stand.desk.contact_update(&by, three, patch, &how)).unwrap();
    };
    rename("JON SMITH");
    assert_eq!(open(&stand).len(), 1, "it is proposed already");
    wait(stand.desk.proposal_reject(&by, proposed[0].id, &how)).unwrap();
    rename("Jon SMITH");
    assert_eq!(open(&stand), [], "a person said no");
    let four = contact(&stand, "JON SMITH", vec![email("jon@four.example")]);
    let with_one = open(&stand).into_iter().find(|it| it.options[0].id == one.to_string()).unwrap();
    let merged = accept(&stand, with_one.id, None);
    assert_eq!((merged.state, stand.desk.contact(&by, four).unwrap().contact.id), (ProposalState::Accepted, one));
    let merge = merged.outcome.unwrap().parse().unwrap();
    wait(stand.desk.merge_undo(&by, merge, &how)).unwrap();
    let patch = ContactPatch { name: Some("jon smith".into()), ..ContactPatch::default() };
    wait(stand.desk.contact_update(&by, four, patch, &how)).unwrap();
    assert!(open(&stand).iter().all(|it| it.options[0].id != one.to_string()), "a person undid it");
    let _ = two;
}

#[test]
fn a_desk_that_allows_it_merges_by_itself_but_never_two_of_whom_it_was_said_that_they_differ() {
    let stand = Stand::new(&[namesakes()]);
    let (by, how) = (stand.agent(), How::default());
    let allow = DeskPatch { merge_above: Some(Some(9_000)) };
    assert!(wait(stand.desks.desk_update(&by, stand.desk.id(), allow.clone(), &how)).is_err(), "an admin's to say");
    wait(stand.desks.desk_update(&stand.admin(), stand.desk.id(), allow, &how)).unwrap();
    let one = contact(&stand, "Jon Smith", vec![email("jon@one.example")]);
    let two = contact(&stand, "jon smith", vec![email("jon@two.example")]);
    assert_eq!(stand.desk.contact(&by, two).unwrap().contact.id, one, "the older one stands for both");
    let other = contact(&stand, "John Smyth", vec![email("smyth@three.example")]);
    assert_eq!(stand.desk.contact(&by, other).unwrap().contact.id, other);
    // Said to differ once, they are only proposed when the name says otherwise later.
    let patch = ContactPatch { name: Some("jon smith".into()), ..ContactPatch::default() };
    wait(stand.desk.contact_update(&by, other, patch, &how)).unwrap();
    assert_eq!(stand.desk.contact(&by, other).unwrap().contact.id, other);
    assert_eq!(open(&stand).len(), 1);
}

#[test]
fn an_unknown_caller_is_kept_and_recognised_once_the_name_is_known() {
    let stand = Stand::new(&[namesakes()]);
    let (by, how) = (stand.agent(), How::default());
    let switchboard = || NewIdentity { kind: IdentityKind::Phone, shared: true, ..email("+98 21 1234567") };
    let known = contact(&stand, "Parisa Rezaei", vec![switchboard()]);
    // The call centre hears a number that many use, and no name: nobody is meant by it.
    let caller = ContactRef { identities: vec![switchboard()], ..ContactRef::default() };
    let new = NewTicket { subject: "it does not start".into(), contact: Some(caller), ..NewTicket::default() };
    let ticket = wait(stand.desk.ticket_create(&by, new, &how)).unwrap().value;
    let unknown = ticket.requester.unwrap();
    assert_ne!(unknown, known);
    assert_eq!(stand.desk.contact(&by, unknown).unwrap().contact.state, ContactState::Anonymous);
    // Who gives a name that one of the number's users has is that one.
    let named = ContactRef { name: "parisa REZAEI".into(), identities: vec![switchboard()], ..ContactRef::default() };
    let new = NewTicket { subject: "again".into(), contact: Some(named), ..NewTicket::default() };
    assert_eq!(wait(stand.desk.ticket_create(&by, new, &how)).unwrap().value.requester, Some(known));
    let patch = ContactPatch { name: Some("Parisa Rezaei".into()), ..ContactPatch::default() };
    wait(stand.desk.contact_update(&by, unknown, patch, &how)).unwrap();
    let proposed = open(&stand);
    assert_eq!((proposed.len(), proposed[0].options[0].id.clone()), (1, known.to_string()));
    accept(&stand, proposed[0].id, Some(known.to_string()));
    let whole = stand.desk.contact(&by, unknown).unwrap();
    assert_eq!((whole.contact.id, whole.contact.state), (known, ContactState::Known));
    assert_eq!(stand.desk.ticket(&by, ticket.id).unwrap().requester, Some(unknown), "nothing was moved");
}

#[test]
fn people_who_share_a_mailbox_are_not_one_person() {
    let stand = Stand::new(&[]);
    let (by, how) = (stand.agent(), How::default());
    let ann = contact(&stand, "Ann", vec![shared("info@acme.example"), email("ann@acme.example")]);
    let bob = contact(&stand, "Bob", vec![shared("info@acme.example")]);
    let brings = |name: &str| {
        let contact = Some(person(name, "info@acme.example"));
        let new = NewTicket { subject: "x".into(), contact, ..NewTicket::default() };
        wait(stand.desk.ticket_create(&by, new, &how)).unwrap().value.requester.unwrap()
    };
    assert_eq!((brings("ann"), brings("Bob")), (ann, bob));
    let cem = brings("Cem");
    assert!(cem != ann && cem != bob);
    let whole = stand.desk.contact(&by, cem).unwrap();
    assert_eq!((whole.identities.len(), whole.contact.shared.len()), (0, 1), "it shares the mailbox too");
}

fn company(stand: &Stand, name: &str, parent: Option<CompanyId>, domains: &[&str]) -> CompanyId {
    let domains = domains.iter().map(|&it| it.to_owned()).collect();
    let new = NewCompany { name: name.into(), parent, domains, ..NewCompany::default() };
    wait(stand.desk.company_create(&stand.agent(), new, &How::default())).unwrap().value.id
}

fn belongs(stand: &Stand, contact: ContactId, company: CompanyId, primary: bool) -> Membership {
    let (role, aspect, concerns, source) = (None, None, vec![], None);
    let (valid_from, valid_to) = (None, None);
    let new = NewMembership { contact, company, role, aspect, concerns, source, primary, valid_from, valid_to };
    wait(stand.desk.membership_create(&stand.agent(), new, &How::default())).unwrap().value
}

/// Is as sure of a node as the subject's words say: `for Acme` names one.
fn named_in_subject() -> Policy {
    Policy::new("named", "affiliate", 1, |call| {
        let Inquiry::Affiliate(asked) = call.inquiry else { panic!("it is asked which company") };
        let sure = |it: &plugdesk_domain::question::affiliate::Node| {
            let named = asked.ticket.subject.contains(&it.company.name);
            let held = it.membership.is_some();
            let confidence = if named {
                9_000
            } else if held {
                5_000
            } else {
                0
            };
            Confidence { company: it.company.id.clone(), confidence }
        };
        let nodes = asked.nodes.iter().map(sure).collect();
        let (reasons, facts, signals) = (vec![], vec![], vec![]);
        Outcome::Answered(Some(Answer::Affiliate(Affiliation { nodes, reasons, facts, signals })))
    })
}

fn ticket(stand: &Stand, subject: &str, requester: ContactId) -> Ticket {
    stand.clock.turn(1_000);
    let contact = Some(ContactRef { id: Some(requester), ..ContactRef::default() });
    let new = NewTicket { subject: subject.into(), contact, ..NewTicket::default() };
    wait(stand.desk.ticket_create(&stand.agent(), new, &How::default())).unwrap().value
}

#[test]
fn a_person_of_several_companies_brings_a_ticket_for_the_right_one_or_a_person_is_asked() {
    let stand = Stand::new(&[named_in_subject()]);
    let (acme, beta) = (company(&stand, "Acme", None, &[]), company(&stand, "Beta", None, &[]));
    let ann = contact(&stand, "Ann", vec![email("ann@mail.example")]);
    belongs(&stand, ann, acme, true);
    belongs(&stand, ann, beta, false);
    assert_eq!(ticket(&stand, "a printer for Beta", ann).company, Some(beta), "not the primary one");
    let unsure = ticket(&stand, "a printer", ann);
    assert_eq!(unsure.company, None);
    let asked = open(&stand);
    assert_eq!((asked.len(), asked[0].kind, asked[0].options.len()), (1, ProposalKind::Affiliate, 2));
    let none = wait(stand.desk.proposal_accept(&stand.agent(), asked[0].id, Acceptance::default(), &How::default()));
    assert!(none.is_err(), "of two options one is named");
    accept(&stand, asked[0].id, Some(acme.to_string()));
    assert_eq!(stand.desk.ticket(&stand.agent(), unsure.id).unwrap().company, Some(acme));
    // Whoever names the company by hand needs no decision any more.
    let third = ticket(&stand, "another printer", ann);
    let patch = TicketPatch { company: Some(Some(beta)), ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&stand.agent(), third.id, patch, &How::default())).unwrap();
    assert_eq!(open(&stand), []);
}

#[test]
fn a_matter_is_for_a_node_of_the_tree_and_the_whole_tree_is_offered() {
    let stand = Stand::new(&[named_in_subject()]);
    let group = company(&stand, "Group", None, &["group.example"]);
    let site = company(&stand, "Plant", Some(group), &[]);
    let ann = contact(&stand, "Ann", vec![email("ann@mail.group.example")]);
    belongs(&stand, ann, site, false);
    assert_eq!(ticket(&stand, "the gate of the Plant", ann).company, Some(site));
    assert_eq!(ticket(&stand, "an invoice of the Group", ann).company, Some(group), "by domain and as the node above");
    let tree = stand.desk.company_tree(&stand.agent(), group).unwrap();
    assert_eq!(tree.nodes.iter().map(|it| (it.id, it.level)).collect::<Vec<_>>(), [(group, 0), (site, 1)]);
}

#[test]
fn an_ended_membership_stays_and_old_tickets_keep_their_company() {
    let stand = Stand::new(&[named_in_subject()]);
    let (by, how) = (stand.agent(), How::default());
    let (acme, beta) = (company(&stand, "Acme", None, &[]), company(&stand, "Beta", None, &[]));
    let ann = contact(&stand, "Ann", vec![email("ann@mail.example")]);
    let first = belongs(&stand, ann, acme, true);
    let old = ticket(&stand, "for Acme", ann);
    let patch = MembershipPatch { valid_to: Some(Some(old.created_at)), ..MembershipPatch::default() };
    stand.clock.turn(1_000);
    wait(stand.desk.membership_update(&by, first.id, patch, &how)).unwrap();
    belongs(&stand, ann, beta, true);
    assert_eq!(stand.desk.ticket(&by, old.id).unwrap().company, Some(acme));
    assert_eq!(stand.desk.membership_list(&by, None, Some(ann), &PageRequest::default()).unwrap().records.len(), 2);
    assert_eq!(ticket(&stand, "for Acme", ann).company, None, "it is no longer a node of hers");
}

/// Holds two tickets for one problem if they share the word `outage`.
fn outages() -> Policy {
    Policy::new("outages", "correlate", 1, |call| {
        let Inquiry::Correlate(asked) = call.inquiry else { panic!("it is asked what else reports it") };
        let same = asked
            .neighbours
            .iter()
            .filter(|it| asked.ticket.subject.contains("outage") && it.subject.contains("outage"));
        let pairs = same.map(|it| Pair { ticket: it.ticket.clone(), score: 8_000 }).collect();
        let (reasons, facts, signals) = (vec![], vec![], vec![]);
        let (cluster, recurring) = (None, false);
        Outcome::Answered(Some(Answer::Correlate(Correlation { pairs, cluster, recurring, reasons, facts, signals })))
    })
}

#[test]
fn three_people_of_one_customer_report_one_outage_under_one_lead_ticket() {
    let stand = Stand::new(&[outages(), named_in_subject()]);
    let (by, how) = (stand.agent(), How::default());
    let group = company(&stand, "Group", None, &[]);
    let site = company(&stand, "Plant", Some(group), &[]);
    let mut made = Vec::new();
    for (name, node) in [("Ann", group), ("Bob", site), ("Cem", site)] {
        let who = contact(&stand, name, vec![email(&format!("{name}@mail.example"))]);
        belongs(&stand, who, node, true);
        let said = if node == site { "outage at the Plant" } else { "outage of the Group" };
        made.push(ticket(&stand, said, who));
    }
    let elsewhere = contact(&stand, "Dan", vec![]);
    let alone = ticket(&stand, "outage at home", elsewhere);
    let links = |id| stand.desk.link_list(&by, id, &PageRequest::default()).unwrap().records;
    let lead = links(made[0].id);
    assert_eq!(
        lead.iter().map(|it| it.from.clone()).collect::<Vec<_>>(),
        [made[1].id.to_string(), made[2].id.to_string()]
    );
    assert!(lead.iter().all(|it| it.to == made[0].id.to_string() && it.score == Some(8_000)), "{lead:?}");
    assert_eq!(links(alone.id), [], "another customer's outage is another matter");
    // A link is taken back, and no policy makes it again.
    wait(stand.desk.link_remove(&by, lead[0].id, &how)).unwrap();
    let patch = TicketPatch { subject: Some("the outage at the Plant".into()), ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&by, made[1].id, patch, &how)).unwrap();
    assert!(links(made[1].id).iter().all(|it| it.removed_at.is_some() || it.to != made[0].id.to_string()));
    assert!(stand.events().contains(&"ticket.linked".to_owned()));
}

#[test]
fn the_right_requester_is_one_call_that_is_told() {
    let stand = Stand::new(&[]);
    let (by, how) = (stand.agent(), How::default());
    let chief = contact(&stand, "Chief", vec![email("chief@acme.example")]);
    let ann = contact(&stand, "Ann", vec![email("ann@acme.example")]);
    let forwarded = ticket(&stand, "Fwd: broken", chief);
    let patch = TicketPatch { requester: Some(Some(ann)), ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&by, forwarded.id, patch, &how)).unwrap();
    let events = stand.desk.events(&stand.admin(), 0, 1_000).unwrap();
    let told = events.iter().rev().find(|it| it.name == "ticket.updated").unwrap();
    assert!(told.data["changed"].as_array().unwrap().contains(&"requester".into()), "{told:?}");
    let entries = stand.desk.entries(&by, forwarded.id, &PageRequest::default()).unwrap().records;
    let noted = entries.last().expect("an entry tells it");
    assert!(noted.text.contains(&chief.to_string()) && noted.text.contains(&ann.to_string()), "{}", noted.text);
}
