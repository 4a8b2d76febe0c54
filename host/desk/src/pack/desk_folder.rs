//! `desk/`: what a pack sets a desk up with: ticket kinds, states, segments, calendars, teams. Read and checked here, as
//! far as that goes without a desk; [`super::set_up`] makes records of it.
//!
//! `desk/*.toml` and `desk/*.json` are lists by sort (`[[kind]]`, `[[state]]`, `[[segment]]`, `[[calendar]]`,
//! `[[team]]`), in one file or many. A schema stands there itself, or is the path of a JSON file in the pack.

use std::collections::{BTreeMap, BTreeSet};

use plugdesk_domain::calendar::Schedule;
use plugdesk_domain::question::Question as _;
use plugdesk_domain::question::promise::{Promise, Promised};
use plugdesk_domain::question::shown::check_name;
use plugdesk_domain::record::{Hours, Weekday};
use plugdesk_domain::{ALWAYS, Calendar, Category, Definition, DefinitionSort, Instant, Target, Team};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Files, problem};
use crate::command::calendar::MOST_CALENDAR_BYTES;
use crate::configuration::{MOST_WORD_SCHEMA_BYTES, Schema};
use crate::error::PackProblem;
use crate::json;

/// A pack brings at most so many of each sort: an industry's whole vocabulary, and a fifth of what a desk may have.
const MOST_OF_A_SORT: usize = 200;
/// All words of a pack have together at most so many bytes as JSON: half of what the one command that installs it may
/// write.
const MOST_WORDS_BYTES: usize = plugdesk_domain::Change::MOST_BYTES / 2;
/// What people read is a line, in bytes.
const MOST_TITLE_CHARS: usize = 200;
/// A state is followed by at most so many others: a person chooses among them.
const MOST_NEXT: usize = 64;
/// A segment promises at most so much; see [`plugdesk_domain::question::promise::MOST_TARGETS`].
const MOST_TARGETS: usize = plugdesk_domain::question::promise::MOST_TARGETS;

/// The records that a pack brings, without owner and times, each with the file it stands in.
#[derive(Debug, Default)]
pub(crate) struct DeskFolder {
    /// Kinds, states and segments.
    pub(super) definitions: Vec<(String, Definition)>,
    /// Business time.
    pub(super) calendars: Vec<(String, Calendar)>,
    /// Teams.
    pub(super) teams: Vec<(String, Team)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Lists {
    kind: Vec<Word>,
    state: Vec<Word>,
    segment: Vec<Word>,
    calendar: Vec<Hourly>,
    team: Vec<Crew>,
}

/// A kind, state or segment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    name: String,
    title: String,
    category: Option<Category>,
    #[serde(default)]
    next: Vec<String>,
    schema: Option<Value>,
    #[serde(default)]
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hourly {
    name: String,
    title: String,
    time_zone: String,
    week: BTreeMap<Weekday, Vec<Hours>>,
    #[serde(default)]
    holidays: BTreeMap<String, String>,
    #[serde(default)]
    special: BTreeMap<String, Vec<Hours>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Crew {
    name: String,
    title: String,
    #[serde(default)]
    segments: Vec<String>,
}

/// Reads the folder; everything that is wrong with it, by file. A pack without one brings nothing.
pub(super) fn read(files: &Files) -> Result<DeskFolder, Vec<PackProblem>> {
    let mut reader = Reader { files, folder: DeskFolder::default(), problems: Vec::new() };
    let toml = files.under("desk", ".toml").map(|(path, bytes)| (path, bytes, true));
    let json = files.under("desk", ".json").map(|(path, bytes)| (path, bytes, false));
    // What lies deeper is what these name, such as `desk/schemas/referral.json`.
    for (path, bytes, is_toml) in toml.chain(json).filter(|(path, ..)| path.matches('/').count() == 1) {
        let lists: Result<Lists, String> = if is_toml { from_toml(bytes) } else { from_json(bytes) };
        match lists {
            Ok(lists) => reader.take(path, lists),
            Err(wrong) => reader.problems.push(problem(path, wrong)),
        }
    }
    reader.check_counts();
    if reader.problems.is_empty() { Ok(reader.folder) } else { Err(reader.problems) }
}

fn from_toml<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    toml::from_str(text).map_err(|e| {
        let line = e.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        line.map_or_else(|| e.message().to_owned(), |line| format!("line {line}: {}", e.message()))
    })
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    crate::strict::read(bytes)
}

struct Reader<'f> {
    files: &'f Files,
    folder: DeskFolder,
    problems: Vec<PackProblem>,
}

