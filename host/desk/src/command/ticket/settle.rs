//! Every question about a ticket, in its one order, whichever command changed it. Each sees what the one before changed.
//! `docs/commands.md` has the table.

use plugdesk_domain::question::Question;
use plugdesk_domain::question::escalate::Escalate;
use plugdesk_domain::{Category, Deferred, ExternalIds, Key, Ticket};
use serde_json::Value;

use super::clocks::{self, Heard};
use super::{outcome, tell_qualified};
use crate::draft::Draft;
use crate::error::Error;
use crate::question::escalate::Cause;
use crate::question::{affiliate, classify, correlate, escalate, promise, qualify, track};

/// The questions that are asked of a ticket here, and so can be put off.
pub(crate) const ASKED: [&str; 7] = ["classify", "affiliate", "correlate", "qualify", "track", "promise", "escalate"];
/// A question that fails is put off so long, twice as long each time, and at most so long.
const FIRST_PUT_OFF_MS: i64 = 60_000;
const LONGEST_PUT_OFF_MS: i64 = 3_600_000;
/// It is put off at most so often: after more than a day a person has to look, and the next change asks again.
const MOST_PUT_OFF: u32 = 30;

/// What a command did, beside what the ticket itself shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Occasion {
    /// A person gave the segment back to the policies.
    pub(crate) unpinned: bool,
    /// What was said.
    pub(crate) heard: Heard,
    /// What `escalate` is asked about, beside what the ticket itself shows.
    pub(crate) causes: Vec<Cause>,
    /// What `promise` is asked because of, beside what the ticket itself shows: `contract`, `calendar`.
    pub(crate) promise: Option<&'static str>,
    /// Questions whose time has come again, by name: `qualify`, or what was deferred.
    pub(crate) again: Vec<String>,
}

/// Asks what there is to ask about a ticket of the draft, `before` being how it was stored (none: it is new), and puts
/// the ticket into the draft after each answer.
pub(crate) fn settle(
    draft: &mut Draft<'_>,
    before: Option<&Ticket>,
    ticket: &mut Ticket,
    occasion: Occasion,
) -> Result<(), Error> {
    let changed = |what: fn(&Ticket, &Ticket) -> bool, ticket: &Ticket| before.is_none_or(|it| what(it, ticket));
    let again = |question: &str| occasion.again.iter().any(|it| it == question);
    // A policy's command takes what it sets going down with it; a person begins anew. See `Ticket::timer_depth`.
    let depth = draft.cause.depth;
    ticket.timer_depth = if depth == 0 { 0 } else { depth.max(ticket.timer_depth) };
    clocks::turn(draft, before, ticket, occasion.heard);
    keep(draft, ticket)?;
    if occasion.unpinned || again("classify") || changed(classified_by, ticket) {
        classify::ticket(draft, ticket)?;
        keep(draft, ticket)?;
    }
    if ticket.company.is_none() && (again("affiliate") || changed(|a, b| a.requester != b.requester, ticket)) {
        affiliate::ticket(draft, ticket)?;
        if ticket.company.is_some() {
            classify::inherit(draft, ticket)?;
        }
        keep(draft, ticket)?;
    }
    if ticket.company.is_some() && before.is_some_and(|it| it.company.is_none()) {
        affiliate::settled(draft, ticket)?;
    }
    if again("correlate") || changed(|a, b| a.subject != b.subject || a.company != b.company, ticket) {
        correlate::ticket(draft, ticket)?;
        keep(draft, ticket)?;
    }
    if again("qualify") || changed(differs, ticket) {
        qualify::lead(draft, ticket)?;
        keep(draft, ticket)?;
    }
    let risen = draft.risen;
    if again("track") || changed(tracked_by, ticket) {
        track::ticket(draft, ticket)?;
        keep(draft, ticket)?;
    }
    // A new ticket is asked about anyway, and who is asked reads the signals.
    let alarming = before.is_some() && draft.risen > risen && !ticket.category.ended();
    let moving = before.and(draft.desk.alarm.walking.load_full()).map(|it| *it);
    let put_off_because = || again("promise").then(|| failed_because(before, "promise").0);
    let cause = promised_by(before, ticket).or(occasion.promise).or(moving).map(str::to_owned);
    let cause = cause.or_else(|| Some(put_off_because()?.unwrap_or_else(|| "opened".to_owned())));
    // What the next answer is owed by is what holds when the customer speaks, not what held when the last one was given.
    let owed = clocks::owes_next(ticket, occasion.heard);
    let cause = cause.or_else(|| owed.map(|_| "entry".to_owned()));
    if let Some(cause) = &cause {
        promise::ticket(draft, ticket, cause, owed)?;
        keep(draft, ticket)?;
    }
    let mut causes = clocks::advance(draft, before, ticket, occasion.heard)?;
    escalate::end(draft, ticket)?;
    keep(draft, ticket)?;
    if (before.is_none() || occasion.heard.spoken.is_some()) && escalate::executive(draft, ticket)? {
        causes.push(Cause::new("executive"));
    }
    causes.extend(occasion.causes);
    causes.extend(escalated_by(before, ticket));
    causes.extend(alarming.then(|| Cause::new("signal")));
    if again("escalate") || !causes.is_empty() {
        // What it failed on is not forgotten because it is asked about something else now.
        let (cause, metric) = failed_because(before, Escalate::NAME);
        causes.extend(cause.and_then(|name| Cause::named(&name, metric)));
    }
    if again("escalate") && causes.is_empty() {
        causes.push(Cause::new("look"));
    }
    let gravest = escalate::gravest(&causes).cloned();
    if gravest.is_some() {
        escalate::ticket(draft, ticket, &causes)?;
        keep(draft, ticket)?;
    }
    let because = |question: &str| match question {
        "promise" => (cause.clone(), None),
        Escalate::NAME => gravest.clone().map_or((None, None), |it| (Some(it.name.to_owned()), it.metric)),
        _ => (None, None),
    };
    put_off(draft, ticket, &occasion.again, because);
    keep(draft, ticket)?;
    if before.is_some() {
        tell_qualified(draft, before.and_then(|it| it.qualified.as_ref()), ticket);
    }
    outcome::tell(draft, before, ticket);
    if let Some(before) = before {
        tell_moves(draft, before, ticket);
    }
    *ticket = draft.peek(ticket.id)?.unwrap_or_else(|| ticket.clone());
    Ok(())
}

