//! From a pack's `desk/` folder to records: made, changed, ended, and never over what somebody else holds.
//!
//! Names stay plain; `pack` of a record says `publisher/name`. What a person or another pack holds is refused with both
//! named, and nothing of the pack is installed then.

use std::collections::BTreeSet;

use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    AGENT_BY_TEAM, ALWAYS, Calendar, Definition, DefinitionSort, Index, Instant, Key, Pack, RecordsExt, Scan,
    TICKET_BY_KIND, TICKET_BY_NUMBER, TICKET_BY_QUEUE, TICKET_BY_TEAM, Table, Team, Ticket, Write,
};

use super::desk_folder::DeskFolder;
use super::problem;
use crate::binding::Draft;
use crate::error::{Error, PackProblem};
use crate::setup::MOST_OF_A_SORT;

/// Whose a pack's records are.
pub(super) fn owner(pack: &Pack) -> String {
    format!("{}/{}", pack.manifest.pack.publisher, pack.manifest.pack.name)
}

/// What a record of the set-up has in common.
pub(super) trait Brought: Stored + Clone + PartialEq {
    /// The sort, as people say it.
    fn sort(&self) -> &'static str;
    /// Its name.
    fn name(&self) -> &str;
    /// Who holds it.
    fn held_by(&self) -> Option<&str>;
    /// Gives it to somebody.
    fn give(&mut self, owner: Option<String>);
    /// Takes the version and times of the stored one.
    fn follow(&mut self, version: u64, created_at: Instant, updated_at: Instant);
    /// When it was made.
    fn times(&self) -> (Instant, Instant);
}

macro_rules! brought {
    ($type:ident, $sort:expr) => {
        impl Brought for $type {
            fn sort(&self) -> &'static str {
                let sort: fn(&Self) -> &'static str = $sort;
                sort(self)
            }
            fn name(&self) -> &str {
                &self.name
            }
            fn held_by(&self) -> Option<&str> {
                self.pack.as_deref()
            }
            fn give(&mut self, owner: Option<String>) {
                self.pack = owner;
            }
            fn follow(&mut self, version: u64, created_at: Instant, updated_at: Instant) {
                (self.version, self.created_at, self.updated_at) = (version, created_at, updated_at);
            }
            fn times(&self) -> (Instant, Instant) {
                (self.created_at, self.updated_at)
            }
        }
    };
}
brought!(Definition, |it| it.sort.name());
brought!(Calendar, |_| "calendar");
brought!(Team, |_| "team");

/// Puts what the folder brings into the draft, and ends what an earlier version brought and this one does not.
pub(super) fn apply(draft: &mut Draft<'_>, folder: &DeskFolder, owner: &str) -> Result<(), Error> {
    let mut problems = unknown_words(draft, folder)?;
    let mut own = BTreeSet::new();
    for (file, it) in &folder.definitions {
        put(draft, file, it, owner, &mut own, &mut problems)?;
    }
    for (file, it) in &folder.calendars {
        put(draft, file, it, owner, &mut own, &mut problems)?;
    }
    for (file, it) in &folder.teams {
        put(draft, file, it, owner, &mut own, &mut problems)?;
    }
    if !problems.is_empty() {
        return Err(Error::Pack(problems));
    }
    end(draft, owner, &own)?;
    let full = [
        full::<Definition>(draft, "kinds, states and segments")?,
        full::<Calendar>(draft, "calendars")?,
        full::<Team>(draft, "teams")?,
    ];
    let problems: Vec<PackProblem> = full.into_iter().flatten().collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Pack(problems)) }
}

/// Whether the desk would have more of them than it holds in memory: the last by key would not be read.
fn full<R: Brought>(draft: &Draft<'_>, what: &str) -> Result<Option<PackProblem>, Error> {
    let stored = draft.desk.records.list::<R>(&Scan::table(R::TABLE).with_limit(MOST_OF_A_SORT))?.records.len();
    let created = draft.writes.iter().filter(|it| matches!(it, Write::Create(it) if it.table() == R::TABLE)).count();
    let gone = draft.writes.iter().filter(|it| matches!(it, Write::Delete { table, .. } if *table == R::TABLE)).count();
    let count = (stored + created).saturating_sub(gone);
    let text = || format!("the desk would have {count} {what}, at most {MOST_OF_A_SORT} are held");
    Ok((created > 0 && count > MOST_OF_A_SORT).then(|| problem("desk", text())))
}

type Own = BTreeSet<(Table, String)>;

fn own_key<R: Stored>(record: &R) -> (Table, String) {
    (R::TABLE, format!("{:?}", record.key()))
}

fn put<R: Brought>(
    draft: &mut Draft<'_>,
    file: &str,
    record: &R,
    owner: &str,
    own: &mut Own,
    problems: &mut Vec<PackProblem>,
) -> Result<(), Error> {
    own.insert(own_key(record));
    let mut record = record.clone();
    record.give(Some(owner.to_owned()));
    record.follow(1, draft.now, draft.now);
    let Some(stored) = draft.desk.records.find::<R>(record.key())? else {
        draft.writes.push(Write::Create(record.into_record()));
        return Ok(());
    };
    if stored.held_by() != Some(owner) {
        let holder = stored.held_by().map_or_else(|| "a person".to_owned(), |pack| format!("the pack {pack}"));
        let (sort, name) = (record.sort(), record.name());
        let text = format!("{sort} `{name}` is held by {holder}; the pack {owner} does not overwrite it");
        problems.push(problem(file, text));
        return Ok(());
    }
    let (created_at, updated_at) = stored.times();
    record.follow(stored.version(), created_at, updated_at);
    if record != stored {
        record.touch(draft.now);
        draft.writes.push(Write::Update(record.into_record()));
    }
    Ok(())
}

