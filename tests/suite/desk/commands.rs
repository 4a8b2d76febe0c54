//! What commands make and change.

use std::collections::BTreeMap;

use plugdesk_desk::{
    CompanyRef, ContactPatch, ContactRef, Error, How, Idempotency, NewCompany, NewContact, NewEntry, NewMembership,
    NewTicket, PageRequest, TicketFilter, TicketPatch,
};
use plugdesk_domain::question::{Answer, FoundFact};
use plugdesk_domain::record::entry::MOST_INLINE_BYTES;
use plugdesk_domain::{Author, Category, Digest, IdentityKind, Instant, Outcome, Reason};

use super::stand::{Policy, Stand, classification, email, lead, person, qualification, wait};
use super::watched::keys;

fn reasoned() -> Vec<Policy> {
    let found = || vec![FoundFact { kind: "motive".into(), value: "price".into(), confidence: 8_000 }];
    let reason = |code: &str| Reason { code: code.into(), params: BTreeMap::new(), evidence: vec![], text: None };
    let segment = Policy::new("segmentation", "classify", 10, move |_| {
        let reasons = vec![reason("domain.company")];
        Outcome::Answered(Some(Answer::Classify(plugdesk_domain::question::classify::Classification {
            reasons,
            ..classification("company", 9_000)
        })))
    });
    let score = Policy::new("scorecard", "qualify", 10, move |_| {
        Outcome::Answered(Some(Answer::Qualify(plugdesk_domain::question::qualify::Qualification {
            facts: found(),
            ..qualification(7_000)
        })))
    });
    vec![segment, score]
}

#[test]
fn a_lead_with_its_people_company_and_words_is_one_change_with_its_reasons() {
    let stand = Stand::new(&reasoned());
    let by = stand.agent();
    let new = NewTicket {
        contact: Some(person("Parisa", "Parisa@Example.org")),
        company: Some(CompanyRef { name: "Acme".into(), ..CompanyRef::default() }),
        entries: vec![NewEntry::reply("first"), NewEntry::reply("second"), NewEntry::reply("third")],
        custom: [("budget".to_owned(), 5_000.into())].into(),
        ..lead("a price for forty seats")
    };
    let done = wait(stand.desk.ticket_create(&by, new, &How::default())).unwrap();
    assert_eq!(stand.seen.changes.lock().unwrap().len(), 1, "one change");
    let ticket = stand.desk.ticket(&by, done.value.id).unwrap();
    assert_eq!(ticket, done.value, "the answer is what is stored");
    assert_eq!((ticket.version, ticket.number, ticket.segment.as_deref()), (1, 1, Some("company")));
    assert_eq!(ticket.qualified.as_ref().map(|it| it.score), Some(7_000));
    let contact = stand.desk.contact_by_identity(&by, IdentityKind::Email, "parisa@example.org").unwrap();
    assert_eq!((Some(contact.contact.id), contact.contact.segment.as_deref()), (ticket.requester, Some("company")));
    let entries = stand.desk.entries(&by, ticket.id, &PageRequest::default()).unwrap().records;
    assert_eq!(entries.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["first", "second", "third"]);
    assert!(entries.iter().all(|it| it.author == Author::Contact(contact.contact.id)));

    let decision = stand.desk.decision(&by, ticket.qualified.unwrap().decision).unwrap();
    assert_eq!(Some(&decision), done.decision.as_ref());
    let asked: Vec<&str> = decision.asked.iter().map(|it| it.question.as_str()).collect();
    assert_eq!(asked, ["classify", "classify", "classify", "qualify"], "company, contact, ticket, then the lead");
    assert_eq!(decision.asked[0].opinions[0].reasons[0].code, "domain.company");
    assert!(decision.effects.contains(&"qualified: grade a, score 7000 (scorecard)".to_owned()));
    let findings = stand.desk.findings(&by, &ticket.id.to_string()).unwrap();
    assert_eq!((findings[0].source.as_str(), findings[0].facts[0].kind.as_str()), ("scorecard", "motive"));
    assert_eq!(stand.events(), ["company.created", "contact.created", "ticket.created"]);
    let told = stand.desk.events(&stand.admin(), 2, 1).unwrap().remove(0);
    assert_eq!((told.data["grade"].as_str(), told.decision), (Some("a"), Some(decision.id)));
    let text = serde_json::to_string(&stand.desk.events(&stand.admin(), 0, 10).unwrap()).unwrap();
    assert!(!text.contains("arisa") && !text.contains("forty"), "events hold no personal data: {text}");
}

