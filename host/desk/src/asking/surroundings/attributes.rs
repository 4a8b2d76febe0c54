//! Custom fields of the subject, of those it belongs to, and of the other records that a question names.

use plugdesk_domain::{Attributes, Company, CompanyId, Contact, ContactId, Ticket, TicketId};
use serde_json::Value;

use super::{Subject, Surroundings};

impl Surroundings<'_, '_> {
    /// Those of a record that are asked for by name; nothing of a record that the question is not about.
    pub(super) fn named_of(&self, of: &str, names: &[String]) -> Vec<(String, Value)> {
        let wanted = |custom: &Attributes| {
            let named = custom.iter().filter(|(name, _)| names.iter().any(|it| it == *name));
            named.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        // The ticket that the command itself makes is what is asked about most, and need not be copied for it.
        if let Subject::Ticket(id) = self.about.subject
            && self.about.fresh
            && let Some(ticket) = self.draft.pending::<Ticket>(&id.into())
            && of == self.about.subject_id()
        {
            return wanted(&ticket.custom);
        }
        wanted(&self.custom_of(of))
    }

    fn custom_of(&self, of: &str) -> Attributes {
        let ours = |id: Option<String>| id.as_deref() == Some(of);
        match self.about.subject {
            Subject::Ticket(id) if ours(Some(id.to_string())) => {
                self.one::<Ticket>(id.into()).map(|it| it.custom).unwrap_or_default()
            }
            _ if ours(self.about.contact.map(|id| id.to_string())) => {
                let contact = self.about.contact.and_then(|id| self.whole::<Contact>(id));
                contact.map(|it| it.custom).unwrap_or_default()
            }
            _ if ours(self.about.company.map(|id| id.to_string())) => {
                let company = self.about.company.and_then(|id| self.whole::<Company>(id));
                company.map(|it| it.custom).unwrap_or_default()
            }
            _ if self.about.others.iter().any(|it| it == of) => self.custom_of_other(of),
            _ => Attributes::new(),
        }
    }

    fn custom_of_other(&self, of: &str) -> Attributes {
        let (contact, company, ticket) = (of.parse::<ContactId>(), of.parse::<CompanyId>(), of.parse::<TicketId>());
        let contact = contact.ok().and_then(|id| self.whole::<Contact>(id)).map(|it| it.custom);
        let company = || company.ok().and_then(|id| self.whole::<Company>(id)).map(|it| it.custom);
        let ticket = || ticket.ok().and_then(|id| self.one::<Ticket>(id.into())).map(|it| it.custom);
        contact.or_else(company).or_else(ticket).unwrap_or_default()
    }
}
