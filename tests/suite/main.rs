//! Every test of the product in one binary: one link, one place to look.

mod tidy;
