//! The store: the same promises from every engine, and what crashes, cuts and damage leave of it.

#[path = "store/backup.rs"]
mod backup;
#[path = "store/bounds.rs"]
mod bounds;
#[path = "store/conformance.rs"]
mod conformance;
#[path = "store/damage.rs"]
mod damage;
#[path = "store/disk.rs"]
mod disk;
#[path = "store/full.rs"]
mod full;
#[path = "store/kill.rs"]
mod kill;
#[path = "store/machine.rs"]
mod machine;
#[path = "store/model.rs"]
mod model;
#[path = "store/power.rs"]
mod power;
#[path = "store/replaced.rs"]
mod replaced;
#[path = "store/rot.rs"]
mod rot;
#[path = "store/truth.rs"]
mod truth;
#[path = "store/workload.rs"]
mod workload;
