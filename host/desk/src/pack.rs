//! Packs: what a vendor ships, read from an archive of strangers and examined before anything of it is used.
//!
//! [`Files`] is the archive as bounded, plainly named files; [`examine`] says everything that is wrong with them, by
//! file, or gives back what an installation needs. Installing is [`crate::Desk::pack_install`]. The format itself is told in
//! `docs/packs.md`.

mod desk_folder;
mod examine;
mod files;
mod install;
mod manifest;
mod remove;
mod set_up;
mod texts;

use std::fmt;

pub use examine::{Examined, ExaminedPlugin, examine};
pub use files::{Files, MOST_ARCHIVE_BYTES};
pub use install::{InstallOptions, Installed};
pub use manifest::{HOST_VERSION, limits};
pub(crate) use manifest::{is_plain_name, scope_fits};
pub use remove::Removed;

use crate::error::PackProblem;

/// A problem of that file; an empty file: of the whole.
pub(crate) fn problem(file: impl Into<String>, text: impl fmt::Display) -> PackProblem {
    let mut text = text.to_string();
    if let Some((cut, _)) = text.char_indices().nth(MOST_PROBLEM_CHARS) {
        text.truncate(cut);
        text.push('…');
    }
    PackProblem { file: file.into(), problem: text }
}

/// A problem's text is cut here: a schema's own error may quote the whole document.
const MOST_PROBLEM_CHARS: usize = 2_000;

/// At most so many problems are listed: whoever has more mends the first ones first.
pub const MOST_PROBLEMS: usize = 64;
