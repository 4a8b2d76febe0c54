//! `promise`, at the border.

use plugdesk_domain::question::promise::{Inquiry, Promised};
use plugdesk_domain::{Grade, Target};

use crate::bindings::exports::plugdesk::desk::promise as wit;
use crate::convert::found::{Meter, category};
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    let target = |it: &Target| wit::Target {
        metric: it.metric.clone(),
        minutes: it.minutes,
        calendar: it.calendar.clone(),
        pauses: it.pauses.iter().copied().map(shown::category).collect(),
        warn_minutes: it.warn_minutes,
    };
    wit::Inquiry {
        circumstances: shown::circumstances(&it.circumstances),
        ticket: shown::ticket(it.ticket.clone()),
        cause: it.cause.clone(),
        track: it.track.map(shown::track),
        grade: it.grade.map(grade),
        tier: it.tier.clone(),
        contract: it.contract.iter().map(target).collect(),
    }
}

pub(super) fn read(it: wit::Promised, meter: &mut Meter) -> Result<Promised, Failure> {
    let target = |meter: &mut Meter, it: wit::Target| {
        Ok(Target {
            metric: meter.text(it.metric)?,
            minutes: it.minutes,
            calendar: meter.text(it.calendar)?,
            pauses: it.pauses.into_iter().map(category).collect(),
            warn_minutes: it.warn_minutes,
        })
    };
    Ok(Promised {
        targets: meter.list(it.targets, target)?,
        due: Vec::new(),
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}

/// The word in the contract: an enum of `qualify`, which `promise` does not know.
fn grade(it: Grade) -> String {
    match it {
        Grade::A => "a",
        Grade::B => "b",
        Grade::C => "c",
        Grade::D => "d",
    }
    .to_owned()
}
