//! Contacts, companies and memberships.

use serde_json::{Value, json};

use super::{
    changed_ids, custom, domain, each, email, external_ids, handle, line, locale, phone, reference, word, zone,
};

pub(super) fn rules() -> Vec<(&'static str, Value)> {
    let domains = each(32, &json!({ "maxLength": 253, "pattern": domain() }));
    let of = |kind: &str, pattern: String| json!({ "properties": { "kind": { "const": kind }, "value": { "pattern": pattern } } });
    let person = json!({
        "name": line(0, 256), "identities": { "maxItems": 16 }, "external_ids": external_ids(), "custom": custom(),
        "locale": locale(), "time_zone": zone(), "segment": word(),
    });
    let company = json!({
        "name": line(1, 256), "external_ids": external_ids(), "custom": custom(), "segment": word(), "tier": word(),
        "domains": domains,
    });
    vec![
        (
            "NewIdentity",
            json!({
                "properties": { "value": { "minLength": 1, "maxLength": 254 } },
                "oneOf": [of("email", email()), of("phone", phone()), of("handle", handle())],
            }),
        ),
        ("NewContact", json!({ "properties": person })),
        ("ContactRef", json!({ "properties": person, "anyOf": reference() })),
        (
            "ContactPatch",
            json!({ "properties": {
                "name": line(0, 256), "add_identities": { "maxItems": 16 }, "remove_identities": { "maxItems": 16 },
                "external_ids": changed_ids(), "custom": custom(), "locale": locale(), "time_zone": zone(),
                "segment": word(),
            } }),
        ),
        ("Money", json!({ "properties": { "currency": { "pattern": "^[A-Z]{3}$" } } })),
        ("NewCompany", json!({ "required": ["name"], "properties": company })),
        // A company is found by an id, ours or another system's, or by its name.
        ("CompanyRef", json!({ "properties": company, "anyOf": named_or(reference()) })),
        (
            "CompanyPatch",
            json!({ "properties": {
                "name": line(1, 256), "external_ids": changed_ids(), "custom": custom(), "segment": word(),
                "tier": word(), "add_domains": domains, "remove_domains": domains,
            } }),
        ),
        (
            "NewMembership",
            json!({ "properties": { "aspect": word(), "concerns": each(16, &line(1, 512)), "source": word() } }),
        ),
        (
            "MembershipPatch",
            json!({ "properties": {
                "aspect": word(), "add_concerns": each(16, &line(1, 512)), "remove_concerns": { "maxItems": 16 },
                "source": word(),
            } }),
        ),
    ]
}

/// Without an id the name is needed.
fn named_or(mut reference: Value) -> Value {
    if let Some(without) = reference.get_mut(1) {
        super::merge(without, &json!({ "required": ["name"] }));
    }
    reference
}
