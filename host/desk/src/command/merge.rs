//! `merge.create` and `merge.undo`: one record points to another that stands for both, and no longer does.

mod kinds;

use plugdesk_domain::attributes::MOST_NAME_CHARS;
use plugdesk_domain::merge::MOST_MERGED;
use plugdesk_domain::{
    Company, Contact, FieldPlan, Merge, MergeId, MergeKind, PROPOSAL_BY_RECORD, Principal, Proposal, ProposalId,
    ProposalKind, ProposalState, RecordsExt, Scan, Side, Ticket, TicketId,
};
use serde_json::{Map, Value};

use super::{expected, not_for_customers};
use crate::desk::{Desk, Inner, named};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::{NewMerge, TicketMerge};
use crate::path::Command;
use crate::resolve::{self, Alias, members};
use crate::timer::sweep;
use crate::view::{Done, How};

pub(crate) use kinds::Merging;

/// A person's plan names at most so many fields: as many as a policy's.
const MOST_FIELDS: usize = 32;
/// So many proposals about one contact are looked through when it is merged: nobody leaves more open.
const MOST_PROPOSALS: usize = 32;

/// With `of_loser` the caller knows the loser's version, and expects that; else the winner's.
struct Create {
    new: NewMerge,
    of_loser: bool,
}

struct Undo(MergeId);

impl Desk {
    /// Merges two contacts, companies or tickets by pointer. Asks `merge`; a policy that says no declines it.
    pub async fn merge_create(&self, by: &Principal, new: NewMerge, how: &How) -> Result<Done<Merge>, Error> {
        self.submit(by, how, Create { new, of_loser: false }).await
    }

    /// Merges a ticket into another, which stands for both. The version expected is that of the ticket that is merged.
    pub async fn ticket_merge(
        &self,
        by: &Principal,
        id: TicketId,
        into: TicketMerge,
        how: &How,
    ) -> Result<Done<Merge>, Error> {
        let (winner, loser) = (into.into.to_string(), id.to_string());
        let new = NewMerge { kind: MergeKind::Ticket, winner, loser, plan: FieldPlan::new() };
        self.submit(by, how, Create { new, of_loser: true }).await
    }

    /// Undoes a merge, in any order with others: the loser stands for itself again, as if it had never pointed anywhere.
    pub async fn merge_undo(&self, by: &Principal, id: MergeId, how: &How) -> Result<Done<Merge>, Error> {
        self.submit(by, how, Undo(id)).await
    }
}

impl Command for Create {
    type Value = Merge;
    const NAME: &'static str = "merge.create";
    const STATUS: u16 = 201;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Merge, Error> {
        not_for_customers(draft, "merge records")?;
        let (new, of_loser) = (&self.new, self.of_loser);
        checked(&new.plan)?;
        let why = Why { plan: new.plan.clone(), ..Why::person(draft) };
        match new.kind {
            MergeKind::Contact => named_by::<Contact>(draft, new, of_loser, why),
            MergeKind::Company => named_by::<Company>(draft, new, of_loser, why),
            MergeKind::Ticket => named_by::<Ticket>(draft, new, of_loser, why),
        }
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Merge, Error> {
        read_again(desk, subject)
    }

    fn stored_subject(&self, draft: &Draft<'_>, value: Option<&Merge>) -> String {
        value.map_or_else(|| draft.subject.clone(), |merge| merge.id.to_string())
    }
}

impl Command for Undo {
    type Value = Merge;
    const NAME: &'static str = "merge.undo";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Merge, Error> {
        not_for_customers(draft, "undo merges")?;
        let merge: Merge = draft.find(self.0)?.ok_or_else(|| Error::not_found("merge", self.0))?;
        expected(draft, merge.version)?;
        draft.subject = merge.winner.clone();
        if let Some(at) = merge.undone_at {
            return Err(Error::invalid("", format!("merge {} was undone at {at}", merge.id)));
        }
        match merge.kind {
            MergeKind::Contact => undo::<Contact>(draft, merge),
            MergeKind::Company => undo::<Company>(draft, merge),
            MergeKind::Ticket => undo::<Ticket>(draft, merge),
        }
    }

    fn again(&self, desk: &Inner, _subject: &str) -> Result<Merge, Error> {
        read_again(desk, &self.0.to_string())
    }
}

