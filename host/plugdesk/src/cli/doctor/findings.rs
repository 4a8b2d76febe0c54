//! What was found, how bad it is, and what helps.

use std::fmt;

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Grade {
    /// As it should be.
    Good,
    /// Worth knowing; nothing is broken.
    Warn,
    /// Somebody should act.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Finding {
    grade: Grade,
    /// Stable: programs go by it. What was looked at, where it is as it should be.
    code: &'static str,
    what: &'static str,
    says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.grade {
            Grade::Good => "ok  ",
            Grade::Warn => "note",
            Grade::Bad => "BAD ",
        };
        write!(f, "{mark} {}: {}", self.what, super::super::output::printable(&self.says))?;
        match &self.help {
            Some(help) => write!(f, "\n       help: {}", help.trim().replace('\n', "\n       ")),
            None => Ok(()),
        }
    }
}

/// Everything that was looked at, in order.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, grade: Grade, what: &'static str, says: impl Into<String>, help: Option<String>) {
        self.add_as(what, grade, what, says, help);
    }

    /// The same under a code of its own, for what may be wrong in several ways.
    pub(super) fn add_as(
        &mut self,
        code: &'static str,
        grade: Grade,
        what: &'static str,
        says: impl Into<String>,
        help: Option<String>,
    ) {
        self.0.push(Finding { grade, code, what, says: says.into(), help: help.filter(|help| !help.is_empty()) });
    }

    pub(super) fn list(&self) -> &[Finding] {
        &self.0
    }

    pub(super) fn worst(&self) -> Grade {
        self.0.iter().map(|finding| finding.grade).max().unwrap_or(Grade::Good)
    }
}
