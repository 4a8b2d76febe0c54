//! Records of people, with a column that says who is who.
//!
//! Each record is asked about when it comes in, with those before it as candidates: as an import would.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use plugdesk_domain::matching::match_keys;
use plugdesk_domain::question::identify::{Candidate, Inquiry, MOST_CANDIDATES, Relation};
use plugdesk_domain::question::shown::ShownContact;
use plugdesk_domain::question::{self, Answer};
use serde_json::{Value, json};

use super::Counts;
use super::ask::{Fields, Policy, circumstances, contact};
use super::table::Table;

/// A table of people.
pub(crate) struct People {
    people: Vec<ShownContact>,
    truth: Vec<String>,
    fields: Fields,
}

/// So many candidates of one key are looked at: a key with more finds anybody.
const MOST_OF_A_KEY: usize = 64;

impl People {
    /// If the table is one.
    pub(crate) fn of(table: &Table) -> Option<Self> {
        let truth = table.column(&[
            "cluster",
            "cluster_id",
            "true_id",
            "entity_id",
            "entity",
            "ent_id",
            "person_id",
            "group_id",
            "ground_truth",
            "true_cluster",
            "link_id",
            "unique_entity_id",
            "rec_id",
        ])?;
        let column = |names: &[&str]| table.column(names);
        let given = [
            column(&["first_name", "firstname", "given_name", "forename", "fname", "name_first", "first"]),
            column(&["middle_name", "midl_name", "middlename", "name_middle"]),
            column(&["surname", "last_name", "lastname", "family_name", "lname", "name_last", "last"]),
        ];
        let whole = column(&["full_name", "name", "person_name", "contact_name", "site_name", "title", "display_name"]);
        let email = column(&["email", "email_address", "e_mail", "mail"]);
        let phone = column(&["phone", "phone_number", "telephone", "phone_num", "mobile", "tel"]);
        let fields = [
            ("birth_date", column(&["dob", "date_of_birth", "birth_date", "birthdate", "birthday"])),
            ("house_number", column(&["street_number", "house_number"])),
            (
                "street",
                column(&["address_1", "address", "street", "street_address", "street_name", "address1", "addr"]),
            ),
            ("postcode", column(&["postcode", "zip", "zip_code", "zipcode", "postal_code", "postcode_fake"])),
            ("city", column(&["city", "suburb", "town", "city_desc", "res_city_desc"])),
            ("national_id", column(&["soc_sec_id", "ssn", "national_id", "social_security_number"])),
        ];
        if whole.is_none() && given.iter().all(Option::is_none) {
            return None;
        }
        let mut all = Self { people: Vec::new(), truth: Vec::new(), fields: Fields::default() };
        for (number, row) in table.rows.iter().enumerate() {
            let cell = |column: Option<usize>| table.cell(row, column);
            let parts = given.iter().map(|column| cell(*column)).filter(|part| !part.is_empty());
            let name = parts.collect::<Vec<_>>().join(" ");
            let name = if name.is_empty() { cell(whole).replace('\n', " ") } else { name };
            let digits: String = cell(phone).chars().filter(char::is_ascii_digit).collect();
            let addresses = [("email", cell(email).to_lowercase()), ("phone", digits)];
            let id = format!("contact_{number:06}");
            let values = fields.iter().map(|(name, column)| ((*name).to_owned(), cell(*column)));
            let values = values.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, json!(value)));
            all.fields.set(&id, values.collect());
            all.people.push(contact(id, name, &addresses));
            all.truth.push(who(cell(Some(truth))));
        }
        Some(all)
    }

    /// Precision and recall of `same`, and of `same` and `maybe` together; over all pairs, and over those that were
    /// candidates.
    pub(crate) fn score(&self, policy: &Policy, wrong: usize) -> Result<Value> {
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        let (mut same, mut looked) = (Counts::default(), Counts::default());
        let (mut asked, mut shown) = (0, 0);
        for (at, person) in self.people.iter().enumerate() {
            let keys = keys(person);
            let found = candidates(&by_key, &keys);
            for key in keys {
                by_key.entry(key).or_default().push(at);
            }
            if found.is_empty() {
                continue;
            }
            let candidates = found.iter().filter_map(|(other, ways)| {
                let found_by = ways.iter().map(|way| (*way).to_owned()).collect();
                Some(Candidate { contact: self.people.get(*other)?.clone(), found_by, shared: vec![] })
            });
            let inquiry = Inquiry {
                circumstances: circumstances(),
                contact: person.clone(),
                shared: vec![],
                candidates: candidates.collect(),
            };
            let answer = policy.ask(&question::Inquiry::Identify(inquiry), &self.fields)?;
            let Some(Answer::Identify(answer)) = answer else {
                found.iter().for_each(|(other, _)| {
                    same.add(false, self.truth.get(*other) == self.truth.get(at));
                    looked.add(false, self.truth.get(*other) == self.truth.get(at));
                });
                continue;
            };
            for (other, _) in found {
                let Some(candidate) = self.people.get(other) else { continue };
                let likeness = answer.likenesses.iter().find(|likeness| likeness.contact == candidate.id);
                let is = self.truth.get(other) == self.truth.get(at);
                let relation = likeness.map(|likeness| likeness.relation);
                asked += 1;
                same.add(relation == Some(Relation::Same), is);
                looked.add(matches!(relation, Some(Relation::Same | Relation::Maybe)), is);
                if (relation == Some(Relation::Same)) != is && shown < wrong {
                    shown += 1;
                    let why = likeness.map(|it| it.reasons.iter().map(|r| (&r.code, &r.params)).collect::<Vec<_>>());
                    println!("    {is} {relation:?} {} | {} {why:?}", person.name, candidate.name);
                }
            }
        }
        let all = self.pairs();
        let of_all = Counts { missed: all.saturating_sub(same.right), ..same };
        Ok(json!({
            "sort": "people", "records": self.people.len(), "pairs of one": all, "pairs asked about": asked,
            "same": same.report(), "same or maybe": looked.report(), "same, of all pairs": of_all.report(),
        }))
    }

    /// Pairs of records of one person.
    fn pairs(&self) -> usize {
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        self.truth.iter().for_each(|who| *sizes.entry(who).or_default() += 1);
        sizes.values().map(|size| size * (size - 1) / 2).sum()
    }
}

