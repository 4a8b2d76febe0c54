//! `plugdesk fit risk`: from tickets and what became of their promises to how likely a breach is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use plugdesk_fit::risk::{self, KNOWN, Options, Report, RiskError, Warned};
use serde_json::json;

use super::super::file::table;
use super::super::{Exit, Failure, Global, Output};
use super::past;

const EXAMPLES: &str = "\
Examples:
  plugdesk fit risk --out breach.json                                 from this desk's own tickets
  plugdesk fit risk --csv tickets.csv --label breached --opened opened_at --until due_at \\
    --known priority=priority --known queue=team --out breach.json

The answer is an overlay for risk-track: its section `breach`. It is judged by the last fifth of the tickets, learned
from those before. Leave out with --exclude what was written down after the opening: who resolved it, when it ended. Of a
desk's own tickets `ticket priority` and `ticket team` are what they are now; leave them out if they often change.";

/// Learn how likely a promise is broken, from what is known when a ticket is opened
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Risk {
    /// The table of tickets, with a line of names; else the desk's own are learned from
    #[arg(long, value_name = "FILE", requires = "label")]
    csv: Option<PathBuf>,
    /// The column that says whether the promise was broken
    #[arg(long, value_name = "COLUMN", requires = "csv")]
    label: Option<String>,
    /// What the label says of a promise that was broken; else 1, yes, true …
    #[arg(long, value_name = "VALUE", requires = "csv")]
    positive: Option<String>,
    /// Of the desk's own tickets: which promise
    #[arg(long, value_name = "METRIC", default_value = "resolution", conflicts_with = "csv")]
    metric: String,
    /// A column that is not learned from; may be given often
    #[arg(long, value_name = "COLUMN")]
    exclude: Vec<String>,
    /// The column that says when a ticket was opened, by the clock on the wall
    #[arg(long, value_name = "COLUMN", requires = "csv")]
    opened: Option<String>,
    /// The column that says when it was due, or else when it ended: what the time of a warning counts to
    #[arg(long, value_name = "COLUMN", requires = "opened")]
    until: Option<String>,
    /// A column of what the desk knows by itself, in its own words: kind, channel, priority, segment, team, assignee,
    /// tag, earlier-tickets, open-tickets; may be given often
    #[arg(long, value_name = "COLUMN=WORD", value_parser = known, requires = "csv")]
    known: Vec<(String, String)>,
    /// Minutes by which the clock on the wall is ahead of UTC
    #[arg(long, value_name = "MINUTES", default_value_t = 0, allow_negative_numbers = true)]
    #[arg(value_parser = clap::value_parser!(i16).range(-1440..=1440))]
    utc_offset: i16,
    /// Which rows judge which
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the overlay goes; else it is the answer
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A column, and what the policy calls it.
fn known(text: &str) -> Result<(String, String), String> {
    let (column, word) = text.rsplit_once('=').ok_or("is COLUMN=WORD, such as queue=team")?;
    if KNOWN.contains(&word) {
        Ok((column.to_owned(), word.to_owned()))
    } else {
        Err(format!("`{word}`: the policy knows {} by itself", KNOWN.join(", ")))
    }
}

impl Risk {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let (table, options) = match &self.csv {
            Some(csv) => (table(csv)?, self.options()),
            None => {
                let past = past::of_desk(global, &self.metric, self.utc_offset).await?;
                let (exclude, seed) = (self.exclude.clone(), self.seed);
                (past.table, Options { exclude, seed, ..past.options })
            }
        };
        let fitted = risk::fit(&table, &options).map_err(|error| failure(&error))?;
        let report = &fitted.report;
        match &self.out {
            Some(path) => {
                super::write(path, &fitted.text)?;
                output.value(&json!({ "configuration": path, "report": report }))?;
                tell(report, output)?;
                output.say(format!("\nThe overlay for risk-track is in {}; read it before it counts.", path.display()))
            }
            None if output.json() => output.value(&json!({ "configuration": fitted.configuration, "report": report })),
            None => output.raw(&fitted.text),
        }
    }

    fn options(&self) -> Options {
        Options {
            label: self.label.clone().unwrap_or_default(),
            positive: self.positive.clone(),
            exclude: self.exclude.clone(),
            opened: self.opened.clone(),
            until: self.until.clone(),
            known: self.known.iter().cloned().collect::<BTreeMap<_, _>>(),
            utc_offset_minutes: self.utc_offset,
            seed: self.seed,
            ..Options::default()
        }
    }
}

fn failure(error: &RiskError) -> Failure {
    match error {
        RiskError::Fit(error) => super::scorecard::failure(error),
        RiskError::Label { .. } => Failure::new(Exit::Refused, error.to_string()).with_help("--positive VALUE"),
        RiskError::TooFew { .. }
        | RiskError::Table(_)
        | RiskError::NoTimes(_)
        | RiskError::Unknown { .. }
        | RiskError::Condition(_) => Failure::new(Exit::Refused, error.to_string()),
    }
}

/// How well it would have warned.
fn tell(report: &Report, output: &Output) -> Result<(), Failure> {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let learned = &report.scorecard;
    let broken = percent(learned.converted as f64 / learned.rows.max(1) as f64);
    output.head("What it learned from")?;
    output.say(format!("{} tickets, {} with a broken promise ({broken})", learned.rows, learned.converted))?;
    let which = if report.judged_by_the_last { "the last" } else { "a fifth of the tickets:" };
    output.head(&format!("\nHow it does on {which} {}, learned from the others", report.judged))?;
    let auc = report.auc.map_or_else(|| "–".to_owned(), |auc| format!("{auc:.3}"));
    output.say(format!("AUC {auc}, Brier {:.4}", report.brier))?;
    let row = |it: &Warned| {
        let [half, three_quarters] = [it.median_lead_minutes, it.quarter_lead_minutes].map(time);
        vec![percent(it.share), percent(it.from), percent(it.precision), percent(it.recall), half, three_quarters]
    };
    let head = ["warned", "from risk", "of them late", "of the late", "half so long before", "three quarters"];
    output.table(&head, report.warned.iter().map(row).collect(), "")?;
    output.head("\nColumns")?;
    let column = |it: &plugdesk_fit::scorecard::ColumnReport| {
        vec![it.column.clone(), format!("{:.3}", it.auc), it.conditions.to_string()]
    };
    let columns = learned.columns.iter().map(column).collect();
    output.table(&["column", "auc alone", "conditions"], columns, "none says anything")?;
    super::scorecard::remarks("left out", &learned.left_out)
        .into_iter()
        .chain(super::scorecard::remarks("suspect", &learned.suspects))
        .try_for_each(|line| output.say(line))
}

/// Minutes as people say them; none: the table does not tell.
fn time(minutes: Option<i64>) -> String {
    match minutes {
        None => "–".to_owned(),
        Some(minutes @ ..=180) => format!("{minutes} min"),
        Some(minutes @ 181..=4_320) => format!("{} h", (minutes + 30) / 60),
        Some(minutes) => format!("{} days", (minutes + 720) / 1_440),
    }
}
