//! The real program serving a folder: its address, what it logs, how it ends; and a plain client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::wire::{Reply, parse, request};
use crate::program::place::Place;

/// Nothing here takes longer on a busy machine; a wait that never ends is a failure, not a hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Heard {
    lines: Mutex<Vec<String>>,
    news: Condvar,
}

/// A running server whose log is read.
pub(crate) struct Serving {
    child: Child,
    /// Such as `127.0.0.1:4711`.
    pub(crate) address: String,
    heard: Arc<Heard>,
}

impl Serving {
    /// Serves the place's desk on a free port, with JSON lines at level `info` and what else is given.
    pub(crate) fn start(place: &Place, more: &[&str]) -> Self {
        Self::with(place, &[&["--log-format", "json"], more].concat())
    }

    /// The same with what is given alone: lines for people.
    pub(crate) fn with(place: &Place, more: &[&str]) -> Self {
        let base = ["serve", "--listen", "127.0.0.1:0", "--json"];
        let mut command = place.command(&[&base, more].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let heard = Arc::new(Heard::default());
        let (errors, into) = (child.stderr.take().unwrap(), Arc::clone(&heard));
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                into.lines.lock().unwrap().push(line);
                into.news.notify_all();
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut text = String::new();
        while !text.ends_with("}\n") {
            let line = lines.next().unwrap_or_else(|| panic!("the server ended: {:?}", heard.lines.lock().unwrap()));
            text.push_str(&line.unwrap());
            text.push('\n');
        }
        let said: Value = serde_json::from_str(&text).unwrap();
        let address = said["listening"].as_str().unwrap().trim_start_matches("http://").to_owned();
        Self { child, address, heard }
    }

    /// Every line so far.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let lines = self.heard.lines.lock().unwrap();
        lines.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }

    /// Waits for a line of which that is true.
    #[track_caller]
    pub(crate) fn line(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + PATIENCE;
        let mut lines = self.heard.lines.lock().unwrap();
        loop {
            let found = lines.iter().filter_map(|line| serde_json::from_str(line).ok()).find(|line| wanted(line));
            if let Some(found) = found {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no line of {what} in:\n{}", lines.join("\n"));
            lines = self.heard.news.wait_timeout(lines, left).unwrap().0;
        }
    }

    /// The same of a log for people.
    #[track_caller]
    pub(crate) fn text_line(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let mut found = None;
        until(what, || {
            found = self.heard.lines.lock().unwrap().iter().find(|line| wanted(line)).cloned();
            found.is_some()
        });
        found.unwrap()
    }

    /// One request on a connection of its own.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut all = headers.to_vec();
        if !body.is_empty() {
            all.push(("content-type", "application/json"));
        }
        exchange(&self.address, &request(method, path, &all, body.as_bytes()))
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; none: it was killed by a signal.
    pub(crate) fn ended(&mut self, within: Duration) -> Option<i32> {
        let until = Instant::now() + within;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it did not end within {within:?}; it said:\n{}", self.heard.lines.lock().unwrap().join("\n"));
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request that closes its connection and reads the answer.
pub(crate) fn exchange(address: &str, bytes: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    parse(&answer)
}

/// A key of that role, made by the command line.
pub(crate) fn key(place: &Place, role: &str) -> String {
    let made = place.run(&["--json", "key", "create", "--role", role, "--label", role]).good().json();
    made["secret"].as_str().unwrap().to_owned()
}

/// Waits until it is true.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "it never came: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
