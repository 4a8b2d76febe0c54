//! `plugdesk fit linkage`: how often each level of agreement is seen in two records of one person and in records of two,
//! learned without labels from the pairs that the desk's own search holds for possible.

mod asked;
mod compare;
mod known;

use std::path::PathBuf;
use std::sync::Arc;

use plugdesk_desk::pack::{ExaminedPlugin, examine};
use plugdesk_domain::Limits;
use plugdesk_fit::linkage::{Fitted, Levels, Odds, fit};
use serde_json::{Map, Value, json};

use crate::cli::archive::files;
use crate::cli::{Exit, Failure, Global, Output};

const EXAMPLES: &str = "\
Examples:
  plugdesk fit linkage --pack target/packs/contact-merging --csv people.csv --map people.toml --out fitted.json
  plugdesk fit linkage --pack target/packs/contact-merging --out fitted.json

The mapping is an import's of contacts. Without --csv the desk's own decisions are learned from.";

/// The question that links records.
const QUESTION: &str = "identify";
/// The weights of names are of words, which a language has and not a desk: they stay.
const NAMES: [&str; 2] = ["name", "organisation"];
/// Levels that hold only where the names agree or differ: how often two persons are seen at them is no share of all pairs, so
/// their odds stay, and they count only as what else was seen of their field.
const BY_NAMES: [&str; 4] = ["email/alias", "email/elsewhere", "email/named", "email/rival"];
/// Shares are written with so many significant digits: more is not learned.
const DIGITS: i32 = 3;

/// Learn the weights of record linkage, without labels.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Linkage {
    /// The built pack that answers `identify`, as a folder
    #[arg(long, value_name = "PACK")]
    pack: PathBuf,
    /// The configuration to begin with; else the pack's own
    #[arg(long, value_name = "FILE")]
    configuration: Option<PathBuf>,
    /// Records to learn from; else the desk's
    #[arg(long, value_name = "FILE", requires = "map")]
    csv: Option<PathBuf>,
    /// How a row becomes a contact, in TOML
    #[arg(long, value_name = "MAP.toml", requires = "csv")]
    map: Option<PathBuf>,
    /// At most so many of the desk's newest decisions are read
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    decisions: u32,
    /// Pairs that nothing brings together are drawn with it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the configuration is written
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Linkage {
    pub(super) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let refused = |text: String| Failure::new(Exit::Refused, text);
        let ask = plugdesk::trial::Trial::sandbox().map_err(|error| refused(error.to_string()))?;
        let examined = examine(&files(&self.pack)?, ask.as_ref(), &Limits::default()).map_err(|problems| {
            let told: Vec<String> = problems.iter().map(|it| format!("{}: {}", it.file, it.problem)).collect();
            refused(format!("{}: {}", self.pack.display(), told.join("; ")))
        })?;
        let answers = |it: &&ExaminedPlugin| it.plugin.questions().iter().any(|question| question == QUESTION);
        let plugin = examined.plugins.iter().find(answers);
        let plugin = plugin.ok_or_else(|| refused(format!("{}: no plugin answers `identify`", self.pack.display())))?;
        let mut configuration = match &self.configuration {
            Some(file) => crate::cli::file::json(file)?,
            None => plugin.configuration.clone(),
        };
        let levels = levels(&configuration)?;
        let one_in = configuration.get("one_in").and_then(Value::as_f64);
        let one_in = one_in.ok_or_else(|| refused("one_in: the configuration has no such number".to_owned()))?;
        let (asked, rows) = match (&self.csv, &self.map) {
            (Some(csv), Some(map)) => asked::of_table(Arc::clone(&ask), &self.pack, csv, map).await?,
            _ => (asked::of_desk(global, &plugin.entry.name, self.decisions).await?, 0),
        };
        output.note(&format!("  {} records were compared with others", asked.len()));
        let mut sample = compare::sample(plugin.plugin.as_ref(), &configuration, &asked, &levels, self.seed)?;
        // Those that nothing brought together with another were not asked about.
        sample.records = sample.records.max(rows);
        let fitted = fit(&sample, &levels, one_in).map_err(|error| refused(error.to_string()))?;
        let told = write(&mut configuration, &levels, &fitted);
        super::write(&self.out, &format!("{configuration:#}\n"))?;
        output.value(&json!({
            "records": sample.records, "candidates": sample.candidates.len(), "matches": round(fitted.matches),
            "one_in": configuration.get("one_in"), "rounds": fitted.rounds, "levels": told,
        }))?;
        let cell = |level: &Value, name: &str| level.get(name).map(Value::to_string).unwrap_or_default();
        let rows = told.iter().map(|(name, level)| {
            let cells = ["m", "u", "before", "weight"].map(|column| cell(level, column));
            std::iter::once(name.clone()).chain(cells).collect()
        });
        output.table(&["level", "m", "u", "weight before", "weight"], rows.collect(), "nothing was learned")?;
        output.say(format!(
            "about {} of {} pairs are one person; written to {}",
            round(fitted.matches),
            sample.candidates.len(),
            self.out.display()
        ))
    }
}

/// The levels of a configuration's `evidence` that can be learned: those of fields that have more than one.
fn levels(configuration: &Value) -> Result<Levels, Failure> {
    let refused = |field: &str, rule: &str| Failure::new(Exit::Refused, format!("{field}: {rule}"));
    let evidence = configuration.get("evidence").and_then(Value::as_object);
    let evidence = evidence.ok_or_else(|| refused("evidence", "the configuration has no such object"))?;
    let mut levels = Levels::new();
    for (field, of_field) in evidence.iter().filter(|(field, _)| !NAMES.contains(&field.as_str())) {
        let of_field = of_field.as_object().filter(|levels| levels.len() > 1);
        for (level, odds) in of_field.into_iter().flatten() {
            let share = |name: &str| odds.get(name).and_then(Value::as_f64).filter(|share| *share > 0.0);
            let odds = share("m").zip(share("u")).map(|(m, u)| Odds { m, u });
            let odds = odds.ok_or_else(|| refused(&format!("evidence.{field}.{level}"), "m and u are above 0"))?;
            levels.insert(format!("{field}/{level}"), odds);
        }
    }
    Ok(levels)
}

/// Writes what was learned into the configuration, and answers it by level.
fn write(configuration: &mut Value, before: &Levels, fitted: &Fitted) -> Map<String, Value> {
    let mut told = Map::new();
    let weight = |odds: &Odds| round((odds.m / odds.u).ln());
    for (name, odds) in fitted.levels.iter().filter(|(name, _)| !BY_NAMES.contains(&name.as_str())) {
        let learned = Odds { m: round(odds.m), u: round(odds.u) };
        let shown = json!({"m": learned.m, "u": learned.u, "weight": weight(&learned),
                           "before": before.get(name).map(weight)});
        told.insert(name.clone(), shown);
        if let Some((field, level)) = name.split_once('/')
            && let Some(place) = configuration.pointer_mut(&format!("/evidence/{field}/{level}"))
        {
            *place = json!({"m": learned.m, "u": learned.u});
        }
    }
    if let Some(place) = configuration.get_mut("one_in") {
        *place = json!(round(fitted.one_in).max(2.0) as u64);
    }
    told
}

/// Rounded to [`DIGITS`] significant digits.
fn round(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return 0.0;
    }
    let scale = 10_f64.powi(DIGITS - 1 - number.abs().log10().floor() as i32);
    // Through its text, so that it is the number that is written.
    let rounded = (number * scale).round() / scale;
    format!("{rounded:.12}").parse().unwrap_or(rounded)
}
