//! Reports of problems, with a second table of those that report the same one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use plugdesk_domain::question::correlate::{Inquiry, MOST_NEIGHBOURS, Neighbour, SURE};
use plugdesk_domain::question::shown::ShownTicket;
use plugdesk_domain::question::{self, Answer};
use plugdesk_domain::{Category, Instant, Priority};
use serde_json::{Value, json};

use super::ask::{Fields, Policy, circumstances};
use super::table::Table;

/// A table of reports.
pub(crate) struct Reports {
    /// The oldest first.
    reports: Vec<Report>,
    /// Pairs of one problem, by id.
    pairs: BTreeSet<(String, String)>,
}

#[derive(Clone)]
struct Report {
    id: String,
    subject: String,
    text: String,
    opened: i64,
}

const DAY: i64 = 86_400_000;
/// The desk shows tickets of so many days.
const WINDOW: i64 = 30 * DAY;

impl Reports {
    /// If the table is one and has its table of pairs beside it: `x.csv` and `x-combined.csv`, `x-pairs.csv`, …
    pub(crate) fn of(path: &Path, table: &Table, rows: usize) -> Result<Option<Self>> {
        let subject = table.column(&["summary", "subject", "title", "short_desc"]);
        let id = table.column(&["issue_id", "bug_id", "id", "key", "ticket_id"]);
        let opened = table.column(&["created", "created_at", "opened", "opened_at", "creation_time"]);
        let (Some(subject), Some(id), Some(opened)) = (subject, id, opened) else { return Ok(None) };
        let text = table.column(&["description", "body", "text", "content"]);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let beside = ["-combined", "_combined", "-pairs", "_pairs", "-duplicates", "_duplicates"];
        let paths = beside.iter().map(|end| path.with_file_name(format!("{stem}{end}.csv")));
        let Some(pairs) = paths.into_iter().find(|path| path.exists()) else { return Ok(None) };
        let pairs = Table::read(&pairs, rows)?;
        let mut all = BTreeSet::new();
        for row in &pairs.rows {
            if let [one, others, ..] = row.as_slice() {
                for other in others.split([',', ';', ' ', '[', ']', '\'']).filter(|other| !other.is_empty()) {
                    all.insert((one.clone(), other.to_owned()));
                    all.insert((other.to_owned(), one.clone()));
                }
            }
        }
        let report = |row: &Vec<String>| {
            let cell = |column| table.cell(row, Some(column)).to_owned();
            let text = table.cell(row, text).to_owned();
            Some(Report { id: cell(id), subject: cell(subject), text, opened: millis(&cell(opened))? })
        };
        let mut reports: Vec<Report> = table.rows.iter().filter_map(report).collect();
        reports.sort_by_key(|report| report.opened);
        Ok(Some(Self { reports, pairs: all }))
    }

