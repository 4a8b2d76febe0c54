//! `promise`: what a ticket's customer is promised. The contract's targets are one more answer; the earliest due time per
//! metric wins. Where nobody promises anything, the segment's definition does.
//!
//! What a person promised is left alone. What was promised before and still holds keeps its clock untouched; what
//! changed is renegotiated: a new commitment in its place, its clock computed from the original beginning, so that no
//! pause and no time is lost (lesson 12).

use plugdesk_domain::commitment::{FIRST_CONTACT, FIRST_RESPONSE, NEXT_RESPONSE, Target};
use plugdesk_domain::question::promise::{Agreed, CONTRACT, FALLBACK, Inquiry, Promise, Promised};
use plugdesk_domain::question::{Answer, Inquiry as AnyInquiry, Question, Stance, Stances};
use plugdesk_domain::{
    CONTRACT_BY_COMPANY, Commitment, CommitmentState, Company, CompanyId, Contract, DefinitionSort, Instant,
    OutcomeClass, Reason, RecordsExt, Scan, Ticket, clock,
};

use super::circumstances;
use crate::asking::{self, About};
use crate::command::ticket::clocks;
use crate::draft::Draft;
use crate::error::Error;
use crate::resolve;
use crate::show;

/// Asked because the customer spoke and an answer is owed anew.
const ENTRY: &str = "entry";
/// Whose word the segment's targets are.
const DESK: &str = "desk";
/// A company node has at most so many contracts that are looked through, the newest first: ended ones stay stored.
const MOST_CONTRACTS: usize = 64;
/// What a person does, not the ticket: they are owed once, and again only because of what the customer says.
const OF_ENTRIES: [&str; 3] = [FIRST_RESPONSE, FIRST_CONTACT, NEXT_RESPONSE];

/// The built-in answer `desk-targets`. What the segment's targets are is known where it is completed.
pub(super) fn fallback(name: &str) -> Option<Answer> {
    if name != FALLBACK {
        return None;
    }
    let marked = Reason { code: FALLBACK.to_owned(), params: [].into(), evidence: Vec::new(), text: None };
    let (targets, due, facts, signals) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Some(Answer::Promise(Promised { targets, due, reasons: vec![marked], facts, signals }))
}

/// Why a policy's targets can't be taken, naming the field: a calendar that is not there, or never reaches them.
pub(crate) fn check(draft: &Draft<'_>, answer: &Promised) -> Result<(), String> {
    if !answer.due.is_empty() {
        return Err("due: it is computed by the desk".to_owned());
    }
    for (place, it) in answer.targets.iter().enumerate() {
        let Some(schedule) = draft.setup.schedule(&it.calendar) else {
            return Err(format!("targets[{place}].calendar: `{}` is not a calendar of this desk", it.calendar));
        };
        if schedule.add(draft.now, i64::from(it.minutes) * 60_000).is_none() {
            return Err(format!("targets[{place}].minutes: `{}` does not open so long within ten years", it.calendar));
        }
    }
    Ok(())
}

