//! A row as a membership.

use plugdesk_domain::IdentityKind;

use super::super::known::Known;
use super::super::mapping::MembershipFields;
use super::super::value::{Reading, Wrong};
use crate::input::NewMembership;

/// Who, where, as what, and since when.
pub(super) fn make(reading: &Reading<'_>, known: &Known<'_>) -> Result<NewMembership, Wrong> {
    let none = MembershipFields::default();
    let fields = reading.mapping.membership.as_ref().unwrap_or(&none);
    let contact = match (reading.text(fields.contact.as_ref())?, reading.text(fields.email.as_ref())?) {
        (Some(id), _) => known.contact(reading, fields.contact.as_ref(), &id)?,
        (None, Some(email)) => known.address(reading, fields.email.as_ref(), &IdentityKind::Email, &email)?,
        (None, None) => {
            return Err(reading.wrong(fields.email.as_ref().or(fields.contact.as_ref()), "no person".to_owned()));
        }
    };
    let company = match (reading.text(fields.company.as_ref())?, reading.text(fields.company_name.as_ref())?) {
        (Some(id), _) => known.company(reading, fields.company.as_ref(), &id)?,
        (None, Some(name)) => known.company_named(reading, fields.company_name.as_ref(), &name)?,
        (None, None) => {
            let source = fields.company.as_ref().or(fields.company_name.as_ref());
            return Err(reading.wrong(source, "no company".to_owned()));
        }
    };
    Ok(NewMembership {
        contact,
        company,
        role: reading.word(fields.role.as_ref())?,
        aspect: reading.text(fields.aspect.as_ref())?,
        concerns: reading.list(fields.concerns.as_ref())?,
        source: Some("import".to_owned()),
        primary: reading.flag(&fields.primary)?,
        valid_from: reading.date(fields.valid_from.as_ref())?,
        valid_to: reading.date(fields.valid_to.as_ref())?,
    })
}
