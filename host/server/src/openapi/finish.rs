//! The last steps, on the description as JSON: what utoipa's types can't say.

use serde_json::{Map, Value, json};

use super::{address, link, respond, rule};

/// The description as it is served.
pub(crate) fn finished(api: &utoipa::openapi::OpenApi) -> Value {
    let mut api = serde_json::to_value(api).unwrap_or_default();
    if let Some(schemas) = api.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, wanted) in rule::bodies() {
            if let Some(schema) = schemas.get_mut(name) {
                lay(schema, wanted);
            }
        }
        // A map is a map, not a type of its own.
        schemas.remove(MAP);
    }
    tidy(&mut api);
    if let Some(shared) = api.pointer_mut("/components/parameters").and_then(Value::as_object_mut) {
        shared.values_mut().for_each(|it| parameter("", it));
    }
    for (path, method, operation) in address::operations_mut(&mut api) {
        parameters(operation);
        respond::describe(&path, &method, operation);
    }
    respond::shared(&mut api);
    link::add(&mut api);
    super::tag::describe(&mut api);
    api
}

/// What utoipa calls a map of texts.
const MAP: &str = "BTreeMap";

/// Lays a rule over a schema. The rule of an enum's variant stands under the variant's name.
fn lay(schema: &mut Value, mut wanted: Value) {
    if let Some(variants) = wanted.get("oneOf").and_then(Value::as_object).cloned() {
        for variant in schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
            // One variant at a time: serde takes no other member beside it.
            if variant.get("type") == Some(&json!("object")) {
                rule::merge(variant, &json!({ "additionalProperties": false }));
            }
            if let Some(fields) = variant.get_mut("properties") {
                let of_this = |(name, _): &(&String, &Value)| fields.get(*name).is_some();
                let own: Map<String, Value> =
                    variants.iter().filter(of_this).map(|(name, it)| (name.clone(), it.clone())).collect();
                rule::merge(fields, &Value::Object(own));
            }
        }
        if let Some(wanted) = wanted.as_object_mut() {
            wanted.remove("oneOf");
        }
    }
    rule::merge(schema, &wanted);
    drop_null(schema);
    // What must be given has no value of its own, and what stands for absent is none that could be sent.
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    for (name, field) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        let needed = required.iter().any(|it| it == name);
        let refused = field.get("default") == Some(&json!("")) && field.get("minLength").is_some_and(|it| it != 0);
        if let Some(field) = field.as_object_mut().filter(|_| needed || refused) {
            field.remove("default");
        }
    }
}

/// A rule that is null takes a keyword away.
fn drop_null(schema: &mut Value) {
    const KEYWORDS: [&str; 2] = ["propertyNames", "oneOf"];
    match schema {
        Value::Object(fields) => {
            fields.retain(|name, value| !(value.is_null() && KEYWORDS.contains(&name.as_str())));
            fields.values_mut().for_each(drop_null);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_null),
        _ => {}
    }
}

/// Whole numbers as wide as they are, no default of null where null is not taken, maps in their place.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("$ref").and_then(Value::as_str).is_some_and(|to| to.ends_with(&format!("/{MAP}"))) {
                fields.remove("$ref");
                fields.insert("type".to_owned(), "object".into());
                fields.entry("additionalProperties").or_insert(json!({ "type": "string" }));
            }
            // In these fields absent and null mean different things, so neither stands for the other.
            if fields.get("default") == Some(&Value::Null) {
                fields.remove("default");
            }
            let least = fields.get("minimum").and_then(Value::as_f64).unwrap_or(-1.0);
            if fields.get("format").is_some_and(|it| it == "int32") && least >= 0.0 {
                fields.insert("format".to_owned(), "uint32".into());
                fields.entry("maximum").or_insert(u32::MAX.into());
            } else if fields.get("format").is_some_and(|it| it == "int64") && least >= 0.0 {
                fields.insert("format".to_owned(), "uint64".into());
                fields.entry("maximum").or_insert(u64::MAX.into());
            }
            fields.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// The rules of an operation's parameters. A parameter is there or not there, and never null.
fn parameters(operation: &mut Value) {
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
    for it in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        parameter(&id, it);
    }
}

fn parameter(operation: &str, parameter: &mut Value) {
    let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let Some(schema) = parameter.get_mut("schema") else { return };
    if let Some([kind, Value::String(null)]) = schema.get("type").and_then(Value::as_array).map(Vec::as_slice)
        && null == "null"
    {
        let kind = kind.clone();
        rule::merge(schema, &json!({ "type": kind }));
    }
    if let Some(wanted) = rule::parameter(operation, &name) {
        rule::merge(schema, &wanted);
    }
}
