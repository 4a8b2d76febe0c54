//! `qualify`: how good a lead is. Asked of leads only; when nobody has an opinion, the earlier qualification stays.

use plugdesk_domain::question::qualify::{Inquiry, Qualification, Qualify};
use plugdesk_domain::question::{Answer, Inquiry as AnyInquiry};
use plugdesk_domain::{Contact, Grade, Qualified, Ticket};
use serde_json::{Map, Value};

use super::{circumstances, look};
use crate::asking::{self, About};
use crate::draft::Draft;
use crate::error::Error;
use crate::show;

/// The built-in answers: `call-today` and `keep-warm`, a grade without a score.
pub(super) fn fallback(name: &str) -> Option<Answer> {
    let grade = match name {
        "call-today" => Grade::B,
        "keep-warm" => Grade::C,
        _ => return None,
    };
    Some(Answer::Qualify(Qualification {
        score: 0,
        grade,
        motive: None,
        horizon_days: None,
        next_question: None,
        look_again: None,
        reasons: Vec::new(),
        facts: Vec::new(),
        signals: Vec::new(),
    }))
}

/// Asks for a lead of the draft, and sets what it is qualified as. Other tickets are left alone.
pub(crate) fn lead(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Error> {
    if !ticket.is_lead() {
        return Ok(());
    }
    let about = About::ticket(ticket, draft.made::<Ticket>(&ticket.id.into()));
    let requester = about.contact.map(|id| draft.peek::<Contact>(id)).transpose()?.flatten();
    let locale = requester.and_then(|it| it.locale);
    let place = super::place(draft, ticket)?;
    let inquiry = Inquiry { circumstances: circumstances(draft, locale.as_deref()), lead: show::ticket(ticket) };
    let inquiry = AnyInquiry::Qualify(inquiry);
    let joined = asking::ask::<Qualify>(draft, &about, &place, &inquiry)?;
    let Some(joined) = joined else { return Ok(()) };
    draft.effect(format!("qualified: grade {}, score {} ({})", word(joined.grade), joined.score, joined.policy));
    ticket.qualified = Some(Qualified {
        score: joined.score,
        grade: joined.grade,
        motive: joined.motive,
        horizon_days: joined.horizon_days,
        next_question: joined.next_question,
        look_again: joined.look_again.map(|at| look(at, draft.now)),
        decision: draft.decision,
    });
    Ok(())
}

/// What events tell of a qualification.
pub(crate) fn told(ticket: &Ticket, data: &mut Map<String, Value>) {
    if let Some(qualified) = &ticket.qualified {
        data.insert("grade".to_owned(), word(qualified.grade).into());
        data.insert("score".to_owned(), qualified.score.into());
    }
}

fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "a",
        Grade::B => "b",
        Grade::C => "c",
        Grade::D => "d",
    }
}
