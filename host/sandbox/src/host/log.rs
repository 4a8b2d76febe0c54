//! `log`: lines for the policy's operator. They have no effect and no way back into the policy.

use plugdesk_domain::ask::LogLine;
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{CALL_FUEL, charge};
use crate::bindings::plugdesk::desk::log::Level;
use crate::failure::cut;
use crate::state::State;

pub(super) fn link(interface: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    interface.func_wrap("write", |mut store: StoreContextMut<'_, State>, (level, mut message): (Level, String)| {
        charge(&mut store, CALL_FUEL + message.len() as u64)?;
        let state = store.data_mut();
        if state.log.len() >= state.log_lines {
            state.log_dropped = state.log_dropped.saturating_add(1);
            return Ok(());
        }
        cut(&mut message, state.log_line_bytes);
        // A cut line must not keep the allocation of the whole one.
        message.shrink_to_fit();
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        state.log.push(LogLine { level: level.to_owned(), message });
        Ok(())
    })
}