/// `rec-12-org` and `rec-12-dup-0` are both of person 12.
fn who(cell: &str) -> String {
    let number = cell.strip_prefix("rec-").and_then(|rest| rest.split('-').next());
    number.unwrap_or(cell).to_owned()
}

/// How the desk finds candidates: by address, and by the match keys of the name.
fn keys(person: &ShownContact) -> Vec<String> {
    let mut keys = match_keys(&person.name);
    keys.extend(person.identities.iter().map(|identity| format!("{}:{}", identity.kind, identity.value)));
    keys
}

/// Those that share most keys first, and among them the newest.
fn candidates(by_key: &HashMap<String, Vec<usize>>, keys: &[String]) -> Vec<(usize, Vec<&'static str>)> {
    let mut found: BTreeMap<usize, Vec<&'static str>> = BTreeMap::new();
    for key in keys {
        let way = if key.starts_with("email:") || key.starts_with("phone:") { "address" } else { "name" };
        for other in by_key.get(key).into_iter().flat_map(|all| all.iter().rev().take(MOST_OF_A_KEY)) {
            found.entry(*other).or_default().push(way);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    let addresses = |ways: &[&str]| ways.iter().filter(|way| **way == "address").count();
    found.sort_by_key(|(other, ways)| std::cmp::Reverse((addresses(ways), ways.len(), *other)));
    found.truncate(MOST_CANDIDATES);
    found
}
