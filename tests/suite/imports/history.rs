//! Tickets with their past, entries and memberships, each with its own time.

use std::collections::BTreeMap;

use plugdesk_desk::input::NewDefinition;
use plugdesk_desk::{How, NewImport, PageRequest, TicketPatch};
use plugdesk_domain::{
    Author, Category, Commitment, CommitmentState, DefinitionSort, Entry, EntryKind, Import, ImportState, Priority,
    Ticket,
};
use serde_json::{Value, json};

use super::run::new;
use super::stand::{Stand, wait};

const PEOPLE: &str = "id,name,email\nP1,Ann,ann@acme.example\nP2,Bob,bob@acme.example\n";

impl Stand {
    fn bring(&self, name: &str, mapping: Value, file: &str) -> Import {
        self.import(NewImport { mapping, ..new(name) }, file)
    }

    fn people(&self) {
        let mapping = json!({"kind": "contact", "external-id": {"system": "crm", "column": "id"},
            "contact": {"name": "name", "email": "email"}});
        assert_eq!(self.bring("people", mapping, PEOPLE).written, 2);
        let mapping = json!({"kind": "company", "external-id": {"system": "crm", "column": "id"},
            "company": {"name": "name"}});
        assert_eq!(self.bring("companies", mapping, "id,name\nC1,Acme\nC2,Umbrella\n").written, 2);
    }

    fn known(&self, id: &str) -> Ticket {
        let known = |it: &Ticket| it.external_ids.get("old").is_some_and(|known| known == id);
        self.tickets().into_iter().find(known).unwrap()
    }

    fn said(&self, ticket: &Ticket) -> Vec<Entry> {
        let page = PageRequest { limit: Some(200), after: None };
        self.desk.entries(&self.by, ticket.id, &page).unwrap().records
    }
}

fn tickets() -> Value {
    json!({
        "kind": "support", "external-id": {"system": "old", "column": "key"}, "system": "crm",
        "ticket": {"subject": "title", "created-at": "opened",
            "category": {"column": "status", "values": {"Done": "closed"}, "otherwise": "open"}},
        "contact": {"external-id": "customer"},
        "entry": [{"each": "comments", "text": "body", "at": "at", "email": "from", "agent": "agent",
            "from-customer": {"column": "inbound"},
            "kind": {"column": "type", "values": {"internal": "note"}, "otherwise": "reply"}}],
        "turn": [{"each": "changes", "at": "at",
            "category": {"column": "to", "values": {"Working": "open", "Asked": "waiting-customer", "Done": "resolved"}}}],
    })
}

fn old_ticket(key: &str, status: &str) -> String {
    let line = json!({"key": key, "title": "The lift stands still", "opened": "2025-03-01T08:00:00Z", "status": status,
        "customer": "P1",
        "comments": [
            {"body": "It does not move", "at": "2025-03-01T08:00:00Z", "inbound": true, "type": "public"},
            {"body": "Looks like the motor", "at": "2025-03-01T09:00:00Z", "agent": "Mia", "type": "internal"},
            {"body": "We come today", "at": "2025-03-01T09:30:00Z", "agent": "Mia", "type": "public", "inbound": false},
            {"body": "I am there too", "at": "2025-03-01T10:00:00Z", "inbound": "yes", "from": "bob@acme.example"}],
        "changes": [
            {"to": "Working", "at": "2025-03-01T09:00:00Z"}, {"to": "Asked", "at": "2025-03-01T09:30:00Z"},
            {"to": "Done", "at": "2025-03-02T12:00:00Z"}, {"to": "Working", "at": "2025-03-05T07:00:00Z"},
            {"to": "Done", "at": "2025-03-06T07:00:00Z"}]});
    format!("{line}\n")
}

