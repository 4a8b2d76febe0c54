//! Facts and signals: kept per subject and policy, and the one fact that a person's word is.

use plugdesk_domain::question::Parts;
use plugdesk_domain::record::findings::MOST_FINDINGS;
use plugdesk_domain::{Change, Fact, Findings, Signal, StoreError};
use serde_json::Value;

use super::About;
use crate::draft::Draft;
use crate::error::Error;
use crate::json::size;

/// The source of what a person said.
pub(crate) const DESK_SOURCE: &str = "desk";
/// The fact that a person set the segment: policies leave it alone.
const SEGMENT_FACT: &str = "segment";

/// One policy keeps so many bytes of facts about one subject: they are one stored value of 96 KiB, with the signals.
const MOST_KEPT_BYTES: usize = 48 << 10;
/// All findings of one command have at most so many bytes: a quarter of what it may write, so that no set of policies
/// can keep a ticket from being created.
const MOST_COMMAND_BYTES: usize = Change::MOST_BYTES / 4;

/// Puts an answer's findings into the draft. Each replaces the policy's earlier one of its kind; beyond the bound the
/// oldest go.
pub(super) fn keep(draft: &mut Draft<'_>, about: &About, policy: &str, parts: Parts<'_>) -> Result<(), Error> {
    if parts.facts.is_empty() && parts.signals.is_empty() {
        return Ok(());
    }
    let (mut findings, fresh) = of(draft, &about.subject_id(), policy, about.fresh)?;
    let at = draft.now;
    for fact in parts.facts {
        let fact = Fact { kind: fact.kind.clone(), value: fact.value.clone(), confidence: fact.confidence, at };
        findings.facts.retain(|old| old.kind != fact.kind);
        findings.facts.push(fact);
    }
    for signal in parts.signals {
        let signal = Signal { kind: signal.kind.clone(), score: signal.score, label: signal.label.clone(), at };
        let before = findings.signals.iter().find(|old| old.kind == signal.kind).map(|old| old.score);
        draft.risen += usize::from(before.is_none_or(|before| before < signal.score));
        findings.signals.retain(|old| old.kind != signal.kind);
        findings.signals.push(signal);
    }
    while findings.facts.len() > MOST_FINDINGS || size(&findings.facts) > MOST_KEPT_BYTES {
        let oldest = findings.facts.iter().enumerate().min_by_key(|(_, it)| it.at).map_or(0, |(place, _)| place);
        findings.facts.remove(oldest);
    }
    while findings.signals.len() > MOST_FINDINGS {
        let oldest = findings.signals.iter().enumerate().min_by_key(|(_, it)| it.at).map_or(0, |(place, _)| place);
        findings.signals.remove(oldest);
    }
    draft.findings_bytes += size(&findings);
    if draft.findings_bytes > MOST_COMMAND_BYTES {
        draft.effect(format!("facts and signals of {policy} are not kept: the command's are too large together"));
        return Ok(());
    }
    findings.facts.sort_by(|a, b| a.kind.cmp(&b.kind));
    findings.signals.sort_by(|a, b| a.kind.cmp(&b.kind));
    findings.decision = Some(draft.decision);
    put(draft, findings, fresh);
    Ok(())
}

/// The segment that a person set, if one did.
pub(crate) fn pinned_segment(draft: &Draft<'_>, about: &About) -> Result<Option<String>, StoreError> {
    let subject = about.subject_id();
    let key = vec![subject.as_str().into(), DESK_SOURCE.into()];
    let key = plugdesk_domain::Key(key);
    if about.fresh && !draft.made::<Findings>(&key) {
        return Ok(None);
    }
    let findings: Option<Findings> = draft.peek(key)?;
    let fact = findings.and_then(|it| it.facts.into_iter().find(|fact| fact.kind == SEGMENT_FACT));
    Ok(fact.and_then(|fact| fact.value.as_str().map(str::to_owned)))
}

/// Notes that a person set the segment, or, with none, that it is the policies' again.
pub(crate) fn pin_segment(draft: &mut Draft<'_>, about: &About, segment: Option<&str>) -> Result<(), Error> {
    let (mut findings, fresh) = of(draft, &about.subject_id(), DESK_SOURCE, about.fresh)?;
    let before = findings.facts.len();
    findings.facts.retain(|fact| fact.kind != SEGMENT_FACT);
    if segment.is_none() && findings.facts.len() == before {
        return Ok(());
    }
    if let Some(segment) = segment {
        let (kind, value) = (SEGMENT_FACT.to_owned(), segment.into());
        findings.facts.push(Fact { kind, value, confidence: 10_000, at: draft.now });
    }
    put(draft, findings, fresh);
    Ok(())
}

/// Keeps a fact of the desk's own about a subject; it replaces the earlier one of its kind.
pub(crate) fn note_fact(draft: &mut Draft<'_>, about: &About, kind: &str, value: Value) -> Result<(), Error> {
    let (mut findings, fresh) = of(draft, &about.subject_id(), DESK_SOURCE, about.fresh)?;
    findings.facts.retain(|fact| fact.kind != kind);
    findings.facts.push(Fact { kind: kind.to_owned(), value, confidence: 10_000, at: draft.now });
    findings.facts.sort_by(|a, b| a.kind.cmp(&b.kind));
    put(draft, findings, fresh);
    Ok(())
}

/// The findings of a source about a subject, and whether they are new.
fn of(draft: &mut Draft<'_>, subject: &str, source: &str, fresh: bool) -> Result<(Findings, bool), Error> {
    let key = plugdesk_domain::Key(vec![subject.into(), source.into()]);
    // Nothing is stored yet about a subject that the command itself makes.
    let found = if fresh && !draft.made::<Findings>(&key) { None } else { draft.peek::<Findings>(key)? };
    let new = Findings {
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        subject: subject.to_owned(),
        source: source.to_owned(),
        decision: None,
        facts: Vec::new(),
        signals: Vec::new(),
    };
    Ok(found.map_or((new, true), |found| (found, false)))
}

fn put(draft: &mut Draft<'_>, findings: Findings, fresh: bool) {
    if fresh { draft.create(findings) } else { draft.change(findings) }
}
