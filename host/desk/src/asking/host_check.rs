//! The host's own look at an answer, before it has any effect: the domain's ranges and lengths, then what only the desk
//! knows.

use std::collections::BTreeSet;

use plugdesk_domain::Reason;
use plugdesk_domain::question::{Answer, Inquiry};

use super::Surroundings;

/// The fields that a merge's plan may name, beside `custom.<name>`.
const PLANNED: [&str; 6] = ["name", "locale", "time_zone", "segment", "tier", "worth"];

/// Facts and signals of one answer have together at most so many bytes of JSON: they become one stored value of at most
/// 96 KiB, beside what the policy found earlier.
const MOST_FINDING_BYTES: usize = 24 << 10;
/// At most so many different records may stand as evidence in one answer: each is looked up.
const MOST_EVIDENCE_IDS: usize = 64;

/// Why the answer can't be taken, naming the field.
pub(super) fn check(around: &Surroundings<'_, '_>, inquiry: &Inquiry, answer: &Answer) -> Result<(), String> {
    if answer.question() != inquiry.question() {
        return Err(format!("an answer to `{}`, asked was `{}`", answer.question(), inquiry.question()));
    }
    answer.check()?;
    fits(inquiry, answer)?;
    if let Answer::Promise(promised) = answer {
        crate::question::promise::check(around.draft(), promised)?;
    }
    let parts = answer.parts();
    let bytes = crate::json::size(&(parts.facts, parts.signals));
    if bytes > MOST_FINDING_BYTES {
        return Err(format!("facts, signals: {bytes} bytes, at most {MOST_FINDING_BYTES} are kept"));
    }
    let reasons = parts.reasons.iter().chain(own_reasons(answer));
    let evidence: BTreeSet<&str> = reasons.flat_map(|it| &it.evidence).map(String::as_str).collect();
    let ids: Vec<&str> = evidence.into_iter().filter(|text| super::surroundings::looks_like_id(text)).collect();
    if ids.len() > MOST_EVIDENCE_IDS {
        return Err(format!("reasons: {} records as evidence, at most {MOST_EVIDENCE_IDS} are looked up", ids.len()));
    }
    match ids.into_iter().find(|id| !around.knows(id)) {
        Some(id) => Err(format!("reasons: the evidence {id} is not a record of this desk")),
        None => Ok(()),
    }
}

/// Reasons that do not stand among the answer's own.
fn own_reasons(answer: &Answer) -> impl Iterator<Item = &Reason> {
    let likenesses = if let Answer::Identify(answer) = answer { answer.likenesses.as_slice() } else { &[] };
    let next = if let Answer::Qualify(answer) = answer { answer.next_question.as_ref() } else { None };
    likenesses.iter().flat_map(|it| &it.reasons).chain(next)
}