#[test]
fn creating_a_ticket_writes_at_most_twelve_keys() {
    let stand = Stand::new(&reasoned());
    let by = stand.agent();
    let contact = NewContact { identities: vec![email("a@b.org")], ..NewContact::default() };
    let contact = wait(stand.desk.contact_create(&by, contact, &How::default())).unwrap().value.contact.id;
    let company = NewCompany { name: "Acme".into(), ..NewCompany::default() };
    let company = wait(stand.desk.company_create(&by, company, &How::default())).unwrap().value.id;
    let new = NewTicket {
        contact: Some(ContactRef { id: Some(contact), ..ContactRef::default() }),
        company: Some(CompanyRef { id: Some(company), ..CompanyRef::default() }),
        entries: vec![NewEntry::reply("hello")],
        ..lead("a price")
    };
    let idempotency = Some(Idempotency { key: "k".into(), request: Digest::of(b"k") });
    wait(stand.desk.ticket_create(&by, new, &How { idempotency, ..How::default() })).unwrap();
    let changes = stand.seen.changes.lock().unwrap();
    let change = changes.last().unwrap();
    // Ticket and its 5 index entries, entry, decision, findings, stored answer, event. A promise adds the timer: 12.
    assert_eq!(keys(change), 11, "{change:#?}");
}

#[test]
fn every_fault_of_what_was_sent_is_named_by_its_pointer() {
    let stand = Stand::new(&[]);
    let new = NewTicket {
        kind: "no such kind!".into(),
        subject: "  ".into(),
        tags: vec!["good".into(), "not good".into()],
        entries: vec![NewEntry::reply("")],
        created_at: Some(Instant::from_millis(i64::MAX)),
        custom: [("x/y".to_owned(), "z".repeat(9_000).into())].into(),
        external_ids: (0..17).map(|n| (format!("s{n}"), "1".to_owned())).collect(),
        ..NewTicket::default()
    };
    let Err(Error::Invalid(faults)) = wait(stand.desk.ticket_create(&stand.agent(), new, &How::default())) else {
        panic!("it was taken")
    };
    let fields: Vec<&str> = faults.iter().map(|it| it.field.as_str()).collect();
    let wanted = ["/kind", "/subject", "/custom/x~1y", "/external_ids", "/created_at", "/tags/1", "/entries/0/text"];
    assert_eq!(fields, wanted);
    assert!(stand.seen.changes.lock().unwrap().is_empty(), "nothing was written");
}

#[test]
fn an_address_belongs_to_one_contact_and_is_found_in_any_form() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    let new = || NewContact { identities: vec![email(" A@B.org ")], ..NewContact::default() };
    let first = wait(stand.desk.contact_create(&by, new(), &How::default())).unwrap().value.contact.id;
    let again = wait(stand.desk.contact_create(&by, new(), &How::default()));
    assert!(matches!(again, Err(Error::Exists { what: "identity", .. })), "{again:?}");
    let ticket = NewTicket { contact: Some(person("Else", "a@b.ORG")), ..lead("x") };
    let ticket = wait(stand.desk.ticket_create(&by, ticket, &How::default())).unwrap().value;
    assert_eq!(ticket.requester, Some(first), "found, not made");
    let other = NewContact { identities: vec![email("c@d.org")], ..NewContact::default() };
    wait(stand.desk.contact_create(&by, other, &How::default())).unwrap();
    let both = ContactRef { identities: vec![email("a@b.org"), email("c@d.org")], ..ContactRef::default() };
    let torn = wait(stand.desk.ticket_create(&by, NewTicket { contact: Some(both), ..lead("x") }, &How::default()));
    assert!(matches!(torn, Err(Error::Invalid(_))), "two people can't be one: {torn:?}");
}

#[test]
fn a_patch_adds_to_lists_and_never_replaces_them() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    let new = NewContact { name: "A".into(), identities: vec![email("a@b.org")], ..NewContact::default() };
    let made = wait(stand.desk.contact_create(&by, new, &How::default())).unwrap().value;
    let patch = ContactPatch { add_identities: vec![email("c@d.org")], ..ContactPatch::default() };
    let how = How { if_match: Some(plugdesk_desk::IfMatch::Version(1)), ..How::default() };
    let done = wait(stand.desk.contact_update(&by, made.contact.id, patch.clone(), &how)).unwrap().value;
    assert_eq!((done.identities.len(), done.contact.version), (2, 2));
    let late = wait(stand.desk.contact_update(&by, made.contact.id, patch, &how));
    assert_eq!(late.unwrap_err(), Error::VersionMismatch { stored: 2 });
    let patch = ContactPatch { remove_identities: vec![email("a@b.org")], ..ContactPatch::default() };
    let done = wait(stand.desk.contact_update(&by, made.contact.id, patch, &How::default())).unwrap().value;
    assert_eq!(done.identities.iter().map(|it| it.value.as_str()).collect::<Vec<_>>(), ["c@d.org"]);
    assert_eq!(stand.desk.contact(&by, made.contact.id).unwrap(), done);
}

