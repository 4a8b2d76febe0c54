//! What a desk is set up with: calendars, definitions, agents, teams. Few, small and read by every command, so they are
//! held in memory and read again when one of them changes, before the answer is told.
//!
//! Open vocabularies close themselves: as long as a desk defines none of a sort, every word is taken; from the first one
//! on, only those defined.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use plugdesk_domain::calendar::Schedule;
use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    ALWAYS, Agent, Attributes, Calendar, Category, Definition, DefinitionSort, Digest, Records, RecordsExt, Scan,
    StoreError, Table, Team, Ticket, Write,
};

use crate::configuration::Schema;
use crate::input::check::Checks;

/// A desk has at most so many of each sort: they are all held in memory.
pub const MOST_OF_A_SORT: usize = 1_000;
/// The tables that are held.
const TABLES: [Table; 4] = [Table::Calendar, Table::Definition, Table::Agent, Table::Team];

/// A schema that is compiled when it is first asked, and kept as long as its text stays.
#[derive(Debug)]
struct Compiled {
    text: Digest,
    schema: OnceLock<Option<Schema>>,
}

impl Compiled {
    /// None: a later version of the validator refuses what was taken once; then nothing is checked.
    fn schema(&self, definition: &Definition) -> Option<&Schema> {
        let compile = || Schema::compile(definition.schema.as_ref()?.to_string().as_bytes()).ok();
        self.schema.get_or_init(compile).as_ref()
    }
}

/// The set-up of a desk at one moment.
#[derive(Debug, Default)]
pub struct Setup {
    schedules: BTreeMap<String, Arc<Schedule>>,
    calendars: BTreeMap<String, Calendar>,
    definitions: BTreeMap<(DefinitionSort, String), Definition>,
    schemas: BTreeMap<(DefinitionSort, String), Arc<Compiled>>,
    agents: BTreeMap<String, Agent>,
    teams: BTreeMap<String, Team>,
}

impl Setup {
    /// Reads it from the store. Schemas that stayed as they were `before` stay compiled.
    pub(crate) fn read(records: &dyn Records, before: &Self) -> Result<Self, StoreError> {
        let mut setup = Self::default();
        setup.schedules.insert(ALWAYS.to_owned(), Arc::new(Schedule::always()));
        for calendar in all::<Calendar>(records)? {
            // It was checked when it was written. One that a later zone database refuses leaves its clocks as they are.
            if let Ok(schedule) = Schedule::new(&calendar) {
                setup.schedules.insert(calendar.name.clone(), Arc::new(schedule));
            }
            setup.calendars.insert(calendar.name.clone(), calendar);
        }
        for definition in all::<Definition>(records)? {
            let key = (definition.sort, definition.name.clone());
            if let Some(schema) = &definition.schema {
                let text = Digest::of(schema.to_string().as_bytes());
                let known = before.schemas.get(&key).filter(|it| it.text == text);
                let fresh = || Arc::new(Compiled { text, schema: OnceLock::new() });
                setup.schemas.insert(key.clone(), known.map_or_else(fresh, Arc::clone));
            }
            setup.definitions.insert(key, definition);
        }
        setup.agents = all::<Agent>(records)?.into_iter().map(|it| (it.name.clone(), it)).collect();
        setup.teams = all::<Team>(records)?.into_iter().map(|it| (it.name.clone(), it)).collect();
        Ok(setup)
    }

    /// The calendar of that name, ready to be computed with; none: there is none.
    pub fn schedule(&self, name: &str) -> Option<&Arc<Schedule>> {
        self.schedules.get(name)
    }

    /// Whether there is a calendar of that name, whether or not it can be computed with.
    pub(crate) fn knows_calendar(&self, name: &str) -> bool {
        name == ALWAYS || self.calendars.contains_key(name)
    }

    /// Every calendar of the desk's own, by name.
    pub fn calendars(&self) -> impl Iterator<Item = &Calendar> {
        self.calendars.values()
    }

    /// What the desk means by that word; none: it does not define it.
    pub fn definition(&self, sort: DefinitionSort, name: &str) -> Option<&Definition> {
        self.definitions.get(&(sort, name.to_owned()))
    }

