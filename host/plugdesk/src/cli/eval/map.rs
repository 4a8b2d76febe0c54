//! The mapping file: an import's mapping, and where the truth stands.

use std::path::Path;

use plugdesk_fit::outcome;
use plugdesk_fit::table::Table;
use serde::Deserialize;
use serde_json::Value;

use crate::cli::{Exit, Failure};

/// What stands for a promise that was kept, and for one that was not, beside the usual words for *yes* and *no*.
const KEPT: [&str; 2] = ["met", "kept"];
const BROKEN: [&str; 3] = ["breached", "broken", "missed"];

/// A mapping with the truth.
pub(super) struct Map {
    /// The import's own part.
    pub(super) import: Value,
    pub(super) truth: Truth,
    /// The place of the truth's column.
    column: usize,
}

/// Where the truth stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Truth {
    /// The column: what came of it, or who the row is.
    column: String,
    /// Which of its values say that it came true; none: 1, true, yes, won; of a promise also met, kept.
    positive: Option<Vec<String>>,
    /// Where the decision stands in the ticket, as a JSON pointer; none: where the question's usual answer stands.
    pub(super) answer: Option<String>,
    /// Which promise: `resolution`, `first-response`, …
    pub(super) metric: Option<String>,
}

impl Map {
    pub(super) fn read(file: &Path, table: &Table) -> Result<Self, Failure> {
        let refused = |text: String| Failure::new(Exit::Refused, format!("{}: {text}", file.display()));
        let mut import = crate::cli::file::toml(file)?;
        let truth = import.remove("truth").ok_or_else(|| {
            let help = "add [truth] with `column = \"…\"`, the column with the outcome; docs/eval.md shows one";
            refused("it has no table [truth]".to_owned()).with_help(help)
        })?;
        let truth: Truth = truth.try_into().map_err(|error| refused(format!("truth: {error}")))?;
        let column = table.column(&truth.column).map_err(|error| refused(format!("truth.column: {error}")))?;
        let said = |word: &String| (0..table.rows()).any(|row| is(word, table.cell(row, column)));
        if let Some(positive) = truth.positive.as_ref().filter(|positive| !positive.iter().any(said)) {
            let words = positive.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            return Err(refused(format!("truth.positive: {words} stands nowhere in the column `{}`", truth.column)));
        }
        let import = serde_json::to_value(import).map_err(|error| refused(error.to_string()))?;
        Ok(Self { import, truth, column })
    }

    /// What the row says of the truth.
    pub(super) fn text<'t>(&self, table: &'t Table, row: usize) -> &'t str {
        table.cell(row, self.column)
    }

    /// The rows of which the truth is known.
    pub(super) fn decided<'t>(&self, table: &'t Table) -> impl Iterator<Item = usize> + use<'_, 't> {
        (0..table.rows()).filter(|row| !self.text(table, *row).is_empty())
    }

    /// Whether it came true.
    pub(super) fn came(&self, table: &Table, row: usize) -> Result<bool, Failure> {
        let text = self.text(table, row);
        if let Some(positive) = &self.truth.positive {
            return Ok(positive.iter().any(|word| is(word, text)));
        }
        outcome::said(text).ok_or_else(|| {
            let column = &self.truth.column;
            let text = format!("row {}: `{text}` in `{column}` is neither yes nor no", table.number(row));
            Failure::new(Exit::Refused, text).with_help("say which values mean yes: `positive` in [truth]")
        })
    }

    /// Whether a promise was kept.
    pub(super) fn kept(&self, table: &Table, row: usize) -> Result<bool, Failure> {
        let text = self.text(table, row);
        match &self.truth.positive {
            None if KEPT.iter().any(|word| is(word, text)) => Ok(true),
            None if BROKEN.iter().any(|word| is(word, text)) => Ok(false),
            _ => self.came(table, row),
        }
    }
}

/// Whether the truth is told by that word; case is nothing.
fn is(word: &str, text: &str) -> bool {
    word.to_lowercase() == text.to_lowercase()
}
