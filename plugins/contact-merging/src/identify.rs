//! Answers `identify`: each candidate is the same person, perhaps the same, or another one.

use plugdesk_sdk::prelude::*;

use crate::configuration::Merging;
use crate::linkage::{Linked, link};
use crate::person::Person;

/// A person reads so many reasons about one candidate.
const MOST_REASONS: usize = 8;
/// So little probability is worth an objection where evidence speaks against it: whoever joins answers will hear *no*.
const SURELY_NOT: u16 = 100;

impl Identify for Merging {
    fn identify(&self, inquiry: &identify::Inquiry, desk: &impl Desk) -> Answer<Identification> {
        let one = self.person(&inquiry.contact, &inquiry.shared, desk)?;
        let mut likenesses = Vec::with_capacity(inquiry.candidates.len());
        for candidate in &inquiry.candidates {
            let other = self.person(&candidate.contact, &candidate.shared, desk)?;
            likenesses.extend(self.likeness(&other.id, &link(self, &one, &other)));
        }
        Ok((!likenesses.is_empty()).then(|| Identification::new(likenesses)))
    }
}

impl Merging {
    /// A contact with its custom fields.
    pub(crate) fn person(&self, contact: &Contact, shared: &[String], desk: &impl Desk) -> Result<Person, Fault> {
        let names = &self.field_names;
        let attributes = if names.is_empty() { Vec::new() } else { desk.attributes(&contact.id, names)? };
        Ok(Person::of(self, contact, shared, &attributes))
    }

    /// What the evidence comes to; `None`: too little on either side.
    fn likeness(&self, id: &str, linked: &Linked) -> Option<Likeness> {
        let against = linked.evidence.iter().any(|evidence| evidence.weight < 0);
        let relation = if linked.same(self) {
            Relation::Same
        } else if linked.score >= self.maybe {
            Relation::Maybe
        } else if linked.contradiction || (against && linked.score <= SURELY_NOT) {
            Relation::Different
        } else {
            return None;
        };
        let mut likeness = Likeness::new(id, relation, linked.score);
        likeness.reasons = linked.evidence.iter().take(MOST_REASONS).map(|evidence| evidence.reason()).collect();
        Some(likeness)
    }
}