/// Asks for a ticket of the draft and renegotiates its commitments. `cause`: see the contract's `promise.inquiry`. An
/// ended ticket owes nothing, so nobody is asked. `owed`: since when the customer's word waits for an answer anew.
pub(crate) fn ticket(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    cause: &str,
    owed: Option<Instant>,
) -> Result<(), Error> {
    if ticket.category.ended() || ticket.merged_into.is_some() {
        if let Some(at) = owed.filter(|_| ticket.merged_into.is_none()) {
            clocks::next_response(draft, ticket, at);
        }
        return Ok(());
    }
    let about = About::ticket(ticket, draft.made::<Ticket>(&ticket.id.into()));
    let company = ticket.company.map(|id| resolve::whole_company(draft, id)).transpose()?.flatten();
    let contract = contract_of(draft, ticket.company)?;
    let agreed = contract.as_ref().map(|it| it.targets(ticket.priority, &ticket.kind)).unwrap_or_default();
    let segment = ticket.segment.as_deref();
    let defined = segment.and_then(|it| draft.setup.definition(DefinitionSort::Segment, it));
    let defined = defined.map(|it| it.targets.clone()).unwrap_or_default();
    let locale = super::locale(draft, ticket)?;
    let inquiry = AnyInquiry::Promise(Inquiry {
        circumstances: circumstances(draft, locale.as_deref()),
        ticket: show::ticket(ticket),
        cause: cause.to_owned(),
        track: ticket.tracked.as_ref().map(|it| it.track),
        grade: ticket.qualified.as_ref().map(|it| it.grade),
        tier: company.and_then(|it| it.record.tier),
        contract: agreed.clone(),
    });
    let mut stances = Stances::default();
    if contract.is_some() {
        let answer = completed(draft, ticket, promised(agreed), owed);
        stances.add(Stance { rank: 0, policy: CONTRACT.to_owned(), answer });
    }
    let place = super::place(draft, ticket)?;
    let complete = |draft: &Draft<'_>, mut answer: Promised| {
        if answer.targets.is_empty() && answer.reasons.iter().any(|it| it.code == FALLBACK) {
            answer.targets.clone_from(&defined);
        }
        Ok(completed(draft, ticket, answer, owed))
    };
    let asked = draft.asked.len();
    let joined = asking::ask_with::<Promise>(draft, &about, &place, &inquiry, stances, complete)?;
    let silent = failed_of(draft, asked);
    let promises = match joined {
        Some(joined) => Some(joined.promises),
        None if defined.is_empty() => None,
        None => {
            let due = completed(draft, ticket, promised(defined), owed);
            let desk = |(target, due_at): (Target, Instant)| Agreed {
                target,
                due_at,
                policy: DESK.to_owned(),
                dissent: Vec::new(),
            };
            Some(due.targets.into_iter().zip(due.due).map(desk).collect())
        }
    };
    let mut silent = silent;
    if let (None, Some(_)) = (&promises, owed) {
        // Nobody has an opinion: a policy's last word holds.
        let sources = ticket.commitments.iter().map(|it| it.source.clone());
        silent.extend(sources.filter(|it| ![CONTRACT, DESK].contains(&it.as_str())));
    }
    let mut promises = promises;
    if cause == ENTRY {
        // What the customer says changes nothing of what is owed beside the next answer.
        promises = Some(promises.unwrap_or_default());
        promises.iter_mut().for_each(|it| it.retain(|it| it.target.metric == NEXT_RESPONSE));
    } else {
        cancel(draft, ticket, promises.as_deref(), &silent);
    }
    renegotiate(draft, ticket, promises.unwrap_or_default(), &silent, owed);
    let last = ticket.commitments.iter().rfind(|it| it.target.metric == NEXT_RESPONSE && !it.by_person());
    if let (Some(at), Some(last)) = (owed, last)
        && !last.open()
        && silent.contains(&last.source)
    {
        clocks::next_response(draft, ticket, at);
    }
    clocks::prune(&mut ticket.commitments);
    Ok(())
}

/// The policies that were asked now and failed: what they promised before is neither taken back nor put off by that.
fn failed_of(draft: &Draft<'_>, from: usize) -> Vec<String> {
    let asked = draft.asked.iter().skip(from).filter(|it| it.question == Promise::NAME).flat_map(|it| &it.opinions);
    asked.filter(|it| !it.shadow && it.outcome != OutcomeClass::Ok).map(|it| it.policy.clone()).collect()
}

fn promised(targets: Vec<Target>) -> Promised {
    let (due, reasons, facts, signals) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Promised { targets, due, reasons, facts, signals }
}

/// An answer with when each target is due on that ticket, by the clock that it would have.
fn completed(draft: &Draft<'_>, ticket: &Ticket, mut answer: Promised, owed: Option<Instant>) -> Promised {
    // A target by a calendar that is not there promises nothing.
    answer.targets.retain(|it| draft.setup.schedule(&it.calendar).is_some());
    let due = |it: &Target| {
        let schedule = draft.setup.schedule(&it.calendar)?;
        let started = started(ticket, &it.metric, owed);
        Some(clock::read(it, started, &ticket.turns, schedule, draft.now).due_at)
    };
    answer.due = answer.targets.iter().filter_map(due).collect();
    answer
}

/// Since when that metric is owed: as the open commitment says, else since the word that waits for an answer, or since the
/// ticket was opened, or reopened last.
fn started(ticket: &Ticket, metric: &str, owed: Option<Instant>) -> Instant {
    let word = owed.filter(|_| metric == NEXT_RESPONSE);
    let open = open_one(&ticket.commitments, metric).map(|it| it.started_at);
    open.or(word).unwrap_or_else(|| life(ticket))
}

