//! Bringing in leads in bulk: one file through the product's import, every row tried first and asked of every policy
//! when it is written.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::growth::FROM_FILES;
use super::{create, fields};
use crate::desk::Desk;
use crate::{Bench, files};

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let folder = bench.folder()?;
    let desk = Desk::create(bench, &folder.path().join("desk"))?;
    let rate = files::leads(&desk, folder.path(), FROM_FILES, bench.count(20_000, 60))?;
    create::policies(bench, &desk)?;
    let newest = desk.get("/v1/tickets?sort=-created&limit=200")?;
    let newest = newest["items"].as_array().context("a page has items")?;
    let judged = newest.iter().filter(|it| it["qualified"]["grade"].is_string()).count();
    bench.check(judged == newest.len(), || format!("of {} leads {judged} were qualified", newest.len()));
    Ok(fields(json!({ "import_leads_per_s": rate.round() })))
}
