//! Pairs of names with a label: how well the score tells those of one from those of two.

use anyhow::Result;
use plugdesk_domain::question::identify::{Candidate, Inquiry};
use plugdesk_domain::question::{self, Answer};
use serde_json::{Value, json};

use super::Counts;
use super::ask::{Fields, Policy, circumstances, contact};
use super::table::Table;

/// A table of pairs.
pub(crate) struct Labelled<'t> {
    table: &'t Table,
    one: usize,
    other: usize,
    label: usize,
}

impl<'t> Labelled<'t> {
    /// If the table is one.
    pub(crate) fn of(table: &'t Table) -> Option<Self> {
        let one = table.column(&["name1", "name_1", "name_a", "name_l", "left_name", "ltable_name"])?;
        let other = table.column(&["name2", "name_2", "name_b", "name_r", "right_name", "rtable_name"])?;
        let label = table.column(&["is_match", "match", "label", "positive", "target", "gold"])?;
        Some(Self { table, one, other, label })
    }

    /// The score of each pair; the best F1 of all thresholds, and the area under the curve.
    pub(crate) fn score(&self, policy: &Policy, wrong: usize) -> Result<Value> {
        let fields = Fields::default();
        let mut scored: Vec<(u16, bool, String)> = Vec::new();
        for row in &self.table.rows {
            let [one, other, label] = [self.one, self.other, self.label].map(|at| self.table.cell(row, Some(at)));
            let is = matches!(label.to_lowercase().as_str(), "true" | "1" | "1.0" | "yes" | "match");
            let person = |id: &str, name: &str| contact(id.to_owned(), name.to_owned(), &[]);
            let candidate = Candidate { contact: person("b", other), found_by: vec!["name".into()], shared: vec![] };
            let inquiry = question::Inquiry::Identify(Inquiry {
                circumstances: circumstances(),
                contact: person("a", one),
                shared: vec![],
                candidates: vec![candidate],
            });
            let score = match policy.ask(&inquiry, &fields)? {
                Some(Answer::Identify(answer)) => answer.likenesses.first().map_or(0, |likeness| likeness.score),
                _ => 0,
            };
            scored.push((score, is, format!("{one} | {other}")));
        }
        scored.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
        let counted = |threshold: u16| {
            let mut counts = Counts::default();
            scored.iter().for_each(|(score, is, _)| counts.add(*score >= threshold, *is));
            counts.report()
        };
        let thresholds = scored.iter().map(|(score, ..)| (*score).max(1)).collect::<std::collections::BTreeSet<_>>();
        let f1 = |report: &Value| report["f1"].as_f64().unwrap_or(0.0);
        let best = thresholds.into_iter().map(|at| (at, counted(at))).max_by(|a, b| f1(&a.1).total_cmp(&f1(&b.1)));
        for (score, is, pair) in scored.iter().filter(|(score, is, _)| (*score >= 3_000) != *is).take(wrong) {
            println!("    {score} {is} {pair}");
        }
        Ok(json!({
            "sort": "names", "pairs": scored.len(), "area under the curve": area(&scored), "at maybe": counted(3_000),
            "best": best.map(|(at, report)| json!({"threshold": at, "report": report})),
        }))
    }
}

/// The probability that a pair of one scores above a pair of two.
fn area(scored: &[(u16, bool, String)]) -> f64 {
    let side = |is: bool| scored.iter().filter(move |it| it.1 == is).map(|it| it.0);
    let (mut above, mut all) = (0.0, 0.0);
    for one in side(true) {
        for two in side(false) {
            all += 1.0;
            above += match one.cmp(&two) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    (above / f64::max(all, 1.0) * 1_000.0_f64).round() / 1_000.0
}
