//! Companies as trees, and who belongs to which node.

use serde::{Deserialize, Serialize};

use super::{ExternalIds, external_entries, stored};
use crate::attributes::Attributes;
use crate::id::{CompanyId, ContactId, MembershipId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// Finds a company by another system's id.
pub const COMPANY_BY_EXTERNAL: Index = Index { table: Table::Company, code: 1, name: "external id", unique: true };
/// Companies by mail domain; one company may have many, and several may share one (lesson 4).
pub const COMPANY_BY_DOMAIN: Index = Index { table: Table::Company, code: 2, name: "domain", unique: false };
/// Companies by lower-cased name.
pub const COMPANY_BY_NAME: Index = Index { table: Table::Company, code: 3, name: "name", unique: false };
/// The nodes directly below a company node, by name.
pub const COMPANY_BY_PARENT: Index = Index { table: Table::Company, code: 4, name: "parent", unique: false };
/// The companies of a contact.
pub const MEMBERSHIP_BY_CONTACT: Index = Index { table: Table::Membership, code: 1, name: "contact", unique: false };
/// The people of a company.
pub const MEMBERSHIP_BY_COMPANY: Index = Index { table: Table::Membership, code: 2, name: "company", unique: false };

/// A sum in minor units of an ISO 4217 currency: 12345 `EUR` is 123.45 euro.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units.
    pub minor: i64,
    /// Three capital letters.
    pub currency: String,
}

/// A node of a company tree: group, company, department or site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Ids in other systems.
    #[serde(default, skip_serializing_if = "ExternalIds::is_empty")]
    pub external_ids: ExternalIds,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Attributes,
    /// What it is called.
    pub name: String,
    /// The node above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CompanyId>,
    /// `company`, …, as `classify` decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// How much care it is owed, in the desk's words (practice 41).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Yearly worth of the relation (practice 38).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<Money>,
    /// Mail domains, lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// The company that stands for this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<CompanyId>,
}

/// A company tree has at most so many levels: group, company, department, site, and room for what nobody foresaw.
pub const MOST_LEVELS: usize = 16;
/// A view of a subtree reads at most so many nodes, nearest first; it says when there are more.
pub const MOST_NODES: usize = 256;

stored!(
    Company,
    personal: [],
    key: |c| Key::from(c.id),
    indexes: |c| {
        let mut entries = external_entries(COMPANY_BY_EXTERNAL, &c.external_ids);
        entries.extend(c.domains.iter().map(|domain| COMPANY_BY_DOMAIN.entry(vec![domain.as_str().into()])));
        let name: String = c.name.to_lowercase().chars().take(60).collect();
        entries.push(COMPANY_BY_NAME.entry(vec![name.as_str().into()]));
        entries.extend(c.parent.map(|id| COMPANY_BY_PARENT.entry(vec![id.into(), name.as_str().into()])));
        entries
    },
);

/// What somebody is in a company's buying (practices 50, 54, 55).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StakeholderRole {
    /// Decides.
    Decider,
    /// Must agree.
    Approver,
    /// Is listened to.
    Influencer,
    /// Places the order.
    Buyer,
    /// Works with it.
    User,
    /// Pays.
    Payer,
    /// Speaks for us.
    Champion,
    /// Lets through, or not.
    Gatekeeper,
}

impl StakeholderRole {
    /// The word in JSON and WIT.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decider => "decider",
            Self::Approver => "approver",
            Self::Influencer => "influencer",
            Self::Buyer => "buyer",
            Self::User => "user",
            Self::Payer => "payer",
            Self::Champion => "champion",
            Self::Gatekeeper => "gatekeeper",
        }
    }
}

/// A contact's tie to a company node, with its dates. A contact may have many (lessons 1 and 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Who.
    pub contact: ContactId,
    /// Where.
    pub company: CompanyId,
    /// As what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<StakeholderRole>,
    /// The side of the matter the person answers for, such as `security`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// What worries the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<String>,
    /// Who says so: `desk`, an import, another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The node to assume when nothing else is known.
    pub primary: bool,
    /// Since when; none: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Instant>,
    /// Until when; none: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Instant>,
}

stored!(
    Membership,
    personal: ["concerns"],
    key: |m| Key::from(m.id),
    indexes: |m| vec![
        MEMBERSHIP_BY_CONTACT.entry(vec![m.contact.into()]),
        MEMBERSHIP_BY_COMPANY.entry(vec![m.company.into()]),
    ],
);

impl Membership {
    /// Whether it holds at `now`.
    pub fn holds(&self, now: Instant) -> bool {
        self.valid_from.is_none_or(|from| from <= now) && self.valid_to.is_none_or(|to| now < to)
    }
}
