//! Own pairs of records from many countries, measured: people who share a mailbox, a switchboard, a home or a company are
//! never one person, and what a person writes in different ways still is.

use plugdesk_sdk::prelude::*;

use super::{contact, policy};
use crate::linkage::link;
use crate::person::Person;

/// Name, and addresses with spaces between: those that the person uses with others begin with `=`, custom fields are
/// `field=value` with `_` for a space.
type Side = (&'static str, &'static str);

/// Never the same: the worst that a policy could do with each is to merge them.
const TWO: &[(Side, Side)] = &[
    // One mailbox that several people read.
    (("Anna Kowalska", "biuro@mlekpol.example"), ("Piotr Zieliński", "biuro@mlekpol.example")),
    (("Réka Tóth", "info@danubia.example"), ("Bence Szabó", "info@danubia.example")),
    (("Ирина Волкова", "sales@uralstroy.example"), ("Олег Сидоров", "sales@uralstroy.example")),
    (("رضا کریمی", "office@alborz.example"), ("مریم احمدی", "office@alborz.example")),
    (("Sarah Connor", "=front.of.house@inn.example"), ("Tom Baker", "=front.of.house@inn.example")),
    (("Sarah Connor", "accounts@inn.example"), ("S. Baker", "accounts@inn.example")),
    (("Eva Lind", "=kontor@lind.example"), ("Erik Lind", "=kontor@lind.example")),
    (("Support Team", "support@acme.example"), ("Anna Kowalska", "support@acme.example")),
    (("Reception", "info@acme.example +48221112233"), ("Reception Desk", "info@acme.example +48221112233")),
    (("Dział Księgowości", "faktury@acme.example"), ("Maria Nowak", "faktury@acme.example")),
    (("پشتیبانی", "support@alborz.example"), ("علی رضایی", "support@alborz.example")),
    // One switchboard.
    (("John Smith", "=+442079460000"), ("Jane Doe", "=+442079460000")),
    (("Kovács Péter", "+3612345678"), ("Nagy Katalin", "+3612345678")),
    (("Дмитрий Орлов", "=+74951234567"), ("Дмитрий Соколов", "=+74951234567")),
    (("حسین موسوی", "=+982188776655"), ("حسن موسوی", "=+982188776655")),
    (("Li Wei", "=+861066778899"), ("Li Wen", "=+861066778899")),
    // One company, nothing else.
    (("Anna Kowalska", "a.kowalska@acme.example"), ("Anna Nowak", "a.nowak@acme.example")),
    (("Anna Kowalska", "anna.kowalska@acme.example"), ("Adam Kowalski", "adam.kowalski@acme.example")),
    (("John Smith", "john.smith1@acme.example"), ("John Smith", "john.smith2@acme.example")),
    (("Mohammad Ahmadi", "m.ahmadi@alborz.example"), ("Maryam Ahmadi", "m2.ahmadi@alborz.example")),
    (("Jan Nowak", "jnowak@acme.example"), ("Jacek Nowak", "janowak@acme.example")),
    (("Peter Müller", "peter.mueller@werk.example"), ("Petra Müller", "petra.mueller@werk.example")),
    (("María García", "maria.garcia@obra.example"), ("Mario García", "mario.garcia@obra.example")),
    (("Nguyễn Văn An", "an.nguyen@cty.example"), ("Nguyễn Văn Bình", "binh.nguyen@cty.example")),
    (("Kim Min-jun", "mj.kim@hanguk.example"), ("Kim Min-ji", "mji.kim@hanguk.example")),
    (("R. Karimi", "r.karimi@alborz.example"), ("Sara Karimi", "s.karimi@alborz.example")),
    (("Αλέξανδρος Παπάς", "a.papas@ellas.example"), ("Αλεξάνδρα Παπά", "al.papa@ellas.example")),
    (("ოთარ ბერიძე", "o.beridze@tbilisi.example"), ("ნინო ბერიძე", "n.beridze@tbilisi.example")),
    // One family: home, telephone, mailbox, even a date of birth.
    (("Maria Rossi", "+390612345678 city=Roma"), ("Mario Rossi", "+390612345678 city=Roma")),
    (
        ("Tom Baker", "bakers@gmail.com street=12_Mill_Lane postcode=LS1_4AB"),
        ("Lucy Baker", "bakers@gmail.com street=12_Mill_Lane postcode=LS1_4AB"),
    ),
    (
        ("Katarzyna Wójcik", "+48601602603 birth_date=2001-03-04"),
        ("Karolina Wójcik", "+48601602603 birth_date=2001-03-04"),
    ),
    (("Nagy Anna", "nagycsalad@freemail.hu"), ("Nagy István", "nagycsalad@freemail.hu")),
    (("Иван Петров", "petrovy@mail.ru +79161234567"), ("Анна Петрова", "petrovy@mail.ru +79161234567")),
    (("Robert Allen", "+15551234567 birth_date=1950-01-02"), ("Robert Allen", "+15551234567 birth_date=1979-11-30")),
    (
        ("John Miller Sr", "street=5_Elm_Road birth_date=1948-02-03"),
        ("John Miller Jr", "street=5_Elm_Road birth_date=1975-06-07"),
    ),
    (("Fatemeh Hosseini", "+989121112233 city=Tehran"), ("Zahra Hosseini", "+989121112233 city=Tehran")),
    // A name that many bear.
    (("John Smith", "john.smith@gmail.com city=London"), ("John Smith", "jsmith77@outlook.com city=Leeds")),
    (("محمد محمدی", "city=تهران"), ("محمد محمدی", "city=تهران")),
    (("Иван Иванов", "city=Москва"), ("Иван Иванов", "city=Москва")),
    (("Nguyen Tran", "city=Hanoi"), ("Nguyen Tran", "city=Hanoi")),
    (("Maria Garcia", ""), ("Maria Garcia", "")),
    (("Anna", "city=Warszawa"), ("Anna", "city=Warszawa")),
    // Two numbers that only one person has.
    (
        ("Jadwiga Sroka", "+48600100200 national_id=80050112345"),
        ("Jadwiga Sroka", "+48600100200 national_id=92111254321"),
    ),
    // Nothing but an address that says a first name.
    (("", "anna@gmail.com"), ("Anna Kowalska", "anna.k@gmail.com")),
];

