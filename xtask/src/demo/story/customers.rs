//! The same words from a consumer and from a company; two policies that disagree.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::super::client::Client;
use super::super::server::Server;
use super::{chapter, effects, ladder, line, standing, text};
use crate::run;

/// The words that a consumer and a company both write.
const WORDS: &str = "Our boiler broke. Please send us an offer with figures on efficiency and the warranty; the money \
                     is there.";

/// Shows how the same words come to another clock, ladder and track. Gives back the company's ticket.
pub fn same_words(client: &Client) -> Result<Value> {
    chapter(3, "The same words from a consumer and from a company get another clock, ladder and track");
    ladder::people(client)?;
    let mut made = Vec::new();
    for (name, email, company) in [
        ("Marta Lind", "marta.lind@gmail.com", None),
        ("Marta Lind", "marta.lind@lindhotels.example", Some("Lind Hotels Ltd")),
    ] {
        let mut ticket = json!({
            "kind": "request", "channel": "web", "subject": "A heat pump before the winter",
            "custom": { "budget": "Approved" },
            "contact": { "name": name, "identities": [{ "kind": "email", "value": email }] },
            "entries": [{ "text": WORDS }],
        });
        if let Some(company) = company {
            ticket["company"] = json!({ "name": company });
        }
        let it = client.post("/v1/tickets", &ticket)?;
        line(&it);
        standing(&it);
        let path = format!("/v1/tickets/{}/actions/escalate?preview=true", text(&it["id"]));
        let higher = client.send(&path, &json!({ "note": "who would hear of it?" }))?;
        println!("    and if somebody higher were asked for:");
        effects(&higher["decision"]);
        let asked =
            higher["decision"]["asked"].as_array().into_iter().flatten().filter(|it| it["question"] == "escalate");
        let opinions = asked.flat_map(|it| it["opinions"].as_array()).flatten();
        for reason in opinions.flat_map(|it| it["reasons"].as_array()).flatten().take(4) {
            println!("      because: {}", text(&reason["text"]));
        }
        made.push(it);
    }
    let [consumer, company] = made.as_slice() else { return Ok(Value::Null) };
    let clocks = |it: &Value| -> Vec<String> {
        let all = it["commitments"].as_array().into_iter().flatten();
        all.map(|it| format!("{} {}", it["metric"], it["minutes"])).collect()
    };
    ensure!(!clocks(company).is_empty() && clocks(consumer) != clocks(company), "both got the same clocks");
    ensure!(consumer["tracked"]["track"] != company["tracked"]["track"], "both got the same track");
    Ok(company.clone())
}

/// Binds a second, more careful policy for the same question.
pub fn disagree(server: &Server, company: &Value) -> Result<()> {
    chapter(4, "Two policies disagree on the risk, and the cautious track wins");
    let client = &server.client;
    println!("  The risk office binds the same plugin again, under its own name and with lower thresholds:");
    let office = json!({ "policy": "risk-office", "pack": "risk-track", "plugin": "risk-track", "question": "track",
        "rank": 50, "overlay": { "standard_from": 1_000, "special_from": 2_400 } });
    client.post("/v1/bindings", &office)?;
    let path = format!("/v1/tickets/{}", text(&company["id"]));
    let changed = client.patch(&path, &json!({ "custom": { "rooms": 40 } }))?;
    standing(&changed);
    let mut asked = changed["decision"]["asked"].as_array().into_iter().flatten();
    let track = asked.rfind(|it| it["question"] == "track").context("the track was asked for")?;
    for opinion in track["opinions"].as_array().into_iter().flatten() {
        println!("    {} says {}", text(&opinion["policy"]), text(&opinion["answer"]["track"]));
    }
    println!("  What the customer reads, in her own language if she has one:");
    for locale in ["en", "pl"] {
        let id = text(&changed["decision"]["id"]);
        let decision = client.get_in(&format!("/v1/decisions/{id}"), locale)?;
        let asked = decision["asked"].as_array().into_iter().flatten().filter(|it| it["question"] == "track");
        let office = asked.flat_map(|it| it["opinions"].as_array()).flatten().find(|it| it["policy"] == "risk-office");
        let said = office.and_then(|it| it["reasons"].as_array()).into_iter().flatten();
        said.take(3).for_each(|reason| println!("      {}", text(&reason["text"])));
    }
    ensure!(company["tracked"]["track"] == "standard", "the company's ticket did not begin on the standard track");
    ensure!(changed["tracked"]["track"] == "special", "the cautious track did not win");
    let mut off = run::plugdesk();
    run::run(off.args(["policy", "off", "risk-office", "--folder"]).arg(server.data()))?;
    Ok(())
}
