//! From a component's bytes to something that can be asked.

use plugdesk_domain::{Digest, LoadFault};
use wasmtime::component::{Component, InstancePre, Linker};

use crate::engine::{MOST_MEMORIES, MOST_TABLES};
use crate::options::Options;
use crate::question::Questions;
use crate::setup::Setup;
use crate::state::State;
use crate::{contract, host};

/// What every WebAssembly file begins with.
const MAGIC: &[u8] = b"\0asm";
/// What follows in a component (version 13, layer 1) and in a core module (version 1, layer 0).
const COMPONENT: &[u8] = &[0x0d, 0, 1, 0];
const MODULE: &[u8] = &[1, 0, 0, 0];
/// What memories are counted in.
const PAGE_BYTES: u64 = 64 << 10;

/// A component, compiled and linked.
pub(crate) struct Linked {
    pub(crate) pre: InstancePre<State>,
    pub(crate) questions: Questions,
    pub(crate) setup: Option<Setup>,
    pub(crate) imports: Vec<String>,
}

/// Refuses what is not a component at all, before any work is spent on it.
pub(crate) fn look_at(bytes: &[u8], options: &Options) -> Result<Digest, LoadFault> {
    let fault = |text: String| Err(LoadFault(text));
    if bytes.len() > options.component_bytes {
        return Err(LoadFault::too_large(bytes.len(), options.component_bytes));
    }
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return fault("it is not WebAssembly: it does not begin with `\\0asm`".into());
    };
    if rest.starts_with(MODULE) {
        return fault("it is a core module, not a component: `plugdesk plugin build` makes a component of it".into());
    }
    if !rest.starts_with(COMPONENT) {
        return fault("it is WebAssembly of an unknown version, not a component".into());
    }
    Ok(Digest::of(bytes))
}

/// Compares it with the contract and links it.
pub(crate) fn link(component: &Component, linker: &Linker<State>, options: &Options) -> Result<Linked, LoadFault> {
    let (types, engine) = (component.component_type(), component.engine());
    let imports = contract::imports(&types, engine)?;
    contract::exports(&types, engine)?;
    has_room(component, options)?;
    let pre = linker
        .instantiate_pre(component)
        .map_err(|error| LoadFault(format!("it does not fit {}: {error:#}", contract::CONTRACT)))?;
    let (questions, setup) = (Questions::of(&pre)?, Setup::of(&pre)?);
    Ok(Linked { pre, questions, setup, imports })
}

/// The linker with everything that the host offers.
pub(crate) fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    host::link(&mut linker)?;
    Ok(linker)
}

/// What the component needs before it has done anything must fit; what it asks for later is the call's affair.
fn has_room(component: &Component, options: &Options) -> Result<(), LoadFault> {
    let Some(needs) = component.resources_required() else {
        return Err(LoadFault("it brings modules that only exist when it runs".into()));
    };
    if needs.num_memories > MOST_MEMORIES || needs.num_tables > MOST_TABLES {
        return Err(LoadFault(format!(
            "it has {} memories and {} tables, at most {MOST_MEMORIES} and {MOST_TABLES} are given",
            needs.num_memories, needs.num_tables
        )));
    }
    let bytes = needs.max_initial_memory_size.unwrap_or(0).saturating_mul(PAGE_BYTES);
    if bytes > options.memory_bytes {
        return Err(LoadFault(format!(
            "it starts with {bytes} bytes of memory, at most {} are given",
            options.memory_bytes
        )));
    }
    Ok(())
}
