//! Which methods and query parameters each address knows, and how operations are walked over.

use std::collections::{BTreeMap, BTreeSet};

use http::{HeaderValue, Method};
use serde_json::Value;

use crate::problem::{Code, Problem};

/// The methods that an address may have; what else stands at a path is not an operation.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Which methods and query parameters each address knows.
pub(crate) struct Addresses(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Addresses {
    /// From the finished description.
    pub(crate) fn of(api: &Value) -> Self {
        let name = |parameter: &Value| {
            let own = match parameter.get("$ref").and_then(Value::as_str) {
                Some(to) => api.pointer(to.trim_start_matches('#'))?,
                None => parameter,
            };
            (own.get("in")? == "query").then(|| own.get("name")?.as_str().map(str::to_owned))?
        };
        let mut known: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (path, method, operation) in operations(api) {
            let own = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
            known.entry(path).or_default().insert(method.to_string(), own.filter_map(name).collect());
        }
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

fn method(name: &str) -> Option<Method> {
    METHODS.contains(&name).then(|| name.to_ascii_uppercase().parse().ok()).flatten()
}

/// Every operation with its path and method.
pub(super) fn operations(api: &Value) -> impl Iterator<Item = (String, Method, &Value)> {
    let paths = api.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let all = item.as_object().into_iter().flatten();
        all.filter_map(move |(name, operation)| Some((path.clone(), method(name)?, operation)))
    })
}

/// Likewise, to change them.
pub(super) fn operations_mut(api: &mut Value) -> impl Iterator<Item = (String, Method, &mut Value)> {
    let paths = api.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let all = item.as_object_mut().into_iter().flatten();
        all.filter_map(move |(name, operation)| Some((path.clone(), method(name)?, operation)))
    })
}
