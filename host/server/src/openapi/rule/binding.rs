//! Bindings and policies.

use serde_json::{Value, json};

use super::{each, plain, word};

pub(super) fn rules() -> Vec<(&'static str, Value)> {
    vec![
        (
            "NewBinding",
            json!({ "properties": {
                "policy": plain(), "pack": plain(), "plugin": plain(), "replaces": each(16, &plain()),
                "question": { "enum": plugdesk_domain::question::QUESTIONS },
            },
            // The segment is what it finds.
            "if": { "properties": { "question": { "const": "classify" } } },
            "then": { "properties": { "scope": { "const": "desk" } } } }),
        ),
        ("BindingPatch", json!({ "properties": { "replaces": each(16, &plain()) } })),
        ("BindingScope", json!({ "oneOf": { "segment": word(), "kind": word() } })),
        ("FailureRule", json!({ "oneOf": { "fallback": word() } })),
    ]
}
