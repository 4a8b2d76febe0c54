//! Addresses: what stands in their changing parts and in their parameters.

use serde_json::{Value, json};

use super::description::{Description, Operation};
use super::make::Make;

/// What stands in a changing part of a path.
pub(super) fn part(make: &mut Make<'_>, operation: &Operation, name: &str) -> String {
    let word = match (operation.path.as_str(), name) {
        ("/v1/calendars/{name}" | "/v1/calendars/{name}/due" | "/v1/calendars/{name}/elapsed", _) => "office",
        ("/v1/teams/{name}", _) => "sales",
        ("/v1/packs/{name}", _) => "companies",
        ("/v1/policies/{name}/mode", _) => "by-subject",
        ("/v1/reports/{name}", _) => "conversion",
        (_, "sort") => "segment",
        (_, "name") => "walked",
        (_, "number" | "other") => "1",
        _ => {
            let noun = match name {
                "id" => operation.path.trim_start_matches("/v1/").split('/').next().unwrap_or_default(),
                other => other,
            };
            let kind = match noun {
                "companies" => "CompanyId".to_owned(),
                "entry" | "commitment" | "delivery" => format!("{}{}Id", noun[..1].to_uppercase(), &noun[1..]),
                _ => format!("{}{}Id", noun[..1].to_uppercase(), noun[1..].trim_end_matches('s')),
            };
            let absent = json!(format!("{}_00000000000000000000000000", kind.trim_end_matches("Id").to_lowercase()));
            return make.known.get(&kind).unwrap_or(&absent).as_str().expect("an id").to_owned();
        }
    };
    word.to_owned()
}

/// The parameters of an operation, its own and the shared ones.
pub(super) fn described(api: &Description, operation: &Operation) -> Vec<(String, Value)> {
    let list = api.api.pointer(&format!("{}/parameters", operation.at)).and_then(Value::as_array);
    let each = (0..list.map_or(0, Vec::len)).filter_map(|place| {
        let (at, found) = api.get(&format!("{}/parameters/{place}", operation.at))?;
        Some((format!("{at}/schema"), found.clone()))
    });
    each.collect()
}

/// The parameters without which nothing is read.
pub(super) fn needed(api: &Description, operation: &Operation, but: &str) -> String {
    let all = described(api, operation).into_iter().map(|(_, it)| it);
    let needed = all.filter(|it| it["in"] == "query" && it["required"] == true && it["name"] != but);
    let value = |it: &Value| match (&it["schema"]["enum"][0], &it["schema"]["minimum"]) {
        (Value::Null, Value::Null) => "2026-11-22T09:30:00Z".to_owned(),
        (Value::Null, least) => plain(least),
        (word, _) => plain(word),
    };
    needed.map(|it| format!("{}={}&", plain(&it["name"]), value(&it))).collect()
}

/// The address with them.
pub(super) fn whole(api: &Description, operation: &Operation, target: String) -> String {
    match needed(api, operation, "").trim_end_matches('&') {
        "" => target,
        query => format!("{target}?{query}"),
    }
}

/// A value as it stands in an address.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A text as the type that the schema has; a text that is none of that type stays one, and does not fit.
pub(super) fn typed(schema: &Value, text: &str, make: &mut Make<'_>) -> Value {
    match make.flat(schema).get("type").and_then(Value::as_str) {
        Some("integer") => text.parse::<u64>().map_or_else(|_| text.into(), Value::from),
        Some("boolean") if text == "true" || text == "false" => (text == "true").into(),
        _ => text.into(),
    }
}

/// As a part of a path, or the value of a parameter.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    let each = text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    match text {
        // What a browser or proxy would take for the way up is no part of a path.
        "." | ".." => text.replace('.', "%2E"),
        _ => each.collect(),
    }
}
