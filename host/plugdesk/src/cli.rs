//! The command line: what may be typed, how it ends, and the path every command takes.
//!
//! A command is a request to the API through one of three transports ([`transport`]): the socket of a running desk, the
//! folder of a resting one, or an address far away. So each command has one implementation, one path and one audit.

mod archive;
mod audit;
mod backup;
mod calendar;
mod connection;
mod decisions;
mod desk;
mod doctor;
mod escalation;
mod eval;
mod export;
mod failure;
mod file;
mod fit;
mod generation;
mod import;
mod init;
mod key;
mod output;
mod pack;
mod people;
mod plugin;
mod policy;
mod read_only;
mod restore;
mod serve;
mod stream;

mod text;
mod ticket;
mod transport;
mod verify;
mod webhook;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use connection::connected;
pub(crate) use failure::{Exit, Failure};
pub(crate) use output::Output;

const EXAMPLES: &str = "\
Examples:
  plugdesk init                                   a desk in ./plugdesk-data, with its first key
  plugdesk serve                                  its API on http://127.0.0.1:8080
  plugdesk import leads.csv --map leads.toml      leads from a CSV file
  plugdesk decisions list                         what the policies decided
  plugdesk --url https://desk.example --key pd_… policy list

Every command works on a running desk, on a resting one, and with --url on one far away.

Exit codes:
  0 done    1 refused, or a check failed    2 wrong usage    3 not found    4 conflict
  5 no desk there, or it can't be reached   6 read-only or damaged   7 not allowed
  8 busy, try again later   9 the desk failed";

/// A help desk whose policies are sandboxed plugins.
#[derive(Debug, Parser)]
#[command(name = "plugdesk", version, after_help = EXAMPLES, max_term_width = 100, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Global {
    /// The desk's folder
    #[arg(
        long,
        global = true,
        env = "PLUGDESK_FOLDER",
        default_value = "plugdesk-data",
        value_name = "FOLDER",
        help_heading = "Where"
    )]
    pub(crate) folder: PathBuf,
    /// The address of a desk far away, such as https://desk.example
    #[arg(long, global = true, env = "PLUGDESK_URL", value_name = "URL", help_heading = "Where")]
    pub(crate) url: Option<String>,
    /// The API key for --url
    #[arg(
        long,
        global = true,
        env = "PLUGDESK_KEY",
        hide_env_values = true,
        value_name = "KEY",
        help_heading = "Where"
    )]
    pub(crate) key: Option<String>,
    /// The desk, by name or id; not needed where there is only one
    #[arg(long, global = true, env = "PLUGDESK_DESK", value_name = "DESK", help_heading = "Where")]
    pub(crate) desk: Option<String>,
    /// Answer in JSON, for machines
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a folder with a first desk and its first key
    Init(init::Init),
    /// Serve the API
    Serve(serve::Serve),
    /// Desks: create, list, fill
    #[command(subcommand)]
    Desk(desk::Desk),
    /// API keys: create, list, revoke
    #[command(subcommand)]
    Key(key::Key),
    /// Bring in tickets with their past, entries, contacts, companies or memberships from a CSV or JSON-lines file
    Import(import::Import),
    /// Write a desk's records and events as JSON lines
    Export(export::Export),
    /// Write a consistent backup of every desk while work goes on
    Backup(backup::Backup),
    /// Make a folder from a backup
    Restore(restore::Restore),
    /// Compare records, indexes, counters, events and files
    Verify(verify::Verify),
    /// Tickets: list, show, act, reply, note
    #[command(subcommand)]
    Ticket(ticket::Ticket),
    /// What policies propose: list, accept, reject
    #[command(subcommand)]
    Proposal(people::Proposal),
    /// Merges of people, companies and tickets: make, list, undo
    #[command(subcommand)]
    Merge(people::Merge),
    /// Companies: how an account stands
    #[command(subcommand)]
    Company(people::Company),
    /// What is owed (SLA targets): list, of a ticket
    #[command(subcommand)]
    Commitment(escalation::Commitment),
    /// Escalations: list, show, ack
    #[command(subcommand)]
    Escalation(escalation::Escalation),
    /// Calendars: list, set, due, elapsed, holidays, remove
    #[command(subcommand)]
    Calendar(calendar::Calendar),
    /// Agents: list, add, set
    #[command(subcommand)]
    Agent(words::Agent),
    /// Teams: list, set
    #[command(subcommand)]
    Team(words::Team),
    /// Contracts: list, add
    #[command(subcommand)]
    Contract(words::Contract),
    /// Ticket kinds, states and segments: list, set, remove
    #[command(subcommand)]
    Definition(words::Definition),
    /// Who did what to the desk itself, to keys and to the process
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Webhooks: add, list, set, deliveries, replay, rotate, test, remove
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Reports: show
    #[command(subcommand)]
    Report(webhook::Report),
    /// Packs: install, list
    #[command(subcommand)]
    Pack(pack::Pack),
    /// Policies: list, on, off, shadow, rollback
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Generations of bindings: list, diff, rollback
    #[command(subcommand)]
    Generation(generation::Generation),
    /// Decisions: list, show, vector
    #[command(subcommand)]
    Decisions(decisions::Decisions),
    /// Plugins: new, build, test, run
    #[command(subcommand)]
    Plugin(plugin::Plugin),
    /// Score a policy's decisions against outcomes that are known
    Eval(eval::Eval),
    /// Learn a policy's configuration from a company's own past: scorecard, risk, linkage
    #[command(subcommand)]
    Fit(fit::Fit),
    /// Hold writes, and take them again: on, off, show
    #[command(subcommand)]
    ReadOnly(read_only::ReadOnly),
    /// Look over folder, desk and tools, and say what helps
    Doctor(doctor::Doctor),
}

