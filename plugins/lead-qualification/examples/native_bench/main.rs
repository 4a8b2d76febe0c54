//! What the policy costs natively, without a sandbox: a lead with 12 attributes, 5 entries and 5 earlier tickets, with
//! the configuration that ships.
//!
//! ```text
//! cargo run --release -p plugdesk-lead-qualification --example native_bench -- [--json]
//! ```

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

mod lead;

use std::time::Instant as Clock;

use plugdesk_lead_qualification::Card;
use plugdesk_sdk::prelude::*;

const NOW: Instant = 1_790_000_000_000;
/// Calls that are measured.
const CALLS: usize = 5_000;

fn main() {
    let card: Card = Pretend::policy(include_str!("../../config.json")).expect("the configuration that ships");
    let mut desk = Pretend::desk().with_contact(Pretend::person("Noor Rahimi", &["noor@acme.example"]));
    for (name, value) in lead::ANSWERS {
        desk = desk.with_attribute("ticket", name, Value::Text(value.to_owned()));
    }
    for n in 0..5 {
        let text = "I would like to know whether the course fits my work. ".repeat(6);
        desk = desk.with_entry(Pretend::reply(&text, NOW - n * 3_600_000));
        let ticket = Pretend::ticket("lead", "A question about the spring course", NOW - n * DAY);
        let (id, kind, subject, requester) = (ticket.id, ticket.kind, ticket.subject, ticket.requester);
        let (category, priority, opened_at, updated_at) = (Category::Closed, ticket.priority, NOW, NOW);
        let digest = TicketDigest { id, kind, subject, category, priority, requester, opened_at, updated_at };
        desk = desk.with_ticket(Scope::Contact, digest);
    }
    let mut lead = Pretend::ticket("lead", "Interested in the course on data science", NOW);
    lead.segment = Some("company".to_owned());
    let inquiry = qualify::Inquiry { circumstances: Pretend::circumstances(NOW), lead };
    let mut times: Vec<u128> = Vec::with_capacity(CALLS);
    let mut score = 0;
    for _ in 0..CALLS {
        // The pretend desk allows 32 reads a question and counts them.
        desk.begin();
        let began = Clock::now();
        let answer = card.qualify(&inquiry, &desk);
        times.push(began.elapsed().as_nanos());
        score = answer.expect("the policy answers").expect("it has an opinion").score;
    }
    times.sort_unstable();
    let median = times[CALLS / 2];
    if std::env::args().any(|argument| argument == "--json") {
        println!("{{\"native_ns\": {median}, \"score\": {score}}}");
    } else {
        println!("natively {median} ns (median of {CALLS}), the score is {score}");
    }
}
