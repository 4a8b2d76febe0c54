//! `correlate`, at the border.

use plugdesk_domain::question::correlate::{Correlation, Inquiry, Neighbour, Pair};

use crate::bindings::exports::plugdesk::desk::correlate as wit;
use crate::convert::found::Meter;
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    let neighbour = |it: &Neighbour| wit::Neighbour {
        ticket: it.ticket.clone(),
        kind: it.kind.clone(),
        subject: it.subject.clone(),
        text: it.text.clone(),
        category: shown::category(it.category),
        company: it.company.clone(),
        requester: it.requester.clone(),
        lead: it.lead.clone(),
        opened_at: it.opened_at.millis(),
    };
    wit::Inquiry {
        circumstances: shown::circumstances(&it.circumstances),
        ticket: shown::ticket(it.ticket.clone()),
        text: it.text.clone(),
        neighbours: it.neighbours.iter().map(neighbour).collect(),
    }
}

pub(super) fn read(it: wit::Correlation, meter: &mut Meter) -> Result<Correlation, Failure> {
    Ok(Correlation {
        pairs: meter.list(it.pairs, |meter, it| Ok(Pair { ticket: meter.text(it.ticket)?, score: it.score }))?,
        cluster: meter.maybe(it.cluster)?,
        recurring: it.recurring,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}
