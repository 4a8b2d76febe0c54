//! Project automation: demo, test, bench, eval.
fn main() {}
