//! What rows point at: tickets, people and companies that the desk has already.

use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    COMPANY_BY_EXTERNAL, COMPANY_BY_NAME, CONTACT_BY_EXTERNAL, Company, CompanyId, Contact, ContactId, Identity,
    IdentityKind, Index, Key, MEMBERSHIP_BY_CONTACT, Membership, RecordsExt, Scan, TICKET_BY_EXTERNAL, Ticket,
    TicketId, normalise_identity,
};

use super::mapping::Source;
use super::value::{Reading, Wrong};
use crate::desk::Inner;
use crate::input::NewMembership;
use crate::input::check::may_be_external;

/// Entries of the name index are looked through so far: names that begin alike for 60 characters stand together there.
const MOST_SAME_NAME: usize = 32;
/// A person's memberships are compared with a row's so far.
const MOST_MEMBERSHIPS: usize = 200;

/// The desk as rows point into it.
pub(super) struct Known<'a>(pub(super) &'a Inner);

impl Known<'_> {
    /// The ticket that the system knows by that id, and its requester.
    pub(super) fn ticket(
        &self,
        reading: &Reading<'_>,
        source: Option<&Source>,
        id: &str,
    ) -> Result<(TicketId, Option<ContactId>), Wrong> {
        let found: Ticket = self.external(reading, source, TICKET_BY_EXTERNAL, "ticket", id)?;
        Ok((found.id, found.requester))
    }

    /// The person that the system knows by that id.
    pub(super) fn contact(&self, reading: &Reading<'_>, source: Option<&Source>, id: &str) -> Result<ContactId, Wrong> {
        self.external::<Contact>(reading, source, CONTACT_BY_EXTERNAL, "contact", id).map(|it| it.id)
    }

    /// The company that the system knows by that id.
    pub(super) fn company(&self, reading: &Reading<'_>, source: Option<&Source>, id: &str) -> Result<CompanyId, Wrong> {
        self.external::<Company>(reading, source, COMPANY_BY_EXTERNAL, "company", id).map(|it| it.id)
    }

    /// The oldest company of that name; case does not count.
    pub(super) fn company_named(
        &self,
        reading: &Reading<'_>,
        source: Option<&Source>,
        name: &str,
    ) -> Result<CompanyId, Wrong> {
        let lower = name.trim().to_lowercase();
        let key: String = lower.chars().take(60).collect();
        let scan = Scan::index(COMPANY_BY_NAME, vec![key.as_str().into()]).with_limit(MOST_SAME_NAME);
        let failed = |error: plugdesk_domain::StoreError| reading.wrong(source, error.to_string());
        let same = self.0.records.list::<Company>(&scan).map_err(failed)?.records;
        let same = same.into_iter().filter(|it| it.name.to_lowercase() == lower);
        let oldest = same.min_by_key(|it| (it.created_at, it.id)).map(|it| it.id);
        oldest.ok_or_else(|| reading.wrong(source, format!("no company is called `{}`", cut(name))))
    }

    /// The person who has that address.
    pub(super) fn address(
        &self,
        reading: &Reading<'_>,
        source: Option<&Source>,
        kind: &IdentityKind,
        value: &str,
    ) -> Result<ContactId, Wrong> {
        let wrong = |rule: String| reading.wrong(source, format!("`{}`: {rule}", cut(value)));
        let normal = normalise_identity(kind, value).map_err(|rule| wrong(rule.to_string()))?;
        let key = Key(vec![kind.name().into(), normal.as_str().into()]);
        let found: Option<Identity> = self.0.records.find(key).map_err(|error| wrong(error.to_string()))?;
        found.map(|it| it.contact).ok_or_else(|| wrong("nobody in the desk has this address".to_owned()))
    }

    /// Whether the person is tied to the company just so already.
    pub(super) fn has(&self, new: &NewMembership) -> bool {
        let scan = Scan::index(MEMBERSHIP_BY_CONTACT, vec![new.contact.into()]).with_limit(MOST_MEMBERSHIPS);
        let same = |it: &Membership| {
            (it.contact, it.company, it.role, &it.aspect, it.valid_from, it.valid_to)
                == (new.contact, new.company, new.role, &new.aspect, new.valid_from, new.valid_to)
        };
        self.0.records.list::<Membership>(&scan).is_ok_and(|page| page.records.iter().any(same))
    }

    fn external<R: Stored>(
        &self,
        reading: &Reading<'_>,
        source: Option<&Source>,
        index: Index,
        what: &str,
        id: &str,
    ) -> Result<R, Wrong> {
        let system = reading.mapping.system().unwrap_or_default();
        let unknown = || reading.wrong(source, format!("no {what} has the id `{}` in `{}`", cut(id), cut(system)));
        if !may_be_external(system, id) {
            return Err(unknown());
        }
        let scan = Scan::index(index, vec![system.into(), id.into()]).with_limit(1);
        let failed = |error: plugdesk_domain::StoreError| reading.wrong(source, error.to_string());
        self.0.records.list::<R>(&scan).map_err(failed)?.records.pop().ok_or_else(unknown)
    }
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}
