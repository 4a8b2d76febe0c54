//! `plugdesk import`: a file goes up, its rows are checked, then written; refused rows come back with their lines.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use http::Method;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use plugdesk_domain::ImportState;
use serde_json::{Value, json};

use super::connection::Desk;
use super::file::toml;
use super::stream::upload;
use super::text::{cell, items, segment};
use super::{Exit, Failure, Global, Output, connected};

/// One of the newest imports is at work, if any is.
const MOST_LOOKED_AT: usize = 200;
/// How often the state is asked for: often enough for a bar that moves, seldom enough to cost nothing.
const ASK_EVERY: Duration = Duration::from_millis(200);

const EXAMPLES: &str = "\
Examples:
  plugdesk import leads.csv --map leads.toml --name crm-2026 --check
  plugdesk import leads.csv --map leads.toml --name crm-2026 --skip-refused
  plugdesk import leads.jsonl --map leads.toml

A row that is refused refuses the whole file, and nothing is written, unless --skip-refused is given.
Rows are known by the import's name: the same file under the same name writes no row twice, so an import that
broke off is simply started again.";

/// Bring in a file.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Import {
    /// The file: CSV, or JSON lines (.jsonl, .ndjson)
    file: PathBuf,
    /// Which column goes where, in TOML
    #[arg(long, value_name = "MAP.toml")]
    map: PathBuf,
    /// What to call it; else the file's name
    #[arg(long)]
    name: Option<String>,
    /// Leave out rows that are refused
    #[arg(long)]
    skip_refused: bool,
    /// Check every row and write nothing
    #[arg(long)]
    check: bool,
}

impl Import {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        // Both files are looked at before the desk is bothered.
        let new = self.body()?;
        std::fs::File::open(&self.file).map_err(|error| Failure::file(&self.file, "read", &error))?;
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            wait_for_another(&desk, output).await?;
            let made = desk.post("/v1/imports", &new).await?;
            let path = format!("/v1/imports/{}", segment(&cell(&made, "id")));
            let file = upload(&self.file).await?;
            desk.upload(Method::PUT, &format!("{path}/file"), file, self.content_type()).await?;
            let ended = follow(&desk, &path, output).await?;
            output.value(&ended)?;
            tell(&ended, self.json_lines(), output)
        })
        .await
    }

    fn json_lines(&self) -> bool {
        self.file.extension().is_some_and(|end| end == "jsonl" || end == "ndjson" || end == "json")
    }

    fn content_type(&self) -> &'static str {
        if self.json_lines() { "application/x-ndjson" } else { "text/csv" }
    }

    fn body(&self) -> Result<Value, Failure> {
        let mapping = toml(&self.map)?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => self.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default(),
        };
        let format = if self.json_lines() { "json-lines" } else { "csv" };
        Ok(json!({
            "name": name,
            "format": format,
            "mapping": mapping,
            "skip_refused": self.skip_refused,
            "check_only": self.check,
        }))
    }
}

/// A desk runs one import at a time. One that a crash cut off goes on by itself when the desk opens, and would stand in
/// the way of whoever runs it again.
async fn wait_for_another(desk: &Desk<'_>, output: &Output) -> Result<(), Failure> {
    for import in desk.pages("/v1/imports", MOST_LOOKED_AT).await? {
        if matches!(state(&import)?, ImportState::Checking | ImportState::Writing) {
            let [id, name] = ["id", "name"].map(|field| cell(&import, field));
            output.note(&format!("  import {id} ({name}) is at work; this one begins when it has ended"));
            follow(desk, &format!("/v1/imports/{}", segment(&id)), output).await?;
        }
    }
    Ok(())
}

/// Asks until the import has ended.
async fn follow(desk: &Desk<'_>, path: &str, output: &Output) -> Result<Value, Failure> {
    let visible = !output.json() && std::io::stderr().is_terminal();
    let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{msg:9} {wide_bar} {pos}/{len} rows, {elapsed}") {
        bar.set_style(style);
    }
    loop {
        let import = desk.get(path).await?;
        let state = state(&import)?;
        let number = |name: &str| import.get(name).and_then(Value::as_u64).unwrap_or_default();
        bar.set_message(cell(&import, "state"));
        bar.set_length(number("rows"));
        bar.set_position(number("written") + number("repeated") + number("changed") + number("refused"));
        match state {
            ImportState::Waiting | ImportState::Checking | ImportState::Writing => tokio::time::sleep(ASK_EVERY).await,
            ImportState::Done | ImportState::Refused | ImportState::Failed => {
                bar.finish_and_clear();
                return Ok(import);
            }
        }
    }
}

fn state(import: &Value) -> Result<ImportState, Failure> {
    let state = import.get("state").cloned().unwrap_or_default();
    serde_json::from_value(state).map_err(|_| Failure::new(Exit::Fault, "the import has no state that is known here"))
}

/// What came of it, with the refused rows.
fn tell(import: &Value, json_lines: bool, output: &Output) -> Result<(), Failure> {
    let refused = import.get("refused_rows").cloned().unwrap_or_default();
    let rows: Vec<Vec<String>> =
        items(&refused).iter().map(|row| ["line", "field", "reason"].map(|name| cell(row, name)).into()).collect();
    let [rows_count, written, repeated, refused_count] =
        ["rows", "written", "repeated", "refused"].map(|name| cell(import, name));
    if !rows.is_empty() {
        output.table(&["line", "field", "reason"], rows.clone(), "")?;
        let more = refused_count.parse::<usize>().unwrap_or_default().saturating_sub(rows.len());
        if more > 0 {
            output.say(format!("… and {more} more"))?;
        }
    }
    let changed = match import.get("changed").and_then(Value::as_u64).unwrap_or_default() {
        0 => String::new(),
        changed => format!("{changed} changed since they came in and stay as they were, "),
    };
    let counts =
        format!("{rows_count} rows: {written} written, {repeated} were in already, {changed}{refused_count} refused");
    match state(import)? {
        ImportState::Done => output.say(counts),
        ImportState::Refused => {
            output.say(format!("{counts}; nothing was written"))?;
            // A CSV's first line is its head: no row can be left out to mend that.
            let head = !json_lines && items(&refused).iter().any(|row| cell(row, "line") == "1");
            output.note(if head {
                "  help: mend the mapping, or the first line of the file, which names its columns"
            } else {
                "  help: mend the rows, or leave them out with --skip-refused"
            });
            Err(Failure::said(Exit::Refused))
        }
        ImportState::Failed | ImportState::Waiting | ImportState::Checking | ImportState::Writing => {
            output.say(&counts)?;
            Err(Failure::new(Exit::Fault, format!("the import broke off: {}", cell(import, "failure")))
                .with_help("run the same command again; rows that are in are not written twice"))
        }
    }
}
