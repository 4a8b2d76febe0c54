//! People whose addresses are as people keep them: misspelt, or one for two records.

use plugdesk_desk::{NewImport, PageRequest};
use plugdesk_domain::ImportState;
use serde_json::json;

use super::run::new;
use super::stand::Stand;

const PEOPLE: &str = "Name,Email\nGrace Kelly,grace@one.example\nKelly Grace,GRACE@one.example\nPeter,peter at two\n";

fn people(addresses: &str) -> NewImport {
    let contact = json!({"name": "Name", "email": "Email"});
    NewImport { mapping: json!({"kind": "contact", "addresses": addresses, "contact": contact}), ..new(addresses) }
}

#[test]
fn addresses_that_can_not_be_taken_refuse_their_row_unless_they_are_taken_as_they_come() {
    let stand = Stand::new();
    let strict = stand.import(people("strict"), PEOPLE);
    assert_eq!((strict.state, strict.written), (ImportState::Refused, 0), "{strict:?}");
    let lenient = stand.import(people("lenient"), PEOPLE);
    assert_eq!((lenient.state, lenient.written, lenient.refused), (ImportState::Done, 3, 0), "{lenient:?}");
    let mut all = stand.desk.contact_list(&stand.by, &PageRequest::default()).unwrap().records;
    all.sort_by_key(|it| it.name.clone());
    let told: Vec<(&str, Vec<&str>)> =
        all.iter().map(|it| (it.name.as_str(), it.shared.iter().map(|it| it.value.as_str()).collect())).collect();
    // Whoever comes in first holds it, and the other uses it too.
    assert_eq!(told, [("Grace Kelly", vec![]), ("Kelly Grace", vec!["grace@one.example"]), ("Peter", vec![])]);
    let unknown = stand.desk.import_create(&stand.by, people("careless"), None);
    assert!(super::stand::wait(unknown).is_err());
}
