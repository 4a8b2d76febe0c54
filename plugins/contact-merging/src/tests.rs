//! What the policy promises, natively, on a pretend desk and with the configuration that ships.

mod affiliate;
mod correlate;
mod identify;
mod merge;
mod names;
mod pairs;

use plugdesk_sdk::prelude::*;

use crate::Merging;

fn policy() -> Merging {
    Pretend::policy(include_str!("../config.json")).unwrap()
}

/// A contact with that id.
fn contact(id: &str, name: &str, addresses: &[&str]) -> Contact {
    let mut contact = Pretend::person(name, &[]);
    contact.id = id.to_owned();
    for address in addresses {
        let kind = if address.contains('@') { "email" } else { "phone" };
        let value = if kind == "email" { address.to_lowercase() } else { (*address).to_owned() };
        contact.identities.push(Identity { kind: kind.to_owned(), value, verified: false });
    }
    contact
}

#[test]
fn a_configuration_that_cannot_work_is_refused_by_its_place() {
    let shipped = include_str!("../config.json");
    let refused = |from: &str, to: &str| {
        assert!(shipped.contains(from), "{from}");
        Pretend::policy::<Merging>(&shipped.replacen(from, to, 1)).unwrap_err()[0].pointer.clone()
    };
    assert_eq!(refused("\"one_in\": 10000", "\"one_in\": 1"), "/one_in");
    assert_eq!(refused("\"same\": 9500", "\"same\": 100"), "/same");
    assert_eq!(refused("\"m\": 0.95, \"u\": 1e-06", "\"m\": 0.95, \"u\": 0"), "/evidence/number/same");
    assert_eq!(refused("\"rival\"", "\"rivals\""), "/evidence/email/rivals");
    assert_eq!(refused("\"dob\"", "\"city\""), "/fields");
}
