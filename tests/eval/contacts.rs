//! `contacts`: which records are one person, or one organisation. They come in by an import, the desk finds the
//! candidates, the policy that ships answers in the sandbox with its one default configuration, and the desk merges and
//! proposes. Scored is what it merged by itself, and that with everything that it proposed.

mod people;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use plugdesk::trial::Trial;
use plugdesk_domain::{Ask, Instant};
use plugdesk_fit::metric::Pairs;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::data::Data;
use people::People;

const PACK: &str = "contact-merging";
/// The time of every desk.
const NOW: Instant = Instant::from_millis(1_763_800_200_000);
/// What the policy calls the same is merged without asking from this certainty on.
const MERGE_ABOVE: u16 = 9_500;

/// What every desk is made of.
struct Bench {
    runtime: Runtime,
    ask: Arc<dyn Ask>,
    archive: Vec<u8>,
}

/// The figures of every set of people.
pub(crate) fn score(data: &Data) -> Result<Map<String, Value>> {
    let sets = data.sets(People::of)?;
    if sets.is_empty() {
        return Ok(Map::new());
    }
    let bench = Bench::new(&data.packs.join(PACK))?;
    Ok(data.each("contacts", &sets, |set| bench.score(&set.known.records(&set.source.table()?)?)))
}

impl Bench {
    fn new(pack: &Path) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut archive = tar::Builder::new(Vec::new());
        archive.append_dir_all(PACK, pack).with_context(|| format!("{} is not built", pack.display()))?;
        Ok(Self { runtime, ask: Trial::sandbox()?, archive: archive.into_inner()? })
    }

    fn score(&self, records: &people::Records) -> Result<Value> {
        self.runtime.block_on(async {
            let trial = Trial::begin(Arc::clone(&self.ask), NOW).await?;
            trial.install(self.archive.clone()).await?;
            trial.merge_above(MERGE_ABOVE).await?;
            let rows = records.table.rows();
            trial.bring_rows(&records.table, 0..rows, &records.mapping).await?;
            let mut found = trial.same_people(rows)?;
            trial.end().await?;
            let (merged, proposed) = (found.merged.pairs(&records.truth), found.proposed.pairs(&records.truth));
            Ok(json!({"auto": figures(merged), "with_proposals": figures(proposed)}))
        })
    }
}

fn figures(pairs: Pairs) -> Value {
    let four = |figure: f64| (figure * 10_000.0).round() / 10_000.0;
    json!({"precision": four(pairs.precision()), "recall": four(pairs.recall()), "f1": four(pairs.f1())})
}
