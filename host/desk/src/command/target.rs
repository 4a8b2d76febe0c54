//! Looking at targets that a person sent: in a contract, in a segment's definition.

use plugdesk_domain::question::promise::{MOST_MINUTES, MOST_TARGETS};

use crate::draft::Draft;
use crate::input::NewTarget;
use crate::input::check::Checks;

const MINUTE_MS: i64 = 60_000;

/// Each of a list of targets, and each metric once.
pub(super) fn check_all(checks: &mut Checks, field: &str, targets: &[NewTarget], draft: &Draft<'_>) {
    checks.count(field, targets.len(), MOST_TARGETS);
    for (place, it) in targets.iter().take(MOST_TARGETS).enumerate() {
        check(checks, &format!("{field}/{place}"), it, draft);
        if targets.iter().take(place).any(|earlier| earlier.metric == it.metric) {
            checks.fail(format!("{field}/{place}/metric"), format!("`{}` stands twice", it.metric));
        }
    }
}

/// One target: what a policy's answer is held to, and a calendar that reaches it.
pub(super) fn check(checks: &mut Checks, field: &str, it: &NewTarget, draft: &Draft<'_>) {
    checks.word(&format!("{field}/metric"), Some(&it.metric));
    let minutes = (1..=MOST_MINUTES).contains(&it.minutes);
    if !minutes {
        checks.fail(format!("{field}/minutes"), format!("1 to {MOST_MINUTES}"));
    }
    if it.warn_minutes.is_some_and(|warn| warn == 0 || warn >= it.minutes) {
        checks.fail(format!("{field}/warn_minutes"), "at least 1 and fewer than the target's own minutes");
    }
    if it.pauses.iter().any(|category| category.ended()) {
        checks.fail(format!("{field}/pauses"), "categories of open tickets; a clock always stands when they are ended");
    }
    let target = it.target();
    let Some(schedule) = draft.setup.schedule(&target.calendar) else {
        return checks.fail(format!("{field}/calendar"), "`always`, or a calendar of this desk");
    };
    if minutes && schedule.add(draft.now, i64::from(it.minutes) * MINUTE_MS).is_none() {
        checks.fail(format!("{field}/minutes"), "its calendar does not open so long within ten years");
    }
}
