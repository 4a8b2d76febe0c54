//! `search`: the words of tickets' subjects, kept behind the write, so that making a ticket costs no more keys.

use std::collections::BTreeMap;

use plugdesk_domain::words::words_of;
use plugdesk_domain::{Event, Posting, RecordsExt, Ticket, TicketId};
use serde_json::Value;

use super::Follower;
use crate::draft::Draft;
use crate::error::Error;

/// A batch ends when it has so many different words: each is a key, and together they stay far below what one command
/// may write. 256 subjects have fewer, unless somebody makes them up.
const MOST_POSTINGS: usize = 1_024;

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
        let mut postings: BTreeMap<String, Vec<TicketId>> = BTreeMap::new();
        let (mut done, mut last) = (0, 0);
        for event in events {
            if postings.len() >= MOST_POSTINGS {
                break;
            }
            (done, last) = (done + 1, event.sequence);
            let Some(id) = named(event) else { continue };
            // As it stands now: a later event about it finds nothing left to do.
            let Some(ticket) = draft.desk.records.find::<Ticket>(id)? else { continue };
            for word in words_of(&ticket.subject) {
                let tickets = postings.entry(word).or_default();
                if !tickets.contains(&id) {
                    tickets.push(id);
                }
            }
        }
        for (word, tickets) in postings {
            let (version, now) = (1, draft.now);
            draft.create(Posting { version, created_at: now, updated_at: now, word, sequence: last, tickets });
        }
        Ok(done)
    }
}

/// The ticket that an event gave a subject.
fn named(event: &Event) -> Option<TicketId> {
    let gave = match event.name.as_str() {
        "ticket.created" => true,
        "ticket.updated" => {
            let changed = event.data.get("changed").and_then(Value::as_array);
            changed.is_some_and(|names| names.iter().any(|it| it == "subject"))
        }
        _ => false,
    };
    if gave { event.subject.parse().ok() } else { None }
}
