//! One request for each operation that a principal with the right to it is granted: the address with ids in it, and a
//! body. What changes something is asked as a preview where there is one, so that every caller finds the same desk.

use serde_json::{Value, json};

use super::cast::{Body, Records};
use crate::http::policies::pack;

/// A request.
pub(crate) struct Sample {
    pub(crate) target: String,
    pub(crate) body: Body,
}

/// Ids of records that the two desks have none of: whoever may ask hears that they are not there.
const PROPOSAL: &str = "proposal_01jc8v4q0ee5ta3k9h2r6x7y8z";
const REACTION: &str = "reaction_01jc8v4q0ee5ta3k9h2r6x7y8z";

/// What is asked of an operation about the records `of`; none: somebody added an operation and no row here.
pub(crate) fn sample(operation: &str, path: &str, previewed: bool, of: &Records, turn: usize) -> Option<Sample> {
    let id = |name: &str| of[name].clone();
    let tag = &of["tag"];
    let none = Body::Nothing;
    let body = match operation {
        "agent_create" => to(json!({ "name": "noa" })),
        "agent_update" => to(json!({ "title": "Agent" })),
        "binding_create" => {
            to(json!({ "pack": "companies", "plugin": "by-subject", "question": "classify", "rank": 20,
            "policy": "second" }))
        }
        "binding_update" => to(json!({ "rank": 30 })),
        "binding_rollback" | "ticket_take" | "ticket_reopen" | "ticket_resolve" | "proposal_accept" => to(json!({})),
        "calendar_put" => to(json!({ "time_zone": "UTC", "week": { "tue": [{ "from": "09:00", "to": "17:00" }] } })),
        "commitment_make" => to(json!({ "what": "call again", "minutes": 15 })),
        "company_create" => to(json!({ "name": "New" })),
        "company_update" | "contact_update" => to(json!({ "name": "Renamed" })),
        "contact_create" => to(json!({ "name": "Eve" })),
        "contract_create" => to(json!({ "company": id("company"), "name": "more",
            "entitlements": [{ "metric": "resolution", "minutes": 90 }] })),
        "contract_update" => to(json!({ "name": "renamed" })),
        "definition_put" => to(json!({ "title": "Golden" })),
        "desk_create" => to(json!({ "name": format!("desk-{turn}") })),
        "desk_update" => to(json!({ "merge_above": 9_500 })),
        "entry_create" => to(json!({ "text": "hello" })),
        "export_restore" => Body::Bytes("application/jsonl", b"{}\n".to_vec()),
        "hold_set" => to(json!({ "read_only": false })),
        "import_create" => to(json!({ "name": format!("import-{turn}"),
            "mapping": { "kind": "lead", "ticket": { "subject": "topic" } } })),
        "import_file" => Body::Bytes("application/octet-stream", b"topic\nbulb\n".to_vec()),
        "key_create" => to(json!({ "label": "made", "role": "auditor" })),
        "key_rotate" => to(json!({ "overlap_ms": 60_000 })),
        "link_create" => to(json!({ "kind": "duplicate-of", "from": id("ticket"), "to": id("second") })),
        "membership_create" => to(json!({ "contact": id("bob"), "company": id("company") })),
        "membership_update" => to(json!({ "aspect": "heating" })),
        "merge_create" => to(json!({ "kind": "ticket", "winner": id("ticket"), "loser": id("second") })),
        "pack_install" => Body::Bytes("application/x-tar", pack("by-subject", "0.2.0")),
        "policy_mode" => to(json!({ "mode": "shadow" })),
        "presence_update" => to(json!({ "doing": "viewing" })),
        "team_put" => to(json!({ "title": "Keys" })),
        "ticket_assign" => to(json!({ "assignee": "mia" })),
        "ticket_create" => to(json!({ "subject": "new" })),
        "ticket_escalate" => to(json!({ "note": "higher" })),
        "ticket_merge" => to(json!({ "into": id("second") })),
        "ticket_snooze" => to(json!({ "until": "2027-01-01T09:00:00Z" })),
        "ticket_update" => to(json!({ "subject": "renamed" })),
        "webhook_create" => to(json!({ "url": "https://hooks.example.com/two", "events": ["webhook.tested"] })),
        "webhook_update" => to(json!({ "title": "renamed" })),
        "webhook_rotate" => to(json!({ "overlap_ms": 60_000 })),
        "binding_delete"
        | "calendar_delete"
        | "commitment_cancel"
        | "commitment_meet"
        | "contract_end"
        | "definition_delete"
        | "delivery_replay"
        | "escalation_acknowledge"
        | "generation_rollback"
        | "key_revoke"
        | "link_remove"
        | "merge_undo"
        | "pack_remove"
        | "proposal_reject"
        | "ticket_wake"
        | "verify_run"
        | "webhook_delete"
        | "webhook_test" => none,
        read if is_read(read) => none,
        _ => return None,
    };
    let query = match operation {
        "calendar_due_view" => "?amount=60",
        "calendar_elapsed_view" => "?start=2026-11-22T09:30:00Z",
        "commitment_list" => "?state=pending",
        "contact_list" => &format!("?identity=email:ann@{tag}.example"),
        "membership_list" => &format!("?company={}", of["company"]),
        "pack_remove" => "?unbind=true",
        _ => "",
    };
    let preview = match (previewed, query.is_empty()) {
        (true, true) => "?preview=true",
        (true, false) => "&preview=true",
        (false, _) => "",
    };
    Some(Sample { target: format!("{}{query}{preview}", address(path, of)), body })
}

fn is_read(operation: &str) -> bool {
    let reads = ["_list", "_view", "_diff", "_account", "_tickets", "_tree", "_memberships", "_of_ticket"];
    reads.iter().any(|end| operation.ends_with(end))
}

fn to(value: Value) -> Body {
    Body::Json(value)
}

/// The path with ids in it.
pub(crate) fn address(path: &str, of: &Records) -> String {
    let noun = path.split('/').nth(2).unwrap_or_default();
    let id = match noun {
        "companies" => of["company"].as_str(),
        "proposals" => PROPOSAL,
        "reactions" => REACTION,
        other => of.get(other.trim_end_matches('s')).map_or("", String::as_str),
    };
    let name = match noun {
        "calendars" => "office",
        "teams" => "keys",
        "packs" => "companies",
        "policies" => "by-subject",
        "reports" => "conversion",
        _ => "gold",
    };
    path.replace("{id}", id)
        .replace("{name}", name)
        .replace("{sort}", "segment")
        .replace("{number}", "1")
        .replace("{other}", "0")
        .replace("{entry}", &of["entry"])
        .replace("{commitment}", &of["commitment"])
        .replace("{delivery}", &of["delivery"])
}
