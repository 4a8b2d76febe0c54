//! The program `plugdesk`: every command is a request to the desk's API. Start with `cli`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
