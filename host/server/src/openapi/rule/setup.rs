//! Desks, keys, calendars, contracts, agents, teams, definitions and webhooks.

use serde_json::{Value, json};

use super::{changed_ids, each, email, external_ids, letters, line, locale, pauses, word, zone};

/// Ten years in minutes.
const TEN_YEARS: u32 = 5_256_000;
/// 90 days in milliseconds.
const LONGEST_OVERLAP: u64 = 7_776_000_000;

pub(super) fn rules() -> Vec<(&'static str, Value)> {
    let target = json!({
        "metric": word(), "minutes": { "minimum": 1, "maximum": TEN_YEARS }, "pauses": pauses(),
        "warn_minutes": { "minimum": 1, "maximum": TEN_YEARS - 1 },
    });
    let mut entitlement = target.clone();
    super::merge(&mut entitlement, &json!({ "kind": word() }));
    let members = each(32, &line(1, 128));
    let roles = each(32, &word());
    let event = format!("^(\\*|{}{{1,64}}(\\.\\*)?)$", letters());
    let webhook = json!({
        "title": line(0, 256),
        "url": { "format": "uri", "minLength": 1, "maxLength": 2048, "pattern": "^[Hh][Tt]{2}[Pp][Ss]?://[^\\s\\\\@#\\u0000-\\u001F\\u007F-\\u009F]+$" },
        "events": each(64, &json!({ "pattern": event })),
    });
    let contract = json!({ "name": line(1, 128), "entitlements": { "minItems": 1, "maxItems": 64 } });
    let with = |fields: &Value, more: Value| {
        let mut all = fields.clone();
        super::merge(&mut all, &more);
        all
    };
    vec![
        (
            "NewDesk",
            json!({ "properties": {
                "name": { "minLength": 1, "maxLength": 63, "pattern": "^[a-z0-9-]+$" }, "title": line(0, 256),
                "locale": locale(), "time_zone": zone(),
            } }),
        ),
        ("NewHold", json!({ "properties": { "why": line(1, 256) } })),
        ("DeskPatch", json!({ "properties": { "merge_above": { "minimum": 1, "maximum": 10_000 } } })),
        ("NewKey", key()),
        ("Rotation", json!({ "properties": { "overlap_ms": { "maximum": LONGEST_OVERLAP } } })),
        ("NewCalendar", calendar()),
        (
            "Hours",
            json!({ "properties": {
                "from": { "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" },
                "to": { "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" },
            } }),
        ),
        ("NewTarget", json!({ "properties": target })),
        ("NewEntitlement", json!({ "properties": entitlement })),
        ("NewContract", json!({ "properties": with(&contract, json!({ "external_ids": external_ids() })) })),
        ("ContractPatch", json!({ "properties": with(&contract, json!({ "external_ids": changed_ids() })) })),
        (
            "NewAgent",
            json!({ "properties": {
                "name": with(&line(1, 128), json!({ "not": { "const": "me" } })), "title": line(1, 128),
                "email": { "maxLength": 254, "pattern": email() }, "teams": members, "roles": roles,
            } }),
        ),
        (
            "AgentPatch",
            json!({ "properties": {
                "title": line(1, 128), "email": { "maxLength": 254, "pattern": email() }, "add_teams": members,
                "remove_teams": { "maxItems": 32 }, "add_roles": roles, "remove_roles": { "maxItems": 32 },
            } }),
        ),
        (
            "NewTeam",
            json!({ "properties": {
                "title": line(1, 128), "lead": line(1, 128), "segments": each(32, &word()),
            } }),
        ),
        (
            "NewDefinition",
            json!({ "properties": {
                "title": line(1, 128), "category": super::settable(), "next": each(64, &word()),
                "targets": { "maxItems": 8 },
            } }),
        ),
        ("NewWebhook", json!({ "properties": webhook })),
        ("WebhookPatch", json!({ "properties": webhook })),
    ]
}

/// What a key stands for goes with its role.
fn key() -> Value {
    let none = json!({ "type": "null" });
    json!({
        "properties": { "label": line(1, 128), "agent": line(1, 128) },
        "oneOf": [
            { "properties": { "role": { "const": "operator" }, "desk": none, "contact": none, "agent": none } },
            { "properties": { "role": { "enum": ["admin", "agent"] }, "contact": none } },
            { "properties": { "role": { "enum": ["author", "auditor"] }, "contact": none, "agent": none } },
            { "required": ["contact"],
              "properties": { "role": { "const": "customer" }, "contact": { "type": "string" }, "agent": none } },
        ],
    })
}

/// It opens on at least one day of the week.
fn calendar() -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let hours = json!({ "type": "array", "maxItems": 8, "items": { "$ref": "#/components/schemas/Hours" } });
    let week: serde_json::Map<String, Value> = days.iter().map(|day| ((*day).to_owned(), hours.clone())).collect();
    // Not all of them are closed.
    let closed = json!({ "additionalProperties": { "maxItems": 0 } });
    let date = json!({ "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });
    let mut name = line(0, 128);
    super::merge(&mut name, &json!({ "type": "string" }));
    json!({
        "required": ["time_zone", "week"],
        "properties": {
            "title": line(1, 128), "time_zone": zone(),
            "week": { "properties": week, "additionalProperties": false, "propertyNames": null, "not": closed },
            "holidays": { "maxProperties": 1000, "propertyNames": date, "additionalProperties": name },
            "special": { "maxProperties": 1000, "propertyNames": date, "additionalProperties": { "maxItems": 8 } },
        },
    })
}
