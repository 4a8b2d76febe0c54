//! Caller × operation, each asked about the shop's records; the whole table is a file that changes only on purpose.

use std::fmt::Write;

use expect_test::expect_file;
use plugdesk_domain::Role;
use plugdesk_server::openapi;
use serde_json::{Value, json};

use super::cast::{Body, Caller, Cast, Records};
use super::sample::sample;
use crate::http::wire::Reply;

/// An operation as it is described.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Who may, in words of roles.
    roles: Vec<String>,
    /// Whether a key is needed.
    secured: bool,
    /// Whether it happens at a desk.
    pub(crate) at_desk: bool,
    pub(crate) previewed: bool,
}

impl Operation {
    /// Whether a key is needed.
    pub(crate) fn is_secured(&self) -> bool {
        self.secured
    }

    /// Whether that role has it.
    pub(crate) fn is_for(&self, role: &str) -> bool {
        self.roles.iter().any(|name| name == role)
    }
}

/// Everything that the description names.
pub(crate) fn operations() -> Vec<Operation> {
    let api = serde_json::to_value(openapi()).expect("the description is JSON");
    let mut found = Vec::new();
    for (path, item) in api["paths"].as_object().expect("paths") {
        for (method, it) in item.as_object().expect("methods") {
            let parameters = it["parameters"].to_string();
            let roles = it["x-roles"].as_array().map(|list| list.iter().map(word).collect());
            let secured = it.get("security").is_some();
            assert_eq!(roles.is_some(), secured, "{method} {path}: whose it is stands in rights.rs, or it is open");
            let roles: Vec<String> = roles.unwrap_or_default();
            assert!(!secured || roles.contains(&"operator".to_owned()), "{method} {path} has no row in rights.rs");
            found.push(Operation {
                id: word(&it["operationId"]),
                method: method.to_uppercase(),
                path: path.clone(),
                roles,
                secured,
                at_desk: parameters.contains("DeskHeader"),
                previewed: parameters.contains("Preview") || parameters.contains(r#""name":"preview""#),
            });
        }
    }
    found
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What somebody must hear.
#[derive(Debug, PartialEq)]
enum Expected {
    Granted,
    /// A status other than 2xx, for a reason that has nothing to do with rights.
    Otherwise(u16),
    Refused(u16),
}

/// Granted, but not done: what a right alone does not make possible.
const OTHERWISE: &[(&str, &str, u16)] = &[
    // The desk holds something already.
    ("export_restore", "", 409),
    // The body names records of the shop.
    ("contract_create", "stranger", 422),
    ("link_create", "stranger", 422),
    ("membership_create", "stranger", 422),
    ("merge_create", "stranger", 422),
    ("binding_rollback", "", 422),
    ("proposal_accept", "", 404),
    ("proposal_reject", "", 404),
    ("proposal_view", "", 404),
    ("reaction_view", "", 404),
    // An operator's key stands for no agent.
    ("ticket_take", "operator", 422),
    ("ticket_resolve", "operator", 422),
    ("ticket_reopen", "", 422),
    ("ticket_wake", "", 422),
    // Without a desk there is none that the key could open.
    ("key_create", "operator, no desk", 422),
];

fn expected(it: &Operation, by: &Caller) -> Expected {
    let Some(role) = by.role else {
        return if it.secured { Expected::Refused(401) } else { Expected::Granted };
    };
    let own = by.name != "customer, other's" && by.name != "stranger's customer";
    let foreign = by.name.starts_with("stranger");
    if !it.secured {
        return Expected::Granted;
    }
    if by.name == "stranger, names it" && it.at_desk {
        return Expected::Refused(404);
    }
    let anywhere = ["/v1/keys", "/v1/audit"].iter().any(|it_may| it.path.starts_with(it_may));
    if by.name == "operator, no desk" && it.at_desk && !anywhere {
        return Expected::Refused(400);
    }
    if !it.is_for(role.name()) {
        return Expected::Refused(403);
    }
    // An id names one record of one desk; a name or a number means the caller's own desk.
    if it.path.contains("{id}") && (foreign || (role == Role::Customer && !own)) {
        return Expected::Refused(404);
    }
    let otherwise = OTHERWISE.iter().find(|(id, who, _)| *id == it.id && (who.is_empty() || *who == by.name));
    otherwise.map_or(Expected::Granted, |(_, _, status)| Expected::Otherwise(*status))
}

#[tokio::test]
async fn every_caller_hears_of_every_operation_what_is_declared() {
    let cast = Box::pin(Cast::gather()).await;
    let (mut table, mut wrong) = (String::new(), Vec::new());
    let names: Vec<&str> = cast.callers.iter().map(|it| it.name).collect();
    writeln!(table, "{:24}| {}", "", names.join(" | ")).expect("text");
    let mut turn = 0;
    for it in operations() {
        write!(table, "{:24}|", it.id).expect("text");
        for by in &cast.callers {
            turn += 1;
            let fresh = fresh(&cast, &it, turn).await;
            let asked = sample(&it.id, &it.path, it.previewed, fresh.as_ref().unwrap_or(&cast.shop), turn);
            let asked = asked.unwrap_or_else(|| panic!("{} has no row in sample.rs", it.id));
            let reply = cast.ask(by, &it.method, &asked.target, &asked.body).await;
            write!(table, " {:^width$} |", reply.status, width = by.name.len()).expect("text");
            let heard = expected(&it, by);
            if !matches(&heard, &reply) {
                wrong.push(format!("{} as {}: {heard:?}, heard {} {}", it.id, by.name, reply.status, cut(&reply)));
            }
            wrong.extend(told_too_much(&cast, by, &it, &format!("{} {:?}", asked.target, asked.body), &reply));
            if it.method == "GET" && matches!(by.name, "admin" | "customer, other's" | "nobody") {
                let head = cast.ask(by, "HEAD", &asked.target, &Body::Nothing).await;
                if head.status != reply.status || !head.body.is_empty() {
                    wrong.push(format!("HEAD {} as {}: {}", it.id, by.name, head.status));
                }
            }
        }
        table.push('\n');
    }
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
    expect_file!["matrix.txt"].assert_eq(&table);
}

fn matches(expected: &Expected, reply: &Reply) -> bool {
    match expected {
        Expected::Granted => (200..300).contains(&reply.status),
        Expected::Otherwise(status) | Expected::Refused(status) => reply.status == *status,
    }
}

fn cut(reply: &Reply) -> String {
    reply.text().chars().take(300).collect()
}

/// What can be asked for once is made anew for each caller.
async fn fresh(cast: &Cast, it: &Operation, turn: usize) -> Option<Records> {
    let (noun, id) = match it.id.as_str() {
        "key_revoke" | "key_rotate" => {
            let new = json!({ "label": format!("spare {turn}"), "role": "auditor" });
            ("key", cast.stand.post("/v1/keys", &new).await.expect(201).at("/key/id"))
        }
        "import_file" => {
            // A desk runs one import at a time, and the caller before may have started one.
            while runs_an_import(cast).await {}
            let mapping = json!({ "kind": "lead", "ticket": { "subject": "topic" } });
            let new = json!({ "name": format!("for-{turn}"), "mapping": mapping });
            ("import", cast.stand.post("/v1/imports", &new).await.expect(201).at("/id"))
        }
        _ => return None,
    };
    let mut records = cast.shop.clone();
    records.insert(noun, id);
    Some(records)
}

/// Whether an import of the shop is under way.
async fn runs_an_import(cast: &Cast) -> bool {
    let imports = cast.stand.get("/v1/imports?limit=200").await.expect(200).json();
    let states = imports["items"].as_array().expect("a page").iter().map(|it| it["state"].clone());
    states.into_iter().any(|state| state == "checking" || state == "writing")
}

/// Whoever is of another desk, or another customer, is told nothing of the record but what was in the question.
fn told_too_much(cast: &Cast, by: &Caller, it: &Operation, target: &str, reply: &Reply) -> Vec<String> {
    let text = reply.text();
    let hidden: Vec<&str> = match by.name {
        "customer, other's" => {
            ["contact", "ticket", "second", "entry", "note", "commitment"].map(|it| cast.shop[it].as_str()).to_vec()
        }
        "customer, own" => {
            vec![cast.shop["note"].as_str(), "grumpy", "t-shop", "ann-shop", "c-shop", &cast.shop["membership"]]
        }
        _ if by.name.starts_with("stranger") || by.role.is_none() => cast
            .shop
            .iter()
            .filter(|(noun, id)| **noun != "number" && **noun != "tag" && id.contains('_'))
            .map(|(_, id)| id.as_str())
            .collect(),
        _ => return Vec::new(),
    };
    let secret = if by.name == "customer, own" { None } else { Some("the secret of shop") };
    let leaked = hidden.into_iter().chain(secret).filter(|it| text.contains(it) && !target.contains(it));
    leaked.map(|what| format!("{} tells {} of {what}: {}", it.id, by.name, cut(reply))).collect()
}
