//! The record of what policies decided: all questions of a command in one value, small enough to be stored.

use plugdesk_domain::{Decision, DecisionOutcome, Digest};

use crate::capture::Capture;
use crate::desk::named;
use crate::draft::Draft;

/// A stored value has at most 64 KiB; the envelope and the capture's digest need some of it.
pub(crate) const MOST_DECISION_BYTES: usize = 60 << 10;
/// A capture has at most so many bytes; a larger one is not kept, and the decision has no capture then. It holds what
/// every policy was told: 64 bindings of 16 KiB.
pub(crate) const MOST_CAPTURE_BYTES: usize = 1 << 20;

/// The decision and its capture as stored; none: no policy was asked. Takes what was asked out of the draft.
pub(crate) fn record(
    draft: &mut Draft<'_>,
    command: &'static str,
    outcome: DecisionOutcome,
) -> Option<(Decision, Vec<u8>)> {
    if draft.asked.is_empty() {
        return None;
    }
    let contract = draft.desk.parts.ask.contract().to_owned();
    let capture = Capture { decision: draft.decision, contract, calls: std::mem::take(&mut draft.captured) };
    let bytes = capture.to_bytes();
    let kept = bytes.len() <= MOST_CAPTURE_BYTES && !capture.calls.is_empty();
    let decision = Decision {
        id: draft.decision,
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        command: command.to_owned(),
        subject: draft.subject.clone(),
        by: named(draft.by),
        generation: draft.live.number(),
        outcome,
        asked: std::mem::take(&mut draft.asked),
        effects: std::mem::take(&mut draft.effects),
        reads: draft.reads(),
        capture: kept.then(|| Digest::of(&bytes)),
    };
    Some((trimmed(decision), if kept { bytes } else { Vec::new() }))
}

/// The decision, with the largest answers left out until it fits. Each says so; the capture still holds what led to it.
fn trimmed(mut decision: Decision) -> Decision {
    // Every round empties one opinion that was not empty, so this ends.
    loop {
        let bytes = serde_json::to_vec(&decision).map_or(0, |bytes| bytes.len());
        if bytes <= MOST_DECISION_BYTES {
            return decision;
        }
        let opinions = decision.asked.iter_mut().flat_map(|asked| &mut asked.opinions);
        let full = opinions.filter(|it| it.answer.is_some() || !it.reasons.is_empty());
        let size = |it: &plugdesk_domain::Opinion| {
            serde_json::to_vec(&(&it.answer, &it.reasons)).map_or(0, |bytes| bytes.len())
        };
        let Some(largest) = full.max_by_key(|it| size(it)) else {
            decision.reads.clear();
            decision.effects.truncate(16);
            return decision;
        };
        let bytes = size(largest);
        largest.answer = None;
        largest.reasons.clear();
        largest.message =
            Some(format!("the answer and its reasons, {bytes} bytes, are left out: the decision was too large"));
    }
}
