//! What stories of tickets share: bringing them, saying something on them, and reading what was decided and told.

use serde_json::{Value, json};

use super::stand::{Story, at};

/// All packs that are shipped, in the order in which a desk installs them.
pub(crate) const SHIPPED: [&str; 5] =
    ["segmentation", "contact-merging", "lead-qualification", "risk-track", "escalation"];

/// A day, in minutes.
pub(crate) const DAY: i64 = 1_440;

impl Story {
    /// Opens a ticket.
    #[track_caller]
    pub(crate) fn open(&self, ticket: &Value) -> Value {
        self.post("/tickets", ticket)
    }

    /// A consumer's ticket: somebody with a mailbox of a free provider.
    #[track_caller]
    pub(crate) fn consumer(&self, subject: &str) -> Value {
        let contact = json!({ "name": "Emma Clarke", "identities": [{ "kind": "email", "value": "emma@gmail.com" }] });
        self.open(&json!({ "subject": subject, "contact": contact }))
    }

    /// A ticket for a company.
    #[track_caller]
    pub(crate) fn business(&self, subject: &str, company: &Value) -> Value {
        let contact = json!({ "name": "Jan Kos", "identities": [{ "kind": "email", "value": "jan@kos.example" }] });
        self.open(&json!({ "subject": subject, "contact": contact, "company": { "id": company["id"] } }))
    }

    /// What a record shows now.
    #[track_caller]
    pub(crate) fn shown(&self, ticket: &Value) -> Value {
        self.get(&format!("/tickets/{}", at(ticket, "/id")))
    }

    #[track_caller]
    pub(crate) fn change(&self, ticket: &Value, patch: &Value) -> Value {
        self.patch(&format!("/tickets/{}", at(ticket, "/id")), patch)
    }

    /// An agent does something: `assign`, `resolve`, …
    #[track_caller]
    pub(crate) fn act(&self, ticket: &Value, action: &str, body: &Value) -> Value {
        self.post(&format!("/tickets/{}/actions/{action}", at(ticket, "/id")), body)
    }

    /// An agent says something.
    #[track_caller]
    pub(crate) fn answer(&self, ticket: &Value, kind: &str, text: &str) -> Value {
        self.post(&format!("/tickets/{}/entries", at(ticket, "/id")), &json!({ "kind": kind, "text": text }))
    }

    /// Whoever brought it says something.
    #[track_caller]
    pub(crate) fn customer_says(&self, ticket: &Value, text: &str) -> Value {
        let entry = json!({ "text": text, "author": { "contact": ticket["requester"] } });
        self.post(&format!("/tickets/{}/entries", at(ticket, "/id")), &entry)
    }

    /// The last commitment of that metric on a ticket.
    #[track_caller]
    pub(crate) fn owed(&self, ticket: &Value, metric: &str) -> Value {
        let all = self.get(&format!("/tickets/{}/commitments", at(ticket, "/id")));
        let found = list(&all).iter().rfind(|it| it["metric"] == metric);
        found.unwrap_or_else(|| panic!("no {metric} in {all:#}")).clone()
    }

    /// The events of that name about that record, oldest first.
    #[track_caller]
    pub(crate) fn told(&self, name: &str, about: &Value) -> Vec<Value> {
        let (mut after, mut found) = (0, Vec::new());
        loop {
            let page = self.get(&format!("/events?after={after}&limit=200"));
            let Some(last) = list(&page).last() else { return found };
            after = last["sequence"].as_u64().expect("a sequence");
            found.extend(list(&page).iter().filter(|it| it["name"] == name && it["subject"] == about["id"]).cloned());
        }
    }

    /// Lays an overlay over every binding of a policy.
    #[track_caller]
    pub(crate) fn configure(&self, policy: &str, overlay: &Value) {
        let bindings = self.get("/bindings");
        let those: Vec<_> = list(&bindings).iter().filter(|it| it["policy"] == policy).collect();
        assert!(!those.is_empty(), "{policy} is not bound");
        for it in those {
            // Each makes a generation, and the next one is held against that.
            let at = format!("/bindings/{}", at(it, "/id"));
            let version = self.get(&at)["generation"].clone();
            self.patch_read(&at, &version, &json!({ "overlay": overlay }));
        }
    }

    /// Adds a company.
    #[track_caller]
    pub(crate) fn company(&self, company: &Value) -> Value {
        self.post("/companies", company)
    }

    /// Adds people who serve, one for each role.
    #[track_caller]
    pub(crate) fn hire(&self, people: &[(&str, &str)]) {
        for (name, role) in people {
            self.post("/agents", &json!({ "name": name, "roles": [role] }));
        }
    }

    /// Working days from nine to five, in UTC.
    #[track_caller]
    pub(crate) fn office(&self, name: &str, hours: &[(&str, &str)]) {
        let hours: Vec<_> = hours.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect();
        let week = json!({ "mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours });
        self.put(&format!("/calendars/{name}"), &json!({ "time_zone": "UTC", "week": week }));
    }

    /// So many minutes between now and a time that was told.
    #[track_caller]
    pub(crate) fn minutes_until(&self, time: &Value) -> i64 {
        let time: plugdesk_domain::Instant = serde_json::from_value(time.clone()).expect("a time");
        time.since(self.now()) / 60_000
    }
}

/// The items of a page.
#[track_caller]
pub(crate) fn list(page: &Value) -> &[Value] {
    page["items"].as_array().or_else(|| page.as_array()).unwrap_or_else(|| panic!("no list: {page:#}"))
}

/// What was asked in a decision, by the question's name; the last one, if it was asked about several records.
#[track_caller]
pub(crate) fn asked<'a>(decision: &'a Value, question: &str) -> &'a Value {
    let all = decision["asked"].as_array().unwrap_or_else(|| panic!("no decision: {decision:#}"));
    let found = all.iter().rfind(|it| it["question"] == question);
    found.unwrap_or_else(|| panic!("{question} was not asked: {decision:#}"))
}

/// The sentences of all opinions to a question.
#[track_caller]
pub(crate) fn reasons(decision: &Value, question: &str) -> Vec<String> {
    let opinions = asked(decision, question)["opinions"].as_array().expect("opinions");
    let reasons = opinions.iter().flat_map(|it| it["reasons"].as_array().into_iter().flatten());
    reasons.map(|it| at(it, "/text").into_owned()).collect()
}

/// Whether one of these sentences says that.
pub(crate) fn says(reasons: &[String], words: &str) -> bool {
    reasons.iter().any(|it| it.contains(words))
}
