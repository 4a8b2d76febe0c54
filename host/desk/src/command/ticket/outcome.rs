//! What a lead came to: converted or lost, told whenever it changes, so that reports can be counted from the log alone.

use plugdesk_domain::{Grade, Qualified, Ticket};
use serde_json::{Map, Value};

use crate::draft::Draft;

/// The state, and the custom field, by which a lead that ended counts as converted; any other end is lost.
const CONVERTED: &str = "converted";
const LOST: &str = "lost";

/// The least percentages of the bands in which promised probabilities are counted: narrow where most leads are few in a
/// hundred, and where certainty begins.
const BANDS: [u8; 12] = [0, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95];
/// What stands in the place of a grade or a promise that there is none of.
const NONE: &str = "none";

/// What an ended lead was said to be, and what it came to.
#[derive(PartialEq)]
struct Outcome {
    grade: &'static str,
    promised: String,
    outcome: &'static str,
}

/// Tells that a lead ended, ended differently, or goes on after all. `before`: none, it is new.
pub(super) fn tell(draft: &mut Draft<'_>, before: Option<&Ticket>, ticket: &Ticket) {
    let (old, new) = (before.and_then(outcome), outcome(ticket));
    if old == new {
        return;
    }
    let name = if new.is_some() { "lead.ended" } else { "lead.reopened" };
    let mut data = Map::new();
    let mut say = |name: &str, value: String| data.insert(name.to_owned(), Value::from(value));
    for (came, behind) in [(old, "_before"), (new, "")] {
        let Some(came) = came else { continue };
        say(&format!("grade{behind}"), came.grade.to_owned());
        say(&format!("promised{behind}"), came.promised);
        say(&format!("outcome{behind}"), came.outcome.to_owned());
    }
    draft.tell(name, ticket.id, data);
}

/// None: it is no lead, or goes on.
fn outcome(ticket: &Ticket) -> Option<Outcome> {
    if !ticket.is_lead() || !ticket.category.ended() {
        return None;
    }
    let grade = match ticket.qualified.as_ref().map(|it| it.grade) {
        Some(Grade::A) => "a",
        Some(Grade::B) => "b",
        Some(Grade::C) => "c",
        Some(Grade::D) => "d",
        None => NONE,
    };
    let converted = ticket.state == CONVERTED || ticket.custom.get(CONVERTED) == Some(&Value::Bool(true));
    let promised = ticket.qualified.as_ref().and_then(promised).unwrap_or_else(|| NONE.to_owned());
    Some(Outcome { grade, promised, outcome: if converted { CONVERTED } else { LOST } })
}

/// The band of the probability that was promised, such as `10-20`; none: a built-in answer gives a grade and no
/// probability.
fn promised(qualified: &Qualified) -> Option<String> {
    if qualified.score == 0 && qualified.grade != Grade::D {
        return None;
    }
    let place = BANDS.iter().rposition(|least| u16::from(*least) * 100 <= qualified.score).unwrap_or(0);
    let least = BANDS.get(place).copied().unwrap_or(0);
    let most = BANDS.get(place + 1).copied().unwrap_or(100);
    Some(format!("{least:02}-{most:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use plugdesk_domain::{DecisionId, Instant};

    #[test]
    fn a_promise_is_counted_in_its_band_and_a_grade_without_one_in_none() {
        let of = |score, grade| {
            let decision = DecisionId::new(Instant::from_millis(0), 1);
            let (motive, horizon_days, next_question, look_again) = Default::default();
            promised(&Qualified { score, grade, motive, horizon_days, next_question, look_again, decision })
        };
        for (score, band) in [(0, "00-05"), (499, "00-05"), (500, "05-10"), (1_999, "10-20"), (9_500, "95-100")] {
            assert_eq!(of(score, Grade::D).as_deref(), Some(band), "{score}");
        }
        assert_eq!((of(10_000, Grade::A).as_deref(), of(0, Grade::B)), (Some("95-100"), None));
    }
}
