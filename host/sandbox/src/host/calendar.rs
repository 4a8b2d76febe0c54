//! `calendar`: business time by the desk's calendars.

use plugdesk_domain::{Context, Instant};
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{CALL_FUEL, charge};
use crate::state::{State, read_context};

pub(super) fn link(interface: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    interface.func_wrap(
        "add",
        |mut store: StoreContextMut<'_, State>, (name, start, minutes): (String, i64, u32)| {
            let start = Instant::from_millis(start);
            let later = ask(&mut store, name.len(), |context| context.calendar_add(&name, start, minutes))?;
            Ok((later.map(Instant::millis),))
        },
    )?;
    interface.func_wrap(
        "between",
        |mut store: StoreContextMut<'_, State>, (name, start, end): (String, i64, i64)| {
            let (start, end) = (Instant::from_millis(start), Instant::from_millis(end));
            let spent = ask(&mut store, name.len(), |context| context.calendar_between(&name, start, end))?;
            Ok((spent,))
        },
    )?;
    interface.func_wrap(
        "add-working-days",
        |mut store: StoreContextMut<'_, State>, (name, start, days): (String, i64, u32)| {
            let start = Instant::from_millis(start);
            let later = ask(&mut store, name.len(), |context| context.calendar_add_working_days(&name, start, days))?;
            Ok((later.map(Instant::millis),))
        },
    )
}

fn ask<R>(
    store: &mut StoreContextMut<'_, State>,
    bytes: usize,
    read: impl FnOnce(&dyn Context) -> Option<R>,
) -> wasmtime::Result<Option<R>> {
    charge(store, CALL_FUEL + bytes as u64)?;
    if store.data().preparing {
        return Ok(None);
    }
    Ok(read_context(read).flatten())
}
