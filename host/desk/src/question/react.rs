//! `react`: what follows from an event? Asked behind the write, from the log, one binding at a time, because each keeps
//! its own place there. Lessons 14 to 16.

use std::sync::Arc;

use plugdesk_domain::question::Inquiry as AnyInquiry;
use plugdesk_domain::question::react::{Happened, Inquiry, React, Wanted};
use plugdesk_domain::question::{Stances, react};
use plugdesk_domain::{BindingId, Company, CompanyId, Contact, ContactId, Event, OutcomeClass, Ticket, TicketId};
use serde_json::Value;

use super::circumstances;
use crate::asking::{self, About};
use crate::draft::Draft;
use crate::error::Error;
use crate::generation::{Bound, Chosen, Place};
use crate::show;

/// Whether an event is told to a binding at all: its grant names it, and it does not stand too deep.
pub(crate) fn hears(bound: &Bound, event: &Event) -> bool {
    event.depth < react::MOST_DEPTH && plugdesk_domain::event::matches(&bound.granted.events, &event.name)
}

/// What came of asking.
pub(crate) enum Heard {
    /// Nobody was asked, or nobody had an opinion: nothing is recorded.
    Nothing,
    /// What it wants done, maybe nothing; its answer is recorded.
    Wants(Vec<Wanted>),
}

/// Asks one binding about one event, if it is the one of its policy that holds where the event happened.
pub(crate) fn event(draft: &mut Draft<'_>, binding: BindingId, event: &Event) -> Result<Heard, Error> {
    let around = around(draft, event)?;
    let mut chosen = draft.live.choose(super::REACT, &around.place);
    let own = |it: &Arc<Bound>| it.binding.id == binding;
    chosen.active.retain(own);
    chosen.shadow.retain(own);
    if chosen.active.is_empty() && chosen.shadow.is_empty() {
        return Ok(Heard::Nothing);
    }
    ask(draft, &around, &chosen, event)
}

fn ask(draft: &mut Draft<'_>, around: &Around, chosen: &Chosen, event: &Event) -> Result<Heard, Error> {
    let happened = Happened {
        sequence: event.sequence,
        name: event.name.clone(),
        subject: event.subject.clone(),
        at: event.at,
        by: event.by.clone(),
        depth: event.depth,
        data: Value::Object(event.data.clone()),
    };
    let circumstances = circumstances(draft, around.locale.as_deref());
    let inquiry = AnyInquiry::React(Inquiry { circumstances, event: happened, ticket: around.ticket.clone() });
    let as_it_is = |_: &Draft<'_>, answer| Ok(answer);
    let stances = Stances::default();
    let joined = asking::ask_chosen::<React>(draft, &around.about, chosen, &inquiry, stances, as_it_is)?;
    let silent = |it: &plugdesk_domain::Asked| {
        it.opinions.iter().all(|opinion| opinion.outcome == OutcomeClass::Ok && opinion.answer.is_none())
    };
    if draft.asked.last().is_some_and(silent) {
        // *No opinion* about each of a day's ten thousand events would bury what policies did.
        draft.asked.pop();
        draft.captured.pop();
        return Ok(Heard::Nothing);
    }
    let queued = joined.map(|joined| joined.queued).unwrap_or_default();
    Ok(Heard::Wants(queued.into_iter().flat_map(|it| it.commands).collect()))
}

/// Where an event happened.
struct Around {
    about: About,
    place: Place,
    locale: Option<String>,
    ticket: Option<plugdesk_domain::question::shown::ShownTicket>,
}

fn around(draft: &Draft<'_>, event: &Event) -> Result<Around, Error> {
    let bare = Around { about: About::event(event.sequence), place: Place::default(), locale: None, ticket: None };
    if let Ok(id) = event.subject.parse::<TicketId>()
        && let Some(ticket) = draft.peek::<Ticket>(id)?
    {
        let requester = ticket.requester.map(|id| draft.peek::<Contact>(id)).transpose()?.flatten();
        let place = super::place(draft, &ticket)?;
        let (about, shown) = (About::ticket(&ticket, false), Some(show::ticket(&ticket)));
        return Ok(Around { about, place, locale: requester.and_then(|it| it.locale), ticket: shown });
    }
    if let Ok(id) = event.subject.parse::<ContactId>()
        && let Some(contact) = draft.peek::<Contact>(id)?
    {
        let place = Place { segment: contact.segment, ..Place::default() };
        return Ok(Around { about: About::contact(id, false), place, locale: contact.locale, ..bare });
    }
    if let Ok(id) = event.subject.parse::<CompanyId>()
        && let Some(company) = draft.peek::<Company>(id)?
    {
        let place = Place { segment: company.segment, kind: None, companies: super::companies(draft, Some(id))? };
        return Ok(Around { about: About::company(id, false), place, ..bare });
    }
    Ok(bare)
}