#[test]
fn a_ticket_comes_in_with_everything_that_was_said_and_where_it_stood_each_at_its_time() {
    let stand = Stand::new();
    stand.people();
    let import = stand.bring("tickets", tickets(), &old_ticket("T-1", "Done"));
    assert_eq!((import.state, import.written), (ImportState::Done, 1), "{import:?}");
    let ticket = stand.known("T-1");
    assert_eq!(
        (ticket.category, ticket.created_at.to_string().as_str()),
        (Category::Closed, "2025-03-01T08:00:00.000Z")
    );
    let turns: Vec<_> = ticket.turns.iter().map(|it| (it.category.name(), it.at.to_string())).collect();
    let told: Vec<_> = turns.iter().map(|(name, at)| format!("{name} {}", &at[..16])).collect();
    assert_eq!(told[0], "new 2025-03-01T08:00");
    assert_eq!(told[1..4], ["open 2025-03-01T09:00", "waiting-customer 2025-03-01T09:30", "resolved 2025-03-02T12:00"]);
    assert!(told[4..6] == ["open 2025-03-05T07:00", "resolved 2025-03-06T07:00"], "{told:?}");
    assert_eq!(
        (turns.len(), turns[6].0),
        (7, "closed"),
        "where it stands otherwise than its history says, it is so now"
    );
    assert_eq!((ticket.counters.reopens, ticket.counters.touches), (1, 3));
    let said = stand.said(&ticket);
    let kinds: Vec<EntryKind> = said.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [EntryKind::Reply, EntryKind::Note, EntryKind::Reply, EntryKind::Reply]);
    assert_eq!(said[2].author, Author::Agent("Mia".into()));
    assert_eq!(said[0].author, Author::Contact(ticket.requester.unwrap()));
    let bob = stand.desk.contact_by_external(&stand.by, "crm", "P2").unwrap().contact.id;
    assert_eq!((&said[3].author, said[3].at.to_string().as_str()), (&Author::Contact(bob), "2025-03-01T10:00:00.000Z"));
    let event =
        stand.desk.events(&stand.by, 0, 200).unwrap().into_iter().find(|it| it.name == "ticket.created").unwrap();
    assert_eq!(event.data["opened_at"], "2025-03-01T08:00:00.000Z", "who reads the log knows it for old");
    let again = stand.bring("tickets", tickets(), &old_ticket("T-1", "Done"));
    assert_eq!((again.written, again.repeated, stand.said(&ticket).len()), (0, 1, 4));
}

#[test]
fn what_is_brought_in_is_promised_from_now_and_breaches_nothing() {
    let stand = Stand::new();
    stand.people();
    let target = |metric: &str| json!({"metric": metric, "minutes": 60, "calendar": "always"});
    let segment: NewDefinition =
        serde_json::from_value(json!({"targets": [target("first-response"), target("resolution")]})).unwrap();
    let sort = DefinitionSort::Segment;
    wait(stand.desk.definition_put(&stand.by, sort, "business", segment, &How::default())).unwrap();
    let mut mapping = tickets();
    mapping["ticket"]["segment"] = json!({"constant": "business"});
    let unanswered = old_ticket("T-3", "Open").replace("\"comments\":[", "\"comments\":null,\"left_out\":[");
    let file = old_ticket("T-1", "Done") + &old_ticket("T-2", "Open") + &unanswered;
    let import = stand.bring("tickets", mapping, &file);
    assert_eq!((import.state, import.written), (ImportState::Done, 3), "{import:?}");
    assert_eq!(stand.known("T-1").commitments, [], "what came in ended owes nothing");
    let owed = |id: &str| {
        let ticket = stand.known(id);
        let of = |it: &Commitment| {
            assert_eq!(Some(it.started_at), ticket.imported_at, "no clock begins before the import");
            (it.target.metric.clone(), it.state)
        };
        ticket.commitments.iter().map(of).collect::<BTreeMap<_, _>>()
    };
    let of = |first, resolution| {
        BTreeMap::from([("first-response".to_owned(), first), ("resolution".to_owned(), resolution)])
    };
    assert_eq!(owed("T-2"), of(CommitmentState::Met, CommitmentState::Pending), "an old answer is an answer");
    assert_eq!(owed("T-3"), of(CommitmentState::Pending, CommitmentState::Pending));
    // Promised anew, it is still owed from the import on, not from last year.
    let urgent = TicketPatch { priority: Some(Priority::Urgent), ..TicketPatch::default() };
    wait(stand.desk.ticket_update(&stand.by, stand.known("T-3").id, urgent, &How::default())).unwrap();
    assert_eq!(owed("T-3"), of(CommitmentState::Pending, CommitmentState::Pending));
    let entry = json!({"kind": "entry", "system": "old", "entry": [{"ticket": "T", "text": "W", "at": "A", "agent": "B",
        "kind": "call"}]});
    stand.bring("calls", entry, "T,W,A,B\nT-3,On my way,2025-03-01T09:00:00Z,Mia\n");
    assert_eq!(owed("T-3"), of(CommitmentState::Met, CommitmentState::Pending), "so is one from a file of its own");
    let names: Vec<String> = stand.desk.events(&stand.by, 0, 200).unwrap().into_iter().map(|it| it.name).collect();
    assert!(names.iter().all(|it| !it.starts_with("commitment.")), "{names:?}");
}

