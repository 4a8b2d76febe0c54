//! The crash runs of the whole server, in their short form: `plugdesk-bench crash` is the long one.

use std::process::{Command, Stdio};

use plugdesk_tests::{pack, program};
use serde_json::Value;

#[test]
fn a_server_killed_under_load_keeps_what_it_answered_tells_what_came_due_and_delivers_in_order() {
    let mut bench = Command::new(program("plugdesk-bench"));
    bench.args(["crash", "--short", "--plugdesk"]).arg(program("plugdesk"));
    for name in ["segmentation", "lead-qualification"] {
        bench.arg("--pack").arg(pack(name));
    }
    let done = bench.stdin(Stdio::null()).output().expect("plugdesk-bench starts");
    let (said, progress) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}{progress}"));
    let crash = &report["crash"];
    for figure in ["lost", "torn", "unopenable", "untold", "rows_lost"] {
        assert_eq!(crash[figure], 0, "{figure}: {progress}");
    }
    assert_eq!(crash["well"], true, "{crash}: {progress}");
    for figure in ["kills", "acknowledged", "promises", "rows"] {
        assert!(crash[figure].as_u64() > Some(0), "{figure}: a run that looks at nothing finds nothing: {crash}");
    }
    for figure in ["events", "arrived", "failed"] {
        assert!(crash["deliveries"][figure].as_u64() > Some(0), "{figure}: likewise: {crash}");
    }
}
