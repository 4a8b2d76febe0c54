//! What can be measured, one file each.

mod create;
mod limit;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::Bench;

/// A part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Creating tickets over HTTP, and the limit that a durable write sets
    Create,
}

impl Part {
    /// The fields that it adds to the report.
    pub(crate) fn run(self, bench: &Bench) -> Result<Map<String, Value>> {
        match self {
            Self::Create => create::run(bench),
        }
    }
}

/// The fields of a JSON object.
pub(crate) fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
