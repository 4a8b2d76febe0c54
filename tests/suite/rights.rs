//! Rights: every cell of caller × operation × desk is asked of a real server and compared with what is declared.

#[path = "rights/audited.rs"]
mod audited;
#[path = "rights/cast.rs"]
mod cast;
#[path = "rights/ended.rs"]
mod ended;
#[path = "rights/foreign.rs"]
mod foreign;
#[path = "rights/matrix.rs"]
mod matrix;
#[path = "rights/sample.rs"]
mod sample;
#[path = "rights/scope.rs"]
mod scope;
#[path = "rights/secrets.rs"]
mod secrets;
