//! What is kept: every kind of record, its key, its indexes and its personal fields.
//!
//! A record is a plain value. `version` grows by one per write; whoever changes a record raises it
//! ([`Stored::touch`]) and the store checks that nobody was faster. Adding a kind of record is one file beside these,
//! one line in `records!` below and one in [`crate::key::Table`].

mod access;
mod agent;
mod calendar;
pub mod commitment;
pub mod company;
mod contact;
mod contract;
mod decision;
mod definition;
mod desk;
pub mod entry;
pub mod escalation;
pub mod findings;
mod follower;
pub mod import;
mod link;
pub mod merge;
mod pack;
pub mod policy;
mod process;
pub mod proposal;
mod shorten;
mod stored_answer;
pub mod ticket;
mod webhook;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::key::{IndexEntry, Key, Table};
use crate::time::Instant;

pub use access::{ApiKey, KEY_BY_DESK, KEY_BY_PREFIX};
pub use agent::{AGENT_BY_NAME, AGENT_BY_TEAM, Agent, Team};
pub use calendar::{ALWAYS, Calendar, Hours, Weekday};
pub use commitment::{Commitment, CommitmentState, Target};
pub use company::{
    COMPANY_BY_DOMAIN, COMPANY_BY_EXTERNAL, COMPANY_BY_NAME, COMPANY_BY_PARENT, Company, MEMBERSHIP_BY_COMPANY,
    MEMBERSHIP_BY_CONTACT, Membership, Money, StakeholderRole,
};
pub use contact::{
    Address, CONTACT_BY_ADDRESS, CONTACT_BY_EXTERNAL, CONTACT_BY_MATCH, Contact, ContactState, IDENTITY_BY_CONTACT,
    IDENTITY_BY_LIKENESS, Identity, IdentityError, IdentityKind, normalise_identity,
};
pub use contract::{CONTRACT_BY_COMPANY, CONTRACT_BY_EXTERNAL, Contract, Entitlement};
pub use decision::{Asked, DECISION_BY_SUBJECT, Decision, DecisionOutcome, Opinion, ReadVersion};
pub use definition::{Definition, DefinitionSort};
pub use desk::Desk;
pub use entry::{Author, Entry, EntryKind};
pub use escalation::{
    Audience, ESCALATION_BY_STATE, ESCALATION_BY_TICKET, Escalated, Escalation, EscalationState, EscalationStep,
};
pub use findings::{Fact, Findings, Signal};
pub use follower::{
    CommandOutcome, Cursor, Posting, REACTION_BY_NEXT, REACTION_BY_SUBJECT, Reaction, ReactionCommand, Report,
};
pub use import::{Import, ImportState, RefusedRow};
pub use link::{LINK_BY_FROM, LINK_BY_TO, Link, LinkKind};
pub use merge::{FieldPlan, MERGE_BY_LOSER, MERGE_BY_WINNER, MERGE_HISTORY, Merge, MergeKind, Side};
pub use pack::{PACK_BY_NAME, Pack, PackPlugin};
pub use policy::{Binding, BindingScope, Configuration, FailureRule, Generation, Mode};
pub use process::{Hold, LastBackup, PROCESS, Process};
pub use proposal::{PROPOSAL_BY_RECORD, PROPOSAL_BY_STATE, Proposal, ProposalKind, ProposalOption, ProposalState};
pub use stored_answer::StoredAnswer;
pub use ticket::{
    Category, Counters, Deferred, Grade, NextAction, Priority, Qualified, TICKET_BY_ASSIGNEE, TICKET_BY_COMMITMENT,
    TICKET_BY_COMPANY, TICKET_BY_EXTERNAL, TICKET_BY_KIND, TICKET_BY_NUMBER, TICKET_BY_QUEUE, TICKET_BY_REQUESTER,
    TICKET_BY_TEAM, TICKET_BY_WAKE, Ticket, Track, Tracked, Turn,
};
pub use webhook::{
    ASIDE, Attempt, DELIVERY_BY_NEXT, DELIVERY_BY_WEBHOOK, Delivery, DeliveryState, PreviousKey, SigningKey,
    WEBHOOK_TESTED, Webhook,
};