#[test]
fn changing_a_persons_company_leaves_old_tickets_where_they_are() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    let company = |name: &str| NewCompany { name: name.into(), ..NewCompany::default() };
    let one = wait(stand.desk.company_create(&by, company("One"), &How::default())).unwrap().value.id;
    let two = wait(stand.desk.company_create(&by, company("Two"), &How::default())).unwrap().value.id;
    let new = NewTicket {
        contact: Some(person("P", "p@one.org")),
        company: Some(CompanyRef { id: Some(one), ..CompanyRef::default() }),
        ..lead("x")
    };
    let ticket = wait(stand.desk.ticket_create(&by, new, &How::default())).unwrap().value;
    let contact = ticket.requester.unwrap();
    for company in [one, two] {
        let new = NewMembership {
            contact,
            company,
            role: None,
            aspect: None,
            concerns: vec![],
            source: None,
            primary: company == two,
            valid_from: None,
            valid_to: None,
        };
        wait(stand.desk.membership_create(&by, new, &How::default())).unwrap();
    }
    assert_eq!(stand.desk.contact(&by, contact).unwrap().memberships.len(), 2);
    assert_eq!(stand.desk.ticket(&by, ticket.id).unwrap().company, Some(one));
}

#[test]
fn a_lead_is_judged_again_when_it_changes_and_not_when_nothing_does() {
    let by_priority = Policy::new("scorecard", "qualify", 1, |call| {
        let plugdesk_domain::question::Inquiry::Qualify(it) = call.inquiry else { unreachable!() };
        super::stand::qualified(if it.lead.touches > 0 { 9_000 } else { 1_000 })
    });
    let stand = Stand::new(&[by_priority]);
    let by = stand.agent();
    let made = wait(stand.desk.ticket_create(&by, lead("x"), &How::default())).unwrap().value;
    assert_eq!(made.qualified.as_ref().map(|it| it.score), Some(1_000));
    let same = TicketPatch { subject: Some("x".into()), ..TicketPatch::default() };
    let same = wait(stand.desk.ticket_update(&by, made.id, same, &How::default())).unwrap();
    assert_eq!((same.value.version, same.decision), (1, None), "nothing changed, nothing was asked");
    wait(stand.desk.entry_add(&by, made.id, NewEntry::reply("and?"), &How::default())).unwrap();
    let now = stand.desk.ticket(&by, made.id).unwrap();
    assert_eq!((now.version, now.qualified.map(|it| it.score)), (2, Some(9_000)));
    assert_eq!(stand.events(), ["ticket.created", "ticket.qualified", "entry.added"]);
    let done = TicketPatch { category: Some(Category::Resolved), ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&by, made.id, done, &How::default())).unwrap();
    let open = TicketPatch { category: Some(Category::Open), ..TicketPatch::default() };
    let open = wait(stand.desk.ticket_update(&by, made.id, open, &How::default())).unwrap().value;
    assert_eq!((open.state.as_str(), open.counters.reopens), ("open", 1));
}

#[test]
fn the_best_leads_come_first_and_pages_join_without_a_gap() {
    let by_subject = Policy::new("scorecard", "qualify", 1, |call| {
        let plugdesk_domain::question::Inquiry::Qualify(it) = call.inquiry else { unreachable!() };
        super::stand::qualified(it.lead.subject.parse().unwrap())
    });
    let stand = Stand::new(&[by_subject]);
    let by = stand.agent();
    for score in [300, 9_000, 100, 5_000, 700] {
        wait(stand.desk.ticket_create(&by, lead(&score.to_string()), &How::default())).unwrap();
    }
    let other = NewTicket { subject: "printer".into(), ..NewTicket::default() };
    wait(stand.desk.ticket_create(&by, other, &How::default())).unwrap();
    let filter = TicketFilter { kind: Some("lead".into()), ..TicketFilter::default() };
    let (mut subjects, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest { limit: Some(2), after };
        let page = stand.desk.ticket_list(&by, &filter, &page).unwrap();
        subjects.extend(page.records.into_iter().map(|it| it.subject));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(subjects, ["9000", "5000", "700", "300", "100"]);
    assert_eq!(stand.desk.ticket_by_number(&by, 6).unwrap().subject, "printer");
}

#[test]
fn a_long_text_is_kept_whole_as_a_file() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    let text = "سلام ".repeat(9_000);
    let made = wait(stand.desk.ticket_create(&by, lead("x"), &How::default())).unwrap().value;
    let entry = wait(stand.desk.entry_add(&by, made.id, NewEntry::reply(&text), &How::default())).unwrap().value;
    assert!(entry.file.is_some() && entry.text.len() <= 1_024 && text.starts_with(&entry.text));
    assert_eq!(stand.desk.entry_text(&by, &entry).unwrap(), text);
    let text = "\"".repeat(MOST_INLINE_BYTES);
    let entry = wait(stand.desk.entry_add(&by, made.id, NewEntry::reply(&text), &How::default())).unwrap().value;
    assert!(entry.file.is_some(), "a quote takes two bytes where it is stored");
    assert_eq!(stand.desk.entry_text(&by, &entry).unwrap(), text);
}
