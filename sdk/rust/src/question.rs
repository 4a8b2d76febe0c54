//! The questions, one file each: the trait a policy implements, its words, and the function that `plugin!` exports.

pub mod affiliate;
pub mod classify;
pub mod correlate;
pub mod escalate;
pub mod identify;
pub mod merge;
pub mod promise;
pub mod qualify;
pub mod react;
pub mod track;
