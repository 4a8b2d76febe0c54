//! `classify`, at the border.

use plugdesk_domain::question::classify::{Classification, Inquiry, Subject};

use crate::bindings::exports::plugdesk::desk::classify as wit;
use crate::convert::found::Meter;
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    let subject = match &it.subject {
        Subject::Contact(it) => wit::Subject::Contact(shown::contact(it.clone())),
        Subject::Company(it) => wit::Subject::Company(shown::company(it.clone())),
        Subject::Ticket(it) => wit::Subject::Ticket(shown::ticket(it.clone())),
    };
    wit::Inquiry { circumstances: shown::circumstances(&it.circumstances), subject }
}

pub(super) fn read(it: wit::Classification, meter: &mut Meter) -> Result<Classification, Failure> {
    Ok(Classification {
        segment: meter.text(it.segment)?,
        confidence: it.confidence,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}