/// Reads the arguments, runs the command and says how it ended.
pub(crate) fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help and version to stdout, faults to stderr; a closed pipe is nobody's fault.
            drop(error.print());
            return if error.use_stderr() { Exit::Usage.into() } else { ExitCode::SUCCESS };
        }
    };
    let output = Output::new(cli.global.json);
    if !matches!(cli.command, Command::Serve(_)) {
        log_begin();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output.end(Err(Failure::new(Exit::Fault, format!("no threads can be started: {error}")))),
    };
    let ended = runtime.block_on(run(&cli, &output));
    // Everything was closed that could be. A thread that still waits, for a name's address or a pipe, holds nobody up.
    runtime.shutdown_background();
    output.end(ended)
}

/// What a desk opened in this process has to say beside its answers, such as the cause of a fault.
fn log_begin() {
    let wanted = std::env::var("PLUGDESK_LOG").ok();
    let filter = wanted.and_then(|wanted| tracing_subscriber::EnvFilter::try_new(wanted).ok());
    let filter = filter.unwrap_or_else(|| tracing_subscriber::EnvFilter::new("error"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time();
    // There is no other subscriber in this process that it could be in the way of.
    drop(lines.with_ansi(false).try_init());
}

/// How many of a list are wanted: a list of none is a slip of the hand.
pub(crate) fn count() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(1..)
}

fn parse() -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches()?;
    let typed = |name| matches.value_source(name) == Some(ValueSource::CommandLine);
    let mut cli = Cli::from_arg_matches(&matches)?;
    // What is typed beats what the environment says: `--folder x` on a machine with PLUGDESK_URL means the folder.
    if typed("folder") && !typed("url") {
        cli.global.url = None;
    }
    if typed("folder") && typed("url") {
        let text = "--folder and --url name two desks; give one of them";
        return Err(Cli::command().error(clap::error::ErrorKind::ArgumentConflict, text));
    }
    Ok(cli)
}

async fn run(cli: &Cli, output: &Output) -> Result<(), Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Init(it) => it.run(global, output).await,
        Command::Serve(it) => it.run(global, output).await,
        Command::Desk(it) => it.run(global, output).await,
        Command::Key(it) => it.run(global, output).await,
        Command::Import(it) => it.run(global, output).await,
        Command::Export(it) => it.run(global, output).await,
        Command::Backup(it) => it.run(global, output).await,
        Command::Restore(it) => it.run(global, output),
        Command::Verify(it) => it.run(global, output).await,
        Command::Ticket(it) => it.run(global, output).await,
        Command::Proposal(it) => it.run(global, output).await,
        Command::Merge(it) => it.run(global, output).await,
        Command::Company(it) => it.run(global, output).await,
        Command::Commitment(it) => it.run(global, output).await,
        Command::Escalation(it) => it.run(global, output).await,
        Command::Calendar(it) => it.run(global, output).await,
        Command::Agent(it) => it.run(global, output).await,
        Command::Team(it) => it.run(global, output).await,
        Command::Contract(it) => it.run(global, output).await,
        Command::Definition(it) => it.run(global, output).await,
        Command::Audit(it) => it.run(global, output).await,
        Command::Webhook(it) => it.run(global, output).await,
        Command::Report(it) => it.run(global, output).await,
        Command::Pack(it) => it.run(global, output).await,
        Command::Policy(it) => it.run(global, output).await,
        Command::Generation(it) => it.run(global, output).await,
        Command::Decisions(it) => it.run(global, output).await,
        Command::Plugin(it) => it.run(global, output),
        Command::Eval(it) => it.run(global, output).await,
        Command::Fit(it) => it.run(global, output).await,
        Command::ReadOnly(it) => it.run(global, output).await,
        Command::Doctor(it) => it.run(global, output).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
