//! `react`, at the border.

use plugdesk_domain::question::react::{Inquiry, MOST_BODY_BYTES, Reacted, Wanted};

use crate::bindings::exports::plugdesk::desk::react as wit;
use crate::convert::found::Meter;
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    let event = &it.event;
    let event = wit::Happened {
        sequence: event.sequence,
        name: event.name.clone(),
        subject: event.subject.clone(),
        at: event.at.millis(),
        by: event.by.clone(),
        depth: event.depth,
        data: event.data.to_string(),
    };
    wit::Inquiry {
        circumstances: shown::circumstances(&it.circumstances),
        event,
        ticket: it.ticket.clone().map(shown::ticket),
    }
}

pub(super) fn read(it: wit::Reacted, meter: &mut Meter) -> Result<Reacted, Failure> {
    let mut place = 0usize..;
    let wanted = |meter: &mut Meter, it: wit::Wanted| {
        let field = format!("commands[{}].body", place.next().unwrap_or_default());
        Ok(Wanted { name: meter.text(it.name)?, body: meter.object(&field, it.body, MOST_BODY_BYTES)? })
    };
    Ok(Reacted {
        commands: meter.list(it.commands, wanted)?,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}
