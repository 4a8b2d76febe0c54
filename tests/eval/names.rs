//! Area `names`: labelled pairs of names, each asked as `identify` of two contacts that have nothing but their names. What
//! the policy with its own configuration calls *same* or *maybe* counts as a match.

use anyhow::{Context as _, Result};
use plugdesk_domain::question::identify::{Candidate, Inquiry, Relation};
use plugdesk_domain::question::{self, Answer};
use plugdesk_fit::metric::Pairs;
use plugdesk_fit::outcome;
use serde_json::{Map, Value, json};

use crate::contact_merging::ask::{Fields, Policy, circumstances, contact};
use crate::data::{Data, Source};

/// The pack that answers `identify`.
const PACK: &str = "contact-merging";

/// Where a table of pairs has the names and the label.
#[derive(Debug, Clone)]
struct Labelled {
    one: String,
    other: String,
    label: String,
}

impl Labelled {
    /// If the table is one.
    fn of(source: &Source) -> Option<Self> {
        let column = |names: &[&str]| source.column(names).map(str::to_owned);
        Some(Self {
            one: column(&["name1", "name_1", "name_a", "name_l", "left_name", "ltable_name"])?,
            other: column(&["name2", "name_2", "name_b", "name_r", "right_name", "rtable_name"])?,
            label: column(&["is_match", "match", "label", "positive", "target", "gold"])?,
        })
    }

    /// How well the policy tells the pairs of the table that are one from those that are two.
    fn score(&self, source: &Source, policy: &Policy) -> Result<Value> {
        let table = source.table()?;
        let [one, other, label] =
            [&self.one, &self.other, &self.label].map(|name| table.column(name).with_context(|| name.clone()));
        let (one, other, label) = (one?, other?, label?);
        let mut pairs = Pairs::default();
        for row in 0..table.rows() {
            let text = table.cell(row, label);
            let number = table.number(row);
            let is = outcome::said(text).with_context(|| format!("row {number}: `{text}` is neither yes nor no"))?;
            pairs.add(matches(policy, table.cell(row, one), table.cell(row, other))?, is);
        }
        let three = |share: f64| (share * 1_000.0).round() / 1_000.0;
        Ok(json!({
            "rows": table.rows(), "f1": three(pairs.f1()), "precision": three(pairs.precision()),
            "recall": three(pairs.recall()),
        }))
    }
}

/// The figures of every set of pairs. The policy learns nothing from a set.
pub(crate) fn score(data: &Data) -> Result<Map<String, Value>> {
    let sets = data.sets(Labelled::of)?;
    if sets.is_empty() {
        return Ok(Map::new());
    }
    let policy = Policy::load(&data.packs.join(PACK))?;
    Ok(data.each("names", &sets, |set| set.known.score(&set.source, &policy)))
}

/// Whether the policy would merge two contacts of those names, or propose it.
fn matches(policy: &Policy, one: &str, other: &str) -> Result<bool> {
    let person = |id: &str, name: &str| contact(id.to_owned(), name.to_owned(), &[]);
    let candidate = Candidate { contact: person("b", other), found_by: vec!["name".into()], shared: vec![] };
    let inquiry = question::Inquiry::Identify(Inquiry {
        circumstances: circumstances(),
        contact: person("a", one),
        shared: vec![],
        candidates: vec![candidate],
    });
    let Some(Answer::Identify(answer)) = policy.ask(&inquiry, &Fields::default())? else { return Ok(false) };
    Ok(answer.likenesses.iter().any(|likeness| likeness.relation != Relation::Different))
}
