//! The core: commands on one path, questions and their joins, generations, packs, imports.
//!
//! It reaches storage and sandbox through the ports of `plugdesk-domain` alone: no async runtime, no HTTP, no engine.
//! Start with [`Desks`] (every desk of a process), then [`Desk`] and `path.rs`, the one path that every command takes:
//! authorise → read → ask the policies → join → decide → one `Change` → commit → answer.

pub mod access;
mod account;
mod asking;
mod audit;
mod binding;
mod capture;
mod command;
pub mod configuration;
mod decision;
mod desk;
mod desks;
mod draft;
mod error;
pub mod follow;
pub mod generation;
mod hold;
mod idempotency;
pub mod import;
pub mod input;
mod json;
pub mod locale;
mod metrics;
mod options;
pub mod pack;
mod path;
mod pool;
mod ports;
mod presence;
mod query;
pub mod question;
mod resolve;
mod running;
pub mod setup;
mod show;
pub mod strict;
pub mod target;
mod timer;
pub mod transcript;
mod turn;
pub mod vector;
mod view;

pub use access::{KeyMade, NewKey, Secret};
pub use audit::{AuditFilter, AuditLog, AuditPage, Audited};
pub use binding::{
    BindingDiff, BindingPatch, BindingView, Difference, GenerationDiff, NewBinding, PolicyBinding, PolicyView,
};
pub use capture::{Capture, CapturedCall};
pub use desk::Desk;
pub use desks::{Desks, HoldView, NewHold};
pub use error::{Error, Fault, PackProblem};
pub use idempotency::{ANSWERS_KEPT_MS, MOST_KEY_BYTES};
pub use import::{Format, MOST_FILE_BYTES, Mapping, NewImport};
pub use input::{
    Acceptance, AgentPatch, CompanyPatch, CompanyRef, ContactPatch, ContactRef, ContractPatch, NewAgent, NewCalendar,
    NewCommitment, NewCompany, NewContact, NewContract, NewDefinition, NewDesk, NewEntitlement, NewEntry, NewIdentity,
    NewLink, NewMembership, NewMerge, NewTarget, NewTeam, NewTicket, NewTurn, TicketMerge, TicketPatch,
};
pub use input::{DeskPatch, MembershipPatch};
pub use input::{NewWebhook, WebhookPatch};
pub use options::{DEFAULT_ATTEMPTS, DEFAULT_DESKS, DEFAULT_QUEUE, Options};
pub use pack::{InstallOptions, Installed, Removed};
pub use ports::{Clock, Entropy, Parts};
pub use query::{Owing, OwingFilter, Promise, TicketFilter};
pub use query::{REPORTS, ReportRow, ReportView};
pub use vector::Vector;
pub use view::{AccountPerson, AccountPromise, AccountView, TreeNode, TreeView};
pub use view::{
    Actor, CompanyView, ContactView, DeskHealth, Done, FailingBinding, HealthView, How, Idempotency, IfMatch,
    MergedRecord, PageRequest,
};
pub use view::{FailingFollower, FollowerLag, State, Timers, WebhookView};

// What an agent does with tickets.
pub use command::{Action, ActionView, ActionsView, FREE_HANDOFFS};
pub use input::{AssignTicket, EscalateTicket, ReopenTicket, ResolveTicket, SnoozeTicket, TakeTicket};
pub use presence::{Doing, NewPresence, PRESENCE_MS, Present};
pub use query::{
    Assigned, Brief, BriefPerson, DueView, ElapsedView, EscalationFilter, EscalationView, Highlight, Sort, Status,
    TimeUnit, TimelineItem, TimelineWhat,
};
