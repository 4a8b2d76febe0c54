//! `plugdesk-eval`: scores of the product against data that somebody else made. `all` scores every area of which the
//! folder has a set; the other subcommands look closer at one.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program that prints")]

mod all;
mod bench;
mod calendars;
mod clocks;
mod contact_merging;
mod contacts;
mod data;
mod incidents;
mod leads;
mod names;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "plugdesk-eval", about = "Scores the product against data that somebody else made")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every area of which the folder has a set
    All(all::All),
    /// Business time against due and elapsed times by other libraries
    Calendars(calendars::Calendars),
    /// Who is the same person, and which reports are of one problem
    ContactMerging(contact_merging::ContactMerging),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::All(it) => it.run(),
        Command::Calendars(it) => it.run(),
        Command::ContactMerging(it) => it.run(),
    }
}
