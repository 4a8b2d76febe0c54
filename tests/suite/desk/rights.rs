//! Who may see and do what.

use plugdesk_desk::{
    CompanyRef, ContactRef, Error, How, NewCompany, NewContact, NewDesk, NewEntry, NewTicket, PageRequest,
    TicketFilter, TicketPatch,
};
use plugdesk_domain::{ContactId, EntryKind, Principal, Priority, Role};

use super::stand::{Stand, email, lead, wait};

fn customer(stand: &Stand, address: &str) -> (Principal, ContactId) {
    let new = NewContact { identities: vec![email(address)], ..NewContact::default() };
    let id = wait(stand.desk.contact_create(&stand.agent(), new, &How::default())).unwrap().value.contact.id;
    let name = format!("customer {address}");
    (Principal { role: Role::Customer, name, contact: Some(id), ..stand.agent() }, id)
}

#[test]
fn a_customer_sees_and_creates_own_tickets_and_nothing_else() {
    let stand = Stand::new(&[]);
    let (parisa, parisa_id) = customer(&stand, "p@x.org");
    let (ali, ali_id) = customer(&stand, "a@x.org");
    let make = |by: &Principal, new: NewTicket| wait(stand.desk.ticket_create(by, new, &How::default()));
    let own = make(&parisa, NewTicket { entries: vec![NewEntry::reply("help")], ..lead("mine") }).unwrap().value;
    assert_eq!(own.requester, Some(parisa_id));
    let note = NewEntry { kind: EntryKind::Note, ..NewEntry::reply("grumpy") };
    wait(stand.desk.entry_add(&stand.agent(), own.id, note, &How::default())).unwrap();
    let shown = stand.desk.entries(&parisa, own.id, &PageRequest::default()).unwrap().records;
    assert_eq!(shown.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["help"], "notes are the desk's own");

    let not_found = |error: Error| assert!(matches!(error, Error::NotFound { .. }), "{error}");
    let forbidden = |error: Error| assert!(matches!(error, Error::Forbidden(_)), "{error}");
    not_found(stand.desk.ticket(&ali, own.id).unwrap_err());
    not_found(stand.desk.entries(&ali, own.id, &PageRequest::default()).unwrap_err());
    not_found(wait(stand.desk.entry_add(&ali, own.id, NewEntry::reply("x"), &How::default())).unwrap_err());
    let guess = How { if_match: Some(plugdesk_desk::IfMatch::Version(77)), ..How::default() };
    not_found(wait(stand.desk.entry_add(&ali, own.id, NewEntry::reply("x"), &guess)).unwrap_err());
    not_found(stand.desk.contact(&ali, parisa_id).unwrap_err());
    let all = |by: &Principal, filter| stand.desk.ticket_list(by, &filter, &PageRequest::default()).unwrap().records;
    assert!(all(&ali, TicketFilter::default()).is_empty());
    assert!(all(&ali, TicketFilter { requester: Some(parisa_id), ..TicketFilter::default() }).is_empty());
    assert!(all(&ali, TicketFilter { number: Some(own.number), ..TicketFilter::default() }).is_empty());
    assert_eq!(all(&parisa, TicketFilter::default()).len(), 1);
    forbidden(stand.desk.decisions(&parisa, None, &PageRequest::default()).unwrap_err());
    forbidden(stand.desk.events(&parisa, 0, 1).unwrap_err());
    forbidden(stand.desk.contact_list(&parisa, &PageRequest::default()).unwrap_err());
    forbidden(wait(stand.desk.contact_create(&parisa, NewContact::default(), &How::default())).unwrap_err());
    forbidden(wait(stand.desk.ticket_update(&parisa, own.id, TicketPatch::default(), &How::default())).unwrap_err());

    let company = NewCompany { name: "Acme".into(), ..NewCompany::default() };
    let company = wait(stand.desk.company_create(&stand.agent(), company, &How::default())).unwrap().value.id;
    let other = ContactRef { id: Some(ali_id), ..ContactRef::default() };
    let foreign = CompanyRef { id: Some(company), ..CompanyRef::default() };
    for new in [
        NewTicket { contact: Some(other), ..lead("x") },
        NewTicket { company: Some(foreign), ..lead("x") },
        NewTicket { assignee: Some("anna".into()), ..lead("x") },
        NewTicket { priority: Priority::Urgent, ..lead("x") },
        NewTicket { channel: Some("phone".into()), ..lead("x") },
        NewTicket { tags: vec!["vip".into()], ..lead("x") },
        NewTicket { entries: vec![NewEntry { kind: EntryKind::Note, ..NewEntry::reply("x") }], ..lead("x") },
    ] {
        let refused = make(&parisa, new).unwrap_err();
        assert!(matches!(refused, Error::Invalid(_)), "{refused}");
    }
}

#[test]
fn another_desks_principal_hears_that_there_is_no_such_desk() {
    let stand = Stand::new(&[]);
    let other = wait(stand.desks.desk_create(&Principal::operator(), NewDesk::named("other"), None)).unwrap().value;
    let stranger = Principal { desk: Some(other.id), ..stand.admin() };
    let ticket = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap().value;
    let seen = stand.desk.ticket(&stranger, ticket.id).unwrap_err();
    assert!(matches!(seen, Error::NotFound { what: "desk", .. }));
    let made = wait(stand.desk.ticket_create(&stranger, lead("x"), &How::default())).unwrap_err();
    assert!(matches!(made, Error::NotFound { what: "desk", .. }));
    assert!(stand.desks.desk(other.id).unwrap().ticket(&stranger, ticket.id).is_err());
    let homeless = Principal { desk: None, ..stand.admin() };
    assert!(stand.desk.ticket(&homeless, ticket.id).is_err(), "only operators belong to no desk");
    assert_eq!(stand.desks.desk_list(&stranger).unwrap().len(), 1);
    assert_eq!(stand.desks.desk_list(&Principal::operator()).unwrap().len(), 2);
    let again = wait(stand.desks.desk_create(&Principal::operator(), NewDesk::named("other"), None));
    assert!(matches!(again, Err(Error::Exists { .. })));
    let by_admin = wait(stand.desks.desk_create(&stand.admin(), NewDesk::named("third"), None));
    assert!(by_admin.is_err());
    assert!(stand.desks.maintenance(&stand.admin()).is_err());
}
