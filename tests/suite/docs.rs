//! Every command that README and docs show is run here, word for word, in the order in which a reader types them.
//!
//! A block marked `sh` is run; other text stands in blocks of other kinds. What the test changes: the port, so that
//! two runs can't meet, and the commands that run this very test are left out.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use plugdesk_tests::{built, program, root};

/// Commands of a contributor that contain this test or build everything anew.
const LEFT_OUT: [&str; 4] = ["cargo xtask", "cargo install", "git clone", "cd plugdesk"];

/// The commands of a document.
fn script(text: &str) -> String {
    let mut inside = false;
    let mut script = String::new();
    for line in text.lines() {
        match line.trim_end() {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside && !LEFT_OUT.iter().any(|left| line.starts_with(left)) => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    script
}

/// Runs a document's commands in an empty folder in which the repository's examples and packs can be seen.
fn check(document: &str) {
    let text = fs::read_to_string(root().join(document)).expect(document);
    let script = script(&text);
    assert!(!script.is_empty(), "{document} shows no command in a block marked `sh`");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let link = |from: &Path, name: &str| std::os::unix::fs::symlink(from, folder.path().join(name)).expect(name);
    for name in ["examples", "plugins"] {
        link(&root().join(name), name);
    }
    link(built().parent().expect("target"), "target");
    drop(program("plugdesk"));
    let port = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its address").port();
    let script = script.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}")).replace("--port 8080", &format!("--port {port}"));
    let path = std::env::join_paths(
        std::iter::once(built()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    // `setsid` and a trap: whatever the document left running ends with it.
    let wrapped = format!("trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\nset -euo pipefail\n{script}");
    let output = Command::new("timeout")
        .args(["--kill-after=10", "240", "bash", "-c", &wrapped])
        .current_dir(folder.path())
        .env("PATH", path.expect("a path"))
        .env_remove("PLUGDESK_URL")
        .stdin(Stdio::null())
        .output()
        .expect("bash starts");
    assert!(
        output.status.success(),
        "a command of {document} failed:\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_commands_of_the_readme_work() {
    check("README.md");
}

#[test]
fn every_document_shows_its_commands_in_blocks_that_are_run() {
    let commands = ["plugdesk ", "curl ", "cargo "];
    let mut offenders = Vec::new();
    let documents = fs::read_dir(root().join("docs")).expect("docs").flatten().map(|entry| entry.path());
    for path in documents.chain([root().join("README.md")]).filter(|path| path.extension().is_some_and(|e| e == "md")) {
        let text = fs::read_to_string(&path).expect("a document");
        let mut block = None;
        for line in text.lines() {
            if let Some(kind) = line.trim_end().strip_prefix("```") {
                block = if block.is_none() { Some(kind.to_owned()) } else { None };
            } else if block.as_deref().is_some_and(|kind| matches!(kind, "" | "bash" | "console" | "shell"))
                && commands.iter().any(|command| line.trim_start_matches("$ ").starts_with(command))
            {
                offenders.push(format!("{}: {line}", path.display()));
            }
        }
    }
    assert!(offenders.is_empty(), "commands in blocks that no test runs:\n{}", offenders.join("\n"));
}
