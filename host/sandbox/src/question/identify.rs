//! `identify`, at the border.

use plugdesk_domain::question::identify::{Candidate, Identification, Inquiry, Likeness, Relation};

use crate::bindings::exports::plugdesk::desk::identify as wit;
use crate::convert::found::Meter;
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    let candidate = |it: &Candidate| wit::Candidate {
        contact: shown::contact(it.contact.clone()),
        found_by: it.found_by.clone(),
        shared: it.shared.clone(),
    };
    wit::Inquiry {
        circumstances: shown::circumstances(&it.circumstances),
        contact: shown::contact(it.contact.clone()),
        shared: it.shared.clone(),
        candidates: it.candidates.iter().map(candidate).collect(),
    }
}

pub(super) fn read(it: wit::Identification, meter: &mut Meter) -> Result<Identification, Failure> {
    Ok(Identification {
        likenesses: meter.list(it.likenesses, likeness)?,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}

fn likeness(meter: &mut Meter, it: wit::Likeness) -> Result<Likeness, Failure> {
    let relation = match it.relation {
        wit::Relation::Maybe => Relation::Maybe,
        wit::Relation::Same => Relation::Same,
        wit::Relation::Different => Relation::Different,
    };
    let contact = meter.text(it.contact)?;
    Ok(Likeness { contact, relation, score: it.score, reasons: meter.reasons(it.reasons)? })
}
