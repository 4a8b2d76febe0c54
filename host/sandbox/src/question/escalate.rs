//! `escalate`, at the border.

use plugdesk_domain::question::escalate::{Climb, Inquiry};
use plugdesk_domain::{Audience, Instant};

use crate::bindings::exports::plugdesk::desk::escalate as wit;
use crate::convert::found::{Meter, instant};
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    wit::Inquiry {
        circumstances: shown::circumstances(&it.circumstances),
        ticket: shown::ticket(it.ticket.clone()),
        cause: it.cause.clone(),
        metric: it.metric.clone(),
        level: it.level,
        acknowledged: it.acknowledged,
        since: it.since.map(Instant::millis),
        track: it.track.map(shown::track),
        tier: it.tier.clone(),
    }
}

pub(super) fn read(it: wit::Climb, meter: &mut Meter) -> Result<Climb, Failure> {
    let audience = |meter: &mut Meter, it| {
        Ok(match it {
            wit::Audience::Agent(name) => Audience::Agent(meter.text(name)?),
            wit::Audience::Team(name) => Audience::Team(meter.text(name)?),
            wit::Audience::Role(name) => Audience::Role(meter.text(name)?),
        })
    };
    Ok(Climb {
        level: it.level,
        audience: meter.list(it.audience, audience)?,
        brief: it.brief,
        look_again: it.look_again.map(|millis| instant("look-again", millis)).transpose()?,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}
