//! What a request reads of a large desk: about what it shows.

use std::sync::atomic::Ordering;

use plugdesk_desk::{Assigned, How, NewCompany, NewMembership, NewMerge, NewTicket, PageRequest, Sort, TicketFilter};
use plugdesk_domain::{
    Change, CompanyId, ContactId, FieldPlan, MergeKind, RecordsExt as _, Storage as _, Ticket, TicketId,
};

use super::stand::{Stand, lead, person, wait};

/// So many tickets has the desk.
const TICKETS: u64 = 2_000;
/// So many people belong to each of its nodes.
const PEOPLE: usize = 10;
/// A page shows so many.
const PAGE: usize = 50;

fn company(stand: &Stand, name: &str, parent: Option<CompanyId>) -> CompanyId {
    let new = NewCompany { name: name.into(), parent, ..NewCompany::default() };
    wait(stand.desk.company_create(&stand.agent(), new, &How::default())).unwrap().value.id
}

/// A group with four sites, one of them merged of two; all tickets are theirs, put straight into the store.
fn filled(stand: &Stand) -> (CompanyId, ContactId) {
    let (by, how) = (stand.agent(), How::default());
    let group = company(stand, "Group", None);
    let mut nodes: Vec<CompanyId> = (0..4).map(|n| company(stand, &format!("Site {n}"), Some(group))).collect();
    let twin = company(stand, "Site 0 again", Some(group));
    let (winner, loser) = (nodes[0].to_string(), twin.to_string());
    let merge = NewMerge { kind: MergeKind::Company, winner, loser, plan: FieldPlan::new() };
    wait(stand.desk.merge_create(&by, merge, &how)).unwrap();
    nodes.extend([twin, group]);
    let mut people = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        for n in 0..PEOPLE {
            let contact = Some(person(&format!("P{n}"), &format!("p{n}@n{place}.example")));
            let ticket = wait(stand.desk.ticket_create(&by, NewTicket { contact, ..lead("x") }, &how)).unwrap().value;
            let contact = ticket.requester.unwrap();
            let new = serde_json::json!({ "contact": contact, "company": node, "role": "user" });
            let new: NewMembership = serde_json::from_value(new).unwrap();
            wait(stand.desk.membership_create(&by, new, &how)).unwrap();
            people.push(contact);
        }
    }
    let model = wait(stand.desk.ticket_create(&by, lead("model"), &how)).unwrap().value;
    let records = stand.store.records(stand.desk.id());
    for begin in (0..TICKETS).step_by(100) {
        let mut change = Change::default();
        for n in begin..begin + 100 {
            let at = model.created_at.plus_millis(n as i64 + 1);
            let place = (n.wrapping_mul(2_654_435_761) >> 7) as usize;
            change.create(Ticket {
                id: TicketId::new(at, u128::from(n)),
                created_at: at,
                number: n + 1_000,
                company: Some(nodes[place % nodes.len()]),
                requester: Some(people[place % 3]),
                assignee: Some(["anna", "bob"][place % 2].to_owned()),
                ..model.clone()
            });
        }
        records.commit_wait(change).unwrap();
    }
    (group, people[0])
}

#[test]
fn a_company_a_person_and_an_agent_are_read_at_a_few_times_what_is_shown() {
    let stand = Stand::new(&[]);
    let (group, requester) = filled(&stand);
    let by = stand.agent();
    let page = || PageRequest { limit: Some(PAGE), after: None };
    let counted = |what: &str, most: usize, read: &dyn Fn() -> usize| {
        stand.seen.read.store(0, Ordering::SeqCst);
        let shown = read();
        let read = stand.seen.read.load(Ordering::SeqCst) as usize;
        assert!(shown >= PAGE, "{what} shows {shown}");
        assert!(read <= most * shown, "{what}: {read} records read, {shown} shown");
    };
    counted("the tickets of everybody", 4, &|| {
        stand.desk.company_tickets(&by, group, true, &page()).unwrap().records.len()
    });
    counted("the account", 4, &|| {
        let account = stand.desk.company_account(&by, group).unwrap();
        account.open.len() + account.recent.len() + account.people.len()
    });
    let list = |filter: TicketFilter| stand.desk.ticket_list(&by, &filter, &page()).unwrap().records.len();
    let assignee = Some(Assigned::To("anna".into()));
    let mine = TicketFilter { assignee, sort: Some(Sort::Due), ..TicketFilter::default() };
    counted("an agent's tickets by due time", 4, &|| list(mine.clone()));
    let hers = TicketFilter { requester: Some(requester), ..TicketFilter::default() };
    counted("a person's tickets", 4, &|| list(hers.clone()));
    let company = TicketFilter { company: Some(group), subtree: true, ..TicketFilter::default() };
    counted("a company's tickets by the list", 4, &|| list(company.clone()));
}
