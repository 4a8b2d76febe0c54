//! `plugdesk doctor`: looks over folder, desk and tools; each finding says what helps.

mod findings;
mod folder;
mod health;
mod promise;
mod upkeep;

use std::path::Path;

use plugdesk::guest::Toolchain;
use plugdesk_desk::Clock;
use plugdesk_domain::Instant;
use serde_json::json;

use super::connection::Connection;
use super::text::{cell, items};
use super::transport::Transport;
use super::{Exit, Failure, Global, Output};
use findings::{Findings, Grade};
use health::REBUILT;

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
            Err(failure) => unopened(failure, &mut found),
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
    let health = match connection.get("/v1/health").await {
        Ok(health) => health,
        Err(failure) => return found.add(Grade::Bad, "health", failure.message, failure.help),
    };
    let now = plugdesk::SystemClock::default().now();
    health::look(&health, connection.transport.is_served(), now, found);
    let desks = health.get("desks").cloned().unwrap_or_default();
    for name in items(&desks).iter().map(|desk| cell(desk, "desk.name")) {
        upkeep::look(connection, &name, now, found).await;
        promise::look(connection, &name, found).await;
    }
    upkeep::keys(connection, now, found).await;
    upkeep::backup(&health, now, found);
}

/// A desk that can't be opened. What is damaged is told with the way back; `doctor` itself is no help here.
fn unopened(failure: Failure, found: &mut Findings) {
    let (code, help) = match failure.exit {
        Exit::Damaged => (
            "store-damaged",
            Some(format!(
                "look at the disk first (`dmesg`, `smartctl`); then {REBUILT}, and keep this one until all is well"
            )),
        ),
        Exit::Unreachable => ("desk-unreachable", failure.help),
        _ => ("desk-unopened", failure.help),
    };
    found.add_as(code, Grade::Bad, "desk", failure.message, help);
}

fn clock(found: &mut Findings) {
    let now = plugdesk::SystemClock::default().now();
    if now < BUILT_AFTER {
        let help = "set it, for example with `timedatectl set-ntp true`: due times, ids and keys' ends depend on it";
        found.add_as(
            "clock-wrong",
            Grade::Bad,
            "clock",
            format!("it shows {now}, which is long past"),
            Some(help.to_owned()),
        );
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
