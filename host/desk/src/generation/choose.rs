//! Which bindings are asked where.

use std::sync::Arc;

use plugdesk_domain::{Binding, BindingScope, CompanyId, Mode};

use super::{Bound, Live};

/// Where a question is asked: what scopes are compared with. `classify` leaves everything empty, because the segment
/// is what it asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The subject's segment.
    pub segment: Option<String>,
    /// The ticket's kind.
    pub kind: Option<String>,
    /// The company it is for, under every id that it has: merged nodes are one.
    pub companies: Vec<CompanyId>,
}

/// The bindings to ask, each by rank.
#[derive(Clone, Default)]
pub struct Chosen {
    /// Their answers join.
    pub active: Vec<Arc<Bound>>,
    /// Asked afterwards and recorded.
    pub shadow: Vec<Arc<Bound>>,
}

impl Place {
    /// Whether a binding of that scope holds here.
    pub fn within(&self, scope: &BindingScope) -> bool {
        match scope {
            BindingScope::Desk => true,
            BindingScope::Segment(segment) => self.segment.as_ref() == Some(segment),
            BindingScope::Kind(kind) => self.kind.as_ref() == Some(kind),
            BindingScope::Company(company) => self.companies.contains(company),
        }
    }
}

/// How narrow a scope is: desk < segment < kind < company.
fn narrowness(scope: &BindingScope) -> u8 {
    match scope {
        BindingScope::Desk => 0,
        BindingScope::Segment(_) => 1,
        BindingScope::Kind(_) => 2,
        BindingScope::Company(_) => 3,
    }
}

impl Live {
    /// Whether any binding holds for one company alone: only then somebody must look up which ids a company has.
    pub(crate) fn knows_companies(&self) -> bool {
        self.bound.iter().any(|it| matches!(it.binding.scope, BindingScope::Company(_)))
    }

    /// Whether any binding asks that question, wherever.
    pub(crate) fn asks(&self, question: &str) -> bool {
        self.bound.iter().any(|it| it.binding.question == question)
    }

    /// The bindings of a question that hold at a place: each policy once, with its most specific binding, without
    /// those that others replace. A shadow binding neither takes the place of an active one nor replaces anything.
    pub fn choose(&self, question: &str, place: &Place) -> Chosen {
        let in_mode = |mode: Mode| {
            let mut chosen: Vec<Arc<Bound>> = Vec::new();
            let holds = |it: &&Arc<Bound>| {
                it.binding.question == question && it.binding.mode == mode && place.within(&it.binding.scope)
            };
            for it in self.bound.iter().filter(holds) {
                match chosen.iter_mut().find(|other| other.binding.policy == it.binding.policy) {
                    Some(other) if narrowness(&other.binding.scope) < narrowness(&it.binding.scope) => {
                        *other = Arc::clone(it);
                    }
                    Some(_) => {}
                    None => chosen.push(Arc::clone(it)),
                }
            }
            chosen.sort_by(|a, b| (a.binding.rank, &a.binding.policy).cmp(&(b.binding.rank, &b.binding.policy)));
            chosen
        };
        let all = in_mode(Mode::Active);
        let bindings: Vec<&Binding> = all.iter().map(|it| &it.binding).collect();
        let active = all.iter().filter(|it| stands(&it.binding, &bindings, 0)).cloned().collect();
        Chosen { active, shadow: in_mode(Mode::Shadow) }
    }
}

/// Whether no policy that is itself asked replaces this one. Generations have no circles of replacement, so this ends;
/// the depth is bounded all the same.
fn stands(it: &Binding, all: &[&Binding], depth: usize) -> bool {
    if depth > all.len() {
        return true;
    }
    let replaces = |other: &&&Binding| other.policy != it.policy && other.replaces.contains(&it.policy);
    !all.iter().filter(replaces).any(|other| stands(other, all, depth + 1))
}
