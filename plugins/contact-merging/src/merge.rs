//! Answers `merge`: which values show when two records become one, or why they must not.
//!
//! Memberships, roles, aspects and concerns are no part of a plan: they always stand side by side.

use plugdesk_sdk::prelude::*;

use crate::configuration::Merging;
use crate::fields::Sort;
use crate::person::Person;
use crate::weights::Level;

impl Merge for Merging {
    fn merge(&self, inquiry: &merge::Inquiry, desk: &impl Desk) -> Answer<MergePlan> {
        match (&inquiry.winner, &inquiry.loser) {
            (RecordOf::Contact(winner), RecordOf::Contact(loser)) => self.contacts(winner, loser, desk).map(Some),
            (RecordOf::Company(winner), RecordOf::Company(loser)) => Ok(Some(companies(winner, loser))),
            (RecordOf::Ticket(winner), RecordOf::Ticket(loser)) => Ok(Some(tickets(winner, loser))),
            _ => Ok(Some(MergePlan::refuse(Reason::new("merge-other-sort")))),
        }
    }
}

impl Merging {
    fn contacts(&self, winner: &Contact, loser: &Contact, desk: &impl Desk) -> Result<MergePlan, Fault> {
        for contact in [winner, loser] {
            // What is left of somebody who was erased: nothing that could be told apart, and nothing to show.
            if contact.name.trim().is_empty() && contact.identities.is_empty() {
                return Ok(MergePlan::refuse(Reason::new("merge-nobody").seen_in(contact.id.as_str())));
            }
        }
        let [one, other] = [winner, loser].map(|contact| {
            let fields = self.fields(contact, desk, &self.field_names)?;
            Ok::<_, Fault>(Person::of(self, contact, &[], &fields))
        });
        let (one, other) = (one?, other?);
        if let Some(why) = contradiction(&one, &other) {
            let why = why.seen_in(winner.id.as_str()).seen_in(loser.id.as_str());
            return Ok(MergePlan::refuse(why));
        }
        let mut plan = MergePlan::new();
        if fuller(loser, &other, winner, &one) {
            let why = Reason::new("merge-name").with("one", loser.name.as_str()).with("other", winner.name.as_str());
            plan = plan.show("name", Side::Loser);
            plan.reasons.push(why.seen_in(loser.id.as_str()));
        }
        // Street, postcode and city belong together: all from the record that knows the newer ones.
        let (lives, lived) = (&other.fields.place, &one.fields.place);
        if loser.created_at > winner.created_at && !lives.is_empty() && lives != lived {
            let names = desk.attributes(&loser.id, &self.field_names)?;
            let place = |name: &str| matches!(self.sort_of(name), Some(Sort::Street | Sort::Postcode | Sort::City));
            for (name, _) in names.iter().filter(|(name, value)| place(name) && !self.is_blank(value)) {
                plan = plan.show(&format!("custom.{name}"), Side::Loser);
            }
            plan.reasons.push(Reason::new("merge-newer-place").seen_in(loser.id.as_str()));
        }
        plan.fields.sort();
        plan.fields.truncate(MOST_FIELDS);
        if plan.reasons.is_empty() {
            plan.reasons.push(Reason::new("merge-as-it-stands").seen_in(winner.id.as_str()));
        }
        Ok(plan)
    }
}

/// The contract's limit of fields in a plan.
const MOST_FIELDS: usize = 32;

/// Why two contacts can't be one person, whatever else speaks for it.
fn contradiction(one: &Person, other: &Person) -> Option<Reason> {
    if let (Some((a, one)), Some((b, other))) = (&one.fields.birth, &other.fields.birth)
        && one.compare(*other) == Level::BirthApart
    {
        return Some(Reason::new("merge-births-differ").with("one", a.as_str()).with("other", b.as_str()));
    }
    let numbers = one.fields.numbers.iter().flat_map(|a| other.fields.numbers.iter().map(move |b| (a, b)));
    if let Some((a, b)) = numbers.into_iter().find(|(a, b)| a.0 == b.0 && a.1 != b.1) {
        let why = Reason::new("merge-numbers-differ").with("field", a.0.as_str());
        return Some(why.with("one", a.1.as_str()).with("other", b.1.as_str()));
    }
    (one.name.role != other.name.role && !one.name.words.is_empty() && !other.name.words.is_empty()).then(|| {
        let why = Reason::new("merge-person-and-function");
        why.with("one", one.written.as_str()).with("other", other.written.as_str())
    })
}

/// Whether the loser's name says more: it has one where the winner has none, more words of it written out, or as many
/// and an address that its holder proved, where the winner has none.
fn fuller(loser: &Contact, lost: &Person, winner: &Contact, won: &Person) -> bool {
    let spelt = |person: &Person| person.name.words.iter().filter(|word| word.letters > 1).count();
    let proved = |contact: &Contact| contact.identities.iter().any(|identity| identity.verified);
    match (loser.name.trim().is_empty(), winner.name.trim().is_empty()) {
        (true, _) => false,
        (false, true) => true,
        (false, false) if spelt(lost) != spelt(won) => spelt(lost) > spelt(won),
        (false, false) => loser.name != winner.name && proved(loser) && !proved(winner),
    }
}

/// Two nodes of one company; not a node and the one above it.
fn companies(winner: &Company, loser: &Company) -> MergePlan {
    if winner.parent.as_ref() == Some(&loser.id) || loser.parent.as_ref() == Some(&winner.id) {
        let why = Reason::new("merge-one-above-other").with("one", winner.name.as_str());
        let why = why.with("other", loser.name.as_str());
        return MergePlan::refuse(why.seen_in(winner.id.as_str()).seen_in(loser.id.as_str()));
    }
    let mut plan = MergePlan::new();
    let words = |company: &Company| words::fold(&company.name).split(' ').filter(|word| !word.is_empty()).count();
    if words(loser) > words(winner) {
        plan = plan.show("name", Side::Loser);
        let why = Reason::new("merge-name").with("one", loser.name.as_str()).with("other", winner.name.as_str());
        plan.reasons.push(why.seen_in(loser.id.as_str()));
    }
    // Nobody is to be owed less care because there were two records.
    if let (Some(of_loser), Some(of_winner)) = (&loser.worth, &winner.worth)
        && of_loser.currency == of_winner.currency
        && of_loser.minor > of_winner.minor
    {
        plan = plan.show("worth", Side::Loser);
        plan.reasons.push(Reason::new("merge-greater-worth").seen_in(loser.id.as_str()));
    }
    if plan.reasons.is_empty() {
        plan.reasons.push(Reason::new("merge-as-it-stands").seen_in(winner.id.as_str()));
    }
    plan
}

/// Two tickets of one matter. One that another customer brought would show him what is not his.
fn tickets(winner: &Ticket, loser: &Ticket) -> MergePlan {
    let differ = |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
    let foreign = match (&winner.company, &loser.company) {
        (None, None) => differ(&winner.requester, &loser.requester),
        _ => differ(&winner.company, &loser.company),
    };
    let why = Reason::new(if foreign { "merge-other-customer" } else { "merge-as-it-stands" });
    let why = why.seen_in(winner.id.as_str()).seen_in(loser.id.as_str());
    if foreign {
        return MergePlan::refuse(why);
    }
    let mut plan = MergePlan::new();
    plan.reasons.push(why);
    plan
}
