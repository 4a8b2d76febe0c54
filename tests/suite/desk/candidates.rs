//! Who is asked about: whom a changed address, a misspelt name or swapped parts do not hide, and what very many share.

use std::sync::{Arc, Mutex};

use plugdesk_desk::{ContactPatch, How, NewContact};
use plugdesk_domain::question::identify::{Identification, Likeness, Relation};
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{Attributes, ContactId, Outcome};

use super::stand::{Policy, Stand, email, wait};

/// The candidates of the last question, with how they were found.
type Last = Arc<Mutex<Vec<(String, Vec<String>)>>>;

/// Remembers whom it is asked about, and holds everybody for `relation`.
fn curious(relation: Relation, score: u16) -> (Policy, Last) {
    let last = Last::default();
    let seen = Arc::clone(&last);
    let policy = Policy::new("curious", "identify", 1, move |call| {
        let Inquiry::Identify(asked) = call.inquiry else { panic!("it is asked who somebody is") };
        *seen.lock().unwrap() =
            asked.candidates.iter().map(|it| (it.contact.id.clone(), it.found_by.clone())).collect();
        let likeness = |it: &plugdesk_domain::question::identify::Candidate| Likeness {
            contact: it.contact.id.clone(),
            relation,
            score,
            reasons: vec![],
        };
        let likenesses = asked.candidates.iter().map(likeness).collect();
        let (reasons, facts, signals) = (vec![], vec![], vec![]);
        Outcome::Answered(Some(Answer::Identify(Identification { likenesses, reasons, facts, signals })))
    });
    (policy, last)
}

fn custom(fields: &[(&str, &str)]) -> Attributes {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
}

fn make(stand: &Stand, name: &str, address: &str, fields: &[(&str, &str)]) -> ContactId {
    stand.clock.turn(1_000);
    let identities = if address.is_empty() { vec![] } else { vec![email(address)] };
    let new = NewContact { name: name.into(), identities, custom: custom(fields), ..NewContact::default() };
    wait(stand.desk.contact_create(&stand.agent(), new, &How::default())).unwrap().value.contact.id
}

fn found(last: &Last) -> Vec<(String, String)> {
    last.lock().unwrap().drain(..).map(|(id, by)| (id, by.join(" "))).collect()
}

#[test]
fn a_changed_address_a_misspelt_name_or_swapped_parts_hide_nobody() {
    let (policy, last) = curious(Relation::Maybe, 1_000);
    let stand = Stand::new(&[policy]);
    let home = [("dob", "1980-05-21"), ("street", "12 Mill Lane"), ("city", "Leeds")];
    let grace = make(&stand, "Grace Kelly", "grace.kelly@one.example", &home).to_string();
    for (name, address, fields, by) in [
        ("", "GraceKelly@two.example", vec![], "likeness"),
        ("Kelly Grace", "", vec![], "name"),
        ("Grcae", "", vec![("birthday", "21.05.1980")], "birth"),
        ("Kelley", "", vec![("birth_date", "1980-11-30")], "birth"),
        ("Kelly", "", vec![("town", "LEEDS")], "place"),
        ("Mill House", "", vec![("address", "12, Mill Ln")], "place"),
    ] {
        let id = make(&stand, name, address, &fields);
        let met: Vec<_> = found(&last).into_iter().filter(|(id, _)| *id == grace).collect();
        assert_eq!(met, [(grace.clone(), by.to_owned())], "{name} {address} {fields:?}");
        // The next one is to meet Grace alone.
        let patch = ContactPatch {
            name: Some(format!("nobody {id}")),
            remove_identities: if address.is_empty() { vec![] } else { vec![email(address)] },
            custom: fields.iter().map(|(name, _)| ((*name).to_owned(), None)).collect(),
            ..ContactPatch::default()
        };
        wait(stand.desk.contact_update(&stand.agent(), id, patch, &How::default())).unwrap();
        found(&last);
    }
    make(&stand, "Peter Brown", "peter@one.example", &[("dob", "1980-05-20"), ("city", "Leeds")]);
    assert_eq!(found(&last), [], "a town alone is nobody");
}

#[test]
fn a_date_of_birth_that_is_added_asks_again() {
    let (policy, last) = curious(Relation::Maybe, 1_000);
    let stand = Stand::new(&[policy]);
    let one = make(&stand, "Grace", "", &[("dob", "1980-05-21")]).to_string();
    let two = make(&stand, "Kelly", "", &[("colour", "red")]);
    assert_eq!(found(&last), []);
    let patch = |field: &str, value: &str| ContactPatch {
        custom: [(field.to_owned(), Some(value.into()))].into(),
        ..ContactPatch::default()
    };
    wait(stand.desk.contact_update(&stand.agent(), two, patch("colour", "blue"), &How::default())).unwrap();
    assert_eq!(found(&last), [], "nobody is found by a colour");
    wait(stand.desk.contact_update(&stand.agent(), two, patch("dob", "1980-05-21"), &How::default())).unwrap();
    assert_eq!(found(&last), [(one, "birth".to_owned())]);
}

#[test]
fn what_very_many_share_finds_nobody_and_what_few_share_comes_first() {
    let (policy, last) = curious(Relation::Maybe, 1_000);
    let stand = Stand::new(&[policy]);
    let mail =
        |n: u32| format!("{}@x{n}.example", char::from(b'a' + (n % 26) as u8).to_string().repeat(3 + n as usize));
    for n in 0..20 {
        make(&stand, "John Smith", &mail(n), &[]);
    }
    found(&last);
    let own = make(&stand, "John Smith", "j@y.example", &[("dob", "1980-05-21")]).to_string();
    assert_eq!(found(&last).len(), 20);
    make(&stand, "John Smith", "js@y.example", &[("dob", "1980-05-21")]);
    let first = found(&last).swap_remove(0);
    assert_eq!(first, (own.clone(), "birth name".to_owned()), "he shares what no other has");
    for n in 20..40 {
        make(&stand, "John Smith", &mail(n), &[]);
    }
    found(&last);
    make(&stand, "John Smith", "smith@z.example", &[]);
    assert_eq!(found(&last), [], "a name that more than 32 bear is nobody's");
    make(&stand, "John Smith", "j.smith@z.example", &[("dob", "1980-05-21")]);
    let met: Vec<String> = found(&last).into_iter().map(|(id, _)| id).collect();
    assert!(met.contains(&own) && met.len() == 2, "{met:?}");
}

#[test]
fn what_may_be_is_proposed_if_it_is_likely_and_never_merged_without_asking() {
    for (relation, score, proposals, merged) in
        [(Relation::Maybe, 6_000, 1, false), (Relation::Maybe, 4_000, 0, false), (Relation::Same, 9_600, 0, true)]
    {
        let (policy, _) = curious(relation, score);
        let stand = Stand::new(&[policy]);
        let allow = plugdesk_desk::DeskPatch { merge_above: Some(Some(5_000)) };
        wait(stand.desks.desk_update(&stand.admin(), stand.desk.id(), allow, &How::default())).unwrap();
        let one = make(&stand, "Grace Kelly", "", &[]);
        let two = make(&stand, "Grace Kelly", "", &[]);
        let page = plugdesk_desk::PageRequest::default();
        let open = stand.desk.proposal_list(&stand.agent(), None, None, &page).unwrap().records;
        assert_eq!(open.len(), proposals, "{relation:?} {score}");
        assert_eq!(stand.desk.contact(&stand.agent(), two).unwrap().contact.id == one, merged, "{relation:?} {score}");
    }
}
