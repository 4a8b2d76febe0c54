//! Companies that two commands touch at one moment.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use plugdesk_desk::{CompanyPatch, CompanyRef, Error, How, NewCompany, NewTicket};
use plugdesk_domain::{CompanyId, Outcome};

use super::stand::{Policy, Stand, lead, start, wait};

fn make(stand: &Stand, name: &str) -> CompanyId {
    let new = NewCompany { name: name.into(), ..NewCompany::default() };
    wait(stand.desk.company_create(&stand.agent(), new, &How::default())).unwrap().value.id
}

#[test]
fn a_name_that_several_companies_bear_means_the_oldest() {
    let stand = Stand::new(&[]);
    let oldest = make(&stand, "Acme");
    for name in ["ACME", "Acme", "Acme Two"] {
        stand.clock.turn(1);
        make(&stand, name);
    }
    let company = Some(CompanyRef { name: "acme".into(), ..CompanyRef::default() });
    let ticket = NewTicket { company, ..lead("x") };
    let ticket = wait(stand.desk.ticket_create(&stand.agent(), ticket, &How::default())).unwrap().value;
    assert_eq!(ticket.company, Some(oldest));
}

#[test]
fn two_companies_moved_below_each_other_at_one_moment_close_no_ring() {
    let stand = Stand::new(&[]);
    let (one, two) = (make(&stand, "One"), make(&stand, "Two"));
    // Both commands have read their way up before either is stored.
    let (met, calls) = (Barrier::new(2), Arc::new(AtomicU32::new(0)));
    stand.bind(&[Policy::new("meeting", "classify", 1, move |_| {
        if calls.fetch_add(1, Ordering::SeqCst) < 2 {
            met.wait();
        }
        Outcome::Answered(None)
    })]);
    let (by, how) = (stand.agent(), How::default());
    let below = |parent| CompanyPatch { parent: Some(Some(parent)), ..CompanyPatch::default() };
    let mut first = Box::pin(stand.desk.company_update(&by, one, below(two), &how));
    assert!(!start(first.as_mut()), "it waits for the other");
    let second = wait(stand.desk.company_update(&by, two, below(one), &how));
    let both = [wait(first), second];
    assert_eq!(both.iter().filter(|it| it.is_ok()).count(), 1, "{both:?}");
    let refused = both.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(&refused, Error::Invalid(faults) if faults[0].field == "/parent"), "{refused}");
}
