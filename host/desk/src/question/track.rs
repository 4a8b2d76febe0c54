//! `track`: how carefully a ticket is handled. The most conservative answer wins (practices 65 to 69).

use plugdesk_domain::question::track::{FALLBACK, Inquiry, Track, Tracking};
use plugdesk_domain::question::{Answer, Inquiry as AnyInquiry, Question};
use plugdesk_domain::{Contact, Ticket, Track as Level, Tracked};
use serde_json::{Map, Value};

use super::{circumstances, place, said};
use crate::asking::{self, About};
use crate::draft::Draft;
use crate::error::Error;
use crate::show;

/// The built-in answer `special`: nobody knows how risky it is, so it is handled with care.
pub(super) fn fallback(name: &str) -> Option<Answer> {
    (name == FALLBACK).then(|| {
        Answer::Track(Tracking {
            track: Level::Special,
            risk: 0,
            checks: Vec::new(),
            people: Vec::new(),
            reasons: Vec::new(),
            facts: Vec::new(),
            signals: Vec::new(),
        })
    })
}

/// Asks for a ticket of the draft, and sets what follows. When nobody has an opinion, the earlier track stays.
pub(crate) fn ticket(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Error> {
    let place = place(draft, ticket)?;
    if !asking::anybody(draft, Track::NAME, &place) {
        return Ok(());
    }
    let fresh = draft.made::<Ticket>(&ticket.id.into());
    let about = About::ticket(ticket, fresh);
    let requester = about.contact.map(|id| draft.peek::<Contact>(id)).transpose()?.flatten();
    let inquiry = AnyInquiry::Track(Inquiry {
        circumstances: circumstances(draft, requester.and_then(|it| it.locale).as_deref()),
        ticket: show::ticket(ticket),
        text: said(draft, ticket)?,
        now: ticket.tracked.as_ref().map(|it| it.track),
    });
    let Some(joined) = asking::ask::<Track>(draft, &about, &place, &inquiry)? else { return Ok(()) };
    draft.effect(format!("track: {}, risk {} ({})", joined.track.name(), joined.risk, joined.policies.join(", ")));
    let now = Tracked {
        track: joined.track,
        risk: joined.risk,
        checks: joined.checks.into_iter().collect(),
        people: joined.people.into_iter().collect(),
        decision: draft.decision,
    };
    // The decision is another one each time; what counts is what it came to.
    let same = |before: &Tracked| Tracked { decision: now.decision, ..before.clone() } == now;
    let changed = !ticket.tracked.as_ref().is_some_and(same);
    ticket.tracked = Some(now);
    // On creation `ticket.created` tells it.
    if changed && !fresh {
        let mut data = Map::new();
        told(ticket, &mut data);
        draft.tell("ticket.tracked", ticket.id, data);
    }
    Ok(())
}

/// What events tell of a track.
pub(crate) fn told(ticket: &Ticket, data: &mut Map<String, Value>) {
    if let Some(tracked) = &ticket.tracked {
        data.insert("track".to_owned(), tracked.track.name().into());
        data.insert("risk".to_owned(), tracked.risk.into());
    }
}
