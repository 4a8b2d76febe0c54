//! Answers `identify`: each candidate is the same person, perhaps the same, or another one.

use plugdesk_sdk::prelude::*;

use crate::configuration::Merging;
use crate::effort::{self, Effort};
use crate::linkage::{Linked, link};
use crate::names::compare::{Agreement, names};
use crate::person::Person;

/// A person reads so many reasons about one candidate.
const MOST_REASONS: usize = 8;
/// And so many why it is another one: the strongest.
const MOST_OBJECTIONS: usize = 3;
/// Of more candidates than these nobody reads more than one each why it is another one.
const FEW_CANDIDATES: usize = 32;
/// An answer has room for 64 KiB: what was found with all candidates together is told in so many bytes, twice for each
/// reason.
const MOST_TOLD: usize = 2_500;
/// What was found is told in at most so many bytes each.
const MOST_TOLD_EACH: usize = 256;
/// So little probability is worth an objection where evidence speaks against it: whoever joins answers will hear *no*.
const SURELY_NOT: u16 = 100;
/// An address that people of so many names use is an office's or a family's.
const MANY_NAMES: usize = 3;

/// How much is told of one candidate.
#[derive(Clone, Copy)]
struct Told {
    /// Of what was found with either, in bytes.
    bytes: usize,
    /// Reasons why it is another one.
    objections: usize,
}

impl Identify for Merging {
    fn identify(&self, inquiry: &identify::Inquiry, desk: &impl Desk) -> Answer<Identification> {
        let mut effort = Effort::default();
        let mut sharing = effort.set_sharing_aside();
        effort.took(effort::reading(&inquiry.contact, &inquiry.shared));
        let fields = self.fields(&inquiry.contact, desk, &self.field_names)?;
        effort.took(effort::handed(&fields) + effort::fields(&fields));
        let mut one = Person::of(self, &inquiry.contact, &inquiry.shared, &fields);
        // What is not known of the one says nothing of the others: it is not read.
        let telling = self.fields_of(|sort| one.fields.has(sort));
        let mut others = Vec::with_capacity(inquiry.candidates.len());
        // Those that share most come first. Whoever can't be read whole is left out: half of what is known of somebody could
        // hide that it is another one.
        for it in &inquiry.candidates {
            if !effort.takes(effort::reading(&it.contact, &it.shared)) {
                continue;
            }
            let fields = self.fields(&it.contact, desk, &telling)?;
            effort.took(effort::handed(&fields));
            if !effort.takes(effort::fields(&fields)) {
                continue;
            }
            let other = Person::of(self, &it.contact, &it.shared, &fields);
            if effort.takes(effort::comparing(&one, &other)) {
                others.push(other);
            }
        }
        let left_out = inquiry.candidates.len() - others.len();
        let shared = self.shared_by_many(&one, &others, &mut sharing);
        one.addresses.share(|address| shared.iter().any(|it| it == address));
        let told = (MOST_TOLD / others.len().max(1)).min(MOST_TOLD_EACH);
        let objections = if others.len() > FEW_CANDIDATES { 1 } else { MOST_OBJECTIONS };
        let told = Told { bytes: told, objections };
        let likenesses = others.iter().filter_map(|other| self.likeness(&other.id, &link(self, &one, other), told));
        let mut likenesses: Vec<Likeness> = likenesses.collect();
        // Who was left out could be the one, or say that an address is many people's.
        for it in likenesses.iter_mut().filter(|it| left_out > 0 && it.relation == Relation::Same) {
            it.relation = Relation::Maybe;
            it.reasons.insert(0, Reason::new("not-all-compared").with("count", left_out.to_string()));
            it.reasons.truncate(MOST_REASONS);
        }
        Ok((!likenesses.is_empty()).then(|| Identification::new(likenesses)))
    }
}

impl Merging {
    /// Those custom fields of a contact.
    pub(crate) fn fields(
        &self,
        contact: &Contact,
        desk: &impl Desk,
        names: &[String],
    ) -> Result<Vec<(String, Value)>, Fault> {
        Ok(if names.is_empty() { Vec::new() } else { desk.attributes(&contact.id, names)? })
    }

    /// The addresses of a contact that people of many names use.
    fn shared_by_many(&self, one: &Person, others: &[Person], effort: &mut Effort) -> Vec<String> {
        let mut users: Vec<(&str, Vec<&Person>)> = Vec::new();
        for other in others {
            for address in one.addresses.common(&other.addresses) {
                match users.iter_mut().find(|(known, _)| *known == address) {
                    Some((_, names)) => self.count_name(names, other, effort),
                    None => {
                        let mut names = vec![one];
                        self.count_name(&mut names, other, effort);
                        users.push((address, names));
                    }
                }
            }
        }
        let shared = users.into_iter().filter(|(_, names)| names.len() >= MANY_NAMES);
        shared.map(|(address, _)| address.to_owned()).collect()
    }

    /// Adds one whose name is another than all before.
    fn count_name<'p>(&self, names_of: &mut Vec<&'p Person>, other: &'p Person, effort: &mut Effort) {
        let another = |known: &&Person| {
            let organisation = known.name.organisation || other.name.organisation;
            match names(&self.weights, &known.name, &other.name).agreement {
                Agreement::Apart => true,
                // Sites of one agency share words and its switchboard.
                Agreement::Partly => !organisation,
                Agreement::Unknown | Agreement::Same | Agreement::Close => false,
            }
        };
        let work = names_of.iter().map(|known| effort::names(&known.name, &other.name)).sum();
        // What can't be found out is taken for many people's: it weighs less.
        if names_of.len() < MANY_NAMES && (!effort.takes(work) || names_of.iter().all(another)) {
            names_of.push(other);
        }
    }

    /// What the evidence comes to; `None`: too little on either side.
    fn likeness(&self, id: &str, linked: &Linked<'_>, told: Told) -> Option<Likeness> {
        let against = linked.evidence.iter().any(|evidence| evidence.weight < 0);
        let relation = if linked.same(self) {
            Relation::Same
        } else if linked.score >= self.maybe {
            Relation::Maybe
        } else if linked.contradiction || (against && linked.score <= SURELY_NOT) {
            Relation::Different
        } else {
            return None;
        };
        let mut likeness = Likeness::new(id, relation, linked.score);
        let most = if relation == Relation::Different { told.objections } else { MOST_REASONS };
        likeness.reasons = linked.evidence.iter().take(most).map(|evidence| evidence.reason(told.bytes)).collect();
        Some(likeness)
    }
}
