//! Reading contacts, companies and memberships.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    COMPANY_BY_DOMAIN, COMPANY_BY_EXTERNAL, COMPANY_BY_NAME, CONTACT_BY_EXTERNAL, Company, CompanyId, Contact,
    ContactId, Identity, IdentityKind, Index, Key, MEMBERSHIP_BY_COMPANY, Membership, Page, Principal, RecordsExt,
    Role, Scan, Table, normalise_identity,
};

use crate::desk::{Desk, Inner};
use crate::error::Error;
use crate::input::check::MOST_IDENTITY_BYTES;
use crate::show;
use crate::view::{ContactView, PageRequest};

impl Desk {
    /// The contact of that id. A customer sees the customer's own.
    pub fn contact(&self, by: &Principal, id: ContactId) -> Result<ContactView, Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        if by.role == Role::Customer && by.contact != Some(id) {
            return Err(Error::not_found("contact", id));
        }
        let contact: Contact = self.inner.records.find(id)?.ok_or_else(|| Error::not_found("contact", id))?;
        contact_view(&self.inner, contact)
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
        let found: Contact = self.by_external(by, CONTACT_BY_EXTERNAL, "contact with external id", system, id)?;
        self.contact(by, found.id)
    }

    /// Contacts, newest first. Not for customers.
    pub fn contact_list(&self, by: &Principal, page: &PageRequest) -> Result<Page<Contact>, Error> {
        self.people(by)?;
        let scan = Scan::table(Table::Contact).backward().with_limit(page.limit()).with_after(page.after.clone());
        Ok(self.inner.records.list(&scan)?)
    }

    /// The company of that id.
    pub fn company(&self, by: &Principal, id: CompanyId) -> Result<Company, Error> {
        self.people(by)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("company", id))
    }

    /// The company that another system knows by that id.
    pub fn company_by_external(&self, by: &Principal, system: &str, id: &str) -> Result<Company, Error> {
        self.people(by)?;
        self.by_external(by, COMPANY_BY_EXTERNAL, "company with external id", system, id)
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
        Ok(found)
    }

    /// The memberships of a company node, oldest first, those that ended too.
    pub fn membership_list(
        &self,
        by: &Principal,
        company: CompanyId,
        page: &PageRequest,
    ) -> Result<Page<Membership>, Error> {
        self.company(by, company)?;
        let scan = Scan::index(MEMBERSHIP_BY_COMPANY, vec![company.into()]);
        Ok(self.inner.records.list(&scan.with_limit(page.limit()).with_after(page.after.clone()))?)
    }

    /// Whether the principal may look through people and companies: a customer may not.
    fn people(&self, by: &Principal) -> Result<(), Error> {
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
        let most = crate::input::check::MOST_EXTERNAL_BYTES;
        let not_found = || Error::not_found(what, format!("{system}:{id}"));
        if system.len() > most || id.len() > most {
            return Err(not_found());
        }
        let scan = Scan::index(index, vec![system.into(), id.into()]).with_limit(1);
        self.inner.records.list(&scan)?.records.pop().ok_or_else(not_found)
    }
}

/// A contact with everything around it.
pub(crate) fn contact_view(desk: &Inner, contact: Contact) -> Result<ContactView, Error> {
    let identities = desk.records.list(&show::identities_scan(contact.id))?.records;
    let memberships = desk.records.list(&show::memberships_scan(contact.id))?.records;
    Ok(ContactView { contact, identities, memberships })
}
