//! Domain to WIT: what a policy is shown.

use plugdesk_domain::Instant;
use plugdesk_domain::question::Circumstances;
use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownIdentity, ShownMembership, ShownMoney,
    ShownPerson, ShownSignal, ShownTicket, ShownTicketDigest,
};
use plugdesk_domain::{Category, CommitmentState, Priority, Track};
use serde_json::Value;

use crate::bindings::plugdesk::desk::account;
use crate::bindings::plugdesk::desk::types as wit;

pub(crate) fn circumstances(it: &Circumstances) -> wit::Circumstances {
    wit::Circumstances {
        now: it.now.millis(),
        locale: it.locale.clone(),
        actor: it.actor.clone(),
        in_hours: it.in_hours,
    }
}

pub(crate) fn contact(it: ShownContact) -> wit::Contact {
    wit::Contact {
        id: it.id,
        name: it.name,
        segment: it.segment,
        locale: it.locale,
        time_zone: it.time_zone,
        identities: it.identities.into_iter().map(identity).collect(),
        memberships: it.memberships.into_iter().map(membership).collect(),
        created_at: it.created_at.millis(),
    }
}

fn identity(it: ShownIdentity) -> wit::Identity {
    wit::Identity { kind: it.kind, value: it.value, verified: it.verified }
}

pub(crate) fn membership(it: ShownMembership) -> wit::Membership {
    wit::Membership { company: it.company, role: it.role, aspect: it.aspect, primary: it.primary }
}

pub(crate) fn company(it: ShownCompany) -> wit::Company {
    let money = |it: ShownMoney| wit::Money { minor: it.minor, currency: it.currency };
    wit::Company {
        id: it.id,
        name: it.name,
        parent: it.parent,
        segment: it.segment,
        tier: it.tier,
        worth: it.worth.map(money),
        domains: it.domains,
    }
}

pub(crate) fn ticket(it: ShownTicket) -> wit::Ticket {
    wit::Ticket {
        id: it.id,
        number: it.number,
        kind: it.kind,
        subject: it.subject,
        category: category(it.category),
        priority: priority(it.priority),
        segment: it.segment,
        company: it.company,
        requester: it.requester,
        team: it.team,
        assignee: it.assignee,
        channel: it.channel,
        tags: it.tags,
        opened_at: it.opened_at.millis(),
        updated_at: it.updated_at.millis(),
        touches: it.touches,
        handoffs: it.handoffs,
        reopens: it.reopens,
    }
}

pub(crate) fn digest(it: ShownTicketDigest) -> wit::TicketDigest {
    wit::TicketDigest {
        id: it.id,
        kind: it.kind,
        subject: it.subject,
        category: category(it.category),
        priority: priority(it.priority),
        requester: it.requester,
        opened_at: it.opened_at.millis(),
        updated_at: it.updated_at.millis(),
    }
}

pub(crate) fn entry(it: ShownEntry) -> wit::Entry {
    wit::Entry {
        id: it.id,
        kind: it.kind,
        from_customer: it.from_customer,
        author: it.author,
        text: it.text,
        locale: it.locale,
        at: it.at.millis(),
    }
}

pub(crate) fn fact(it: ShownFact) -> wit::Fact {
    let at = Instant::millis(it.at);
    wit::Fact { kind: it.kind, value: value(it.value), source: it.source, confidence: it.confidence, at }
}

pub(crate) fn signal(it: ShownSignal) -> wit::Signal {
    let at = Instant::millis(it.at);
    wit::Signal { kind: it.kind, score: it.score, label: it.label, source: it.source, at }
}

pub(crate) fn commitment(it: ShownCommitment) -> account::Commitment {
    let state = match it.state {
        CommitmentState::Pending => account::CommitmentState::Pending,
        CommitmentState::Paused => account::CommitmentState::Paused,
        CommitmentState::AtRisk => account::CommitmentState::AtRisk,
        CommitmentState::Met => account::CommitmentState::Met,
        CommitmentState::Breached => account::CommitmentState::Breached,
        CommitmentState::Renegotiated => account::CommitmentState::Renegotiated,
        CommitmentState::Cancelled => account::CommitmentState::Cancelled,
    };
    account::Commitment {
        id: it.id,
        metric: it.metric,
        state,
        source: it.source,
        started_at: it.started_at.millis(),
        due_at: it.due_at.millis(),
        left_ms: it.left_ms,
    }
}

pub(crate) fn person(it: ShownPerson) -> account::Person {
    account::Person { contact: it.contact, name: it.name, company: it.company, role: it.role, aspect: it.aspect }
}

pub(crate) fn track(it: Track) -> wit::TrackLevel {
    match it {
        Track::Fast => wit::TrackLevel::Fast,
        Track::Standard => wit::TrackLevel::Standard,
        Track::Special => wit::TrackLevel::Special,
    }
}

pub(crate) fn category(it: Category) -> wit::Category {
    match it {
        Category::New => wit::Category::New,
        Category::Open => wit::Category::Open,
        Category::WaitingCustomer => wit::Category::WaitingCustomer,
        Category::WaitingThirdParty => wit::Category::WaitingThirdParty,
        Category::OnHold => wit::Category::OnHold,
        Category::Resolved => wit::Category::Resolved,
        Category::Closed => wit::Category::Closed,
        Category::Merged => wit::Category::Merged,
    }
}

fn priority(it: Priority) -> wit::Priority {
    match it {
        Priority::Low => wit::Priority::Low,
        Priority::Normal => wit::Priority::Normal,
        Priority::High => wit::Priority::High,
        Priority::Urgent => wit::Priority::Urgent,
    }
}

/// A JSON value as the contract's flat one. Texts stay texts: JSON knows no instants.
pub(crate) fn value(it: Value) -> wit::Value {
    match it {
        Value::String(text) => wit::Value::Text(text),
        Value::Bool(flag) => wit::Value::Flag(flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => wit::Value::Integer(integer),
            // `{}` of a float never writes an exponent.
            (None, Some(float)) if number.is_f64() => wit::Value::Decimal(float.to_string()),
            (None, _) => wit::Value::Decimal(number.to_string()),
        },
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let text = |it| if let Value::String(text) = it { Some(text) } else { None };
            wit::Value::Texts(list.into_iter().filter_map(text).collect())
        }
        Value::Null | Value::Array(_) | Value::Object(_) => wit::Value::Json(it.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_keeps_its_meaning_on_the_way_in() {
        let shown = |it: Value| format!("{:?}", value(it));
        assert_eq!(shown(json!("a")), r#"Value::Text("a")"#);
        assert_eq!(shown(json!(-3)), "Value::Integer(-3)");
        assert_eq!(shown(json!(12.5)), r#"Value::Decimal("12.5")"#);
        assert_eq!(shown(json!(1e21)), r#"Value::Decimal("1000000000000000000000")"#);
        assert_eq!(shown(json!(u64::MAX)), r#"Value::Decimal("18446744073709551615")"#);
        assert_eq!(shown(json!(true)), "Value::Flag(true)");
        assert_eq!(shown(json!(["a", "b"])), r#"Value::Texts(["a", "b"])"#);
        assert_eq!(shown(json!([1])), r#"Value::Json("[1]")"#);
        assert_eq!(shown(json!(null)), r#"Value::Json("null")"#);
    }
}
