//! Random operations against both engines and against a plain map: the short form of `plugdesk-bench model`.

use super::machine;

/// Some hundred operations; another seed with `PLUGDESK_TEST_SEED`.
#[test]
fn both_engines_do_what_a_map_does_through_crashes_snapshots_and_backups() {
    let seed = std::env::var("PLUGDESK_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let done = machine::run(seed, 6, 60).unwrap_or_else(|what| panic!("{what}"));
    assert_eq!(done, 360);
}
