//! `account`: what is owed and whom the company consists of, asked of the port and counted with the calls of `context`.

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::context::{Words, many};
use crate::convert::shown;
use crate::state::State;

pub(super) fn link(interface: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    interface.func_wrap("commitments", |mut store: StoreContextMut<'_, State>, (): ()| {
        let found = many(&mut store, Words::NONE, |context| context.commitments())?;
        Ok((found.map(|list| list.into_iter().map(shown::commitment).collect::<Vec<_>>()),))
    })?;
    interface.func_wrap("ancestors", |mut store: StoreContextMut<'_, State>, (): ()| {
        let found = many(&mut store, Words::NONE, |context| context.ancestors())?;
        Ok((found.map(|list| list.into_iter().map(shown::company).collect::<Vec<_>>()),))
    })?;
    interface.func_wrap("people", |mut store: StoreContextMut<'_, State>, (): ()| {
        let found = many(&mut store, Words::NONE, |context| context.people())?;
        Ok((found.map(|list| list.into_iter().map(shown::person).collect::<Vec<_>>()),))
    })
}
