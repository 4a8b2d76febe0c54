//! The API walked along its own description: each operation is sent good, spoilt and hostile requests that are made of
//! its schemas, and each answer is held to what is described of it.
//!
//! What a schema takes must be carried out, and what it does not take must be refused. Rules that no schema can say, as
//! those that need a look into the desk, stand in `tests/fuzz/beyond.json` with their reasons.

#[path = "walk/beyond.rs"]
mod beyond;
#[path = "walk/call.rs"]
mod call;
#[path = "walk/description.rs"]
mod description;
#[path = "walk/make.rs"]
mod make;
#[path = "walk/shelf.rs"]
mod shelf;
#[path = "walk/spoil.rs"]
mod spoil;
#[path = "walk/target.rs"]
mod target;

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use plugdesk_server::{Options, router};
use serde_json::Value;

use super::policies::send_pack;
use super::stand::Stand;
use beyond::{Beyond, beyond};
use call::{Ask, Reply, faults, send};
use description::{Description, Operation};
use make::Make;
use shelf::Shelf;
use target::{described, encoded, needed, part, plain, typed, whole};

/// So many bodies are sent to each operation, spoilt in one place each.
const BODIES: usize = 14;
/// So many values are tried for each parameter.
const TEXTS: usize = 5;
/// So many good requests are tried for each operation; at least one must be carried out.
const GOOD: usize = 4;
/// The same walk in every run; another number is another walk.
const SEED: u64 = 2026;

/// Operations that no request made of their schema alone is carried out for, and why.
const NEED_MORE: [(&str, &str); 15] = [
    ("POST /v1/tickets/{id}/actions/reopen", "a ticket that has ended"),
    ("POST /v1/tickets/{id}/actions/wake", "a ticket that is put off"),
    ("PUT /v1/hold", "nobody else who writes meanwhile"),
    ("PUT /v1/export", "an export of another desk, and a desk that holds nothing"),
    ("POST /v1/packs", "an archive with compiled policies"),
    ("DELETE /v1/packs/{name}", "a pack that nothing uses"),
    ("GET /v1/proposals/{id}", "a policy that proposes"),
    ("POST /v1/proposals/{id}/accept", "a policy that proposes"),
    ("POST /v1/proposals/{id}/reject", "a policy that proposes"),
    ("GET /v1/reactions/{id}", "a policy that reacts"),
    ("GET /v1/webhooks/{id}/deliveries/{delivery}", "events on their way"),
    ("POST /v1/webhooks/{id}/deliveries/{delivery}/replay", "events on their way"),
    ("GET /v1/decisions/{id}/vector", "a captured input"),
    ("POST /v1/bindings/{id}/rollback", "a binding that was changed"),
    ("POST /v1/bindings", "a rank that is free"),
];

/// A walk under way.
struct Walk<'a> {
    api: &'a Description,
    app: Router,
    admin: String,
    operator: String,
    beyond: Vec<Beyond>,
    used: BTreeSet<usize>,
    done: BTreeSet<String>,
    faults: BTreeMap<String, (usize, String)>,
    requests: usize,
}

/// What a schema says of a request.
#[derive(Clone, Copy, PartialEq)]
enum Sent {
    /// It fits.
    Good,
    /// It does not.
    Bad,
    /// Nothing is said of it, as of the version that a record has.
    Unsaid,
}

