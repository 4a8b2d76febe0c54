//! Reports, as the follower of the log keeps them: no request counts anything.

use std::collections::BTreeMap;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Instant, Principal, RecordsExt, Report};
use serde::Serialize;

use crate::desk::Desk;
use crate::error::Error;
use crate::follow::{BETWEEN, CALIBRATION, COMMITMENTS, CONVERSION};

/// Every report, by name, with what it tells, the names of a row's parts, and its columns.
pub const REPORTS: &[(&str, &str, &[&str], &[&str])] = &[
    (
        CONVERSION,
        "What became of leads, by grade: made with that grade, and ended with it as converted or lost.",
        &["grade"],
        &["created", "converted", "lost"],
    ),
    (
        CALIBRATION,
        "What became of leads, by the probability in percent that was promised of them last.",
        &["promised"],
        &["converted", "lost"],
    ),
    (COMMITMENTS, "How commitments ended, by segment and metric.", &["segment", "metric"], &["met", "breached"]),
];

/// A line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportRow {
    /// What it counts, by the report's `by`: a grade, a band of probability, or a segment and a metric.
    pub of: BTreeMap<String, String>,
    /// The counts, by column.
    pub counts: BTreeMap<String, i64>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReportView {
    /// `conversion`, `calibration` or `commitments`.
    pub name: String,
    /// What it tells.
    pub title: String,
    /// What a row is about.
    pub by: Vec<String>,
    /// The columns, in order.
    pub columns: Vec<String>,
    /// When a count changed last; absent: nothing was counted yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Instant>,
    /// The rows, sorted.
    pub rows: Vec<ReportRow>,
    /// The sums, by column.
    pub total: BTreeMap<String, i64>,
}

impl Desk {
    /// Every report.
    pub fn report_list(&self, by: &Principal) -> Result<Vec<ReportView>, Error> {
        REPORTS.iter().map(|(name, ..)| self.report(by, name)).collect()
    }

    /// The report of that name. It may be a moment behind the log.
    pub fn report(&self, by: &Principal, name: &str) -> Result<ReportView, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        let known = REPORTS.iter().find(|(known, ..)| *known == name);
        let (name, title, parts, columns) = known.ok_or_else(|| Error::not_found("report", name))?;
        let report: Option<Report> = self.inner.records.find(*name)?;
        let (cells, updated_at) = report.map_or_else(Default::default, |it| (it.cells, Some(it.updated_at)));
        let owned = |names: &[&str]| names.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
        let zero = || columns.iter().map(|&it| (it.to_owned(), 0)).collect::<BTreeMap<_, _>>();
        let (mut rows, mut total) = (BTreeMap::<Vec<String>, BTreeMap<String, i64>>::new(), zero());
        for (cell, count) in cells {
            let Some((row, column)) = cell.rsplit_once(BETWEEN) else { continue };
            let row = row.split(BETWEEN).map(str::to_owned).collect();
            *rows.entry(row).or_insert_with(zero).entry(column.to_owned()).or_default() += count;
            *total.entry(column.to_owned()).or_default() += count;
        }
        let line =
            |(row, counts): (Vec<String>, _)| ReportRow { of: owned(parts).into_iter().zip(row).collect(), counts };
        Ok(ReportView {
            name: (*name).to_owned(),
            title: (*title).to_owned(),
            by: owned(parts),
            columns: owned(columns),
            updated_at,
            rows: rows.into_iter().map(line).collect(),
            total,
        })
    }
}
