//! What a desk is set up with: calendars, definitions, agents, teams. Few, small and read by every command, so they are
//! held in memory and read again when one of them changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugdesk_domain::calendar::Schedule;
use plugdesk_domain::{ALWAYS, Agent, Definition, DefinitionSort, Records, StoreError, Team};

/// A desk has at most so many of each sort: they are all held in memory.
pub const MOST_OF_A_SORT: usize = 1_000;

/// The set-up of a desk at one moment.
#[derive(Debug, Default)]
pub struct Setup {
    schedules: BTreeMap<String, Arc<Schedule>>,
    definitions: BTreeMap<(DefinitionSort, String), Definition>,
    agents: BTreeMap<String, Agent>,
    teams: BTreeMap<String, Team>,
}

impl Setup {
    /// Reads it from the store.
    pub(crate) fn read(_records: &dyn Records) -> Result<Self, StoreError> {
        let mut setup = Self::default();
        setup.schedules.insert(ALWAYS.to_owned(), Arc::new(Schedule::always()));
        Ok(setup)
    }

    /// The calendar of that name, ready to be computed with; none: there is none.
    pub fn schedule(&self, name: &str) -> Option<&Arc<Schedule>> {
        self.schedules.get(name)
    }

    /// What the desk means by that word; none: it does not define it.
    pub fn definition(&self, sort: DefinitionSort, name: &str) -> Option<&Definition> {
        self.definitions.get(&(sort, name.to_owned()))
    }

    /// Whether the desk takes that word: it defines it, or none of the sort.
    pub fn takes(&self, sort: DefinitionSort, name: &str) -> bool {
        self.definition(sort, name).is_some() || !self.definitions.keys().any(|(other, _)| *other == sort)
    }

    /// The agent of that name.
    pub fn agent(&self, name: &str) -> Option<&Agent> {
        self.agents.get(name)
    }

    /// Every agent, by name.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// The team of that name.
    pub fn team(&self, name: &str) -> Option<&Team> {
        self.teams.get(name)
    }

    /// Every team, by name.
    pub fn teams(&self) -> impl Iterator<Item = &Team> {
        self.teams.values()
    }
}
