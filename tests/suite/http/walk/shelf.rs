//! A desk with one of everything, made anew before each operation that may take something away.

use axum::Router;
use serde_json::{Value, json};

use super::call::{Ask, Reply, send};
use super::make::Make;

/// What stands in a desk, by what a schema or a field calls it.
pub(super) struct Shelf {
    app: Router,
    key: String,
    round: u64,
}

impl Shelf {
    pub(super) fn new(app: Router, key: &str) -> Self {
        Self { app, key: key.to_owned(), round: 0 }
    }

    /// Makes one of everything, and tells the maker of values.
    pub(super) async fn fill(&mut self, make: &mut Make<'_>) {
        self.round += 1;
        let n = self.round;
        let company = self.post("/v1/companies", json!({ "name": format!("Acme {n}") })).await;
        let contact = self.post("/v1/contacts", json!({ "name": "Ann" })).await;
        let ticket =
            self.post("/v1/tickets", json!({ "subject": "It broke", "company": { "id": company["id"] } })).await;
        let other = self.post("/v1/tickets", json!({ "subject": "It broke too" })).await;
        let at = format!("/v1/tickets/{}", text(&ticket["id"]));
        let entry = self.post(&format!("{at}/entries"), json!({ "text": "Help" })).await;
        let owing = self.post(&format!("{at}/commitments"), json!({ "what": "I call", "minutes": 30 })).await;
        let member = json!({ "contact": contact["id"], "company": company["id"] });
        let membership = self.post("/v1/memberships", member).await;
        let link = json!({ "kind": "same-problem", "from": ticket["id"], "to": other["id"] });
        let link = self.post("/v1/links", link).await;
        let (one, two) =
            (self.post("/v1/contacts", json!({ "name": "One" })).await, self.post("/v1/contacts", json!({})).await);
        let merge = json!({ "kind": "contact", "winner": one["id"], "loser": two["id"] });
        let merge = self.post("/v1/merges", merge).await;
        let owed = json!([{ "metric": "resolution", "minutes": 60 }]);
        let contract = json!({ "company": company["id"], "name": "Gold", "entitlements": owed });
        let contract = self.post("/v1/contracts", contract).await;
        let agent = self.post("/v1/agents", json!({ "name": format!("agent {n}") })).await;
        let webhook = self.post("/v1/webhooks", json!({ "url": "https://hooks.example.com/x" })).await;
        if n > 1 {
            // A desk has at most 32 of them.
            self.send("DELETE", &format!("/v1/webhooks/{}", text(&make.known["WebhookId"])), None).await;
        }
        // What was taken away from the policies is bound again.
        if self.send("GET", "/v1/bindings", None).await.json()["items"] == json!([]) {
            self.send("POST", "/v1/generations/1/rollback", None).await;
        }
        let key = self.post("/v1/keys", json!({ "label": "x", "role": "auditor" })).await;
        let import =
            json!({ "name": format!("file-{n}"), "mapping": { "kind": "lead", "ticket": { "subject": "t" } } });
        let import = self.post("/v1/imports", import).await;
        let hours = json!({ "time_zone": "UTC", "week": { "mon": [{ "from": "09:00", "to": "17:00" }] } });
        self.put("/v1/calendars/office", hours).await;
        self.put("/v1/teams/sales", json!({})).await;
        self.put("/v1/definitions/segment/walked", json!({})).await;
        let escalated = self.post(&format!("{at}/actions/escalate"), json!({ "note": "Now" })).await;
        let listed = self.send("GET", "/v1/escalations", None).await.json();
        let known = [
            ("CompanyId", &company["id"]),
            ("ContactId", &contact["id"]),
            ("TicketId", &ticket["id"]),
            ("EntryId", &entry["id"]),
            ("CommitmentId", &owing["commitments"][0]["id"]),
            ("MembershipId", &membership["id"]),
            ("LinkId", &link["id"]),
            ("MergeId", &merge["id"]),
            ("ContractId", &contract["id"]),
            ("AgentId", &agent["id"]),
            ("WebhookId", &webhook["id"]),
            ("KeyId", &key["key"]["id"]),
            ("DeskId", &key["key"]["desk"]),
            ("ImportId", &import["id"]),
            ("EscalationId", &listed["items"][0]["id"]),
            ("TicketId to", &other["id"]),
            ("TicketId into", &other["id"]),
            ("loser", &contact["id"]),
            ("winner", &one["id"]),
            ("assignee", &agent["name"]),
            ("lead", &agent["name"]),
            ("who", &agent["name"]),
        ];
        for (name, value) in known {
            assert!(!value.is_null(), "{name}: {escalated:#}");
            make.known.insert(name.to_owned(), value.clone());
        }
        let words = [
            ("team", "sales"),
            ("teams", "sales"),
            ("add_teams", "sales"),
            ("calendar", "office"),
            ("time_zone", "Europe/Warsaw"),
            ("time-zone", "Europe/Warsaw"),
            ("until", "2026-12-24T10:00:00Z"),
            ("due_at", "2026-12-24T10:00:00Z"),
            ("expires_at", "2026-12-24T10:00:00Z"),
            ("valid_from", "2024-01-01T00:00:00Z"),
            ("valid_to", "2027-01-01T00:00:00Z"),
            ("from", "09:00"),
            ("to", "17:00"),
            ("pack", "companies"),
            ("plugin", "by-subject"),
            ("question", "classify"),
            ("pack_version", "1.0.0"),
            ("fallback", "desk-targets"),
            ("segment", "walked"),
            ("agent", "walker"),
        ];
        make.known.insert("week".to_owned(), json!({ "mon": [{ "from": "09:00", "to": "17:00" }] }));
        for (name, word) in words {
            make.known.insert(name.to_owned(), word.into());
        }
    }

    async fn post(&self, target: &str, body: Value) -> Value {
        let reply = self.send("POST", target, Some(body)).await;
        assert!((200..300).contains(&reply.status), "POST {target}: {}", reply.text());
        reply.json()
    }

    async fn put(&self, target: &str, body: Value) {
        let reply = self.send("PUT", target, Some(body)).await;
        assert_eq!(reply.status, 200, "PUT {target}: {}", reply.text());
    }

    async fn send(&self, method: &str, target: &str, body: Option<Value>) -> Reply {
        let mut ask = Ask::new(method, target.to_owned()).with_key(&self.key);
        if let Some(body) = body {
            ask = ask.with_json(&body);
        }
        send(&self.app, &ask).await
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
