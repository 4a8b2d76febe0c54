//! `plugdesk eval`: how good a policy's decisions are, against outcomes that are known. The rows of a CSV file go through
//! an import, the sandbox and the store of a desk in memory, as they would through one that serves.

mod answers;
mod map;
mod people;
mod plot;
mod promise;
mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugdesk::SystemClock;
use plugdesk::trial::Trial;
use plugdesk_desk::Clock;
use plugdesk_domain::{Ask, Instant};
use plugdesk_fit::table::Table;
use serde_json::{Value, json};

use super::{Exit, Failure, Global, Output, file};
use map::Map;
use report::{Report, Score};

const EXAMPLES: &str = "\
Examples:
  plugdesk eval --question qualify --pack target/packs/lead-qualification --csv past.csv --map past.toml
  plugdesk eval --question qualify --pack target/packs/lead-qualification --csv past.csv --map past.toml \\
                --against fitted.json --plot calibration.svg

The mapping is an import's, with a table [truth] that names the column with the outcome; docs/eval.md tells it.";

/// Score decisions against known outcomes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Eval {
    /// What is decided
    #[arg(long)]
    question: Question,
    /// A built pack, as a folder or an archive; may be repeated
    #[arg(long, required = true, value_name = "PACK")]
    pack: Vec<PathBuf>,
    /// The configuration to score; else the pack's own
    #[arg(long, value_name = "FILE")]
    configuration: Option<PathBuf>,
    /// Another configuration, scored beside it
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Whose configuration it is, where several policies answer the question
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// The rows, with a first line of names
    #[arg(long, value_name = "FILE")]
    csv: PathBuf,
    /// How a row becomes a record, and what came of it, in TOML
    #[arg(long, value_name = "MAP.toml")]
    map: PathBuf,
    /// Precision is told of this share of the rows that are scored highest
    #[arg(long, default_value_t = 0.2, value_parser = share)]
    share: f64,
    /// Contacts are merged without asking from this certainty on, 1 to 10,000 (`identify`)
    #[arg(long, default_value_t = 8_500, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    merge_above: u16,
    /// Where the calibration is drawn
    #[arg(long, value_name = "OUT.svg")]
    plot: Option<PathBuf>,
}

/// What can be scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Question {
    /// How likely a lead is to convert
    Qualify,
    /// How risky a matter is
    Track,
    /// Which segment somebody belongs to
    Classify,
    /// Who is the same person
    Identify,
    /// Whether a promise is kept
    Promise,
}

impl Question {
    fn name(self) -> &'static str {
        match self {
            Self::Qualify => "qualify",
            Self::Track => "track",
            Self::Classify => "classify",
            Self::Identify => "identify",
            Self::Promise => "promise",
        }
    }
}

/// What is scored, read and checked.
struct Task<'a> {
    eval: &'a Eval,
    /// The rows of which the truth is known.
    table: Table,
    /// How many others there are.
    undecided: usize,
    map: Map,
    now: Instant,
    ask: Arc<dyn Ask>,
    archives: Vec<Vec<u8>>,
}

impl Eval {
    pub(crate) async fn run(&self, _global: &Global, output: &Output) -> Result<(), Failure> {
        let task = self.task()?;
        let mut reports = Vec::new();
        for file in self.configurations() {
            let configuration = file.map(file::json).transpose()?;
            let name = file.map_or_else(|| "the pack's own".to_owned(), |file| file.display().to_string());
            output.note(&format!("  {} rows, {name}", task.table.rows()));
            reports.push(Report { name, score: task.score(configuration.as_ref()).await? });
        }
        if let Some(file) = &self.plot {
            let drawn = plot::calibration(&reports).ok_or_else(|| {
                let text = format!("--plot: `{}` gives no probabilities to draw", self.question.name());
                Failure::new(Exit::Usage, text)
            })?;
            std::fs::write(file, drawn).map_err(|error| Failure::file(file, "written", &error))?;
        }
        let told: Vec<Value> = reports.iter().map(|it| it.value(self.share)).collect();
        output.value(&json!({
            "question": self.question.name(),
            "csv": self.csv,
            "undecided": task.undecided,
            "configurations": told,
        }))?;
        if task.undecided > 0 {
            output.say(format!("{} rows are not decided yet and are left out", task.undecided))?;
        }
        report::show(&reports, self.share, output)
    }

    /// The configurations in the order in which they are shown; none: the pack's own.
    fn configurations(&self) -> impl Iterator<Item = Option<&Path>> {
        std::iter::once(self.configuration.as_deref()).chain(self.against.as_deref().map(Some))
    }

    fn task(&self) -> Result<Task<'_>, Failure> {
        let table = file::table(&self.csv)?;
        let map = Map::read(&self.map, &table)?;
        // Who nobody said who it is may still be somebody; what is not decided yet can't be scored.
        let rows = table.rows();
        let table = if self.question == Question::Identify { table } else { table.only(map.decided(&table)) };
        let undecided = rows - table.rows();
        let archives = self.pack.iter().map(|pack| super::archive::archive(pack)).collect::<Result<Vec<_>, _>>()?;
        let ask = Trial::sandbox().map_err(failed)?;
        Ok(Task { eval: self, table, undecided, map, now: SystemClock::default().now(), ask, archives })
    }
}

impl Task<'_> {
    /// Scores one configuration on a desk of its own.
    async fn score(&self, configuration: Option<&Value>) -> Result<Score, Failure> {
        let trial = self.trial().await?;
        for archive in &self.archives {
            trial.install(archive.clone()).await.map_err(failed)?;
        }
        // Without a configuration too: a question that nobody answers is told before a row is read.
        let question = self.eval.question.name();
        let policy = self.eval.policy.as_deref();
        match configuration {
            Some(configuration) => trial.configure(question, policy, configuration).await.map_err(failed)?,
            None => drop(trial.answering(question).map_err(failed)?),
        }
        let score = match self.eval.question {
            Question::Qualify | Question::Track | Question::Classify => answers::score(self, &trial).await,
            Question::Identify => people::score(self, &trial).await,
            Question::Promise => promise::score(self, &trial).await,
        };
        trial.end().await.map_err(failed)?;
        score
    }

    async fn trial(&self) -> Result<Trial, Failure> {
        Trial::begin(Arc::clone(&self.ask), self.now).await.map_err(failed)
    }

    /// Brings all rows in: at the times that the mapping names, if it names them, otherwise now.
    async fn bring(&self, trial: &Trial, ending: bool) -> Result<(), Failure> {
        let mapping = &self.map.import;
        if !plugdesk::trial::knows_times(mapping) {
            return trial.bring_rows(&self.table, 0..self.table.rows(), mapping).await.map(drop).map_err(failed);
        }
        // A desk without policies reads the times.
        let plain = self.trial().await?;
        plain.bring_rows(&self.table, 0..self.table.rows(), mapping).await.map_err(failed)?;
        let past = plain.tickets().map_err(failed)?;
        plain.end().await.map_err(failed)?;
        trial.replay(&self.table, mapping, &past, ending).await.map_err(failed)
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "more than 0, at most 1".to_owned())
}

/// A trial that could not go on: what the desk refused is the file's or the configuration's fault, the rest is ours.
fn failed(error: plugdesk::trial::Error) -> Failure {
    match error {
        plugdesk::trial::Error::Open(error) => error.into(),
        plugdesk::trial::Error::Desk(error) => Failure::new(Exit::Refused, super::transport::chain(&error)),
        error => Failure::new(Exit::Refused, error.to_string()),
    }
}
