//! `link.create` and `link.remove`: reversible relations between two tickets.

use plugdesk_domain::{LINK_BY_FROM, Link, LinkId, LinkKind, Principal, RecordsExt, Scan, Ticket, TicketId};
use serde_json::{Map, Value};

use super::{expected, not_for_customers};
use crate::desk::{Desk, Inner, named};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::NewLink;
use crate::path::Command;
use crate::resolve::{self, MOST_FOLLOWERS};
use crate::view::{Done, How};

/// So many standing links begin at one ticket: more say nothing.
const MOST_LINKS: usize = 64;
/// So many links of one ticket are looked through, newest first: those taken back stay stored.
const MOST_LOOKED: usize = 256;
/// A chain of parts, or of causes, is followed so far for a ring.
const MOST_STEPS: usize = 32;

struct Create(NewLink);

struct Remove(LinkId);

impl Desk {
    /// Links two tickets by hand. Asks nothing.
    pub async fn link_create(&self, by: &Principal, new: NewLink, how: &How) -> Result<Done<Link>, Error> {
        self.submit(by, how, Create(new)).await
    }

    /// Takes a link back; it stays in the history, and no policy makes it again.
    pub async fn link_remove(&self, by: &Principal, id: LinkId, how: &How) -> Result<Done<Link>, Error> {
        self.submit(by, how, Remove(id)).await
    }
}

impl Command for Create {
    type Value = Link;
    const NAME: &'static str = "link.create";
    const STATUS: u16 = 201;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Link, Error> {
        not_for_customers(draft, "link tickets")?;
        let NewLink { kind, from, to } = self.0;
        let ends = (meant(draft, "/from", from)?, meant(draft, "/to", to)?);
        let (from, to) = (ends.0.id, ends.1.id);
        draft.subject = from.to_string();
        if from == to {
            return Err(Error::invalid("/to", "a ticket is not linked to itself"));
        }
        let standing = begun(draft, from)?;
        if standing.iter().any(|it| it.kind == kind && it.to == to.to_string()) {
            return Err(Error::Exists { what: "link", id: format!("{from} to {to}") });
        }
        if standing.len() >= MOST_LINKS {
            return Err(Error::invalid("/from", format!("at most {MOST_LINKS} links begin at one ticket")));
        }
        match kind {
            LinkKind::SameProblem => gathers(draft, from, to)?,
            LinkKind::ChildOf | LinkKind::CausedBy | LinkKind::DuplicateOf => no_ring(draft, kind, from, to)?,
            LinkKind::ServesGoal => {}
        }
        // Both are written, so of two links made at one moment the later one sees the earlier.
        draft.change(ends.0);
        draft.change(ends.1);
        Ok(make(draft, kind, from, to, None))
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Link, Error> {
        read_again(desk, subject)
    }

    fn stored_subject(&self, draft: &Draft<'_>, value: Option<&Link>) -> String {
        value.map_or_else(|| draft.subject.clone(), |link| link.id.to_string())
    }
}

impl Command for Remove {
    type Value = Link;
    const NAME: &'static str = "link.remove";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Link, Error> {
        not_for_customers(draft, "take links back")?;
        let mut link: Link = draft.find(self.0)?.ok_or_else(|| Error::not_found("link", self.0))?;
        expected(draft, link.version)?;
        draft.subject.clone_from(&link.from);
        if link.removed_at.is_some() {
            return Ok(link);
        }
        (link.removed_at, link.removed_by) = (Some(draft.now), Some(named(draft.by)));
        draft.change(link.clone());
        tell(draft, "ticket.unlinked", &link);
        Ok(draft.peek(link.id)?.unwrap_or(link))
    }

    fn again(&self, desk: &Inner, _subject: &str) -> Result<Link, Error> {
        read_again(desk, &self.0.to_string())
    }
}

/// The lead ticket to which one is to be linked, and whose opinion it is.
#[derive(Debug, Clone)]
pub(crate) struct FoundLead {
    pub(crate) to: TicketId,
    pub(crate) score: u16,
    pub(crate) policy: String,
}

