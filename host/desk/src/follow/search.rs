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

    fn reads_whole_log(&self) -> bool {
        true
    }

    fn follow(&self, draft: &mut Draft<'_>, events: &[Event]) -> Result<usize, Error> {
        let named = events.iter().filter(|event| matches!(event.name.as_str(), "ticket.created" | "ticket.updated"));
        let tickets: BTreeSet<TicketId> = named.filter_map(|event| event.subject.parse().ok()).collect();
        for id in tickets {
            // As it stands now: a later event about it finds nothing left to do.
            let Some(ticket) = draft.desk.records.find::<Ticket>(id)? else { continue };
            keep(draft, id, plugdesk_domain::words::words_of(&ticket.subject))?;
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
