//! Contracts: what was agreed with a company node and everything below it (practice 93).

use serde::{Deserialize, Serialize};

use super::commitment::Target;
use super::ticket::Priority;
use super::{ExternalIds, external_entries, stored};
use crate::id::{CompanyId, ContractId};
use crate::key::{Index, Key, Table};
use crate::time::Instant;

/// The contracts of a company node, oldest first.
pub const CONTRACT_BY_COMPANY: Index = Index { table: Table::Contract, code: 1, name: "company", unique: false };
/// Finds a contract by another system's id.
pub const CONTRACT_BY_EXTERNAL: Index = Index { table: Table::Contract, code: 2, name: "external id", unique: true };

/// A target and the tickets it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Entitlement {
    /// Tickets of that priority; none: of every.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Tickets of that kind; none: of every.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What is owed.
    #[serde(flatten)]
    pub target: Target,
}

/// What was agreed with a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Ids in other systems.
    #[serde(default, skip_serializing_if = "ExternalIds::is_empty")]
    pub external_ids: ExternalIds,
    /// With whom; it holds for the nodes below too, unless they have their own.
    pub company: CompanyId,
    /// What it is called.
    pub name: String,
    /// What is owed. Of several that fit a ticket the narrowest holds: priority and kind, then priority, then kind.
    pub entitlements: Vec<Entitlement>,
    /// Since when; none: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Instant>,
    /// Until when; none: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Instant>,
}

stored!(
    Contract,
    personal: [],
    key: |c| Key::from(c.id),
    indexes: |c| {
        let mut entries = external_entries(CONTRACT_BY_EXTERNAL, &c.external_ids);
        entries.push(CONTRACT_BY_COMPANY.entry(vec![c.company.into()]));
        entries
    },
);

impl Contract {
    /// Whether it holds at `now`.
    pub fn holds(&self, now: Instant) -> bool {
        self.valid_from.is_none_or(|from| from <= now) && self.valid_to.is_none_or(|to| now < to)
    }

    /// What is owed for a ticket of that priority and kind: per metric the narrowest entitlement.
    pub fn targets(&self, priority: Priority, kind: &str) -> Vec<Target> {
        let fits = |it: &&Entitlement| {
            it.priority.is_none_or(|wanted| wanted == priority)
                && it.kind.as_deref().is_none_or(|wanted| wanted == kind)
        };
        let width = |it: &Entitlement| (it.priority.is_none(), it.kind.is_none());
        let mut fitting: Vec<&Entitlement> = self.entitlements.iter().filter(fits).collect();
        fitting.sort_by(|a, b| (width(a), &a.target).cmp(&(width(b), &b.target)));
        let mut targets: Vec<Target> = Vec::new();
        for it in fitting {
            if !targets.iter().any(|other| other.metric == it.target.metric) {
                targets.push(it.target.clone());
            }
        }
        targets
    }
}