/// Whose word a merge is.
pub(crate) struct Why {
    pub(crate) plan: FieldPlan,
    pub(crate) score: Option<u16>,
    pub(crate) by: String,
    pub(crate) proposal: Option<ProposalId>,
}

impl Why {
    /// The word of whoever acts.
    pub(crate) fn person(draft: &Draft<'_>) -> Self {
        Self { plan: FieldPlan::new(), score: None, by: named(draft.by), proposal: None }
    }
}

fn checked(plan: &FieldPlan) -> Result<(), Error> {
    const FIELDS: [&str; 6] = ["name", "locale", "time_zone", "segment", "tier", "worth"];
    let mut checks = crate::input::check::Checks::default();
    checks.count("/plan", plan.len(), MOST_FIELDS);
    let custom = |name: &str| (1..=MOST_NAME_CHARS).contains(&name.chars().count());
    for field in plan.keys() {
        if !FIELDS.contains(&field.as_str()) && !field.strip_prefix("custom.").is_some_and(custom) {
            let known = format!(
                "the fields of a plan are {} and custom.<name>, a name of 1 to {MOST_NAME_CHARS} characters",
                FIELDS.join(", ")
            );
            checks.fail(crate::input::check::pointer("/plan", field), known);
        }
    }
    checks.done()
}

fn named_by<R: Merging>(draft: &mut Draft<'_>, new: &NewMerge, of_loser: bool, why: Why) -> Result<Merge, Error> {
    let id = |field: &str, text: &str| {
        text.parse::<R::Id>().map_err(|_| Error::invalid(field, format!("the id of a {}", R::NAME)))
    };
    // The loser stands in the address then, and the body says into what.
    let into = if of_loser { "/into" } else { "/winner" };
    let (winner, loser) = (id(into, &new.winner)?, id("/loser", &new.loser)?);
    draft.subject = winner.to_string();
    if of_loser && resolve::find::<R>(draft, loser)?.is_none() {
        return Err(Error::not_found(R::NAME, loser));
    }
    let winner: R = standing(draft, into, winner)?;
    let loser: R = standing(draft, "/loser", loser)?;
    expected(draft, if of_loser { loser.version() } else { winner.version() })?;
    merge(draft, winner, loser, why)
}

/// A record that points to no other.
fn standing<R: Alias>(draft: &mut Draft<'_>, field: &str, id: R::Id) -> Result<R, Error> {
    let what = R::NAME;
    match resolve::find::<R>(draft, id)? {
        None => Err(Error::invalid(field, format!("{what} {id} not found"))),
        Some(record) if record.id() == id => Ok(record),
        Some(record) => Err(Error::invalid(field, format!("{what} {id} points to {}: name that one", record.id()))),
    }
}

/// Lets `loser` point to `winner`; both stand for themselves so far. Whoever merges or undoes one of the two meanwhile
/// writes it too, so two merges at one moment never close a ring.
pub(crate) fn merge<R: Merging>(draft: &mut Draft<'_>, winner: R, loser: R, why: Why) -> Result<Merge, Error> {
    if winner.id() == loser.id() {
        return Err(Error::invalid("/loser", format!("it is the same {}", R::NAME)));
    }
    let parts = members::<R>(draft, winner.id())?.len() + members::<R>(draft, loser.id())?.len();
    if parts > MOST_MERGED {
        let rule = format!("at most {MOST_MERGED} records are one, these would be {parts}");
        return Err(Error::invalid("/loser", rule));
    }
    R::may(draft, &winner, &loser)?;
    let mut plan = R::plan(draft, &winner, &loser)?;
    plan.extend(why.plan);
    let merge = Merge {
        id: MergeId::new(draft.now, draft.desk.bits()),
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        kind: R::KIND,
        winner: winner.id().to_string(),
        loser: loser.id().to_string(),
        plan,
        score: why.score,
        by: why.by,
        decision_id: (!draft.asked.is_empty()).then_some(draft.decision),
        proposal: why.proposal,
        undone_at: None,
        undone_by: None,
    };
    let mut pointing = loser;
    pointing.point_to(Some(winner.id()));
    draft.change(pointing);
    // What shows of the winner is another from now on, so its version is.
    draft.change(winner);
    draft.create(merge.clone());
    tell(draft, &format!("{}.merged", R::NAME), &merge);
    promised_anew(draft, &merge)?;
    if R::KIND == MergeKind::Contact {
        proposed(draft, &merge)?;
    }
    Ok(merge)
}

