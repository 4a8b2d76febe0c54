//! What came of scoring, side by side for people and as JSON for machines.

use std::collections::BTreeMap;

use plugdesk_fit::metric::{Pairs, Scored, auc, bands, brier, precision_at};
use serde_json::{Value, json};

use crate::cli::{Failure, Output};

/// A calibration table has so many bands: tenths are what people think in.
pub(super) const BANDS: usize = 10;
/// So many kinds of disagreement are shown, the most frequent first.
const MOST_SHOWN: usize = 10;

/// A configuration and its score.
pub(super) struct Report {
    pub(super) name: String,
    pub(super) score: Score,
}

/// How well it decided.
pub(super) enum Score {
    /// Probabilities against what came.
    Chances { scored: Vec<Scored>, unanswered: usize },
    /// Words against the right ones.
    Agreement { agreement: Agreement, unanswered: usize },
    /// Pairs of rows that are one, merged without asking and with what was proposed.
    Pairs { rows: usize, automatic: Pairs, with_proposals: Pairs },
}

/// Words that were said against the right ones.
#[derive(Debug, Default)]
pub(super) struct Agreement {
    pub(super) rows: usize,
    right: usize,
    /// How often something else was said than is so: what was said, what is so.
    apart: BTreeMap<(String, String), usize>,
}

impl Agreement {
    /// Counts one answer; case is nothing.
    pub(super) fn add(&mut self, said: &str, is: &str) {
        self.rows += 1;
        if said.to_lowercase() == is.to_lowercase() {
            self.right += 1;
        } else {
            *self.apart.entry((said.to_owned(), is.to_owned())).or_default() += 1;
        }
    }

    fn share(&self) -> f64 {
        self.right as f64 / self.rows.max(1) as f64
    }

    /// The disagreements, the most frequent first.
    fn apart(&self) -> Vec<(&str, &str, usize)> {
        let mut all: Vec<_> =
            self.apart.iter().map(|((said, is), count)| (said.as_str(), is.as_str(), *count)).collect();
        all.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
        all
    }
}

impl Report {
    /// Everything, for machines.
    pub(super) fn value(&self, share: f64) -> Value {
        let mut value = match &self.score {
            Score::Chances { scored, unanswered } => json!({
                "rows": scored.len(),
                "unanswered": unanswered,
                "auc": auc(scored),
                "brier": brier(scored),
                "share": share,
                "precision": precision_at(scored, share),
                "bands": bands(scored, BANDS),
            }),
            Score::Agreement { agreement, unanswered } => json!({
                "rows": agreement.rows,
                "unanswered": unanswered,
                "agree": agreement.share(),
                "apart": agreement.apart().iter().map(|(said, is, count)| json!({"said": said, "is": is, "count": count}))
                    .collect::<Vec<_>>(),
            }),
            Score::Pairs { rows, automatic, with_proposals } => json!({
                "rows": rows,
                "automatic": pairs(automatic),
                "with_proposals": pairs(with_proposals),
            }),
        };
        value["name"] = json!(self.name);
        value
    }

    /// Its figures as names and cells.
    fn figures(&self, share: f64) -> Vec<(String, String)> {
        let three = |figure: f64| format!("{figure:.3}");
        let named = |name: &str, cell: String| (name.to_owned(), cell);
        match &self.score {
            Score::Chances { scored, unanswered } => vec![
                named("rows", scored.len().to_string()),
                named("unanswered", unanswered.to_string()),
                named("AUC", auc(scored).map_or_else(|| "all came alike".to_owned(), three)),
                named("Brier", three(brier(scored))),
                (format!("precision at {:.0} %", share * 100.0), three(precision_at(scored, share))),
            ],
            Score::Agreement { agreement, unanswered } => vec![
                named("rows", agreement.rows.to_string()),
                named("unanswered", unanswered.to_string()),
                named("agree", format!("{:.2} %", agreement.share() * 100.0)),
            ],
            Score::Pairs { rows, automatic, with_proposals } => {
                let of = |what: &str, it: &Pairs| {
                    [("precision", it.precision()), ("recall", it.recall()), ("F1", it.f1())]
                        .map(|(figure, value)| (format!("{what}: {figure}"), three(value)))
                };
                let rows = std::iter::once(named("rows", rows.to_string()));
                rows.chain(of("merged", automatic)).chain(of("with proposals", with_proposals)).collect()
            }
        }
    }
}

fn pairs(pairs: &Pairs) -> Value {
    json!({"precision": pairs.precision(), "recall": pairs.recall(), "f1": pairs.f1(), "pairs": pairs})
}

/// The figures side by side, then what is behind them for each configuration.
pub(super) fn show(reports: &[Report], share: f64, output: &Output) -> Result<(), Failure> {
    let figures: Vec<Vec<(String, String)>> = reports.iter().map(|it| it.figures(share)).collect();
    let head = std::iter::once("figure").chain(reports.iter().map(|it| it.name.as_str()));
    let rows = figures.first().into_iter().flatten().enumerate().map(|(place, (name, _))| {
        let cells = figures.iter().map(|all| all.get(place).map(|(_, cell)| cell.clone()).unwrap_or_default());
        std::iter::once(name.clone()).chain(cells).collect()
    });
    output.table(&head.collect::<Vec<_>>(), rows.collect(), "")?;
    for report in reports {
        behind(report, output)?;
    }
    Ok(())
}

fn behind(report: &Report, output: &Output) -> Result<(), Failure> {
    match &report.score {
        Score::Chances { scored, .. } => {
            output.head(&format!("\ncalibration, {}", report.name))?;
            let percent = |share: f64| format!("{:.1} %", share * 100.0);
            let row = |it: plugdesk_fit::metric::Band| {
                vec![percent(it.from), it.count.to_string(), percent(it.said), percent(it.came)]
            };
            let rows = bands(scored, BANDS).into_iter().map(row).collect();
            output.table(&["from", "rows", "said", "came"], rows, "")
        }
        Score::Agreement { agreement, .. } => {
            output.head(&format!("\ndisagreements, {}", report.name))?;
            let row =
                |(said, is, count): &(&str, &str, usize)| vec![(*said).to_owned(), (*is).to_owned(), count.to_string()];
            let rows = agreement.apart().iter().take(MOST_SHOWN).map(row).collect();
            output.table(&["said", "is", "rows"], rows, "none")
        }
        Score::Pairs { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_agrees_agrees_whatever_its_case() {
        let mut agreement = Agreement::default();
        for (said, is) in
            [("company", "Company"), ("company", "consumer"), ("consumer", "company"), ("company", "consumer")]
        {
            agreement.add(said, is);
        }
        assert_eq!((agreement.rows, agreement.share()), (4, 0.25));
        assert_eq!(agreement.apart()[0], ("company", "consumer", 2));
    }
}
