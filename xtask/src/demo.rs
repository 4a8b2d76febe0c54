//! `cargo xtask demo`: sets up, builds, opens a desk, imports leads, and tells the story against the live API.

mod client;
mod flow;
mod policy;
mod server;
mod story;

use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{run, setup, test};
use server::Server;

/// The demo's port, unless it is used: easy to type, and no service's own.
const PORT: u16 = 7400;

/// Tells the story.
#[derive(Args)]
pub struct Demo {
    /// Exit when the story is told; so it is without a terminal too
    #[arg(long)]
    once: bool,
    /// End a demo that is still running, and begin anew
    #[arg(long)]
    replace: bool,
    /// Real leads instead of the sample
    #[arg(long, requires = "map", value_name = "FILE.csv")]
    leads: Option<PathBuf>,
    /// Which of its columns goes where
    #[arg(long, requires = "leads", value_name = "FILE.toml")]
    map: Option<PathBuf>,
    /// The port; 0: any. One that is used is replaced by another
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// The folder's name within the target folder
    #[arg(skip = "demo")]
    name: &'static str,
}

impl Demo {
    /// The story as a test tells it: once, beside a demo that may be running.
    pub fn for_test() -> Self {
        Self { once: true, replace: true, leads: None, map: None, port: 0, name: "demo-test" }
    }

    pub fn run(&self) -> Result<()> {
        let begun = Instant::now();
        // Said before anything is built, because the wait is what a newcomer wants to know.
        let leads = self.leads()?;
        plan(&leads, self.name);
        let folder = run::target().join(self.name);
        server::make_way(&folder, self.replace)?;
        setup::guest_toolchain()?;
        test::build()?;
        test::packs()?;
        fs::create_dir_all(&folder).with_context(|| format!("{} can't be made", folder.display()))?;
        let mut server = Server::start(&folder, self.port)?;
        println!("\nReady {:.0} s after the command was given. Now the story.", begun.elapsed().as_secs_f64());
        let told = Instant::now();
        story::tell(&mut server, &leads)?;
        println!("\nThe story took {:.0} s.", told.elapsed().as_secs_f64());
        if self.once || !std::io::stdout().is_terminal() {
            return server.end();
        }
        story::farewell(&server);
        server.wait()
    }

    fn leads(&self) -> Result<story::Leads> {
        let sample = run::root().join("examples/leads");
        let (csv, map) = match (&self.leads, &self.map) {
            (Some(csv), Some(map)) => (csv.clone(), map.clone()),
            _ => (sample.join("leads.csv"), sample.join("leads.toml")),
        };
        for file in [&csv, &map] {
            if !file.is_file() {
                bail!("{} is not a file", file.display());
            }
        }
        Ok(story::Leads { sample: self.leads.is_none(), csv, map })
    }
}

fn plan(leads: &story::Leads, name: &str) {
    println!("Plugdesk's demo, in four steps:");
    println!("  1. look for what building policies needs, and set it up if it is missing (up to 2 minutes, 600 MB)");
    println!("  2. build Plugdesk and five policies (up to 15 minutes and 4 GB the first time, seconds afterwards)");
    println!("  3. open a desk in target/{name} and serve it on loopback");
    println!("  4. tell the story with the leads of {} (less than 4 minutes)", leads.csv.display());
    println!("Nothing is written outside the repository's target folder, but for packages that step 1 may install.\n");
}
