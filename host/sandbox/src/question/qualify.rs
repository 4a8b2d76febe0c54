//! `qualify`, at the border.

use plugdesk_domain::Grade;
use plugdesk_domain::question::Question;
use plugdesk_domain::question::qualify::{Inquiry, Qualification, Qualify};
use wasmtime::Store;
use wasmtime::component::InstancePre;
use wasmtime::component::types::ComponentFunc;

use crate::bindings::exports::plugdesk::desk::qualify as wit;
use crate::convert::found::{Meter, fault, instant};
use crate::convert::shown;
use crate::failure::Failure;
use crate::state::State;

pub(super) use wit::{Guest, GuestIndices as Indices};

pub(super) const NAME: &str = Qualify::NAME;

type Answered = Result<Option<wit::Qualification>, wit::Fault>;

pub(super) fn fits(function: &ComponentFunc, pre: &InstancePre<State>) -> wasmtime::Result<()> {
    function.typecheck::<(&wit::Inquiry,), (Answered,)>(&pre.instance_type())
}

pub(super) fn ask(
    guest: &Guest,
    store: &mut Store<State>,
    inquiry: &Inquiry,
    answer_bytes: usize,
) -> Result<Option<Qualification>, Failure> {
    let inquiry = wit::Inquiry {
        circumstances: shown::circumstances(&inquiry.circumstances),
        lead: shown::ticket(inquiry.lead.clone()),
    };
    match guest.call_qualify(store, &inquiry)? {
        Ok(answer) => answer.map(|it| read(it, &mut Meter::new(answer_bytes))).transpose(),
        Err(said) => Err(fault(&said)),
    }
}

fn read(it: wit::Qualification, meter: &mut Meter) -> Result<Qualification, Failure> {
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
