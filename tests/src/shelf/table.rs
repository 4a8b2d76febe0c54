//! The table of the shelf: which component ends where, as what, with which words.

use plugdesk_domain::ask::PrepareFault;
use plugdesk_domain::{Ask, Limits, Outcome};
use serde::Deserialize;

use super::pretend::ask;
use super::{guest, made};

#[derive(Deserialize)]
struct Table {
    hostile: Vec<Row>,
}

/// One hostile component, as `tests/hostile/expected.toml` has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The name of a `.wat` in `tests/hostile`, or of one that is made.
    pub file: String,
    /// `module`, `component` or `made`.
    pub form: String,
    /// The contract's world that a module is made a component of.
    #[serde(default)]
    pub world: String,
    /// Where it ends: `load`, `prepare` or `ask`.
    pub phase: String,
    /// The class of its outcome.
    pub class: String,
    /// How the message begins.
    pub message: String,
}

/// How a component ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Where.
    pub phase: &'static str,
    /// As what.
    pub class: String,
    /// With which words.
    pub message: String,
}

/// Every row.
pub fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(guest::root().join("tests/hostile/expected.toml")).expect("the table is there");
    toml::from_str::<Table>(&text).expect("the table is one").hostile
}

impl Row {
    /// The component's bytes.
    pub fn component(&self) -> Vec<u8> {
        let text = || guest::text(&self.file);
        match self.form.as_str() {
            "module" => guest::hostile(&self.file, &self.world),
            "component" => wat::parse_str(text()).expect("the text is WebAssembly"),
            "made" => made::component(&self.file).unwrap_or_else(|| panic!("{} is not made", self.file)),
            other => panic!("{other} is no form"),
        }
    }

    /// Loads it with `engine`, prepares it where that is its phase, else asks it.
    pub fn run(&self, engine: &dyn Ask) -> Ended {
        let ended = |phase, class: &str, message| Ended { phase, class: class.to_owned(), message };
        let plugin = match engine.load(&self.component()) {
            Ok(plugin) => plugin,
            Err(fault) => return ended("load", "load", fault.to_string()),
        };
        if self.phase == "prepare" {
            return match plugin.prepare("{}", &Limits::default()) {
                Ok(_) => ended("prepare", "ok", String::new()),
                Err(PrepareFault::Failed { class, message }) => ended("prepare", class.name(), message),
                Err(PrepareFault::Refused(problems)) => {
                    let first = problems.first().map(|it| format!("{}: {}", it.pointer, it.message));
                    ended("prepare", "settings", first.unwrap_or_default())
                }
            };
        }
        let verdict = ask(&*plugin, &Limits::default());
        let message = match &verdict.outcome {
            Outcome::Answered(_) => String::new(),
            Outcome::Failed { message, .. } => message.clone(),
        };
        ended("ask", verdict.outcome.class().name(), message)
    }

    /// Whether that is how it must end.
    pub fn expects(&self, ended: &Ended) -> bool {
        ended.phase == self.phase && ended.class == self.class && ended.message.starts_with(&self.message)
    }
}