/// Whether the answer speaks of what was asked and of nothing else: what is neither a candidate, a node nor a neighbour
/// of the inquiry was made up. Needs no desk, so that vectors are held to it too.
pub(crate) fn fits(inquiry: &Inquiry, answer: &Answer) -> Result<(), String> {
    let known = |field: &str, shown: BTreeSet<&str>, said: Vec<&str>| {
        let mut places = said.into_iter().enumerate();
        places.find(|(_, id)| !shown.contains(id)).map_or(Ok(()), |(place, id)| {
            Err(format!("{}: `{}` is none of those asked about", field.replace("[]", &format!("[{place}]")), short(id)))
        })
    };
    match (inquiry, answer) {
        (Inquiry::Identify(inquiry), Answer::Identify(answer)) => {
            let shown = inquiry.candidates.iter().map(|it| it.contact.id.as_str()).collect();
            known("likenesses[].contact", shown, answer.likenesses.iter().map(|it| it.contact.as_str()).collect())
        }
        (Inquiry::Affiliate(inquiry), Answer::Affiliate(answer)) => {
            let shown = inquiry.nodes.iter().map(|it| it.company.id.as_str()).collect();
            known("nodes[].company", shown, answer.nodes.iter().map(|it| it.company.as_str()).collect())
        }
        (Inquiry::Correlate(inquiry), Answer::Correlate(answer)) => {
            let shown = inquiry.neighbours.iter().map(|it| it.ticket.as_str()).collect();
            known("pairs[].ticket", shown, answer.pairs.iter().map(|it| it.ticket.as_str()).collect())
        }
        (Inquiry::Merge(_), Answer::Merge(answer)) => {
            let planned = |name: &str| PLANNED.contains(&name) || name.starts_with("custom.");
            match answer.fields.keys().find(|name| !planned(name)) {
                Some(name) => Err(format!("fields: `{name}` is none of {}, custom.<name>", PLANNED.join(", "))),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// A stranger's word in a message.
fn short(word: &str) -> String {
    word.chars().take(64).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn circumstances() -> Value {
        json!({"now": "2026-01-01T00:00:00Z", "locale": "en", "actor": "agent", "in_hours": true})
    }

    fn ticket(id: &str) -> Value {
        json!({
            "id": id, "number": 1, "kind": "support", "subject": "Down", "category": "new", "priority": "normal",
            "channel": "web", "tags": [], "opened_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
            "touches": 0, "handoffs": 0, "reopens": 0
        })
    }

    fn contact(id: &str) -> Value {
        json!({
            "id": id, "name": "Mina", "identities": [], "memberships": [], "created_at": "2026-01-01T00:00:00Z"
        })
    }

    fn said(question: &str, mut inquiry: Value, mut answer: Value) -> Result<(), String> {
        inquiry["circumstances"] = circumstances();
        for part in ["reasons", "facts", "signals"] {
            answer[part] = json!([]);
        }
        let inquiry = serde_json::from_value(json!({"question": question, "inquiry": inquiry})).unwrap();
        let answer: Answer = serde_json::from_value(json!({"question": question, "answer": answer})).unwrap();
        answer.check().unwrap();
        fits(&inquiry, &answer)
    }

    #[test]
    fn a_policy_speaks_of_those_it_was_asked_about_and_of_nobody_else() {
        let refused = |field: &str| Err(format!("{field}: `other` is none of those asked about"));
        let candidates = json!([{"contact": contact("known"), "found_by": [], "shared": []}]);
        let identify = |of: &str| {
            let likeness = json!({"contact": of, "relation": "same", "score": 1, "reasons": []});
            let inquiry = json!({"contact": contact("own"), "shared": [], "candidates": candidates});
            said("identify", inquiry, json!({"likenesses": [likeness]}))
        };
        assert_eq!(identify("known"), Ok(()));
        assert_eq!(identify("other"), refused("likenesses[0].contact"));
        assert!(identify("own").is_err(), "a contact is not like itself");

        let nodes = json!([{"company": {"id": "known", "name": "Acme", "domains": []}, "found_by": [],
            "recent_tickets": 0}]);
        let affiliate = |of: &str| {
            let inquiry = json!({"ticket": ticket("own"), "text": "", "nodes": nodes});
            let answer = json!([{"company": "known", "confidence": 1}, {"company": of, "confidence": 1}]);
            let answer = if of == "known" { json!([answer[0]]) } else { answer };
            said("affiliate", inquiry, json!({ "nodes": answer }))
        };
        assert_eq!(affiliate("known"), Ok(()));
        assert_eq!(affiliate("other"), refused("nodes[1].company"));

        let neighbours = json!([{"ticket": "known", "kind": "support", "subject": "", "text": "", "category": "open",
            "opened_at": "2026-01-01T00:00:00Z"}]);
        let correlate = |of: &str| {
            let inquiry = json!({"ticket": ticket("own"), "text": "", "neighbours": neighbours});
            said("correlate", inquiry, json!({"pairs": [{"ticket": of, "score": 1}], "recurring": false}))
        };
        assert_eq!(correlate("known"), Ok(()));
        assert_eq!(correlate("other"), refused("pairs[0].ticket"));
    }

    #[test]
    fn a_plan_names_fields_that_can_show_and_no_others() {
        let merge = |field: &str| {
            let inquiry = json!({"winner": {"contact": contact("a")}, "loser": {"contact": contact("b")}});
            said("merge", inquiry, json!({"refused": false, "fields": {field: "loser"}}))
        };
        assert_eq!(merge("name"), Ok(()));
        assert_eq!(merge("custom.budget"), Ok(()));
        assert!(merge("memberships").unwrap_err().starts_with("fields: `memberships` is none of name, locale"));
    }
}
