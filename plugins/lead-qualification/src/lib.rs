//! Answers `qualify`: a scorecard from configuration, that fades with time and says its reasons; and `promise`: how soon
//! a lead of its grade is called.
//!
//! Start with [`configuration`], which is what an operator writes; [`card`] is the same, made fast; [`evidence`] finds
//! out what holds of a lead; [`score`] turns points into a probability; this file makes the answer.

pub mod card;
pub mod configuration;
pub mod evidence;
pub mod score;

use plugdesk_sdk::prelude::*;

pub use card::Card;
use card::{Condition, HORIZON};
use evidence::{Evidence, Hit};
use score::Score;

/// An answer names at most so many contributions: the strongest ones, which is what a person reads.
const MOST_CONTRIBUTIONS: usize = 8;
/// And at most so many signs of the motive.
const MOST_SIGNS: usize = 6;
/// A motive without much to go by is a guess: so much weight makes it certain.
const CERTAIN_LEAN: i64 = 40;

impl Qualify for Card {
    fn qualify(&self, inquiry: &qualify::Inquiry, desk: &impl Desk) -> Answer<Qualification> {
        let column = self.column(inquiry.lead.segment.as_deref());
        let evidence = Evidence::gather(self, inquiry, desk)?;
        let score = Score::of(self, column, &evidence, inquiry.circumstances.now);
        let mut answer = Qualification::new(score.probability, self.grade(score.probability));
        answer.look_again = score.look_again;
        answer.next_question = self.next_question(column, &evidence, &inquiry.circumstances.locale);
        let motive = self.motive(&evidence);
        answer.motive = motive.map(|motive| motive.rational);
        answer.horizon_days = self.horizon(column, answer.motive);
        self.explain(&mut answer, &evidence, &score, column, &inquiry.circumstances.locale);
        if let Some(motive) = motive {
            let kind = "motive".to_owned();
            answer.facts.push(NewFact { kind, value: Value::Integer(motive.rational.into()), confidence: motive.sure });
        }
        let label = Some(letter(answer.grade).to_owned());
        answer.signals.push(NewSignal { kind: "lead-score".to_owned(), score: answer.score, label });
        Ok(Some(answer))
    }
}

/// What moves the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Motive {
    /// 0 fully emotional to 10,000 fully rational.
    rational: u16,
    /// 0 to 10,000.
    sure: u16,
}

impl Card {
    /// The grade of a probability.
    fn grade(&self, probability: u16) -> Grade {
        let [a, b, c] = self.grades;
        if probability >= a {
            Grade::A
        } else if probability >= b {
            Grade::B
        } else if probability >= c {
            Grade::C
        } else {
            Grade::D
        }
    }

    /// The share of what points to reason in all that points either way.
    fn motive(&self, evidence: &Evidence) -> Option<Motive> {
        let leans = evidence.hits.iter().map(|hit| i64::from(self.condition(hit.condition).leans));
        let (rational, emotional) = leans.fold((0, 0), |(r, e), lean| (r + lean.max(0), e - lean.min(0)));
        let all = rational + emotional;
        let share = |part: i64, of: i64| (part * 10_000 / of).clamp(0, 10_000) as u16;
        (all > 0).then(|| Motive { rational: share(rational, all), sure: share(all.min(CERTAIN_LEAN), CERTAIN_LEAN) })
    }

    /// Days until the person decides: who is moved by feeling decides in half the usual time, who weighs takes half as
    /// long again.
    fn horizon(&self, column: usize, motive: Option<u16>) -> Option<u16> {
        let usual = u32::try_from(self.number(HORIZON, column)).ok().filter(|&days| days > 0)?;
        let days = usual * (5_000 + u32::from(motive.unwrap_or(5_000))) / 10_000;
        u16::try_from(days.max(1)).ok()
    }

    /// The unanswered field whose best answer would gain most.
    fn next_question(&self, column: usize, evidence: &Evidence, locale: &str) -> Option<Reason> {
        let open = self.asks(column).filter(|ask| !evidence.answered(ask.field));
        let best = open.max_by_key(|ask| (ask.gain, std::cmp::Reverse(ask.field)))?;
        let question = self.word(Reason::new("ask"), "question", best.text, locale);
        Some(question.seen_in(self.fields.name(best.field)))
    }

    /// The strongest contributions with their points, what faded, and the signs of the motive.
    fn explain(&self, answer: &mut Qualification, evidence: &Evidence, score: &Score, column: usize, locale: &str) {
        let mut strongest: Vec<(&Hit, i32)> =
            evidence.hits.iter().map(|hit| (hit, self.points(hit.condition, column))).collect();
        strongest.retain(|(_, points)| *points != 0);
        strongest.sort_by_key(|(hit, points)| (std::cmp::Reverse(points.abs()), hit.condition));
        for (hit, points) in strongest.into_iter().take(MOST_CONTRIBUTIONS) {
            let code = if points > 0 { "speaks-for" } else { "speaks-against" };
            let reason = Reason::new(code).with("points", signed(points));
            answer.reasons.push(self.name(reason, self.condition(hit.condition), hit, locale));
        }
        if score.faded > 0 {
            let days = score.age_days.to_string();
            answer.reasons.push(Reason::new("faded").with("points", signed(-score.faded)).with("days", days));
        }
        let signs = evidence.hits.iter().map(|hit| (hit, self.condition(hit.condition)));
        for (hit, condition) in signs.filter(|(_, condition)| condition.leans != 0).take(MOST_SIGNS) {
            let code = if condition.leans > 0 { "moved-by-reason" } else { "moved-by-feeling" };
            answer.reasons.push(self.name(Reason::new(code), condition, hit, locale));
        }
    }

    /// Names the condition and what was found, and points at where.
    fn name(&self, reason: Reason, condition: Condition, hit: &Hit, locale: &str) -> Reason {
        let named = self.word(reason, "what", condition.name, locale).with("found", hit.found.as_str());
        hit.seen_in.iter().fold(named, |reason, place| reason.seen_in(place.as_str()))
    }
}

/// Points as people write them: the sign always, so that no one takes them for a count.
fn signed(points: i32) -> String {
    if points < 0 { format!("−{}", points.unsigned_abs()) } else { format!("+{points}") }
}

fn letter(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "a",
        Grade::B => "b",
        Grade::C => "c",
        Grade::D => "d",
    }
}

/// The fastest first contact wins the lead (practice 10): how soon, by the grade that `qualify` gave.
impl Promise for Card {
    fn promise(&self, inquiry: &promise::Inquiry, _desk: &impl Desk) -> Answer<Promised> {
        let Some(grade) = inquiry.grade.as_deref() else { return Ok(None) };
        let place = ["a", "b", "c", "d"].into_iter().position(|known| known == grade);
        let soon = place.and_then(|place| self.first_contact.get(place)).and_then(Option::as_ref);
        let Some(soon) = soon else { return Ok(None) };
        let target = Target::new("first-contact", soon.minutes, soon.calendar.as_str());
        let target = match soon.warn_minutes {
            Some(minutes) => target.warning(minutes),
            None => target,
        };
        let mut answer = Promised::new(vec![target]);
        let reason = Reason::new("called-within").with("grade", grade.to_uppercase());
        answer.reasons.push(reason.with("minutes", soon.minutes.to_string()).with("calendar", soon.calendar.as_str()));
        Ok(Some(answer))
    }
}

plugdesk_sdk::plugin!(Card: qualify, promise);

#[cfg(test)]
mod tests;
