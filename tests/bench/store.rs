//! What the tests know of a store under damage, used here often.

#[path = "../suite/store/disk.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod disk;
#[path = "../suite/store/machine.rs"]
pub(crate) mod machine;
#[path = "../suite/store/rot.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
pub(crate) mod rot;
#[path = "../suite/store/truth.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod truth;
#[path = "../suite/store/workload.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod workload;
