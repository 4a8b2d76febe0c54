//! The hostile shelf: components that want to do harm, how each must end, and the pretend desk that asks them.
//!
//! Most are text in `tests/hostile`; what is too large or too twisted to write by hand is [`made`]. `expected.toml` lists
//! all of them. The tests and the measuring program take them from here.

pub mod guest;
pub mod made;
pub mod mutate;
pub mod pretend;
pub mod table;
pub mod trial;
