//! The questions, one file each: the trait a policy implements, its words, and the glue that `plugin!` exports.

pub mod classify;
pub mod qualify;
