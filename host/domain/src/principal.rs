//! Who acts: a typed principal that carries its desk, and the one function that decides rights.

use serde::{Deserialize, Serialize};

use crate::id::{ContactId, DeskId, KeyId};

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The whole process: every desk, its keys, backups. Keys of this role belong to no desk.
    Operator,
    /// Everything within one desk.
    Admin,
    /// Works on tickets, contacts, companies.
    Agent,
    /// One customer: own tickets only.
    Customer,
    /// Installs packs and changes bindings, reads decisions.
    Author,
    /// Reads everything of one desk, writes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [Self::Operator, Self::Admin, Self::Agent, Self::Customer, Self::Author, Self::Auditor];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::Customer => "customer",
            Self::Author => "author",
            Self::Auditor => "auditor",
        }
    }

    /// Whether the role may act so. Everything that is not named here is denied.
    pub fn may(self, area: Area, act: Act) -> bool {
        match (self, area, act) {
            (Self::Operator, _, _) => true,
            (Self::Admin | Self::Auditor, Area::Process, _) => false,
            (Self::Admin, _, _) => true,
            (Self::Agent, Area::Work, _) | (Self::Agent, Area::Record | Area::Policy, Act::Read) => true,
            (Self::Customer, Area::Work, _) => true,
            (Self::Author, Area::Policy, _) | (Self::Author, Area::Record | Area::Work, Act::Read) => true,
            (Self::Auditor, _, Act::Read) => true,
            (Self::Agent | Self::Customer | Self::Author | Self::Auditor, _, _) => false,
        }
    }
}

/// What an action touches; together with read or write it is what rights are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    /// Tickets, entries, contacts, companies, memberships.
    Work,
    /// Bulk import and export.
    Transfer,
    /// Decisions and events.
    Record,
    /// Packs, policies, bindings, generations.
    Policy,
    /// The desk's keys and settings.
    Access,
    /// Desks, backup, verify: the process.
    Process,
}

/// Reading or writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Changes nothing.
    Read,
    /// Changes something.
    Write,
}

/// Who acts, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The desk it acts in; none: an operator, who names one with each request.
    pub desk: Option<DeskId>,
    /// Its role.
    pub role: Role,
    /// How it is named in events: a key, or what the embedder's own login says.
    pub name: String,
    /// The key it came with.
    pub key: Option<KeyId>,
    /// The contact that a customer is.
    pub contact: Option<ContactId>,
    /// The agent that it is, by name.
    pub agent: Option<String>,
}

impl Principal {
    /// The process's own operator: the command line on the desk's folder or socket.
    pub fn operator() -> Self {
        Self { desk: None, role: Role::Operator, name: "operator".to_owned(), key: None, contact: None, agent: None }
    }

    /// Whether this principal may act so. An embedder's login makes principals too, so what does not fit together opens
    /// nothing: whoever is no operator belongs to a desk, and an operator who belongs to one is let near no other and
    /// not near the process.
    pub fn may(&self, area: Area, act: Act) -> bool {
        let fits = match self.role {
            Role::Operator => self.desk.is_none() || area != Area::Process,
            Role::Admin | Role::Agent | Role::Customer | Role::Author | Role::Auditor => self.desk.is_some(),
        };
        fits && self.role.may(area, act)
    }

    /// The word that policies hear for who acts: `agent`, `customer`, `system`, `import`, `policy`.
    pub fn actor(&self) -> &'static str {
        match self.role {
            Role::Customer => "customer",
            Role::Operator | Role::Admin | Role::Agent | Role::Author | Role::Auditor => "agent",
        }
    }
}
