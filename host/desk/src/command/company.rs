//! `company.create` and `company.update`.

use plugdesk_domain::company::MOST_NODES;
use plugdesk_domain::record::Stored;
use plugdesk_domain::{COMPANY_BY_EXTERNAL, Company, CompanyId, Money, Principal};

use super::{external_ids_free, not_for_customers};
use crate::asking::{About, pin_segment};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::input::check::{Checks, MOST_EXTERNAL_IDS, merge_custom, merge_ids, set};
use crate::input::{CompanyPatch, NewCompany};
use crate::path::Command;
use crate::question::classify;
use crate::resolve;
use crate::timer::sweep;
use crate::view::{CompanyView, Done, How};

/// A company has at most so many mail domains: a group with a domain per country still fits, and each is an index entry.
const MOST_DOMAINS: usize = 32;
/// The longest domain, in bytes: RFC 1035 has room for no more.
const MOST_DOMAIN_BYTES: usize = 253;
/// The longest name, in characters.
pub(crate) const MOST_NAME_CHARS: usize = 256;
/// A company tree is at most so deep: group, company, division, department, site, and room for as many again.
const MOST_DEPTH: usize = 16;

struct Create(NewCompany);

struct Update {
    id: CompanyId,
    patch: CompanyPatch,
}

impl Desk {
    /// Makes a company node. Asks `classify`.
    pub async fn company_create(&self, by: &Principal, new: NewCompany, how: &How) -> Result<Done<CompanyView>, Error> {
        self.submit(by, how, Create(new)).await
    }

    /// Changes a company node. Asks `classify` if something changed that it is shown.
    pub async fn company_update(
        &self,
        by: &Principal,
        id: CompanyId,
        patch: CompanyPatch,
        how: &How,
    ) -> Result<Done<CompanyView>, Error> {
        self.submit(by, how, Update { id, patch }).await
    }
}