#[test]
fn a_history_longer_than_one_command_comes_in_whole_and_once() {
    let stand = Stand::new();
    stand.people();
    let said: Vec<Value> = (0..150)
        .map(|n| {
            json!({"body": format!("word {n}"), "at": format!("2025-03-01T{:02}:{:02}:00Z", 8 + n / 60, n % 60),
            "inbound": n % 2 == 0})
        })
        .collect();
    let line = json!({"key": "T-9", "title": "Long", "opened": "2025-03-01T08:00:00Z", "status": "Open",
        "customer": "P1", "comments": said});
    let import = stand.bring("tickets", tickets(), &format!("{line}\n"));
    assert_eq!((import.state, import.written), (ImportState::Done, 1), "{import:?}");
    let entries = stand.said(&stand.known("T-9"));
    let words: Vec<&str> = entries.iter().map(|it| it.text.as_str()).collect();
    assert_eq!((words.len(), words[0], words[149]), (150, "word 0", "word 149"));
    assert!(matches!(entries[148].author, Author::Contact(_)), "what the customer said stays the customer's");
    assert_eq!(stand.bring("tickets", tickets(), &format!("{line}\n")).repeated, 1);
    assert_eq!(stand.said(&stand.known("T-9")).len(), 150);
}

#[test]
fn columns_of_a_csv_file_tell_a_history_too() {
    let stand = Stand::new();
    let mapping = json!({"kind": "support", "external-id": {"system": "old", "column": "Key"},
        "dates": ["%d.%m.%Y %H:%M"], "ticket": {"subject": "Title", "created-at": "Opened"},
        "turn": [{"category": {"constant": "open"}, "at": "Taken"}, {"category": {"constant": "resolved"}, "at": "Solved"}]});
    let file = "Key,Title,Opened,Taken,Solved\nA,Lamp,01.03.2025 08:00,01.03.2025 09:00,02.03.2025 09:00\n\
                B,Door,01.03.2025 08:00,01.03.2025 09:00,\nC,Roof,01.03.2025 08:00,,\n";
    let import = stand.bring("csv", mapping.clone(), file);
    assert_eq!((import.state, import.written), (ImportState::Done, 3), "{import:?}");
    let category = |id: &str| stand.known(id).category;
    assert_eq!([category("A"), category("B"), category("C")], [Category::Resolved, Category::Open, Category::New]);
    let early =
        stand.bring("early", mapping, "Key,Title,Opened,Taken,Solved\nD,Lamp,01.03.2025 08:00,28.02.2025 09:00,\n");
    let told = &early.refused_rows[0];
    assert_eq!((early.state, told.field.as_str()), (ImportState::Refused, "/history/0/at"), "{told:?}");
}

#[test]
fn entries_come_in_from_a_file_of_their_own() {
    let stand = Stand::new();
    stand.people();
    let bare = old_ticket("T-1", "Open").replace("\"comments\":[", "\"comments\":null,\"left_out\":[");
    assert_eq!(stand.bring("tickets", tickets(), &bare).written, 1);
    let mapping = json!({"kind": "entry", "system": "old",
        "entry": [{"ticket": "Ticket", "text": "Text", "at": "At", "agent": "By",
            "from-customer": {"column": "By", "values": {"customer": "yes"}, "otherwise": "no"},
            "kind": {"column": "Sort", "values": {"call": "call"}, "otherwise": "reply"}}]});
    let rows: String = (0..40).map(|n| format!("T-1,again {n},2025-03-02T10:{n:02}:00Z,customer,\n")).collect();
    let file = format!(
        "Ticket,Text,At,By,Sort\nT-1,It stands still,2025-03-01T08:00:00Z,customer,\n\
                        T-1,I am on my way,2025-03-01T08:20:00Z,Mia,call\n{rows}"
    );
    let import = stand.bring("entries", mapping.clone(), &file);
    assert_eq!((import.state, import.written, import.refused), (ImportState::Done, 42, 0), "{import:?}");
    let ticket = stand.known("T-1");
    let said = stand.said(&ticket);
    assert_eq!((said.len(), said[1].kind, said[1].author.clone()), (42, EntryKind::Call, Author::Agent("Mia".into())));
    assert_eq!(said[0].author, Author::Contact(ticket.requester.unwrap()));
    let again = stand.bring("entries", mapping.clone(), &file);
    assert_eq!((again.written, again.repeated), (0, 42), "known by what they say");
    let lost = stand.bring("lost", mapping, "Ticket,Text,At,By,Sort\nT-7,Hello,2025-03-01T08:00:00Z,Mia,\n");
    assert_eq!(lost.refused_rows[0].field, "Ticket");
    assert_eq!(lost.refused_rows[0].reason, "no ticket has the id `T-7` in `old`");
}

