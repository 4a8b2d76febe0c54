//! Links: what may be asked next with what an answer holds. Programs that explore an API follow them.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use super::{address, rule::merge};

/// An operation that can be reached from another.
struct Step {
    id: String,
    /// The name of the changing part that the answer fills.
    part: String,
    /// The part before it, which the address that was asked holds too.
    before: Option<String>,
}

/// Adds to each list and each creation the links to what may be done with one of its records.
pub(super) fn add(api: &mut Value) {
    let mut steps: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    for (path, _, operation) in address::operations(api) {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some((collection, part, before)) = collection(&path) else { continue };
        steps.entry(collection).or_default().push(Step { id, part, before });
    }
    for (path, method, operation) in address::operations_mut(api) {
        let Some(steps) = steps.get(&path) else { continue };
        let (status, place) = match method.as_str() {
            // What is promised is answered with its ticket.
            "POST" if path.ends_with("/commitments") => continue,
            "POST" => ("201", "$response.body#/"),
            "GET" => ("200", "$response.body#/items/0/"),
            _ => continue,
        };
        let Some(response) = operation.pointer_mut(&format!("/responses/{status}")) else { continue };
        for step in steps {
            // What an address calls `entry` is a record's `id`.
            let field = match step.part.as_str() {
                "name" | "number" => step.part.as_str(),
                _ => "id",
            };
            // A new key is told beside its secret.
            let field = if path == "/v1/keys" && method == Method::POST { "key/id" } else { field };
            let mut parameters = json!({ format!("path.{}", step.part): format!("{place}{field}") });
            if let Some(before) = &step.before {
                merge(&mut parameters, &json!({ format!("path.{before}"): format!("$request.path.{before}") }));
            }
            let link = json!({ &step.id: { "operationId": step.id, "parameters": parameters } });
            merge(response, &json!({ "links": link }));
        }
    }
}

/// `/v1/tickets/{id}/entries/{entry}` is of `/v1/tickets/{id}/entries`, filled by `entry`, behind `id`.
fn collection(path: &str) -> Option<(String, String, Option<String>)> {
    let (head, _) = path.rsplit_once('}')?;
    let (collection, part) = head.rsplit_once("/{")?;
    let before =
        collection.split_once("/{").and_then(|(_, rest)| rest.split_once('}')).map(|(name, _)| name.to_owned());
    // Two that follow each other, as of a definition, are not filled by one record's id.
    (!collection.ends_with('}')).then(|| (collection.to_owned(), part.to_owned(), before))
}
