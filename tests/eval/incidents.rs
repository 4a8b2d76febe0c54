//! `incidents`: the event log of a service desk. `agree`: how often the desk's own clock says of a moderate incident what
//! the log says of its promise, with one threshold, and the zone that the log does not name, learned from others;
//! `agree_own_zone`: likewise with the log's clock as it stands. `risk_auc`: how well a breach is foreseen from an
//! incident's first event, by what `plugdesk fit risk` learned and the shipped policy says in the sandbox.

mod clock;
mod log;
mod risk;

use anyhow::{Context as _, Result};
use plugdesk_domain::calendar::Schedule;
use plugdesk_fit::metric;
use serde_json::{Map, Value, json};

use crate::bench::{four, splits};
use crate::data::{Data, Source, named};
use log::Log;
use risk::Policy;

const PACK: &str = "risk-track";

/// The figures of every event log.
pub(crate) fn score(data: &Data) -> Result<Map<String, Value>> {
    let sets = data.sets(known)?;
    if sets.is_empty() {
        return Ok(Map::new());
    }
    let to_fit_on = data.sets_to_fit_on(known)?;
    let policy = Policy::load(&data.packs.join(PACK))?;
    Ok(data.each("incidents", &sets, |set| {
        let log = Log::read(&set.source)?;
        match data.fit_on {
            None => figures(&log, &log, &splits(&log.missed), &policy),
            Some(_) => {
                let teacher = Log::read(&named(&to_fit_on, &set.name)?.source)?;
                let all = |log: &Log| (0..log.missed.len()).collect();
                figures(&teacher, &log, &[(all(&teacher), all(&log))], &policy)
            }
        }
    }))
}

/// An event log is known by what it says of an incident, its promise and its end.
fn known(source: &Source) -> Option<()> {
    source.has(&["number", "opened_at", "closed_at", "priority", "made_sla"]).then_some(())
}

/// By the rows to learn from, of the teacher, and those to judge.
fn figures(teacher: &Log, log: &Log, splits: &[(Vec<usize>, Vec<usize>)], policy: &Policy) -> Result<Value> {
    let agree = |calendars: &[Schedule]| {
        let agree = clock::agree(teacher, log, splits, calendars)?;
        agree.map(four).context("no moderate incident says when it was closed")
    };
    let (agree, agree_own_zone) = (agree(&clock::everywhere()?)?, agree(&clock::own()?)?);
    let mut scored = Vec::with_capacity(log.missed.len());
    for (place, (learned, judged)) in splits.iter().enumerate() {
        eprintln!("  part {} of {}", place + 1, splits.len());
        scored.extend(policy.foresees(teacher, learned, log, judged)?);
    }
    let auc = metric::auc(&scored).context("all incidents of the set came to the same end")?;
    Ok(json!({
        "rows": scored.len(), "agree": agree, "agree_own_zone": agree_own_zone, "risk_auc": four(auc),
    }))
}