#[test]
fn memberships_come_in_with_their_dates_and_never_twice() {
    let stand = Stand::new();
    stand.people();
    let mapping = json!({"kind": "membership", "system": "crm", "dates": ["%Y-%m-%d"], "membership": {
        "contact": "person", "email": "email", "company": "company", "company-name": "firm",
        "role": {"column": "role", "lower": true}, "concerns": {"column": "concerns", "split": "/"},
        "primary": {"column": "main"}, "valid-from": "since", "valid-to": "until"}});
    let head = "person,email,company,firm,role,concerns,main,since,until\n";
    let file = format!(
        "{head}P1,,C1,,Decider,price/uptime,yes,2024-01-01,\n,bob@acme.example,,umbrella,User,,,2020-01-01,2023-06-30\n"
    );
    let import = stand.bring("memberships", mapping.clone(), &file);
    assert_eq!((import.state, import.written), (ImportState::Done, 2), "{import:?}");
    let ann = stand.desk.contact_by_external(&stand.by, "crm", "P1").unwrap();
    let held = &ann.memberships[0];
    assert_eq!(held.concerns, ["price", "uptime"]);
    assert!(held.primary && held.valid_from.is_some() && held.valid_to.is_none());
    let bob = stand.desk.contact_by_external(&stand.by, "crm", "P2").unwrap();
    assert!(bob.memberships[0].valid_to.is_some());
    let other = stand.bring("by-another-name", mapping.clone(), &file);
    assert_eq!((other.written, other.repeated), (0, 2), "a tie that is there just so is not tied again");
    let unknown = stand.bring(
        "unknown",
        mapping,
        &format!("{head}P9,,C1,,user,,,,\n,x@y.example,C1,,user,,,,\nP1,,,Nobody,,,,,\n"),
    );
    let told: Vec<&str> = unknown.refused_rows.iter().map(|it| it.reason.as_str()).collect();
    assert_eq!(
        told,
        [
            "no contact has the id `P9` in `crm`",
            "`x@y.example`: nobody in the desk has this address",
            "no company is called `Nobody`"
        ]
    );
}

#[test]
fn a_mapping_of_the_past_that_can_not_be_meant_is_refused_by_its_field() {
    let stand = Stand::new();
    let told = |mapping: Value| {
        let refused =
            wait(stand.desk.import_create(&stand.by, NewImport { mapping, ..new("wrong") }, None)).unwrap_err();
        refused.to_string()
    };
    let text = json!({"text": "t"});
    for (mapping, expected) in [
        (json!({"kind": "entry", "system": "x", "entry": [text]}), "/mapping/entry/0/ticket: names the ticket's id"),
        (json!({"kind": "entry", "entry": [{"text": "t", "ticket": "k"}]}), "/mapping/external-id: names the system"),
        (json!({"kind": "entry", "system": "x"}), "/mapping/entry: an import of entries maps exactly one"),
        (json!({"kind": "membership", "system": "x", "membership": {"company": "c"}}), "the person is named by"),
        (
            json!({"kind": "lead", "membership": {"email": "e", "company-name": "c"}}),
            "/mapping/membership: an import of",
        ),
        (json!({"kind": "lead", "entry": [{"text": "t", "kind": "Type"}]}), "`Type` is no kind of entry"),
        (json!({"kind": "lead", "entry": [{"text": "t", "kind": "note", "from-customer": true}]}), "a reply or a call"),
        (json!({"kind": "lead", "turn": [{"category": "c"}]}), "missing field `at`"),
    ] {
        let refused = told(mapping.clone());
        assert!(refused.contains(expected), "{mapping}: {refused}");
    }
}
