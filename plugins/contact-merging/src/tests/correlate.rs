//! Which tickets report one problem.

use plugdesk_sdk::correlate::Inquiry;
use plugdesk_sdk::prelude::*;

use super::policy;

const SURE: u16 = 6_000;
const HOUR: Instant = 3_600_000;

fn other(id: &str, subject: &str, text: &str, opened_at: Instant) -> Neighbour {
    Neighbour {
        ticket: id.to_owned(),
        kind: "support".to_owned(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        category: Category::Open,
        company: Some("acme".to_owned()),
        requester: Some(format!("contact-{id}")),
        lead: None,
        opened_at,
    }
}

fn ask(subject: &str, text: &str, neighbours: Vec<Neighbour>) -> Option<Correlation> {
    let mut ticket = Pretend::ticket("support", subject, 100 * DAY);
    ticket.company = Some("acme".to_owned());
    let text = text.to_owned();
    let inquiry = Inquiry { circumstances: Pretend::circumstances(100 * DAY), ticket, text, neighbours };
    policy().correlate(&inquiry, &Pretend::desk()).unwrap()
}

fn gathered(answer: &Option<Correlation>) -> Vec<&str> {
    let pairs = answer.iter().flat_map(|answer| &answer.pairs).filter(|pair| pair.score >= SURE);
    pairs.map(|pair| pair.ticket.as_str()).collect()
}

#[test]
fn three_people_of_one_company_report_one_outage() {
    for (mine, others) in [
        (
            ("VPN is down", "Nobody in the office can connect to the VPN since this morning."),
            [
                ("VPN connection fails", "I cannot connect to the VPN from home since this morning."),
                ("No VPN connection", "Our whole team is unable to connect to the VPN."),
            ],
        ),
        (
            ("Nie działa drukarka na recepcji", "Drukarka na recepcji nie drukuje od rana."),
            [
                ("Drukarka recepcja nie drukuje", "Od rana nie działa drukarka na recepcji"),
                ("Awaria drukarki", "Drukarka na recepcji nie działa od rana, nic nie drukuje"),
            ],
        ),
        (
            ("قطعی اینترنت دفتر", "از صبح اینترنت دفتر قطع است و ایمیل باز نمی‌شود"),
            [
                ("اینترنت دفتر قطع است", "از صبح اینترنت دفتر نداریم"),
                ("قطع اینترنت", "اینترنت دفتر از صبح قطع شده است"),
            ],
        ),
    ] {
        let neighbours = vec![
            other("b", others[0].0, others[0].1, 100 * DAY - HOUR),
            other("c", others[1].0, others[1].1, 100 * DAY - 2 * HOUR),
        ];
        let answer = ask(mine.0, mine.1, neighbours);
        let mut found = gathered(&answer);
        found.sort_unstable();
        assert_eq!(found, ["b", "c"], "{answer:?}");
        let answer = answer.unwrap();
        assert_eq!((answer.cluster.as_deref(), answer.recurring), (Some("c"), false));
    }
}

#[test]
fn unlike_tickets_are_not_gathered_however_near_in_time() {
    for (mine, theirs) in [
        (("VPN is down", "Nobody can connect."), ("New laptop for Peter", "Please order a laptop.")),
        (
            ("Invoice 4711 is wrong", "The amount on the invoice is wrong."),
            ("Invoice 4712 is wrong", "The amount on the invoice is wrong."),
        ),
        (
            ("VPN is down", "Nobody can connect to the VPN."),
            ("VPN account for a new colleague", "Please create an account for Eva."),
        ),
        (("Printer on floor 2 prints blank pages", ""), ("Scanner driver missing", "")),
        (
            ("Password reset", "I forgot my password for the portal."),
            ("Portal shows last year's prices", "The price list in the portal is old."),
        ),
        (("Hello", "Please help"), ("Hello", "Please help")),
        (
            ("Reklamacja zamówienia 88123", "Paczka jest uszkodzona"),
            ("Reklamacja zamówienia 88124", "Paczka jest uszkodzona"),
        ),
    ] {
        let answer = ask(mine.0, mine.1, vec![other("b", theirs.0, theirs.1, 100 * DAY - HOUR)]);
        assert!(gathered(&answer).is_empty(), "{mine:?} {theirs:?} {answer:?}");
    }
}

#[test]
fn what_was_resolved_and_is_reported_again_is_back() {
    let mut resolved = other("b", "VPN connection fails", "I cannot connect to the VPN from home.", 90 * DAY);
    resolved.category = Category::Resolved;
    let answer = ask("VPN connection fails again", "I cannot connect to the VPN from home.", vec![resolved]).unwrap();
    assert!(answer.recurring);
    assert_eq!(answer.reasons[0].code, "problem-is-back");
}

#[test]
fn the_word_for_a_problem_stays_as_reports_come_in() {
    let text = "Nobody in the office can connect to the VPN since this morning.";
    let first = other("a", "VPN is down", text, 100 * DAY - 3 * HOUR);
    let mut second = other("b", "VPN is down", text, 100 * DAY - HOUR);
    let one = ask("VPN is down", text, vec![first.clone()]).unwrap().cluster;
    second.lead = Some("a".to_owned());
    let two = ask("VPN is down", text, vec![second.clone(), first.clone()]).unwrap().cluster;
    let merged = Neighbour { category: Category::Merged, ..first };
    let three = ask("VPN is down", text, vec![second, merged]).unwrap().cluster;
    assert_eq!((one.as_deref(), two.as_deref(), three.as_deref()), (Some("a"), Some("a"), Some("a")));
}

#[test]
fn a_code_that_both_name_speaks_for_one_problem() {
    let ask = |code: &str| {
        let text = format!("The till shows E{code} when a card is read.");
        let answer = ask(
            "Till shows an error",
            &text,
            vec![other("b", "Card terminal broken", "Card reader says E90210", 100 * DAY - HOUR)],
        );
        answer.map_or(0, |answer| answer.pairs[0].score)
    };
    assert!(ask("90210") > ask("40000"), "{} {}", ask("90210"), ask("40000"));
}
