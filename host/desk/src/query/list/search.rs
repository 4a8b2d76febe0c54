//! What somebody types to find a ticket: words of its subject, its number, or the beginning of the customer's address.

use std::collections::BTreeSet;

use plugdesk_domain::words::{Wanted, words_of};
use plugdesk_domain::{
    Identity, IdentityKind, Page, Posting, Records, RecordsExt, Scan, TICKET_BY_NUMBER, TICKET_BY_REQUESTER, Table,
    Ticket, normalise_identity,
};

use super::streams::MOST_GATHERED;
use crate::error::Error;
use crate::resolve::cluster_of_contact;

/// A query has at most so many characters: a subject's length is more than anybody types.
const MOST_QUERY_CHARS: usize = 256;
/// So many addresses that begin so are looked at: whoever wants another types one letter more.
const MOST_ADDRESSES: usize = 16;
/// Of each person so many tickets are shown, the newest.
const MOST_OF_A_PERSON: usize = 50;
/// Postings are read so many at a time: each holds the tickets of a batch, so few fill what is gathered.
const POSTINGS: usize = 16;
/// A number that is looked for as a telephone number has at least so many digits.
const LEAST_PHONE_DIGITS: usize = 4;

/// The tickets found, in no order, at most [`MOST_GATHERED`], and whether the words of their subjects must match. Of a
/// common word only the newest are looked at.
pub(super) fn hits(records: &(dyn Records + 'static), q: &str) -> Result<(Vec<Ticket>, bool), Error> {
    let text = q.trim();
    let chars = q.chars().count();
    if chars > MOST_QUERY_CHARS || text.is_empty() {
        return Err(Error::invalid("/q", format!("1 to {MOST_QUERY_CHARS} characters, this has {chars}")));
    }
    if let Some(number) = text.strip_prefix('#').and_then(|it| it.parse::<u32>().ok()) {
        let scan = Scan::index(TICKET_BY_NUMBER, vec![i64::from(number).into()]).with_limit(1);
        return Ok((records.list(&scan)?.records, false));
    }
    if text.contains('@') {
        return Ok((of_address(records, &IdentityKind::Email, &text.to_lowercase())?, false));
    }
    let dialled = text.chars().filter(|c| c.is_numeric()).count() >= LEAST_PHONE_DIGITS;
    if dialled && let Ok(number) = normalise_identity(&IdentityKind::Phone, text) {
        let found = of_address(records, &IdentityKind::Phone, &number)?;
        if !found.is_empty() {
            return Ok((found, false));
        }
    }
    Ok((of_words(records, &Wanted::of(q))?, true))
}

fn of_address(records: &(dyn Records + 'static), kind: &IdentityKind, begins: &str) -> Result<Vec<Ticket>, Error> {
    let scan = Scan::table(Table::Identity).with_prefix(vec![kind.name().into()]).beginning(begins);
    let identities: Page<Identity> = records.list(&scan.with_limit(MOST_ADDRESSES))?;
    let mut found: Vec<Ticket> = Vec::new();
    let mut seen = Vec::new();
    for identity in identities.records {
        for contact in cluster_of_contact(records, identity.contact)? {
            if seen.contains(&contact) || found.len() >= MOST_GATHERED {
                continue;
            }
            seen.push(contact);
            let scan = Scan::index(TICKET_BY_REQUESTER, vec![contact.into()]).backward().with_limit(MOST_OF_A_PERSON);
            found.extend(records.list::<Ticket>(&scan)?.records);
        }
    }
    found.truncate(MOST_GATHERED);
    Ok(found)
}

fn of_words(records: &(dyn Records + 'static), wanted: &Wanted) -> Result<Vec<Ticket>, Error> {
    // The longest word is the rarest.
    let longest = wanted.whole.iter().max_by_key(|word| word.len());
    let scan = match (longest, &wanted.begins) {
        (Some(word), _) => Scan::table(Table::Posting).with_prefix(vec![word.as_str().into()]).backward(),
        (None, Some(begins)) => Scan::table(Table::Posting).beginning(begins),
        (None, None) => return Ok(Vec::new()),
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut after = None;
    loop {
        let page: Page<Posting> = records.list(&scan.clone().with_limit(POSTINGS).with_after(after))?;
        for id in page.records.iter().flat_map(|it| it.tickets.iter().rev()) {
            if seen.len() == MOST_GATHERED {
                return Ok(found);
            }
            if seen.insert(*id) {
                // A subject that was changed has other postings by now.
                let ticket = records.find::<Ticket>(*id)?;
                found.extend(ticket.filter(|it| wanted.matches(&words_of(&it.subject))));
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
