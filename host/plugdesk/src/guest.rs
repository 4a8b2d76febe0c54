//! Building plugins: a folder with Rust sources becomes a pack whose component any desk can run.
//!
//! Only *finds* a toolchain; where there is none it says the line to run. Everything here blocks, for minutes the first
//! time, and is for the program, never for a server.

mod compile;
mod component;
mod pack;
mod scaffold;
mod sources;
mod toolchain;

use std::path::{Path, PathBuf};

pub use component::componentize;
pub use scaffold::{QUESTIONS, scaffold};
pub use toolchain::Toolchain;

/// Why a plugin could not be built or begun.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing here can compile to WebAssembly.
    #[error("no Rust toolchain for wasm32-unknown-unknown was found\n{0}")]
    NoToolchain(String),
    /// The folder is not a plugin's: the file and what is wrong with it.
    #[error("{}: {why}", path.display())]
    NotAPlugin {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The compiler said no; its words, if they were not shown already.
    #[error("the plugin does not compile{}{said}", if said.is_empty() { "" } else { "\n" })]
    Compile {
        /// What the compiler said.
        said: String,
    },
    /// What was compiled is not a component for a desk.
    #[error("the compiled module is not a plugin: {0}")]
    NotAComponent(String),
    /// It wants something that no desk offers.
    #[error("the component imports `{0}`, which no desk offers: a policy has no clock, no files and no network")]
    ForeignImport(String),
    /// The target of a write is in use.
    #[error("{} {why}", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// By what.
        why: &'static str,
    },
    /// A word that is no name for a plugin, or names no question.
    #[error("{0}")]
    Word(String),
    /// The operating system said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
}

impl Error {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

/// Where the compiler's words go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// To this process's standard error, as they come: progress for somebody who waits.
    Shown,
    /// Into the error, should there be one.
    Kept,
}

/// A plugin that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The pack's folder, complete.
    pub pack: PathBuf,
    /// The component's file in it.
    pub component: PathBuf,
    /// The component's size.
    pub bytes: u64,
    /// What compiled it, in words.
    pub toolchain: String,
}

/// Builds the plugin in `folder` and lays its pack out in `out`: the component, and the files that `pack.toml` names.
///
/// Without `out` the pack goes to `plugins/<pack name>` in the folder's cargo target directory: for a plugin of its own
/// that is `<folder>/target/plugins/<name>`. An earlier pack there is replaced; anything else is not touched.
/// Where nothing changed, the same bytes come out.
pub fn build(folder: &Path, out: Option<&Path>, words: Words) -> Result<Built, Error> {
    let manifest = pack::read_manifest(folder)?;
    let toolchain = Toolchain::find(folder)?;
    let target = toolchain.target_folder(folder)?;
    let out = out.map_or_else(|| target.join("plugins").join(&manifest.pack.name), Path::to_owned);
    let wanted = pack::component_to_build(folder, &manifest)?;
    let component = match &wanted {
        Some(_) => componentize(&compile::module(folder, &toolchain, &target, words)?)?,
        None => Vec::new(),
    };
    pack::assemble(folder, &manifest, wanted.as_deref().map(|name| (name, component.as_slice())), &out)?;
    let file = wanted.or_else(|| manifest.plugins.first().map(|plugin| plugin.component.clone())).unwrap_or_default();
    let file = out.join(file);
    let bytes = std::fs::metadata(&file).map_err(Error::io(&file))?.len();
    Ok(Built { pack: out, component: file, bytes, toolchain: toolchain.to_string() })
}
