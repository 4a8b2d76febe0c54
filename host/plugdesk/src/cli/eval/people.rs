//! Who is the same person: pairs of rows, transitively closed, against the column that says who is who.

use std::collections::BTreeMap;

use plugdesk::trial::Trial;
use plugdesk_desk::PageRequest;
use plugdesk_domain::{ContactId, ProposalKind, ProposalState};
use plugdesk_fit::metric::Clusters;

use super::report::Score;
use super::{Task, failed};
use crate::cli::Failure;

/// Scores what was merged without asking, and that with everything that was proposed.
pub(super) async fn score(task: &Task<'_>, trial: &Trial) -> Result<Score, Failure> {
    trial.merge_above(task.eval.merge_above).await.map_err(failed)?;
    task.bring(trial, false).await?;
    let rows = task.table.rows();
    let people = trial.people(rows).map_err(failed)?;
    let mut clusters = Clusters::new(rows);
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (row, person) in people.iter().enumerate() {
        if let Some(person) = person {
            clusters.join(*first.entry(person).or_insert(row), row);
        }
    }
    // A row of which nobody knows who it is, is nobody else.
    let truth = |row: usize| match task.map.text(&task.table, row) {
        "" => (String::new(), row),
        who => (who.to_owned(), 0),
    };
    let truth: Vec<_> = (0..rows).map(truth).collect();
    let automatic = clusters.pairs(&truth);
    for (one, other) in proposed(trial).map_err(|error| failed(error.into()))? {
        if let (Some(one), Some(other)) = (first.get(one.as_str()), first.get(other.as_str())) {
            clusters.join(*one, *other);
        }
    }
    Ok(Score::Pairs { rows, automatic, with_proposals: clusters.pairs(&truth) })
}

/// The pairs of people that are proposed as one, by those who stand for them.
fn proposed(trial: &Trial) -> Result<Vec<(String, String)>, plugdesk_desk::Error> {
    let (desk, by) = (trial.desk(), trial.by());
    let stands = |id: &str| -> Result<Option<String>, plugdesk_desk::Error> {
        let Ok(id) = id.parse::<ContactId>() else { return Ok(None) };
        Ok(Some(desk.contact(by, id)?.contact.id.to_string()))
    };
    let mut pairs = Vec::new();
    let mut page = PageRequest { limit: Some(PageRequest::MOST), after: None };
    loop {
        let found = desk.proposal_list(by, None, Some(ProposalState::Open), &page)?;
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