impl Walk<'_> {
    /// Sends it and holds the answer to the description.
    async fn ask(&mut self, operation: &Operation, ask: &Ask, sent: Sent) -> Reply {
        self.requests += 1;
        let reply = send(&self.app, ask).await;
        let mut found = faults(self.api, operation, &reply);
        match (sent, reply.status) {
            (Sent::Good | Sent::Unsaid, 200..300) => drop(self.done.insert(operation.name())),
            // What is not there, is taken, is forbidden or is at another version, no schema knows.
            (Sent::Good, 403 | 404 | 409 | 412 | 428) | (Sent::Bad, 400..500) | (Sent::Unsaid, _) => {}
            (Sent::Good, 400..500) if self.excused(operation, &reply) => {}
            (Sent::Good, status) => {
                let rules = reply.json()["detail"].as_str().unwrap_or_default().to_owned();
                found.push(format!("{status}: what fits the schema is refused: {rules}"));
            }
            (Sent::Bad, status) => found.push(format!("{status}: what does not fit the schema is taken")),
        }
        for fault in found {
            let place = format!("{}: {fault}", operation.name());
            let shown: String = reply.text().chars().take(500).collect();
            let seen = self.faults.entry(place).or_insert_with(|| (0, format!("    {ask}\n    {shown}")));
            seen.0 += 1;
        }
        reply
    }

    /// Whether every rule that was broken is one that no schema can say.
    fn excused(&mut self, operation: &Operation, reply: &Reply) -> bool {
        let problem = reply.json();
        let mut rules: Vec<&str> =
            problem["errors"].as_array().into_iter().flatten().filter_map(|it| it["detail"].as_str()).collect();
        if rules.is_empty() {
            rules.extend(problem["detail"].as_str());
        }
        let name = operation.name();
        let mut knows = |rule: &str| {
            let place = self.beyond.iter().position(|it| it.excuses(&name, rule));
            self.used.extend(place);
            place.is_some()
        };
        !rules.is_empty() && rules.into_iter().all(&mut knows)
    }

    /// The address of an operation, its changing parts filled with what stands in the desk.
    fn target(&self, make: &mut Make<'_>, operation: &Operation) -> String {
        let mut path = operation.path.clone();
        while let Some((head, rest)) = path.clone().split_once('{') {
            let (name, tail) = rest.split_once('}').expect("a part of the path");
            path = format!("{head}{}{tail}", part(make, operation, name));
        }
        path
    }

    fn key(&self, operation: &Operation) -> &str {
        let process = ["/v1/desks", "/v1/backup", "/v1/verify", "/v1/health", "/v1/export", "/metrics"];
        let held = operation.name() == "GET /v1/hold";
        if held || process.contains(&operation.path.as_str()) { &self.operator } else { &self.admin }
    }

    fn start(&self, operation: &Operation, target: String) -> Ask {
        let ask = Ask::new(&operation.method, target).with_key(self.key(operation));
        let ask = if operation.path == "/v1/export" { ask.with("Plugdesk-Desk", "shop") } else { ask };
        let content = self.api.api.pointer(&format!("{}/requestBody/content", operation.at)).and_then(Value::as_object);
        match content.and_then(|content| content.keys().next()) {
            Some(kind) => ask.with("content-type", kind),
            None => ask,
        }
    }
}

#[tokio::test]
async fn every_address_takes_what_its_schema_takes_refuses_the_rest_and_answers_as_described() {
    let options = Options { rate_per_second: 1_000_000, rate_burst: 1_000_000, ..Options::default() };
    let stand = Stand::with(options).await;
    send_pack(&stand, "1.0.0", "/v1/packs", "once").await.expect(201);
    // Who walks is an agent too, so that tickets can be taken.
    stand.post("/v1/agents", &serde_json::json!({ "name": "walker" })).await.expect(201);
    let key = serde_json::json!({ "label": "walk", "role": "admin", "agent": "walker" });
    let walker = stand.post("/v1/keys", &key).await.expect(201).at("/secret");
    let api = Description::new();
    let app = router(stand.server.clone());
    let mut walk = Walk {
        api: &api,
        app: app.clone(),
        admin: walker,
        operator: stand.operator.clone(),
        beyond: beyond(),
        used: BTreeSet::new(),
        done: BTreeSet::new(),
        faults: BTreeMap::new(),
        requests: 0,
    };
    let mut make = Make::new(&api.api, SEED);
    let mut shelf = Shelf::new(app, &stand.admin);
    let operations = api.operations();
    let wanted = std::env::var("WALK").unwrap_or_default();
    for operation in operations.iter().filter(|it| it.name().contains(&wanted)) {
        shelf.fill(&mut make).await;
        let binding = send(&walk.app, &Ask::new("GET", "/v1/bindings".to_owned()).with_key(&stand.admin)).await.json();
        if let Some(id) = binding.pointer("/items/0/id") {
            make.known.insert("BindingId".to_owned(), id.clone());
        }
        let decision =
            send(&walk.app, &Ask::new("GET", "/v1/decisions".to_owned()).with_key(&stand.admin)).await.json();
        make.known.insert("DecisionId".to_owned(), decision["items"][0]["id"].clone());
        parameters(&mut walk, &mut make, operation).await;
        bodies(&mut walk, &mut make, operation).await;
        strangers(&mut walk, &mut make, operation).await;
    }
    for (name, why) in NEED_MORE {
        assert!(operations.iter().any(|it| it.name() == name), "{name} ({why}) is not described any more");
    }
    let idle: Vec<_> = operations
        .iter()
        .map(Operation::name)
        .filter(|name| name.contains(&wanted))
        .filter(|name| !walk.done.contains(name) && !NEED_MORE.iter().any(|(known, _)| known == name))
        .collect();
    let told: Vec<String> =
        walk.faults.iter().map(|(place, (count, shown))| format!("{place} ({count} times)\n{shown}")).collect();
    assert!(told.is_empty(), "{} of {} requests:\n{}", told.len(), walk.requests, told.join("\n"));
    assert!(idle.is_empty(), "nothing that fits the schema is carried out: {idle:?}");
}

