//! What an operator meets: writes that are held or fail, what the log says, how a server ends, what `doctor` finds, and the
//! runbook, each with the real program or a real store.

#[path = "operating/moody.rs"]
mod moody;
#[path = "operating/read_only.rs"]
mod read_only;
#[path = "operating/serving.rs"]
mod serving;
