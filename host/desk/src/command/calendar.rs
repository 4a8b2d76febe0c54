//! `calendar.put` and `calendar.delete`.

use plugdesk_domain::calendar::Schedule;
use plugdesk_domain::principal::Area;
use plugdesk_domain::{ALWAYS, Calendar, Contract, Principal, RecordsExt, Scan, Table};

use super::{existing, expected, room};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::NewCalendar;
use crate::input::check::Checks;
use crate::json;
use crate::path::Command;
use crate::timer::sweep;
use crate::view::{Done, How};

/// A title has at most so many bytes.
pub(super) const MOST_TITLE_CHARS: usize = 128;
/// A calendar is one stored value of 96 KiB; its days are most of it.
pub(crate) const MOST_CALENDAR_BYTES: usize = 60 << 10;
/// Contracts are looked through for a calendar's use so far, some 1,000 at a time: beyond that it is kept to be safe.
const MOST_CONTRACT_PAGES: usize = 50;

struct Put {
    name: String,
    new: NewCalendar,
}

struct Delete(String);

impl Desk {
    /// Makes a calendar, or replaces it. Open tickets whose clocks go by it are computed anew behind the answer.
    pub async fn calendar_put(
        &self,
        by: &Principal,
        name: &str,
        new: NewCalendar,
        how: &How,
    ) -> Result<Done<Calendar>, Error> {
        self.submit(by, how, Put { name: name.to_owned(), new }).await
    }

    /// Takes a calendar away; refused while a contract or a segment's definition uses it.
    pub async fn calendar_delete(&self, by: &Principal, name: &str, how: &How) -> Result<Done<Calendar>, Error> {
        self.submit(by, how, Delete(name.to_owned())).await
    }
}

impl Command for Put {
    type Value = Calendar;
    const NAME: &'static str = "calendar.put";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Calendar, Error> {
        let (name, new) = (&self.name, &self.new);
        let mut checks = Checks::default();
        checks.word("/name", Some(name));
        if name == ALWAYS {
            checks.fail("/name", "every desk has the calendar `always`; it can't be changed");
        }
        checks.optional_line("/title", new.title.as_deref(), MOST_TITLE_CHARS);
        let found = if checks.is_empty() { draft.find::<Calendar>(name.as_str())? } else { None };
        expected(draft, found.as_ref().map_or(0, |it| it.version))?;
        let calendar = Calendar {
            version: found.as_ref().map_or(1, |it| it.version),
            created_at: found.as_ref().map_or(draft.now, |it| it.created_at),
            updated_at: found.as_ref().map_or(draft.now, |it| it.updated_at),
            name: name.clone(),
            title: new.title.clone().unwrap_or_else(|| name.clone()),
            time_zone: new.time_zone.clone(),
            week: new.week.clone(),
            holidays: new.holidays.clone(),
            special: new.special.clone(),
            pack: None,
        };
        for wrong in Schedule::new(&calendar).err().into_iter().flatten() {
            checks.fail(wrong.pointer, wrong.rule);
        }
        let bytes = json::size(&calendar);
        if bytes > MOST_CALENDAR_BYTES {
            checks.fail("", format!("{bytes} bytes as JSON, a calendar has at most {MOST_CALENDAR_BYTES}"));
        }
        checks.done()?;
        draft.subject.clone_from(name);
        let Some(before) = found else {
            room(draft.setup.calendars().count(), "calendars")?;
            draft.create(calendar.clone());
            draft.tell("calendar.created", name, serde_json::Map::new());
            return Ok(calendar);
        };
        if before == calendar {
            return Ok(before);
        }
        draft.change(calendar);
        sweep::mark(draft, &sweep::Cause::Calendar(name.clone()))?;
        draft.tell("calendar.updated", name, serde_json::Map::new());
        draft.peek(name.as_str())?.ok_or_else(|| Error::not_found("calendar", name))
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Calendar, Error> {
        desk.records.find(subject)?.ok_or_else(|| Error::not_found("calendar", subject))
    }
}

impl Command for Delete {
    type Value = Calendar;
    const NAME: &'static str = "calendar.delete";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Calendar, Error> {
        let name = self.0.as_str();
        if name == ALWAYS {
            return Err(Error::invalid("/name", "every desk has the calendar `always`; it can't be taken away"));
        }
        if name.chars().count() > plugdesk_domain::question::shown::MOST_NAME_CHARS {
            return Err(Error::not_found("calendar", name));
        }
        draft.subject = name.to_owned();
        let calendar: Calendar = existing(draft, "calendar", name, name)?;
        if let Some(user) = user(draft, name)? {
            return Err(Error::invalid("/name", format!("{user} uses this calendar")));
        }
        draft.delete(&calendar);
        // What was promised by it on open tickets goes by another calendar from now on, or ends.
        sweep::mark(draft, &sweep::Cause::Calendar(name.to_owned()))?;
        draft.tell("calendar.deleted", name, serde_json::Map::new());
        Ok(calendar)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Calendar, Error> {
        desk.records.find(subject)?.ok_or_else(|| Error::not_found("calendar", subject))
    }
}

/// What promises by that calendar; none: nothing does.
fn user(draft: &Draft<'_>, name: &str) -> Result<Option<String>, Error> {
    let uses = |it: &&plugdesk_domain::Definition| it.targets.iter().any(|target| target.calendar == name);
    if let Some(it) = draft.setup.definitions().find(uses) {
        return Ok(Some(format!("the {} `{}`", it.sort.name(), it.name)));
    }
    let mut after = None;
    for _ in 0..MOST_CONTRACT_PAGES {
        let scan = Scan::table(Table::Contract).with_limit(Scan::MOST).with_after(after);
        let page = draft.desk.records.list::<Contract>(&scan)?;
        let mut contracts = page.records.iter().filter(|it| it.valid_to.is_none_or(|to| draft.now < to));
        if let Some(it) = contracts.find(|it| it.entitlements.iter().any(|it| it.target.calendar == name)) {
            return Ok(Some(format!("contract {}", it.id)));
        }
        after = page.next;
        if after.is_none() {
            return Ok(None);
        }
    }
    Ok(Some("perhaps one of very many contracts".to_owned()))
}
