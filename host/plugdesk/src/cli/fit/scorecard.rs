//! `plugdesk fit scorecard`: from a table of leads and what became of them to a card.

use std::path::PathBuf;

use plugdesk_fit::metric::Band;
use plugdesk_fit::scorecard::{self, ColumnReport, FitError, Options, Remark, Report};
use serde_json::json;

use super::super::file::table;
use super::super::{Exit, Failure, Output};

const EXAMPLES: &str = "\
Example:
  plugdesk fit scorecard --csv leads.csv --label Converted --exclude Tags --out card.json

Rows whose label is empty are not decided yet and are left out. Look at the suspects that it names:
a column that was filled after the sale makes every figure look better than it will be. Without
--out the card is the answer.";

/// Learn which leads convert.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Scorecard {
    /// The table of leads, with a line of names
    #[arg(long, value_name = "FILE")]
    csv: PathBuf,
    /// The column that says what became of a lead
    #[arg(long, value_name = "COLUMN")]
    label: String,
    /// What the label says of a lead that converted; else 1, yes, true, won …
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,
    /// A column that is not learned from; may be given often
    #[arg(long, value_name = "COLUMN")]
    exclude: Vec<String>,
    /// The column that says when the lead came
    #[arg(long, value_name = "COLUMN")]
    date: Option<String>,
    /// The column that says when it converted: with --date it tells how leads grow cold
    #[arg(long, value_name = "COLUMN", requires = "date")]
    converted: Option<String>,
    /// The column that says which segment a lead is of: segments with enough leads get numbers of their own
    #[arg(long, value_name = "COLUMN")]
    segment: Option<String>,
    /// A text that stands for an unanswered field, beside Select, n/a, null, nan; may be given often
    #[arg(long, value_name = "TEXT")]
    blank: Vec<String>,
    /// Which rows judge which
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the configuration goes; else it is the answer
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Scorecard {
    pub(crate) fn run(&self, output: &Output) -> Result<(), Failure> {
        let table = table(&self.csv)?;
        let fitted = scorecard::fit(&table, &self.options()).map_err(|error| failure(&error))?;
        let report = &fitted.report;
        match &self.out {
            Some(path) => {
                super::write(path, &fitted.text)?;
                output.value(&json!({ "configuration": path, "report": report }))?;
                tell(report, output)?;
                output.say(format!(
                    "\nThe card is in {}; read it, and try it on your past before it counts.",
                    path.display()
                ))
            }
            None if output.json() => output.value(&json!({ "configuration": fitted.configuration, "report": report })),
            None => {
                remarks("suspect", &report.suspects).iter().for_each(|line| output.note(line));
                output.raw(&fitted.text)
            }
        }
    }

    fn options(&self) -> Options {
        let usual = Options::default();
        Options {
            label: self.label.clone(),
            positive: self.positive.clone(),
            exclude: self.exclude.clone(),
            date: self.date.clone(),
            converted: self.converted.clone(),
            segment: self.segment.clone(),
            blank: usual.blank.into_iter().chain(self.blank.iter().cloned()).collect(),
            seed: self.seed,
        }
    }
}

pub(super) fn failure(error: &FitError) -> Failure {
    let help = match error {
        FitError::Label { .. } => Some("--positive VALUE"),
        FitError::SameField { .. } | FitError::TooWide { .. } => Some("--exclude COLUMN"),
        FitError::Table(_)
        | FitError::Undecided { .. }
        | FitError::Blank(_)
        | FitError::TooFew { .. }
        | FitError::NoColumns { .. }
        | FitError::NoDates { .. }
        | FitError::Unsolved(_)
        | FitError::Written(_) => None,
    };
    let failure = Failure::new(Exit::Refused, error.to_string());
    match help {
        Some(help) => failure.with_help(help),
        None => failure,
    }
}

/// What a person should know before the card counts.
fn tell(report: &Report, output: &Output) -> Result<(), Failure> {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let conversion = report.converted as f64 / report.rows.max(1) as f64;
    output.head("What it learned from")?;
    output.say(format!("{} leads, {} converted ({})", report.rows, report.converted, percent(conversion)))?;
    if report.undecided > 0 {
        output.say(format!("{} more are not decided yet", report.undecided))?;
    }
    if report.dropped > 0 {
        let most = scorecard::MOST_CARD_BYTES >> 10;
        let why = format!("a card has room for 512 conditions on 256 fields, and for {most} KiB");
        output.say(format!("{} conditions that say least are left out: {why}", report.dropped))?;
    }
    output.head("\nHow it does on leads that it had not seen")?;
    let auc = report.auc.map_or_else(|| "–".to_owned(), |auc| format!("{auc:.3}"));
    let best = percent(report.precision_at_20);
    output.say(format!("AUC {auc}, Brier {:.4}; of the best fifth {best} convert", report.brier))?;
    if let Some(days) = report.days_to_convert {
        output.say(format!("half of the conversions came within {days} days"))?;
    }
    let band = |band: &Band| vec![band.count.to_string(), percent(band.said), percent(band.came)];
    output.table(&["leads", "said", "came"], report.bands.iter().map(band).collect(), "")?;
    output.head("\nColumns")?;
    let column = |it: &ColumnReport| {
        vec![it.column.clone(), it.field.clone(), format!("{:.3}", it.auc), it.conditions.to_string()]
    };
    let none = "none says anything";
    output.table(&["column", "field", "auc alone", "conditions"], report.columns.iter().map(column).collect(), none)?;
    for line in remarks("left out", &report.left_out).into_iter().chain(remarks("suspect", &report.suspects)) {
        output.say(line)?;
    }
    Ok(())
}

pub(super) fn remarks(word: &str, remarks: &[Remark]) -> Vec<String> {
    remarks.iter().map(|it| format!("{word}: {} {}", it.column, it.why)).collect()
}
