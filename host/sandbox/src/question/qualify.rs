//! `qualify`, at the border.

use plugdesk_domain::Grade;
use plugdesk_domain::question::qualify::{Inquiry, Qualification};

use crate::bindings::exports::plugdesk::desk::qualify as wit;
use crate::convert::found::{Meter, instant};
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    wit::Inquiry { circumstances: shown::circumstances(&it.circumstances), lead: shown::ticket(it.lead.clone()) }
}

pub(super) fn read(it: wit::Qualification, meter: &mut Meter) -> Result<Qualification, Failure> {
    let grade = match it.grade {
        wit::Grade::A => Grade::A,
        wit::Grade::B => Grade::B,
        wit::Grade::C => Grade::C,
        wit::Grade::D => Grade::D,
    };
    Ok(Qualification {
        score: it.score,
        grade,
        motive: it.motive,
        horizon_days: it.horizon_days,
        next_question: it.next_question.map(|question| meter.reason(question)).transpose()?,
        look_again: it.look_again.map(|millis| instant("look-again", millis)).transpose()?,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}
