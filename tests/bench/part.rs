//! What can be measured, one file each.

mod cold_start;
mod crash;
mod create;
mod damage;
mod disk_full;
mod fuzz_api;
mod growth;
mod hostile;
mod idempotency;
mod import;
mod limit;
mod model;
mod mutate;
mod rebuild;
mod slow;
mod soak;
mod swaps;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::Bench;
pub(crate) use growth::FROM_FILES;

/// A part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Creating tickets over HTTP, and the limit that a durable write sets
    Create,
    /// A thousand tickets and two hundred thousand: reads, lists, creating, memory, disk
    Growth,
    /// Leads brought in by a file
    Import,
    /// From the start of the process to the first answers, with a large desk
    ColdStart,
    /// The tree built anew from snapshot and journal
    Rebuild,
    /// A pack exchanged for one that disagrees, under load
    Swaps,
    /// Ten minutes of mixed load: memory
    Soak,
    /// Bit rot and careless hands in every part of a store
    Damage,
    /// A disk that fills up under the server; takes root
    DiskFull,
    /// Random operations against the engines and a map
    Model,
    /// One idempotency key, a hundred posts at once, and kills
    Idempotency,
    /// Slow and flooding clients beside good ones
    Slow,
    /// Killing the whole server under load, and cutting its power
    Crash,
    /// The API against its own description, by schemathesis from PyPI: 20,000 requests, every check
    FuzzApi,
    /// Hostile policies in another desk of the process, while tickets are made in this one
    Hostile,
    /// Components spoilt by a seed, in this process
    Mutate,
}

impl Part {
    /// The fields that it adds to the report.
    pub(crate) fn run(self, bench: &Bench) -> Result<Map<String, Value>> {
        match self {
            Self::Create => create::run(bench),
            Self::Growth => growth::run(bench),
            Self::Import => import::run(bench),
            Self::ColdStart => cold_start::run(bench),
            Self::Rebuild => rebuild::run(bench),
            Self::Swaps => swaps::run(bench),
            Self::Soak => soak::run(bench),
            Self::Damage => damage::run(bench),
            Self::DiskFull => disk_full::run(bench),
            Self::Model => model::run(bench),
            Self::Idempotency => idempotency::run(bench),
            Self::Slow => slow::run(bench),
            Self::Crash => crash::run(bench),
            Self::FuzzApi => fuzz_api::run(bench),
            Self::Hostile => hostile::run(bench),
            Self::Mutate => mutate::run(bench),
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
