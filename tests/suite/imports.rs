//! Imports: a file is taken whole or refused with its lines, and never twice.

use super::packs::stand;

#[path = "imports/again.rs"]
mod again;
#[path = "imports/history.rs"]
mod history;
#[path = "imports/people.rs"]
mod people;
#[path = "imports/rows.rs"]
mod rows;
#[path = "imports/run.rs"]
mod run;
