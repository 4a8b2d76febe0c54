//! Tables of leads, known by their columns: one that says of each lead whether it converted, or one beside which another
//! stands that has the converted ones alone.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use plugdesk_fit::outcome;
use plugdesk_fit::table::Table;
use serde::Deserialize;

use crate::data::{Source, beside, plain};

/// What a column is called that says what came of a lead.
const LABELS: [&str; 12] = [
    "converted",
    "is_converted",
    "conversion",
    "won",
    "is_won",
    "closed_won",
    "deal_won",
    "deal_closed",
    "lead_converted",
    "target",
    "outcome",
    "y",
];
/// What stands there of a lead that has not converted, beside the usual words for *no*.
const NOT_YET: [&str; 2] = ["open", "none"];
/// What a table is about, by the words of its file's name and of its columns.
const OF_LEADS: [&str; 10] =
    ["lead", "leads", "mql", "mqls", "sql", "prospect", "prospects", "opportunity", "opportunities", "enquiries"];
const OF_WON: [&str; 12] = [
    "won",
    "deal",
    "deals",
    "closed",
    "sale",
    "sales",
    "sold",
    "converted",
    "conversions",
    "customers",
    "orders",
    "contracts",
];
/// The name of the column that a joined table gets.
const JOINED: &str = "won";

/// Leads and what came of them.
#[derive(Debug, Clone)]
pub(crate) struct Leads {
    pub(super) table: Table,
    /// The column that says what came of it.
    pub(super) label: String,
    /// Its value where the lead converted.
    pub(super) positive: String,
    /// Columns that are filled only afterwards; none: the table is of no known kind.
    pub(super) afterwards: Option<Vec<String>>,
    /// Whether each converted.
    pub(super) outcomes: Vec<bool>,
}

/// What is known of tables of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    /// A table that has all of these is of the kind.
    has: Vec<String>,
    /// What is filled only afterwards.
    afterwards: Vec<String>,
}

/// The kinds of tables of which it is known which columns are filled afterwards. Of others the scorecard itself finds out.
const KINDS: [&str; 3] = [
    include_str!("../maps/school_leads.toml"),
    include_str!("../maps/seller_leads.toml"),
    include_str!("../maps/bank_calls.toml"),
];

impl Leads {
    /// If the table is one.
    pub(crate) fn of(source: &Source) -> Option<Self> {
        labelled(source).or_else(|| joined(source))
    }

    /// Some of them.
    pub(super) fn of_rows(&self, rows: &[usize]) -> Self {
        let outcomes = rows.iter().filter_map(|row| self.outcomes.get(*row).copied()).collect();
        Self { table: self.table.only(rows.iter().copied()), outcomes, ..self.clone() }
    }
}

/// A table with a column that says what came of each, in two words of which one means *yes*. Where it says nothing, it
/// is not decided yet, and nothing can be scored.
fn labelled(source: &Source) -> Option<Leads> {
    let label = source.column(&LABELS)?.to_owned();
    let table = source.table().ok()?;
    let column = table.column(&label).ok()?;
    let table = table.only((0..table.rows()).filter(|row| !table.cell(*row, column).is_empty()));
    let word = |row: usize| table.cell(row, column).to_lowercase();
    let words: BTreeSet<String> = (0..table.rows()).map(word).collect();
    let yes = |word: &str| outcome::said(word) == Some(true);
    if words.len() != 2 || !words.iter().all(|it| outcome::said(it).is_some() || NOT_YET.contains(&it.as_str())) {
        return None;
    }
    let outcomes: Vec<bool> = (0..table.rows()).map(|row| yes(&word(row))).collect();
    let first = outcomes.iter().position(|came| *came)?;
    let positive = table.cell(first, column).to_owned();
    let afterwards = afterwards(source, &table);
    Some(Leads { table, label, positive, afterwards, outcomes })
}

/// A table of leads without such a column, beside one whose ids are all among its ids: those of the leads that were won.
fn joined(source: &Source) -> Option<Leads> {
    if !is_about(source, &OF_LEADS) {
        return None;
    }
    let table = source.table().ok()?;
    let siblings = beside(&source.path).ok()?;
    let won = siblings.iter().filter(|it| it.path != source.path && is_about(it, &OF_WON));
    let (id, won) = won.filter_map(|it| shared_id(&table, &it.table().ok()?)).next()?;
    let column = table.column(&id).ok()?;
    let outcomes: Vec<bool> = (0..table.rows()).map(|row| won.contains(table.cell(row, column))).collect();
    let with = with_label(&table, &outcomes).ok()?;
    let label = with.columns().last()?.clone();
    let afterwards = afterwards(source, &with);
    Some(Leads { table: with, label, positive: "1".to_owned(), afterwards, outcomes })
}

