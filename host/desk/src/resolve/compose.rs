//! What shows of a cluster: the standing record's values, and where it has none, or where the merge's plan says so, those
//! of the records that point to it. Undoing a merge takes nothing back, for nothing was written.

use std::collections::BTreeMap;

use plugdesk_domain::{Attributes, Company, Contact, ContactState, ExternalIds, FieldPlan, Key, Side, StoreError};

use super::{Alias, Member, Reads, members, parents, root};

/// A record as it shows, and what it is made of.
#[derive(Debug, Clone)]
pub(crate) struct Whole<R: Alias> {
    /// As it shows.
    pub(crate) record: R,
    /// Its parts as stored, the standing one first.
    pub(crate) parts: Vec<(Member<R::Id>, R)>,
}

impl<R: Alias> Whole<R> {
    /// The ids of its parts.
    pub(crate) fn ids(&self) -> Vec<R::Id> {
        self.parts.iter().map(|(member, _)| member.id).collect()
    }
}

/// A record that takes values from one that points to it.
pub(crate) trait Compose: Alias {
    /// Takes what the plan says, and what it has not itself.
    fn take(&mut self, loser: &Self, plan: &FieldPlan);
}

/// The whole of the record that stands for that id; none: there is no such record.
pub(crate) fn whole<R: Compose>(reads: &(impl Reads + ?Sized), id: R::Id) -> Result<Option<Whole<R>>, StoreError> {
    let Some(standing) = root::<R>(reads, id)? else { return Ok(None) };
    let mut parts = Vec::new();
    for member in members::<R>(reads, standing.id())? {
        let record = if member.merge.is_none() {
            Some(standing.clone())
        } else {
            reads.one::<R>(Key(vec![member.id.into()]))?
        };
        if let Some(record) = record {
            parts.push((member, record));
        }
    }
    let record = composed(&parts, standing);
    Ok(Some(Whole { record, parts }))
}

/// The same of a company, whose node above is never one of its own parts.
pub(crate) fn whole_company(
    reads: &(impl Reads + ?Sized),
    id: plugdesk_domain::CompanyId,
) -> Result<Option<Whole<Company>>, StoreError> {
    let Some(mut whole) = whole::<Company>(reads, id)? else { return Ok(None) };
    whole.record.parent = parents(reads, &whole)?.first().map(|it| it.id);
    Ok(Some(whole))
}

/// A cluster has at most 64 parts, so this calls itself no deeper than that.
fn composed<R: Compose>(parts: &[(Member<R::Id>, R)], mut record: R) -> R {
    let own = record.id().to_string();
    for (member, loser) in parts {
        if let Some(merge) = member.merge.as_ref().filter(|it| it.winner == own) {
            record.take(&composed(parts, loser.clone()), &merge.plan);
        }
    }
    record
}

fn wanted(plan: &FieldPlan, field: &str) -> bool {
    plan.get(field) == Some(&Side::Loser)
}

fn take<T: Clone>(own: &mut Option<T>, other: Option<&T>, wanted: bool) {
    if let Some(other) = other.filter(|_| wanted || own.is_none()) {
        *own = Some(other.clone());
    }
}

fn take_text(own: &mut String, other: &str, wanted: bool) {
    if !other.is_empty() && (wanted || own.is_empty()) {
        other.clone_into(own);
    }
}

fn take_custom(own: &mut Attributes, other: &Attributes, plan: &FieldPlan) {
    for (name, value) in other {
        if !own.contains_key(name) || wanted(plan, &format!("custom.{name}")) {
            own.insert(name.clone(), value.clone());
        }
    }
}

fn take_ids(own: &mut ExternalIds, other: &ExternalIds) {
    for (system, id) in other {
        BTreeMap::entry(own, system.clone()).or_insert_with(|| id.clone());
    }
}

fn take_list<T: Clone + PartialEq>(own: &mut Vec<T>, other: &[T]) {
    for it in other {
        if !own.contains(it) {
            own.push(it.clone());
        }
    }
}

impl Compose for Contact {
    fn take(&mut self, loser: &Self, plan: &FieldPlan) {
        take_text(&mut self.name, &loser.name, wanted(plan, "name"));
        take(&mut self.locale, loser.locale.as_ref(), wanted(plan, "locale"));
        take(&mut self.time_zone, loser.time_zone.as_ref(), wanted(plan, "time_zone"));
        take(&mut self.segment, loser.segment.as_ref(), wanted(plan, "segment"));
        take_custom(&mut self.custom, &loser.custom, plan);
        take_ids(&mut self.external_ids, &loser.external_ids);
        take_list(&mut self.shared, &loser.shared);
        if self.state == ContactState::Anonymous && loser.state == ContactState::Known {
            self.state = ContactState::Known;
        }
    }
}

impl Compose for Company {
    fn take(&mut self, loser: &Self, plan: &FieldPlan) {
        take_text(&mut self.name, &loser.name, wanted(plan, "name"));
        take(&mut self.segment, loser.segment.as_ref(), wanted(plan, "segment"));
        take(&mut self.tier, loser.tier.as_ref(), wanted(plan, "tier"));
        take(&mut self.worth, loser.worth.as_ref(), wanted(plan, "worth"));
        take_custom(&mut self.custom, &loser.custom, plan);
        take_ids(&mut self.external_ids, &loser.external_ids);
        take_list(&mut self.domains, &loser.domains);
    }
}