/// Puts a link into the draft; without an opinion it is a person's.
pub(crate) fn make(
    draft: &mut Draft<'_>,
    kind: LinkKind,
    from: TicketId,
    to: TicketId,
    opinion: Option<(u16, String)>,
) -> Link {
    let decision = opinion.is_some().then_some(draft.decision);
    let (score, by) = opinion.map_or_else(|| (None, named(draft.by)), |(score, policy)| (Some(score), policy));
    let link = Link {
        id: LinkId::new(draft.now, draft.desk.bits()),
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        kind,
        from: from.to_string(),
        to: to.to_string(),
        score,
        by,
        decision_id: decision,
        removed_at: None,
        removed_by: None,
    };
    tell(draft, "ticket.linked", &link);
    draft.create(link.clone());
    link
}

fn tell(draft: &mut Draft<'_>, name: &str, link: &Link) {
    let mut data = Map::new();
    data.insert("link".to_owned(), link.id.to_string().into());
    data.insert("kind".to_owned(), serde_json::to_value(link.kind).unwrap_or(Value::Null));
    data.insert("to".to_owned(), link.to.as_str().into());
    if let Some(score) = link.score {
        data.insert("score".to_owned(), score.into());
    }
    draft.tell(name, &link.from, data);
}

/// The ticket that an id means: the one it points to.
fn meant(draft: &mut Draft<'_>, field: &str, id: TicketId) -> Result<Ticket, Error> {
    let unknown = || Error::invalid(field, format!("ticket {id} not found"));
    resolve::find::<Ticket>(draft, id)?.ok_or_else(unknown)
}

/// The standing links that begin at a ticket.
fn begun(draft: &Draft<'_>, from: TicketId) -> Result<Vec<Link>, Error> {
    let from = from.to_string();
    let scan = Scan::index(LINK_BY_FROM, vec![from.as_str().into()]).backward().with_limit(MOST_LOOKED);
    Ok(draft.list::<Link>(&scan, |it| it.from == from && it.removed_at.is_none())?)
}

/// A ticket is gathered under one lead, and a lead under none.
fn gathers(draft: &Draft<'_>, from: TicketId, to: TicketId) -> Result<(), Error> {
    match resolve::lead_of(draft, from)? {
        Some(lead) if lead == from => return Err(Error::invalid("/from", "other tickets are gathered under it")),
        Some(lead) => return Err(Error::invalid("/from", format!("it is gathered under {lead} already"))),
        None => {}
    }
    match resolve::lead_of(draft, to)? {
        Some(lead) if lead != to => {
            return Err(Error::invalid("/to", format!("it is gathered under {lead}: name that")));
        }
        _ => {}
    }
    if resolve::followers_of(draft, to)?.len() >= MOST_FOLLOWERS {
        return Err(Error::invalid("/to", format!("at most {MOST_FOLLOWERS} tickets are gathered under one")));
    }
    Ok(())
}

/// What is a part of, or came of, a ticket has not that one as its own part or effect. Every ticket on the way must still
/// be as it was read when the link is stored.
fn no_ring(draft: &mut Draft<'_>, kind: LinkKind, from: TicketId, to: TicketId) -> Result<(), Error> {
    let mut level = vec![to];
    let mut seen: Vec<TicketId> = Vec::new();
    while let Some(id) = level.pop() {
        if id == from {
            return Err(Error::invalid("/to", "it would lead back to the first ticket"));
        }
        if seen.contains(&id) {
            continue;
        }
        if seen.len() >= MOST_STEPS {
            return Err(Error::invalid("/to", format!("more than {MOST_STEPS} tickets stand behind it")));
        }
        seen.push(id);
        if let Some(ticket) = draft.peek::<Ticket>(id)? {
            draft.require(&ticket);
        }
        let behind = begun(draft, id)?.into_iter().filter(|it| it.kind == kind);
        level.extend(behind.filter_map(|it| it.to.parse::<TicketId>().ok()));
    }
    Ok(())
}

fn read_again(desk: &Inner, subject: &str) -> Result<Link, Error> {
    let id: LinkId = subject.parse().map_err(|_| Error::not_found("link", subject))?;
    desk.records.find(id)?.ok_or_else(|| Error::not_found("link", id))
}
