//! Answers `correlate`: which of the company's other tickets report the same problem, and is one of them back?
//!
//! To gather what is not alike hides a problem, to miss one only leaves two tickets where one would do: so the text must
//! agree, and nearness in time alone never gathers.

mod likeness;

use plugdesk_sdk::prelude::*;

use crate::configuration::Merging;
use crate::effort::{self, Effort};
use crate::weights::probability;
pub(crate) use likeness::hash;
use likeness::{Folded, MOST_BYTES, Told};

/// What each kind of evidence weighs, in tenths of log-odds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemWeights {
    /// Before anything is known: that two tickets of one company report one problem.
    pub prior: i32,
    /// Texts that are word for word the same; in proportion for what is in between.
    pub text: i32,
    /// One kind of ticket.
    pub same_kind: i32,
    /// Two kinds.
    pub other_kind: i32,
    /// Opened within a day of each other.
    pub within_day: i32,
    /// Within a week.
    pub within_week: i32,
    /// Later.
    pub later: i32,
    /// A number, such as an error's code, that both name.
    pub same_number: i32,
    /// The subjects name two numbers, such as two orders.
    pub other_number: i32,
    /// Two people of one company.
    pub other_person: i32,
    /// Two nodes of the company.
    pub other_node: i32,
}

/// From this score on tickets are gathered; the contract's number.
const SURE: u16 = 6_000;
/// Below this nobody needs to hear of a pair.
const WORTH_TELLING: u16 = 3_000;
/// Texts that share less than this hundredth part are about two things, whenever they came in.
const UNLIKE: i32 = 20;
/// A person reads so many reasons.
const MOST_REASONS: usize = 8;

/// A neighbour and how sure it is the same problem.
struct Found<'n> {
    neighbour: &'n Neighbour,
    score: u16,
    /// Hundredths.
    alike: i32,
    words: String,
}

impl Correlate for Merging {
    fn correlate(&self, inquiry: &correlate::Inquiry, _desk: &impl Desk) -> Answer<Correlation> {
        let said = Folded::of(&inquiry.ticket.subject, &inquiry.text);
        let told = Told::of(self, &said);
        if told.len() == 0 {
            return Ok(None);
        }
        // The newest come first.
        let mut effort = Effort::default();
        effort.took(effort::words(told.len()));
        let mut reads = |text: &str| effort.takes(effort::text(text, MOST_BYTES));
        let near: Vec<&Neighbour> =
            inquiry.neighbours.iter().filter(|it| reads(&it.subject) && reads(&it.text)).collect();
        let all: Vec<Folded> = near.iter().map(|it| Folded::of(&it.subject, &it.text)).collect();
        let others = all.iter().map(|said| Told::of(self, said));
        let others: Vec<Told<'_>> = others.take_while(|told| effort.takes(effort::words(told.len()))).collect();
        let usual = likeness::usual(&told, &others);
        let mut found: Vec<Found<'_>> = near
            .into_iter()
            .zip(&others)
            .filter(|(neighbour, _)| neighbour.category != Category::Merged && neighbour.ticket != inquiry.ticket.id)
            .map(|(neighbour, other)| self.compare(&inquiry.ticket, &told, neighbour, other, &usual))
            .filter(|found| found.score >= WORTH_TELLING)
            .collect();
        if found.is_empty() {
            return Ok(None);
        }
        found.sort_by(|a, b| (b.score, &a.neighbour.ticket).cmp(&(a.score, &b.neighbour.ticket)));
        let pairs = found.iter().map(|it| Pair::new(it.neighbour.ticket.as_str(), it.score)).collect();
        let mut answer = Correlation::new(pairs);
        let sure = || found.iter().filter(|found| found.score >= SURE);
        let done = |found: &&Found<'_>| matches!(found.neighbour.category, Category::Resolved | Category::Closed);
        answer.recurring = sure().any(|found| done(&found));
        answer.cluster = cluster(sure().map(|found| found.neighbour));
        for it in found.iter().take(MOST_REASONS) {
            let code = if done(&it) { "problem-is-back" } else { "problem-alike" };
            let reason =
                Reason::new(code).with("other", it.neighbour.subject.as_str()).with("words", it.words.as_str());
            let reason = reason.with("alike", it.alike.to_string());
            answer.reasons.push(reason.seen_in(it.neighbour.ticket.as_str()));
        }
        Ok(Some(answer))
    }
}

/// The word for the problem: the lead ticket under which one of them is gathered, the surest first; else the oldest. So
/// whoever reports it next finds the same.
fn cluster<'n>(mut sure: impl Iterator<Item = &'n Neighbour> + Clone) -> Option<String> {
    let lead = sure.clone().find_map(|neighbour| neighbour.lead.clone());
    lead.or_else(|| {
        let first = sure.next()?;
        let oldest = sure.fold(first, |a, b| if (b.opened_at, &b.ticket) < (a.opened_at, &a.ticket) { b } else { a });
        Some(oldest.ticket.clone())
    })
}

impl Merging {
    fn compare<'n>(
        &self,
        ticket: &Ticket,
        told: &Told<'_>,
        neighbour: &'n Neighbour,
        other: &Told<'_>,
        usual: &[u32],
    ) -> Found<'n> {
        let weights = self.correlate;
        let (alike, words) = told.alike(other, usual);
        let mut sum = weights.prior + weights.text * alike / 100;
        sum += if ticket.kind == neighbour.kind { weights.same_kind } else { weights.other_kind };
        sum += match ticket.opened_at.saturating_sub(neighbour.opened_at).saturating_abs() {
            ..=DAY => weights.within_day,
            apart if apart <= 7 * DAY => weights.within_week,
            _ => weights.later,
        };
        sum += match told.numbers(other) {
            Some(true) => weights.same_number,
            Some(false) => weights.other_number,
            None => 0,
        };
        let differ = |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
        if differ(&ticket.requester, &neighbour.requester) {
            sum += weights.other_person;
        }
        if differ(&ticket.company, &neighbour.company) {
            sum += weights.other_node;
        }
        let score = if alike < UNLIKE { 0 } else { probability(sum.saturating_mul(10)) };
        Found { neighbour, score, alike, words }
    }
}
