//! What differs between merging contacts, companies and tickets.

use plugdesk_domain::question::classify::Subject;
use plugdesk_domain::{Company, CompanyId, Contact, FieldPlan, Identity, Membership, Ticket};

use crate::asking::About;
use crate::draft::Draft;
use crate::error::Error;
use crate::generation::Place;
use crate::question::merge;
use crate::resolve::{self, Alias};
use crate::show;

/// A record that can be merged.
pub(crate) trait Merging: Alias {
    /// Whether the two may become one at all.
    fn may(draft: &mut Draft<'_>, winner: &Self, loser: &Self) -> Result<(), Error>;
    /// Which values policies want to show; or that one says no.
    fn plan(draft: &mut Draft<'_>, winner: &Self, loser: &Self) -> Result<FieldPlan, Error>;
}

impl Merging for Contact {
    fn may(_draft: &mut Draft<'_>, _winner: &Self, _loser: &Self) -> Result<(), Error> {
        Ok(())
    }

    fn plan(draft: &mut Draft<'_>, winner: &Self, loser: &Self) -> Result<FieldPlan, Error> {
        let fresh = draft.made::<Contact>(&winner.id.into());
        let about = About::contact(winner.id, fresh).with_others(vec![loser.id.to_string()]);
        let place = Place { segment: winner.segment.clone(), ..Place::default() };
        let (winner, loser) = (contact(draft, winner)?, contact(draft, loser)?);
        merge::plan(draft, &about, &place, winner, loser)
    }
}

fn contact(draft: &Draft<'_>, it: &Contact) -> Result<Subject, Error> {
    let Some(whole) = resolve::whole::<Contact>(draft, it.id)? else {
        return Err(Error::not_found("contact", it.id));
    };
    let (mut identities, mut memberships) = (Vec::new(), Vec::new());
    for part in whole.ids() {
        identities.extend(draft.list::<Identity>(&show::identities_scan(part), |it| it.contact == part)?);
        memberships.extend(draft.list::<Membership>(&show::memberships_scan(part), |it| it.contact == part)?);
    }
    Ok(Subject::Contact(show::contact(&whole.record, &identities, &memberships, draft.now)))
}

impl Merging for Company {
    /// A node between the two would stand above and below what they become.
    fn may(draft: &mut Draft<'_>, winner: &Self, loser: &Self) -> Result<(), Error> {
        let both = [winner.id, loser.id];
        let mut above: Vec<CompanyId> = Vec::new();
        for id in both {
            if let Some(whole) = resolve::whole::<Company>(draft, id)? {
                above.extend(resolve::parents(draft, &whole)?.into_iter().map(|it| it.id));
            }
        }
        above.retain(|id| !both.contains(id));
        if super::super::company::climbs_to(draft, "/loser", above, &both)? {
            return Err(Error::invalid("/loser", "a company stands between the two: move it first"));
        }
        Ok(())
    }

    fn plan(draft: &mut Draft<'_>, winner: &Self, loser: &Self) -> Result<FieldPlan, Error> {
        let about = About::company(winner.id, false).with_others(vec![loser.id.to_string()]);
        let place = Place {
            segment: winner.segment.clone(),
            companies: resolve::cluster_of_company(draft, winner.id)?,
            ..Place::default()
        };
        let subject = |draft: &Draft<'_>, id: CompanyId| {
            let whole = resolve::whole_company(draft, id)?.ok_or_else(|| Error::not_found("company", id))?;
            Ok::<_, Error>(Subject::Company(show::company(&whole.record)))
        };
        let (winner, loser) = (subject(draft, winner.id)?, subject(draft, loser.id)?);
        merge::plan(draft, &about, &place, winner, loser)
    }
}

impl Merging for Ticket {
    fn may(_draft: &mut Draft<'_>, _winner: &Self, _loser: &Self) -> Result<(), Error> {
        Ok(())
    }

    /// Tickets show the winner's values: a policy may only say no.
    fn plan(draft: &mut Draft<'_>, winner: &Self, loser: &Self) -> Result<FieldPlan, Error> {
        let about = About::ticket(winner, false).with_others(vec![loser.id.to_string()]);
        let place = crate::question::place(draft, winner)?;
        let (winner, loser) = (Subject::Ticket(show::ticket(winner)), Subject::Ticket(show::ticket(loser)));
        merge::plan(draft, &about, &place, winner, loser)?;
        Ok(FieldPlan::new())
    }
}