    /// Every definition, by sort and name.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.values()
    }

    /// Whether the desk takes that word: it defines it, or none of the sort.
    pub fn takes(&self, sort: DefinitionSort, name: &str) -> bool {
        self.definition(sort, name).is_some() || !self.definitions.keys().any(|(other, _)| *other == sort)
    }

    /// The state of a category: its own word where the desk takes that, else the desk's first by name.
    pub fn state_of(&self, category: Category) -> String {
        let own = category.name();
        let maps = |it: &&Definition| it.sort == DefinitionSort::State && it.category == Some(category);
        let defined = self.definition(DefinitionSort::State, own).filter(|it| it.category == Some(category));
        let found = defined.or_else(|| self.definitions.values().find(maps));
        found.map_or(own, |it| it.name.as_str()).to_owned()
    }

    /// The agent of that name.
    pub fn agent(&self, name: &str) -> Option<&Agent> {
        self.agents.get(name)
    }

    /// Every agent, by name.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// Whether tickets may be given to that person: an active agent, or the desk names none.
    pub fn takes_agent(&self, name: &str) -> bool {
        self.agents.is_empty() || self.agent(name).is_some_and(|it| it.active)
    }

    /// Whether that person is an agent of the desk who is not active. One whom it does not name has not left it.
    pub fn has_left(&self, name: &str) -> bool {
        self.agent(name).is_some_and(|it| !it.active)
    }

    /// The team of that name.
    pub fn team(&self, name: &str) -> Option<&Team> {
        self.teams.get(name)
    }

    /// Every team, by name.
    pub fn teams(&self) -> impl Iterator<Item = &Team> {
        self.teams.values()
    }

    /// Whether tickets may be given to that team: it is one, or the desk names none.
    pub fn takes_team(&self, name: &str) -> bool {
        self.teams.is_empty() || self.teams.contains_key(name)
    }

    /// A word of that sort that a person sent.
    pub(crate) fn check_word(&self, checks: &mut Checks, field: &str, sort: DefinitionSort, word: Option<&str>) {
        if let Some(word) = word
            && !self.takes(sort, word)
        {
            let known = self.definitions.keys().filter(|(other, _)| *other == sort).map(|(_, name)| name.as_str());
            checks.fail(field, format!("{}; `{word}` is none", one_of(sort.name(), known)));
        }
    }

    /// A person that a ticket is to be given to.
    pub(crate) fn check_agent(&self, checks: &mut Checks, field: &str, name: Option<&str>) {
        if let Some(name) = name
            && !self.takes_agent(name)
        {
            checks.fail(field, "the name of an active agent of this desk");
        }
    }

    /// A team that a ticket is to be given to.
    pub(crate) fn check_team(&self, checks: &mut Checks, field: &str, name: Option<&str>) {
        if let Some(name) = name
            && !self.takes_team(name)
        {
            checks.fail(field, one_of("team", self.teams.keys().map(String::as_str)));
        }
    }

    /// A ticket's custom fields by the schemas of its kind and segment. They were found small enough before: a schema
    /// visits every place of them.
    pub(crate) fn check_custom(&self, checks: &mut Checks, kind: &str, segment: Option<&str>, custom: &Attributes) {
        let of = |sort, name: &str| {
            let key = (sort, name.to_owned());
            self.schemas.get(&key)?.schema(self.definitions.get(&key)?)
        };
        let kind = of(DefinitionSort::Kind, kind);
        let segment = segment.and_then(|it| of(DefinitionSort::Segment, it));
        if kind.is_none() && segment.is_none() {
            return;
        }
        let document = serde_json::to_value(custom).unwrap_or_default();
        for problem in kind.into_iter().chain(segment).flat_map(|schema| schema.problems(&document)) {
            checks.fail(format!("/custom{}", problem.pointer), problem.message);
        }
    }

    /// The calendar whose hours are a ticket's: that of what is owed next, else of its segment's targets.
    pub(crate) fn schedule_for(&self, ticket: &Ticket) -> Option<&Arc<Schedule>> {
        let owed = ticket.commitments.iter().filter(|it| it.open() && !it.by_person()).min_by_key(|it| it.due_at);
        let segment = ticket.segment.as_deref().and_then(|it| self.definition(DefinitionSort::Segment, it));
        let of_segment = || segment.and_then(|it| it.targets.first()).map(|it| it.calendar.as_str());
        self.schedule(owed.map(|it| it.target.calendar.as_str()).or_else(of_segment)?)
    }
}

/// What a closed vocabulary takes, with some of its words.
fn one_of<'a>(sort: &str, known: impl Iterator<Item = &'a str>) -> String {
    const SOME: usize = 8;
    let some: Vec<String> = known.take(SOME).map(|it| format!("`{it}`")).collect();
    format!("a {sort} that this desk defines, such as {}", some.join(", "))
}

fn all<R: Stored>(records: &dyn Records) -> Result<Vec<R>, StoreError> {
    Ok(records.list::<R>(&Scan::table(R::TABLE).with_limit(MOST_OF_A_SORT))?.records)
}

/// Where a desk's set-up is held.
pub(crate) struct Shelf {
    now: ArcSwap<Setup>,
    reading: Mutex<()>,
    /// Whether the last reading failed, so that what is held may be older than what is stored.
    stale: AtomicBool,
}

impl Default for Shelf {
    fn default() -> Self {
        let (reading, stale) = (Mutex::default(), AtomicBool::new(false));
        Self { now: ArcSwap::from_pointee(Setup::default()), reading, stale }
    }
}

impl Shelf {
    /// As it was read last.
    pub(crate) fn load_full(&self) -> Arc<Setup> {
        self.now.load_full()
    }

    /// Reads it again. One at a time: a read that began earlier can't undo a later one.
    pub(crate) fn reload(&self, records: &dyn Records) -> Result<(), StoreError> {
        let _alone = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let read = Setup::read(records, &self.now.load());
        self.now.store(Arc::new(read.inspect_err(|_| self.stale.store(true, Ordering::Release))?));
        self.stale.store(false, Ordering::Release);
        Ok(())
    }

    /// Whether it is to be read again.
    pub(crate) fn stale(&self) -> bool {
        self.stale.load(Ordering::Acquire)
    }
}

/// Whether a change writes anything that is held.
pub(crate) fn touched(writes: &[Write]) -> bool {
    writes.iter().any(|it| match it {
        Write::Create(record) | Write::Update(record) => TABLES.contains(&record.table()),
        Write::Delete { table, .. } => TABLES.contains(table),
    })
}
