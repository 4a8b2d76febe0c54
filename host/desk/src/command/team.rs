//! `team.put`: the teams of a desk. From the first one on, tickets are given to these only.

use plugdesk_domain::principal::Area;
use plugdesk_domain::{Principal, RecordsExt, Team};
use serde_json::Map;

use super::calendar::MOST_TITLE_CHARS;
use super::{expected, room};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::NewTeam;
use crate::input::check::Checks;
use crate::path::Command;
use crate::view::{Done, How};

/// A team serves at most so many segments by name; one that serves more serves every.
const MOST_SEGMENTS: usize = 32;

struct Put {
    name: String,
    new: NewTeam,
}

impl Desk {
    /// Makes a team, or replaces it.
    pub async fn team_put(&self, by: &Principal, name: &str, new: NewTeam, how: &How) -> Result<Done<Team>, Error> {
        self.submit(by, how, Put { name: name.to_owned(), new }).await
    }
}

impl Command for Put {
    type Value = Team;
    const NAME: &'static str = "team.put";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Team, Error> {
        let (name, new) = (&self.name, &self.new);
        let mut checks = Checks::default();
        checks.word("/name", Some(name));
        checks.optional_line("/title", new.title.as_deref(), MOST_TITLE_CHARS);
        checks.optional_line("/lead", new.lead.as_deref(), MOST_TITLE_CHARS);
        draft.setup.check_agent(&mut checks, "/lead", new.lead.as_deref());
        checks.count("/segments", new.segments.len(), MOST_SEGMENTS);
        for (place, segment) in new.segments.iter().take(MOST_SEGMENTS).enumerate() {
            checks.word(&format!("/segments/{place}"), Some(segment));
        }
        checks.done()?;
        let found: Option<Team> = draft.find(name.as_str())?;
        expected(draft, found.as_ref().map_or(0, |it| it.version))?;
        let team = Team {
            version: found.as_ref().map_or(1, |it| it.version),
            created_at: found.as_ref().map_or(draft.now, |it| it.created_at),
            updated_at: found.as_ref().map_or(draft.now, |it| it.updated_at),
            name: name.clone(),
            title: new.title.clone().unwrap_or_else(|| name.clone()),
            lead: new.lead.clone(),
            segments: new.segments.clone(),
            pack: None,
        };
        draft.subject.clone_from(name);
        if found.as_ref() == Some(&team) {
            return Ok(team);
        }
        if found.is_some() {
            draft.change(team);
            draft.tell("team.updated", name, Map::new());
        } else {
            room(draft.setup.teams().count(), "teams")?;
            draft.create(team);
            draft.tell("team.created", name, Map::new());
        }
        draft.peek(name.as_str())?.ok_or_else(|| Error::not_found("team", name))
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Team, Error> {
        desk.records.find(subject)?.ok_or_else(|| Error::not_found("team", subject))
    }
}
