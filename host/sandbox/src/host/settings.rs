//! `settings`: the bytes that `setup.prepare` made, the same on every call.

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{CALL_FUEL, charge};
use crate::state::State;

pub(super) fn link(interface: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    interface.func_wrap("bytes", |mut store: StoreContextMut<'_, State>, (): ()| {
        let settings = store.data().settings.clone();
        // A byte a unit: a mebibyte can't be read a thousand times for nothing.
        charge(&mut store, CALL_FUEL + settings.len() as u64)?;
        Ok((settings,))
    })
}
