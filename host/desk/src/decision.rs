//! The record of what policies decided: all questions of a command in one value, small enough to be stored.

use plugdesk_domain::{Decision, DecisionOutcome, Digest, Opinion};

use crate::capture::Capture;
use crate::desk::named;
use crate::draft::Draft;
use crate::json::size;

/// A stored value has at most 96 KiB; what the host did is told in the rest, however long that is.
pub(crate) const MOST_DECISION_BYTES: usize = 60 << 10;
/// Leaving out less than the note that says so saves nothing.
const NOTE_BYTES: usize = 128;
/// A capture has at most so many bytes; a larger one is not kept, and the decision has no capture then. It holds what
/// every policy was told: 64 bindings of 16 KiB.
pub(crate) const MOST_CAPTURE_BYTES: usize = 1 << 20;

/// The decision and its capture as stored; none: no policy was asked. Takes what was asked out of the draft.
pub(crate) fn record(
    draft: &mut Draft<'_>,
    command: &'static str,
    outcome: DecisionOutcome,
) -> Option<(Decision, Option<Vec<u8>>)> {
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
    Some((trimmed(decision), kept.then_some(bytes)))
}

/// The decision, with the largest answers left out until it fits, then the words of failures, then whole opinions. Each
/// says so; the capture still holds what led to it.
fn trimmed(mut decision: Decision) -> Decision {
    let mut over = size(&decision).saturating_sub(MOST_DECISION_BYTES);
    if over == 0 {
        return decision;
    }
    let mut full: Vec<(usize, &mut Opinion)> =
        decision.asked.iter_mut().flat_map(|it| &mut it.opinions).map(sized).collect();
    full.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    for (bytes, opinion) in full {
        if over == 0 || bytes <= NOTE_BYTES {
            break;
        }
        opinion.answer = None;
        opinion.reasons.clear();
        let before = size(&opinion.message);
        opinion.message = Some(format!("{bytes} bytes of answer and reasons are left out: the decision was too large"));
        over = over.saturating_add(size(&opinion.message)).saturating_sub(bytes + before);
    }
    for opinion in decision.asked.iter_mut().flat_map(|it| &mut it.opinions) {
        if over == 0 {
            break;
        }
        over = over.saturating_sub(size(&opinion.message.take()));
    }
    let mut left_out = 0_usize;
    // The sum of parts is a little less than the whole, which has commas: the last look is at the whole.
    while size(&decision) > MOST_DECISION_BYTES {
        let most = decision.asked.iter_mut().max_by_key(|it| it.opinions.len());
        let Some(opinions) = most.map(|it| &mut it.opinions).filter(|it| !it.is_empty()) else { break };
        left_out += opinions.len().div_ceil(4);
        opinions.truncate(opinions.len() - opinions.len().div_ceil(4));
    }
    if left_out > 0 {
        decision.effects.push(format!("{left_out} opinions are left out: the decision was too large"));
    }
    joined_left_out(&mut decision);
    decision
}

/// Without any opinion it may still be too large: a command that makes many records asks many questions. What answers
/// joined to goes then, the largest first; what the host did because of it stands among the effects.
fn joined_left_out(decision: &mut Decision) {
    let mut left_out = 0_usize;
    while size(decision) > MOST_DECISION_BYTES {
        let largest = decision.asked.iter_mut().map(|it| &mut it.joined).max_by_key(size);
        let Some(joined) = largest.filter(|it| it.is_some()) else { break };
        *joined = None;
        left_out += 1;
    }
    if left_out > 0 {
        decision.effects.push(format!("{left_out} joined answers are left out: the decision was too large"));
    }
}

fn sized(opinion: &mut Opinion) -> (usize, &mut Opinion) {
    (size(&(&opinion.answer, &opinion.reasons)), opinion)
}

#[cfg(test)]
mod tests {
    use plugdesk_domain::{Asked, DecisionId, Instant};

    use super::*;

    #[test]
    fn a_decision_of_many_large_joined_answers_is_stored_without_the_largest() {
        let now = Instant::from_millis(1);
        let asked = |n: usize| Asked {
            question: "merge".to_owned(),
            about: "contact_1".to_owned(),
            joined: Some("x".repeat(n << 10).into()),
            degraded: false,
            opinions: Vec::new(),
        };
        let decision = Decision {
            id: DecisionId::new(now, 1),
            version: 1,
            created_at: now,
            updated_at: now,
            command: "contact.create".to_owned(),
            subject: "contact_1".to_owned(),
            by: "anna".to_owned(),
            generation: 1,
            outcome: DecisionOutcome::Committed,
            asked: (1..=16).map(asked).collect(),
            effects: Vec::new(),
            reads: Vec::new(),
            capture: None,
        };
        let stored = trimmed(decision);
        assert!(size(&stored) <= MOST_DECISION_BYTES + 2 * NOTE_BYTES, "{} bytes", size(&stored));
        assert_eq!(stored.asked.iter().filter(|it| it.joined.is_some()).count(), 10);
        assert_eq!(stored.effects, ["6 joined answers are left out: the decision was too large"]);
    }
}
