//! A stopped desk with ten packs and a hundred thousand tickets: what a start begins with.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::json;
use tempfile::TempDir;

use crate::desk::Desk;
use crate::part::FROM_FILES;
use crate::{Bench, files, packs, progress};

/// The desk, stopped.
pub(crate) struct Stock {
    folder: TempDir,
    /// The admin's key.
    pub(crate) key: String,
    /// How many tickets it has.
    pub(crate) tickets: u64,
    /// How many packs are installed.
    pub(crate) packs: usize,
}

impl Stock {
    /// Fills a desk through the import, then installs every pack once more under another name.
    pub(crate) fn make(bench: &Bench) -> Result<Self> {
        let folder = bench.folder()?;
        let desk = Desk::create(bench, &folder.path().join("desk"))?;
        let tickets = bench.count(100_000, 100);
        files::leads(&desk, folder.path(), FROM_FILES, tickets)?;
        // One shows in the short form what all ten do in the long one.
        let copies = usize::try_from(bench.count(bench.packs.len() as u64, 1))?;
        for pack in bench.packs.iter().take(copies) {
            desk.install(&packs::copy(pack)?)?;
        }
        // A ticket that the copies are asked about too: what is compiled and prepared late is so now.
        desk.post("/v1/tickets", &json!({ "kind": "lead", "subject": "the first of ten packs" }))?;
        let installed = desk.get("/v1/packs")?;
        let packs = installed["items"].as_array().context("a page has items")?.len();
        bench.check(packs == bench.packs.len() + copies, || format!("{packs} packs are installed"));
        progress(&format!("{tickets} tickets and {packs} packs are in"));
        let key = desk.key().to_owned();
        desk.stop()?;
        Ok(Self { folder, key, tickets: tickets + 1, packs })
    }

    /// Its folder.
    pub(crate) fn place(&self) -> PathBuf {
        self.folder.path().join("desk")
    }
}
