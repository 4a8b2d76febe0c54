//! The embedding example, run as its readers run it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use super::place::debug;

#[test]
fn plugdesk_lives_inside_another_service() {
    let example = debug().join("examples").join("embed");
    assert!(example.exists(), "{} is not built; run `cargo xtask test`", example.display());
    let folder = tempfile::TempDir::new().unwrap();
    let mut command = Command::new(example);
    let mut child =
        command.current_dir(folder.path()).env("LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").and_then(|rest| rest.strip_suffix("/support/v1"));
    let address = address.unwrap_or_else(|| panic!("{line}"));
    let me = get(address, "/support/v1/me");
    assert!(me.starts_with("HTTP/1.1 200") && me.contains("\"operator\""), "{me}");
    assert!(get(address, "/").ends_with("my app"), "the host's own routes are untouched");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "it drains and ends");
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
