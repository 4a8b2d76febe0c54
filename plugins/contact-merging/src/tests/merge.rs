//! Which values show when two records become one, and when they must not.

use plugdesk_sdk::merge::Inquiry;
use plugdesk_sdk::prelude::*;

use super::{contact, policy};

fn ask(winner: RecordOf, loser: RecordOf, desk: &Pretend) -> MergePlan {
    let circumstances = Pretend::circumstances(0);
    policy().merge(&Inquiry { circumstances, winner, loser }, desk).unwrap().unwrap()
}

fn contacts(winner: Contact, loser: Contact, desk: &Pretend) -> MergePlan {
    ask(RecordOf::Contact(winner), RecordOf::Contact(loser), desk)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn the_name_that_says_more_shows_and_what_is_newer_of_the_home() {
    let mut loser = contact("b", "Anna Maria Kowalska", &[]);
    loser.created_at = DAY;
    let desk = Pretend::desk().with_attribute("a", "city", text("Łódź")).with_attribute("b", "city", text("Kraków"));
    let plan = contacts(contact("a", "A. Kowalska", &["a@b.example"]), loser, &desk);
    assert!(!plan.refused);
    let fields: Vec<(&str, Side)> = plan.fields.iter().map(|(name, side)| (name.as_str(), *side)).collect();
    assert_eq!(fields, [("custom.city", Side::Loser), ("name", Side::Loser)]);
    let plan = contacts(contact("a", "Anna Kowalska", &[]), contact("b", "A Kowalska", &[]), &Pretend::desk());
    assert_eq!((plan.fields.len(), plan.reasons[0].code.as_str()), (0, "merge-as-it-stands"));
}

#[test]
fn two_dates_of_birth_two_personal_numbers_a_function_and_nobody_are_refused_with_why() {
    let people =
        || (contact("a", "Anna Kowalska", &["anna@b.example"]), contact("b", "Anna Kowalska", &["+48600100200"]));
    for (name, one, other, code) in [
        ("dob", "1980-05-01", "1984-07-19", "merge-births-differ"),
        ("ssn", "80050112345", "80050154321", "merge-numbers-differ"),
    ] {
        let desk = Pretend::desk().with_attribute("a", name, text(one)).with_attribute("b", name, text(other));
        let (winner, loser) = people();
        let plan = contacts(winner, loser, &desk);
        assert_eq!((plan.refused, plan.reasons[0].code.as_str()), (true, code));
        assert_eq!(plan.reasons[0].evidence, ["a", "b"]);
    }
    // A slip of the pen is no other date.
    let desk = Pretend::desk().with_attribute("a", "dob", text("1980-05-01"));
    let (winner, loser) = people();
    assert!(!contacts(winner, loser, &desk.with_attribute("b", "dob", text("1980-05-02"))).refused);
    let (winner, _) = people();
    let plan = contacts(winner.clone(), contact("b", "Support Team", &["support@b.example"]), &Pretend::desk());
    assert_eq!((plan.refused, plan.reasons[0].code.as_str()), (true, "merge-person-and-function"));
    let plan = contacts(winner, contact("b", "", &[]), &Pretend::desk());
    assert_eq!((plan.refused, plan.reasons[0].code.as_str()), (true, "merge-nobody"));
}

#[test]
fn a_company_does_not_become_its_own_parent_and_keeps_the_care_it_is_owed() {
    let group = Company { id: "group".to_owned(), ..Pretend::firm("Northgate") };
    let site = Company { id: "site".to_owned(), parent: Some("group".to_owned()), ..Pretend::firm("Northgate Leeds") };
    let plan = ask(RecordOf::Company(group.clone()), RecordOf::Company(site), &Pretend::desk());
    assert_eq!((plan.refused, plan.reasons[0].code.as_str()), (true, "merge-one-above-other"));
    let worth = |minor| Some(Money { minor, currency: "EUR".to_owned() });
    let other = Company { id: "other".to_owned(), worth: worth(900), ..Pretend::firm("Northgate Offices Ltd") };
    let plan =
        ask(RecordOf::Company(Company { worth: worth(100), ..group }), RecordOf::Company(other), &Pretend::desk());
    let fields: Vec<&str> = plan.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((plan.refused, fields), (false, vec!["name", "worth"]));
}

#[test]
fn tickets_of_two_customers_are_never_one() {
    let ticket = |id: &str, company: Option<&str>, requester: &str| {
        let mut ticket = Pretend::ticket("support", "VPN", 0);
        (ticket.id, ticket.company) = (id.to_owned(), company.map(str::to_owned));
        ticket.requester = Some(requester.to_owned());
        RecordOf::Ticket(ticket)
    };
    let refused = |one, other| ask(one, other, &Pretend::desk()).refused;
    assert!(!refused(ticket("a", Some("acme"), "x"), ticket("b", Some("acme"), "y")));
    assert!(refused(ticket("a", Some("acme"), "x"), ticket("b", Some("other"), "x")));
    assert!(refused(ticket("a", None, "x"), ticket("b", None, "y")));
    assert!(!refused(ticket("a", None, "x"), ticket("b", None, "x")));
    assert!(refused(ticket("a", None, "x"), RecordOf::Contact(contact("b", "Anna", &[]))));
}
