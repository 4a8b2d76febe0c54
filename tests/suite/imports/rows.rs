//! What a row becomes, and what refuses it.

use plugdesk_desk::{Error, NewImport, PageRequest};
use plugdesk_domain::{Author, IdentityKind, ImportState, Priority};
use serde_json::json;

use super::run::{HEAD, file, mapping, new};
use super::stand::{Stand, wait};

#[test]
fn a_row_becomes_a_lead_with_its_person_company_answers_and_words() {
    let stand = Stand::new();
    let import = stand.import(new("leads"), &file(1..4));
    assert_eq!((import.state, import.rows, import.written, import.refused), (ImportState::Done, 3, 3, 0));
    assert_eq!(import.format, "csv");
    let tickets = stand.tickets();
    let lead = tickets.iter().find(|it| it.external_ids["crm"] == "L1").unwrap();
    assert_eq!(
        (lead.kind.as_str(), lead.subject.as_str(), lead.channel.as_str()),
        ("lead", "Pump for Company 1", "import")
    );
    assert_eq!((lead.priority, lead.created_at.to_string().as_str()), (Priority::Urgent, "2026-02-01T00:00:00.000Z"));
    assert_eq!(lead.tags, ["a", "b"]);
    assert_eq!(json!(lead.custom)["visits"], json!(1));
    assert!(!lead.custom.contains_key("Converted") && !lead.custom.contains_key("Email"));
    let contact = stand.desk.contact_by_identity(&stand.by, IdentityKind::Email, "p1@example.org").unwrap();
    assert_eq!((lead.requester, contact.contact.name.as_str()), (Some(contact.contact.id), "Person 1"));
    let entries = stand.desk.entries(&stand.by, lead.id, &PageRequest::default()).unwrap().records;
    assert_eq!(entries[0].author, Author::Contact(contact.contact.id));
    assert_eq!(
        (entries[0].text.as_str(), entries[0].at.to_string().as_str()),
        ("I need it now", "2026-02-01T00:00:00.000Z")
    );
    assert!(lead.company.is_some());
}

#[test]
fn rows_that_name_the_same_new_company_make_it_once() {
    let stand = Stand::new();
    assert_eq!(stand.import(new("leads"), &file(1..300)).written, 299);
    let companies = stand.desk.company_list(&stand.by, None, None, &PageRequest::default()).unwrap().records;
    assert_eq!(companies.len(), 7);
}

#[test]
fn one_row_that_can_not_be_taken_refuses_the_file_and_says_which_and_why() {
    let stand = Stand::new();
    let bad = format!(
        "{}L8,Bad Mail,nobody,,x,1,01.02.2026,,,\n,No Id,a@b.org,,x,1,01.02.2026,,,,\nL9,A,c@d.org,,x,1,yesterday,,,,\n\
         L1,Twice,e@f.org,,x,1,01.02.2026,,,,\nL10,A,no mail,,x,1,01.02.2026,,,,\nL11,A,g@h.org,,{},1,01.02.2026,,,,\n\
         L12,A,i@j.org,,x,1,01.02.2036,,,,\n",
        file(1..3),
        "y".repeat(600),
    );
    let import = stand.import(new("leads"), &bad);
    assert_eq!((import.state, import.written, import.refused), (ImportState::Refused, 0, 7));
    assert!(stand.tickets().is_empty(), "nothing half imported");
    let told: Vec<String> =
        import.refused_rows.iter().map(|it| format!("{} {}: {}", it.line, it.field, it.reason)).collect();
    let expected = [
        "4 : 10 fields where the first line has 11",
        "5 Id: the row has no id",
        "6 Date: `yesterday` is a date in none of the formats",
        "7 Id: the id stands on line 2 already",
        "8 Email: `no mail`: an e-mail address is one local part, one @ and one domain",
        "9 /subject: 1 to 512 characters, this has 604",
        "10 /created_at: a time since 1970 and not in the future",
    ];
    assert_eq!(told, expected);

    let skipping = stand.import(NewImport { skip_refused: true, ..new("leads") }, &bad);
    assert_eq!((skipping.state, skipping.written, skipping.refused), (ImportState::Done, 2, 7));
    assert_eq!(stand.tickets().len(), 2);
}

#[test]
fn rows_that_say_nothing_the_mapping_reads_are_passed_over_like_empty_lines() {
    let stand = Stand::new();
    let mapping = json!({"kind": "lead", "missing": ["Select"],
        "ticket": {"subject": {"template": "{Interest} now"}, "channel": {"constant": "web"},
            "priority": {"column": "Urgent", "default": "high"}, "custom": {"columns": ["Visits"]}}});
    let new = |name: &str| NewImport { mapping: mapping.clone(), ..new(name) };
    let csv = "Interest,Urgent,Visits,Note\nPump,,,\n,,,\n Select , ,,a total\n,,7,\n";
    let import = stand.import(new("csv"), csv);
    assert_eq!((import.state, import.rows, import.written, import.refused), (ImportState::Done, 2, 2, 0), "{import:?}");
    let mut subjects: Vec<String> = stand.tickets().into_iter().map(|it| it.subject).collect();
    subjects.sort();
    assert_eq!(subjects, ["Imported lead line 5", "Pump now"], "an answer alone is a row");
    let lines = stand.import(new("lines"), "{\"Interest\": null}\n{\"Visits\": 0}\n{}\n");
    assert_eq!((lines.rows, lines.written), (1, 1), "nought is something said");
    let constant = json!({"kind": "lead", "ticket": {"subject": {"constant": "Call"}}});
    let import = stand.import(NewImport { mapping: constant, ..new("constant") }, "A,B\n,\nx,\n");
    assert_eq!((import.rows, import.written), (1, 1), "where no column is read, any value makes a row");
    let known = stand.import(super::run::new("known"), &format!("{}{}\n", file(1..3), ",".repeat(10)));
    assert_eq!(
        (known.state, known.rows, known.written),
        (ImportState::Done, 2, 2),
        "nor does it lack an id: {known:?}"
    );
}

