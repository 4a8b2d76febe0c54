//! Project automation: `cargo xtask demo` shows the product, `cargo xtask test` checks everything, `cargo xtask bench`
//! measures it. Depends on no crate of the workspace, so it builds in seconds and can set up the rest.

mod bench;
mod demo;
mod eval;
mod run;
mod setup;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Plugdesk's own automation.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sets up what is missing, builds, and tells Plugdesk's story against a live desk
    Demo(demo::Demo),
    /// Format, lints, every test, doc tests, licences: what CI runs
    Test(test::Test),
    /// Measures: a question, creating tickets over HTTP, and the limit a durable write sets
    Bench(bench::Bench),
    /// Scores the product against data that stands elsewhere
    Eval(eval::Eval),
    /// Only sets up what is missing for building policies
    Setup,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Test(test) => test.run(),
        Command::Bench(bench) => bench.run(),
        Command::Eval(eval) => eval.run(),
        Command::Setup => setup::guest_toolchain(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
