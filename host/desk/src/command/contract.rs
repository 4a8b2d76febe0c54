//! `contract.create`, `contract.update` and `contract.end`. Open tickets of the company and everything below it are
//! promised anew behind the answer.

use plugdesk_domain::record::Stored;
use plugdesk_domain::{CONTRACT_BY_EXTERNAL, Company, Contract, ContractId, Principal, RecordsExt};
use serde_json::Map;

use super::calendar::MOST_TITLE_CHARS;
use super::{existing, external_ids_free, not_for_customers, target};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::{Checks, MOST_EXTERNAL_IDS, merge_ids};
use crate::input::{ContractPatch, NewContract, NewEntitlement};
use crate::path::Command;
use crate::resolve;
use crate::timer::sweep;
use crate::view::{Done, How};

/// A contract promises at most so much: eight metrics for each of eight sorts of tickets.
const MOST_ENTITLEMENTS: usize = 64;

struct Create(NewContract);

struct Update {
    id: ContractId,
    patch: ContractPatch,
}

struct End(ContractId);

impl Desk {
    /// Agrees on a contract with a company node.
    pub async fn contract_create(&self, by: &Principal, new: NewContract, how: &How) -> Result<Done<Contract>, Error> {
        self.submit(by, how, Create(new)).await
    }

    /// Changes a contract.
    pub async fn contract_update(
        &self,
        by: &Principal,
        id: ContractId,
        patch: ContractPatch,
        how: &How,
    ) -> Result<Done<Contract>, Error> {
        self.submit(by, how, Update { id, patch }).await
    }

    /// Ends a contract now; its record stays.
    pub async fn contract_end(&self, by: &Principal, id: ContractId, how: &How) -> Result<Done<Contract>, Error> {
        self.submit(by, how, End(id)).await
    }
}

impl Command for Create {
    type Value = Contract;
    const NAME: &'static str = "contract.create";
    const STATUS: u16 = 201;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Contract, Error> {
        not_for_customers(draft, "make contracts")?;
        let new = &self.0;
        let mut checks = Checks::default();
        checks.line("/name", &new.name, 1, MOST_TITLE_CHARS);
        entitlements(&mut checks, &new.entitlements, draft);
        checks.external_ids("/external_ids", &new.external_ids);
        let company = resolve::find::<Company>(draft, new.company)?.map(|it| it.id);
        if company.is_none() {
            checks.fail("/company", format!("company {} not found", new.company));
        }
        let contract = Contract {
            id: ContractId::new(draft.now, draft.desk.bits()),
            version: 1,
            created_at: draft.now,
            updated_at: draft.now,
            external_ids: new.external_ids.clone(),
            company: company.unwrap_or(new.company),
            name: new.name.trim().to_owned(),
            entitlements: new.entitlements.iter().map(NewEntitlement::entitlement).collect(),
            valid_from: new.valid_from,
            valid_to: new.valid_to,
        };
        validity(&mut checks, &contract);
        checks.done()?;
        let ids = &contract.external_ids;
        external_ids_free::<Contract>(draft, CONTRACT_BY_EXTERNAL, "contract with external id", ids, None)?;
        draft.subject = contract.id.to_string();
        draft.create(contract.clone());
        tell(draft, "contract.created", &contract)?;
        Ok(contract)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Contract, Error> {
        read_again(desk, subject)
    }
}

impl Command for Update {
    type Value = Contract;
    const NAME: &'static str = "contract.update";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Contract, Error> {
        not_for_customers(draft, "change contracts")?;
        let (id, patch) = (self.id, &self.patch);
        draft.subject = id.to_string();
        let before: Contract = existing(draft, "contract", id, id)?;
        let mut contract = before.clone();
        let mut checks = Checks::default();
        checks.optional_line("/name", patch.name.as_deref(), MOST_TITLE_CHARS);
        checks.count("/external_ids", patch.external_ids.len(), 2 * MOST_EXTERNAL_IDS);
        if let Some(name) = &patch.name {
            contract.name = name.trim().to_owned();
        }
        if let Some(new) = &patch.entitlements {
            entitlements(&mut checks, new, draft);
            contract.entitlements = new.iter().map(NewEntitlement::entitlement).collect();
        }
        contract.valid_from = patch.valid_from.unwrap_or(contract.valid_from);
        contract.valid_to = patch.valid_to.unwrap_or(contract.valid_to);
        merge_ids(&mut contract.external_ids, &patch.external_ids);
        checks.external_ids("/external_ids", &contract.external_ids);
        validity(&mut checks, &contract);
        checks.done()?;
        let (own, ids) = (contract.key(), &contract.external_ids);
        external_ids_free::<Contract>(draft, CONTRACT_BY_EXTERNAL, "contract with external id", ids, Some(&own))?;
        changed(draft, &before, contract)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Contract, Error> {
        read_again(desk, subject)
    }
}

impl Command for End {
    type Value = Contract;
    const NAME: &'static str = "contract.end";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Contract, Error> {
        not_for_customers(draft, "end contracts")?;
        draft.subject = self.0.to_string();
        let before: Contract = existing(draft, "contract", self.0, self.0)?;
        let mut contract = before.clone();
        if contract.valid_to.is_none_or(|to| draft.now < to) {
            contract.valid_to = Some(draft.now);
        }
        changed(draft, &before, contract)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Contract, Error> {
        read_again(desk, subject)
    }
}

fn entitlements(checks: &mut Checks, entitlements: &[NewEntitlement], draft: &Draft<'_>) {
    if entitlements.is_empty() {
        checks.fail("/entitlements", "at least one");
    }
    checks.count("/entitlements", entitlements.len(), MOST_ENTITLEMENTS);
    for (place, it) in entitlements.iter().take(MOST_ENTITLEMENTS).enumerate() {
        let field = format!("/entitlements/{place}");
        checks.word(&format!("{field}/kind"), it.kind.as_deref());
        target::check(checks, &field, &it.target(), draft);
        let same = |other: &NewEntitlement| {
            other.metric == it.metric && other.kind == it.kind && other.priority == it.priority
        };
        if entitlements.iter().take(place).any(same) {
            checks.fail(format!("{field}/metric"), "stands twice for the same tickets");
        }
    }
}

fn validity(checks: &mut Checks, contract: &Contract) {
    if let (Some(from), Some(to)) = (contract.valid_from, contract.valid_to)
        && to < from
    {
        checks.fail("/valid_to", "not before `valid_from`");
    }
}

fn changed(draft: &mut Draft<'_>, before: &Contract, contract: Contract) -> Result<Contract, Error> {
    if contract == *before {
        return Ok(contract);
    }
    let id = contract.id;
    draft.change(contract.clone());
    tell(draft, "contract.updated", &contract)?;
    draft.peek(id)?.ok_or_else(|| Error::not_found("contract", id))
}

fn tell(draft: &mut Draft<'_>, name: &str, contract: &Contract) -> Result<(), Error> {
    sweep::mark(draft, &sweep::Cause::Contract(contract.company))?;
    let mut data = Map::new();
    data.insert("company".to_owned(), contract.company.to_string().into());
    draft.tell(name, contract.id, data);
    Ok(())
}

fn read_again(desk: &Inner, subject: &str) -> Result<Contract, Error> {
    let id: ContractId = subject.parse().map_err(|_| Error::not_found("contract", subject))?;
    desk.records.find(id)?.ok_or_else(|| Error::not_found("contract", id))
}
