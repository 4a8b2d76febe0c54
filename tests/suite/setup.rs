//! Setting up a machine that lacks something: found another way, or told the exact line.

use std::process::Command;

#[test]
fn with_rustups_server_out_of_reach_the_set_up_finds_debians_way_or_says_the_line() {
    let mut xtask = Command::new(plugdesk_tests::program("xtask"));
    xtask.arg("setup").env("RUSTUP_AUTO_INSTALL", "1").env("RUSTUP_DIST_SERVER", "http://127.0.0.1:1");
    // As somebody who may not install: Debian's packages are found if they are there, and never fetched by a test.
    xtask.env("PLUGDESK_SETUP_INSTALLS", "no");
    let output = xtask.output().expect("xtask starts");
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        assert!(complained.contains("policies are built with"), "{said}{complained}");
        assert_eq!(said, "", "stdout is for the answer of the command that needs the set-up");
    } else {
        assert!(
            complained.contains("sudo apt-get install --yes rustc-web cargo-web rust-web-src"),
            "{said}{complained}"
        );
        assert!(complained.contains("rustup target add wasm32-unknown-unknown"), "{said}{complained}");
    }
}
