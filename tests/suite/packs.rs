//! Packs: examined, installed, upgraded, gone back from, and never half there.

#[path = "packs/stand.rs"]
pub(crate) mod stand;

#[path = "packs/bindings.rs"]
mod bindings;
mod desk_folder;
#[path = "packs/install.rs"]
mod install;
#[path = "packs/vectors.rs"]
mod vectors;