/// Puts the ticket into the draft if anything of it is new, at the version that it will be stored with.
fn keep(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Error> {
    let key = Key::from(ticket.id);
    let stored = if draft.pending::<Ticket>(&key).is_some() { None } else { draft.peek::<Ticket>(key.clone())? };
    let Some(kept) = draft.pending(&key).or(stored.as_ref()) else { return Ok(()) };
    (ticket.version, ticket.updated_at) = (kept.version, kept.updated_at);
    if kept != ticket {
        draft.change(ticket.clone());
        if let Some(kept) = draft.pending::<Ticket>(&key) {
            (ticket.version, ticket.updated_at) = (kept.version, kept.updated_at);
        }
    }
    Ok(())
}

/// Why that question was asked when it failed, if it did and is still to be asked again.
fn failed_because(before: Option<&Ticket>, question: &str) -> (Option<String>, Option<String>) {
    let mut failed = before.into_iter().flat_map(|it| &it.deferred).filter(|it| it.attempts > 0);
    let found = failed.find(|it| it.question == question);
    found.map_or((None, None), |it| (it.cause.clone(), it.metric.clone()))
}

/// Notes which questions are to be asked again because a policy failed whose rule is `defer`, and which are no longer.
fn put_off(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    again: &[String],
    because: impl Fn(&str) -> (Option<String>, Option<String>),
) {
    for (question, failed) in std::mem::take(&mut draft.put_off) {
        // With no attempt it is not put off: a policy wishes to be asked again then.
        let earlier = ticket.deferred.iter().position(|it| it.question == question && it.attempts > 0);
        let attempts = earlier.map_or(0, |place| ticket.deferred.remove(place).attempts);
        if !failed || !ASKED.contains(&question) {
            continue;
        }
        if attempts >= MOST_PUT_OFF {
            draft.effect(format!("{question} is not asked again by itself: it failed {attempts} times"));
            continue;
        }
        let pause = (FIRST_PUT_OFF_MS << attempts.min(20)).min(LONGEST_PUT_OFF_MS);
        let (cause, metric) = because(question);
        let (question, at) = (question.to_owned(), draft.now.plus_millis(pause));
        ticket.deferred.push(Deferred { question, at, attempts: attempts + 1, cause, metric });
    }
    // What was to be asked again now, and turned out to have nobody to ask, is done with.
    ticket.deferred.retain(|it| it.at > draft.now || !again.contains(&it.question));
}

/// Tells where the ticket went, whichever command moved it.
fn tell_moves(draft: &mut Draft<'_>, before: &Ticket, ticket: &Ticket) {
    let mut told = |name: &str, fields: Vec<(&str, Value)>| {
        let data = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        draft.tell(name, ticket.id, data);
    };
    let text = |it: &Option<String>| it.clone().map_or(Value::Null, Value::from);
    if (&before.assignee, &before.team) != (&ticket.assignee, &ticket.team) {
        let handoffs = ticket.counters.handoffs.into();
        let (assignee, team) = (text(&ticket.assignee), text(&ticket.team));
        told("ticket.assigned", vec![("assignee", assignee), ("team", team), ("handoffs", handoffs)]);
    }
    let state = || vec![("state", ticket.state.clone().into()), ("category", ticket.category.name().into())];
    match (before.category.ended(), ticket.category) {
        (false, Category::Resolved) => told("ticket.resolved", state()),
        (_, Category::Closed) if before.category != Category::Closed => told("ticket.closed", state()),
        (true, category) if !category.ended() => told("ticket.reopened", state()),
        _ => {}
    }
    if let Some(until) = ticket.snoozed_until.filter(|_| ticket.snoozed_until != before.snoozed_until) {
        told("ticket.snoozed", vec![("until", until.to_string().into())]);
    }
    if before.snoozed_until.is_some() && ticket.snoozed_until.is_none() && !ticket.category.ended() {
        told("ticket.woken", state());
    }
}

/// What `classify` goes by.
fn classified_by(a: &Ticket, b: &Ticket) -> bool {
    let by = |it: &Ticket| {
        (it.kind.clone(), it.subject.clone(), it.company, it.requester, it.tags.clone(), it.custom.clone())
    };
    by(a) != by(b)
}

/// Whether anything changed that `qualify` may go by: everything but ids, versions, and what the desk notes itself.
fn differs(a: &Ticket, b: &Ticket) -> bool {
    let bare = |it: &Ticket| Ticket {
        version: 0,
        updated_at: a.updated_at,
        external_ids: ExternalIds::new(),
        qualified: None,
        next_action: None,
        tracked: None,
        commitments: Vec::new(),
        turns: Vec::new(),
        snoozed_until: None,
        escalated: None,
        deferred: Vec::new(),
        timer_depth: 0,
        ..it.clone()
    };
    bare(a) != bare(b)
}

/// What `track` goes by.
fn tracked_by(a: &Ticket, b: &Ticket) -> bool {
    classified_by(a, b) || a.priority != b.priority || a.segment != b.segment || a.team != b.team
}

/// Why `promise` is asked; none: it is not.
fn promised_by(before: Option<&Ticket>, ticket: &Ticket) -> Option<&'static str> {
    // A ticket that is brought in ended owes nothing.
    let Some(before) = before else { return (!ticket.category.ended()).then_some("opened") };
    let track = |it: &Ticket| it.tracked.as_ref().map(|it| it.track);
    let grade = |it: &Ticket| it.qualified.as_ref().map(|it| it.grade);
    let reopened = before.category.ended() && !ticket.category.ended();
    let causes = [
        (reopened, "reopened"),
        (before.priority != ticket.priority, "priority"),
        (before.company != ticket.company, "company"),
        (before.kind != ticket.kind, "kind"),
        (before.segment != ticket.segment, "segment"),
        (track(before) != track(ticket), "track"),
        (grade(before) != grade(ticket), "grade"),
    ];
    causes.into_iter().find(|(holds, _)| *holds).map(|(_, cause)| cause)
}

/// What `escalate` is asked about because of what the ticket shows.
fn escalated_by(before: Option<&Ticket>, ticket: &Ticket) -> Option<Cause> {
    let Some(before) = before else { return (!ticket.category.ended()).then(|| Cause::new("opened")) };
    if before.category.ended() && !ticket.category.ended() {
        return Some(Cause::new("reopened"));
    }
    (before.counters.handoffs != ticket.counters.handoffs).then(|| Cause::new("handed-off"))
}
