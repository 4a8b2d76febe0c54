//! `classify`, at the border.

use plugdesk_domain::question::Question;
use plugdesk_domain::question::classify::{Classification, Classify, Inquiry, Subject};
use wasmtime::Store;
use wasmtime::component::InstancePre;
use wasmtime::component::types::ComponentFunc;

use crate::bindings::exports::plugdesk::desk::classify as wit;
use crate::convert::found::{Meter, fault};
use crate::convert::shown;
use crate::failure::Failure;
use crate::state::State;

pub(super) use wit::{Guest, GuestIndices as Indices};

pub(super) const NAME: &str = Classify::NAME;

type Answered = Result<Option<wit::Classification>, wit::Fault>;

pub(super) fn fits(function: &ComponentFunc, pre: &InstancePre<State>) -> wasmtime::Result<()> {
    function.typecheck::<(&wit::Inquiry,), (Answered,)>(&pre.instance_type())
}

pub(super) fn ask(
    guest: &Guest,
    store: &mut Store<State>,
    inquiry: &Inquiry,
    answer_bytes: usize,
) -> Result<Option<Classification>, Failure> {
    let subject = match &inquiry.subject {
        Subject::Contact(it) => wit::Subject::Contact(shown::contact(it.clone())),
        Subject::Company(it) => wit::Subject::Company(shown::company(it.clone())),
        Subject::Ticket(it) => wit::Subject::Ticket(shown::ticket(it.clone())),
    };
    let inquiry = wit::Inquiry { circumstances: shown::circumstances(&inquiry.circumstances), subject };
    match guest.call_classify(store, &inquiry)? {
        Ok(answer) => answer.map(|it| read(it, &mut Meter::new(answer_bytes))).transpose(),
        Err(said) => Err(fault(&said)),
    }
}

fn read(it: wit::Classification, meter: &mut Meter) -> Result<Classification, Failure> {
    Ok(Classification {
        segment: meter.text(it.segment)?,
        confidence: it.confidence,
        reasons: meter.reasons(it.reasons)?,
        facts: meter.facts(it.facts)?,
        signals: meter.signals(it.signals)?,
    })
}
