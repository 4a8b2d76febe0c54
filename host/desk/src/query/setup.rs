//! Reading what a desk is set up with. Customers see none of it.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    Agent, AgentId, CONTRACT_BY_COMPANY, Calendar, CompanyId, Contract, ContractId, Definition, DefinitionSort, Page,
    Principal, RecordsExt, Role, Scan, Table, Team,
};

use crate::desk::Desk;
use crate::error::Error;
use crate::resolve;
use crate::view::PageRequest;

impl Desk {
    /// The desk with its settings. Not for customers.
    pub fn settings(&self, by: &Principal) -> Result<std::sync::Arc<plugdesk_domain::record::Desk>, Error> {
        self.served(by)?;
        Ok(self.current())
    }

    /// The desk's own calendars, by name; `always` is not among them.
    pub fn calendar_list(&self, by: &Principal) -> Result<Vec<Calendar>, Error> {
        self.served(by)?;
        Ok(self.inner.setup.load_full().calendars().cloned().collect())
    }

    /// The calendar of that name.
    pub fn calendar(&self, by: &Principal, name: &str) -> Result<Calendar, Error> {
        let found = self.calendar_list(by)?.into_iter().find(|it| it.name == name);
        found.ok_or_else(|| Error::not_found("calendar", name))
    }

    /// The agents, by name; of a team, if one is named.
    pub fn agent_list(&self, by: &Principal, team: Option<&str>) -> Result<Vec<Agent>, Error> {
        self.served(by)?;
        let of_team = |it: &&Agent| team.is_none_or(|team| it.teams.iter().any(|it| it == team));
        Ok(self.inner.setup.load_full().agents().filter(of_team).cloned().collect())
    }

    /// The agent of that id.
    pub fn agent(&self, by: &Principal, id: AgentId) -> Result<Agent, Error> {
        self.served(by)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("agent", id))
    }

    /// The teams, by name.
    pub fn team_list(&self, by: &Principal) -> Result<Vec<Team>, Error> {
        self.served(by)?;
        Ok(self.inner.setup.load_full().teams().cloned().collect())
    }

    /// The team of that name.
    pub fn team(&self, by: &Principal, name: &str) -> Result<Team, Error> {
        let found = self.team_list(by)?.into_iter().find(|it| it.name == name);
        found.ok_or_else(|| Error::not_found("team", name))
    }

    /// The desk's words, by sort and name; of one sort, if it is named.
    pub fn definition_list(&self, by: &Principal, sort: Option<DefinitionSort>) -> Result<Vec<Definition>, Error> {
        self.served(by)?;
        let of_sort = |it: &&Definition| sort.is_none_or(|sort| it.sort == sort);
        Ok(self.inner.setup.load_full().definitions().filter(of_sort).cloned().collect())
    }

    /// What the desk means by that word.
    pub fn definition(&self, by: &Principal, sort: DefinitionSort, name: &str) -> Result<Definition, Error> {
        self.served(by)?;
        let found = self.inner.setup.load_full().definition(sort, name).cloned();
        found.ok_or_else(|| Error::not_found("definition", format!("{}/{name}", sort.name())))
    }

    /// Contracts, newest first: all, or those of one company node.
    pub fn contract_list(
        &self,
        by: &Principal,
        company: Option<CompanyId>,
        page: &PageRequest,
    ) -> Result<Page<Contract>, Error> {
        self.served(by)?;
        let reads = self.inner.records.as_ref();
        let of = |id: CompanyId| Scan::index(CONTRACT_BY_COMPANY, vec![id.into()]).backward();
        let scans = match company {
            Some(company) => resolve::cluster_of_company(reads, company)?.into_iter().map(of).collect(),
            None => vec![Scan::table(Table::Contract).backward()],
        };
        resolve::several(reads, scans, page, |it: &Contract| it.id.uuid())
    }

    /// The contract of that id.
    pub fn contract(&self, by: &Principal, id: ContractId) -> Result<Contract, Error> {
        self.served(by)?;
        self.inner.records.find(id)?.ok_or_else(|| Error::not_found("contract", id))
    }

    /// Whether the principal is of those who serve.
    pub(crate) fn served(&self, by: &Principal) -> Result<(), Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        match by.role {
            Role::Customer => Err(Error::Forbidden("a customer may not read how the desk is set up".to_owned())),
            Role::Operator | Role::Admin | Role::Agent | Role::Author | Role::Auditor => Ok(()),
        }
    }
}
