//! The story, chapter by chapter: each shows a request, its answer, and why the answer is so.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::client::Client;
use super::flow::Flow;
use super::policy::Policy;
use super::server::Server;
use crate::run;

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
    same_words(&server.client)?;
    swap(server)?;
    survive(server)
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
    decision["effects"].as_array().into_iter().flatten().for_each(|effect| println!("      so: {}", text(effect)));
}

/// The words that a consumer and a company both write.
const WORDS: &str = "Our boiler broke. Please send us an offer with figures on efficiency and the warranty; the money \
                     is there.";

fn same_words(client: &Client) -> Result<()> {
    chapter(3, "The same words from a consumer and from a company are judged differently");
    for (name, email, company) in [
        ("Marta Lind", "marta.lind@gmail.com", None),
        ("Marta Lind", "marta.lind@lindhotels.example", Some("Lind Hotels Ltd")),
    ] {
        let mut ticket = json!({
            "kind": "lead", "channel": "web", "subject": "A heat pump before the winter",
            "custom": { "budget": "Approved" },
            "contact": { "name": name, "identities": [{ "kind": "email", "value": email }] },
            "entries": [{ "text": WORDS }],
        });
        if let Some(company) = company {
            ticket["company"] = json!({ "name": company });
        }
        let made = client.post("/v1/tickets", &ticket)?;
        line(&made);
        reasons(&made["decision"]);
    }
    Ok(())
}

fn swap(server: &mut Server) -> Result<()> {
    chapter(4, "One line of the policy's source is changed and swapped in while requests flow");
    let policy = Policy::copy(server.folder())?;
    let before = server.client.fetch("/v1/tickets?kind=lead&limit=1", "en")?;
    let lead = items(&before)?.first().context("a lead")?.clone();
    let (pid, uptime) = (server.pid(), server.uptime());
    println!("  the server is process {pid}, up for {uptime:.1} s; requests begin to flow");
    let flow = Flow::start(&server.client);
    println!("  (sales found the policy too hopeful: from now on every probability is halved)");
    let installed = policy.change_and_build().and_then(|pack| install(server, &pack));
    let again = installed.and_then(|()| {
        println!("  the best lead, asked again by the new policy (`?preview=true` stores nothing):");
        server
            .client
            .patch_preview(&format!("/v1/tickets/{}", text(&lead["id"])), &json!({ "add_tags": ["asked-again"] }))
    });
    let (sent, failed) = flow.end();
    let again = again?;
    println!("    before:");
    line(&lead);
    println!("    after:");
    line(&again);
    println!("  the server is process {}, up for {:.1} s", server.pid(), server.uptime());
    println!("  requests sent meanwhile: {sent}, failed: {failed}");
    ensure!(failed == 0, "{failed} requests failed during the swap");
    ensure!(server.pid() == pid && server.alive()?, "the server was restarted");
    ensure!(again["qualified"]["score"] != lead["qualified"]["score"], "the changed policy decides as before");
    Ok(())
}

/// Installs the changed pack; its own test vectors object first.
fn install(server: &Server, pack: &Path) -> Result<()> {
    let mut install = run::plugdesk();
    install.args(["pack", "install"]).arg(pack).arg("--folder").arg(server.data());
    ensure!(run::run(&mut install).is_err(), "the pack's vectors let the changed policy pass");
    println!("  The pack's own test vectors still state the old numbers, so it was refused and nothing was disturbed.");
    println!("  We mean the change, so the vectors go:");
    Policy::drop_vectors(pack)?;
    run::run(&mut install)
}

fn survive(server: &mut Server) -> Result<()> {
    chapter(5, "The server is killed, and comes back with everything");
    let (tickets, events) = count(&server.client)?;
    println!("  {tickets} tickets and {events} events; now SIGKILL to process {}", server.pid());
    server.kill()?;
    server.again()?;
    let after = count(&server.client)?;
    println!("  process {}: {} tickets and {} events", server.pid(), after.0, after.1);
    ensure!(after == (tickets, events), "something was lost");
    Ok(())
}

/// All tickets, page by page, and the number of the last event.
fn count(client: &Client) -> Result<(usize, u64)> {
    let (mut tickets, mut after) = (0, String::new());
    loop {
        let page = client.fetch(&format!("/v1/tickets?limit=200{after}"), "en")?;
        tickets += items(&page)?.len();
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let (mut last, mut from) = (0, 0);
    loop {
        let page = client.fetch(&format!("/v1/events?limit=200&after={from}"), "en")?;
        match items(&page)?.last().and_then(|event| event["sequence"].as_u64()) {
            Some(sequence) => (last, from) = (sequence, sequence),
            None => return Ok((tickets, last)),
        }
    }
}

/// What is left to try.
pub fn farewell(server: &Server) {
    let client = &server.client;
    println!("\nThe desk keeps running at {} until Ctrl-C. In another terminal:\n", client.url);
    println!("  export KEY={}", client.key);
    println!("  curl -s '{}/v1' -H \"Authorization: Bearer $KEY\"            # what there is", client.url);
    println!("  curl -sN '{}/v1/events' -H \"Authorization: Bearer $KEY\" -H 'Accept: text/event-stream'", client.url);
    println!("  target/debug/plugdesk --folder target/demo/desk policy list");
    println!("  a reader of the whole API: {}/docs", client.url);
}

fn items(page: &Value) -> Result<&Vec<Value>> {
    page["items"].as_array().context("a list has items")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}
