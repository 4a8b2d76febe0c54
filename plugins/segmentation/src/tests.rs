//! What the policy promises, natively, on a pretend desk and with the configuration that ships.

use plugdesk_sdk::classify::Inquiry;
use plugdesk_sdk::prelude::*;

use crate::Segmentation;

fn policy() -> Segmentation {
    Pretend::policy(include_str!("../config.json")).unwrap()
}

fn ask(subject: Subject, desk: &Pretend) -> Option<Classification> {
    let circumstances = Pretend::circumstances(0);
    policy().classify(&Inquiry { circumstances, subject }, desk).unwrap()
}

fn person(name: &str, emails: &[&str]) -> Classification {
    ask(Subject::Contact(Pretend::person(name, emails)), &Pretend::desk()).unwrap()
}

fn ticket(subject: &str, desk: &Pretend) -> Option<Classification> {
    ask(Subject::Ticket(Pretend::ticket("lead", subject, 0)), desk)
}

#[test]
fn a_mail_host_that_anybody_may_use_is_a_consumers_and_any_other_a_companys() {
    for (email, segment) in [
        ("emma@gmail.com", "consumer"),
        ("ana@yahoo.co.uk", "consumer"),
        ("kasia@wp.pl", "consumer"),
        ("eszter@freemail.hu", "consumer"),
        ("anna@mail.ru", "consumer"),
        ("d.okafor@northgate-offices.co.uk", "company"),
        ("r.karimi@alborz-sanat.ir", "company"),
        ("x@notgmail.com", "company"),
    ] {
        let answer = person("Somebody", &[email]);
        assert_eq!(answer.segment, segment, "{email}");
        assert!(answer.confidence > 8_000, "{email}: {}", answer.confidence);
    }
}

#[test]
fn a_legal_form_in_a_name_speaks_for_a_company_in_many_languages() {
    for name in [
        "Northgate Offices Ltd",
        "Mlecz-Pol Sp. z o.o.",
        "Danubia Szálloda Kft.",
        "ООО УралСтрой",
        "شرکت البرز صنعت",
        "Bau GmbH",
    ] {
        let answer = person(name, &[]);
        assert_eq!(answer.segment, "company", "{name}");
        assert_eq!(answer.reasons[0].code, "legal-form", "{name}");
    }
    for name in ["Sa", "Ag Nes Smith", "Marie Sa Costa"] {
        assert_eq!(person(name, &["a@gmail.com"]).segment, "consumer", "{name}");
    }
}

#[test]
fn somebody_with_a_private_address_and_a_membership_is_both() {
    let mut contact = Pretend::person("Eva", &["eva@gmail.com"]);
    let role = Some("buyer".to_owned());
    contact.memberships.push(Membership { company: "company_1".to_owned(), role, aspect: None, primary: true });
    let answer = ask(Subject::Contact(contact), &Pretend::desk()).unwrap();
    assert_eq!(answer.segment, "mixed");
    assert!(answer.reasons.iter().any(|reason| reason.code == "membership" && reason.evidence == ["company_1"]));
}

#[test]
fn a_ticket_goes_by_the_company_it_is_for_then_by_its_contact_and_its_words() {
    let private = Pretend::desk().with_contact(Pretend::person("Eva", &["eva@gmail.com"]));
    assert_eq!(ticket("A question", &private).unwrap().segment, "consumer");
    let mut ours = Pretend::ticket("lead", "A question", 0);
    ours.company = Some("company".to_owned());
    let desk =
        Pretend::desk().with_contact(Pretend::person("Eva", &["eva@acme.example"])).with_company(Pretend::firm("Acme"));
    let answer = ask(Subject::Ticket(ours), &desk).unwrap();
    assert_eq!((answer.segment.as_str(), answer.reasons[0].code.as_str()), ("company", "company-set"));
    assert_eq!(answer.reasons[0].params[1].1, "Acme");
    let nameless = Pretend::desk();
    assert_eq!(ticket("Przetarg na szkołę", &nameless).unwrap().segment, "company");
    assert_eq!(ticket("خانهٔ ما سرد است", &nameless).unwrap().segment, "consumer");
    assert_eq!(ticket("Hello", &nameless), None, "no evidence is no opinion");
}

#[test]
fn a_field_that_the_operator_names_counts() {
    let desk = Pretend::desk().with_attribute("ticket", "customer_type", Value::Text("B2B".to_owned()));
    let answer = ticket("Hello", &desk).unwrap();
    assert_eq!((answer.segment.as_str(), answer.confidence), ("company", 9_526));
    assert_eq!(answer.reasons[0].evidence, ["customer_type"]);
}

#[test]
fn a_configuration_that_cannot_work_is_refused_by_its_place() {
    let shipped = include_str!("../config.json");
    let configuration = shipped.replacen("\"mixed\": 14", "\"mixed\": 0", 1).replacen("\"my home\"", "\"m*\"", 1);
    let problems = Pretend::policy::<Segmentation>(&configuration).unwrap_err();
    let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/mixed", "/words/1"]);
}
