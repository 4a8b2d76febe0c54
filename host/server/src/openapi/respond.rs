//! Answers: their headers, and the problems that many routes share.

use http::Method;
use serde_json::{Value, json};

use super::rule::merge;
use crate::problem::{Code, PROBLEM_JSON};

/// The problems that many routes share: component, status, and what it means.
pub(super) const PROBLEMS: &[(&str, u16, &str)] = &[
    ("BadRequest", 400, "A parameter, header or the JSON can't be read, or the desk is not named."),
    ("Unauthenticated", 401, "A valid API key is needed."),
    ("Forbidden", 403, "This principal may not do that."),
    ("NotFound", 404, "Nothing stands there, or nothing that this principal may know of."),
    ("MethodNotAllowed", 405, "The address knows other methods; see Allow."),
    ("RequestTimeout", 408, "The body took too long to arrive."),
    ("Conflict", 409, "It exists, was changed meanwhile, or the idempotency key is being worked on."),
    ("PreconditionFailed", 412, "The record was changed since it was read."),
    ("TooLarge", 413, "The body, or a value in it, is larger than allowed."),
    ("UnsupportedMediaType", 415, "This address does not take that media type."),
    ("Unprocessable", 422, "Fields break a rule, a policy refused, or the idempotency key was used otherwise."),
    ("PreconditionRequired", 428, "It would overwrite what others may have changed; send If-Match."),
    ("TooManyRequests", 429, "Too many requests; see Retry-After."),
    ("Internal", 500, "The desk failed; the log has the cause under the request's id."),
    ("NoSpace", 507, "There is no room on the desk's disk; nothing was stored."),
    ("Unavailable", 503, "A queue is full, or the desk takes no writes; see Retry-After."),
];

/// Where a problem is described, and its status.
pub(super) fn problem(name: &str) -> Option<(String, String)> {
    let (_, status, _) = PROBLEMS.iter().find(|(known, ..)| *known == name)?;
    Some((format!("#/components/responses/{name}"), status.to_string()))
}

/// The shared problems and headers.
pub(super) fn shared(api: &mut Value) {
    let header = |about: &str, required: bool, schema: Value| json!({ "description": about, "required": required, "schema": schema });
    let seconds = json!({ "type": "integer", "minimum": 1 });
    let text = json!({ "type": "string" });
    let headers = json!({
        "RequestId": header("Under which the log knows the request; a client may choose it.", true,
            json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$" })),
        "ETag": header("The version: what If-Match takes.", true,
            json!({ "type": "string", "pattern": "^\"[0-9]+\"$" })),
        "ETagUnlessPreview": header("The version: what If-Match takes; a preview has none.", false,
            json!({ "type": "string", "pattern": "^\"[0-9]+\"$" })),
        "Location": header("Where it stands.", true, json!({ "type": "string", "format": "uri-reference" })),
        "IdempotencyReplayed": header("It is the answer of an earlier request with this key.", false,
            json!({ "type": "string", "const": "true" })),
        "RetryAfter": header("Seconds to wait before it is sent again.", false, seconds.clone()),
        "RetryAfterThat": header("Seconds to wait before it is sent again.", true, seconds),
        "WwwAuthenticate": header("How to come in.", true, text.clone()),
        "Allow": header("The methods that the address knows.", true, text),
    });
    let mut responses = json!({});
    for (name, status, about) in PROBLEMS {
        let mut headers = json!({ "X-Request-Id": reference("RequestId") });
        let more = match status {
            401 => json!({ "WWW-Authenticate": reference("WwwAuthenticate") }),
            405 => json!({ "Allow": reference("Allow") }),
            409 | 503 | 507 => json!({ "Retry-After": reference("RetryAfter") }),
            429 => json!({ "Retry-After": reference("RetryAfterThat") }),
            _ => json!({}),
        };
        merge(&mut headers, &more);
        let codes: Vec<_> = Code::ALL.iter().filter(|code| code.status().as_u16() == *status).collect();
        let codes = serde_json::to_value(codes).unwrap_or_default();
        let schema = json!({ "$ref": "#/components/schemas/Problem", "properties": {
            "status": { "const": status }, "code": { "enum": codes } } });
        let of_one = json!({ *name: {
            "description": about, "headers": headers, "content": { PROBLEM_JSON: { "schema": schema } } } });
        merge(&mut responses, &of_one);
    }
    if let Some(components) = api.get_mut("components") {
        merge(components, &json!({ "headers": headers, "responses": responses }));
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// Addresses whose one record has no version.
const WITHOUT_VERSION: [&str; 2] = ["/v1/reports/{name}", "/v1/generations/{number}/diff/{other}"];

/// The headers of an operation's own answers.
pub(super) fn describe(path: &str, method: &Method, operation: &mut Value) {
    let keyed = operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .any(|it| it.get("$ref").and_then(Value::as_str).is_some_and(|to| to.ends_with("/IdempotencyKey")));
    let shows_one =
        method == Method::GET && (path.ends_with('}') || path == "/v1/desk") && !WITHOUT_VERSION.contains(&path);
    for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        if response.get("$ref").is_some() {
            continue;
        }
        let mut headers = json!({ "X-Request-Id": reference("RequestId") });
        if status.starts_with('2') {
            let content = response.pointer("/content/application~1json/schema/$ref").and_then(Value::as_str);
            let written = content.is_some_and(|to| to.contains("/Written_"));
            let made = written && status == "201";
            if shows_one || made {
                merge(&mut headers, &json!({ "ETag": reference("ETag") }));
            } else if written {
                merge(&mut headers, &json!({ "ETag": reference("ETagUnlessPreview") }));
            }
            if made {
                merge(&mut headers, &json!({ "Location": reference("Location") }));
            }
            if keyed {
                merge(&mut headers, &json!({ "Idempotency-Replayed": reference("IdempotencyReplayed") }));
            }
        }
        merge(response, &json!({ "headers": headers }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_that_there_is_is_described() {
        for code in Code::ALL {
            let status = code.status().as_u16();
            assert!(PROBLEMS.iter().any(|(_, known, _)| *known == status), "{} is answered {status}", code.name());
        }
    }
}