/// One person, written in different ways.
const ONE: &[(Side, Side)] = &[
    (("Anna Kowalska", "anna.kowalska@gmail.com"), ("Kowalska Anna", "anna.kowalska@gmail.com")),
    (("Anna Kowalska", "anna.kowalska@gmail.com"), ("A. Kowalska", "anna.kowalska@gmail.com")),
    (("Anna Kowalska", "anna.kowalska@gmail.com"), ("", "anna.kowalska@gmail.com")),
    (("Robert Allen", "robert.allen@firm.example"), ("Bob Allen", "robert.allen@firm.example")),
    (("Małgorzata Wiśniewska", "+48601602603"), ("Gosia Wisniewska", "+48 601 602 603")),
    (("رضا کریمی", "r.karimi@alborz.example"), ("Reza Karimi", "r.karimi@alborz.example")),
    (("رضا كريمي", "+989121112233"), ("رضا کریمی", "09121112233")),
    (("Юрий Соколов", "+79161234567"), ("Yuri Sokolov", "+79161234567")),
    (("Сергей Волков", "volkov@uralstroy.example"), ("Sergey Volkov", "volkov@uralstroy.example")),
    (("Szabó Bence", "bence.szabo@danubia.example"), ("Bence Szabo", "bence.szabo@danubia.example")),
    (("Αλέξανδρος Παπάς", "+302101234567"), ("Alexandros Papas", "+302101234567")),
    (("Jürgen Weiß", "j.weiss@werk.example"), ("Juergen Weiss", "j.weiss@werk.example")),
    (("Dr. Jürgen Weiß", "+4930123456"), ("Jürgen Weiß", "+4930123456")),
    (("Seán O’Brien", "sean@obrien.example"), ("Sean OBrien", "sean@obrien.example")),
    (("Jan van der Berg", "j.vanderberg@haven.example"), ("Jan Vanderberg", "j.vanderberg@haven.example")),
    (("Jadwiga Sroka", "birth_date=1980-05-01 city=Łódź"), ("Jadwiga Sroka", "dob=01.05.1980 city=Lodz")),
    (
        ("Jadwiga Sroka", "birth_date=1980-05-01 j.sroka@wp.pl"),
        ("Jadwiga Nowicka", "birth_date=1980-05-01 j.sroka@wp.pl national_id=80050112345"),
    ),
    (("Jadwiga Sroka", "national_id=80050112345"), ("J Sroka-Lis", "national_id=80050112345")),
    (("Tiago Ferreira", "tiago.ferreira@gmail.com"), ("Tiago Ferreira", "tiago.fereira@gmail.com")),
    (
        ("Katherine Brooke", "+15559876543 street=27_Washington_Blvd"),
        ("Kate Brooke", "street=27_Washington +15559876543"),
    ),
    (
        ("Elena Papadopoulou", "elena.papadopoulou@ellas.example"),
        ("Elena Papadopoulou", "e.papadopoulou@ellas.example"),
    ),
];

fn person((name, rest): Side, id: &str) -> Person {
    let (mut addresses, mut shared, mut fields) = (Vec::new(), Vec::new(), Vec::new());
    // A number in groups of digits is one address.
    let joined = rest.replace("601 602 603", "601602603").replace("+48 6", "+486");
    for word in joined.split(' ').filter(|word| !word.is_empty()) {
        let known = word.strip_prefix('=');
        let address = known.unwrap_or(word);
        match word.split_once('=').filter(|(field, _)| !field.is_empty()) {
            Some((field, value)) => fields.push((field.to_owned(), Value::Text(value.replace('_', " ")))),
            None if known.is_none() => addresses.push(address.to_owned()),
            None => {}
        }
        if known.is_some() {
            shared.push(format!("{}:{address}", if address.contains('@') { "email" } else { "phone" }));
        }
    }
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    Person::of(&policy(), &contact(id, name, &addresses), &shared, &fields)
}

fn is_same(one: Side, other: Side) -> bool {
    let policy = policy();
    let [a, b] = [person(one, "a"), person(other, "b")];
    let linked = link(&policy, &a, &b);
    let turned = link(&policy, &b, &a);
    assert_eq!((linked.score, linked.same(&policy)), (turned.score, turned.same(&policy)), "{one:?} {other:?}");
    linked.same(&policy)
}

#[test]
fn people_who_share_a_mailbox_a_switchboard_a_home_or_a_company_are_not_the_same_person() {
    let merged: Vec<_> = TWO.iter().filter(|(one, other)| is_same(*one, *other)).collect();
    assert!(merged.is_empty(), "{merged:#?}");
}

#[test]
fn what_a_person_writes_in_different_ways_is_still_one_person() {
    let missed: Vec<_> = ONE.iter().filter(|(one, other)| !is_same(*one, *other)).collect();
    // The surname changed and only the mailbox says so: somebody looks.
    let known = missed.iter().filter(|(one, other)| one.0 == "Jadwiga Sroka" && other.0 == "Jadwiga Nowicka").count();
    assert_eq!((missed.len(), known), (1, 1), "{missed:#?}");
    assert!(TWO.len() + ONE.len() >= 60, "{} pairs of two, {} of one", TWO.len(), ONE.len());
}
