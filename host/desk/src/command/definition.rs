//! `definition.put` and `definition.delete`: the kinds, states and segments of a desk. From the first one of a sort on,
//! tickets take only those defined.

use plugdesk_domain::principal::Area;
use plugdesk_domain::{Category, Definition, DefinitionSort, Key, Principal, RecordsExt};
use serde_json::Map;

use super::calendar::MOST_TITLE_CHARS;
use super::{existing, expected, room, target};
use crate::configuration::{MOST_WORD_SCHEMA_BYTES, Schema};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::NewDefinition;
use crate::input::check::Checks;
use crate::path::Command;
use crate::timer::sweep;
use crate::view::{Done, How};

/// A state names at most so many that may follow it; one with more names none.
const MOST_NEXT: usize = 64;

struct Put {
    sort: DefinitionSort,
    name: String,
    new: NewDefinition,
}

struct Delete {
    sort: DefinitionSort,
    name: String,
}

impl Desk {
    /// Defines a word of the desk, or defines it anew.
    pub async fn definition_put(
        &self,
        by: &Principal,
        sort: DefinitionSort,
        name: &str,
        new: NewDefinition,
        how: &How,
    ) -> Result<Done<Definition>, Error> {
        self.submit(by, how, Put { sort, name: name.to_owned(), new }).await
    }

    /// Takes a definition away. Tickets keep the word.
    pub async fn definition_delete(
        &self,
        by: &Principal,
        sort: DefinitionSort,
        name: &str,
        how: &How,
    ) -> Result<Done<Definition>, Error> {
        self.submit(by, how, Delete { sort, name: name.to_owned() }).await
    }
}

impl Command for Put {
    type Value = Definition;
    const NAME: &'static str = "definition.put";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Definition, Error> {
        let (sort, name, new) = (self.sort, &self.name, &self.new);
        checked(sort, name, new, draft)?;
        let found: Option<Definition> = draft.find(key(sort, name))?;
        expected(draft, found.as_ref().map_or(0, |it| it.version))?;
        let definition = Definition {
            version: found.as_ref().map_or(1, |it| it.version),
            created_at: found.as_ref().map_or(draft.now, |it| it.created_at),
            updated_at: found.as_ref().map_or(draft.now, |it| it.updated_at),
            sort,
            name: name.clone(),
            title: new.title.clone().unwrap_or_else(|| name.clone()),
            category: new.category,
            next: new.next.clone(),
            schema: new.schema.clone(),
            targets: new.targets.iter().map(crate::input::NewTarget::target).collect(),
            pack: None,
        };
        draft.subject = format!("{}/{name}", sort.name());
        if found.as_ref() == Some(&definition) {
            return Ok(definition);
        }
        let promised = found.as_ref().map_or(&[][..], |it| &it.targets) != definition.targets;
        if promised && sort == DefinitionSort::Segment {
            sweep::mark(draft, &sweep::Cause::Segment(name.clone()))?;
        }
        let event = if found.is_some() {
            draft.change(definition);
            "definition.updated"
        } else {
            room(draft.setup.definitions().count(), "definitions")?;
            draft.create(definition);
            "definition.created"
        };
        let subject = draft.subject.clone();
        draft.tell(event, subject, Map::new());
        draft.peek(key(sort, name))?.ok_or_else(|| Error::not_found("definition", name))
    }

    fn again(&self, desk: &Inner, _: &str) -> Result<Definition, Error> {
        desk.records.find(key(self.sort, &self.name))?.ok_or_else(|| Error::not_found("definition", &self.name))
    }
}

impl Command for Delete {
    type Value = Definition;
    const NAME: &'static str = "definition.delete";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Definition, Error> {
        let (sort, name) = (self.sort, &self.name);
        if name.chars().count() > plugdesk_domain::question::shown::MOST_NAME_CHARS {
            return Err(Error::not_found("definition", name));
        }
        draft.subject = format!("{}/{name}", sort.name());
        let definition: Definition = existing(draft, "definition", key(sort, name), name)?;
        draft.delete(&definition);
        if !definition.targets.is_empty() {
            sweep::mark(draft, &sweep::Cause::Segment(name.clone()))?;
        }
        let subject = draft.subject.clone();
        draft.tell("definition.deleted", subject, Map::new());
        Ok(definition)
    }

    fn again(&self, desk: &Inner, _: &str) -> Result<Definition, Error> {
        desk.records.find(key(self.sort, &self.name))?.ok_or_else(|| Error::not_found("definition", &self.name))
    }
}

fn key(sort: DefinitionSort, name: &str) -> Key {
    Key(vec![sort.name().into(), name.into()])
}

fn checked(sort: DefinitionSort, name: &str, new: &NewDefinition, draft: &Draft<'_>) -> Result<(), Error> {
    let mut checks = Checks::default();
    checks.word("/name", Some(name));
    checks.optional_line("/title", new.title.as_deref(), MOST_TITLE_CHARS);
    match (sort, new.category) {
        (DefinitionSort::State, None) => checks.fail("/category", "a state says what it maps to"),
        (DefinitionSort::State, Some(Category::Merged)) => checks.fail("/category", "`merged` is not set by hand"),
        (DefinitionSort::State, Some(_)) | (_, None) => {}
        (_, Some(_)) => checks.fail("/category", "only a state maps to a category"),
    }
    if sort != DefinitionSort::State && !new.next.is_empty() {
        checks.fail("/next", "only a state is followed by others");
    }
    checks.count("/next", new.next.len(), MOST_NEXT);
    for (place, it) in new.next.iter().take(MOST_NEXT).enumerate() {
        checks.word(&format!("/next/{place}"), Some(it));
    }
    if sort == DefinitionSort::State && new.schema.is_some() {
        checks.fail("/schema", "only a kind or a segment has a schema");
    }
    if let Some(schema) = &new.schema {
        let text = schema.to_string();
        if text.len() > MOST_WORD_SCHEMA_BYTES {
            checks.fail("/schema", format!("{} bytes, at most {MOST_WORD_SCHEMA_BYTES}", text.len()));
        } else if let Err(problem) = Schema::compile(text.as_bytes()) {
            checks.fail("/schema", problem);
        }
    }
    if sort != DefinitionSort::Segment && !new.targets.is_empty() {
        checks.fail("/targets", "only a segment promises");
    }
    target::check_all(&mut checks, "/targets", &new.targets, draft);
    checks.done()
}
