//! A promise is broken, and the ticket climbs until somebody takes it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::super::client::Client;
use super::{chapter, items, standing, text};

/// A rung is a minute, and the story does not wait for more than two.
const PATIENCE: Duration = Duration::from_secs(130);
/// Called in so many seconds ago: its minute is nearly over.
const AGO: u64 = 56;

/// A short promise and a short ladder for outages, as an overlay over the shipped configuration.
fn overlay() -> Value {
    let rung = |level: u8, name: &str, after: u8, role: &str| json!({ "level": level, "name": { "en": name }, "after": after, "audience": [{ "role": role }], "brief": level > 2 });
    let when = json!([{ "kinds": ["outage"] }]);
    json!({
        "ladders": { "outages": { "rank": 1, "when": when, "calendar": "always", "starts": { "breached": 1 }, "rungs": [
            rung(1, "the team lead", 0, "team-lead"),
            rung(2, "the head of the desk", 1, "desk-owner"),
            rung(3, "the vice president", 1, "vice-president"),
        ] } },
        "promises": { "outages": { "rank": 1, "name": { "en": "outages" }, "when": when, "targets": [
            { "metric": "first-response", "minutes": 1, "calendar": "around-the-clock" },
        ] } },
    })
}

/// Who is called, and for what.
pub fn people(client: &Client) -> Result<()> {
    for (name, title, role) in [
        ("tom", "Tom Reed", "team-lead"),
        ("hana", "Hana Sato", "desk-owner"),
        ("vera", "Vera Novak", "vice-president"),
    ] {
        client.send("/v1/agents", &json!({ "name": name, "title": title, "roles": [role] }))?;
    }
    println!(
        "  Tom leads the team, Hana the desk, Vera is the vice president (`plugdesk agent add tom --roles team-lead`, …)."
    );
    Ok(())
}

/// Sets the ladder up, and lets an outage come in that nobody answers. Gives back the ticket.
pub fn begin(client: &Client) -> Result<Value> {
    chapter(7, "An outage is promised an answer within a minute, and nobody answers");
    println!("  A short promise and a short ladder for outages, as an overlay over the shipped configuration:");
    let bindings = client.fetch("/v1/bindings", "en")?;
    let overlay = json!({ "overlay": overlay() });
    for (place, it) in items(&bindings)?.iter().filter(|it| it["policy"] == "escalation").enumerate() {
        let path = format!("/v1/bindings/{}", text(&it["id"]));
        if place == 0 {
            client.patch(&path, &overlay)?
        } else {
            client.patch_quietly(&path, &overlay)?
        };
    }
    println!("  Somebody called {AGO} seconds ago; only now it is typed in:");
    let ticket = json!({ "kind": "outage", "subject": "No heating in the whole house", "priority": "urgent", "channel": "phone",
        "created_at": ago(AGO), "contact": { "name": "Ola Nowak", "identities": [{ "kind": "phone", "value": "+48225550199" }] } });
    let made = client.post("/v1/tickets", &ticket)?;
    standing(&made);
    ensure!(made["commitments"].as_array().is_some_and(|it| !it.is_empty()), "nothing was promised");
    println!("  Meanwhile something else:");
    Ok(made)
}

/// Watches the ladder, and takes the ticket in hand at its second rung.
pub fn until_taken(client: &Client, ticket: &Value) -> Result<()> {
    chapter(9, "The outage was not answered: it climbs until somebody takes it in hand");
    let path = format!("/v1/escalations?ticket={}", text(&ticket["id"]));
    println!("  $ curl -s '{}{path}' -H \"Authorization: Bearer $KEY\"", client.url);
    let (begun, mut told) = (Instant::now(), 0);
    let escalation = loop {
        let found = client.fetch(&path, "en")?;
        if let Some(it) = items(&found)?.first() {
            let steps = it["steps"].as_array().cloned().unwrap_or_default();
            for step in steps.iter().skip(told) {
                let people: Vec<&str> = step["people"].as_array().into_iter().flatten().map(text).collect();
                println!(
                    "    {}  level {}, because {}: {}",
                    text(&step["at"]),
                    step["level"],
                    text(&step["cause"]),
                    people.join(", ")
                );
            }
            told = steps.len();
            if it["level"].as_u64() >= Some(2) {
                break it.clone();
            }
        }
        if begun.elapsed() > PATIENCE {
            bail!("the ticket did not climb to the second rung within {} s: {found}", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(500));
    };
    let owed = client.fetch(&format!("/v1/tickets/{}", text(&ticket["id"])), "en")?;
    let first = owed["commitments"].as_array().and_then(|all| all.first()).context("the promise is on the ticket")?;
    println!("    promised by {}, found broken at {}", text(&first["due_at"]), text(&first["breached_at"]));
    ensure!(first["state"] == "breached", "the promise is not told as broken");
    let taken = client.post(&format!("/v1/escalations/{}/acknowledge", text(&escalation["id"])), &json!({}))?;
    println!(
        "    {}: {} took it in hand; the vice president is not called",
        text(&taken["id"]),
        text(&taken["acknowledged_by"])
    );
    let rests = client.fetch(&format!("/v1/tickets/{}", text(&ticket["id"])), "en")?;
    ensure!(
        taken["state"] == "acknowledged" && rests["escalated"]["look_again"].is_null(),
        "the ladder goes on: {rests}"
    );
    Ok(())
}

/// That many seconds ago, as RFC 3339 (the civil calendar from days, as Howard Hinnant describes it).
fn ago(seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs()).saturating_sub(seconds);
    let (days, rest) = (now / 86_400, now % 86_400);
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * part + 2) / 5 + 1, if part < 10 { part + 3 } else { part - 9 });
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}
