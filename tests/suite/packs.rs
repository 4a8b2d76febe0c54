//! Packs: examined, installed, upgraded, gone back from, and never half there.

#[path = "packs/stand.rs"]
pub(crate) mod stand;

#[path = "packs/bindings.rs"]
mod bindings;
#[path = "packs/install.rs"]
mod install;
#[path = "packs/vectors.rs"]
mod vectors;
