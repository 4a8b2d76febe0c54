//! Pairs of records as the policy compares them: every candidate of every question, and pairs that nothing brought
//! together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plugdesk_domain::question::identify::{Candidate, Identification, Inquiry, MOST_CANDIDATES};
use plugdesk_domain::question::shown::ShownContact;
use plugdesk_domain::question::{self, Answer};
use plugdesk_domain::{Call, Limits, Outcome, Plugin, Reason};
use plugdesk_fit::linkage::{Compared, Levels, Sample};
use serde_json::{Value, json};

use super::BY_NAMES;
use super::asked::Asked;
use super::known::Known;
use crate::cli::{Exit, Failure};

/// So many pairs are drawn of those that nothing brought together: enough to see what happens in one of a thousand.
const MOST_DRAWN: usize = 50_000;

/// A plugin with settings under which it says of every candidate how far it agrees.
struct Comparer<'p> {
    plugin: &'p dyn Plugin,
    settings: Arc<[u8]>,
    known: Known,
    levels: &'p Levels,
}

/// A contact as it came in.
#[derive(Clone, Copy)]
struct Record<'a> {
    contact: &'a ShownContact,
    shared: &'a [String],
}

/// Every pair that was held for possible, and some that were not.
pub(super) fn sample(
    plugin: &dyn Plugin,
    configuration: &Value,
    asked: &[Asked],
    levels: &Levels,
    seed: u64,
) -> Result<Sample, Failure> {
    let mut all = configuration.clone();
    all["maybe"] = json!(0);
    let refused = |text: String| Failure::new(Exit::Refused, text);
    let settings = plugin.prepare(&all.to_string(), &Limits::default()).map_err(|it| refused(it.to_string()))?;
    let mut known = Known::default();
    asked.iter().for_each(|it| known.add(&it.context));
    let comparer = Comparer { plugin, settings, known, levels };
    let mut candidates = BTreeMap::new();
    let mut records: BTreeMap<&str, Record<'_>> = BTreeMap::new();
    for Asked { inquiry, .. } in asked {
        let answer = comparer.ask(inquiry.clone())?;
        for likeness in answer.iter().flat_map(|it| &it.likenesses) {
            // The newer of two questions about one pair knows more.
            let pair = ordered(&inquiry.contact.id, &likeness.contact);
            candidates.entry(pair).or_insert_with(|| comparer.compared(&likeness.reasons));
        }
        records.insert(&inquiry.contact.id, Record { contact: &inquiry.contact, shared: &inquiry.shared });
        for Candidate { contact, shared, .. } in &inquiry.candidates {
            records.entry(&contact.id).or_insert(Record { contact, shared });
        }
    }
    let met: BTreeSet<(String, String)> = candidates.keys().cloned().collect();
    let others = comparer.drawn(&records, &met, seed)?;
    Ok(Sample { records: records.len(), candidates: candidates.into_values().collect(), others })
}

impl Comparer<'_> {
    fn ask(&self, inquiry: Inquiry) -> Result<Option<Identification>, Failure> {
        let (inquiry, limits) = (question::Inquiry::Identify(inquiry), Limits::default());
        let call = Call { inquiry: &inquiry, settings: &self.settings, context: &self.known, limits: &limits };
        match self.plugin.ask(&call).outcome {
            Outcome::Answered(Some(Answer::Identify(answer))) => Ok(Some(answer)),
            Outcome::Answered(_) => Ok(None),
            Outcome::Failed { class, message } => {
                Err(Failure::new(Exit::Refused, format!("the policy failed: {}: {message}", class.name())))
            }
        }
    }

    /// The levels that can be learned; the weight of everything else.
    fn compared(&self, reasons: &[Reason]) -> Compared {
        let mut compared = Compared { levels: Vec::new(), seen: Vec::new(), besides: 0.0 };
        for Reason { params, .. } in reasons {
            let level = params.get("level").filter(|level| self.levels.contains_key(*level));
            // A level that counts as another, or that only names make, weighs what the configuration says.
            let depends = params.contains_key("as") || level.is_some_and(|level| BY_NAMES.contains(&level.as_str()));
            match level {
                Some(level) if !depends => {
                    compared.levels.push(level.clone());
                    continue;
                }
                Some(level) => compared.seen.push(level.clone()),
                None => {}
            }
            let written = params.get("weight").map(|weight| weight.replace('−', "-"));
            compared.besides += written.and_then(|weight| weight.parse::<f64>().ok()).unwrap_or(0.0);
        }
        compared
    }

    /// Pairs drawn of all that are no candidates.
    fn drawn(
        &self,
        records: &BTreeMap<&str, Record<'_>>,
        met: &BTreeSet<(String, String)>,
        seed: u64,
    ) -> Result<Vec<Compared>, Failure> {
        let mut all: Vec<&Record<'_>> = records.values().collect();
        // By what they say and not by their ids, which differ in every run.
        let said = |it: &Record<'_>| {
            json!([it.contact.name, it.contact.identities, it.shared, self.known.of(&it.contact.id)]).to_string()
        };
        all.sort_by_cached_key(|it| said(it));
        let mut dice = seed;
        let mut throw = |below: usize| {
            // Knuth's generator: what is drawn must be the same in every version and on every machine.
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) as usize % below.max(1)
        };
        let each = (MOST_DRAWN / all.len().max(1)).clamp(1, MOST_CANDIDATES / 2);
        let mut drawn = Vec::new();
        for _ in 0..(MOST_DRAWN / each).min(all.len()) {
            let Some(one) = all.get(throw(all.len())) else { break };
            let mut others: Vec<&Record<'_>> = Vec::new();
            let mut ids = BTreeSet::from([one.contact.id.as_str()]);
            for _ in 0..each {
                let Some(other) = all.get(throw(all.len())) else { break };
                let together = met.contains(&ordered(&one.contact.id, &other.contact.id));
                if !together && ids.insert(other.contact.id.as_str()) {
                    others.push(other);
                }
            }
            drawn.extend(self.with(one, &others)?);
        }
        Ok(drawn)
    }

    fn with(&self, one: &Record<'_>, others: &[&Record<'_>]) -> Result<Vec<Compared>, Failure> {
        let candidate = |it: &&Record<'_>| Candidate {
            contact: it.contact.clone(),
            found_by: Vec::new(),
            shared: it.shared.to_vec(),
        };
        let inquiry = Inquiry {
            circumstances: circumstances(),
            contact: one.contact.clone(),
            shared: one.shared.to_vec(),
            candidates: others.iter().map(candidate).collect(),
        };
        let answer = self.ask(inquiry)?;
        Ok(answer.iter().flat_map(|it| &it.likenesses).map(|it| self.compared(&it.reasons)).collect())
    }
}

/// As an import asks; nothing of it is compared.
fn circumstances() -> question::Circumstances {
    let now = plugdesk_domain::Instant::from_millis(0);
    question::Circumstances { now, locale: "en".to_owned(), actor: "import".to_owned(), in_hours: true }
}

fn ordered(one: &str, other: &str) -> (String, String) {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    (first.to_owned(), second.to_owned())
}
