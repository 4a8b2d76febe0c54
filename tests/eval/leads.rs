//! `leads`: how well a scorecard that was learned from some leads tells which of the others will convert. The others come
//! in by an import, and the policy that ships answers in the sandbox with what was learned as its configuration.

mod known;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use plugdesk::trial::Trial;
use plugdesk_domain::{Ask, Instant};
use plugdesk_fit::folds;
use plugdesk_fit::metric::{Scored, auc, brier, precision_at};
use plugdesk_fit::scorecard::{self, FitError, Options};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::data::{Data, Set};
use known::Leads;

const PACK: &str = "lead-qualification";
/// Without a folder to learn from, each part of so many is scored by what the others teach.
const FOLDS: usize = 5;
/// Of folds and of everything that is fitted.
const SEED: u64 = 1;
/// The time of every desk; leads come in when they are scored.
const NOW: Instant = Instant::from_millis(1_763_800_200_000);
/// The share of the leads that a team calls first.
const CALLED: f64 = 0.2;
/// Certainty, as the policy writes it.
const CERTAIN: f64 = 10_000.0;

/// What every desk is made of.
struct Bench {
    runtime: Runtime,
    ask: Arc<dyn Ask>,
    archive: Vec<u8>,
}

/// The figures of every set of leads.
pub(crate) fn score(data: &Data) -> Result<Map<String, Value>> {
    let sets = data.sets(Leads::of)?;
    if sets.is_empty() {
        return Ok(Map::new());
    }
    let to_fit_on = data.sets_to_fit_on(Leads::of)?;
    let bench = Bench::new(&data.packs.join(PACK))?;
    Ok(data.each("leads", &sets, |set| {
        let scored = match data.fit_on {
            None => bench.across(&set.known)?,
            Some(_) => bench.fitted(&of_name(&to_fit_on, &set.name)?.known, &set.known)?,
        };
        figures(&scored)
    }))
}

/// The set of that name.
fn of_name<'s>(sets: &'s [Set<Leads>], name: &str) -> Result<&'s Set<Leads>> {
    sets.iter().find(|set| set.name == name).with_context(|| format!("there is no set {name} to learn from"))
}

fn figures(scored: &[Scored]) -> Result<Value> {
    let four = |figure: f64| (figure * 10_000.0).round() / 10_000.0;
    let auc = auc(scored).context("all leads of the set came to the same end")?;
    Ok(json!({
        "rows": scored.len(),
        "auc": four(auc),
        "brier": four(brier(scored)),
        "precision_at_20": four(precision_at(scored, CALLED)),
    }))
}

impl Bench {
    fn new(pack: &Path) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut archive = tar::Builder::new(Vec::new());
        archive.append_dir_all(PACK, pack).with_context(|| format!("{} is not built", pack.display()))?;
        Ok(Self { runtime, ask: Trial::sandbox()?, archive: archive.into_inner()? })
    }

    /// Each lead's probability by what the other folds teach.
    fn across(&self, leads: &Leads) -> Result<Vec<Scored>> {
        let rows = 0..leads.table.rows();
        let dealt = folds::deal(&leads.outcomes, FOLDS, SEED);
        let mut scored = BTreeMap::new();
        for fold in 0..FOLDS {
            eprintln!("  fold {} of {FOLDS}", fold + 1);
            let (held, kept): (Vec<usize>, Vec<usize>) = rows.clone().partition(|row| dealt.get(*row) == Some(&fold));
            let configuration = learned(&leads.of_rows(&kept))?;
            scored.extend(self.asked(leads, &held, &configuration)?);
        }
        Ok(scored.into_values().collect())
    }

    /// Each lead's probability by what other leads teach.
    fn fitted(&self, past: &Leads, leads: &Leads) -> Result<Vec<Scored>> {
        let rows: Vec<usize> = (0..leads.table.rows()).collect();
        Ok(self.asked(leads, &rows, &learned(past)?)?.into_values().collect())
    }

    /// Brings those rows into a fresh desk with that configuration, and reads what the policy said of each.
    fn asked(&self, leads: &Leads, rows: &[usize], configuration: &Value) -> Result<BTreeMap<usize, Scored>> {
        self.runtime.block_on(async {
            let trial = Trial::begin(Arc::clone(&self.ask), NOW).await?;
            trial.install(self.archive.clone()).await?;
            trial.configure("qualify", None, configuration).await?;
            trial.bring_rows(&leads.table, rows.iter().copied(), &mapping(leads, configuration)).await?;
            let tickets = trial.tickets()?;
            trial.end().await?;
            let mut scored = BTreeMap::new();
            for &row in rows {
                let said = tickets.get(&row).and_then(|ticket| ticket.qualified.as_ref());
                let (Some(said), Some(came)) = (said, leads.outcomes.get(row)) else {
                    bail!("the lead of row {} was not qualified", row + 1);
                };
                scored.insert(row, Scored { probability: f64::from(said.score) / CERTAIN, came: *came });
            }
            Ok(scored)
        })
    }
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
    let conditions = configuration.get("conditions").and_then(Value::as_array).into_iter().flatten();
    let asked: BTreeSet<&str> = conditions.filter_map(|it| it.get("field").and_then(Value::as_str)).collect();
    let named = leads.table.columns().iter().map(|column| (column, scorecard::field_name(column)));
    let rename: BTreeMap<&String, String> = named.filter(|(_, field)| asked.contains(field.as_str())).collect();
    json!({
        "kind": "lead",
        "ticket": {
            "subject": {"constant": "A lead"},
            "custom": {"columns": rename.keys().collect::<Vec<_>>(), "rename": rename},
        },
    })
}
