//! The program `plugdesk`: every command is a request to the desk's API. Start with `program`.

mod program;

fn main() -> std::process::ExitCode {
    program::main()
}
