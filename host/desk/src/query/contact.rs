//! Reading contacts, companies and memberships.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    COMPANY_BY_DOMAIN, COMPANY_BY_EXTERNAL, COMPANY_BY_NAME, CONTACT_BY_EXTERNAL, Company, CompanyId, Contact,
    ContactId, Identity, IdentityKind, Index, Key, MEMBERSHIP_BY_COMPANY, MEMBERSHIP_BY_CONTACT, Membership,
    MembershipId, Page, Principal, RecordsExt, Role, Scan, Table, normalise_identity,
};

use crate::desk::Desk;
use crate::error::Error;
use crate::input::check::MOST_IDENTITY_BYTES;
use crate::resolve::{self, Reads, Whole};
use crate::show;
use crate::view::{CompanyView, ContactView, MergedRecord, PageRequest};

impl Desk {
    /// The contact of that id. A customer sees the customer's own.
    pub fn contact(&self, by: &Principal, id: ContactId) -> Result<ContactView, Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        let reads = self.inner.records.as_ref();
        if by.role == Role::Customer {
            let own = by.contact.map(|own| resolve::same_cluster::<Contact>(reads, own, id)).transpose()?;
            if own != Some(true) {
                return Err(Error::not_found("contact", id));
            }
        }
        contact_view(reads, id)
    }

    /// The contact that has that address, in whatever form it is written.
    // A kind is a word that the caller has just read; it is not needed again.
    #[allow(clippy::needless_pass_by_value)]
    pub fn contact_by_identity(&self, by: &Principal, kind: IdentityKind, value: &str) -> Result<ContactView, Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        let normal = normalise_identity(&kind, value).map_err(|error| Error::invalid("", error.to_string()))?;
        let address = format!("{}:{normal}", kind.name());
        let key = Key(vec![kind.name().into(), normal.as_str().into()]);
        let not_found = || Error::not_found("contact with identity", &address);
        if normal.len() > MOST_IDENTITY_BYTES {
            return Err(not_found());
        }
        let identity: Identity = self.inner.records.find(key)?.ok_or_else(not_found)?;
        self.contact(by, identity.contact).map_err(|error| match error {
            Error::NotFound { .. } => not_found(),
            other => other,
        })
    }

    /// The contact that another system knows by that id.
    pub fn contact_by_external(&self, by: &Principal, system: &str, id: &str) -> Result<ContactView, Error> {
        const WHAT: &str = "contact with external id";
        let found: Contact = self.by_external(by, CONTACT_BY_EXTERNAL, WHAT, system, id)?;
        // Whose it is, whoever may not see the contact is not told.
        self.contact(by, found.id).map_err(|error| match error {
            Error::NotFound { .. } => Error::not_found(WHAT, format!("{system}:{id}")),
            other => other,
        })
    }

    /// Contacts, newest first, without those that point to others: a page may be short and still have a next one. Not
    /// for customers.
    pub fn contact_list(&self, by: &Principal, page: &PageRequest) -> Result<Page<Contact>, Error> {
        self.people(by)?;
        let scan = Scan::table(Table::Contact).backward().with_limit(page.limit()).with_after(page.after.clone());
        let mut found: Page<Contact> = self.inner.records.list(&scan)?;
        found.records.retain(|it| it.merged_into.is_none());
        Ok(found)
    }

    /// The company of that id, or the one that it points to.
    pub fn company(&self, by: &Principal, id: CompanyId) -> Result<CompanyView, Error> {
        self.people(by)?;
        company_view(self.inner.records.as_ref(), id)
    }

    /// The company that another system knows by that id.
    pub fn company_by_external(&self, by: &Principal, system: &str, id: &str) -> Result<Company, Error> {
        self.people(by)?;
        let found: Company = self.by_external(by, COMPANY_BY_EXTERNAL, "company with external id", system, id)?;
        Ok(company_view(self.inner.records.as_ref(), found.id)?.company)
    }

    /// Companies: those of a mail domain, those of a name, or all, newest first.
    pub fn company_list(
        &self,
        by: &Principal,
        domain: Option<&str>,
        name: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<Company>, Error> {
        self.people(by)?;
        if domain.is_some_and(|domain| domain.len() > MOST_IDENTITY_BYTES) {
            return Ok(Page { records: Vec::new(), next: None });
        }
        let lower = |text: &str, most: usize| text.to_lowercase().chars().take(most).collect::<String>();
        let scan = match (domain, name) {
            (Some(domain), _) => Scan::index(COMPANY_BY_DOMAIN, vec![lower(domain, 253).as_str().into()]),
            (None, Some(name)) => Scan::index(COMPANY_BY_NAME, vec![lower(name, 60).as_str().into()]),
            (None, None) => Scan::table(Table::Company).backward(),
        };
        let mut found: Page<Company> =
            self.inner.records.list(&scan.with_limit(page.limit()).with_after(page.after.clone()))?;
        if let Some(name) = name {
            let whole = name.to_lowercase();
            found.records.retain(|it| it.name.to_lowercase() == whole);
        }
        if domain.is_none() && name.is_none() {
            found.records.retain(|it| it.merged_into.is_none());
            return Ok(found);
        }
        // Who looks for a node that points to another means that one.
        let mut standing: Vec<Company> = Vec::new();
        for it in found.records {
            let it = company_view(self.inner.records.as_ref(), it.id)?.company;
            if !standing.iter().any(|other| other.id == it.id) {
                standing.push(it);
            }
        }
        Ok(Page { records: standing, next: found.next })
    }

    /// Memberships, oldest first, those that ended too: all, of a company node, of a contact, of a contact in a node.
    /// Those of merged records are among them.
    pub fn membership_list(
        &self,
        by: &Principal,
        company: Option<CompanyId>,
        contact: Option<ContactId>,
        page: &PageRequest,
    ) -> Result<Page<Membership>, Error> {
        self.people(by)?;
        let reads = self.inner.records.as_ref();
        let companies = company.map(|id| resolve::cluster_of_company(reads, id)).transpose()?;
        let contacts = contact.map(|id| resolve::cluster_of_contact(reads, id)).transpose()?;
        let scans = match (&companies, &contacts) {
            (_, Some(ids)) => ids.iter().map(|id| Scan::index(MEMBERSHIP_BY_CONTACT, vec![(*id).into()])).collect(),
            (Some(ids), None) => ids.iter().map(|id| Scan::index(MEMBERSHIP_BY_COMPANY, vec![(*id).into()])).collect(),
            (None, None) => vec![Scan::table(Table::Membership)],
        };
        let mut found: Page<Membership> = resolve::several(reads, scans, page, |it: &Membership| it.id.uuid())?;
        found.records.retain(|it| companies.as_ref().is_none_or(|ids| ids.contains(&it.company)));
        Ok(found)
    }

    /// One membership.
    pub fn membership(&self, by: &Principal, id: MembershipId) -> Result<Membership, Error> {
        self.people(by)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("membership", id))
    }

    /// Whether the principal may look through people and companies: a customer may not.
    pub(super) fn people(&self, by: &Principal) -> Result<(), Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        match by.role {
            Role::Customer => Err(Error::Forbidden("a customer may not read contacts and companies".to_owned())),
            _ => Ok(()),
        }
    }

    pub(super) fn by_external<R: plugdesk_domain::record::Stored>(
        &self,
        by: &Principal,
        index: Index,
        what: &'static str,
        system: &str,
        id: &str,
    ) -> Result<R, Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        let not_found = || Error::not_found(what, format!("{system}:{id}"));
        if !crate::input::check::may_be_external(system, id) {
            return Err(not_found());
        }
        let scan = Scan::index(index, vec![system.into(), id.into()]).with_limit(1);
        self.inner.records.list(&scan)?.records.pop().ok_or_else(not_found)
    }
}

