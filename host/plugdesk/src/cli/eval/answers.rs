//! Decisions that stand on a ticket: a probability against what came, or a word against the right one.

use plugdesk::trial::Trial;
use plugdesk_fit::metric::Scored;

use super::report::{Agreement, Score};
use super::{Question, Task, failed};
use crate::cli::text::plain;
use crate::cli::{Exit, Failure};

/// Certainty, as decisions write it.
const CERTAIN: f64 = 10_000.0;

/// Scores what the answers are: numbers as probabilities, words by whether they are the right ones.
pub(super) async fn score(task: &Task<'_>, trial: &Trial) -> Result<Score, Failure> {
    task.bring(trial, false).await?;
    let at = task.map.truth.answer.as_deref().unwrap_or_else(|| usual(task.eval.question));
    let (mut scored, mut agreement, mut unanswered) = (Vec::new(), Agreement::default(), 0);
    let tickets = trial.tickets().map_err(failed)?;
    for row in 0..task.table.rows() {
        let ticket = tickets.get(&row).and_then(|ticket| serde_json::to_value(ticket).ok()).unwrap_or_default();
        match ticket.pointer(at) {
            None => unanswered += 1,
            Some(answer) => match answer.as_f64() {
                Some(number) => {
                    let probability = (number / CERTAIN).clamp(0.0, 1.0);
                    scored.push(Scored { probability, came: task.map.came(&task.table, row)? });
                }
                None => agreement.add(&plain(answer), task.map.text(&task.table, row)),
            },
        }
    }
    match (scored.is_empty(), agreement.rows) {
        (true, 0) => Err(Failure::new(Exit::Refused, format!("none of the rows has an answer at `{at}`"))),
        (true, _) => Ok(Score::Agreement { agreement, unanswered }),
        (false, 0) => Ok(Score::Chances { scored, unanswered }),
        (false, _) => {
            Err(Failure::new(Exit::Refused, format!("the answers at `{at}` are partly numbers, partly words")))
        }
    }
}

/// Where a question's usual answer stands in a ticket.
fn usual(question: Question) -> &'static str {
    match question {
        Question::Qualify => "/qualified/score",
        Question::Track => "/tracked/risk",
        Question::Classify | Question::Identify | Question::Promise => "/segment",
    }
}
