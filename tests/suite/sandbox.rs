//! The sandbox: what a policy can do, and what it can't.

#[path = "sandbox/answers.rs"]
mod answers;
#[path = "sandbox/golden.rs"]
mod golden;
#[path = "sandbox/hostile.rs"]
mod hostile;
#[path = "sandbox/kept.rs"]
mod kept;
#[path = "sandbox/limits.rs"]
mod limits;
#[path = "sandbox/mutants.rs"]
mod mutants;

use plugdesk_tests::shelf::{guest, pretend as desk};
