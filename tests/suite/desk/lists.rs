//! Lists of tickets: complete, in order, page by page, and read through indexes only.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use plugdesk_desk::{Assigned, Error, How, NewTicket, PageRequest, Sort, Status, TicketFilter};
use plugdesk_domain::{
    Category, Change, Commitment, CommitmentId, CommitmentState, Principal, RecordsExt, Storage, Target, Ticket,
    TicketId,
};

use super::stand::{Stand, lead, person, wait};

/// A desk with tickets that were put straight into the store: ten thousand commands would take minutes.
fn filled(stand: &Stand, count: u64) -> Vec<Ticket> {
    let model = wait(stand.desk.ticket_create(&stand.agent(), lead("model"), &How::default())).unwrap().value;
    let records = stand.store.records(stand.desk.id());
    let at = |n: u64| model.created_at.plus_millis(n as i64 + 1);
    let open: Vec<Category> = Category::ALL.iter().copied().filter(|it| *it != Category::Merged).collect();
    let mut tickets = vec![model.clone()];
    let mut change = Change::default();
    for n in 0..count {
        // Spread without a pattern that an order could follow by chance.
        let mixed = n.wrapping_mul(2_654_435_761) >> 7;
        let pick = |of: u64| (mixed % of) as usize;
        let due_at = at(mixed % 100_000);
        let commitment = Commitment {
            id: CommitmentId::new(at(n), u128::from(n)),
            target: Target {
                metric: "resolution".into(),
                minutes: 60,
                calendar: "always".into(),
                pauses: vec![],
                warn_minutes: None,
            },
            what: None,
            source: "desk".into(),
            decision: None,
            state: CommitmentState::Pending,
            started_at: at(n),
            due_at,
            warn_at: None,
            warned_at: None,
            paused_at: None,
            met_at: None,
            breached_at: None,
        };
        let ticket = Ticket {
            id: TicketId::new(at(n), u128::from(n)),
            created_at: at(n),
            number: n + 1_000,
            segment: [None, Some("consumer"), Some("company")][pick(3)].map(str::to_owned),
            category: open[pick(open.len() as u64)],
            assignee: [None, Some("anna"), Some("bob"), Some("cleo")][pick(4)].map(str::to_owned),
            team: [Some("north"), Some("south")][pick(2)].map(str::to_owned),
            commitments: if mixed % 5 == 0 { vec![] } else { vec![commitment] },
            subject: format!("matter {n}"),
            ..model.clone()
        };
        change.create(ticket.clone());
        tickets.push(ticket);
        if n % 100 == 99 {
            records.commit_wait(std::mem::take(&mut change)).unwrap();
        }
    }
    records.commit_wait(change).unwrap();
    tickets
}

fn walk(stand: &Stand, by: &Principal, filter: &TicketFilter, limit: usize) -> Vec<TicketId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = stand.desk.ticket_list(by, filter, &PageRequest { limit: Some(limit), after }).unwrap();
        assert!(page.records.len() <= limit);
        ids.extend(page.records.iter().map(|it| it.id));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

