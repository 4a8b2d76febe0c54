//! `plugdesk-eval`: scores of the product against data that somebody else made. One file per subcommand; each prints a
//! table, or JSON with `--json`.

mod calendars;
mod contact_merging;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "plugdesk-eval", about = "Scores the product against data that somebody else made")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Business time against due and elapsed times by other libraries
    Calendars(calendars::Calendars),
    /// Who is the same person, and which reports are of one problem
    ContactMerging(contact_merging::ContactMerging),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Calendars(it) => it.run(),
        Command::ContactMerging(it) => it.run(),
    }
}
