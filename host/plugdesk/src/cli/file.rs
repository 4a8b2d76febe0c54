//! Files that a command reads: a failure names the file.

use std::path::Path;

use plugdesk_fit::table::Table;
use serde_json::Value;

use super::{Exit, Failure};

/// A file as JSON: TOML, unless its name says otherwise.
pub(super) fn document(file: &Path) -> Result<Value, Failure> {
    if file.extension().is_some_and(|end| end == "json") {
        return json(file);
    }
    serde_json::to_value(toml(file)?).map_err(|error| refused(file, &error))
}

/// A file in JSON.
pub(super) fn json(file: &Path) -> Result<Value, Failure> {
    let bytes = std::fs::read(file).map_err(|error| Failure::file(file, "read", &error))?;
    serde_json::from_slice(&bytes).map_err(|error| refused(file, &error))
}

/// A file in TOML.
pub(super) fn toml(file: &Path) -> Result<toml::Table, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, "read", &error))?;
    toml::from_str(&text).map_err(|error| refused(file, &error))
}

/// A table in CSV, with a first line of names.
pub(super) fn table(file: &Path) -> Result<Table, Failure> {
    let rows = std::fs::File::open(file).map_err(|error| Failure::file(file, "read", &error))?;
    Table::read(rows).map_err(|error| refused(file, &error))
}

/// What the file says can't be taken.
fn refused(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Refused, format!("{}: {error}", file.display()))
}