impl Command for Create {
    type Value = CompanyView;
    const NAME: &'static str = "company.create";
    const STATUS: u16 = 201;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<CompanyView, Error> {
        not_for_customers(draft, "make companies")?;
        let new = checked("", &self.0)?;
        let ids = &new.external_ids;
        external_ids_free::<Company>(draft, COMPANY_BY_EXTERNAL, "company with external id", ids, None)?;
        let parent = new.parent.map(|parent| below(draft, None, parent)).transpose()?;
        let id = make(draft, NewCompany { parent, ..new })?;
        draft.subject = id.to_string();
        classify::company(draft, id)?;
        crate::query::company_view(draft, id)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<CompanyView, Error> {
        read_again(desk, subject)
    }
}

impl Command for Update {
    type Value = CompanyView;
    const NAME: &'static str = "company.update";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<CompanyView, Error> {
        not_for_customers(draft, "change companies")?;
        let (id, patch) = (self.id, &self.patch);
        let (add, remove) = checked_patch(patch)?;
        let mut company: Company = resolve::existing(draft, id)?;
        let id = company.id;
        draft.subject = id.to_string();
        let before = company.clone();
        if let Some(name) = &patch.name {
            set(&mut company.name, name.trim().to_owned());
        }
        if let Some(parent) = patch.parent {
            company.parent = parent.map(|parent| below(draft, Some(id), parent)).transpose()?;
        }
        merge_custom(&mut company.custom, &patch.custom);
        merge_ids(&mut company.external_ids, &patch.external_ids);
        if let Some(tier) = &patch.tier {
            company.tier.clone_from(tier);
        }
        if let Some(worth) = &patch.worth {
            company.worth.clone_from(worth);
        }
        shows(draft, id, patch)?;
        company.domains.retain(|domain| !remove.contains(domain));
        let new_domains: Vec<String> = add.into_iter().filter(|it| !company.domains.contains(it)).collect();
        company.domains.extend(new_domains);
        let mut checks = Checks::default();
        checks.custom("/custom", &company.custom);
        checks.external_ids("/external_ids", &company.external_ids);
        checks.count("/add_domains", company.domains.len(), MOST_DOMAINS);
        checks.done()?;
        let (own, ids) = (company.key(), company.external_ids.clone());
        external_ids_free::<Company>(draft, COMPANY_BY_EXTERNAL, "company with external id", &ids, Some(&own))?;
        let mut seen = company != before;
        if !remove.is_empty() {
            // Also those that a merged company brought.
            for part in resolve::cluster_of_company(draft, id)?.into_iter().filter(|part| *part != id) {
                if let Some(mut part) = draft.find::<Company>(part)?
                    && part.domains.iter().any(|it| remove.contains(it))
                {
                    part.domains.retain(|it| !remove.contains(it));
                    draft.change(part);
                    seen = true;
                }
            }
        }
        if let Some(segment) = &patch.segment {
            pin_segment(draft, &About::company(id, false), segment.as_deref())?;
            seen |= segment.is_none();
            if segment.is_some() {
                company.segment.clone_from(segment);
            }
        }
        if company == before && !seen {
            return crate::query::company_view(draft, id);
        }
        if (company.parent, &company.tier) != (before.parent, &before.tier) {
            // Which contract and tier hold is another matter now, for it and everything below it.
            sweep::mark(draft, &sweep::Cause::Contract(id))?;
        }
        draft.change(company);
        if seen {
            classify::company(draft, id)?;
        }
        draft.tell("company.updated", id, serde_json::Map::new());
        crate::query::company_view(draft, id)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<CompanyView, Error> {
        read_again(desk, subject)
    }
}

/// A value that a person sets shows from now on, whatever the plan of a merge says of it.
fn shows(draft: &mut Draft<'_>, id: CompanyId, patch: &CompanyPatch) -> Result<(), Error> {
    let set = [
        ("name", patch.name.is_some()),
        ("segment", patch.segment.as_ref().is_some_and(Option::is_some)),
        ("tier", patch.tier.is_some()),
        ("worth", patch.worth.is_some()),
    ];
    let named = set.into_iter().filter(|(_, set)| *set).map(|(name, _)| name.to_owned());
    let fields: Vec<String> = named.chain(patch.custom.keys().map(|name| format!("custom.{name}"))).collect();
    super::merge::overrule::<Company>(draft, id, &fields)
}

/// What was sent, with its domains in their normal form; or everything that is wrong with it.
pub(super) fn checked(field: &str, new: &NewCompany) -> Result<NewCompany, Error> {
    let mut checks = Checks::default();
    checks.line(&format!("{field}/name"), &new.name, 1, MOST_NAME_CHARS);
    checks.word(&format!("{field}/segment"), new.segment.as_deref());
    checks.word(&format!("{field}/tier"), new.tier.as_deref());
    worth(&mut checks, &format!("{field}/worth"), new.worth.as_ref());
    checks.custom(&format!("{field}/custom"), &new.custom);
    checks.external_ids(&format!("{field}/external_ids"), &new.external_ids);
    let domains = domains(&mut checks, &format!("{field}/domains"), &new.domains);
    checks.done()?;
    Ok(NewCompany { domains, name: new.name.trim().to_owned(), ..new.clone() })
}

fn checked_patch(patch: &CompanyPatch) -> Result<(Vec<String>, Vec<String>), Error> {
    let mut checks = Checks::default();
    checks.optional_line("/name", patch.name.as_deref(), MOST_NAME_CHARS);
    checks.word("/segment", patch.segment.as_ref().and_then(|it| it.as_deref()));
    checks.word("/tier", patch.tier.as_ref().and_then(|it| it.as_deref()));
    worth(&mut checks, "/worth", patch.worth.as_ref().and_then(Option::as_ref));
    checks.count("/external_ids", patch.external_ids.len(), 2 * MOST_EXTERNAL_IDS);
    let add = domains(&mut checks, "/add_domains", &patch.add_domains);
    let remove = domains(&mut checks, "/remove_domains", &patch.remove_domains);
    checks.done()?;
    Ok((add, remove))
}

fn worth(checks: &mut Checks, field: &str, worth: Option<&Money>) {
    let capitals = |it: &Money| it.currency.len() == 3 && it.currency.bytes().all(|b| b.is_ascii_uppercase());
    if worth.is_some_and(|it| !capitals(it)) {
        checks.fail(format!("{field}/currency"), "three capital letters of ISO 4217, such as `EUR`");
    }
}

/// Whether a character may stand between the dots of a mail domain.
fn of_a_label(c: char) -> bool {
    plugdesk_domain::question::shown::in_a_word(c) && !matches!(c, '_' | '.' | '/')
}

fn domains(checks: &mut Checks, field: &str, domains: &[String]) -> Vec<String> {
    checks.count(field, domains.len(), MOST_DOMAINS);
    let mut normal: Vec<String> = Vec::new();
    for (place, domain) in domains.iter().take(MOST_DOMAINS).enumerate() {
        let domain = domain.trim().trim_start_matches('@').to_lowercase();
        let label = |label: &str| (1..=63).contains(&label.chars().count()) && label.chars().all(of_a_label);
        if domain.len() > MOST_DOMAIN_BYTES {
            checks.fail(format!("{field}/{place}"), format!("at most {MOST_DOMAIN_BYTES} bytes"));
        } else if !domain.contains('.') || !domain.split('.').all(label) {
            checks.fail(format!("{field}/{place}"), "a mail domain, such as `example.org`");
        } else if !normal.contains(&domain) {
            normal.push(domain);
        }
    }
    normal
}

/// The node that is meant by a parent, which exists and is neither `own` nor below it.
fn below(draft: &mut Draft<'_>, own: Option<CompanyId>, parent: CompanyId) -> Result<CompanyId, Error> {
    let unknown = || Error::invalid("/parent", format!("company {parent} not found"));
    let parent = resolve::find::<Company>(draft, parent)?.ok_or_else(unknown)?.id;
    let goal: Vec<CompanyId> = own.into_iter().collect();
    if climbs_to(draft, "/parent", vec![parent], &goal)? {
        return Err(Error::invalid("/parent", "a company can't stand below itself"));
    }
    Ok(parent)
}

/// Whether one of `goal` is among those nodes or above them, over every parent that any of the merged nodes has: so
/// undoing a merge never closes a ring either. Every node on the way must still be as it was read when the command is
/// stored: two companies moved below each other at one moment would close one.
pub(super) fn climbs_to(
    draft: &mut Draft<'_>,
    field: &str,
    from: Vec<CompanyId>,
    goal: &[CompanyId],
) -> Result<bool, Error> {
    let mut level = from;
    let mut seen: Vec<CompanyId> = Vec::new();
    for _ in 0..MOST_DEPTH {
        let mut next = Vec::new();
        for id in level {
            if goal.contains(&id) {
                return Ok(true);
            }
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            let Some(whole) = resolve::whole::<Company>(draft, id)? else { continue };
            whole.parts.iter().for_each(|(_, part)| draft.require(part));
            next.extend(resolve::parents(draft, &whole)?.into_iter().map(|it| it.id));
        }
        if next.is_empty() {
            return Ok(false);
        }
        if seen.len() > MOST_NODES {
            return Err(Error::invalid(field, format!("more than {MOST_NODES} companies stand above it")));
        }
        level = next;
    }
    Err(Error::invalid(field, format!("a company tree has at most {MOST_DEPTH} levels")))
}

/// Puts a new company into the draft. What is given was checked.
pub(super) fn make(draft: &mut Draft<'_>, new: NewCompany) -> Result<CompanyId, Error> {
    let id = CompanyId::new(draft.now, draft.desk.bits());
    draft.create(Company {
        id,
        version: 1,
        created_at: draft.now,
        updated_at: draft.now,
        external_ids: new.external_ids,
        custom: new.custom,
        name: new.name,
        parent: new.parent,
        segment: new.segment.clone(),
        tier: new.tier,
        worth: new.worth,
        domains: new.domains,
        merged_into: None,
    });
    if let Some(segment) = &new.segment {
        pin_segment(draft, &About::company(id, true), Some(segment))?;
    }
    draft.tell("company.created", id, serde_json::Map::new());
    Ok(id)
}

fn read_again(desk: &Inner, subject: &str) -> Result<CompanyView, Error> {
    let id: CompanyId = subject.parse().map_err(|_| Error::not_found("company", subject))?;
    crate::query::company_view(desk.records.as_ref(), id)
}
