//! `agent.create` and `agent.update`: the people who serve. From the first one on, tickets are given to active agents
//! only.

use plugdesk_domain::principal::Area;
use plugdesk_domain::{Agent, AgentId, IdentityKind, Principal, RecordsExt, normalise_identity};
use serde_json::Map;

use super::calendar::MOST_TITLE_CHARS;
use super::{existing, room};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::Checks;
use crate::input::{AgentPatch, NewAgent};
use crate::path::Command;
use crate::view::{Done, How};

/// A person is in at most so many teams, and has at most so many roles.
const MOST_MEMBERSHIPS: usize = 32;
/// A name has at most so many bytes, as on a ticket.
const MOST_NAME_CHARS: usize = 128;

struct Create(NewAgent);

struct Update {
    id: AgentId,
    patch: AgentPatch,
}

impl Desk {
    /// Makes an agent.
    pub async fn agent_create(&self, by: &Principal, new: NewAgent, how: &How) -> Result<Done<Agent>, Error> {
        self.submit(by, how, Create(new)).await
    }

    /// Changes an agent. Tickets that the person has stay with the person.
    pub async fn agent_update(
        &self,
        by: &Principal,
        id: AgentId,
        patch: AgentPatch,
        how: &How,
    ) -> Result<Done<Agent>, Error> {
        self.submit(by, how, Update { id, patch }).await
    }
}

impl Command for Create {
    type Value = Agent;
    const NAME: &'static str = "agent.create";
    const STATUS: u16 = 201;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Agent, Error> {
        let new = &self.0;
        let mut checks = Checks::default();
        let name = new.name.trim().to_owned();
        checks.line("/name", &name, 1, MOST_NAME_CHARS);
        if name == "me" {
            checks.fail("/name", "`me` means whoever asks");
        }
        let agent = Agent {
            id: AgentId::new(draft.now, draft.desk.bits()),
            version: 1,
            created_at: draft.now,
            updated_at: draft.now,
            title: new.title.clone().unwrap_or_else(|| name.clone()),
            name,
            email: new.email.clone(),
            teams: sorted(&new.teams),
            roles: sorted(&new.roles),
            active: new.active,
        };
        checked(&mut checks, &agent, ["/teams", "/roles"], draft);
        checks.done()?;
        if draft.setup.agent(&agent.name).is_some() {
            return Err(Error::Exists { what: "agent", id: agent.name });
        }
        room(draft.setup.agents().count(), "agents")?;
        draft.subject = agent.id.to_string();
        draft.create(agent.clone());
        draft.tell("agent.created", agent.id, Map::new());
        Ok(agent)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Agent, Error> {
        read_again(desk, subject)
    }
}

impl Command for Update {
    type Value = Agent;
    const NAME: &'static str = "agent.update";
    const STATUS: u16 = 200;
    const AREA: Area = Area::Access;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Agent, Error> {
        let (id, patch) = (self.id, &self.patch);
        draft.subject = id.to_string();
        let before: Agent = existing(draft, "agent", id, id)?;
        let mut agent = before.clone();
        let mut checks = Checks::default();
        if let Some(title) = &patch.title {
            agent.title.clone_from(title);
        }
        if let Some(email) = &patch.email {
            agent.email.clone_from(email);
        }
        agent.teams =
            merged(&mut checks, &agent.teams, ["/add_teams", "/remove_teams"], &patch.add_teams, &patch.remove_teams);
        agent.roles =
            merged(&mut checks, &agent.roles, ["/add_roles", "/remove_roles"], &patch.add_roles, &patch.remove_roles);
        agent.active = patch.active.unwrap_or(agent.active);
        checked(&mut checks, &agent, ["/add_teams", "/add_roles"], draft);
        checks.done()?;
        if agent == before {
            return Ok(before);
        }
        draft.change(agent);
        draft.tell("agent.updated", id, Map::new());
        draft.peek(id)?.ok_or_else(|| Error::not_found("agent", id))
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Agent, Error> {
        read_again(desk, subject)
    }
}

fn checked(checks: &mut Checks, agent: &Agent, [teams, roles]: [&str; 2], draft: &Draft<'_>) {
    checks.line("/title", &agent.title, 1, MOST_TITLE_CHARS);
    if let Some(email) = &agent.email
        && normalise_identity(&IdentityKind::Email, email).is_err()
    {
        checks.fail("/email", "a mail address");
    }
    checks.count(teams, agent.teams.len(), MOST_MEMBERSHIPS);
    for team in agent.teams.iter().take(MOST_MEMBERSHIPS) {
        checks.line(teams, team, 1, MOST_NAME_CHARS);
        draft.setup.check_team(checks, teams, Some(team));
    }
    checks.count(roles, agent.roles.len(), MOST_MEMBERSHIPS);
    for role in agent.roles.iter().take(MOST_MEMBERSHIPS) {
        checks.word(roles, Some(role));
    }
}

fn sorted(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort();
    words.dedup();
    words
}

fn merged(checks: &mut Checks, now: &[String], fields: [&str; 2], add: &[String], remove: &[String]) -> Vec<String> {
    checks.count(fields[0], add.len(), MOST_MEMBERSHIPS);
    checks.count(fields[1], remove.len(), MOST_MEMBERSHIPS);
    let kept = now.iter().filter(|it| !remove.contains(it)).cloned();
    sorted(&kept.chain(add.iter().take(MOST_MEMBERSHIPS).cloned()).collect::<Vec<_>>())
}

fn read_again(desk: &Inner, subject: &str) -> Result<Agent, Error> {
    let id: AgentId = subject.parse().map_err(|_| Error::not_found("agent", subject))?;
    desk.records.find(id)?.ok_or_else(|| Error::not_found("agent", id))
}