impl Reader<'_> {
    fn take(&mut self, path: &str, lists: Lists) {
        let Lists { kind, state, segment, calendar, team } = lists;
        let sorts = [(DefinitionSort::Kind, kind), (DefinitionSort::State, state), (DefinitionSort::Segment, segment)];
        for (sort, words) in sorts {
            words.into_iter().for_each(|word| self.word(path, sort, word));
        }
        calendar.into_iter().for_each(|it| self.calendar(path, it));
        team.into_iter().for_each(|it| self.team(path, it));
    }

    fn word(&mut self, path: &str, sort: DefinitionSort, word: Word) {
        let at = format!("{} `{}`", sort.name(), shown(&word.name));
        self.named(path, &at, &word.name, &word.title);
        let mut say = |wrong: &str| self.problems.push(problem(path, format!("{at}: {wrong}")));
        let state = sort == DefinitionSort::State;
        if state != word.category.is_some() {
            say(if state {
                "category: a state names the category that it maps to"
            } else {
                "category: only of a state"
            });
        }
        if word.category == Some(Category::Merged) {
            say("category: `merged` is what the desk itself sets");
        }
        if !state && !word.next.is_empty() {
            say("next: only of a state");
        }
        if word.next.len() > MOST_NEXT {
            say(&format!("next: at most {MOST_NEXT}"));
        }
        if let Some(wrong) = word.next.iter().find_map(|it| check_name("next", it).err()) {
            say(&wrong);
        }
        if sort != DefinitionSort::Segment && !word.targets.is_empty() {
            say("targets: only of a segment");
        }
        if state && word.schema.is_some() {
            say("schema: only of a kind or a segment");
        }
        if word.targets.len() > MOST_TARGETS {
            say(&format!("targets: at most {MOST_TARGETS}"));
        } else if let Err(wrong) = Promise::check(&promised(&word.targets)) {
            say(&wrong);
        }
        let schema = word.schema.and_then(|schema| self.schema(path, &at, schema));
        let (created_at, updated_at) = (Instant::from_millis(0), Instant::from_millis(0));
        let Word { name, title, category, next, targets, .. } = word;
        let definition = Definition {
            version: 1,
            created_at,
            updated_at,
            sort,
            name,
            title,
            category,
            next,
            schema,
            targets,
            pack: None,
        };
        self.folder.definitions.push((path.to_owned(), definition));
    }

    /// A schema that stands there, or in the file that is named.
    fn schema(&mut self, path: &str, at: &str, given: Value) -> Option<Value> {
        let files = self.files;
        let (file, schema) = match &given {
            Value::String(file) => match files.get(file).map(from_json::<Value>) {
                Some(Ok(schema)) => (file.clone(), schema),
                Some(Err(wrong)) => {
                    self.problems.push(problem(file, wrong));
                    return None;
                }
                None => {
                    self.problems.push(problem(path, format!("{at}: schema: the pack has no file `{}`", shown(file))));
                    return None;
                }
            },
            _ => (path.to_owned(), given),
        };
        let text = schema.to_string();
        let wrong = if text.len() > MOST_WORD_SCHEMA_BYTES {
            Some(format!("{} bytes, at most {MOST_WORD_SCHEMA_BYTES} are taken", text.len()))
        } else if !schema.is_object() {
            Some("is a JSON object".to_owned())
        } else {
            Schema::compile(text.as_bytes()).err()
        };
        if let Some(wrong) = wrong {
            self.problems.push(problem(file, format!("{at}: schema: {wrong}")));
            return None;
        }
        Some(schema)
    }

    fn calendar(&mut self, path: &str, it: Hourly) {
        let at = format!("calendar `{}`", shown(&it.name));
        self.named(path, &at, &it.name, &it.title);
        if it.name == ALWAYS {
            self.problems.push(problem(path, format!("{at}: every desk has it already")));
        }
        let (created_at, updated_at) = (Instant::from_millis(0), Instant::from_millis(0));
        let Hourly { name, title, time_zone, week, holidays, special } = it;
        let calendar = Calendar {
            version: 1,
            created_at,
            updated_at,
            name,
            title,
            time_zone,
            week,
            holidays,
            special,
            pack: None,
        };
        let bytes = json::size(&calendar);
        if bytes > MOST_CALENDAR_BYTES {
            let rule = format!("a calendar has at most {MOST_CALENDAR_BYTES}");
            self.problems.push(problem(path, format!("{at}: {bytes} bytes as JSON, {rule}")));
        }
        match Schedule::new(&calendar) {
            Ok(_) => self.folder.calendars.push((path.to_owned(), calendar)),
            Err(wrong) => self.problems.extend(wrong.iter().map(|wrong| problem(path, format!("{at}: {wrong}")))),
        }
    }

    fn team(&mut self, path: &str, it: Crew) {
        let at = format!("team `{}`", shown(&it.name));
        self.named(path, &at, &it.name, &it.title);
        if it.segments.len() > MOST_OF_A_SORT {
            self.problems.push(problem(path, format!("{at}: segments: at most {MOST_OF_A_SORT}")));
        }
        if let Some(wrong) = it.segments.iter().find_map(|it| check_name("segments", it).err()) {
            self.problems.push(problem(path, format!("{at}: {wrong}")));
        }
        let (created_at, updated_at) = (Instant::from_millis(0), Instant::from_millis(0));
        let Crew { name, title, segments } = it;
        let team = Team { version: 1, created_at, updated_at, name, title, lead: None, segments, pack: None };
        self.folder.teams.push((path.to_owned(), team));
    }

    fn named(&mut self, path: &str, at: &str, name: &str, title: &str) {
        if let Err(wrong) = check_name("name", name) {
            self.problems.push(problem(path, format!("{at}: {wrong}")));
        }
        if title.trim().is_empty() || title.chars().count() > MOST_TITLE_CHARS || title.chars().any(char::is_control) {
            let rule = format!("{at}: title: one line of 1 to {MOST_TITLE_CHARS} characters");
            self.problems.push(problem(path, rule));
        }
    }

    /// Each word once, and not too many.
    fn check_counts(&mut self) {
        let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let definitions = self.folder.definitions.iter().map(|(path, it)| (path, it.sort.name(), &it.name));
        let calendars = self.folder.calendars.iter().map(|(path, it)| (path, "calendar", &it.name));
        let teams = self.folder.teams.iter().map(|(path, it)| (path, "team", &it.name));
        let mut problems = Vec::new();
        for (path, sort, name) in definitions.chain(calendars).chain(teams) {
            if !seen.entry(sort).or_default().insert(name) {
                problems.push(problem(path, format!("{sort} `{name}` stands twice in the pack")));
            }
        }
        for (sort, names) in &seen {
            if names.len() > MOST_OF_A_SORT {
                problems.push(problem("desk", format!("{} of sort {sort}, at most {MOST_OF_A_SORT}", names.len())));
            }
        }
        let DeskFolder { definitions, calendars, teams } = &self.folder;
        let bytes = definitions.iter().map(|(_, it)| json::size(it)).sum::<usize>()
            + calendars.iter().map(|(_, it)| json::size(it)).sum::<usize>()
            + teams.iter().map(|(_, it)| json::size(it)).sum::<usize>();
        if bytes > MOST_WORDS_BYTES {
            let text = format!("all words have {bytes} bytes as JSON with their schemas, at most {MOST_WORDS_BYTES}");
            problems.push(problem("desk", text));
        }
        self.problems.append(&mut problems);
    }
}

/// Targets as a policy would promise them: the same rules hold.
fn promised(targets: &[Target]) -> Promised {
    let (due, reasons, facts, signals) = Default::default();
    Promised { targets: targets.to_vec(), due, reasons, facts, signals }
}

fn shown(name: &str) -> String {
    name.chars().take(80).collect()
}
