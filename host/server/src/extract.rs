//! What handlers take from a request, each a small extractor that answers with a precise problem.

mod body;
mod caller;
mod command;
mod keyed;
mod language;
mod path;
mod query;

pub(crate) use body::require_type;
pub(crate) use caller::{Caller, DESK_HEADER, Somewhere, Visit};
pub(crate) use command::{Bare, Command};
pub(crate) use keyed::{Keyed, Posted};
pub(crate) use language::Languages;
pub(crate) use path::{Path, PathPair};
pub(crate) use query::{Query, external, on_behalf};
