//! `search`: the words of tickets' subjects, kept behind the write, so that making a ticket costs no more keys.

use std::collections::BTreeSet;

use plugdesk_domain::{Event, RecordsExt, Ticket, TicketId, Words};

use super::Follower;
use crate::draft::Draft;
use crate::error::Error;

pub(super) struct Search;

impl Follower for Search {
    const NAME: &'static str = "search.keep";

    fn name(&self) -> String {
        "search".to_owned()
    }

    fn from_the_beginning(&self) -> bool {
        true
    }

    fn follow(&self, draft: &mut Draft<'_>, events: &[Event]) -> Result<usize, Error> {
        let named = events.iter().filter(|event| matches!(event.name.as_str(), "ticket.created" | "ticket.updated"));
        let tickets: BTreeSet<TicketId> = named.filter_map(|event| event.subject.parse().ok()).collect();
        for id in tickets {
            // As it stands now: a later event about it finds nothing left to do.
            let Some(ticket) = draft.desk.records.find::<Ticket>(id)? else { continue };
            keep(draft, id, words_of(&ticket.subject))?;
        }
        Ok(events.len())
    }
}

fn keep(draft: &mut Draft<'_>, ticket: TicketId, words: Vec<String>) -> Result<(), Error> {
    match draft.desk.records.find::<Words>(ticket)? {
        Some(kept) if kept.words == words => {}
        Some(kept) => draft.change(Words { words, ..kept }),
        None if words.is_empty() => {}
        None => {
            let now = draft.now;
            draft.create(Words { version: 1, created_at: now, updated_at: now, ticket, words });
        }
    }
    Ok(())
}

/// A ticket is found by so many words.
const MOST_WORDS: usize = 32;
/// A word has at most so many characters.
const MOST_WORD_CHARS: usize = 32;

fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut words: Vec<String> = Vec::new();
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word: String = word.chars().take(MOST_WORD_CHARS).collect();
        if words.len() < MOST_WORDS && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}
