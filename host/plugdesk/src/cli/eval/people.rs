//! Who is the same person: pairs of rows, transitively closed, against the column that says who is who.

use plugdesk::trial::Trial;

use super::report::Score;
use super::{Task, failed};
use crate::cli::Failure;

/// Scores what was merged without asking, and that with everything that was proposed.
pub(super) async fn score(task: &Task<'_>, trial: &Trial) -> Result<Score, Failure> {
    trial.merge_above(task.eval.merge_above).await.map_err(failed)?;
    task.bring(trial, false).await?;
    let rows = task.table.rows();
    // A row of which nobody knows who it is, is nobody else.
    let truth = |row: usize| match task.map.text(&task.table, row) {
        "" => (String::new(), row),
        who => (who.to_owned(), 0),
    };
    let truth: Vec<_> = (0..rows).map(truth).collect();
    let mut found = trial.same_people(rows).map_err(failed)?;
    Ok(Score::Pairs { rows, automatic: found.merged.pairs(&truth), with_proposals: found.proposed.pairs(&truth) })
}
