//! `plugdesk doctor`: looks over folder, desk and tools; each finding says what helps.

mod findings;
mod folder;
mod health;

use std::path::Path;

use plugdesk::guest::Toolchain;
use plugdesk_desk::Clock;
use plugdesk_domain::Instant;
use serde_json::json;

use super::connection::Connection;
use super::transport::Transport;
use super::{Exit, Failure, Global, Output};
use findings::{Findings, Grade};

/// A clock that shows a time before this one was never set: the month this program's first version was written in.
const BUILT_AFTER: Instant = Instant::from_millis(1_793_491_200_000); // 2026-11-01

/// Look over everything.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 nothing is wrong (warnings may be), 1 something is.")]
pub(crate) struct Doctor {}

impl Doctor {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        let mut found = Findings::default();
        clock(&mut found);
        if global.url.is_none() {
            folder::look(&global.folder, &mut found).await;
        }
        match Transport::open(global).await {
            Ok(transport) => {
                let connection = Connection::over(transport, global.desk.clone());
                desk(&connection, &mut found).await;
                connection.transport.close().await?;
            }
            Err(failure) => found.add(Grade::Bad, "desk", failure.message, failure.help),
        }
        toolchain(&mut found);
        output.value(&json!({ "findings": found.list() }))?;
        for finding in found.list() {
            output.say(finding.to_string())?;
        }
        if found.worst() == Grade::Bad { Err(Failure::said(Exit::Refused)) } else { Ok(()) }
    }
}

async fn desk(connection: &Connection, found: &mut Findings) {
    found.add(Grade::Good, "desk", format!("a {} desk answers", connection.transport.name()), None);
    match connection.get("/v1/health").await {
        Ok(health) => health::look(&health, found),
        Err(failure) => found.add(Grade::Bad, "health", failure.message, failure.help),
    }
}

fn clock(found: &mut Findings) {
    let now = plugdesk::SystemClock::default().now();
    if now < BUILT_AFTER {
        let help = "set it, for example with `timedatectl set-ntp true`: due times, ids and keys' ends depend on it";
        found.add(Grade::Bad, "clock", format!("it shows {now}, which is long past"), Some(help.to_owned()));
    } else {
        found.add(Grade::Good, "clock", format!("{now}"), None);
    }
}

fn toolchain(found: &mut Findings) {
    match Toolchain::find(Path::new(".")) {
        Ok(toolchain) => found.add(Grade::Good, "plugins", format!("are built by {toolchain}"), None),
        Err(error) => {
            // Only who writes plugins needs it.
            let text = error.to_string();
            let (what, help) = text.split_once('\n').unwrap_or((&text, ""));
            found.add(Grade::Warn, "plugins", format!("can't be built here: {what}"), Some(help.to_owned()));
        }
    }
}
