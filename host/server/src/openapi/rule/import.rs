//! Imports: what of a mapping goes with what.

use serde_json::{Value, json};

use super::{letters, word};

/// A list in a mapping has at most so many members.
const MOST_MEMBERS: u32 = 512;

pub(super) fn rules() -> Vec<(&'static str, Value)> {
    let (none, list) = (json!({ "type": "null" }), json!({ "maxItems": MOST_MEMBERS }));
    let (object, empty) = (json!({ "type": "object" }), json!({ "maxItems": 0 }));
    let no_ticket = json!({ "maxProperties": 0 });
    let kinds = ["contact", "company", "membership", "entry"];
    let forms = json!([
        { "properties": { "kind": { "not": { "enum": kinds } }, "membership": none,
            "entry": { "items": { "properties": { "ticket": none } } } } },
        { "required": ["contact"], "properties": { "kind": { "const": "contact" }, "contact": object, "company": none,
            "membership": none, "ticket": no_ticket, "entry": empty, "turn": empty } },
        { "required": ["company"], "properties": { "kind": { "const": "company" }, "company": object, "contact": none,
            "membership": none, "ticket": no_ticket, "entry": empty, "turn": empty } },
        { "required": ["membership"], "properties": { "kind": { "const": "membership" }, "membership": object,
            "contact": none, "company": none, "ticket": no_ticket, "entry": empty, "turn": empty } },
        { "required": ["entry"], "properties": { "kind": { "const": "entry" }, "contact": none, "company": none,
            "membership": none, "ticket": no_ticket, "turn": empty, "entry": { "minItems": 1, "maxItems": 1, "items": {
                "required": ["ticket"], "properties": { "ticket": { "not": none }, "each": none } } } } },
    ]);
    let one = |name: &str, others: [&str; 2]| {
        let mut fields = json!({ name: { "type": "string" } });
        for other in others {
            super::merge(&mut fields, &json!({ other: none }));
        }
        json!({ "required": [name], "properties": fields })
    };
    let given = |name: &str| json!({ "required": [name], "properties": { name: { "not": none } } });
    vec![
        (
            "NewImport",
            json!({ "properties": { "name": { "minLength": 1, "maxLength": 48, "pattern": format!("^{}+$", letters()) } } }),
        ),
        (
            "Mapping",
            json!({
                "properties": {
                    "kind": word(), "missing": list, "dates": list, "entry": list, "turn": list,
                    "delimiter": { "minLength": 1, "maxLength": 1, "pattern": "^[\\u0000-\\u0009\\u000B\\u000C\\u000E-\\u0021\\u0023-\\u007F]$" },
                },
                "oneOf": forms,
            }),
        ),
        (
            "MappingRule",
            json!({
                "properties": {
                    "split": { "minLength": 1 }, "missing": list, "dates": list,
                    "values": { "maxProperties": MOST_MEMBERS },
                },
                "oneOf": [
                    one("column", ["constant", "template"]), one("constant", ["column", "template"]),
                    one("template", ["column", "constant"]),
                ],
            }),
        ),
        (
            "MappingMembership",
            json!({ "allOf": [
                { "anyOf": [given("email"), given("contact")] },
                { "anyOf": [given("company"), given("company-name")] },
            ] }),
        ),
        // A column is written out here, so that a misspelt word is not taken for one.
        (
            "MappingKind",
            json!({ "oneOf": null, "anyOf": [
                { "$ref": "#/components/schemas/EntryKind" }, { "$ref": "#/components/schemas/MappingRule" },
            ] }),
        ),
    ]
}
