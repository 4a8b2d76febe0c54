//! Tables of people or organisations with a column that says who is who, known by what people call such columns.

use anyhow::Result;
use plugdesk_fit::table::Table;
use serde_json::{Value, json};

use crate::data::Source;

/// So many rows of a table are read: the first ones.
const MOST_ROWS: usize = 20_000;
/// Who is who.
const TRUTH: &[&str] = &[
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
];
/// A part of a name each.
const PARTS: [&[&str]; 3] = [
    &["first_name", "firstname", "given_name", "forename", "fname", "name_first", "first"],
    &["middle_name", "midl_name", "middlename", "name_middle"],
    &["surname", "last_name", "lastname", "family_name", "lname", "name_last", "last"],
];
const WHOLE: &[&str] = &[
    "full_name",
    "name",
    "person_name",
    "contact_name",
    "site_name",
    "company_name",
    "organisation",
    "organization",
    "display_name",
    "title",
];
const EMAIL: &[&str] = &["email", "email_address", "e_mail", "mail"];
const PHONE: &[&str] = &["phone", "phone_number", "telephone", "phone_num", "mobile", "tel"];
/// Custom fields, as people call them in a desk.
const FIELDS: [(&str, &[&str]); 6] = [
    ("birth_date", &["dob", "date_of_birth", "birth_date", "birthdate", "birthday"]),
    ("house_number", &["street_number", "house_number"]),
    ("street", &["address_1", "address", "street", "street_address", "street_name", "address1", "addr"]),
    ("postcode", &["postcode", "zip", "zip_code", "zipcode", "postal_code", "postcode_fake"]),
    ("city", &["city", "suburb", "town", "city_desc", "res_city_desc", "birth_place"]),
    ("national_id", &["soc_sec_id", "ssn", "national_id", "social_security_number"]),
];

/// Where the columns of a table are, by their names.
#[derive(Debug)]
pub(super) struct People {
    truth: String,
    /// Read one behind the other.
    name: Vec<String>,
    /// What the desk calls it, and the column.
    others: Vec<(&'static str, String)>,
}

/// A table as it is imported.
pub(super) struct Records {
    pub(super) table: Table,
    pub(super) mapping: Value,
    /// Who is who, by row; a row of which nobody knows is nobody else.
    pub(super) truth: Vec<(String, usize)>,
}

impl People {
    /// If the table is one.
    pub(super) fn of(source: &Source) -> Option<Self> {
        let column = |names: &[&str]| source.column(names).map(str::to_owned);
        let truth = column(TRUTH)?;
        let mut name: Vec<String> = PARTS.iter().filter_map(|names| column(names)).collect();
        if name.is_empty() {
            name.push(column(WHOLE)?);
        }
        let others = [("email", EMAIL), ("phone", PHONE)].into_iter().chain(FIELDS);
        let others = others.filter_map(|(name, names)| Some((name, column(names)?))).collect();
        Some(Self { truth, name, others })
    }

    /// The rows, with white space as one space: a cell of several lines is no name that a desk takes.
    pub(super) fn records(&self, from: &Table) -> Result<Records> {
        let place = |column: &String| from.column(column);
        let truth = place(&self.truth)?;
        let name = self.name.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let others = self.others.iter().map(|(_, column)| place(column)).collect::<Result<Vec<_>, _>>()?;
        let columns = ["name"].into_iter().chain(self.others.iter().map(|(name, _)| *name)).map(str::to_owned);
        let mut table = Table::with_columns(columns.collect())?;
        let mut who_is_who = Vec::new();
        for row in 0..from.rows().min(MOST_ROWS) {
            let plain = |column: &usize| from.cell(row, *column).split_whitespace().collect::<Vec<_>>().join(" ");
            let parts: Vec<String> = name.iter().map(plain).filter(|part| !part.is_empty()).collect();
            table.push([parts.join(" ")].into_iter().chain(others.iter().map(plain)));
            who_is_who.push(match who(from.cell(row, truth)) {
                "" => (String::new(), row),
                who => (who.to_owned(), 0),
            });
        }
        Ok(Records { table, mapping: self.mapping(), truth: who_is_who })
    }

    /// How the rows become contacts.
    fn mapping(&self) -> Value {
        let has = |name: &&str| self.others.iter().any(|(known, _)| known == name);
        let mut contact = json!({"name": "name"});
        for name in ["email", "phone"].iter().filter(|name| has(name)) {
            contact[*name] = json!(name);
        }
        let custom: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).filter(|name| has(name)).collect();
        if !custom.is_empty() {
            contact["custom"] = json!({"columns": custom, "texts": custom});
        }
        json!({"kind": "contact", "addresses": "lenient", "contact": contact})
    }
}

/// `rec-12-org` and `rec-12-dup-0` are both of person 12.
fn who(cell: &str) -> &str {
    let number = cell.strip_prefix("rec-").and_then(|rest| rest.split('-').next());
    number.unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(columns: &[&str]) -> Source {
        Source { path: Default::default(), columns: columns.iter().map(|&it| it.to_owned()).collect() }
    }

    #[test]
    fn a_table_of_people_is_known_by_its_columns_and_read_as_contacts() {
        let columns = ["Cluster", "First Name", "Surname", "DOB", "Email"];
        let people = People::of(&source(&columns)).unwrap();
        let mut table = Table::with_columns(columns.iter().map(|&it| it.to_owned()).collect()).unwrap();
        table.push(["rec-7-dup-0", "Anna\n Maria", "Kowalska", "1980-05-01", "a@x.example"].map(str::to_owned));
        table.push(["", "", "Nowak", "", ""].map(str::to_owned));
        let records = people.records(&table).unwrap();
        assert_eq!(records.table.columns(), ["name", "email", "birth_date"]);
        assert_eq!(records.table.row(0).collect::<Vec<_>>(), ["Anna Maria Kowalska", "a@x.example", "1980-05-01"]);
        assert_eq!(records.truth, [("7".to_owned(), 0), (String::new(), 1)]);
        assert_eq!(
            records.mapping["contact"],
            json!({"name": "name", "email": "email", "custom": {"columns": ["birth_date"], "texts": ["birth_date"]}})
        );
        assert!(People::of(&source(&["name", "email"])).is_none(), "nobody says who is who");
        assert!(People::of(&source(&["cluster", "colour"])).is_none(), "nobody has a name");
    }
}
