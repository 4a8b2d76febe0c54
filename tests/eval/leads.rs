//! `leads`: how well a scorecard that was learned from some leads tells which of the others will convert. The others come
//! in by an import, and the policy that ships answers in the sandbox with what was learned as its configuration.

mod known;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use plugdesk_domain::Ticket;
use plugdesk_fit::metric::{Scored, auc, brier, precision_at};
use plugdesk_fit::scorecard::{self, FitError, Options};
use serde_json::{Map, Value, json};

use crate::bench::{Bench, SEED, custom, four, splits};
use crate::data::{Data, named};
use known::Leads;

const PACK: &str = "lead-qualification";
/// The share of the leads that a team calls first.
const CALLED: f64 = 0.2;
/// Certainty, as the policy writes it.
const CERTAIN: f64 = 10_000.0;

/// The figures of every set of leads.
pub(crate) fn score(data: &Data) -> Result<Map<String, Value>> {
    let sets = data.sets(Leads::of)?;
    if sets.is_empty() {
        return Ok(Map::new());
    }
    let to_fit_on = data.sets_to_fit_on(Leads::of)?;
    let bench = Bench::new(&data.packs.join(PACK), "qualify")?;
    Ok(data.each("leads", &sets, |set| {
        let scored = match data.fit_on {
            None => across(&bench, &set.known)?,
            Some(_) => fitted(&bench, &named(&to_fit_on, &set.name)?.known, &set.known)?,
        };
        figures(&scored)
    }))
}

fn figures(scored: &[Scored]) -> Result<Value> {
    let auc = auc(scored).context("all leads of the set came to the same end")?;
    Ok(json!({
        "rows": scored.len(),
        "auc": four(auc),
        "brier": four(brier(scored)),
        "precision_at_20": four(precision_at(scored, CALLED)),
    }))
}

/// Each lead's probability by what the other folds teach, in the order of the rows.
fn across(bench: &Bench, leads: &Leads) -> Result<Vec<Scored>> {
    let splits = splits(&leads.outcomes);
    let mut scored = BTreeMap::new();
    for (place, (learned_from, judged)) in splits.iter().enumerate() {
        eprintln!("  fold {} of {}", place + 1, splits.len());
        let configuration = learned(&leads.of_rows(learned_from))?;
        scored.extend(judged.iter().copied().zip(asked(bench, leads, judged, &configuration)?));
    }
    Ok(scored.into_values().collect())
}

/// Each lead's probability by what other leads teach.
fn fitted(bench: &Bench, past: &Leads, leads: &Leads) -> Result<Vec<Scored>> {
    let rows: Vec<usize> = (0..leads.table.rows()).collect();
    asked(bench, leads, &rows, &learned(past)?)
}

/// What the policy with that configuration says of those rows, and what became of them.
fn asked(bench: &Bench, leads: &Leads, rows: &[usize], configuration: &Value) -> Result<Vec<Scored>> {
    let score = |ticket: &Ticket| ticket.qualified.as_ref().map(|it| f64::from(it.score) / CERTAIN);
    let mapping = mapping(leads, configuration);
    let said = bench.asked(configuration, &leads.table, rows, &mapping, |_, ticket| Ok(score(ticket)))?;
    let came = |row: &usize| leads.outcomes.get(*row).copied().unwrap_or_default();
    Ok(rows.iter().zip(said).map(|(row, probability)| Scored { probability, came: came(row) }).collect())
}

/// The configuration that leads teach. Of a table of no known kind the columns that the fit itself suspects to be filled
/// afterwards are left out, if others are left.
fn learned(leads: &Leads) -> Result<Value> {
    let mut options = Options {
        label: leads.label.clone(),
        positive: Some(leads.positive.clone()),
        exclude: leads.afterwards.clone().unwrap_or_default(),
        seed: SEED,
        ..Options::default()
    };
    let fitted = scorecard::fit(&leads.table, &options)?;
    if leads.afterwards.is_some() || fitted.report.suspects.is_empty() {
        return Ok(fitted.configuration);
    }
    for suspect in &fitted.report.suspects {
        eprintln!("  left out: `{}`, {}", suspect.column, suspect.why);
        options.exclude.push(suspect.column.clone());
    }
    match scorecard::fit(&leads.table, &options) {
        Err(FitError::NoColumns { .. }) => Ok(fitted.configuration),
        without => Ok(without?.configuration),
    }
}

/// How the leads come in: every column that the configuration asks for is a custom field of its name.
fn mapping(leads: &Leads, configuration: &Value) -> Value {
    let custom = custom(&leads.table, configuration.get("conditions"));
    json!({"kind": "lead", "ticket": {"subject": {"constant": "A lead"}, "custom": custom}})
}