/// The column by which rows of the second table are some of the first's, each row once; and its values there.
fn shared_id(all: &Table, some: &Table) -> Option<(String, BTreeSet<String>)> {
    let column_of = |table: &Table, name: &str| table.columns().iter().position(|column| plain(column) == plain(name));
    all.columns().iter().find_map(|name| {
        let values = |table: &Table| -> Option<(usize, BTreeSet<String>)> {
            let column = column_of(table, name)?;
            Some((table.rows(), (0..table.rows()).map(|row| table.cell(row, column).to_owned()).collect()))
        };
        let ((rows, ids), (some_rows, some_ids)) = (values(all)?, values(some)?);
        let once = ids.len() == rows && some_ids.len() == some_rows;
        (once && some_rows < rows && some_rows > 0 && some_ids.is_subset(&ids)).then(|| (name.clone(), some_ids))
    })
}

/// The table with a column at its end that says what came of each lead.
fn with_label(table: &Table, outcomes: &[bool]) -> Result<Table> {
    let mut label = JOINED.to_owned();
    while table.columns().contains(&label) {
        label.push('_');
    }
    let mut with = Table::with_columns(table.columns().iter().cloned().chain([label]).collect())?;
    for (row, came) in outcomes.iter().enumerate() {
        let came = if *came { "1" } else { "0" };
        with.push(table.row(row).map(str::to_owned).chain([came.to_owned()]));
    }
    Ok(with)
}

/// Whether a word of the file's name or of a column is among those.
fn is_about(source: &Source, words: &[&str]) -> bool {
    let file = source.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let names = std::iter::once(&file).chain(&source.columns);
    names
        .flat_map(|name| plain(name).split('_').map(str::to_owned).collect::<Vec<_>>())
        .any(|it| words.contains(&it.as_str()))
}

/// The columns of the table that are filled afterwards, by what is known of its kind; none: nothing is known of it.
fn afterwards(source: &Source, table: &Table) -> Option<Vec<String>> {
    let kinds = KINDS.iter().filter_map(|text| kind(text).ok());
    let mut of_it =
        kinds.filter(|kind| source.has(&kind.has.iter().map(String::as_str).collect::<Vec<_>>())).peekable();
    of_it.peek()?;
    let left_out: BTreeSet<String> = of_it.flat_map(|kind| kind.afterwards).map(|name| plain(&name)).collect();
    Some(table.columns().iter().filter(|column| left_out.contains(&plain(column))).cloned().collect())
}

fn kind(text: &str) -> Result<Kind> {
    toml::from_str(text).context("a map of a kind of leads")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(files: &[(&str, &str)]) -> (tempfile::TempDir, Vec<Source>) {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
        let sources = crate::data::sources(folder.path()).unwrap();
        (folder, sources)
    }

    #[test]
    fn every_map_can_be_read() {
        KINDS.iter().for_each(|text| drop(kind(text).unwrap()));
    }

    #[test]
    fn a_table_that_says_what_came_of_each_lead_is_one() {
        let (_folder, sources) = written(&[
            (
                "a.csv",
                "Prospect ID,Lead Number,Lead Origin,Lead Source,Tags,Is Won\n1,1,x,y,busy,No\n3,3,x,y,new,\n2,2,x,y,done,Yes\n",
            ),
            ("b.csv", "id,target\n1,red\n2,blue\n"),
        ]);
        let leads = Leads::of(&sources[0]).unwrap();
        assert_eq!((leads.label.as_str(), leads.positive.as_str()), ("Is Won", "Yes"));
        assert_eq!((leads.outcomes, leads.afterwards), (vec![false, true], Some(vec!["Tags".to_owned()])));
        assert!(Leads::of(&sources[1]).is_none(), "no word of it means yes");
    }

    #[test]
    fn a_table_beside_which_another_has_the_won_ones_is_one() {
        let (_folder, sources) = written(&[
            ("leads.csv", "lead_id,origin\n1,ad\n2,fair\n3,ad\n"),
            ("closed_deals.csv", "lead_id,won_date\n2,2026-01-01\n"),
        ]);
        let leads = sources.iter().filter_map(Leads::of).collect::<Vec<_>>();
        assert_eq!(leads.len(), 1);
        assert_eq!((leads[0].outcomes.clone(), leads[0].label.as_str()), (vec![false, true, false], "won"));
        assert_eq!(leads[0].afterwards, None);
        assert_eq!(leads[0].table.row(1).collect::<Vec<_>>(), ["2", "fair", "1"]);
        let (_folder, other) = written(&[("reports.csv", "id,x\n1,a\n2,b\n"), ("pairs.csv", "id,other\n1,2\n")]);
        assert!(other.iter().all(|it| Leads::of(it).is_none()), "a table of parts is no table of leads");
    }
}
