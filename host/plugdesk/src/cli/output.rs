//! The one place that prints: tables and sentences for people, JSON for machines, colours only on a terminal.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use plugdesk_domain::plain::disturbs;
use serde_json::{Value, json};

use super::{Exit, Failure};

/// Where answers go.
pub(crate) struct Output {
    json: bool,
    terminal: bool,
    colour: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        // https://no-color.org: set and not empty means no colours.
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { json, terminal, colour: terminal && !plain }
    }

    /// Whether a machine reads.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// A sentence for people; machines don't see it.
    pub(crate) fn say(&self, text: impl AsRef<str>) -> Result<(), Failure> {
        if self.json { Ok(()) } else { self.raw(&format!("{}\n", printable(text.as_ref()))) }
    }

    /// A heading for people.
    pub(crate) fn head(&self, text: &str) -> Result<(), Failure> {
        if !self.colour || self.json {
            return self.say(text);
        }
        self.raw(&format!("\u{1b}[1m{}\u{1b}[0m\n", printable(text)))
    }

    /// A value for machines; people don't see it. One line into a pipe, so that a reader knows where it ends; indented
    /// on a terminal.
    pub(crate) fn value(&self, value: &Value) -> Result<(), Failure> {
        match (self.json, self.terminal) {
            (false, _) => Ok(()),
            (true, true) => self.raw(&format!("{value:#}\n")),
            (true, false) => self.raw(&format!("{value}\n")),
        }
    }

    /// Rows for people. An empty table says so in `none`.
    pub(crate) fn table(&self, head: &[&str], rows: Vec<Vec<String>>, none: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        if rows.is_empty() {
            return self.say(none);
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        // A pipe gets every character of a row on one line; a terminal gets what fits.
        let arrangement = if self.terminal { ContentArrangement::Dynamic } else { ContentArrangement::Disabled };
        table.set_content_arrangement(arrangement);
        table.set_header(head.iter().map(|word| word.to_uppercase()));
        table.add_rows(rows.into_iter().map(|row| row.into_iter().map(|cell| printable(&cell)).collect::<Vec<_>>()));
        let lines: Vec<String> = table.lines().map(|line| unpadded(&line).to_owned()).collect();
        self.raw(&format!("{}\n", lines.join("\n")))
    }

    /// Text as it is, such as a file's content.
    pub(crate) fn raw(&self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::quiet(),
            _ => Failure::new(Exit::Fault, format!("the output can't be written: {error}")),
        })
    }

    /// A remark beside the answer, for people; it goes to stderr.
    pub(crate) fn note(&self, text: &str) {
        if !self.json {
            drop(writeln!(io::stderr().lock(), "{}", printable(text)));
        }
    }

    /// Says how the command ended and gives its exit code.
    pub(crate) fn end(&self, ended: Result<(), Failure>) -> ExitCode {
        let Err(failure) = ended else { return ExitCode::SUCCESS };
        if failure.quiet {
            return ExitCode::SUCCESS;
        }
        if !failure.message.is_empty() {
            drop(io::stderr().lock().write_all(self.told(&failure).as_bytes()));
        }
        failure.exit.into()
    }

    fn told(&self, failure: &Failure) -> String {
        if self.json {
            let mut error = json!({ "message": failure.message, "exit": failure.exit as u8 });
            if let Some(help) = &failure.help {
                error["help"] = json!(help);
            }
            if let Some(problem) = &failure.problem {
                error["problem"] = problem.clone();
            }
            return format!("{}\n", json!({ "error": error }));
        }
        let red = io::stderr().is_terminal() && self.colour;
        let word = if red { "\u{1b}[1;31merror:\u{1b}[0m" } else { "error:" };
        let help = failure.help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
        format!("{word} {}{}\n", printable(&failure.message), printable(&help))
    }
}

/// A line of a table without the space that its first and last cells are padded with.
fn unpadded(line: &str) -> &str {
    line.strip_prefix(' ').unwrap_or(line).trim_end()
}

/// Without characters that disturb: what a customer or a policy wrote must neither move the operator's cursor nor turn
/// the order of what stands beside it.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if disturbs(c) && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customers_name_cant_move_the_operators_cursor() {
        assert_eq!(printable("Ann\u{1b}[2J"), "Ann\u{fffd}[2J");
        assert_eq!(printable("Ann \u{202e}nnA"), "Ann \u{fffd}nnA");
    }
}
