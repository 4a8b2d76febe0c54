//! What an operator meets: writes that are held or fail, what the log says, how a server ends, what `doctor` finds, and the
//! runbook, each with the real program or a real store.

#[path = "operating/doctor.rs"]
mod doctor;
#[path = "operating/drain.rs"]
mod drain;
#[path = "operating/lines.rs"]
mod lines;
#[path = "operating/moody.rs"]
mod moody;
#[path = "operating/planted.rs"]
mod planted;
#[path = "operating/read_only.rs"]
mod read_only;
#[path = "operating/receiver.rs"]
mod receiver;
#[path = "operating/runbook.rs"]
mod runbook;
#[path = "operating/serving.rs"]
mod serving;
