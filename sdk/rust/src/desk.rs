//! The desk as a policy sees it: bounded reads, business time, its own log. There is nothing else.

use crate::bindings::host::plugdesk::desk::{account, calendar, context, log};
use crate::types::{
    Attributes, Commitment, Company, Contact, Entry, Fact, Instant, Level, Person, Refusal, Scope, Signal, TicketDigest,
};

/// What surrounds the subject, read when asked for.
///
/// A policy takes it as `&impl Desk`, never as `dyn`: so the component imports only what the policy really calls, and
/// its pack need not ask for more. At most 32 reads a question. A refusal is an answer, not a failure.
pub trait Desk {
    /// The contact that the subject is, or was brought by. Needs `contact`.
    fn contact(&self) -> Result<Option<Contact>, Refusal>;
    /// The company that the subject is, or is for. Needs `company`.
    fn company(&self) -> Result<Option<Company>, Refusal>;
    /// Custom fields of the subject, its contact or its company, by name, sorted; a field that is not set is left out.
    /// At most 256 names. Needs `attributes`.
    fn attributes(&self, of: &str, names: &[String]) -> Result<Attributes, Refusal>;
    /// The ticket's entries, newest first. Needs `entries = n`.
    fn entries(&self, at_most: u32) -> Result<Vec<Entry>, Refusal>;
    /// Other tickets of that scope, newest first. Needs `tickets.contact = n` and so on.
    fn tickets(&self, scope: Scope, at_most: u32) -> Result<Vec<TicketDigest>, Refusal>;
    /// Facts about the subject, its contact or its company, of one kind or all. Needs `facts`.
    fn facts(&self, of: &str, kind: Option<&str>) -> Result<Vec<Fact>, Refusal>;
    /// Signals likewise. Needs `signals`.
    fn signals(&self, of: &str, kind: Option<&str>) -> Result<Vec<Signal>, Refusal>;
    /// What is owed on the ticket, and was, oldest first; at most 16. Needs `commitments`.
    fn commitments(&self) -> Result<Vec<Commitment>, Refusal>;
    /// The nodes above the subject's company, the nearest first; at most 16. Needs `account`.
    fn ancestors(&self) -> Result<Vec<Company>, Refusal>;
    /// The people of the subject's company and the nodes above whose memberships hold, deciders first; at most 64.
    /// Needs `account`.
    fn people(&self) -> Result<Vec<Person>, Refusal>;
    /// The instant `minutes` of the calendar's time after `start`; none: no such calendar. Needs `calendar`.
    fn later(&self, calendar: &str, start: Instant, minutes: u32) -> Option<Instant>;
    /// Whole minutes of the calendar's time from `start` to `end`. Needs `calendar`.
    fn minutes_between(&self, calendar: &str, start: Instant, end: Instant) -> Option<i64>;
    /// When the `days`-th working day after that of `start` closes: what *within two working days* means. None: no such
    /// calendar, no days, or not so many within ten years. Needs `calendar`.
    fn working_days_later(&self, calendar: &str, start: Instant, days: u32) -> Option<Instant>;
    /// A line for the policy's own log: at most 64 a call, 1 KiB each.
    fn log(&self, level: Level, message: &str);
}

/// The desk that runs the component. Only the glue of `plugin!` makes one; outside wasm every call panics.
#[derive(Debug, Clone, Copy)]
pub struct Host;

impl Desk for Host {
    fn contact(&self) -> Result<Option<Contact>, Refusal> {
        context::find_contact()
    }

    fn company(&self) -> Result<Option<Company>, Refusal> {
        context::find_company()
    }

    fn attributes(&self, of: &str, names: &[String]) -> Result<Attributes, Refusal> {
        context::attributes_of(of, names)
    }

    fn entries(&self, at_most: u32) -> Result<Vec<Entry>, Refusal> {
        context::entries(at_most)
    }

    fn tickets(&self, scope: Scope, at_most: u32) -> Result<Vec<TicketDigest>, Refusal> {
        context::tickets(scope, at_most)
    }

    fn facts(&self, of: &str, kind: Option<&str>) -> Result<Vec<Fact>, Refusal> {
        context::facts(of, kind)
    }

    fn signals(&self, of: &str, kind: Option<&str>) -> Result<Vec<Signal>, Refusal> {
        context::signals(of, kind)
    }

    fn commitments(&self) -> Result<Vec<Commitment>, Refusal> {
        account::commitments()
    }

    fn ancestors(&self) -> Result<Vec<Company>, Refusal> {
        account::ancestors()
    }

    fn people(&self) -> Result<Vec<Person>, Refusal> {
        account::people()
    }

    fn later(&self, calendar: &str, start: Instant, minutes: u32) -> Option<Instant> {
        calendar::add(calendar, start, minutes)
    }

    fn minutes_between(&self, calendar: &str, start: Instant, end: Instant) -> Option<i64> {
        calendar::between(calendar, start, end)
    }

    fn working_days_later(&self, calendar: &str, start: Instant, days: u32) -> Option<Instant> {
        calendar::add_working_days(calendar, start, days)
    }

    fn log(&self, level: Level, message: &str) {
        log::write(level, message);
    }
}