#[test]
fn every_list_is_complete_and_in_order_however_it_is_paged() {
    let stand = Stand::new(&[]);
    let tickets = filled(&stand, 400);
    let anna = Principal { agent: Some("anna".into()), ..stand.agent() };
    let filters = [
        TicketFilter::default(),
        TicketFilter { status: Some(Status::Open), ..TicketFilter::default() },
        TicketFilter { assignee: Some(Assigned::Me), status: Some(Status::Open), ..TicketFilter::default() },
        TicketFilter { assignee: Some(Assigned::Nobody), ..TicketFilter::default() },
        TicketFilter { team: Some("north".into()), segment: Some("company".into()), ..TicketFilter::default() },
        TicketFilter { segment: Some("consumer".into()), sort: Some(Sort::Oldest), ..TicketFilter::default() },
        TicketFilter { due_before: Some(tickets[1].created_at.plus_millis(30_000)), ..TicketFilter::default() },
        TicketFilter { status: Some(Status::In(Category::Resolved)), sort: Some(Sort::Due), ..TicketFilter::default() },
        TicketFilter {
            kind: Some("lead".into()),
            assignee: Some(Assigned::To("bob".into())),
            ..TicketFilter::default()
        },
    ];
    for filter in filters {
        let wanted = |it: &&Ticket| {
            let assignee = match &filter.assignee {
                None => true,
                Some(Assigned::Me) => it.assignee.as_deref() == Some("anna"),
                Some(Assigned::Nobody) => it.assignee.is_none(),
                Some(Assigned::To(name)) => it.assignee.as_ref() == Some(name),
            };
            let status = match filter.status {
                None => true,
                Some(Status::Open) => !it.category.ended(),
                Some(Status::In(category)) => it.category == category,
            };
            assignee
                && status
                && filter.team.as_ref().is_none_or(|team| it.team.as_ref() == Some(team))
                && filter.segment.as_ref().is_none_or(|segment| it.segment.as_ref() == Some(segment))
                && filter.due_before.is_none_or(|before| it.due_at().is_some_and(|due| due < before))
        };
        let mut expected: Vec<&Ticket> = tickets.iter().filter(wanted).collect();
        match filter.order() {
            Sort::Due => expected.sort_by_key(|it| (it.queue_place(), it.id)),
            Sort::Newest => expected.sort_by_key(|it| std::cmp::Reverse(it.id)),
            Sort::Oldest | Sort::Score => expected.sort_by_key(|it| it.id),
        }
        let expected: Vec<TicketId> = expected.iter().map(|it| it.id).collect();
        assert!(!expected.is_empty(), "{filter:?}");
        for limit in [7, 50, 200] {
            assert_eq!(walk(&stand, &anna, &filter, limit), expected, "{filter:?} by {limit}");
        }
    }
    let stranger = stand.desk.ticket_list(
        &stand.agent(),
        &TicketFilter { assignee: Some(Assigned::Me), ..TicketFilter::default() },
        &PageRequest::default(),
    );
    assert!(matches!(stranger, Err(Error::Invalid(_))), "{stranger:?}");
}

#[test]
fn a_page_reads_little_of_ten_thousand_tickets() {
    let stand = Stand::new(&[]);
    filled(&stand, 10_000);
    let anna = Principal { agent: Some("anna".into()), ..stand.agent() };
    let open = Some(Status::Open);
    let lists = [
        TicketFilter { status: open, ..TicketFilter::default() },
        TicketFilter { assignee: Some(Assigned::Me), status: open, ..TicketFilter::default() },
        TicketFilter { team: Some("south".into()), status: open, ..TicketFilter::default() },
        TicketFilter { segment: Some("company".into()), status: open, ..TicketFilter::default() },
        TicketFilter { sort: Some(Sort::Due), ..TicketFilter::default() },
        TicketFilter::default(),
    ];
    for filter in lists {
        let mut after = None;
        for _ in 0..3 {
            stand.seen.read.store(0, Ordering::SeqCst);
            let page = stand.desk.ticket_list(&anna, &filter, &PageRequest { limit: Some(50), after }).unwrap();
            assert_eq!(page.records.len(), 50, "{filter:?}");
            let read = stand.seen.read.load(Ordering::SeqCst);
            assert!(read <= 200, "{read} records read for a page of 50: {filter:?}");
            after = page.next;
        }
    }
}

#[test]
fn tickets_are_found_by_words_numbers_and_addresses() {
    let stand = Stand::new(&[]);
    let by = stand.agent();
    let mut made = Vec::new();
    for (n, subject) in ["The printer is jammed", "Printer out of paper", "چاپگر خراب است"].iter().enumerate()
    {
        let new = NewTicket { contact: Some(person("P", &format!("p{n}@print.example"))), ..lead(subject) };
        let ticket = wait(stand.desk.ticket_create(&by, new, &How::default())).unwrap().value;
        made.push(ticket);
    }
    // The search follower keeps the words behind the write.
    while wait(stand.desk.follow()).unwrap().more {}
    let found = |q: &str| -> BTreeSet<usize> {
        let filter = TicketFilter { q: Some(q.into()), ..TicketFilter::default() };
        let ids = walk(&stand, &by, &filter, 2);
        made.iter().enumerate().filter(|(_, it)| ids.contains(&it.id)).map(|(n, _)| n).collect()
    };
    for (q, expected) in [
        ("printer", vec![0, 1]),
        ("PRINT", vec![0, 1]),
        ("print ", vec![]),
        ("printer ja", vec![0]),
        ("paper printer", vec![1]),
        ("چاپگر", vec![2]),
        ("#2", vec![1]),
        ("p1@pri", vec![1]),
        ("@print", vec![]),
        ("nothing", vec![]),
    ] {
        assert_eq!(found(q), expected.into_iter().collect(), "{q}");
    }
    let empty = TicketFilter { q: Some("  ".into()), ..TicketFilter::default() };
    assert!(matches!(stand.desk.ticket_list(&by, &empty, &PageRequest::default()), Err(Error::Invalid(_))));
}
