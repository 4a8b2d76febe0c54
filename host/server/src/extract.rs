//! What handlers take from a request, each a small extractor that answers with a precise problem.

mod body;
mod caller;
mod command;
mod language;
mod path;
mod query;

pub(crate) use body::{Json, require_type};
pub(crate) use caller::{Caller, NamedDesk, Visit};
pub(crate) use command::{Bare, Command};
pub(crate) use language::Languages;
pub(crate) use path::Path;
pub(crate) use query::{Query, external, on_behalf};