/// A contact with everything around it, whichever of the merged ones is named.
pub(crate) fn contact_view(reads: &(impl Reads + ?Sized), id: ContactId) -> Result<ContactView, Error> {
    let whole: Whole<Contact> = resolve::whole(reads, id)?.ok_or_else(|| Error::not_found("contact", id))?;
    let (mut identities, mut memberships) = (Vec::new(), Vec::new());
    for part in whole.ids() {
        identities.extend(reads.some::<Identity>(&show::identities_scan(part), |it| it.contact == part)?);
        memberships.extend(reads.some::<Membership>(&show::memberships_scan(part), |it| it.contact == part)?);
    }
    if whole.parts.len() > 1 {
        identities.sort_by(|a, b| (a.kind.name(), &a.value).cmp(&(b.kind.name(), &b.value)));
        memberships.sort_by_key(|it| it.id);
    }
    let merged_from = (whole.record.id != id).then_some(id);
    let merged = merged(&whole, |it| it.name.clone());
    Ok(ContactView { contact: whole.record, identities, memberships, merged_from, merged })
}

/// A company as it shows, whichever of the merged ones is named.
pub(crate) fn company_view(reads: &(impl Reads + ?Sized), id: CompanyId) -> Result<CompanyView, Error> {
    let whole = resolve::whole_company(reads, id)?.ok_or_else(|| Error::not_found("company", id))?;
    let merged_from = (whole.record.id != id).then_some(id);
    let merged = merged(&whole, |it| it.name.clone());
    Ok(CompanyView { company: whole.record, merged_from, merged })
}

/// The records that point to a standing one.
fn merged<R: resolve::Alias>(whole: &Whole<R>, name: impl Fn(&R) -> String) -> Vec<MergedRecord> {
    let shown = |(member, record): &(resolve::Member<R::Id>, R)| {
        let merge = member.merge.as_ref()?;
        let (merge, at, by) = (merge.id, merge.created_at, merge.by.clone());
        Some(MergedRecord { id: member.id.to_string(), name: name(record), merge, at, by })
    };
    whole.parts.iter().filter_map(shown).collect()
}
