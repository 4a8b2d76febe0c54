//! Tickets, entries, actions, promises, links and merges.

use serde_json::{Value, json};

use super::{SPACES, changed_ids, custom, each, external_ids, letters, line, locale, pauses, settable, text, word};

/// An id, in the order of the merges' kinds.
const ID: &str = "_[0-7][0-9a-hjkmnp-tv-z]{25}$";

pub(super) fn rules() -> Vec<(&'static str, Value)> {
    let tag = json!({ "pattern": format!("^{SPACES}{}{{1,64}}{SPACES}$", letters()) });
    let entry_text = json!({ "minLength": 1, "maxLength": 1 << 20, "pattern": "^[^\\u0000]*$" });
    let note = json!({ "properties": { "note": text(32 << 10), "state": word() } });
    let of = |kind: &str| {
        let id = json!({ "pattern": format!("^{kind}{ID}") });
        json!({ "properties": { "kind": { "const": kind }, "winner": id, "loser": id } })
    };
    vec![
        (
            "NewTicket",
            json!({ "required": ["subject"], "properties": {
                "kind": { "maxLength": 64, "pattern": format!("^{}*$", letters()) },
                "subject": line(1, 512), "participants": { "maxItems": 32 }, "segment": word(), "state": word(),
                "category": settable(), "channel": word(), "tags": each(32, &tag), "team": line(1, 128),
                "assignee": line(1, 128), "custom": custom(), "external_ids": external_ids(),
                "entries": { "maxItems": 64 }, "history": { "maxItems": 48 },
            } }),
        ),
        ("NewTurn", json!({ "properties": { "category": settable() } })),
        ("NextAction", json!({ "properties": { "what": line(1, 512), "who": line(1, 128) } })),
        (
            "TicketPatch",
            json!({ "properties": {
                "kind": word(), "subject": line(1, 512), "state": word(), "category": settable(), "segment": word(),
                "add_participants": { "maxItems": 32 }, "remove_participants": { "maxItems": 32 },
                "team": line(1, 128), "assignee": line(1, 128), "add_tags": each(32, &tag),
                "remove_tags": each(32, &tag), "custom": custom(), "external_ids": changed_ids(),
            } }),
        ),
        ("NewEntry", json!({ "properties": { "text": entry_text, "locale": locale() } })),
        ("Author", json!({ "oneOf": { "agent": line(1, 128) } })),
        (
            "AssignTicket",
            json!({
                "properties": { "assignee": line(1, 128), "team": line(1, 128), "summary": text(32 << 10) },
                "anyOf": [
                    { "required": ["assignee"], "properties": { "assignee": { "type": "string" } } },
                    { "required": ["team"], "properties": { "team": { "type": "string" } } },
                ],
            }),
        ),
        ("TakeTicket", json!({ "properties": { "summary": text(32 << 10) } })),
        ("ResolveTicket", note.clone()),
        ("ReopenTicket", note),
        ("SnoozeTicket", json!({ "properties": { "note": text(32 << 10) } })),
        ("EscalateTicket", json!({ "properties": { "note": text(32 << 10), "to": { "maxItems": 16 } } })),
        ("Audience", json!({ "oneOf": { "agent": line(1, 128), "team": line(1, 128), "role": word() } })),
        (
            "NewCommitment",
            json!({
                "required": ["what"],
                "properties": {
                    "metric": word(), "what": line(1, 512), "minutes": { "minimum": 1, "maximum": 5_256_000 },
                    "warn_minutes": { "minimum": 1, "maximum": 5_255_999 }, "pauses": pauses(),
                },
                "oneOf": [
                    { "required": ["due_at"], "properties": {
                        "due_at": { "type": "string" }, "minutes": { "type": "null" }, "calendar": { "type": "null" } } },
                    { "required": ["minutes"], "properties": {
                        "minutes": { "type": "integer" }, "due_at": { "type": "null" } } },
                ],
            }),
        ),
        (
            "NewMerge",
            json!({
                "properties": { "plan": {
                    "maxProperties": 32, "additionalProperties": { "type": "string", "enum": ["winner", "loser"] },
                    "propertyNames": { "pattern": "^(name|locale|time_zone|segment|tier|worth|custom\\.[\\s\\S]+)$" },
                } },
                "oneOf": [of("contact"), of("company"), of("ticket")],
            }),
        ),
    ]
}
