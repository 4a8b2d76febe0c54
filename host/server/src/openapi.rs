//! The API's description: OpenAPI 3.1, generated from the handlers; what holds for many routes is added here once.

use std::collections::{BTreeMap, BTreeSet};

use http::{HeaderValue, Method};
use serde_json::{Value, json};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder};

use crate::extract::on_behalf;
use crate::problem::{Code, FieldError, PROBLEM_JSON, Problem, Told};

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
    for (name, response) in shared_problems() {
        components.responses.insert(name.to_owned(), RefOr::T(response));
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
    let keyed = method == Method::POST && !has(HARMLESS);
    crate::rights::describe(operation);
    // They say how a route behaves; readers sort by nouns.
    if let Some(tags) = &mut operation.tags {
        tags.retain(|tag| ![COMMAND, GENERATION, HARMLESS, OPEN].contains(&tag.as_str()));
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
        problems.extend(["Conflict", "RequestTimeout", "TooLarge", "UnsupportedMediaType", "Unprocessable"]);
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
                "201" => "It was made.",
                "202" => "It was taken, and its work goes on.",
                _ => "What was asked for.",
            }
            .to_owned();
        }
    }
    for name in problems {
        let Some((_, status, _)) = PROBLEMS.iter().find(|(known, ..)| *known == name) else { continue };
        let shared = RefOr::Ref(Ref::new(format!("#/components/responses/{name}")));
        operation.responses.responses.entry((*status).to_owned()).or_insert(shared);
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

/// The problems that many routes share: component, status, and what it means.
const PROBLEMS: &[(&str, &str, &str)] = &[
    ("BadRequest", "400", "A parameter, header or the JSON can't be read, or the desk is not named."),
    ("Unauthenticated", "401", "A valid API key is needed."),
    ("Forbidden", "403", "This principal may not do that."),
    ("NotFound", "404", "Nothing stands there, or nothing that this principal may know of."),
    ("RequestTimeout", "408", "The body took too long to arrive."),
    ("Conflict", "409", "It exists, was changed meanwhile, or the idempotency key is being worked on."),
    ("PreconditionFailed", "412", "The record was changed since it was read."),
    ("TooLarge", "413", "The body, or a value in it, is larger than allowed."),
    ("UnsupportedMediaType", "415", "This address does not take that media type."),
    ("Unprocessable", "422", "Fields break a rule, a policy refused, or the idempotency key was used otherwise."),
    ("TooManyRequests", "429", "Too many requests; see Retry-After."),
    ("Internal", "500", "The desk failed; the log has the cause under the request's id."),
    ("Unavailable", "503", "A queue is full, or the desk takes no writes; see Retry-After."),
    ("NoSpace", "507", "The disk is full. Nothing was written; reads go on; see Retry-After."),
];

fn shared_problems() -> impl Iterator<Item = (&'static str, Response)> {
    PROBLEMS.iter().map(|(name, _, about)| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        (*name, ResponseBuilder::new().description(*about).content(PROBLEM_JSON, content).build())
    })
}

/// What `GET /v1` shows: every address, its methods, each with a sentence.
pub(crate) fn index(api: &utoipa::openapi::OpenApi) -> Value {
    let routes: Vec<Value> = api
        .paths
        .paths
        .iter()
        .map(|(path, item)| {
            let methods: serde_json::Map<String, Value> = operations(item)
                .map(|(method, operation)| (method.to_string(), operation.summary.clone().into()))
                .collect();
            json!({ "path": path, "methods": methods })
        })
        .collect();
    json!({ "name": "plugdesk", "version": env!("CARGO_PKG_VERSION"), "openapi": "../openapi.json", "routes": routes })
}

/// Which methods and query parameters each address knows.
pub(crate) struct Addresses(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Addresses {
    /// From the finished description.
    pub(crate) fn of(api: &utoipa::openapi::OpenApi) -> Self {
        let shared: BTreeMap<_, _> = shared_parameters().into_iter().collect();
        let name = |parameter: &RefOr<Parameter>| match parameter {
            RefOr::T(own) => (own.parameter_in == ParameterIn::Query).then(|| own.name.clone()),
            RefOr::Ref(to) => {
                let last = to.ref_location.rsplit('/').next().unwrap_or_default();
                shared.get(last).filter(|p| p.parameter_in == ParameterIn::Query).map(|p| p.name.clone())
            }
        };
        let of_item = |item: &PathItem| {
            let of_operation = |operation: &Operation| operation.parameters.iter().flatten().filter_map(name).collect();
            operations(item).map(|(method, operation)| (method.to_string(), of_operation(operation))).collect()
        };
        let mut known: BTreeMap<_, _> =
            api.paths.paths.iter().map(|(path, item)| (path.clone(), of_item(item))).collect();
        // Made of the description, so they can't stand in it.
        for path in ["/v1", "/openapi.json"] {
            known.insert(path.to_owned(), BTreeMap::from([("GET".to_owned(), BTreeSet::new())]));
        }
        Self(known)
    }

    /// The methods of an address, as `Allow` lists them; none: it is not described, as the reader's own files.
    pub(crate) fn allow(&self, route: &str) -> Option<HeaderValue> {
        let methods = self.methods(route)?;
        let mut names: Vec<&str> = methods.keys().map(String::as_str).collect();
        if methods.contains_key("GET") {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        names.sort_unstable();
        HeaderValue::from_str(&names.join(", ")).ok()
    }

    /// The problem with the first name that the address does not know.
    pub(crate) fn refuse<'a>(
        &self,
        method: &Method,
        route: &str,
        mut names: impl Iterator<Item = &'a str>,
    ) -> Option<Problem> {
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        let known = self.methods(route)?.get(method.as_str())?;
        let unknown = names.find(|name| !known.contains(*name))?;
        let unknown: String = unknown.chars().take(64).collect();
        let known = if known.is_empty() { "none".to_owned() } else { Vec::from_iter(known.iter().cloned()).join(", ") };
        let text = format!("`{unknown}` is not known here; known are: {known}");
        Some(Problem::parameter(Code::UnknownParameter, &unknown, text))
    }

    /// What is described of a route; nested under a prefix, the route begins with it.
    fn methods(&self, route: &str) -> Option<&BTreeMap<String, BTreeSet<String>>> {
        let at = route.rfind("/v1/").or_else(|| route.strip_suffix("/v1").map(str::len)).or_else(|| route.rfind('/'));
        self.0.get(route.get(at?..)?)
    }
}

fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
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
