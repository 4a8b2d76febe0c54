//! Two desks, each with a record of every sort, and everybody who may come along with or without a key.

use std::collections::BTreeMap;

use plugdesk_desk::NewDesk;
use plugdesk_domain::{ContactId, DeskId, Principal, Role};
use serde_json::{Value, json};

use crate::http::policies::pack;
use crate::http::stand::Stand;
use crate::http::wire::{Reply, raw, request};

/// Ids and names of a desk's records, by what a path or a body calls them.
pub(crate) type Records = BTreeMap<&'static str, String>;

/// Somebody who asks.
pub(crate) struct Caller {
    pub(crate) name: &'static str,
    /// The role that the description lists; none: nobody whom the desk knows.
    pub(crate) role: Option<Role>,
    pub(crate) key: Option<String>,
    /// The desk that is named in the header.
    pub(crate) names: Option<&'static str>,
}

pub(crate) struct Cast {
    pub(crate) stand: Stand,
    /// The desk whose records are asked for.
    pub(crate) shop: Records,
    /// The other desk.
    pub(crate) lab: Records,
    pub(crate) lab_admin: String,
    pub(crate) callers: Vec<Caller>,
}

impl Cast {
    pub(crate) async fn gather() -> Self {
        // Every wrong key comes from one address here; how they are slowed is told elsewhere.
        let limits = plugdesk_server::Options { wrong_keys_per_second: 1_000_000, ..Default::default() };
        let stand = Stand::with(limits).await;
        let lab = stand.desks.desk_create(&Principal::operator(), NewDesk::named("lab"), None).await;
        let lab = lab.expect("a second desk").value.id;
        let lab_admin = stand.key(Role::Admin, Some(lab), None).await;
        let shop_records = Box::pin(furnish(&stand, &stand.admin, stand.desk, "shop")).await;
        let lab_records = Box::pin(furnish(&stand, &lab_admin, lab, "lab")).await;
        let callers = Box::pin(callers(&stand, &shop_records, &lab_records, lab, &lab_admin)).await;
        Self { stand, shop: shop_records, lab: lab_records, lab_admin, callers }
    }

    /// Asks as that caller.
    pub(crate) async fn ask(&self, by: &Caller, method: &str, target: &str, body: &Body) -> Reply {
        let mut headers = Vec::new();
        let bearer = by.key.as_ref().map(|key| format!("Bearer {key}"));
        if let Some(bearer) = &bearer {
            headers.push(("authorization", bearer.as_str()));
        }
        if let Some(desk) = by.names {
            headers.push(("plugdesk-desk", desk));
        }
        let (kind, bytes) = body.parts();
        if !kind.is_empty() {
            headers.push(("content-type", kind));
        }
        raw(self.stand.address, &request(method, target, &headers, &bytes)).await
    }

    pub(crate) fn caller(&self, name: &str) -> &Caller {
        self.callers.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("nobody is called {name}"))
    }
}

/// What is sent along.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Nothing,
    Json(Value),
    Bytes(&'static str, Vec<u8>),
}

impl Body {
    fn parts(&self) -> (&'static str, Vec<u8>) {
        match self {
            Self::Nothing => ("", Vec::new()),
            Self::Json(value) => ("application/json", value.to_string().into_bytes()),
            Self::Bytes(kind, bytes) => (kind, bytes.clone()),
        }
    }
}

