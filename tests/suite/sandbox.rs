//! The sandbox: what a policy can do, and what it can't.

#[path = "sandbox/answers.rs"]
mod answers;
#[path = "sandbox/desk.rs"]
mod desk;
#[path = "sandbox/golden.rs"]
mod golden;
#[path = "sandbox/guest.rs"]
mod guest;
#[path = "sandbox/hostile.rs"]
mod hostile;
#[path = "sandbox/kept.rs"]
mod kept;
#[path = "sandbox/limits.rs"]
mod limits;