    /// Each report with those of the 30 days before it; and for each pair, whether the other is found among them even
    /// if it is older.
    pub(crate) fn score(&self, policy: &Policy, wrong: usize) -> Result<Value> {
        let places: BTreeMap<&str, usize> =
            self.reports.iter().enumerate().map(|(place, report)| (report.id.as_str(), place)).collect();
        let (mut compared, mut gathered, mut unlike, mut shown) = (0, 0, 0, 0);
        let (mut pairs, mut found, mut first) = (0, 0, 0);
        for (place, report) in self.reports.iter().enumerate() {
            let before = self.reports.get(..place).unwrap_or_default().iter().rev();
            let recent = before.take_while(|other| report.opened - other.opened <= WINDOW);
            let mut others: Vec<&Report> = recent.take(MOST_NEIGHBOURS).collect();
            let mine = self.pairs.iter().filter(|(one, _)| *one == report.id);
            let earlier = mine.filter_map(|(_, other)| places.get(other.as_str())).filter(|other| **other < place);
            let twins: Vec<&Report> = earlier.filter_map(|other| self.reports.get(*other)).collect();
            for twin in &twins {
                if !others.iter().any(|other| other.id == twin.id) {
                    others.truncate(MOST_NEIGHBOURS - 1);
                    others.push(twin);
                }
            }
            if others.is_empty() {
                continue;
            }
            let answer = policy.ask(&inquiry(report, &others), &Fields::default())?;
            let Some(Answer::Correlate(answer)) = answer else {
                pairs += twins.len();
                compared += others.len();
                continue;
            };
            compared += others.len();
            let is_twin = |id: &str| twins.iter().any(|twin| twin.id == id);
            for pair in answer.pairs.iter().filter(|pair| pair.score >= SURE) {
                gathered += 1;
                if !is_twin(&pair.ticket) {
                    unlike += 1;
                    if shown < wrong {
                        shown += 1;
                        let other = others.iter().find(|other| other.id == pair.ticket);
                        println!("    {} {} | {:?}", pair.score, report.subject, other.map(|other| &other.subject));
                    }
                }
            }
            pairs += twins.len();
            let sure = |twin: &&Report| answer.pairs.iter().any(|pair| pair.ticket == twin.id && pair.score >= SURE);
            found += twins.iter().filter(|twin| sure(twin)).count();
            let best = answer.pairs.iter().max_by_key(|pair| pair.score);
            first += usize::from(best.is_some_and(|best| is_twin(&best.ticket)));
        }
        Ok(json!({
            "sort": "reports", "reports": self.reports.len(), "pairs of one": pairs, "gathered of them": found,
            "surest of all": first, "compared": compared, "gathered": gathered, "gathered but not labelled": unlike,
        }))
    }
}

fn inquiry(report: &Report, others: &[&Report]) -> question::Inquiry {
    let cut = |text: &str, bytes: usize| {
        text.chars()
            .scan(0, |at, c| {
                *at += c.len_utf8();
                (*at <= bytes).then_some(c)
            })
            .collect::<String>()
    };
    let opened = Instant::from_millis(report.opened);
    let ticket = ShownTicket {
        id: report.id.clone(),
        number: 1,
        kind: "support".into(),
        subject: report.subject.clone(),
        category: Category::New,
        priority: Priority::Normal,
        segment: None,
        company: Some("company".into()),
        requester: Some(report.id.clone()),
        team: None,
        assignee: None,
        channel: "web".into(),
        tags: vec![],
        opened_at: opened,
        updated_at: opened,
        touches: 0,
        handoffs: 0,
        reopens: 0,
    };
    let neighbour = |other: &&Report| Neighbour {
        ticket: other.id.clone(),
        kind: "support".into(),
        subject: other.subject.clone(),
        text: cut(&other.text, 512),
        category: Category::Open,
        company: Some("company".into()),
        requester: Some(other.id.clone()),
        lead: None,
        opened_at: Instant::from_millis(other.opened),
    };
    question::Inquiry::Correlate(Inquiry {
        circumstances: circumstances(),
        ticket,
        text: cut(&report.text, 2_048),
        neighbours: others.iter().map(neighbour).collect(),
    })
}

/// `30/Sep/21 17:20`, `2021-09-30T17:20:00Z`, `2021-09-30 17:20`: to the day, and the hour if there is one.
fn millis(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<i64>().ok();
    let [first, second, third, ..] = parts.as_slice() else { return None };
    let month = MONTHS.iter().position(|month| second.to_lowercase().starts_with(month));
    let (year, month, day) = match month {
        Some(month) => (number(third)?, i64::try_from(month).ok()? + 1, number(first)?),
        None if first.len() == 4 => {
            let day: String = third.chars().take_while(char::is_ascii_digit).collect();
            (number(first)?, number(second)?, number(&day)?)
        }
        None => return None,
    };
    let year = if year < 100 { year + 2_000 } else { year };
    // Howard Hinnant's `days_from_civil`.
    let (y, m) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    let hour = third.split('T').nth(1).or(parts.get(3).copied()).and_then(number).unwrap_or(0);
    Some(days * DAY + hour * 3_600_000)
}
