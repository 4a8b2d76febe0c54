//! The API's description, read as a client reads it: operations, and whether a value fits a schema of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jsonschema::{Draft, Registry, Validator};
use serde_json::Value;

/// Under which the validator knows the description.
const NAME: &str = "urn:plugdesk:api";
/// What a path may hold.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// One address with one method.
#[derive(Clone)]
pub(super) struct Operation {
    /// As HTTP has it.
    pub(super) method: String,
    /// With its changing parts in braces.
    pub(super) path: String,
    /// Where it stands in the description (RFC 6901).
    pub(super) at: String,
}

impl Operation {
    /// As the list of rules that no schema can say names it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// The description.
pub(super) struct Description {
    pub(super) api: Value,
    registry: &'static Registry<'static>,
    known: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Description {
    pub(super) fn new() -> Self {
        let api = plugdesk_server::openapi();
        let registry = Registry::new().draft(Draft::Draft202012).add(NAME, api.clone()).expect("it has a name");
        let registry = Box::leak(Box::new(registry.prepare().expect("its references lead somewhere")));
        Self { api, registry, known: Mutex::default() }
    }

    pub(super) fn operations(&self) -> Vec<Operation> {
        let paths = self.api["paths"].as_object().expect("paths");
        let of_path = |(path, item): (&String, &Value)| {
            let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
            let operation = |method: &&str| Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                at: format!("/paths/{}/{method}", escape(path)),
            };
            methods.map(operation).collect::<Vec<_>>()
        };
        paths.iter().flat_map(of_path).collect()
    }

    /// What stands there, behind the reference if it is one.
    pub(super) fn get(&self, pointer: &str) -> Option<(String, &Value)> {
        let found = self.api.pointer(pointer)?;
        match found.get("$ref").and_then(Value::as_str) {
            Some(to) if found.as_object().is_some_and(|it| it.len() == 1) => self.get(to.trim_start_matches('#')),
            _ => Some((pointer.to_owned(), found)),
        }
    }

    /// Why a value does not fit the schema that stands there; none: it fits.
    pub(super) fn misfit(&self, pointer: &str, value: &Value) -> Option<String> {
        let known = self.known.lock().unwrap().get(pointer).cloned();
        let validator = known.unwrap_or_else(|| {
            let place: String = pointer.bytes().map(in_a_fragment).collect();
            let schema = serde_json::json!({ "$ref": format!("{NAME}#{place}") });
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            let built = options.with_registry(self.registry).build(&schema);
            let built = Arc::new(built.unwrap_or_else(|error| panic!("{pointer}: {error}")));
            self.known.lock().unwrap().insert(pointer.to_owned(), Arc::clone(&built));
            built
        });
        let error = validator.iter_errors(value).next()?;
        Some(format!("{} at {}", error, error.instance_path()))
    }
}

/// As part of an RFC 6901 pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn in_a_fragment(byte: u8) -> String {
    match byte {
        b'{' | b'}' | b'%' | b'^' | b'"' | b' ' => format!("%{byte:02X}"),
        other => char::from(other).to_string(),
    }
}