/// When the ticket was opened, or reopened last; of one that was brought in, not before that.
fn life(ticket: &Ticket) -> Instant {
    let reopened = ticket.turns.windows(2).rev().find_map(|pair| match pair {
        [before, after] if before.category.ended() && !after.category.ended() => Some(after.at),
        _ => None,
    });
    let begun = reopened.unwrap_or(ticket.created_at);
    ticket.imported_at.map_or(begun, |at| at.max(begun))
}

fn open_one<'a>(commitments: &'a [Commitment], metric: &str) -> Option<&'a Commitment> {
    commitments.iter().find(|it| it.target.metric == metric && it.open() && !it.by_person())
}

/// Ends what is no longer promised. None: nobody has an opinion; then only what a contract or the desk itself promised, and
/// no longer does, goes, and what goes by a calendar that is no longer there. What a policy promised that failed just now
/// stays.
fn cancel(draft: &mut Draft<'_>, ticket: &mut Ticket, promises: Option<&[Agreed]>, silent: &[String]) {
    for it in ticket.commitments.iter_mut().filter(|it| it.open() && !it.by_person()) {
        let kept = promises.into_iter().flatten().any(|promise| promise.target.metric == it.target.metric);
        let opined = promises.is_some() && !silent.contains(&it.source);
        let gone = !draft.setup.knows_calendar(&it.target.calendar);
        if !kept && (opined || gone || [CONTRACT, DESK].contains(&it.source.as_str())) {
            it.state = CommitmentState::Cancelled;
            draft.effect(format!("{} is no longer promised", it.target.metric));
        }
    }
}

/// Puts what is promised now in the place of what was promised before. What a policy promised that failed just now stays,
/// unless somebody promises it sooner.
fn renegotiate(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    promises: Vec<Agreed>,
    silent: &[String],
    owed: Option<Instant>,
) {
    let decision = (!draft.asked.is_empty()).then_some(draft.decision);
    let life = life(ticket);
    for Agreed { target, due_at, policy, .. } in promises {
        let metric = target.metric.clone();
        let kept = kept_already(&ticket.commitments, &metric, life);
        let open = ticket.commitments.iter_mut().find(|it| it.target.metric == metric && it.open() && !it.by_person());
        let started_at = match open {
            Some(it) if it.target == target => continue,
            Some(it) if silent.contains(&it.source) && it.due_at <= due_at => continue,
            Some(it) => {
                it.state = CommitmentState::Renegotiated;
                draft.effect(format!("{metric}: due {due_at} instead of {} ({policy})", it.due_at));
                it.started_at
            }
            None if kept && (metric != NEXT_RESPONSE || owed.is_none()) => continue,
            None => {
                draft.effect(format!("promised: {metric} by {due_at} ({policy})"));
                owed.filter(|_| kept).unwrap_or(life)
            }
        };
        let made = clocks::begin(draft, target, policy, started_at);
        ticket.commitments.push(Commitment { decision, due_at, ..made });
    }
}

/// Whether that metric was kept already, early or late, so that it is not owed again: in this life of the ticket, or
/// ever, if it is about entries.
fn kept_already(commitments: &[Commitment], metric: &str, life: Instant) -> bool {
    let of_entries = OF_ENTRIES.contains(&metric);
    let mut kept = commitments.iter().filter(|it| it.target.metric == metric && it.met_at.is_some() && !it.by_person());
    kept.any(|it| of_entries || it.started_at >= life)
}

/// The contract that holds: of the company, else of the nearest node above that has one.
fn contract_of(draft: &Draft<'_>, company: Option<CompanyId>) -> Result<Option<Contract>, Error> {
    let Some(company) = company else { return Ok(None) };
    if let Some(found) = contract_of_node(draft, company)? {
        return Ok(Some(found));
    }
    for node in resolve::above(draft, company)? {
        if let Some(found) = contract_of_node(draft, node.id)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The newest contract of a node that holds: the standing node's, else one of those that were merged into it.
fn contract_of_node(draft: &Draft<'_>, node: CompanyId) -> Result<Option<Contract>, Error> {
    for id in resolve::cluster_of_company(draft, node)? {
        if draft.made::<Company>(&id.into()) {
            continue;
        }
        let scan = Scan::index(CONTRACT_BY_COMPANY, vec![id.into()]).backward().with_limit(MOST_CONTRACTS);
        let contracts = draft.desk.records.list::<Contract>(&scan)?.records;
        if let Some(found) = contracts.into_iter().find(|it| it.holds(draft.now)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
