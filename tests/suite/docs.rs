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
const LEFT_OUT: [&str; 1] = ["cargo xtask"];

/// What a reader of the other pages has done before: a desk with the shipped policies, served, and a key.
const BEFORE: &str = "\
plugdesk init --json --pack target/packs/segmentation --pack target/packs/lead-qualification > made.json
export KEY=$(grep --only-matching 'pd_a_[0-9a-z]*_[0-9a-z]*' made.json)
plugdesk serve > served.log 2>&1 &
curl --silent --show-error --retry 20 --retry-connrefused http://127.0.0.1:8080/readyz
";

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
fn check(document: &str, before: &str) {
    let text = fs::read_to_string(root().join(document)).expect(document);
    let script = script(&text);
    assert!(!script.is_empty(), "{document} shows no command in a block marked `sh`");
    let script = format!("{before}{script}");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let link = |from: &Path, name: &str| std::os::unix::fs::symlink(from, folder.path().join(name)).expect(name);
    for name in ["examples", "plugins"] {
        link(&root().join(name), name);
    }
    link(built().parent().expect("target"), "target");
    drop(program("plugdesk"));
    // A request that is refused fails the document, though the page need not say `--fail`.
    fs::write(folder.path().join(".curlrc"), "fail-with-body\n").expect("curl's settings");
    let port = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its address").port();
    let script = script.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
    let script = script.replace("plugdesk serve", &format!("plugdesk serve --listen 127.0.0.1:{port}"));
    let path = std::env::join_paths(
        std::iter::once(built()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    // Whatever the document left running ends with it.
    let wrapped = format!("trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\nset -euo pipefail\n{script}");
    let output = Command::new("timeout")
        .args(["--kill-after=10", "240", "bash", "-c", &wrapped])
        .current_dir(folder.path())
        .env("PATH", path.expect("a path"))
        // Scaffolds share what was compiled already, the standard library above all.
        .env("CARGO_TARGET_DIR", built().parent().expect("target"))
        .env("CURL_HOME", folder.path())
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
    check("README.md", "");
}

#[test]
fn the_commands_of_the_api_page_work() {
    check("docs/api.md", BEFORE);
}

#[test]
fn the_commands_of_the_page_for_authors_work() {
    check("docs/writing-a-policy.md", BEFORE);
}

#[test]
fn the_commands_of_the_page_on_importing_work() {
    check("docs/importing.md", BEFORE);
}

#[test]
fn the_commands_of_the_page_on_scoring_work() {
    check("docs/eval.md", "");
}

#[test]
fn the_commands_of_the_page_on_calendars_work() {
    check("docs/calendars.md", &format!("{BEFORE}export PLUGDESK_FOLDER=plugdesk-data\n"));
}

#[test]
fn the_commands_of_the_page_on_fitting_work() {
    check("docs/fitting.md", "");
}

#[test]
fn the_commands_of_the_page_on_packs_work() {
    check("docs/packs.md", BEFORE);
}

#[test]
fn the_commands_of_the_page_on_security_work() {
    check("docs/security.md", &format!("{BEFORE}export PLUGDESK_FOLDER=plugdesk-data\n"));
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
            let indented = line.strip_prefix("    ").filter(|_| block.is_none());
            if indented.is_some_and(|line| commands.iter().any(|command| line.starts_with(command))) {
                offenders.push(format!("{}: {line}", path.display()));
            } else if let Some(kind) = line.trim_end().strip_prefix("```") {
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
