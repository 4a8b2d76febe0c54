//! `membership.create` and `membership.update`: a person's tie to a company node, with its dates. Neither touches a ticket:
//! what was for a company stays for it (lesson 2).

use plugdesk_domain::{Company, Contact, Membership, MembershipId, Principal, RecordsExt};
use serde_json::Map;

use super::{existing, not_for_customers};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::Checks;
use crate::input::{MembershipPatch, NewMembership};
use crate::path::Command;
use crate::resolve;
use crate::view::{Done, How};

/// So many concerns of so many bytes: a remark each, not an essay.
const MOST_CONCERNS: usize = 16;
const MOST_CONCERN_CHARS: usize = 512;

struct Create(NewMembership);

struct Update {
    id: MembershipId,
    patch: MembershipPatch,
}

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

    /// Changes a membership; one that ended stays with its dates. Asks nothing; tickets keep their company.
    pub async fn membership_update(
        &self,
        by: &Principal,
        id: MembershipId,
        patch: MembershipPatch,
        how: &How,
    ) -> Result<Done<Membership>, Error> {
        self.submit(by, how, Update { id, patch }).await
    }
}

impl Command for Create {
    type Value = Membership;
    const NAME: &'static str = "membership.create";
    const STATUS: u16 = 201;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Membership, Error> {
        not_for_customers(draft, "make memberships")?;
        let new = &self.0;
        let contact = resolve::find::<Contact>(draft, new.contact)?;
        let company = resolve::find::<Company>(draft, new.company)?;
        let membership = Membership {
            id: MembershipId::new(draft.now, draft.desk.bits()),
            version: 1,
            created_at: draft.now,
            updated_at: draft.now,
            contact: contact.as_ref().map_or(new.contact, |it| it.id),
            company: company.as_ref().map_or(new.company, |it| it.id),
            role: new.role,
            aspect: new.aspect.clone(),
            concerns: new.concerns.clone(),
            source: new.source.clone(),
            primary: new.primary,
            valid_from: new.valid_from,
            valid_to: new.valid_to,
        };
        let mut checks = Checks::default();
        if contact.is_none() {
            checks.fail("/contact", format!("contact {} not found", new.contact));
        }
        if company.is_none() {
            checks.fail("/company", format!("company {} not found", new.company));
        }
        checked(checks, "/concerns", &membership)?;
        draft.subject = membership.id.to_string();
        tell(draft, "membership.created", &membership);
        draft.create(membership.clone());
        Ok(membership)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Membership, Error> {
        let id: MembershipId = subject.parse().map_err(|_| Error::not_found("membership", subject))?;
        desk.records.find(id)?.ok_or_else(|| Error::not_found("membership", id))
    }
}

impl Command for Update {
    type Value = Membership;
    const NAME: &'static str = "membership.update";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Membership, Error> {
        not_for_customers(draft, "change memberships")?;
        let (id, patch) = (self.id, &self.patch);
        draft.subject = id.to_string();
        let before: Membership = existing(draft, "membership", id, id)?;
        let mut it = before.clone();
        if let Some(role) = patch.role {
            it.role = role;
        }
        if let Some(aspect) = &patch.aspect {
            it.aspect.clone_from(aspect);
        }
        if let Some(source) = &patch.source {
            it.source.clone_from(source);
        }
        if let Some(primary) = patch.primary {
            it.primary = primary;
        }
        if let Some(from) = patch.valid_from {
            it.valid_from = from;
        }
        if let Some(to) = patch.valid_to {
            it.valid_to = to;
        }
        let mut checks = Checks::default();
        checks.count("/add_concerns", patch.add_concerns.len(), MOST_CONCERNS);
        checks.count("/remove_concerns", patch.remove_concerns.len(), MOST_CONCERNS);
        it.concerns.retain(|concern| !patch.remove_concerns.contains(concern));
        for concern in patch.add_concerns.iter().take(MOST_CONCERNS) {
            if !it.concerns.contains(concern) {
                it.concerns.push(concern.clone());
            }
        }
        checked(checks, "/add_concerns", &it)?;
        if it == before {
            return Ok(it);
        }
        draft.change(it.clone());
        tell(draft, "membership.updated", &it);
        Ok(draft.peek(id)?.unwrap_or(it))
    }

    fn again(&self, desk: &Inner, _subject: &str) -> Result<Membership, Error> {
        desk.records.find(self.id)?.ok_or_else(|| Error::not_found("membership", self.id))
    }
}

/// Everything that is wrong with a membership as it would be.
fn checked(mut checks: Checks, concerns: &str, it: &Membership) -> Result<(), Error> {
    checks.word("/aspect", it.aspect.as_deref());
    checks.word("/source", it.source.as_deref());
    checks.count(concerns, it.concerns.len(), MOST_CONCERNS);
    for (place, concern) in it.concerns.iter().take(MOST_CONCERNS).enumerate() {
        checks.line(&format!("{concerns}/{place}"), concern, 1, MOST_CONCERN_CHARS);
    }
    if let (Some(from), Some(to)) = (it.valid_from, it.valid_to)
        && to <= from
    {
        checks.fail("/valid_to", "later than `valid_from`");
    }
    checks.done()
}

fn tell(draft: &mut Draft<'_>, name: &str, it: &Membership) {
    let mut data = Map::new();
    data.insert("contact".to_owned(), it.contact.to_string().into());
    data.insert("company".to_owned(), it.company.to_string().into());
    draft.tell(name, it.id, data);
}
