//! Reports and search words, which are kept behind the writes: exact over repeats, reopened leads and crashes.

use std::collections::BTreeMap;

use plugdesk_desk::{How, ReportView, TicketPatch};
use plugdesk_domain::{Category, Ticket};

use super::reactions::stand;
use super::stand::{Policy, Stand, lead, wait};

fn report(stand: &Stand, name: &str) -> ReportView {
    stand.desk.report(&stand.admin(), name).unwrap()
}

/// The counts of a row, by what it is about.
fn row(report: &ReportView, of: &str) -> BTreeMap<String, i64> {
    let found = report.rows.iter().find(|row| row.of.values().any(|it| it == of));
    found.map(|row| row.counts.iter().map(|(k, v)| (k.clone(), *v)).collect()).unwrap_or_default()
}

fn ended(stand: &Stand, ticket: &Ticket, category: Category, converted: bool) {
    let mut patch = TicketPatch { category: Some(category), ..TicketPatch::default() };
    patch.custom.insert("converted".into(), Some(converted.into()));
    wait(stand.desk.ticket_update(&stand.agent(), ticket.id, patch, &How::default())).unwrap();
}

#[test]
fn leads_are_counted_by_grade_and_what_became_of_them() {
    let stand = stand(&[Policy::score("judge", 1, 9_000)]);
    let made: Vec<Ticket> = ["a", "b", "c"]
        .iter()
        .map(|it| wait(stand.desk.ticket_create(&stand.agent(), lead(it), &How::default())).unwrap().value)
        .collect();
    ended(&stand, &made[0], Category::Resolved, true);
    ended(&stand, &made[1], Category::Closed, false);
    stand.work_off();
    let view = report(&stand, "conversion");
    let counts = |created, converted, lost| {
        BTreeMap::from([
            ("created".to_owned(), created),
            ("converted".to_owned(), converted),
            ("lost".to_owned(), lost),
        ])
    };
    assert_eq!(row(&view, "a"), counts(3, 1, 1));
    assert_eq!(view.total, counts(3, 1, 1));
    // One was lost too early, another turns out to be converted: each is counted once.
    ended(&stand, &made[1], Category::Open, false);
    ended(&stand, &made[1], Category::Closed, true);
    stand.work_off();
    stand.work_off();
    assert_eq!(row(&report(&stand, "conversion"), "a"), counts(3, 2, 0));
    let promised = report(&stand, "calibration");
    let came = BTreeMap::from([("converted".to_owned(), 2), ("lost".to_owned(), 0)]);
    assert_eq!((row(&promised, "90-95"), promised.rows.len()), (came, 1), "{promised:?}");
}

#[test]
fn a_report_counts_once_wherever_the_process_dies() {
    for commits in 0..6 {
        for stored in [false, true] {
            let stand = stand(&[]);
            for subject in ["a", "b"] {
                wait(stand.desk.ticket_create(&stand.agent(), lead(subject), &How::default())).unwrap();
            }
            stand.seen.die_after(commits, stored);
            stand.try_to_work_off();
            let stand = stand.restarted(&[]);
            stand.work_off();
            let view = report(&stand, "conversion");
            assert_eq!(view.total["created"], 2, "died after {commits} commits, the last one stored: {stored}");
        }
    }
}

#[test]
fn an_unknown_report_is_not_found_and_reports_are_not_for_customers() {
    let stand = stand(&[]);
    assert!(stand.desk.report(&stand.admin(), "secrets").is_err());
    let customer = plugdesk_domain::Principal { role: plugdesk_domain::Role::Customer, ..stand.agent() };
    assert!(stand.desk.report_list(&customer).is_err());
    assert_eq!(stand.desk.report_list(&stand.admin()).unwrap().len(), 3);
}

#[test]
fn a_follower_that_cannot_store_waits_and_is_named_in_the_health() {
    let stand = stand(&[]);
    wait(stand.desk.ticket_create(&stand.agent(), lead("a"), &How::default())).unwrap();
    stand.seen.die_after(0, false);
    let followed = wait(stand.desk.follow()).unwrap();
    let again = followed.again.expect("it tries again later");
    let failing = stand.desks.health().desks.pop().unwrap().followers;
    assert!(failing.iter().any(|it| it.follower == "search" && it.failures == 1), "{failing:?}");
    stand.seen.live();
    assert_eq!(wait(stand.desk.follow()).unwrap().again, Some(again), "not at once");
    stand.clock.turn(1_000);
    stand.work_off();
    assert!(stand.desks.health().desks.pop().unwrap().followers.is_empty());
    assert_eq!(report(&stand, "conversion").total["created"], 1);
}
