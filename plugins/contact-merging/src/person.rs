//! A contact made ready to be compared.

use plugdesk_sdk::prelude::*;

use crate::address::Addresses;
use crate::configuration::Merging;
use crate::fields::Fields;
use crate::names::Name;

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its id.
    pub id: String,
    /// As written, or what its address says where nobody wrote one.
    pub written: String,
    /// Its name.
    pub name: Name,
    /// Its addresses.
    pub addresses: Addresses,
    /// Its custom fields.
    pub fields: Fields,
    /// The companies that it belongs to.
    pub companies: Vec<String>,
}

impl Person {
    /// A contact, with the addresses that it uses with others as `kind:value`, and its fields if they are known.
    pub fn of(policy: &Merging, contact: &Contact, shared: &[String], attributes: &[(String, Value)]) -> Self {
        let addresses = Addresses::of(policy, contact, shared);
        let mut written = contact.name.clone();
        if written.trim().is_empty() {
            // `anna.kowalska@…` says who it is as well as a name does; `info@…` does not.
            let own = addresses.mails.iter().find(|mail| !mail.shared);
            written = own.and_then(|mail| mail.value.split('@').next()).unwrap_or_default().to_owned();
        }
        let mut fields = Fields::default();
        for (name, value) in attributes {
            if let Some(sort) = policy.sort_of(name) {
                fields.add(policy, sort, name, value);
            }
        }
        Self {
            id: contact.id.clone(),
            name: Name::of(policy, &written),
            written,
            addresses,
            fields,
            companies: contact.memberships.iter().map(|membership| membership.company.clone()).collect(),
        }
    }
}
