//! `affiliate`, at the border.

use plugdesk_domain::question::affiliate::{Affiliation, Confidence, Inquiry, Node};

use crate::bindings::exports::plugdesk::desk::affiliate as wit;
use crate::convert::found::Meter;
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    let node = |it: &Node| wit::Node {
        company: shown::company(it.company.clone()),
        found_by: it.found_by.clone(),
        membership: it.membership.clone().map(shown::membership),
        recent_tickets: it.recent_tickets,
    };
    wit::Inquiry {
        circumstances: shown::circumstances(&it.circumstances),
        ticket: shown::ticket(it.ticket.clone()),
        text: it.text.clone(),
        nodes: it.nodes.iter().map(node).collect(),
    }
}

pub(super) fn read(it: wit::Affiliation, meter: &mut Meter) -> Result<Affiliation, Failure> {
    Ok(Affiliation {
        nodes: meter.list(it.nodes, |meter, it| {
            Ok(Confidence { company: meter.text(it.company)?, confidence: it.confidence })
        })?,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}