async fn parameters(walk: &mut Walk<'_>, make: &mut Make<'_>, operation: &Operation) {
    let texts = spoil::texts();
    let body = good_body(walk, make, operation);
    let base = |walk: &Walk<'_>, target: String| {
        let ask = walk.start(operation, target);
        match &body {
            Some(body) => ask.with_json(body),
            None => ask,
        }
    };
    for (at, parameter) in described(walk.api, operation) {
        let (name, place) = (parameter["name"].as_str().expect("a name"), parameter["in"].as_str().expect("a place"));
        for round in 0..TEXTS {
            let good = round == 0;
            let text = match good {
                true => plain(&make.value(&parameter["schema"].clone(), name, 0)),
                false => texts[make.below(texts.len())].clone(),
            };
            let value = typed(&parameter["schema"], &text, make);
            let fits = walk.api.misfit(&at, &value).is_none();
            let target = walk.target(make, operation);
            let ask = match place {
                "query" => {
                    base(walk, format!("{target}?{}{name}={}", needed(walk.api, operation, name), encoded(&text)))
                }
                "header" => match text.chars().all(|c| (' '..='~').contains(&c)) && text.trim() == text {
                    true => base(walk, whole(walk.api, operation, target)).with(name, &text),
                    false => continue,
                },
                // The router takes an empty part for another address.
                _ if text.is_empty() => continue,
                _ => {
                    let path = operation.path.replace(&format!("{{{name}}}"), &encoded(&text));
                    let filled = Operation { path, ..operation.clone() };
                    base(walk, whole(walk.api, operation, walk.target(make, &filled)))
                }
            };
            // The body beside it may break a rule of its own.
            let sent = match (fits, body.is_some() || !good) {
                (false, _) => Sent::Bad,
                (true, false) if operation.method == "GET" => Sent::Good,
                (true, _) => Sent::Unsaid,
            };
            walk.ask(operation, &ask, sent).await;
        }
        if place == "query" {
            let target = walk.target(make, operation);
            walk.ask(operation, &base(walk, format!("{target}?{name}=a&{name}=b")), Sent::Bad).await;
        }
    }
    let target = walk.target(make, operation);
    walk.ask(operation, &base(walk, format!("{target}?unheard_of=1")), Sent::Bad).await;
}

fn body_schema(operation: &Operation) -> String {
    format!("{}/requestBody/content/application~1json/schema", operation.at)
}

/// A body that fits, if the operation takes one in JSON.
fn good_body(walk: &Walk<'_>, make: &mut Make<'_>, operation: &Operation) -> Option<Value> {
    let at = body_schema(operation);
    let schema = walk.api.api.pointer(&at)?.clone();
    (0..200).map(|_| make.value(&schema, "", 0)).find(|body| walk.api.misfit(&at, body).is_none())
}

