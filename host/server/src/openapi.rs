//! The API's description: OpenAPI 3.1, generated from the handlers; what holds for many routes is added here once.

mod address;
mod finish;
mod link;
mod respond;
mod rule;
mod tag;

use http::Method;
use serde_json::{Map, Value, json};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Ref, RefOr, Required};

use crate::extract::on_behalf;
use crate::problem::{Code, FieldError, Told};

pub(crate) use address::Addresses;
pub(crate) use finish::finished;

/// Routes that anybody may read carry this tag.
pub(crate) const OPEN: &str = "open";
/// Routes that are about the whole process, and name no desk, carry this tag.
pub(crate) const PROCESS: &str = "process";
/// A POST that changes nothing, and so takes no idempotency key, carries this tag.
pub(crate) const HARMLESS: &str = "harmless";
/// Writes that go through the one path and take `preview` carry this tag.
pub(crate) const COMMAND: &str = "command";

/// Writes that make a generation, and take `preview` and the generation's number as `If-Match`, carry this tag.
pub(crate) const GENERATION: &str = "generation";

/// A write that replaces what others may have written meanwhile, and so needs `If-Match`, carries this tag.
pub(crate) const OVERWRITES: &str = "overwrites";

/// What the routes are added to.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Plugdesk",
        description = "A help desk whose policies are plugins. Problems are RFC 9457; lists are pages with `limit` \
                       and `after`; every record has an ETag, and a write may carry If-Match.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(Told, Code, FieldError))
)]
pub(crate) struct Base;

/// Adds what many routes share: keys, the desk, idempotency, preconditions, previews, problems.
pub(crate) fn complete(api: &mut utoipa::openapi::OpenApi) {
    let components = api.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("API key").build();
    components.security_schemes.insert("key".to_owned(), SecurityScheme::Http(bearer).into());
    for (name, parameter) in shared_parameters() {
        components.parameters.insert(name.to_owned(), RefOr::T(parameter));
    }
    for (path, item) in &mut api.paths.paths {
        for (method, operation) in operations_mut(item) {
            complete_operation(path, &method, operation);
        }
    }
}

fn complete_operation(path: &str, method: &Method, operation: &mut Operation) {
    let has = |tag: &str| operation.tags.iter().flatten().any(|t| t == tag);
    let (open, process, command, generation) = (has(OPEN), has(PROCESS), has(COMMAND), has(GENERATION));
    let overwrites = has(OVERWRITES);
    let keyed = method == Method::POST && !has(HARMLESS);
    crate::rights::describe(operation);
    // They say how a route behaves; readers sort by nouns.
    if let Some(tags) = &mut operation.tags {
        tags.retain(|tag| ![COMMAND, GENERATION, HARMLESS, OPEN, OVERWRITES].contains(&tag.as_str()));
    }
    let mut parameters = Vec::new();
    let mut problems = vec!["BadRequest", "Internal"];
    if !open {
        operation.security = Some(vec![SecurityRequirement::new("key", Vec::<String>::new())]);
        problems.extend(["Unauthenticated", "Forbidden", "NotFound", "TooManyRequests", "Unavailable"]);
        if !process {
            parameters.extend(["DeskHeader", "DeskQuery"]);
        }
    }
    if method != Method::GET {
        problems.extend(["Conflict", "RequestTimeout", "TooLarge", "UnsupportedMediaType", "Unprocessable", "NoSpace"]);
    }
    if command || generation {
        parameters.push("Preview");
    }
    if keyed {
        parameters.push("IdempotencyKey");
    }
    // What is made has no version yet; what is done with a record is held against it.
    if generation || (command && (method != Method::POST || path.contains('{'))) {
        parameters.push("IfMatch");
        problems.push("PreconditionFailed");
    }
    if overwrites {
        problems.push("PreconditionRequired");
    }
    let own = operation.parameters.get_or_insert_default();
    own.extend(parameters.into_iter().map(|name| RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")))));
    if own.is_empty() {
        operation.parameters = None;
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            // OpenAPI asks for a sentence with every answer.
            response.description = match status.as_str() {
                "200" if method != Method::GET => "It is done; with `preview` it would be.",
                "201" => "It was made.",
                "202" => "It was taken, and its work goes on.",
                _ => "What was asked for.",
            }
            .to_owned();
        }
    }
    for name in problems {
        let Some((to, status)) = respond::problem(name) else { continue };
        operation.responses.responses.entry(status).or_insert(RefOr::Ref(Ref::new(to)));
    }
    tracing::trace!(path, %method, "described");
}

fn shared_parameters() -> Vec<(&'static str, Parameter)> {
    let text = |name: &str, place: ParameterIn, about: &str, kind: Type| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(ObjectBuilder::new().schema_type(kind)))
            .build()
    };
    let desk = "The desk, by name or id; operators must name one, every other key has its own.";
    let key = "Makes a repetition harmless: the same key and body hear the first answer, another body is refused \
               (draft-ietf-httpapi-idempotency-key-header). 1 to 128 visible ASCII characters.";
    let if_match = "The ETag as it was read; the write is refused with 412 if the record was changed since.";
    let preview = "Decide and answer, but store nothing.";
    vec![
        ("DeskHeader", text("Plugdesk-Desk", ParameterIn::Header, desk, Type::String)),
        ("DeskQuery", text(on_behalf::DESK, ParameterIn::Query, desk, Type::String)),
        ("IdempotencyKey", text("Idempotency-Key", ParameterIn::Header, key, Type::String)),
        ("IfMatch", text("If-Match", ParameterIn::Header, if_match, Type::String)),
        ("Preview", text(on_behalf::PREVIEW, ParameterIn::Query, preview, Type::Boolean)),
    ]
}

/// What `GET /v1` shows: every address, its methods, each with a sentence.
pub(crate) fn index(api: &Value) -> Value {
    let mut routes: Map<String, Value> = Map::new();
    for (path, method, operation) in address::operations(api) {
        let methods = routes.entry(path).or_insert_with(|| json!({}));
        rule::merge(methods, &json!({ method.as_str(): operation.get("summary") }));
    }
    let routes: Vec<Value> =
        routes.into_iter().map(|(path, methods)| json!({ "path": path, "methods": methods })).collect();
    json!({ "name": "plugdesk", "version": env!("CARGO_PKG_VERSION"), "openapi": "../openapi.json", "routes": routes })
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
