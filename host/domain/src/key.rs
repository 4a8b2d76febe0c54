//! How records are found: tables, keys, and the indexes that a record declares.
//!
//! A key is a short tuple of fields. The store writes it in bytes whose order is the order of the tuples, and derives
//! every index entry from the record itself ([`crate::record::Stored::indexes`]), in one place.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::record::Record;

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident = $code:literal $text:literal)*) => {
        /// A kind of record. The number is part of every stored key and is never given to another kind.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Table { $($(#[$doc])* $name = $code,)* }

        impl Table {
            /// Every table there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The number in stored keys.
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// The table with that number.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$name),)* _ => None }
            }

            /// The name in exports and messages.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

tables! {
    /// Desks; in the root namespace.
    Desk = 1 "desk"
    /// API keys; in the root namespace.
    ApiKey = 2 "api-key"
    /// People.
    Contact = 3 "contact"
    /// Addresses at which people are known.
    Identity = 4 "identity"
    /// Company nodes.
    Company = 5 "company"
    /// Who belongs to which company node.
    Membership = 6 "membership"
    /// Tickets, leads among them.
    Ticket = 7 "ticket"
    /// What was said or done on tickets.
    Entry = 8 "entry"
    /// Facts and signals, by subject and source.
    Findings = 9 "findings"
    /// What policies decided.
    Decision = 10 "decision"
    /// Installed packs.
    Pack = 11 "pack"
    /// Configurations of bindings, by digest.
    Configuration = 12 "configuration"
    /// Generations of bindings.
    Generation = 13 "generation"
    /// Answers kept for idempotency keys.
    StoredAnswer = 14 "stored-answer"
    /// Runs of imports.
    Import = 15 "import"
    /// Reversible relations.
    Link = 16 "link"
    /// Merges by pointer, those undone too.
    Merge = 17 "merge"
    /// What was agreed with companies.
    Contract = 18 "contract"
    /// Business time.
    Calendar = 19 "calendar"
    /// People who serve.
    Agent = 20 "agent"
    /// Teams of them.
    Team = 21 "team"
    /// What policies suggest and people decide.
    Proposal = 22 "proposal"
    /// Matters on their way up.
    Escalation = 23 "escalation"
    /// Ticket kinds, states and segments, with their schemas.
    Definition = 24 "definition"
    /// Addresses that events are sent to.
    Webhook = 25 "webhook"
    /// Events on their way to webhooks.
    Delivery = 26 "delivery"
    /// What policies do because of events.
    Reaction = 27 "reaction"
    /// How far each follower has read the log.
    Cursor = 28 "cursor"
    /// Reports, kept as events come.
    Report = 29 "report"
    /// The words by which tickets are found.
    Posting = 30 "posting"
    /// What the process remembers of itself; in the root namespace.
    Process = 31 "process"
}

/// One place of a key or an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// A whole number, in numeric order.
    Int(i64),
    /// The UUID of an id, in the order of creation.
    Id(Uuid),
    /// A text, in the order of its bytes; at most 512 of them, the store refuses more.
    Text(String),
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Field {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

/// Where a record stands in its table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub Vec<Field>);

impl<T: Into<Field>> From<T> for Key {
    fn from(field: T) -> Self {
        Self(vec![field.into()])
    }
}

/// A declared index: an order over the records of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Index {
    /// The table it is over.
    pub table: Table,
    /// Its number in stored keys, unique within the table and never given to another index.
    pub code: u8,
    /// Its name in messages.
    pub name: &'static str,
    /// Whether two records may not share an entry; the store refuses the second with a conflict.
    pub unique: bool,
}

/// One entry of an index. The store appends the record's own key to those that are not unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    /// Which index.
    pub index: Index,
    /// What stands in it.
    pub fields: Vec<Field>,
}

impl Index {
    /// An entry of this index.
    pub fn entry(self, fields: Vec<Field>) -> IndexEntry {
        IndexEntry { index: self, fields }
    }
}

/// Which way a scan goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Ascending by key.
    #[default]
    Forward,
    /// Descending by key.
    Backward,
}

/// A bounded read of a table in the order of its keys or of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The table.
    pub table: Table,
    /// The index whose order is wanted; none: the order of the keys.
    pub index: Option<Index>,
    /// Only what begins with these fields.
    pub prefix: Vec<Field>,
    /// Only where the text behind the prefix begins so; none: whatever it is.
    pub begins: Option<String>,
    /// Only from here on, the prefix included, in the order of the keys; a scan backward begins there and goes down.
    /// Fields beyond those of an index entry are the record's own key. None: from the prefix's first on.
    pub from: Option<Vec<Field>>,
    /// Go on behind this place, as an earlier [`Page::next`] gave it. Opaque, but safe to take from a stranger: a
    /// place outside the prefix yields an error and never another desk's record.
    pub after: Option<Vec<u8>>,
    /// Which way.
    pub direction: Direction,
    /// At most so many records, 1 to [`Scan::MOST`].
    pub limit: usize,
}

impl Scan {
    /// A page of a REST list is at most 200; imports and exports read 1,000 at a time to save round trips.
    pub const MOST: usize = 1_000;

    /// A table in the order of its keys.
    pub fn table(table: Table) -> Self {
        Self {
            table,
            index: None,
            prefix: Vec::new(),
            begins: None,
            from: None,
            after: None,
            direction: Direction::Forward,
            limit: 50,
        }
    }

    /// The records of an index that begin with `prefix`.
    pub fn index(index: Index, prefix: Vec<Field>) -> Self {
        Self { index: Some(index), prefix, ..Self::table(index.table) }
    }

    /// Only keys that begin so.
    #[must_use]
    pub fn with_prefix(self, prefix: Vec<Field>) -> Self {
        Self { prefix, ..self }
    }

    /// Only where the text behind the prefix begins so.
    #[must_use]
    pub fn beginning(self, text: impl Into<String>) -> Self {
        Self { begins: Some(text.into()), ..self }
    }

    /// Only from that place on.
    #[must_use]
    pub fn from(self, fields: Vec<Field>) -> Self {
        Self { from: Some(fields), ..self }
    }

    /// Go on behind that place.
    #[must_use]
    pub fn with_after(self, after: Option<Vec<u8>>) -> Self {
        Self { after, ..self }
    }

    /// Descending.
    #[must_use]
    pub fn backward(self) -> Self {
        Self { direction: Direction::Backward, ..self }
    }

    /// At most so many.
    #[must_use]
    pub fn with_limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }
}

/// What a scan found.
#[derive(Debug, Clone)]
pub struct Page<R = Record> {
    /// In order.
    pub records: Vec<R>,
    /// Where to go on; none: this was the last.
    pub next: Option<Vec<u8>>,
}
