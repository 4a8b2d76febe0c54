//! Whose word a segment is.

use plugdesk_desk::{CompanyRef, ContactPatch, ContactRef, How, NewCompany, NewContact, NewTicket, TicketPatch};

use super::stand::{Policy, Stand, lead, wait};

#[test]
fn what_a_person_set_is_not_overwritten_until_the_person_takes_it_back() {
    let stand = Stand::new(&[Policy::segment("segmentation", 1, "company", 9_000)]);
    let by = stand.agent();
    let new = NewContact { name: "P".into(), segment: Some("vip".into()), ..NewContact::default() };
    let done = wait(stand.desk.contact_create(&by, new, &How::default())).unwrap();
    assert_eq!(done.value.contact.segment.as_deref(), Some("vip"));
    assert_eq!(done.decision.unwrap().effects, ["contact's segment stays vip: a person set it"]);
    let id = done.value.contact.id;
    let patch = ContactPatch { name: Some("Q".into()), ..ContactPatch::default() };
    let done = wait(stand.desk.contact_update(&by, id, patch, &How::default())).unwrap();
    assert_eq!(done.value.contact.segment.as_deref(), Some("vip"));
    let patch = ContactPatch { segment: Some(None), ..ContactPatch::default() };
    let done = wait(stand.desk.contact_update(&by, id, patch, &How::default())).unwrap();
    assert_eq!(done.value.contact.segment.as_deref(), Some("company"), "the policies' again");

    let ticket = wait(stand.desk.ticket_create(&by, lead("x"), &How::default())).unwrap().value;
    assert_eq!(ticket.segment.as_deref(), Some("company"));
    let patch = TicketPatch { segment: Some(Some("partner".into())), ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&by, ticket.id, patch, &How::default())).unwrap();
    let patch = TicketPatch { subject: Some("y".into()), ..TicketPatch::default() };
    let done = wait(stand.desk.ticket_update(&by, ticket.id, patch, &How::default())).unwrap();
    assert_eq!((done.value.segment.as_deref(), done.value.version), (Some("partner"), 3));
}

#[test]
fn a_ticket_on_which_nobody_has_an_opinion_takes_its_companys_segment_then_its_contacts() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    let company = NewCompany { name: "Acme".into(), segment: Some("enterprise".into()), ..NewCompany::default() };
    let company = wait(stand.desk.company_create(&by, company, &How::default())).unwrap().value.id;
    let contact = NewContact { name: "P".into(), segment: Some("consumer".into()), ..NewContact::default() };
    let contact = wait(stand.desk.contact_create(&by, contact, &How::default())).unwrap().value.contact.id;
    let of = |company: Option<_>| NewTicket {
        contact: Some(ContactRef { id: Some(contact), ..ContactRef::default() }),
        company: company.map(|id| CompanyRef { id: Some(id), ..CompanyRef::default() }),
        ..lead("x")
    };
    let ticket = wait(stand.desk.ticket_create(&by, of(Some(company)), &How::default())).unwrap().value;
    assert_eq!(ticket.segment.as_deref(), Some("enterprise"));
    let ticket = wait(stand.desk.ticket_create(&by, of(None), &How::default())).unwrap().value;
    assert_eq!(ticket.segment.as_deref(), Some("consumer"));
}