/// What every record tells of itself.
pub trait Stored: Sized + Serialize + DeserializeOwned {
    /// Where it is kept.
    const TABLE: Table;
    /// The names of the JSON fields that hold personal data; erasing a person empties them.
    const PERSONAL: &'static [&'static str];
    /// Its key in its table.
    fn key(&self) -> Key;
    /// Every index entry it has. The store derives them on each write and takes back those that no longer hold.
    fn indexes(&self) -> Vec<IndexEntry>;
    /// 1 when created, then one more per write.
    fn version(&self) -> u64;
    /// Raises the version and sets the time of the last write.
    fn touch(&mut self, now: Instant);
    /// As one of all records.
    fn into_record(self) -> Record;
    /// Back again; none: it is of another kind.
    fn from_record(record: Record) -> Option<Self>;
    /// A look at it; none: it is of another kind.
    fn of_record(record: &Record) -> Option<&Self>;
}

/// Implements [`Stored`]: the table, the personal fields, then the key and the index entries as closures of the record.
macro_rules! stored {
    ($type:ident, personal: [$($personal:literal),*], key: |$r:ident| $key:expr, indexes: |$i:ident| $indexes:expr $(,)?) => {
        impl $crate::record::Stored for $type {
            const TABLE: $crate::key::Table = $crate::key::Table::$type;
            const PERSONAL: &'static [&'static str] = &[$($personal),*];
            fn key(&self) -> $crate::key::Key {
                let $r = self;
                $key
            }
            fn indexes(&self) -> Vec<$crate::key::IndexEntry> {
                let $i = self;
                $indexes
            }
            fn version(&self) -> u64 {
                self.version
            }
            fn touch(&mut self, now: $crate::time::Instant) {
                self.version += 1;
                self.updated_at = now;
            }
            fn into_record(self) -> $crate::record::Record {
                $crate::record::Record::$type(std::sync::Arc::new(self))
            }
            fn from_record(record: $crate::record::Record) -> Option<Self> {
                match record {
                    $crate::record::Record::$type(it) => Some(std::sync::Arc::unwrap_or_clone(it)),
                    _ => None,
                }
            }
            fn of_record(record: &$crate::record::Record) -> Option<&Self> {
                match record {
                    $crate::record::Record::$type(it) => Some(it),
                    _ => None,
                }
            }
        }
    };
}
use stored;

macro_rules! records {
    ($($name:ident),* $(,)?) => {
        /// Any record. Cheap to clone: a draft, its change and the answer hold the same one.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Record { $(
            #[doc = concat!("See [`", stringify!($name), "`].")]
            $name(Arc<$name>),
        )* }

        impl Record {
            /// Its table.
            pub fn table(&self) -> Table {
                match self { $(Self::$name(_) => Table::$name,)* }
            }
            /// Its key.
            pub fn key(&self) -> Key {
                match self { $(Self::$name(it) => it.key(),)* }
            }
            /// Its index entries.
            pub fn indexes(&self) -> Vec<IndexEntry> {
                match self { $(Self::$name(it) => it.indexes(),)* }
            }
            /// Its version.
            pub fn version(&self) -> u64 {
                match self { $(Self::$name(it) => it.version(),)* }
            }
            /// As JSON bytes.
            pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
                match self { $(Self::$name(it) => serde_json::to_vec(it),)* }
            }
            /// From JSON bytes of that table.
            pub fn from_json(table: Table, json: &[u8]) -> Result<Self, serde_json::Error> {
                match table { $(Table::$name => Ok(Self::$name(Arc::new(serde_json::from_slice(json)?))),)* }
            }
        }

        /// The personal fields of each table, by table.
        pub fn personal_fields(table: Table) -> &'static [&'static str] {
            match table { $(Table::$name => <$name as Stored>::PERSONAL,)* }
        }
    };
}

records! {
    Desk, ApiKey, Contact, Identity, Company, Membership, Ticket, Entry, Findings, Decision, Pack, Configuration,
    Generation, StoredAnswer, Import, Link, Merge, Contract, Calendar, Agent, Team, Proposal, Escalation, Definition,
    Webhook, Delivery, Reaction, Cursor, Report, Posting,
    Process,
}

/// Ids that other systems know a record by: system name → id. Unique per desk, table and system.
pub type ExternalIds = std::collections::BTreeMap<String, String>;

/// The index entries of a record's external ids.
fn external_entries(index: crate::key::Index, ids: &ExternalIds) -> Vec<IndexEntry> {
    ids.iter().map(|(system, id)| index.entry(vec![system.as_str().into(), id.as_str().into()])).collect()
}

/// A reason: a code that the pack's locales translate, its parameters, and the records or fields it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reason {
    /// Looked up in the pack's `locales/*.ftl`.
    pub code: String,
    /// What the text names, by name.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub params: std::collections::BTreeMap<String, String>,
    /// Ids of records, or names of fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// The text in the reader's language. Filled when it is shown, never stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
