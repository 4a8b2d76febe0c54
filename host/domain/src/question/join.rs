//! The structure in which answers meet: a set of stances, joined by union.
//!
//! Union is commutative, associative and idempotent, and its identity is the empty set, abstention. Each question then
//! reads the set with one pure function ([`super::Question::join`]), so no outcome can depend on an order.

use std::collections::BTreeMap;

use serde::Serialize;

/// One policy's answer at its rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Stance<A> {
    /// The binding's rank; lower comes first.
    pub rank: u32,
    /// The policy's name.
    pub policy: String,
    /// What it answered.
    pub answer: A,
}

/// A set of stances, by rank and policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Stances<A>(BTreeMap<(u32, String), A>);

impl<A> Default for Stances<A> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<A: Clone + Serialize> Stances<A> {
    /// Adds one. A generation has one answer per rank and policy; should two meet all the same, the greater by its
    /// canonical JSON stays, so that the order can't matter even then.
    pub fn add(&mut self, stance: Stance<A>) {
        let key = (stance.rank, stance.policy);
        match self.0.get(&key) {
            Some(kept) if canonical(kept) >= canonical(&stance.answer) => {}
            _ => drop(self.0.insert(key, stance.answer)),
        }
    }

    /// The union of two sets.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        for ((rank, policy), answer) in other.0 {
            self.add(Stance { rank, policy, answer });
        }
        self
    }

    /// The stances by rank, then policy.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u32, &str, &A)> {
        self.0.iter().map(|((rank, policy), answer)| (*rank, policy.as_str(), answer))
    }

    /// Whether nobody had an opinion.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<A: Clone + Serialize> FromIterator<Stance<A>> for Stances<A> {
    fn from_iter<I: IntoIterator<Item = Stance<A>>>(stances: I) -> Self {
        let mut set = Self::default();
        stances.into_iter().for_each(|stance| set.add(stance));
        set
    }
}

/// JSON with sorted names: what replays and joins compare.
pub fn canonical(value: &impl Serialize) -> String {
    // A `Value`'s object is a BTreeMap, so its text is sorted. Answers hold texts and integers only and always serialise.
    serde_json::to_value(value).map_or_else(|e| e.to_string(), |v| v.to_string())
}
