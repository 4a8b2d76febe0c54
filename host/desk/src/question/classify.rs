//! `classify`: the segment of a contact, a company, a ticket.
//!
//! What a person set stays: policies are asked and recorded all the same. A ticket on which nobody has an opinion, and
//! which has no segment yet, takes its company's, else its contact's: the company is the one the ticket is for.

use plugdesk_domain::question::classify::{Classification, Classify, Inquiry, Joined, Subject};
use plugdesk_domain::question::shown::check_name;
use plugdesk_domain::question::{Answer, Inquiry as AnyInquiry};
use plugdesk_domain::{Company, CompanyId, Contact, ContactId, Identity, Membership, Ticket};

use super::circumstances;
use crate::asking::{self, About, pinned_segment};
use crate::draft::Draft;
use crate::error::Error;
use crate::generation::Place;
use crate::resolve;
use crate::show;

/// The built-in answers: every word is one, the segment of that name with no confidence at all, so that any policy
/// that answers wins over it.
pub(super) fn fallback(segment: &str) -> Option<Answer> {
    check_name("segment", segment).ok()?;
    let (reasons, facts, signals) = (Vec::new(), Vec::new(), Vec::new());
    Some(Answer::Classify(Classification { segment: segment.to_owned(), confidence: 0, reasons, facts, signals }))
}

/// Asks for a contact of the draft, and sets its segment.
pub(crate) fn contact(draft: &mut Draft<'_>, id: ContactId) -> Result<(), Error> {
    let Some(mut record) = draft.peek::<Contact>(id)? else { return Ok(()) };
    let about = About::contact(id, draft.made::<Contact>(&id.into()));
    let shown = if about.fresh {
        let identities: Vec<_> = draft.written::<Identity>().into_iter().filter(|it| it.contact == id).collect();
        show::contact(&record, &identities, &[], draft.now)
    } else {
        // The whole person: what merged records have too.
        let Some(whole) = resolve::whole::<Contact>(draft, id)? else { return Ok(()) };
        let (mut identities, mut memberships) = (Vec::new(), Vec::new());
        for part in whole.ids() {
            identities.extend(draft.list::<Identity>(&show::identities_scan(part), |it| it.contact == part)?);
            memberships.extend(draft.list::<Membership>(&show::memberships_scan(part), |it| it.contact == part)?);
        }
        show::contact(&whole.record, &identities, &memberships, draft.now)
    };
    let joined = ask(draft, &about, Subject::Contact(shown), record.locale.as_deref())?;
    if let Some(segment) = segment(draft, &about, "contact", record.segment.as_deref(), joined)? {
        record.segment = Some(segment);
        draft.change(record);
    }
    Ok(())
}

/// Asks for a company of the draft, and sets its segment.
pub(crate) fn company(draft: &mut Draft<'_>, id: CompanyId) -> Result<(), Error> {
    let Some(mut record) = draft.peek::<Company>(id)? else { return Ok(()) };
    let about = About::company(id, draft.made::<Company>(&id.into()));
    let whole = if about.fresh { None } else { resolve::whole_company(draft, id)? };
    let shown = show::company(whole.as_ref().map_or(&record, |it| &it.record));
    let joined = ask(draft, &about, Subject::Company(shown), None)?;
    if let Some(segment) = segment(draft, &about, "company", record.segment.as_deref(), joined)? {
        record.segment = Some(segment);
        draft.change(record);
    }
    Ok(())
}

/// Asks for a ticket of the draft, and sets its segment.
pub(crate) fn ticket(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Error> {
    let about = About::ticket(ticket, draft.made::<Ticket>(&ticket.id.into()));
    let locale = super::locale(draft, ticket)?;
    let joined = ask(draft, &about, Subject::Ticket(show::ticket(ticket)), locale.as_deref())?;
    let unopined = joined.is_none();
    if let Some(segment) = segment(draft, &about, "ticket", ticket.segment.as_deref(), joined)? {
        ticket.segment = Some(segment);
    } else if unopined {
        inherit(draft, ticket)?;
    }
    Ok(())
}

/// A ticket without a segment takes its company's, else its contact's.
pub(crate) fn inherit(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Error> {
    if ticket.segment.is_some() {
        return Ok(());
    }
    let company = ticket.company.map(|id| resolve::whole_company(draft, id)).transpose()?.flatten();
    let requester = ticket.requester.map(|id| resolve::whole::<Contact>(draft, id)).transpose()?.flatten();
    let inherited = match (company.and_then(|it| it.record.segment), requester.and_then(|it| it.record.segment)) {
        (Some(segment), _) => Some((segment, "company")),
        (None, Some(segment)) => Some((segment, "contact")),
        (None, None) => None,
    };
    if let Some((segment, whose)) = inherited {
        draft.effect(format!("ticket's segment: {segment} (its {whose}'s)"));
        ticket.segment = Some(segment);
    }
    Ok(())
}

fn ask(draft: &mut Draft<'_>, about: &About, subject: Subject, locale: Option<&str>) -> Result<Option<Joined>, Error> {
    let inquiry = AnyInquiry::Classify(Inquiry { circumstances: circumstances(draft, locale), subject });
    asking::ask::<Classify>(draft, about, &Place::default(), &inquiry)
}

/// The segment to set; none: it stays as it is.
fn segment(
    draft: &mut Draft<'_>,
    about: &About,
    what: &str,
    now: Option<&str>,
    joined: Option<Joined>,
) -> Result<Option<String>, Error> {
    let Some(joined) = joined else { return Ok(None) };
    if let Some(pinned) = pinned_segment(draft, about)? {
        draft.effect(format!("{what}'s segment stays {pinned}: a person set it"));
        return Ok(None);
    }
    if now == Some(joined.segment.as_str()) {
        return Ok(None);
    }
    draft.effect(format!("{what}'s segment: {} ({})", joined.segment, joined.policy));
    Ok(Some(joined.segment))
}
