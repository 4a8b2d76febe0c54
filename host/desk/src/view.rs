//! What queries and commands give back where a record alone would not do.

mod account;
mod webhook;

use plugdesk_domain::record::Desk as DeskRecord;
use plugdesk_domain::{
    Company, CompanyId, Contact, ContactId, Decision, Digest, Health, Hold, Identity, Instant, LastBackup, Membership,
    MergeId,
};
use serde::{Deserialize, Serialize};

pub use account::{AccountPerson, AccountPromise, AccountView, TreeNode, TreeView};
pub use webhook::WebhookView;

/// A person with the addresses and memberships.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ContactView {
    /// The person.
    #[serde(flatten)]
    pub contact: Contact,
    /// The addresses, by kind and value.
    pub identities: Vec<Identity>,
    /// All memberships, those that ended too, oldest first. Each bears the id of the contact that it was noted for, so
    /// that those of merged contacts stand side by side.
    pub memberships: Vec<Membership>,
    /// The id that was asked for, when it points to this contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_from: Option<ContactId>,
    /// The contacts that point to this one, directly or through others, those merged earlier first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<MergedRecord>,
}

/// A company node as it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CompanyView {
    /// The node; values that it lacks, and those that a merge's plan names, are those of the nodes that point to it.
    #[serde(flatten)]
    pub company: Company,
    /// The id that was asked for, when it points to this node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_from: Option<CompanyId>,
    /// The nodes that point to this one, directly or through others, those merged earlier first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<MergedRecord>,
}

/// Whoever has the view has the node.
impl std::ops::Deref for CompanyView {
    type Target = Company;

    fn deref(&self) -> &Company {
        &self.company
    }
}

/// A record that points to the one shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MergedRecord {
    /// Its id.
    pub id: String,
    /// Its own name, or its subject.
    pub name: String,
    /// The merge, to undo it by.
    pub merge: MergeId,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
}

/// What a command gives back.
#[derive(Debug, Clone, PartialEq)]
pub struct Done<T> {
    /// What was made or changed, as it is stored; of a preview, as it would be.
    pub value: T,
    /// What policies decided; none: no policy was asked.
    pub decision: Option<Decision>,
    /// Whether this is the answer of an earlier request with the same idempotency key.
    pub repeated: bool,
}

impl<T> Done<T> {
    /// The same about another value.
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Done<U> {
        Done { value: f(self.value), decision: self.decision, repeated: self.repeated }
    }
}

/// How a command is to be carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct How {
    /// The request's idempotency key.
    pub idempotency: Option<Idempotency>,
    /// What must be stored; none: whatever is there.
    pub if_match: Option<IfMatch>,
    /// Decide and answer, but store nothing. The number of a ticket that was not made is 0.
    pub preview: bool,
    /// What policies hear for who acts.
    pub actor: Actor,
    /// How many causes deep it stands; 0: a person's own act.
    pub depth: u8,
    /// The policy that asked for it, by name, because of an event.
    pub policy: Option<String>,
    /// Under which the log knows where it comes from: a request's id, or what the desk calls its own work.
    pub origin: Option<String>,
}

/// What must be stored for a command to be carried out (RFC 9110, section 13.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// Something, at any version: `*`.
    Any,
    /// The record at that version.
    Version(u64),
}

impl IfMatch {
    /// Whether it holds for what stands at that version; 0: nothing is there.
    pub(crate) fn holds(self, version: u64) -> bool {
        match self {
            Self::Any => version > 0,
            Self::Version(wanted) => wanted == version,
        }
    }
}

/// What a command stands for, beside who sends it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Actor {
    /// A person acts, as the principal's role says.
    #[default]
    Principal,
    /// A file is brought in.
    Import,
    /// A policy asked for it, because of an event.
    Policy,
    /// The desk itself.
    System,
}

/// An idempotency key with what it was sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// As the client chose it; 1 to 128 bytes.
    pub key: String,
    /// Of the whole request: the same key with another digest is refused.
    pub request: Digest,
}

/// A page that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// At most so many; none: 50. Above 200 counts as 200.
    pub limit: Option<usize>,
    /// Go on behind this place, as the page before gave it.
    pub after: Option<Vec<u8>>,
}

impl PageRequest {
    /// A list that nobody bounds.
    pub const DEFAULT: usize = 50;
    /// A page is read in one go; 200 tickets of 96 KiB are 20 MB already.
    pub const MOST: usize = 200;

    /// The number of records to read.
    pub fn limit(&self) -> usize {
        self.limit.unwrap_or(Self::DEFAULT).clamp(1, Self::MOST)
    }
}

/// How the process is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HealthView {
    /// Whether it takes writes.
    pub ready: bool,
    /// The same in a word.
    pub state: State,
    /// Why not, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What its clock shows.
    pub now: Instant,
    /// The hold that an operator put on writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// The last backup that was sent whole; none: there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_backup: Option<LastBackup>,
    /// The store's own health.
    pub store: Health,
    /// The contract that policies speak.
    pub contract: String,
    /// Commands that wait for a thread.
    pub queued: u64,
    /// Commands being worked on, the waiting ones included.
    pub in_flight: u64,
    /// The desks, each with its generation and what is degraded.
    pub desks: Vec<DeskHealth>,
}

/// Whether a process takes writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It does.
    Ready,
    /// An operator holds them, until an operator ends that.
    Held,
    /// The disk is full; writing goes on by itself when there is room.
    NoSpace,
    /// The store failed; it takes no writes until the process was started again.
    ReadOnly,
    /// It is about to end.
    ShuttingDown,
}

impl State {
    /// Every state there is.
    pub const ALL: [Self; 5] = [Self::Ready, Self::Held, Self::NoSpace, Self::ReadOnly, Self::ShuttingDown];

    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Held => "held",
            Self::NoSpace => "no-space",
            Self::ReadOnly => "read-only",
            Self::ShuttingDown => "shutting-down",
        }
    }
}

/// Timers that should have gone off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Timers {
    /// How many are more than a minute late; counted up to a thousand.
    pub late: u64,
    /// When the first of them was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Instant>,
}

/// A follower of the log that has much of it before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FollowerLag {
    /// Its name.
    pub follower: String,
    /// The events that it has not looked at.
    pub events: u64,
}

/// How one desk is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeskHealth {
    /// The desk.
    pub desk: DeskRecord,
    /// The generation in force; 0: nothing was ever bound.
    pub generation: u64,
    /// Questions that no active policy answers.
    pub unbound: Vec<String>,
    /// Bindings that can't be asked, or whose breaker is open.
    pub failing: Vec<FailingBinding>,
    /// Followers of the log that fail and try again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followers: Vec<FailingFollower>,
    /// Followers of the log that are far behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub behind: Vec<FollowerLag>,
    /// Timers that are late.
    #[serde(default)]
    pub timers: Timers,
    /// When the newest event was told: later than now, if the clock was set back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_event_at: Option<Instant>,
}

/// A follower of the log that fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FailingFollower {
    /// Its name, such as `search` or `webhook/webhook_…`.
    pub follower: String,
    /// The last event that it looked at.
    pub place: u64,
    /// How often it failed in a row.
    pub failures: u32,
    /// How, in words.
    pub message: String,
}

/// A binding that does not answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FailingBinding {
    /// The policy.
    pub policy: String,
    /// The question.
    pub question: String,
    /// How it fails.
    pub class: plugdesk_domain::OutcomeClass,
    /// In words.
    pub message: String,
}
