//! The embedding examples, run as their readers run them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use super::place::debug;

/// An example that serves, in a folder of its own.
struct Served {
    child: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Served {
    fn start(example: &str) -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let mut command = Command::new(built(example));
        command.current_dir(folder.path()).env("LISTEN", "127.0.0.1:0").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("listening on http://").and_then(|rest| rest.strip_suffix("/support/v1"));
        let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, address, _folder: folder }
    }

    fn ends_in_peace(mut self) {
        Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "it drains and ends");
    }
}

fn built(example: &str) -> std::path::PathBuf {
    let built = debug().join("examples").join(example);
    assert!(built.exists(), "{} is not built; run `cargo xtask test`", built.display());
    built
}

#[test]
fn plugdesk_lives_inside_another_service() {
    let served = Served::start("embed");
    let me = get(&served.address, "/support/v1/me", "");
    assert!(me.starts_with("HTTP/1.1 200") && me.contains("\"operator\""), "{me}");
    assert!(get(&served.address, "/", "").ends_with("my app"), "the host's own routes are untouched");
    served.ends_in_peace();
}

#[test]
fn the_hosts_own_login_opens_each_its_desk_and_nobody_elses() {
    let served = Served::start("embed_auth");
    let as_user = |session: &str, path: &str| get(&served.address, path, &format!("cookie: session={session}\r\n"));
    let ann = as_user("ann-of-shop", "/support/v1/me");
    assert!(ann.starts_with("HTTP/1.1 200") && ann.contains("\"agent\""), "{ann}");
    let cleo = as_user("cleo-of-clinic", "/support/v1/policies");
    assert!(cleo.starts_with("HTTP/1.1 200"), "{cleo}");
    assert!(as_user("cleo-of-clinic", "/support/v1/policies?desk=shop").starts_with("HTTP/1.1 404"), "not her desk");
    assert!(as_user("nobody", "/support/v1/me").starts_with("HTTP/1.1 401"), "who has no session is nobody");
    assert!(get(&served.address, "/", "").ends_with("my app"));
    served.ends_in_peace();
}

#[test]
fn a_policy_in_plain_rust_joins_the_others() {
    let done = Command::new(built("native_policy")).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains("It smells of gas in the cellar: special"), "{said}");
    assert!(said.contains("The lamp in the hall is broken: none"), "without an opinion nothing is decided: {said}");
}

fn get(address: &str, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
