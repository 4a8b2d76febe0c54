//! A policy and its configuration: read from JSON once, when a generation is built, and from compact bytes on each call.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::host::plugdesk::desk::settings;
pub use crate::bindings::setup::exports::plugdesk::desk::setup::Problem;
use crate::types::Fault;

/// What answers questions: a value that is its own configuration.
///
/// The simplest policy is a struct with `Serialize` and `Deserialize` whose fields are the configuration's, and
/// `impl Policy for It {}`. One that wants its configuration in another shape (words folded, names sorted) overrides
/// [`Policy::prepare`] and is that shape.
pub trait Policy: Serialize + DeserializeOwned {
    /// Makes the policy of its configuration's JSON text, which has passed the pack's schema. Called once for each
    /// configuration; what it returns is kept as bytes and read on every call. At most 64 problems are shown.
    fn prepare(configuration: &str) -> Result<Self, Vec<Problem>> {
        read(configuration)
    }
}

impl Problem {
    /// A problem at an RFC 6901 pointer into the configuration.
    pub fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }
}

/// Reads JSON as any shape; what does not fit is a problem of the whole document, in serde's words.
pub fn read<T: DeserializeOwned>(configuration: &str) -> Result<T, Vec<Problem>> {
    serde_json::from_str(configuration).map_err(|error| vec![Problem::at("", error.to_string())])
}

/// `setup.prepare`: the bytes that every call of this configuration is given.
#[doc(hidden)]
pub fn prepare<P: Policy>(configuration: &str) -> Result<Vec<u8>, Vec<Problem>> {
    tell_panics();
    let policy = P::prepare(configuration)?;
    postcard::to_allocvec(&policy).map_err(|error| vec![Problem::at("", error.to_string())])
}

/// What `settings.bytes` gives, as the policy that it was made of.
#[doc(hidden)]
pub fn load<P: Policy>() -> Result<P, Fault> {
    tell_panics();
    from_bytes(&settings::bytes())
}

/// A panic is a trap, which says nothing; its message goes to the policy's log first.
fn tell_panics() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| {
        use crate::bindings::host::plugdesk::desk::log;
        log::write(log::Level::Error, &panic.to_string());
    }));
}

/// The policy that those bytes were made of.
pub(crate) fn from_bytes<P: Policy>(bytes: &[u8]) -> Result<P, Fault> {
    postcard::from_bytes(bytes).map_err(|error| Fault::Misconfigured(error.to_string()))
}
