//! Names of persons and organisations in many scripts and spellings, as they agree when nothing else is known.

use std::sync::LazyLock;

use crate::Merging;
use crate::names::Name;
use crate::names::compare::{Agreement, Compared, names};
use crate::weights::probability;

/// Read once: these are many names.
static POLICY: LazyLock<Merging> = LazyLock::new(super::policy);

fn compared(one: &str, other: &str) -> (Compared, u16) {
    let policy = &*POLICY;
    let (one_name, other_name) = (Name::of(policy, one), Name::of(policy, other));
    let compared = names(&policy.weights, &one_name, &other_name);
    assert_eq!(compared, names(&policy.weights, &other_name, &one_name), "{one} | {other}");
    (compared, probability(policy.prior + compared.weight))
}

/// Whether somebody should look at two records that have nothing but these names.
fn proposed(one: &str, other: &str) -> bool {
    compared(one, other).1 >= POLICY.maybe
}

#[test]
fn one_name_is_recognised_in_every_script_and_spelling() {
    for (one, other) in [
        // Scripts.
        ("Наталья Белова", "Natalya Belova"),
        ("Иванов Пётр", "Piotr Iwanow"),
        ("محمد رضایی", "Mohammad Rezaei"),
        ("Maryam Hosseini", "مریم حسینی"),
        ("Γιώργος Παππάς", "Giorgos Pappas"),
        ("ნინო მაისურაძე", "Nino Maisuradze"),
        ("王小明", "Wang Xiaoming"),
        ("Tanaka Hiroshi", "タナカ ヒロシ"),
        // Transliterations and accents.
        ("Muhammad Karimi", "Mohammed Karimi"),
        ("Alexey Kuznetsov", "Aleksei Kuznecov"),
        ("Nguyễn Thị Hạnh", "Nguyen Thi Hanh"),
        ("Żaneta Śliwińska", "Zaneta Sliwinska"),
        ("Jörg Schäfer", "Joerg Schaefer"),
        // Pet names.
        ("Małgorzata Lis", "Gosia Lis"),
        ("Bob Hawkins", "Robert Hawkins"),
        ("Szűcs István", "Pista Szucs"),
        ("Александр Громов", "Саша Громов"),
        ("Paco Herrera", "Francisco Herrera"),
        // Parts that are turned round, missing, in addition, abbreviated.
        ("Fischer, Karla", "Karla Fischer"),
        ("Olena Petrivna Koval", "Olena Koval"),
        ("Carlos Herrera Montes", "Carlos Herrera"),
        ("Dr. Ingrid Falk", "Ingrid Falk"),
        ("JP Lefebvre", "Jean-Paul Lefebvre"),
        ("Marie-Claire Dubois", "Marieclaire Dubois"),
        ("SeverinLindholm", "Severin Lindholm"),
        // Slips.
        ("Teodora Vlahovic", "Teodora Vlahovci"),
        ("Henrik Sorensen", "Henrik Soerensen"),
        ("Dominik Brzezinski", "Dominnik Brzezinsky"),
        ("Gw3ndolyn Parker", "Gwendolyn Parker"),
    ] {
        assert!(proposed(one, other), "{one} | {other}: {:?}", compared(one, other));
    }
}

#[test]
fn two_names_are_told_apart_however_much_they_share() {
    for (one, other) in [
        ("Henrik Sorensen", "Mette Sorensen"),
        ("Carlos Herrera", "Carlos Montes"),
        ("Наталья Белова", "Наталья Громова"),
        ("محمد رضایی", "محمد کریمی"),
        ("Abdul Rahman Safi", "Abdul Karim Safi"),
        ("Daniel Novak", "Daniela Novak"),
        ("Ahmad bin Yusuf", "Ahmad bin Khalid"),
        ("Pavel Sergeevich Orlov", "Pavel Ivanovich Orlov"),
        ("Martin Feldmann", "Martin Feldberg"),
        ("Anna", "Anna"),
        ("Anna", "Anna Wrona"),
        ("A. Wrona", "Aleksandra Wronska"),
        ("Petrov N.V.", "Petrov S.A."),
    ] {
        assert!(!proposed(one, other), "{one} | {other}: {:?}", compared(one, other));
    }
}

