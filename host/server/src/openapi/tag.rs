//! What the groups of routes are about, and examples of what is sent.

use serde_json::{Value, json};

use super::rule::merge;

/// A group, and what it is about.
const TAGS: &[(&str, &str)] = &[
    ("me", "Who asks."),
    ("tickets", "Tickets, what was said on them, what they owe and what may be done with them; leads are tickets."),
    ("escalations", "Matters on their way up."),
    ("contacts", "People."),
    ("companies", "Companies, who belongs to them and what was agreed."),
    ("merges", "Two records that are one, and back again."),
    ("links", "Tickets that have to do with each other."),
    ("proposals", "What policies suggest and people decide."),
    ("decisions", "What policies answered, and why."),
    ("events", "The log."),
    ("reactions", "What policies did because of events."),
    ("reports", "Counts, kept as events come."),
    ("webhooks", "Where events are sent."),
    ("imports", "Tickets, people and companies from files."),
    ("set-up", "The desk's words, hours and people."),
    ("packs", "What vendors ship."),
    ("policies", "What is bound, and going back."),
    ("keys", "Who may do what."),
    ("desks", "Isolated tenants of one process."),
    ("transfer", "A whole desk, out and in."),
    ("process", "Care of the whole process."),
];

/// Names the groups, and shows what is sent.
pub(super) fn describe(api: &mut Value) {
    let tags: Vec<Value> = TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect();
    merge(api, &json!({ "tags": tags }));
    let Some(schemas) = api.pointer_mut("/components/schemas") else { return };
    for (name, example) in examples() {
        if let Some(schema) = schemas.get_mut(name) {
            merge(schema, &json!({ "examples": [example] }));
        }
    }
}

/// One body for each schema that people write by hand.
fn examples() -> Vec<(&'static str, Value)> {
    let office = json!([{ "from": "09:00", "to": "17:00" }]);
    vec![
        (
            "NewTicket",
            json!({ "kind": "lead", "subject": "A quote for 40 seats", "channel": "web",
                "contact": { "name": "Ann Lee", "identities": [{ "kind": "email", "value": "ann@example.org" }] } }),
        ),
        ("TicketPatch", json!({ "priority": "high", "add_tags": ["billing"] })),
        ("NewEntry", json!({ "text": "We look into it." })),
        ("NewCommitment", json!({ "what": "I call back", "minutes": 30 })),
        ("NewContact", json!({ "name": "Ann Lee", "locale": "en" })),
        ("ContactPatch", json!({ "time_zone": "Asia/Tehran" })),
        ("NewCompany", json!({ "name": "Acme", "domains": ["acme.example"] })),
        ("CompanyPatch", json!({ "tier": "gold", "worth": { "minor": 1_200_000, "currency": "EUR" } })),
        (
            "NewCalendar",
            json!({ "time_zone": "Europe/Warsaw", "week": { "mon": office, "tue": office },
                "holidays": { "2027-01-01": "New Year" } }),
        ),
        ("NewAgent", json!({ "name": "mia", "title": "Mia Kowalska", "email": "mia@example.org" })),
        ("NewTeam", json!({ "title": "Sales" })),
        ("NewDesk", json!({ "name": "shop", "time_zone": "Europe/Warsaw" })),
        ("NewPresence", json!({ "doing": "viewing" })),
        ("PolicyMode", json!({ "mode": "shadow" })),
        ("NewWebhook", json!({ "title": "warehouse", "url": "https://hooks.example.com/plugdesk" })),
        (
            "NewImport",
            json!({ "name": "crm-2026", "format": "csv",
                "mapping": { "kind": "lead", "ticket": { "subject": "Title" } }, "check_only": true }),
        ),
        ("Rotation", json!({ "overlap_ms": 3_600_000 })),
    ]
}
