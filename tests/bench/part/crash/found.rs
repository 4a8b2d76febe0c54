//! What the crashes came to.

use std::collections::BTreeMap;

use super::receiver::Deliveries;
use crate::progress;

/// So many sentences are kept; the first ones tell most.
const MOST_MESSAGES: usize = 12;

/// Everything that was found.
#[derive(Debug, Default, serde::Serialize)]
pub(super) struct Found {
    pub(super) seed: u64,
    pub(super) kills: u64,
    pub(super) cuts: u64,
    /// Answers that were looked for after a crash, each as often as it was.
    pub(super) acknowledged: u64,
    pub(super) lost: u64,
    pub(super) torn: u64,
    pub(super) unopenable: u64,
    /// Acknowledgements without an fdatasync of the journal since their client's last one.
    pub(super) unsynced_acknowledgements: u64,
    pub(super) deliveries: Deliveries,
    /// Promises that came due, and those that were not told, or told twice.
    pub(super) promises: u64,
    pub(super) untold: u64,
    /// Rows of imports that a kill broke off, and those that are not there exactly once.
    pub(super) rows: u64,
    pub(super) rows_lost: u64,
    /// How often which moment was hit.
    pub(super) moments: BTreeMap<&'static str, u64>,
    /// The first things that were wrong.
    pub(super) messages: Vec<String>,
}

impl Found {
    fn tell(&mut self, what: String) {
        progress(&format!("WRONG: {what}"));
        if self.messages.len() < MOST_MESSAGES {
            self.messages.push(what);
        }
    }

    /// Something acknowledged is gone.
    pub(super) fn lost(&mut self, what: impl std::fmt::Display) {
        self.lost += 1;
        self.tell(format!("lost: {what}"));
    }

    /// Something is there by half, twice, or another than it was.
    pub(super) fn torn(&mut self, what: impl std::fmt::Display) {
        self.torn += 1;
        self.tell(format!("torn: {what}"));
    }

    /// The folder does not open.
    pub(super) fn unopenable(&mut self, what: impl std::fmt::Display) {
        self.unopenable += 1;
        self.tell(format!("does not open: {what}"));
    }

    /// A promise that was not told, or more than once.
    pub(super) fn untold(&mut self, what: String) {
        self.untold += 1;
        self.tell(what);
    }

    /// A row that is not there exactly once.
    pub(super) fn row(&mut self, what: String) {
        self.rows_lost += 1;
        self.tell(what);
    }

    /// Whether every promise was kept.
    pub(super) fn well(&self) -> bool {
        self.lost + self.torn + self.unopenable + self.unsynced_acknowledgements + self.untold + self.rows_lost == 0
            && self.deliveries.well()
    }
}
