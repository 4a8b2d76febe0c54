//! Compiled code, kept in a folder between starts.
//!
//! Machine code is run as it stands, so what is read here must be what was written here. Four things see to that: the
//! folder and its files belong to the process's own user and nobody else may write to them; each file carries an
//! HMAC-SHA256 over the component's digest, the engine and the code, under a random secret that lies in the folder, so
//! that neither damage nor a file from another installation passes; the code is checked in memory, not on disk, so it
//! can't change in between; and wasmtime refuses code of another version, configuration or processor. Whoever can
//! write files as this user could replace the program itself. A compiled artefact from outside is never loaded: there
//! is no way in but [`Cache::put`].

mod files;
mod seal;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use plugdesk_domain::Digest;
use wasmtime::Engine;
use wasmtime::component::Component;

use seal::Seal;

/// The largest file that is read: a policy in Python compiles to about 60 MB.
const MOST_BYTES: u64 = 256 << 20;
/// The folder keeps at most so many components of this engine, the newest: more than any desk binds.
const MOST_FILES: usize = 256;
/// And at most so many bytes of them: thirty policies in Python, or all 256 in Rust.
const MOST_FOLDER_BYTES: u64 = 2 << 30;
/// How the files end.
const SUFFIX: &str = "cwasm";

/// A folder of compiled components.
pub(crate) struct Cache {
    folder: PathBuf,
    seal: Seal,
    /// Which engine the code is for: version, configuration and processor.
    engine: String,
}

impl Cache {
    /// Makes the folder if it is missing, and removes what no engine like this one could use.
    pub(crate) fn open(folder: &Path, engine: &Engine) -> std::io::Result<Self> {
        files::own_folder(folder)?;
        let seal = Seal::new(files::secret(folder)?);
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let engine = format!("{:016x}", hasher.finish());
        let cache = Self { folder: folder.to_owned(), seal, engine };
        files::sweep(folder, &cache.suffix());
        cache.keep_newest();
        Ok(cache)
    }

    /// The component's code, if it was kept and is whole. Anything doubtful is removed and compiled again.
    pub(crate) fn get(&self, digest: Digest, engine: &Engine) -> Option<Component> {
        let path = self.path(digest);
        let file = files::read(&path, MOST_BYTES)?;
        let code = self.seal.open(&file, &self.label(digest));
        let component = code.and_then(|code| load(engine, code));
        if component.is_none() {
            files::remove(&path);
        }
        component
    }

    /// Keeps the component's code. Failing to is no error: it is compiled again at the next start.
    pub(crate) fn put(&self, digest: Digest, component: &Component) {
        if let Ok(code) = component.serialize() {
            let file = self.seal.close(&code, &self.label(digest));
            if file.len() as u64 <= MOST_BYTES {
                files::write(&self.path(digest), &file);
                self.keep_newest();
            }
        }
    }

    /// Removes the oldest files above the limits; those that are still in use are compiled again at the next start.
    fn keep_newest(&self) {
        files::keep_newest(&self.folder, &self.suffix(), MOST_FILES, MOST_FOLDER_BYTES);
    }

    fn path(&self, digest: Digest) -> PathBuf {
        self.folder.join(format!("{digest}.{}", self.suffix()))
    }

    /// How the files of this engine end.
    fn suffix(&self) -> String {
        format!("{}.{SUFFIX}", self.engine)
    }

    /// What the code is for; sealed with it, so that renaming a file does not make it another component's.
    fn label(&self, digest: Digest) -> String {
        format!("{digest} {}", self.engine)
    }
}

/// Code that this process, or one like it, compiled.
fn load(engine: &Engine, code: &[u8]) -> Option<Component> {
    // SAFETY: `deserialize` runs what it is given; it must come from `Component::serialize`. It did: the caller has
    // just checked the seal, which only `Cache::put` makes, over these very bytes in memory.
    #[allow(unsafe_code)]
    unsafe { Component::deserialize(engine, code) }.ok()
}
