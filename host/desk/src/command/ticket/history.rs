//! A ticket's past, for one that is brought in: where it stood since when, and who was heard.

use plugdesk_domain::record::ticket::MOST_TURNS;
use plugdesk_domain::{Author, Category, Commitment, CommitmentState, Entry, Instant, Ticket, TicketId, Turn};
use serde_json::{Map, Value};

use super::clocks::{ANSWERS, Heard};
use crate::draft::Draft;
use crate::input::NewTicket;
use crate::input::check::Checks;

/// Looks at what was sent: in order, within the ticket's life.
pub(super) fn check(checks: &mut Checks, new: &NewTicket, now: Instant) {
    checks.count("/history", new.history.len(), MOST_TURNS);
    let mut before = new.created_at;
    for (place, turn) in new.history.iter().take(MOST_TURNS).enumerate() {
        checks.past(&format!("/history/{place}/at"), Some(turn.at), now);
        if before.is_some_and(|before| turn.at < before) {
            checks.fail(format!("/history/{place}/at"), "not before `created_at`, and not before the one above it");
        }
        if turn.category == Category::Merged {
            checks.fail(format!("/history/{place}/category"), "`merged` is not set by hand");
        }
        before = Some(turn.at);
    }
    if new.created_at.is_none() && !new.history.is_empty() {
        checks.fail("/created_at", "a ticket with a history was opened some time");
    }
}

/// Its categories so far. It was new when it was opened, unless its history says otherwise; where it stands now and its
/// history says otherwise, it stands so since now. None for a ticket without a history: its clocks note where it begins.
pub(super) fn turns(new: &NewTicket, category: Category, now: Instant) -> Vec<Turn> {
    let Some(first) = new.history.first() else { return Vec::new() };
    let opened = new.created_at.filter(|at| *at < first.at).map(|at| Turn { at, category: Category::New });
    let told = new.history.iter().map(|it| Turn { at: it.at, category: it.category });
    let mut turns: Vec<Turn> = opened.into_iter().chain(told).collect();
    if turns.last().is_some_and(|it| it.category != category) {
        turns.push(Turn { at: now, category });
    }
    turns.dedup_by_key(|it| it.category);
    let beyond = turns.len().saturating_sub(MOST_TURNS);
    turns.into_iter().enumerate().filter(|(place, _)| *place == 0 || *place > beyond).map(|(_, it)| it).collect()
}

/// How often it was ended and came back.
pub(super) fn reopens(turns: &[Turn]) -> u32 {
    let back = |pair: &&[Turn]| matches!(pair, [a, b] if a.category.ended() && !b.category.ended());
    u32::try_from(turns.windows(2).filter(back).count()).unwrap_or(u32::MAX)
}

/// Who was heard among the entries that come along with it: when an agent answered first, and when the customer had the
/// last word.
pub(super) fn heard(draft: &Draft<'_>, ticket: TicketId) -> Heard {
    let entries = draft.written::<Entry>();
    let public = entries.iter().filter(|it| it.ticket == ticket && it.kind.public());
    let (agents, others): (Vec<&Entry>, Vec<&Entry>) = public.partition(|it| matches!(it.author, Author::Agent(_)));
    let last = |of: &[&Entry]| of.iter().map(|it| it.at).max();
    let spoken = last(&others).filter(|at| last(&agents).is_some_and(|answered| answered < *at));
    Heard { answered: agents.iter().map(|it| it.at).min(), spoken }
}

/// An agent's answer from before the ticket was brought in: what was promised at that moment, and is kept by an answer, is
/// kept. Told to nobody, because nobody was promised anything then.
pub(in crate::command) fn kept(ticket: &mut Ticket, at: Instant) {
    let Some(imported) = ticket.imported_at.filter(|imported| at < *imported) else { return };
    let answered = |it: &&mut Commitment| {
        it.open() && it.started_at == imported && !it.by_person() && ANSWERS.contains(&it.target.metric.as_str())
    };
    for it in ticket.commitments.iter_mut().filter(answered) {
        (it.state, it.met_at) = (CommitmentState::Met, Some(at));
    }
}

/// What `ticket.created` tells of a ticket that was opened before now, so that who reads the log knows it for old.
pub(super) fn told(draft: &Draft<'_>, ticket: &Ticket, data: &mut Map<String, Value>) {
    if ticket.created_at < draft.now {
        data.insert("opened_at".to_owned(), ticket.created_at.to_string().into());
        data.insert("category".to_owned(), ticket.category.name().into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::NewTurn;

    fn at(seconds: i64) -> Instant {
        Instant::from_millis(seconds * 1_000)
    }

    #[test]
    fn a_ticket_begins_as_new_and_stands_as_it_says_since_now() {
        let turn = |seconds, category| NewTurn { at: at(seconds), category };
        let history = vec![turn(20, Category::Open), turn(30, Category::Resolved), turn(40, Category::Open)];
        let new = NewTicket { created_at: Some(at(10)), history, ..NewTicket::default() };
        let told = |category| turns(&new, category, at(99)).iter().map(|it| (it.at, it.category)).collect::<Vec<_>>();
        let whole = told(Category::Open);
        assert_eq!(whole[0], (at(10), Category::New));
        assert_eq!((whole.len(), whole[3]), (4, (at(40), Category::Open)));
        assert_eq!(told(Category::Closed)[4], (at(99), Category::Closed));
        assert_eq!(reopens(&turns(&new, Category::Open, at(99))), 1);
        assert_eq!(turns(&NewTicket::default(), Category::New, at(99)), []);
    }
}