#[test]
fn a_file_that_does_not_fit_its_mapping_is_refused_before_a_row_is_read() {
    let stand = Stand::new();
    let told = |file: &str| {
        let import = stand.import(NewImport { skip_refused: true, ..new("leads") }, file);
        assert_eq!((import.state, import.written), (ImportState::Refused, 0));
        format!("{}: {}", import.refused_rows[0].field, import.refused_rows[0].reason)
    };
    let renamed = file(1..2).replace("Email", "E-Mail");
    assert_eq!(told(&renamed), "Email: the file has no such column, which the mapping names at /contact/email");
    assert!(told("").contains("the file is empty"));
    assert!(told(&file(1..2).replace("Name,", "Id,")).contains("two columns have this name"));
}

#[test]
fn a_wrong_mapping_is_refused_by_its_field() {
    let stand = Stand::new();
    let told = |at: &str, value: serde_json::Value| {
        let mut mapping = mapping();
        *mapping.pointer_mut(at).unwrap() = value;
        let refused =
            wait(stand.desk.import_create(&stand.by, NewImport { mapping, ..new("leads") }, None)).unwrap_err();
        let Error::Invalid(faults) = refused else { panic!("{refused}") };
        format!("{}: {}", faults[0].field, faults[0].rule)
    };
    assert_eq!(told("/ticket", json!({"subjct": "x"})).split(',').next().unwrap(), "/mapping: unknown field `subjct`");
    assert_eq!(
        told("/ticket/subject", json!({"column": "A", "constant": "B"})),
        "/mapping/ticket/subject: has exactly one of `column`, `constant` and `template`"
    );
    assert!(told("/kind", json!("a b")).starts_with("/mapping/kind"));
    assert!(told("/kind", json!("contact")).starts_with("/mapping/ticket: only tickets"));
    let named =
        wait(stand.desk.import_create(&stand.by, NewImport { name: "a b".into(), ..new("x") }, None)).unwrap_err();
    assert!(named.to_string().starts_with("/name"), "{named}");
}

#[test]
fn a_file_of_control_characters_ends_its_import_like_any_other() {
    let stand = Stand::new();
    let column = "\u{1}".repeat(96);
    let mapping = json!({"kind": "contact", "contact": {"name": "name", "email": column}});
    let mut row = serde_json::Map::from_iter([("name".to_owned(), json!("x"))]);
    row.insert(column, json!("\u{1}".repeat(80)));
    let lines = format!("{}\n", json!(row)).repeat(150);
    let import = stand.import(NewImport { mapping, ..new("hostile") }, &lines);
    assert_eq!((import.state, import.refused, import.refused_rows.len()), (ImportState::Refused, 150, 100));
    assert!(import.refused_rows.iter().all(|it| !format!("{}{}", it.field, it.reason).contains('\u{1}')));
}

#[test]
fn a_file_may_be_as_large_as_the_store_keeps_one() {
    assert_eq!(usize::try_from(plugdesk_desk::MOST_FILE_BYTES).unwrap(), plugdesk_store::MOST_BLOB_BYTES);
}

#[test]
fn a_check_reads_everything_and_writes_nothing() {
    let stand = Stand::new();
    let import = stand.import(NewImport { check_only: true, ..new("leads") }, &file(1..30));
    assert_eq!((import.state, import.rows, import.written), (ImportState::Done, 29, 0));
    assert!(stand.tickets().is_empty());
}

#[test]
fn people_and_companies_come_in_from_json_lines() {
    let stand = Stand::new();
    let mapping = json!({"kind": "contact", "external-id": {"system": "crm", "column": "id"},
        "contact": {"name": "name", "phone": "phone", "custom": {"columns": ["vip"]}}});
    let lines =
        "{\"id\": 1, \"name\": \"پریسا\", \"phone\": \"۰۲۱۱۲۳۴\", \"vip\": true}\n{\"id\": 2, \"name\": \"Ödön\"}\n";
    let import = stand.import(NewImport { mapping, ..new("people") }, lines);
    assert_eq!((import.format.as_str(), import.state, import.written), ("json-lines", ImportState::Done, 2));
    let contact = stand.desk.contact_by_identity(&stand.by, IdentityKind::Phone, "0211234").unwrap().contact;
    assert_eq!((contact.name.as_str(), json!(contact.custom)), ("پریسا", json!({"vip": true})));
    let mapping = json!({"kind": "company", "company": {"name": "name", "domains": {"column": "d", "split": " "}}});
    let import = stand.import(NewImport { mapping, ..new("companies") }, "name;d\nAcme;acme.example acme.test\n");
    assert_eq!((import.state, import.written), (ImportState::Done, 1), "{import:?}");
    assert!(HEAD.starts_with("Id"));
}
