//! Who the trial's desk holds for one person.

use std::collections::BTreeMap;

use plugdesk_desk::PageRequest;
use plugdesk_domain::{ContactId, ProposalKind, ProposalState};
use plugdesk_fit::metric::Clusters;

use super::{Error, Trial};

/// Rows that were found to be one person, transitively closed.
pub struct Found {
    /// What was merged without asking.
    pub merged: Clusters,
    /// That, with everything that is proposed.
    pub proposed: Clusters,
}

impl Trial {
    /// Which of so many rows are one person.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn same_people(&self, rows: usize) -> Result<Found, Error> {
        let people = self.people(rows)?;
        let mut merged = Clusters::new(rows);
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (row, person) in people.iter().enumerate() {
            if let Some(person) = person {
                merged.join(*first.entry(person).or_insert(row), row);
            }
        }
        let mut proposed = merged.clone();
        for (one, other) in self.proposed()? {
            if let (Some(one), Some(other)) = (first.get(one.as_str()), first.get(other.as_str())) {
                proposed.join(*one, *other);
            }
        }
        Ok(Found { merged, proposed })
    }

    /// The pairs of people that are proposed as one, by those who stand for them.
    fn proposed(&self) -> Result<Vec<(String, String)>, Error> {
        let stands = |id: &str| -> Result<Option<String>, Error> {
            let Ok(id) = id.parse::<ContactId>() else { return Ok(None) };
            Ok(Some(self.desk.contact(&self.by, id)?.contact.id.to_string()))
        };
        let mut pairs = Vec::new();
        let mut page = PageRequest { limit: Some(PageRequest::MOST), after: None };
        loop {
            let found = self.desk.proposal_list(&self.by, None, Some(ProposalState::Open), &page)?;
            for proposal in found.records.iter().filter(|it| it.kind == ProposalKind::MergeContacts) {
                let own = stands(&proposal.subject)?;
                for option in &proposal.options {
                    pairs.extend(own.clone().zip(stands(&option.id)?));
                }
            }
            match found.next {
                Some(next) => page.after = Some(next),
                None => return Ok(pairs),
            }
        }
    }
}
