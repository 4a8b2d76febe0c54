//! A breach foreseen: learned from some incidents by `plugdesk fit risk`, said by the shipped policy of others that come in
//! by an import.

use std::path::Path;

use anyhow::{Context as _, Result};
use plugdesk::trial::Trial;
use plugdesk_domain::Ticket;
use plugdesk_fit::metric::Scored;
use plugdesk_fit::risk::{self, Options};
use serde_json::{Value, json};

use super::log::{Log, MISSED};
use crate::bench::{Bench, SEED, custom};

/// The signal that the policy keeps.
const SIGNAL: &str = "breach-risk";
/// Certainty, as the policy writes it.
const CERTAIN: f64 = 10_000.0;

/// The shipped policy with its shipped configuration.
pub(super) struct Policy {
    bench: Bench,
    configuration: Value,
}

impl Policy {
    pub(super) fn load(pack: &Path) -> Result<Self> {
        let bench = Bench::new(pack, "track")?;
        let configuration = serde_json::from_str(&std::fs::read_to_string(pack.join("config.json"))?)?;
        Ok(Self { bench, configuration })
    }

    /// How likely it says a breach is of some incidents, by what others taught it; and what came.
    pub(super) fn foresees(
        &self,
        teacher: &Log,
        learned: &[usize],
        log: &Log,
        judged: &[usize],
    ) -> Result<Vec<Scored>> {
        let options = Options {
            label: MISSED.to_owned(),
            positive: Some("yes".to_owned()),
            opened: Some(teacher.opened_column.clone()),
            known: [(teacher.priority_column.clone(), "priority".to_owned())].into(),
            seed: SEED,
            ..Options::default()
        };
        let overlay = risk::learn(&teacher.first.only(learned.iter().copied()), &options)?;
        let configuration = self.overlaid(&overlay)?;
        let mapping = json!({
            "kind": "incident",
            "ticket": {
                "subject": {"constant": "An incident"},
                "priority": log.priority_column,
                "created-at": log.opened_column,
                "custom": custom(&log.first, overlay.pointer("/breach/conditions")),
            },
        });
        let said = self.bench.asked(&configuration, &log.first, judged, &mapping, foreseen)?;
        let came = |row: &usize| log.missed.get(*row).copied().unwrap_or_default();
        Ok(judged.iter().zip(said).map(|(row, probability)| Scored { probability, came: came(row) }).collect())
    }

    /// The shipped configuration with the sections of an overlay in place of its own.
    fn overlaid(&self, overlay: &Value) -> Result<Value> {
        let mut all = self.configuration.clone();
        let sections = overlay.as_object().into_iter().flatten();
        all.as_object_mut()
            .context("a configuration is an object")?
            .extend(sections.map(|(name, section)| (name.clone(), section.clone())));
        Ok(all)
    }
}

/// What the desk keeps of the policy's signal, 0 to 1.
fn foreseen(trial: &Trial, ticket: &Ticket) -> Result<Option<f64>> {
    let findings = trial.desk().findings(trial.by(), &ticket.id.to_string())?;
    let mut signals = findings.iter().flat_map(|it| &it.signals);
    Ok(signals.find(|it| it.kind == SIGNAL).map(|it| f64::from(it.score) / CERTAIN))
}