#[test]
fn one_organisation_is_recognised_whatever_its_legal_form_is_called() {
    for (one, other) in [
        ("Nordwind Logistics GmbH", "Nordwind Logistics"),
        ("Lumex Sp. z o.o.", "LUMEX spółka z ograniczoną odpowiedzialnością"),
        ("Lumex Sp. z o.o.", "Lumex S.A."),
        ("Tiszavirág Kft.", "Tiszavirag Korlátolt Felelősségű Társaság"),
        ("ООО «Ромашка»", "Romashka LLC"),
        ("ООО «Ромашка»", "Общество с ограниченной ответственностью Ромашка"),
        ("شرکت سهامی خاص آبادگران", "آبادگران"),
        ("Banque Solaris S.A.", "Banque Solaris"),
        ("Veltrix, Inc.", "Veltrix Incorporated"),
        ("Veltrix B.V.", "Veltrix BV"),
        ("NordwindGmbH", "Nordwind GmbH"),
        ("Q.R.T. Trading", "QRT Trading Ltd"),
        ("Huber & Söhne GmbH & Co. KG", "Huber und Soehne GmbH"),
        ("First Prairie Bank", "1st Prairie Bank"),
        ("Camden Fund II LP", "Camden Fund 2"),
        ("Velltrix Ltd", "Veltrix Ltd"),
        ("Goldmeadow Company", "Gold Meadow Company"),
        ("First National Bank", "first national bank"),
    ] {
        assert!(proposed(one, other), "{one} | {other}: {:?}", compared(one, other));
    }
}

#[test]
fn two_organisations_are_told_apart_by_what_only_they_are_called_and_by_their_numbers() {
    for (one, other) in [
        ("Nordwind Logistics GmbH", "Ostwind Logistics GmbH"),
        ("Bank of Alberta", "Bank of Manitoba"),
        ("Lumex Trading Ltd", "Corvin Trading Ltd"),
        ("Camden Fund II LP", "Camden Fund III LP"),
        ("Elementary School No. 12", "Elementary School No. 21"),
        ("ООО «Ромашка»", "ООО «Василёк»"),
        ("شرکت آبادگران", "شرکت سپیدار"),
        ("Solaris Shipping", "Solaris Insurance"),
        ("National Bank", "International Bank"),
    ] {
        assert!(!proposed(one, other), "{one} | {other}: {:?}", compared(one, other));
    }
}

#[test]
fn what_is_only_alike_is_never_merged_by_itself() {
    for (one, other) in [
        ("Simon Keller", "Simone Keller"),
        ("Malik Nuristani", "Malik Nurani"),
        ("Solaris Shipping", "Solaria Shipping 2"),
    ] {
        assert_eq!(compared(one, other).0.agreement, Agreement::Partly, "{one} | {other}");
    }
    assert_eq!(compared("Henrik Sorensen", "Henrik Sorensen").0.agreement, Agreement::Same);
    assert_eq!(compared("Henrik Sorensen", "Henrik Sorenson").0.agreement, Agreement::Close);
    assert_eq!(compared("Henrik Sorensen", "Mette Sorensen").0.agreement, Agreement::Partly);
    assert_eq!(compared("Henrik Sorensen", "Claudia Wrona").0.agreement, Agreement::Apart);
    assert_eq!(compared("Support Team", "Claudia Wrona").0.agreement, Agreement::Unknown);
}

#[test]
fn names_of_which_nothing_can_be_spelt_are_not_one_for_that() {
    for (one, other) in [("Mr Dr", "Mrs Prof"), ("\u{10900}\u{10901} \u{10902}", "\u{10903} \u{10904}\u{10905}")] {
        let (found, _) = compared(one, other);
        assert!(!found.agrees(), "{one} | {other}: {found:?}");
    }
    assert!(compared("Mr Dr", "mr. DR").0.agrees());
}

#[test]
fn no_word_is_longer_in_latin_letters_than_two_can_be_compared() {
    // A single one of these characters is spelt with some fifteen letters.
    let long = "\u{fdfa}".repeat(12);
    let name = Name::of(&POLICY, &[long.as_str(); 10].join(" "));
    assert!(name.words.len() > 1 && name.words.iter().all(|word| word.latin().len() <= 64), "{:?}", name.words);
}

#[test]
fn a_name_of_any_length_and_any_signs_is_read() {
    for name in ["", " ", "@", "…", "A", "Ltd", "S.A.", "XV", "1", "🙂🙂", &"x".repeat(5_000), &"a b ".repeat(600)]
    {
        compared(name, name);
        compared(name, "Henrik Sorensen 7 GmbH");
        compared(name, "王小明");
    }
}
