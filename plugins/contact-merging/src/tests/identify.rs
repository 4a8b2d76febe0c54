//! Who is the same person.

use plugdesk_sdk::identify::Inquiry;
use plugdesk_sdk::prelude::*;

use super::{contact, policy};

fn ask(one: Contact, others: Vec<(Contact, Vec<String>)>, desk: &Pretend) -> Vec<Likeness> {
    sharing(one, Vec::new(), others, desk)
}

/// The same of one who uses those addresses with others.
fn sharing(one: Contact, shared: Vec<String>, others: Vec<(Contact, Vec<String>)>, desk: &Pretend) -> Vec<Likeness> {
    let candidates =
        others.into_iter().map(|(contact, shared)| Candidate { contact, found_by: vec!["name".to_owned()], shared });
    let circumstances = Pretend::circumstances(0);
    let inquiry = Inquiry { circumstances, contact: one, shared, candidates: candidates.collect() };
    policy().identify(&inquiry, desk).unwrap().map_or_else(Vec::new, |answer| answer.likenesses)
}

fn two(one: Contact, other: Contact, desk: &Pretend) -> Option<Likeness> {
    ask(one, vec![(other, Vec::new())], desk).pop()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn every_piece_of_evidence_is_named_with_what_it_weighs() {
    let one = contact("a", "Anna Kowalska", &["anna.kowalska@gmail.com", "+48600100200"]);
    let other = contact("b", "Ania Kowalska", &["+48600100200"]);
    let likeness = two(one, other, &Pretend::desk()).unwrap();
    assert_eq!((likeness.contact.as_str(), likeness.relation), ("b", Relation::Same));
    let codes: Vec<&str> = likeness.reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(codes, ["name-close", "phone-same"]);
    let params: Vec<&str> = likeness.reasons[1].params.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(params, ["48600100200", "48600100200", "+8.7", "phone/same"]);
}

#[test]
fn what_is_missing_is_no_evidence_and_a_name_alone_is_not_enough() {
    let likeness =
        two(contact("a", "Jadwiga Sroka", &[]), contact("b", "Jadwiga Sroka", &[]), &Pretend::desk()).unwrap();
    assert_eq!(likeness.relation, Relation::Maybe);
    assert_eq!(likeness.reasons.len(), 1);
    assert_eq!(two(contact("a", "", &[]), contact("b", "", &[]), &Pretend::desk()), None, "nothing is known");
}

#[test]
fn the_fields_that_the_desk_keeps_count_whatever_they_are_called() {
    let people = || (contact("a", "Jadwiga Sroka", &[]), contact("b", "J. Sroka", &[]));
    let desk = || Pretend::desk().with_attribute("a", "dob", text("1980-05-01"));
    let (one, other) = people();
    let same = two(one, other, &desk().with_attribute("b", "birthday", text("1.5.1980"))).unwrap();
    assert_eq!(same.relation, Relation::Same, "{same:?}");
    let (one, other) = people();
    let apart = two(one, other, &desk().with_attribute("b", "birthday", text("1994-11-30"))).unwrap();
    assert_eq!(apart.relation, Relation::Different, "{apart:?}");
    assert!(apart.reasons.iter().any(|reason| reason.code == "birth-apart"), "{apart:?}");
}

#[test]
fn two_dates_of_birth_are_never_the_same_person_whatever_else_agrees() {
    let addresses = ["jadwiga.sroka@gmail.com", "+48600100200"];
    let desk =
        Pretend::desk().with_attribute("a", "dob", text("1980-05-01")).with_attribute("b", "dob", text("1994-11-30"));
    let likeness =
        two(contact("a", "Jadwiga Sroka", &addresses), contact("b", "Jadwiga Sroka", &addresses), &desk).unwrap();
    assert_ne!(likeness.relation, Relation::Same);
}

#[test]
fn an_address_that_nobody_holds_alone_is_weak_and_one_that_somebody_holds_is_not() {
    let address = "kontor@acme.example";
    let shared = || vec![format!("email:{address}")];
    let (one, other) = (contact("a", "Eva Lind", &[]), contact("b", "Eva Lind", &[]));
    let weak = sharing(one, shared(), vec![(other, shared())], &Pretend::desk()).pop().unwrap();
    assert_eq!(weak.relation, Relation::Maybe);
    assert!(weak.reasons.iter().any(|reason| reason.code == "email-shared"), "{weak:?}");
    // It came in again with a second record of one who holds it.
    let (one, other) = (contact("a", "Eva Lind", &[]), contact("b", "Eva Lind", &[address]));
    let telling = sharing(one, shared(), vec![(other, shared())], &Pretend::desk()).pop().unwrap();
    assert_eq!(telling.relation, Relation::Same);
}

#[test]
fn an_address_that_people_of_many_names_use_is_weak() {
    let address = "kontor@acme.example";
    let family = ["Ada Berg", "Nils Holm", "Ida Strand"].map(|name| (contact(name, name, &[address]), Vec::new()));
    let namesake = (contact("b", "Eva Lind", &[address]), Vec::new());
    let eva = || contact("a", "Eva Lind", &[address]);
    let alone = ask(eva(), vec![namesake.clone()], &Pretend::desk());
    assert_eq!(alone[0].relation, Relation::Same);
    let among = ask(eva(), family.into_iter().chain([namesake]).collect(), &Pretend::desk());
    let found = among.iter().find(|it| it.contact == "b").unwrap();
    assert_eq!(found.relation, Relation::Maybe, "{among:?}");
    assert!(found.reasons.iter().any(|reason| reason.code == "email-shared"), "{found:?}");
}

#[test]
fn two_people_who_proved_two_addresses_at_one_company_are_two() {
    let mut one = contact("a", "Eva Lind", &["eva.lind@acme.example", "+46701112233"]);
    let mut other = contact("b", "Ada Lind", &["ada.lind@acme.example", "+46701112233"]);
    one.identities[0].verified = true;
    other.identities[0].verified = true;
    let likeness = two(one, other, &Pretend::desk()).unwrap();
    assert_eq!(likeness.relation, Relation::Different, "{likeness:?}");
}

#[test]
fn what_was_not_granted_is_a_fault_and_not_a_guess() {
    let desk = Pretend::desk().without("attributes");
    let circumstances = Pretend::circumstances(0);
    let one = contact("a", "Eva", &[]);
    let inquiry = Inquiry { circumstances, contact: one, shared: Vec::new(), candidates: Vec::new() };
    assert!(matches!(policy().identify(&inquiry, &desk), Err(Fault::Other(_))));
}

#[test]
fn a_hostile_name_costs_no_more_than_a_long_one() {
    let name = "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab ".repeat(400);
    let likeness = two(
        contact("a", &name, &["x@y.example"]),
        contact("b", &"ب\u{200c}".repeat(2_000), &["@", "٣@"]),
        &Pretend::desk(),
    );
    assert!(likeness.is_some());
}

/// So many people whose names differ, each with as much as the desk takes of a stranger where `long`.
fn crowd(long: bool) -> Vec<(Contact, Vec<String>)> {
    let one = |n: usize| {
        let times = if long { 16 } else { 2 };
        let word =
            |k: usize| format!("w{}", "aeioulnrst".chars().cycle().skip(n * 3 + k).take(8 + k).collect::<String>());
        let name: Vec<String> = (0..times.min(9)).map(word).collect();
        let mails = (0..times).map(|k| format!("{}.{n}.{k}@firm{k}.example", word(k)));
        let phones = (0..times / 2).map(|k| format!("+4420{:07}", n * 97 + k));
        let addresses: Vec<String> = mails.chain(phones).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        (contact(&format!("c{n}"), &name.join(" "), &addresses), Vec::new())
    };
    (0..49).map(one).collect()
}

#[test]
fn fifty_people_are_all_compared_and_of_fifty_who_are_too_much_none_is_merged_by_itself() {
    let addresses = ["jadwiga.sroka@gmail.com", "+48600100200", "js@firm7.example"];
    for (long, relation) in [(false, Relation::Same), (true, Relation::Maybe)] {
        let mut all = crowd(long);
        all.insert(0, (contact("b", "Jadwiga Sroka", &addresses), Vec::new()));
        let one = if long { crowd(true).remove(7).0 } else { contact("a", "", &[]) };
        let mut asking = contact("a", "Jadwiga Sroka", &addresses);
        asking.identities.extend(one.identities);
        let found = ask(asking, all, &Pretend::desk()).into_iter().find(|it| it.contact == "b").unwrap();
        assert_eq!(found.relation, relation, "{found:?}");
        let told = found.reasons.iter().any(|it| it.code == "not-all-compared");
        assert_eq!(told, long, "{found:?}");
    }
}

#[test]
fn fifty_people_of_whom_everything_is_known_are_all_compared() {
    let (first, last) =
        (["Александр", "Екатерина", "Владислав", "Мария", "Константин"], ["Пушкин", "Волконский", "Долгорукова"]);
    let person = |n: usize| {
        let name = format!("{} Сергеевич {}{}", first[n % 5], last[n % 3], "ов".repeat(n % 4));
        let addresses = [
            format!("person.{n}@firma{n}.example"),
            format!("p{n}.private@mail.example"),
            format!("+7495{:07}", n * 977),
        ];
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        contact(&format!("c{n}"), &name, &addresses)
    };
    let mut desk = Pretend::desk();
    for n in 0..=50 {
        let id = format!("c{n}");
        desk = desk.with_attribute(&id, "dob", text(&format!("{}-05-{:02}", 1950 + n, 1 + n % 28)));
        desk = desk.with_attribute(&id, "street", text(&format!("улица Большая Никитская, дом {n}")));
        desk = desk.with_attribute(&id, "city", text("Санкт-Петербург"));
        desk = desk.with_attribute(&id, "postcode", text(&format!("{}", 190_000 + n)));
    }
    // The last is the first one once more.
    let one = person(0);
    let mut others: Vec<_> = (1..50).map(|n| (person(n), Vec::new())).collect();
    others.push((Contact { id: "c50".to_owned(), ..person(0) }, Vec::new()));
    let found = ask(one, others, &desk);
    let told = found.iter().flat_map(|it| &it.reasons).any(|it| it.code == "not-all-compared");
    assert!(!told && found.iter().any(|it| it.contact == "c50"), "{found:?}");
}
