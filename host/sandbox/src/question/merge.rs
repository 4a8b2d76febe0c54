//! `merge`, at the border.

use std::collections::BTreeMap;

use plugdesk_domain::Side;
use plugdesk_domain::question::classify::Subject;
use plugdesk_domain::question::merge::{Inquiry, MergePlan};

use crate::bindings::exports::plugdesk::desk::merge as wit;
use crate::convert::found::{Meter, short};
use crate::convert::shown;
use crate::failure::Failure;

pub(super) fn shown(it: &Inquiry) -> wit::Inquiry {
    let record = |it: &Subject| match it {
        Subject::Contact(it) => wit::RecordOf::Contact(shown::contact(it.clone())),
        Subject::Company(it) => wit::RecordOf::Company(shown::company(it.clone())),
        Subject::Ticket(it) => wit::RecordOf::Ticket(shown::ticket(it.clone())),
    };
    wit::Inquiry {
        circumstances: shown::circumstances(&it.circumstances),
        winner: record(&it.winner),
        loser: record(&it.loser),
    }
}

pub(super) fn read(it: wit::MergePlan, meter: &mut Meter) -> Result<MergePlan, Failure> {
    let mut fields = BTreeMap::new();
    for (name, side) in it.fields {
        let side = match side {
            wit::Side::Winner => Side::Winner,
            wit::Side::Loser => Side::Loser,
        };
        let name = meter.text(name)?;
        // A name that stands twice is a mistake that would otherwise be hidden.
        if fields.contains_key(&name) {
            return Err(Failure::bad_answer(format!("fields: `{}` stands twice", short(&name))));
        }
        fields.insert(name, side);
    }
    Ok(MergePlan {
        refused: it.refused,
        fields,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}
