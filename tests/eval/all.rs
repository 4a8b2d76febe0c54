//! `all`: the figures of every area, each through the path that the product itself takes.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use serde_json::{Map, Value};

use crate::data::Data;

/// An area's figures, by set or by part; empty: the folder has nothing of it.
type Score = fn(&Data) -> Result<Map<String, Value>>;

/// The areas by the names that the figures have.
const AREAS: &[(&str, Score)] = &[
    ("leads", crate::leads::score),
    ("contacts", crate::contacts::score),
    ("names", crate::names::score),
    ("clocks", crate::clocks::score),
    ("incidents", crate::incidents::score),
];

/// The subcommand's arguments.
#[derive(clap::Args)]
pub(crate) struct All {
    /// The folder with the sets: tables that an area knows by their columns, at most three levels deep
    #[arg(long)]
    data: PathBuf,
    /// The folder with sets of the same names to learn from; else by 5-fold cross-validation
    #[arg(long, value_name = "DIR")]
    fit_on: Option<PathBuf>,
    /// The folder with the built packs
    #[arg(long, default_value = "target/packs")]
    packs: PathBuf,
    /// Only this area; may be repeated
    #[arg(long, value_name = "AREA", value_parser = clap::builder::PossibleValuesParser::new(areas()))]
    only: Vec<String>,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

impl All {
    pub(crate) fn run(self) -> Result<()> {
        for folder in [Some(&self.data), self.fit_on.as_ref(), Some(&self.packs)].into_iter().flatten() {
            ensure!(folder.is_dir(), "{} is not a folder", folder.display());
        }
        let data = Data::new(self.data, self.fit_on, self.packs);
        let mut figures = Map::new();
        for &(area, score) in AREAS {
            if !self.only.is_empty() && !self.only.iter().any(|only| only == area) {
                continue;
            }
            let begun = Instant::now();
            match score(&data) {
                Ok(scored) if scored.is_empty() => eprintln!("{area}: no set of it"),
                Ok(scored) => {
                    eprintln!("{area}: {:.1} s", begun.elapsed().as_secs_f64());
                    figures.insert(area.to_owned(), Value::Object(scored));
                }
                Err(error) => data.failed(area, &error),
            }
        }
        let failures = data.failures();
        ensure!(!(figures.is_empty() && failures.is_empty()), "{} has no set of any area", data.folder.display());
        let figures = Value::Object(figures);
        if self.json {
            println!("{figures:#}");
        } else {
            lines(&figures, "").iter().for_each(|line| println!("{line}"));
        }
        if failures.is_empty() { Ok(()) } else { bail!("not scored:\n  {}", failures.join("\n  ")) }
    }
}

/// The names of the areas.
fn areas() -> impl Iterator<Item = &'static str> {
    AREAS.iter().map(|(name, _)| *name)
}

/// The figures as lines: where they stand, and those that stand there together.
fn lines(value: &Value, at: &str) -> Vec<String> {
    let Some(fields) = value.as_object() else { return Vec::new() };
    let plain = fields.iter().filter(|(_, value)| !value.is_object());
    let plain: Vec<String> = plain.map(|(name, value)| format!("{name} {value}")).collect();
    let own = (!plain.is_empty()).then(|| format!("{at:<40}{}", plain.join("  ")));
    let below = fields.iter().filter(|(_, value)| value.is_object());
    let below = below.flat_map(|(name, value)| lines(value, format!("{at} {name}").trim()));
    own.into_iter().chain(below).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_where_they_stand() {
        let figures = serde_json::json!({"leads": {"a": {"rows": 3, "auc": 0.5}}, "clocks": {"due": {"rows": 1}}});
        let bare = |line: String| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: Vec<String> = lines(&figures, "").into_iter().map(bare).collect();
        assert_eq!(shown, ["clocks due rows 1", "leads a auc 0.5 rows 3"]);
    }
}
