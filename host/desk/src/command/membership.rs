//! `membership.create`: a person's tie to a company node, with its dates.

use plugdesk_domain::{Company, Contact, Membership, MembershipId, Principal, RecordsExt};
use serde_json::Map;

use super::not_for_customers;
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::NewMembership;
use crate::input::check::Checks;
use crate::path::Command;
use crate::view::{Done, How};

/// So many concerns of so many bytes: a remark each, not an essay.
const MOST_CONCERNS: usize = 16;
const MOST_CONCERN_BYTES: usize = 512;

struct Create(NewMembership);

impl Desk {
    /// Ties a contact to a company node. Asks nothing; tickets keep their company.
    pub async fn membership_create(
        &self,
        by: &Principal,
        new: NewMembership,
        how: &How,
    ) -> Result<Done<Membership>, Error> {
        self.submit(by, how, Create(new)).await
    }
}

impl Command for Create {
    type Value = Membership;
    const NAME: &'static str = "membership.create";
    const STATUS: u16 = 201;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Membership, Error> {
        not_for_customers(draft, "make memberships")?;
        let new = &self.0;
        let mut checks = Checks::default();
        checks.word("/aspect", new.aspect.as_deref());
        checks.count("/concerns", new.concerns.len(), MOST_CONCERNS);
        for (place, concern) in new.concerns.iter().take(MOST_CONCERNS).enumerate() {
            checks.line(&format!("/concerns/{place}"), concern, 1, MOST_CONCERN_BYTES);
        }
        if let (Some(from), Some(to)) = (new.valid_from, new.valid_to)
            && to <= from
        {
            checks.fail("/valid_to", "later than `valid_from`");
        }
        if draft.find::<Contact>(new.contact)?.is_none() {
            checks.fail("/contact", format!("contact {} not found", new.contact));
        }
        if draft.find::<Company>(new.company)?.is_none() {
            checks.fail("/company", format!("company {} not found", new.company));
        }
        checks.done()?;
        let membership = Membership {
            id: MembershipId::new(draft.now, draft.desk.bits()),
            version: 1,
            created_at: draft.now,
            updated_at: draft.now,
            contact: new.contact,
            company: new.company,
            role: new.role,
            aspect: new.aspect.clone(),
            concerns: new.concerns.clone(),
            source: None,
            primary: new.primary,
            valid_from: new.valid_from,
            valid_to: new.valid_to,
        };
        draft.subject = membership.id.to_string();
        let mut data = Map::new();
        data.insert("contact".to_owned(), new.contact.to_string().into());
        data.insert("company".to_owned(), new.company.to_string().into());
        draft.tell("membership.created", membership.id, data);
        draft.create(membership.clone());
        Ok(membership)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Membership, Error> {
        let id: MembershipId = subject.parse().map_err(|_| Error::not_found("membership", subject))?;
        desk.records.find(id)?.ok_or_else(|| Error::not_found("membership", id))
    }
}
