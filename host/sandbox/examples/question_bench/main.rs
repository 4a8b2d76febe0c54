//! What a question costs: the median of a fresh instance and of a reused one, with every limit on.
//!
//! ```text
//! cargo run --release -p plugdesk-sandbox --example question_bench -- --component X.wasm [--configuration C.json] [--json]
//! ```
//! Without a configuration the one beside the component is taken, which is the pack's own, or else `{}`.
//! The policy finds a lead with 12 attributes, 5 entries of 300 bytes and 5 digests of other tickets: the same as in the
//! example `native_bench` of the lead qualification, and so the score must be the same too. A policy that answers
//! `identify` is shown a contact and 50 candidates instead, with four custom fields each.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

mod desk;
mod inquiry;
#[path = "../../../../plugins/lead-qualification/examples/native_bench/lead.rs"]
mod lead;
mod people;

use std::sync::Arc;
use std::time::Instant as Clock;

use plugdesk_domain::question::Answer;
use plugdesk_domain::{Ask as _, Call, Instant, Limits, Outcome, Plugin, Verdict};
use plugdesk_sandbox::{Options, Sandbox};
use serde_json::json;

use desk::Desk;
use inquiry::inquiry;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW: Instant = Instant::from_millis(1_763_800_200_000);
/// Calls that are measured, and calls before them.
const CALLS: usize = 5_000;
const WARM: usize = 500;

/// The median and the 99th percentile of a call, in nanoseconds, and the last verdict.
fn measure(plugin: &dyn Plugin, settings: &Arc<[u8]>) -> (u64, u64, Verdict) {
    let (inquiry, limits) = (inquiry(plugin), Limits::default());
    let call = Call { inquiry: &inquiry, settings, context: &Desk, limits: &limits };
    let mut verdict = plugin.ask(&call);
    for _ in 0..WARM {
        verdict = plugin.ask(&call);
    }
    let mut times: Vec<u64> = (0..CALLS)
        .map(|_| {
            let began = Clock::now();
            verdict = plugin.ask(&call);
            u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
        })
        .collect();
    times.sort_unstable();
    (times[CALLS / 2], times[CALLS * 99 / 100], verdict)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut component, mut configuration, mut json_wanted) = (None, None, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--component" => component = arguments.next(),
            "--configuration" => configuration = Some(std::fs::read_to_string(arguments.next().ok_or("which file?")?)?),
            "--json" => json_wanted = true,
            other => return Err(format!("`{other}` is unknown").into()),
        }
    }
    let component = std::path::PathBuf::from(component.ok_or("--component FILE is missing")?);
    let bytes = std::fs::read(&component)?;
    let own = || std::fs::read_to_string(component.with_file_name("config.json")).unwrap_or_else(|_| "{}".to_owned());
    let configuration = configuration.unwrap_or_else(own);
    let sandbox = Sandbox::new(Options::default())?;
    let (fresh, reused) = (sandbox.load(&bytes)?, sandbox.load_for_reuse(&bytes)?);
    let settings = fresh.prepare(&configuration, &Limits::default())?;
    let (fresh_ns, fresh_p99_ns, verdict) = measure(&*fresh, &settings);
    let (reused_ns, reused_p99_ns, _) = measure(&*reused, &settings);
    let score = match &verdict.outcome {
        Outcome::Answered(Some(Answer::Qualify(answer))) => Some(answer.score),
        _ => None,
    };
    let report = json!({
        "fresh_ns": fresh_ns, "fresh_p99_ns": fresh_p99_ns,
        "reused_ns": reused_ns, "reused_p99_ns": reused_p99_ns,
        "fuel": verdict.fuel, "outcome": verdict.outcome.class().name(),
        "score": score, "settings_bytes": settings.len(), "calls": CALLS, "notices": sandbox.notices(),
    });
    if json_wanted {
        println!("{report}");
    } else {
        println!("{report:#}");
        println!("{:#?}", verdict.outcome);
    }
    Ok(())
}
