//! The load program behind `cargo xtask bench`: creating tickets over HTTP, and the limit that a durable write sets.
//!
//! Both run in one process run after the other with the same client, so that their ratio means something on a machine
//! whose speed drifts.

mod create;
mod limit;
mod load;

use anyhow::Result;
use clap::Parser;

/// Measures creation over HTTP against the limit.
#[derive(Parser)]
struct Arguments {
    /// The program to measure, built in release
    #[arg(long)]
    plugdesk: std::path::PathBuf,
    /// Packs to install, as folders
    #[arg(long)]
    pack: Vec<std::path::PathBuf>,
    /// Connections, one row each
    #[arg(long, value_delimiter = ',', default_value = "1,16,64")]
    connections: Vec<usize>,
    /// Seconds per row
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let desk = create::Desk::start(&arguments.plugdesk, &arguments.pack, &folder.path().join("desk"))?;
    let bare = limit::start(&folder.path().join("limit"))?;
    let (mut create, mut limit) = (Vec::new(), Vec::new());
    for &connections in &arguments.connections {
        for (rows, target) in [(&mut limit, bare.target()), (&mut create, desk.target())] {
            let report = runtime.block_on(load::run(target, connections, arguments.seconds))?;
            rows.push(report);
        }
    }
    let report = serde_json::json!({ "create": create, "limit": limit, "policies": desk.policies });
    #[expect(clippy::print_stdout, reason = "this is the program's answer")]
    {
        println!("{report}");
    }
    Ok(())
}
