//! The one engine of a sandbox: how components are compiled and where their memories lie.

use wasmtime::{Config, Enabled, Engine, PoolingAllocationConfig};

use crate::options::Options;
use crate::sandbox::Error;

/// Host stack for a component: deep enough for recursive guests, and a quarter of a usual thread's 2 MiB.
const STACK_BYTES: usize = 512 << 10;
/// A component made by wit-component has three core instances; this leaves room for one linked of many libraries, as
/// those in Python are.
pub(crate) const MOST_CORE_INSTANCES: u32 = 64;
/// Each of those may bring a table.
pub(crate) const MOST_TABLES: u32 = 64;
/// One memory for the policy, and spare ones for adapters.
pub(crate) const MOST_MEMORIES: u32 = 4;
/// A table holds the functions that are called by pointer; wasmtime knows of debug builds with more than 10,000.
pub(crate) const MOST_TABLE_ELEMENTS: usize = 32 << 10;
/// Bytes of each table kept resident: the tables of Rust guests fit.
const TABLE_RESIDENT_BYTES: usize = 8 << 10;

/// An engine, and what the operator must hear about it.
pub(crate) fn build(options: &Options) -> Result<(Engine, Option<String>), Error> {
    let mut pooled = config();
    pooled.allocation_strategy(pool(options));
    match Engine::new(&pooled) {
        Ok(engine) => Ok((engine, None)),
        Err(refused) => {
            let engine =
                Engine::new(config().memory_reservation(options.memory_bytes).memory_reservation_for_growth(0))
                    .map_err(|error| Error::Engine(format!("{error:#}")))?;
            let notice = format!(
                "the pool of {} instances was refused ({refused:#}): memories are mapped for each call, which takes \
                 about twice as long; allow more address space (ulimit -v) or ask for a smaller pool",
                options.pool
            );
            Ok((engine, Some(notice)))
        }
    }
}

/// Everything but the allocator.
fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        // Its default keeps tables of tasks in every store, which costs more than a small policy.
        .concurrency_support(false)
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(STACK_BYTES)
        // A replay on another machine must come to the same bytes.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .memory_init_cow(true)
        .generate_address_map(false)
        // Nobody reads which of a stranger's functions called which, and walking a full stack at each trap costs.
        .wasm_backtrace_max_frames(None);
    config
}

fn pool(options: &Options) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    // Linux 6.7 and newer say which pages a call has touched, and only those are put back: 5 µs less for a call of
    // 29 µs. Elsewhere, and where the system call is refused, all that is kept resident is put back.
    pool.total_component_instances(options.pool)
        .total_core_instances(options.pool.saturating_mul(4))
        .total_memories(options.pool)
        .total_tables(options.pool.saturating_mul(4))
        .max_core_instances_per_component(MOST_CORE_INSTANCES)
        .max_memories_per_component(MOST_MEMORIES)
        .max_tables_per_component(MOST_TABLES)
        .max_tables_per_module(4)
        .max_memory_size(usize::try_from(options.memory_bytes).unwrap_or(usize::MAX))
        .table_elements(MOST_TABLE_ELEMENTS)
        .linear_memory_keep_resident(options.resident_bytes)
        .table_keep_resident(TABLE_RESIDENT_BYTES)
        .pagemap_scan(Enabled::Auto);
    pool
}