async fn bodies(walk: &mut Walk<'_>, make: &mut Make<'_>, operation: &Operation) {
    let at = body_schema(operation);
    let Some(schema) = walk.api.api.pointer(&at).cloned() else {
        let target = walk.target(make, operation);
        let ask = walk.start(operation, target.clone());
        let octets = walk.api.api.pointer(&format!("{}/requestBody", operation.at)).is_some();
        let needed = needed(walk.api, operation, "");
        let ask = if needed.is_empty() { ask } else { walk.start(operation, format!("{target}?{needed}")) };
        let sent = if octets { Sent::Unsaid } else { Sent::Good };
        walk.ask(operation, &ask.clone().with_body(if octets { b"t\nOne\n".to_vec() } else { Vec::new() }), sent).await;
        for junk in [&b"{\"unheard_of\":1}"[..], b"\xff\xfe\0", b"{}"] {
            walk.ask(operation, &ask.clone().with_body(junk.to_vec()), Sent::Unsaid).await;
        }
        return;
    };
    let mut last = None;
    for _ in 0..GOOD {
        let good = good_body(walk, make, operation);
        let good = good.unwrap_or_else(|| panic!("{}: nothing is found that fits its schema", operation.name()));
        let target = walk.target(make, operation);
        let ask = walk.start(operation, target).with("if-match", "*").with_json(&good);
        let takes_it = described(walk.api, operation).iter().any(|(_, it)| it["name"] == "If-Match");
        let ask = if takes_it && operation.method == "PATCH" { ask } else { without(ask, "if-match") };
        walk.ask(operation, &ask, Sent::Good).await;
        last = Some(good);
    }
    let Some(good) = last else { return };
    let target = walk.target(make, operation);
    for body in spoil::bodies(make, &schema, &good, BODIES) {
        let sent = if walk.api.misfit(&at, &body).is_some() { Sent::Bad } else { Sent::Unsaid };
        let fits = sent == Sent::Unsaid;
        let ask = walk.start(operation, target.clone()).with_json(&body);
        let sent = if fits { Sent::Good } else { sent };
        walk.ask(operation, &ask, sent).await;
    }
    for body in spoil::broken(&good) {
        let ask = walk.start(operation, target.clone()).with_json(&good).with_body(body);
        let empty_fits = ask.body == b"{}" || ask.body.is_empty();
        walk.ask(operation, &ask, if empty_fits { Sent::Unsaid } else { Sent::Bad }).await;
    }
    let ask = walk.start(operation, target).with_json(&good).with("content-type", "text/plain");
    let reply = walk.ask(operation, &ask, Sent::Bad).await;
    assert_eq!(reply.status, 415, "{ask}: {}", reply.text());
}

fn without(mut ask: Ask, name: &str) -> Ask {
    ask.headers.retain(|(known, _)| known != name);
    ask
}

/// Who has no key is told so, and a method that the address does not know is refused.
async fn strangers(walk: &mut Walk<'_>, make: &mut Make<'_>, operation: &Operation) {
    let target = walk.target(make, operation);
    let locked = walk.api.api.pointer(&format!("{}/security", operation.at)).is_some();
    for key in [None, Some("Bearer pd_admin_aaaa_bbbb"), Some("Basic dXNlcjpwYXNz")] {
        let mut ask = Ask::new(&operation.method, target.clone());
        if let Some(key) = key {
            ask = ask.with("authorization", key);
        }
        let reply = walk.ask(operation, &ask, Sent::Unsaid).await;
        assert_eq!(locked, reply.status == 401, "{ask}: {}", reply.text());
    }
    let path = format!("/paths/{}", description::escape(&operation.path));
    let known = walk.api.api.pointer(&path).and_then(Value::as_object).expect("a path");
    for method in ["DELETE", "PATCH", "PUT", "POST", "TRACE", "QUERY"] {
        if !known.contains_key(&method.to_lowercase()) {
            let reply = send(&walk.app, &Ask::new(method, target.clone()).with_key(&walk.admin)).await;
            assert_eq!(reply.status, 405, "{method} {target}");
            assert!(reply.header("allow").is_some_and(|allow| allow.contains(&operation.method)), "{method} {target}");
        }
    }
}
