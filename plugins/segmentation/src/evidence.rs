//! What speaks for a company and what for a consumer.

use plugdesk_sdk::prelude::*;

use crate::configuration::Segmentation;

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The reason's code.
    pub code: &'static str,
    /// Above 0 for a company, below 0 for a consumer; tenths of log-odds.
    pub weight: i32,
    /// What was found.
    pub found: String,
    /// The record or the field.
    pub seen_in: String,
}

impl Evidence {
    /// As a reason.
    pub fn reason(&self) -> Reason {
        let side = if self.weight > 0 { "company" } else { "consumer" };
        Reason::new(self.code).with("side", side).with("found", self.found.as_str()).seen_in(self.seen_in.as_str())
    }
}

/// Everything that is known of the subject. What weighs nothing is left out.
pub fn gather(policy: &Segmentation, inquiry: &classify::Inquiry, desk: &impl Desk) -> Result<Vec<Evidence>, Fault> {
    let mut found = Found { policy, evidence: Vec::new() };
    match &inquiry.subject {
        Subject::Contact(contact) => {
            found.fields(desk, &contact.id, Some(&contact.id), None)?;
            found.contact(contact);
        }
        Subject::Company(company) => {
            found.add("company-record", policy.weights.company_record, &company.name, &company.id);
            found.name(&company.name, &company.id);
            found.fields(desk, &company.id, None, Some(&company.id))?;
        }
        Subject::Ticket(ticket) => {
            found.fields(desk, &ticket.id, ticket.requester.as_deref(), ticket.company.as_deref())?;
            let contact = if ticket.requester.is_some() { desk.contact()? } else { None };
            if let Some(contact) = &contact {
                found.known(contact);
            }
            match &ticket.company {
                Some(company) => found.company_of_ticket(desk, company)?,
                None => found.words(ticket),
            }
            if let Some(contact) = contact {
                found.contact(&contact);
            }
        }
    }
    found.evidence.retain(|evidence| evidence.weight != 0);
    Ok(found.evidence)
}

struct Found<'p> {
    policy: &'p Segmentation,
    evidence: Vec<Evidence>,
}

impl Found<'_> {
    fn add(&mut self, code: &'static str, weight: i32, found: &str, seen_in: &str) {
        /// A parameter may have 512 bytes; a glance takes in this many.
        const MOST_SHOWN_BYTES: usize = 80;
        let (found, seen_in) = (cut(found, MOST_SHOWN_BYTES).to_owned(), seen_in.to_owned());
        self.evidence.push(Evidence { code, weight, found, seen_in });
    }

    /// A person: addresses, memberships, the name. Of each kind once: ten addresses at one host are one fact.
    fn contact(&mut self, contact: &Contact) {
        let hosts = || {
            let emails = contact.identities.iter().filter(|identity| identity.kind == "email");
            emails.filter_map(|identity| identity.value.rsplit_once('@')).map(|(_, host)| host)
        };
        let weights = self.policy.weights;
        if let Some(host) = hosts().find(|host| !self.policy.is_free(host)) {
            self.add("own-mail", weights.own_mail, host, &contact.id);
        }
        if let Some(host) = hosts().find(|host| self.policy.is_free(host)) {
            self.add("free-mail", weights.free_mail, host, &contact.id);
        }
        if let Some(membership) = contact.memberships.iter().find(|m| m.primary).or(contact.memberships.first()) {
            let role = membership.role.as_deref().unwrap_or("–");
            self.add("membership", weights.membership, role, &membership.company);
        }
        self.name(&contact.name, &contact.id);
        if !self.evidence.iter().any(|evidence| evidence.weight > 0) {
            self.add("nothing-else", weights.nothing_else, &contact.name, &contact.id);
        }
    }

    /// What the contact of a ticket was before.
    fn known(&mut self, contact: &Contact) {
        match contact.segment.as_deref() {
            Some("company") => self.add("known", self.policy.weights.known, "company", &contact.id),
            Some("consumer") => self.add("known", -self.policy.weights.known, "consumer", &contact.id),
            _ => {}
        }
    }

    fn company_of_ticket(&mut self, desk: &impl Desk, id: &str) -> Result<(), Fault> {
        let company = desk.company()?;
        let name = company.map_or_else(|| id.to_owned(), |company| company.name);
        self.add("company-set", self.policy.weights.company_set, &name, id);
        self.name(&name, id);
        Ok(())
    }

    /// A legal form at the end or the beginning of a name; elsewhere it is a word like any other. A name of one word has
    /// none, and short Latin ones only end a name: there are people called Sa and Ag.
    fn name(&mut self, name: &str, seen_in: &str) {
        /// `АО` and `شرکت` begin names; `AG`, `SA` and `UG` don't.
        const LEAST_BYTES_IN_FRONT: usize = 4;
        let folded = words::fold(name);
        let trimmed = folded.trim_end();
        let mut form = None;
        self.policy.legal_forms.find(&folded, |_, words| {
            let in_front = words.len() >= LEAST_BYTES_IN_FRONT && trimmed.starts_with(words);
            let edge = in_front || trimmed.ends_with(words);
            if edge && words != trimmed {
                form = Some(words.to_owned());
            }
        });
        if let Some(form) = form {
            self.add("legal-form", self.policy.weights.legal_form, &form, seen_in);
        }
    }

    fn words(&mut self, ticket: &Ticket) {
        let folded = words::fold(&ticket.subject);
        let mut heard: Vec<(u16, String)> = Vec::new();
        self.policy.words.find(&folded, |group, words| {
            if !heard.iter().any(|(known, _)| *known == group) {
                heard.push((group, words.to_owned()));
            }
        });
        for (group, words) in heard {
            let weight = self.policy.word_weights.get(usize::from(group)).copied().unwrap_or(0);
            self.add("word", weight, &words, "subject");
        }
    }

    fn fields(
        &mut self,
        desk: &impl Desk,
        subject: &str,
        contact: Option<&str>,
        company: Option<&str>,
    ) -> Result<(), Fault> {
        if self.policy.checks.is_empty() {
            return Ok(());
        }
        let values = self.policy.fields.read(desk, subject, contact, company)?;
        for (field, check, weight) in &self.policy.checks {
            let value = values.get(usize::from(*field)).and_then(Option::as_ref);
            if check.holds(value.map(|(_, given)| given)) {
                let found = value.map_or("–", |(value, _)| value.text().unwrap_or("✓"));
                self.add("field", *weight, found, self.policy.fields.name(*field));
            }
        }
        Ok(())
    }
}
