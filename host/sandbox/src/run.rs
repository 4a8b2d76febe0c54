//! One store with its limits, and the instance in it.

use std::sync::Arc;

use plugdesk_domain::Limits;
use wasmtime::component::{Instance, InstancePre};
use wasmtime::{Store, UpdateDeadline};

use crate::clock::Ticker;
use crate::failure::Failure;
use crate::question::Ready;
use crate::state::State;

/// What a guest may hand to the host at once, in bytes: prepared settings of 1 MiB, and as much again for what stands
/// around them. wasmtime's own default is 128 MiB.
pub(crate) const HOSTCALL_BYTES: usize = 2 << 20;
/// The contract has no resources, so a component needs no handles but its own; wasmtime's default is 100,000.
pub(crate) const MOST_HANDLES: usize = 1_000;

/// A store, and its instance once there is one. Dropped after any failure.
pub(crate) struct Run {
    pub(crate) store: Store<State>,
    instance: Option<Instance>,
    /// Its functions, as far as they were asked.
    pub(crate) ready: Ready,
    /// Calls so far.
    pub(crate) calls: u32,
    fuel: u64,
}

impl Run {
    /// A store with every limit set. They stand before instantiation, because start code runs then.
    pub(crate) fn new(
        pre: &InstancePre<State>,
        settings: Arc<[u8]>,
        limits: &Limits,
        preparing: bool,
        ticker: &Ticker,
    ) -> Result<Self, Failure> {
        let mut store = Store::new(pre.engine(), State::new(settings, limits, preparing, ticker.clone()));
        store.limiter(|state| &mut state.room);
        store.set_hostcall_fuel(HOSTCALL_BYTES);
        store.set_max_component_handles(MOST_HANDLES);
        store.epoch_deadline_callback(|context| {
            context.data().check_time()?;
            Ok(UpdateDeadline::Continue(1))
        });
        let mut run = Self { store, instance: None, ready: Ready::default(), calls: 0, fuel: 0 };
        run.allow(limits)?;
        Ok(run)
    }

    /// The same instance for another call.
    pub(crate) fn renew(&mut self, settings: Arc<[u8]>, limits: &Limits) -> Result<(), Failure> {
        self.store.data_mut().renew(settings, limits);
        self.allow(limits)
    }

    fn allow(&mut self, limits: &Limits) -> Result<(), Failure> {
        self.fuel = limits.fuel;
        self.store.set_fuel(limits.fuel)?;
        self.store.set_epoch_deadline(1);
        self.calls = self.calls.saturating_add(1);
        Ok(())
    }

    /// The instance; its start code runs the first time.
    pub(crate) fn instance(&mut self, pre: &InstancePre<State>) -> Result<Instance, Failure> {
        if let Some(instance) = self.instance {
            return Ok(instance);
        }
        let instance = pre.instantiate(&mut self.store).map_err(|error| Failure::to_instantiate(&error))?;
        self.instance = Some(instance);
        Ok(instance)
    }

    /// Fuel used since the call began.
    pub(crate) fn fuel_used(&self) -> u64 {
        self.fuel.saturating_sub(self.store.get_fuel().unwrap_or(0))
    }
}