async fn callers(stand: &Stand, shop: &Records, lab: &Records, lab_id: DeskId, lab_admin: &str) -> Vec<Caller> {
    let desk = Some(stand.desk);
    let person = |name: &str| -> Option<ContactId> { shop[name].parse().ok() };
    let named = |name, role, key: String, names| Caller { name, role: Some(role), key: Some(key), names };
    let ended = async |how: &str| {
        let made = stand.post("/v1/keys", &json!({ "label": how, "role": "admin" })).await.expect(201);
        let at = format!("/v1/keys/{}", made.at("/key/id"));
        match how {
            "revoked" => stand.send("DELETE", &at, &[], "").await.expect(200),
            _ => stand.send("POST", &format!("{at}/rotate"), &[], r#"{"overlap_ms":0}"#).await.expect(201),
        };
        made.at("/secret")
    };
    let stranger: ContactId = lab["contact"].parse().expect("a contact's id");
    vec![
        named("operator", Role::Operator, stand.operator.clone(), Some("shop")),
        named("operator, no desk", Role::Operator, stand.operator.clone(), None),
        named("admin", Role::Admin, mia(stand, "admin").await, None),
        named("agent", Role::Agent, mia(stand, "agent").await, None),
        named("customer, own", Role::Customer, stand.key(Role::Customer, desk, person("contact")).await, None),
        named("customer, other's", Role::Customer, stand.key(Role::Customer, desk, person("bob")).await, None),
        named("author", Role::Author, stand.key(Role::Author, desk, None).await, None),
        named("auditor", Role::Auditor, stand.key(Role::Auditor, desk, None).await, None),
        named("stranger", Role::Admin, lab_admin.to_owned(), None),
        named("stranger, names it", Role::Admin, lab_admin.to_owned(), Some("shop")),
        named(
            "stranger's customer",
            Role::Customer,
            stand.key(Role::Customer, Some(lab_id), Some(stranger)).await,
            None,
        ),
        Caller { name: "nobody", role: None, key: None, names: None },
        Caller { name: "revoked", role: None, key: Some(ended("revoked").await), names: None },
        Caller { name: "expired", role: None, key: Some(ended("expired").await), names: None },
        Caller { name: "mistyped", role: None, key: Some(format!("{}x", stand.admin)), names: None },
    ]
}

/// A key that stands for the agent Mia.
async fn mia(stand: &Stand, role: &str) -> String {
    let new = json!({ "label": role, "role": role, "agent": "mia" });
    stand.post("/v1/keys", &new).await.expect(201).at("/secret")
}

/// Makes a record of every sort that a path or a body can name.
async fn furnish(stand: &Stand, admin: &str, desk: DeskId, tag: &'static str) -> Records {
    let send = async |method: &str, target: &str, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let reply = stand.send_as(admin, method, target, &[], &body).await;
        assert!((200..300).contains(&reply.status), "{method} {target}: {}", reply.text());
        reply
    };
    let post = async |target: &str, body: Value| send("POST", target, body).await.json();
    let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
    let tar = [("content-type", "application/x-tar")];
    let archive = String::from_utf8(pack("by-subject", "0.1.0")).expect("a tar of texts is text");
    stand.send_as(admin, "POST", "/v1/packs", &tar, &archive).await.expect(201);

    send(
        "PUT",
        "/v1/calendars/office",
        json!({ "time_zone": "UTC", "week": { "mon": [{ "from": "09:00", "to": "17:00" }] } }),
    )
    .await;
    send("PUT", "/v1/definitions/segment/gold", json!({ "title": "Gold" })).await;
    let agent = id(&post("/v1/agents", json!({ "name": "mia" })).await);
    send("PUT", "/v1/teams/keys", json!({ "lead": "mia" })).await;
    let hook = json!({ "title": "warehouse", "url": "https://hooks.example.com/in", "events": ["webhook.tested"] });
    let webhook = id(&post("/v1/webhooks", hook).await);

    let company =
        id(&post("/v1/companies", json!({ "name": tag, "external_ids": { "crm": format!("c-{tag}") } })).await);
    let person = async |name: &str| {
        let new = json!({ "name": format!("{name} {tag}"), "external_ids": { "crm": format!("{name}-{tag}") },
            "identities": [{ "kind": "email", "value": format!("{name}@{tag}.example") }] });
        id(&post("/v1/contacts", new).await)
    };
    let (contact, bob, cid, dan) = (person("ann").await, person("bob").await, person("cid").await, person("dan").await);
    let membership = id(&post("/v1/memberships", json!({ "contact": contact, "company": company })).await);
    let entitlements = json!([{ "metric": "resolution", "minutes": 60 }]);
    let contract = json!({ "company": company, "name": "care", "entitlements": entitlements });
    let contract = id(&post("/v1/contracts", contract).await);
    let merge = json!({ "kind": "contact", "winner": dan, "loser": cid });
    let merge = id(&post("/v1/merges", merge).await);

    let new = json!({ "subject": format!("the secret of {tag}"), "contact": { "id": contact }, "company": { "id": company },
        "participants": [bob], "team": "keys", "external_ids": { "crm": format!("t-{tag}") } });
    let made = post("/v1/tickets", new).await;
    let (ticket, number) = (id(&made), made["number"].to_string());
    let other = id(&post("/v1/tickets", json!({ "subject": "second", "contact": { "id": contact } })).await);
    let entries = format!("/v1/tickets/{ticket}/entries");
    let entry = id(&post(&entries, json!({ "text": "it does not ring" })).await);
    let note = id(&post(&entries, json!({ "kind": "note", "text": "grumpy" })).await);
    let promised = post(&format!("/v1/tickets/{ticket}/commitments"), json!({ "what": "call", "minutes": 30 })).await;
    let commitment = promised["commitments"][0]["id"].as_str().expect("a commitment").to_owned();
    post(&format!("/v1/tickets/{ticket}/actions/escalate"), json!({ "note": "the lift stands" })).await;
    let first = async |target: &str| {
        let found = send("GET", target, Value::Null).await.json();
        found["items"][0].clone()
    };
    let escalation = id(&first("/v1/escalations").await);
    let link = id(&post("/v1/links", json!({ "kind": "same-problem", "from": ticket, "to": other })).await);
    let mapping = json!({ "kind": "lead", "ticket": { "subject": "topic" } });
    let import = id(&post("/v1/imports", json!({ "name": "fair", "mapping": mapping })).await);
    post(&format!("/v1/webhooks/{webhook}/test"), Value::Null).await;
    let here = stand.desks.desk(desk).expect("the desk is there");
    while here.follow().await.expect("followers run").more {}
    let delivery = id(&first(&format!("/v1/webhooks/{webhook}/deliveries")).await);
    let key = post("/v1/keys", json!({ "label": "spare", "role": "auditor" })).await["key"].clone();
    let (binding, decision) = (id(&first("/v1/bindings").await), id(&first("/v1/decisions").await));
    Records::from([
        ("tag", tag.to_owned()),
        ("desk", desk.to_string()),
        ("agent", agent),
        ("binding", binding),
        ("bob", bob),
        ("commitment", commitment),
        ("company", company),
        ("contact", contact),
        ("contract", contract),
        ("decision", decision),
        ("delivery", delivery),
        ("entry", entry),
        ("escalation", escalation),
        ("import", import),
        ("key", id(&key)),
        ("link", link),
        ("membership", membership),
        ("merge", merge),
        ("note", note),
        ("number", number),
        ("second", other),
        ("ticket", ticket),
        ("webhook", webhook),
    ])
}
