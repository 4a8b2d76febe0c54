//! Three people of one customer report one outage; one of them existed twice, and the merge is undone exactly.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::super::client::Client;
use super::{chapter, effects, items, text};

/// Somebody who reports the outage.
struct Reporter {
    name: &'static str,
    email: &'static str,
    born: Option<&'static str>,
    subject: &'static str,
    words: &'static str,
}

const REPORTERS: [Reporter; 3] = [
    Reporter {
        name: "Anna Kowalska",
        email: "anna.kowalska@northgate.example",
        born: Some("1984-05-17"),
        subject: "The booking system is down",
        words: "The booking system is down since this morning, nobody can book a room.",
    },
    Reporter {
        name: "Ben Osei",
        email: "ben.osei@northgate.example",
        born: None,
        subject: "Booking system down since this morning",
        words: "Our booking system is down since this morning; nobody can book a room.",
    },
    Reporter {
        name: "Kowalska Anna",
        email: "annakowalska84@gmail.com",
        born: Some("1984-05-17"),
        subject: "Booking system is still down",
        words: "The booking system is down since this morning, still nobody can book a room.",
    },
];

/// Lets three people report the same; gives back the contacts that may be one person.
pub fn outage(client: &Client) -> Result<[String; 2]> {
    chapter(5, "Three people of one customer report one outage: one lead ticket, and one of the three existed twice");
    let mut made: Vec<Value> = Vec::new();
    for it in &REPORTERS {
        let mut ticket = json!({
            "subject": it.subject, "channel": "email", "company": { "name": "Northgate Hotels Ltd" },
            "contact": { "name": it.name, "identities": [{ "kind": "email", "value": it.email }] },
            "entries": [{ "text": it.words }],
        });
        if let Some(born) = it.born {
            ticket["contact"]["custom"] = json!({ "birth_date": born });
        }
        let ticket = client.post("/v1/tickets", &ticket)?;
        println!("    ticket {} of {}", ticket["number"], it.name);
        effects(&ticket["decision"]);
        made.push(ticket);
    }
    let lead = text(&made[0]["id"]).to_owned();
    let links = client.get(&format!("/v1/tickets/{lead}/links"))?;
    let gathered: Vec<&str> = items(&links)?
        .iter()
        .filter(|it| it["kind"] == "same-problem" && it["to"] == lead.as_str() && it["removed_at"].is_null())
        .map(|it| text(&it["from"]))
        .collect();
    println!(
        "  {} tickets are gathered under ticket {}; each link can be taken back",
        gathered.len(),
        made[0]["number"]
    );
    for other in &made[1..] {
        ensure!(gathered.contains(&text(&other["id"])), "ticket {} is not gathered under the first", other["number"]);
    }
    Ok([text(&made[0]["requester"]).to_owned(), text(&made[2]["requester"]).to_owned()])
}

/// Accepts the proposal, shows the one person, and undoes it.
pub fn merge_and_undo(client: &Client, people: &[String; 2]) -> Result<()> {
    chapter(6, "A new desk only proposes merges; an accepted one is undone exactly");
    let open = client.get("/v1/proposals?state=open")?;
    let about = |it: &&Value| {
        let whole = it.to_string();
        it["kind"] == "merge-contacts" && people.iter().all(|id| whole.contains(id.as_str()))
    };
    let proposal = items(&open)?.iter().find(about).context("the merge of the two records is proposed")?;
    for reason in proposal["options"].as_array().into_iter().flatten().flat_map(|it| it["reasons"].as_array()).flatten()
    {
        println!("      because: {}", reason["text"].as_str().unwrap_or_else(|| text(&reason["code"])));
    }
    let before = views(client, people)?;
    let accepted = client.post(&format!("/v1/proposals/{}/accept", text(&proposal["id"])), &json!({}))?;
    println!("    {}", text(&accepted["outcome"]));
    let [mine, theirs] = views(client, people)?;
    ensure!(mine["id"] == theirs["id"], "the two records do not answer as one person");
    println!(
        "  both addresses now show one person: {} with {} addresses",
        text(&mine["name"]),
        mine["identities"].as_array().map_or(0, Vec::len)
    );
    let merges = client.fetch(&format!("/v1/merges?of={}", people[1]), "en")?;
    let of_first = client.fetch(&format!("/v1/merges?of={}", people[0]), "en")?;
    let standing = items(&merges)?.iter().chain(items(&of_first)?).find(|it| it["undone_at"].is_null());
    let merge = text(&standing.context("the merge is listed")?["id"]).to_owned();
    client.post(&format!("/v1/merges/{merge}/undo"), &json!({}))?;
    let after = views(client, people)?;
    ensure!(before == after, "something is not as it was before the merge");
    println!("  Undone: both records are, field for field, what they were.");
    Ok(())
}

/// Both people as they are shown, without what every write raises.
fn views(client: &Client, people: &[String; 2]) -> Result<[Value; 2]> {
    let view = |id: &String| {
        let mut it = client.fetch(&format!("/v1/contacts/{id}"), "en")?;
        for name in ["version", "updated_at"] {
            it.as_object_mut().map(|fields| fields.remove(name));
        }
        Ok::<_, anyhow::Error>(it)
    };
    let [a, b] = people;
    Ok([view(a)?, view(b)?])
}
