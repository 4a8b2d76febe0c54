//! `track`, at the border.

use plugdesk_domain::question::track::{Inquiry, Tracking};

use crate::bindings::exports::plugdesk::desk::track as wit;
use crate::convert::found::{Meter, track};
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    wit::Inquiry {
        circumstances: shown::circumstances(&it.circumstances),
        ticket: shown::ticket(it.ticket.clone()),
        text: it.text.clone(),
        now: it.now.map(shown::track),
    }
}

pub(super) fn read(it: wit::Tracking, meter: &mut Meter) -> Result<Tracking, Failure> {
    Ok(Tracking {
        track: track(it.track),
        risk: it.risk,
        checks: meter.list(it.checks, Meter::text)?,
        people: meter.list(it.people, Meter::text)?,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}
