//! Who belongs where: a person and a company that the desk knows already, and what the person is there.

use serde::{Deserialize, Serialize};

use super::history::Flag;
use super::source::Source;

/// A person's tie to a company node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingMembership))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MembershipFields {
    /// The person, by e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Source>,
    /// The person, by the id in the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Source>,
    /// The company, by the id in the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<Source>,
    /// The company, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<Source>,
    /// As what: `decider`, `approver`, `influencer`, `buyer`, `user`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Source>,
    /// The side of the matter the person answers for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<Source>,
    /// What worries the person, a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concerns: Option<Source>,
    /// Whether it is the node to assume when nothing else is known.
    pub primary: Flag,
    /// Since when, a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Source>,
    /// Until when, a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Source>,
}

impl MembershipFields {
    /// Every source with the field it fills.
    pub(super) fn sources(&self) -> Vec<(&'static str, &Source)> {
        let primary = match &self.primary {
            Flag::From(source) => Some(source),
            Flag::Constant(_) => None,
        };
        let all = [
            ("email", self.email.as_ref()),
            ("contact", self.contact.as_ref()),
            ("company", self.company.as_ref()),
            ("company-name", self.company_name.as_ref()),
            ("role", self.role.as_ref()),
            ("aspect", self.aspect.as_ref()),
            ("concerns", self.concerns.as_ref()),
            ("primary", primary),
            ("valid-from", self.valid_from.as_ref()),
            ("valid-to", self.valid_to.as_ref()),
        ];
        all.into_iter().filter_map(|(name, source)| Some((name, source?))).collect()
    }

    /// Both ends must be named.
    pub(super) fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if self.email.is_none() && self.contact.is_none() {
            return Err(("", "the person is named by `email` or `contact`"));
        }
        if self.company.is_none() && self.company_name.is_none() {
            return Err(("", "the company is named by `company` or `company-name`"));
        }
        Ok(())
    }
}