/// What targets, states and teams name must be there afterwards.
fn unknown_words(draft: &Draft<'_>, folder: &DeskFolder) -> Result<Vec<PackProblem>, Error> {
    let mut problems = Vec::new();
    let brings =
        |sort: DefinitionSort, name: &str| folder.definitions.iter().any(|(_, it)| it.sort == sort && it.name == name);
    let defined = |sort: DefinitionSort, name: &str| -> Result<bool, Error> {
        let key = Key(vec![sort.name().into(), name.into()]);
        Ok(brings(sort, name) || draft.desk.records.find::<Definition>(key)?.is_some())
    };
    for (file, it) in &folder.definitions {
        let at = format!("{} `{}`", it.sort.name(), it.name);
        for next in &it.next {
            if !defined(DefinitionSort::State, next)? {
                problems.push(problem(file, format!("{at}: next: neither the pack nor the desk has a state `{next}`")));
            }
        }
        for target in &it.targets {
            let name = target.calendar.as_str();
            let known = name == ALWAYS
                || folder.calendars.iter().any(|(_, it)| it.name == name)
                || draft.desk.records.find::<Calendar>(name)?.is_some();
            if !known {
                let text = format!("{at}: targets: neither the pack nor the desk has a calendar `{name}`");
                problems.push(problem(file, text));
            }
        }
    }
    for (file, it) in &folder.teams {
        for segment in &it.segments {
            if !defined(DefinitionSort::Segment, segment)? {
                let at = format!("team `{}`", it.name);
                let text = format!("{at}: segments: neither the pack nor the desk has a segment `{segment}`");
                problems.push(problem(file, text));
            }
        }
    }
    Ok(problems)
}

/// What became of the words of a pack that goes.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// Deleted: nothing used them.
    pub(super) ended: Vec<String>,
    /// In use, so they stay and are the desk's own from now on.
    pub(super) kept: Vec<String>,
}

/// Ends what the owner brought, beside what is in `but`. What tickets, agents or contracts may still use stays, as the
/// desk's own.
pub(super) fn end(draft: &mut Draft<'_>, owner: &str, but: &Own) -> Result<Ended, Error> {
    let mut ended = Ended::default();
    let definitions = draft.desk.records.list::<Definition>(&Scan::table(Table::Definition).with_limit(Scan::MOST))?;
    for it in definitions.records {
        let used = |draft: &Draft<'_>| match it.sort {
            DefinitionSort::Kind => any(draft, TICKET_BY_KIND, &it.name),
            DefinitionSort::Segment => any(draft, TICKET_BY_QUEUE, &it.name),
            // No index knows the states of tickets, so they stay as long as there are any.
            DefinitionSort::State => any_ticket(draft),
        };
        end_one(draft, &it, owner, but, used, &mut ended)?;
    }
    let calendars = draft.desk.records.list::<Calendar>(&Scan::table(Table::Calendar).with_limit(Scan::MOST))?;
    for it in calendars.records {
        // Commitments of tickets and contracts name calendars; as long as there are any, clocks must be readable.
        let used = |draft: &Draft<'_>| Ok(any_ticket(draft)? || any_contract(draft)?);
        end_one(draft, &it, owner, but, used, &mut ended)?;
    }
    let teams = draft.desk.records.list::<Team>(&Scan::table(Table::Team).with_limit(Scan::MOST))?;
    for it in teams.records {
        let used = |draft: &Draft<'_>| {
            let agents = Scan::index(AGENT_BY_TEAM, vec![it.name.as_str().into()]).with_limit(1);
            let served = !draft.desk.records.list::<plugdesk_domain::Agent>(&agents)?.records.is_empty();
            Ok(served || any(draft, TICKET_BY_TEAM, &it.name)?)
        };
        end_one(draft, &it, owner, but, used, &mut ended)?;
    }
    Ok(ended)
}

fn end_one<R: Brought>(
    draft: &mut Draft<'_>,
    record: &R,
    owner: &str,
    but: &Own,
    used: impl Fn(&Draft<'_>) -> Result<bool, Error>,
    ended: &mut Ended,
) -> Result<(), Error> {
    if record.held_by() != Some(owner) || but.contains(&own_key(record)) {
        return Ok(());
    }
    let said = format!("{} {}", record.sort(), record.name());
    if used(draft)? {
        let mut record = record.clone();
        record.give(None);
        record.touch(draft.now);
        draft.writes.push(Write::Update(record.into_record()));
        ended.kept.push(said);
    } else {
        draft.writes.push(Write::Delete { table: R::TABLE, key: record.key(), version: record.version() });
        ended.ended.push(said);
    }
    Ok(())
}

fn any(draft: &Draft<'_>, index: Index, name: &str) -> Result<bool, Error> {
    let one = Scan::index(index, vec![name.into()]).with_limit(1);
    Ok(!draft.desk.records.list::<Ticket>(&one)?.records.is_empty())
}

fn any_ticket(draft: &Draft<'_>) -> Result<bool, Error> {
    let one = Scan::index(TICKET_BY_NUMBER, Vec::new()).with_limit(1);
    Ok(!draft.desk.records.list::<Ticket>(&one)?.records.is_empty())
}

fn any_contract(draft: &Draft<'_>) -> Result<bool, Error> {
    let one = Scan::table(Table::Contract).with_limit(1);
    Ok(!draft.desk.records.list::<plugdesk_domain::Contract>(&one)?.records.is_empty())
}
