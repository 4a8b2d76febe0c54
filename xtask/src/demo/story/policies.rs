//! A policy is changed and swapped in while requests flow; another never ends, and the desk goes on.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::super::flow::Flow;
use super::super::policy::Policy;
use super::super::server::Server;
use super::{chapter, items, line, text};
use crate::run;

/// Changes a line, builds, installs, and shows that requests went on.
pub fn swap(server: &mut Server) -> Result<Policy> {
    chapter(8, "One line of the policy's source is changed and swapped in while requests flow");
    let policy = Policy::copy(server.folder())?;
    let before = server.client.fetch("/v1/tickets?kind=lead&limit=1", "en")?;
    let lead = items(&before)?.first().context("a lead")?.clone();
    let (pid, uptime) = (server.pid(), server.uptime());
    println!("  the server is process {pid}, up for {uptime:.1} s; requests begin to flow");
    let flow = Flow::start(&server.client);
    println!("  (sales found the policy too hopeful: from now on every probability is halved)");
    let installed = policy.change_and_build().and_then(|pack| install(server, &pack, "state the old numbers"));
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
    Ok(policy)
}

/// Installs the changed pack; its own test vectors object first.
fn install(server: &Server, pack: &Path, why: &str) -> Result<()> {
    let mut install = run::plugdesk();
    install.args(["pack", "install"]).arg(pack).arg("--folder").arg(server.data());
    ensure!(run::run(&mut install).is_err(), "the pack's vectors let the changed policy pass");
    println!("  The pack's own test vectors {why}, so it was refused and nothing was disturbed.");
    println!("  Now without the vectors:");
    Policy::drop_vectors(pack)?;
    run::run(&mut install)
}

/// Installs a policy that never answers, while tickets come in; then takes that one binding back.
pub fn run_away(server: &mut Server, policy: &Policy) -> Result<()> {
    chapter(10, "A policy with an endless loop is installed while tickets come in");
    let before = generation(server)?;
    let flow = Flow::start(&server.client);
    let installed = policy.run_away_and_build().and_then(|pack| install(server, &pack, "never get an answer"));
    let asked = installed.and_then(|()| {
        let lead = json!({ "kind": "lead", "subject": "Somebody asks while a policy runs away" });
        server.client.post("/v1/tickets", &lead)
    });
    let (sent, failed) = flow.end();
    let lead = asked?;
    let opinions = lead["decision"]["asked"].as_array().into_iter().flatten().flat_map(|it| it["opinions"].as_array());
    let outcomes: Vec<String> =
        opinions.flatten().map(|it| format!("{} of {}", text(&it["outcome"]), text(&it["policy"]))).collect();
    println!("  ticket {} was taken all the same; its decision says: {}", lead["number"], outcomes.join(", "));
    let stopped = |it: &String| it.starts_with("out-of-fuel") || it.starts_with("breaker-open");
    ensure!(outcomes.iter().any(stopped), "nothing says that the policy was stopped: {outcomes:?}");
    println!("  requests sent meanwhile: {sent}, failed: {failed}");
    ensure!(failed == 0, "{failed} requests failed beside the endless loop");
    println!("  What changed, and the way back for this one binding:");
    let mut diff = run::plugdesk();
    run::run(diff.args(["generation", "diff", &before]).arg("--folder").arg(server.data()))?;
    let mut back = run::plugdesk();
    back.args(["policy", "rollback", "lead-qualification", "--question", "qualify", "--to", &before]);
    run::run(back.arg("--folder").arg(server.data()))?;
    let lead = json!({ "kind": "lead", "subject": "A heat pump", "custom": { "budget": "Approved" },
        "contact": { "name": "Ida Berg", "identities": [{ "kind": "email", "value": "ida.berg@gmail.com" }] } });
    let made = server.client.send("/v1/tickets", &lead)?;
    line(&made);
    ensure!(made["qualified"]["grade"].is_string(), "the policy of before does not answer again");
    Ok(())
}

/// The number of the generation in force.
fn generation(server: &Server) -> Result<String> {
    let newest = server.client.fetch("/v1/generations?limit=1", "en")?;
    Ok(items(&newest)?.first().context("a generation is in force")?["number"].to_string())
}
