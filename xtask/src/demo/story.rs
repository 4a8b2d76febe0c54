//! The story, chapter by chapter: each shows a request, its answer, and why the answer is so.

mod account;
mod customers;
mod end;
mod ladder;
mod policies;

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use super::client::Client;
use super::server::Server;
use crate::run;

pub use end::farewell;

/// The leads of the story.
pub struct Leads {
    /// Whether they are the ones that come with Plugdesk.
    pub sample: bool,
    /// The file.
    pub csv: PathBuf,
    /// Which column goes where.
    pub map: PathBuf,
}

/// Tells it.
pub fn tell(server: &mut Server, leads: &Leads) -> Result<()> {
    println!("\n  The key that the requests below carry:\n  $ export KEY={}", server.client.key);
    arrive(server, leads)?;
    explain(&server.client, leads)?;
    let company = customers::same_words(&server.client)?;
    customers::disagree(server, &company)?;
    let people = account::outage(&server.client)?;
    account::merge_and_undo(&server.client, &people)?;
    let climbing = ladder::begin(&server.client)?;
    let policy = policies::swap(server)?;
    ladder::until_taken(&server.client, &climbing)?;
    policies::run_away(server, &policy)?;
    end::survive(server)
}

fn chapter(number: u8, title: &str) {
    println!("\n{number}. {title}\n");
}

fn arrive(server: &Server, leads: &Leads) -> Result<()> {
    chapter(1, "Leads arrive from a CSV file, and a sandboxed policy grades each");
    let mut import = run::plugdesk();
    import.arg("import").arg(&leads.csv).arg("--map").arg(&leads.map).args([
        "--name",
        "demo",
        "--skip-refused",
        "--folder",
    ]);
    run::run(import.arg(server.data()))?;
    let best = server.client.get("/v1/tickets?kind=lead&limit=6")?;
    println!("  the best leads first:");
    items(&best)?.iter().for_each(line);
    println!("  Every row went through the same path as a request: policies asked, answers joined, one durable write.");
    Ok(())
}

/// Grade, score, segment and subject of a lead in a row.
fn line(ticket: &Value) {
    let qualified = &ticket["qualified"];
    let grade = qualified["grade"].as_str().unwrap_or("-").to_uppercase();
    let score = qualified["score"].as_f64().unwrap_or(0.0) / 100.0;
    let segment = ticket["segment"].as_str().unwrap_or("-");
    let subject: String = text(&ticket["subject"]).chars().take(60).collect();
    println!("    {grade}  {score:5.1} %  {segment:<9} {subject}");
}

fn explain(client: &Client, leads: &Leads) -> Result<()> {
    chapter(2, "Why? Every decision keeps its reasons");
    let best = client.fetch("/v1/tickets?kind=lead&limit=1", "en")?;
    let lead = items(&best)?.first().context("a lead was imported")?.clone();
    line(&lead);
    let path = format!("/v1/decisions/{}", text(&lead["qualified"]["decision"]));
    reasons(&client.get(&path)?);
    if leads.sample {
        println!("  the same decision for a Persian reader:");
        reasons(&client.get_in(&path, "fa")?);
    }
    Ok(())
}

/// Each question's answer with its reasons.
fn reasons(decision: &Value) {
    for asked in decision["asked"].as_array().into_iter().flatten() {
        let none = asked["opinions"].as_array().is_none_or(Vec::is_empty);
        if none {
            continue;
        }
        for opinion in asked["opinions"].as_array().into_iter().flatten() {
            println!(
                "    {} of the {} asked {} {}: {} ({} µs, {} units of fuel)",
                text(&asked["question"]),
                text(&asked["about"]).split('_').next().unwrap_or_default(),
                text(&opinion["policy"]),
                text(&opinion["pack_version"]),
                text(&opinion["outcome"]),
                opinion["micros"],
                opinion["fuel"]
            );
            for reason in opinion["reasons"].as_array().into_iter().flatten().take(6) {
                let told = reason["text"].as_str().unwrap_or_else(|| reason["code"].as_str().unwrap_or_default());
                println!("      because: {told}");
            }
        }
    }
    effects(decision);
}

/// What a ticket came to: its track, and what is promised.
fn standing(ticket: &Value) {
    let track = text(&ticket["tracked"]["track"]);
    println!("    track {track}, risk {} of 10000", ticket["tracked"]["risk"]);
    for it in ticket["commitments"].as_array().into_iter().flatten() {
        println!(
            "    {}: {} minutes, due {} ({})",
            text(&it["metric"]),
            it["minutes"],
            text(&it["due_at"]),
            text(&it["source"])
        );
    }
}

/// What followed from a decision, in the desk's words.
fn effects(decision: &Value) {
    decision["effects"].as_array().into_iter().flatten().for_each(|effect| println!("      so: {}", text(effect)));
}

fn items(page: &Value) -> Result<&Vec<Value>> {
    page["items"].as_array().context("a list has items")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}
