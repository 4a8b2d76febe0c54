//! How a command ends when it does not end well: an exit code, a sentence, and the way out.

use std::process::ExitCode;

use http::StatusCode;
use serde_json::Value;

/// The documented exit codes; docs/cli.md has the same table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The desk or a policy refused it, or a check found something.
    Refused = 1,
    /// The command was typed wrongly.
    Usage = 2,
    /// What was named does not exist.
    NotFound = 3,
    /// It exists already, or was changed meanwhile.
    Conflict = 4,
    /// There is no desk, or it can't be reached.
    Unreachable = 5,
    /// The store takes no writes, or can't be read.
    Damaged = 6,
    /// The key is missing, wrong, or may not.
    Forbidden = 7,
    /// Too much at once; later it may work.
    Busy = 8,
    /// The desk, or this machine, failed.
    Fault = 9,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that did not end well.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// In words, naming the thing; empty: everything was said already.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
    /// The API's problem document, for `--json`.
    pub(crate) problem: Option<Value>,
    /// The reader of our output left; that is not worth a word.
    pub(crate) quiet: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), help: None, problem: None, quiet: false }
    }

    /// The answer itself was the bad news, and has been printed.
    pub(crate) fn said(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    /// The reader of our output left.
    pub(crate) fn quiet() -> Self {
        Self { quiet: true, ..Self::new(Exit::Fault, "") }
    }

    pub(crate) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// A file of this machine that could not be used.
    pub(crate) fn file(path: &std::path::Path, verb: &str, error: &std::io::Error) -> Self {
        let exit = match error.kind() {
            std::io::ErrorKind::NotFound => Exit::NotFound,
            std::io::ErrorKind::AlreadyExists => Exit::Conflict,
            std::io::ErrorKind::PermissionDenied => Exit::Forbidden,
            _ => Exit::Fault,
        };
        Self::new(exit, format!("{} can't be {verb}: {error}", path.display()))
    }

    /// What the API answered instead of the wanted, as an RFC 9457 problem or otherwise.
    pub(crate) fn answered(status: StatusCode, body: &[u8]) -> Self {
        let problem: Option<Value> = serde_json::from_slice(body).ok().filter(Value::is_object);
        let Some(problem) = problem else {
            let failure = Self::new(exit_of(status, ""), format!("the desk answered {status}"));
            return failure.with_help("is this address a Plugdesk? its API begins at /v1");
        };
        let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
        let code = text("code");
        // A detail that only strings the faults together would say each of them twice.
        let repeats = problem.get("errors").into_iter().flat_map(faults).any(|(_, rule)| text("detail").contains(rule));
        let detail = if repeats && !text("title").is_empty() { "" } else { text("detail") };
        let mut message =
            [detail, text("title"), code].into_iter().find(|t| !t.is_empty()).unwrap_or("refused").to_owned();
        for (place, rule) in problem.get("errors").into_iter().flat_map(faults) {
            let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
            message.push_str(&format!("\n  {place}{}", rule.replace('\n', "\n    ")));
        }
        let help = match (status, code) {
            (StatusCode::UNAUTHORIZED, _) => Some("give a key with --key or PLUGDESK_KEY".to_owned()),
            (_, "outcome-unknown") => {
                Some("look before you repeat it: the command may have been carried out".to_owned())
            }
            (_, "internal") => Some(format!("its log has the cause under {}", text("request_id"))),
            (_, "no-space") => Some("make room on the desk's disk; writing goes on by itself then".to_owned()),
            (_, "read-only" | "damaged") => Some("`plugdesk doctor` says why and what helps".to_owned()),
            _ => problem.get("decision").and_then(Value::as_str).map(|id| format!("plugdesk decisions show {id}")),
        };
        Self { help, ..Self::new(exit_of(status, code), message) }.with_problem(problem)
    }

    fn with_problem(self, problem: Value) -> Self {
        Self { problem: Some(problem), ..self }
    }
}

impl From<plugdesk::Error> for Failure {
    fn from(error: plugdesk::Error) -> Self {
        let text = super::transport::chain(&error);
        match error {
            plugdesk::Error::Store(plugdesk_store::Error::InUse(folder)) => Self::new(Exit::Unreachable, text)
                .with_help(format!(
                    "it is starting or ending, then try again in a moment; see who has it with `fuser -v {}`; an \
                     embedded Plugdesk opens a socket with `socket(true)`; or use --url and --key",
                    folder.join("LOCK").display()
                )),
            plugdesk::Error::Socket(_) => Self::new(Exit::Fault, text).with_help(
                "a socket's whole path has at most 107 bytes, and the folder must be writable: name another --folder",
            ),
            plugdesk::Error::Desk(_) | plugdesk::Error::Store(_) => {
                Self::new(Exit::Damaged, text).with_help("`plugdesk doctor` looks it over")
            }
            _ => Self::new(Exit::Fault, text),
        }
    }
}

impl From<plugdesk::guest::Error> for Failure {
    fn from(error: plugdesk::guest::Error) -> Self {
        use plugdesk::guest::Error as Guest;
        let exit = match &error {
            Guest::NoToolchain(_) | Guest::NotAPlugin { .. } => Exit::NotFound,
            Guest::Compile { .. } | Guest::NotAComponent(_) | Guest::ForeignImport(_) => Exit::Refused,
            Guest::Occupied { .. } => Exit::Conflict,
            Guest::Word(_) => Exit::Usage,
            Guest::Io { .. } => Exit::Fault,
        };
        Self::new(exit, error.to_string())
    }
}

/// The single faults of a problem: each has a place, a field or a file, and a rule.
fn faults(list: &Value) -> impl Iterator<Item = (&str, &str)> {
    list.as_array().into_iter().flatten().map(|fault| {
        let text = |name: &str| fault.get(name).and_then(Value::as_str).unwrap_or_default();
        (if text("file").is_empty() { text("pointer") } else { text("file") }, text("detail"))
    })
}

fn exit_of(status: StatusCode, code: &str) -> Exit {
    match (status.as_u16(), code) {
        (_, "read-only" | "damaged") | (507, _) => Exit::Damaged,
        (401 | 403, _) => Exit::Forbidden,
        (404 | 410, _) => Exit::NotFound,
        (409 | 412 | 428, _) => Exit::Conflict,
        (429 | 503 | 504, _) => Exit::Busy,
        (400..=499, _) => Exit::Refused,
        _ => Exit::Fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_exit_code() {
        let exits = [
            (400, Exit::Refused),
            (401, Exit::Forbidden),
            (403, Exit::Forbidden),
            (404, Exit::NotFound),
            (409, Exit::Conflict),
            (412, Exit::Conflict),
            (422, Exit::Refused),
            (429, Exit::Busy),
            (500, Exit::Fault),
            (503, Exit::Busy),
            (507, Exit::Damaged),
        ];
        for (status, exit) in exits {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(Failure::answered(status, b"{\"code\":\"x\"}").exit, exit, "{status}");
        }
        let read_only = Failure::answered(StatusCode::SERVICE_UNAVAILABLE, b"{\"code\":\"read-only\"}");
        assert_eq!(read_only.exit, Exit::Damaged);
    }

    #[test]
    fn a_problem_is_told_with_its_fields() {
        let body =
            br#"{"code":"invalid","detail":"the body is refused","errors":[{"pointer":"/name","detail":"is empty"}]}"#;
        let failure = Failure::answered(StatusCode::UNPROCESSABLE_ENTITY, body);
        assert_eq!(failure.message, "the body is refused\n  /name: is empty");
    }
}
