//! What a policy may ask of the host while it runs: `settings`, `context`, `account`, `calendar`, `log`,
//! and nothing else.
//!
//! The functions are linked by hand and not through the generated traits, because each must reach the store to charge
//! fuel: a loop of host calls would otherwise be a way around the limit.

mod account;
mod calendar;
mod context;
mod log;
mod settings;

use wasmtime::component::Linker;
use wasmtime::{AsContextMut, StoreContextMut, Trap};

use crate::state::State;

/// What one call of the host costs, in fuel: crossing the border takes about as long as so many instructions.
const CALL_FUEL: u64 = 500;
/// What each text that a guest hands over costs beside its bytes, which cost one each: it is copied and checked.
const TEXT_FUEL: u64 = 50;
/// What each record that the host hands over costs: reading, converting and writing it takes about as long.
const RECORD_FUEL: u64 = 500;

/// The interfaces, in the words of a message.
pub(crate) const OFFER: &str = "plugdesk offers settings, context, account, calendar and log";

/// Every function, sorted.
pub(crate) const FUNCTIONS: &[&str] = &[
    "account.ancestors",
    "account.commitments",
    "account.people",
    "calendar.add",
    "calendar.add-working-days",
    "calendar.between",
    "context.attributes-of",
    "context.entries",
    "context.facts",
    "context.find-company",
    "context.find-contact",
    "context.signals",
    "context.tickets",
    "log.write",
    "settings.bytes",
];

/// Links all of them.
pub(crate) fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    // Types alone, which guests import because functions use them.
    linker.instance("plugdesk:desk/types@0.1.0")?;
    settings::link(&mut linker.instance("plugdesk:desk/settings@0.1.0")?)?;
    context::link(&mut linker.instance("plugdesk:desk/context@0.1.0")?)?;
    account::link(&mut linker.instance("plugdesk:desk/account@0.1.0")?)?;
    calendar::link(&mut linker.instance("plugdesk:desk/calendar@0.1.0")?)?;
    log::link(&mut linker.instance("plugdesk:desk/log@0.1.0")?)
}

/// Takes fuel for the host's own work, as if the guest had done it, and looks at the time it took.
fn charge(store: &mut StoreContextMut<'_, State>, fuel: u64) -> wasmtime::Result<()> {
    let mut store = store.as_context_mut();
    store.data_mut().check_time_in_host()?;
    let left = store.get_fuel()?;
    store.set_fuel(left.saturating_sub(fuel))?;
    if left < fuel {
        return Err(Trap::OutOfFuel.into());
    }
    Ok(())
}
