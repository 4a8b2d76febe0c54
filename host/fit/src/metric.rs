//! How good decisions are, against what came of them.

mod pairs;
mod ranked;

pub use pairs::{Clusters, Pairs};
pub use ranked::{Band, Scored, auc, bands, brier, precision_at};
