//! What a desk's own past teaches: configurations of policies learned from labelled tables, and figures of how well
//! decisions are made. Pure: no desk, no sandbox, no clock; the same table and seed give the same bytes.

pub mod folds;
pub mod linkage;
pub mod logistic;
pub mod metric;
pub mod outcome;
pub mod risk;
pub mod scorecard;
pub mod table;
pub mod times;
