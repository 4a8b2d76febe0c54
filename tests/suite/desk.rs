//! The one path: what becomes of a command, which policies are asked, what stands when they fail, and what nobody may
//! see. Policies are plain Rust here, the store is in memory, the clock is turned by hand.

#[path = "desk/actions.rs"]
mod actions;
#[path = "desk/bindings.rs"]
mod bindings;
#[path = "desk/bounds.rs"]
mod bounds;
#[path = "desk/candidates.rs"]
mod candidates;
#[path = "desk/clocks.rs"]
mod clocks;
#[path = "desk/clusters.rs"]
mod clusters;
#[path = "desk/commands.rs"]
mod commands;
#[path = "desk/companies.rs"]
mod companies;
#[path = "desk/context.rs"]
mod context;
#[path = "desk/evidence.rs"]
mod evidence;
#[path = "desk/failures.rs"]
mod failures;
#[path = "desk/flow.rs"]
mod flow;
#[path = "desk/idempotency.rs"]
mod idempotency;
#[path = "desk/joins.rs"]
mod joins;
#[path = "desk/ladder.rs"]
mod ladder;
#[path = "desk/lists.rs"]
mod lists;
#[path = "desk/meanwhile.rs"]
mod meanwhile;
#[path = "desk/merging.rs"]
mod merging;
#[path = "desk/owed.rs"]
mod owed;
#[path = "desk/policy.rs"]
pub(crate) mod policy;
#[path = "desk/promises.rs"]
mod promises;
#[path = "desk/queued.rs"]
mod queued;
#[path = "desk/reactions.rs"]
mod reactions;
#[path = "desk/reads.rs"]
mod reads;
#[path = "desk/reports.rs"]
mod reports;
#[path = "desk/rights.rs"]
mod rights;
#[path = "desk/segments.rs"]
mod segments;
#[path = "desk/set_up.rs"]
mod set_up;
#[path = "desk/stand.rs"]
mod stand;
#[path = "desk/targets.rs"]
mod targets;
#[path = "desk/timers.rs"]
mod timers;
#[path = "desk/turns.rs"]
mod turns;
#[path = "desk/unlost.rs"]
mod unlost;
#[path = "desk/watched.rs"]
pub(crate) mod watched;
#[path = "desk/webhooks.rs"]
mod webhooks;