fn undo<R: Merging>(draft: &mut Draft<'_>, mut merge: Merge) -> Result<Merge, Error> {
    let lost = |id: &str| Error::Damaged(format!("{} {id} of merge {} is not stored", R::NAME, merge.id));
    let parse = |id: &str| id.parse::<R::Id>().map_err(|_| lost(id));
    let (winner, loser) = (parse(&merge.winner)?, parse(&merge.loser)?);
    let mut pointing: R = draft.find(plugdesk_domain::Key(vec![loser.into()]))?.ok_or_else(|| lost(&merge.loser))?;
    let standing: R = resolve::find(draft, winner)?.ok_or_else(|| lost(&merge.winner))?;
    pointing.point_to(None);
    draft.change(pointing);
    draft.change(standing);
    (merge.undone_at, merge.undone_by) = (Some(draft.now), Some(named(draft.by)));
    draft.change(merge.clone());
    tell(draft, "merge.undone", &merge);
    promised_anew(draft, &merge)?;
    Ok(draft.peek(merge.id)?.unwrap_or(merge))
}

fn tell(draft: &mut Draft<'_>, name: &str, merge: &Merge) {
    let kind = match merge.kind {
        MergeKind::Contact => Contact::NAME,
        MergeKind::Company => Company::NAME,
        MergeKind::Ticket => Ticket::NAME,
    };
    let mut data = Map::new();
    let mut say = |name: &str, value: String| data.insert(name.to_owned(), Value::String(value));
    say("merge", merge.id.to_string());
    say("kind", kind.to_owned());
    say("winner", merge.winner.clone());
    say("loser", merge.loser.clone());
    draft.tell(name, &merge.winner, data);
}

/// Which contract and tier hold for open tickets of two companies is another matter when they become one, or two again.
fn promised_anew(draft: &mut Draft<'_>, merge: &Merge) -> Result<(), Error> {
    if merge.kind != MergeKind::Company {
        return Ok(());
    }
    for company in [&merge.winner, &merge.loser].into_iter().filter_map(|id| id.parse().ok()) {
        sweep::mark(draft, &sweep::Cause::Contract(company))?;
    }
    Ok(())
}

/// Open proposals of what was done now are accepted by it.
fn proposed(draft: &mut Draft<'_>, merge: &Merge) -> Result<(), Error> {
    let (winner, loser) = (&merge.winner, &merge.loser);
    let scan = Scan::index(PROPOSAL_BY_RECORD, vec![loser.as_str().into()]).backward().with_limit(MOST_PROPOSALS);
    let about = |it: &Proposal| {
        let mut ids = it.options.iter().map(|it| &it.id).chain([&it.subject]);
        it.kind == ProposalKind::MergeContacts && it.state == ProposalState::Open && ids.any(|id| id == loser)
    };
    for mut proposal in draft.list::<Proposal>(&scan, about)? {
        let others = proposal.options.iter().map(|it| &it.id).chain([&proposal.subject]).filter(|id| *id != loser);
        let others: Vec<_> = others.filter_map(|id| id.parse().ok()).collect();
        let mut same = false;
        for other in others {
            same |= resolve::root::<Contact>(draft, other)?.is_some_and(|it| it.id.to_string() == *winner);
        }
        if same && merge.proposal != Some(proposal.id) {
            proposal.state = ProposalState::Accepted;
            (proposal.decided_by, proposal.decided_at) = (Some(merge.by.clone()), Some(draft.now));
            proposal.outcome = Some(merge.id.to_string());
            draft.change(proposal);
        }
    }
    Ok(())
}

/// What a person sets on a record shows from now on, whatever the plan of a merge says of it.
pub(super) fn overrule<R: Alias>(draft: &mut Draft<'_>, root: R::Id, fields: &[String]) -> Result<(), Error> {
    if fields.is_empty() {
        return Ok(());
    }
    for mut merge in members::<R>(draft, root)?.into_iter().filter_map(|it| it.merge) {
        let before = merge.plan.len();
        merge.plan.retain(|field, side| *side == Side::Winner || !fields.contains(field));
        if merge.plan.len() != before {
            draft.change(merge);
        }
    }
    Ok(())
}

fn read_again(desk: &Inner, subject: &str) -> Result<Merge, Error> {
    let id: MergeId = subject.parse().map_err(|_| Error::not_found("merge", subject))?;
    desk.records.find(id)?.ok_or_else(|| Error::not_found("merge", id))
}
