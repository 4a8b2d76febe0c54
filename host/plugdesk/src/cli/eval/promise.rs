//! Promises: every ticket is opened and ended at its own time, and its clock says whether the promise was kept.

use plugdesk::trial::Trial;
use plugdesk_domain::CommitmentState;
use plugdesk_domain::commitment::RESOLUTION;

use super::report::{Agreement, Score};
use super::{Task, failed};
use crate::cli::{Exit, Failure};

/// Scores the share of verdicts that agree.
pub(super) async fn score(task: &Task<'_>, trial: &Trial) -> Result<Score, Failure> {
    let mapping = &task.map.import;
    if !plugdesk::trial::knows_times(mapping) || mapping.get("turn").is_none() {
        let text = "a promise is kept or broken in time: the mapping says when a ticket was opened, and when it ended";
        let help = "`created-at` in [ticket], and [[turn]] with `category = { constant = \"resolved\" }` and `at`";
        return Err(Failure::new(Exit::Refused, text).with_help(help));
    }
    task.bring(trial, true).await?;
    let metric = task.map.truth.metric.as_deref().unwrap_or(RESOLUTION);
    let (mut agreement, mut unanswered) = (Agreement::default(), 0);
    let tickets = trial.tickets().map_err(failed)?;
    for row in 0..task.table.rows() {
        let promised = tickets.get(&row).and_then(|it| it.commitments.iter().rfind(|it| it.target.metric == metric));
        match promised.map(|it| it.state) {
            Some(CommitmentState::Met) => agreement.add("kept", verdict(task.map.kept(&task.table, row)?)),
            Some(CommitmentState::Breached) => agreement.add("broken", verdict(task.map.kept(&task.table, row)?)),
            _ => unanswered += 1,
        }
    }
    if agreement.rows == 0 {
        return Err(Failure::new(Exit::Refused, format!("no ticket was promised `{metric}` and ended")));
    }
    Ok(Score::Agreement { agreement, unanswered })
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "broken" }
}
