//! What a question costs: the median of a fresh instance and of a reused one, with every limit on.
//!
//! ```text
//! cargo run --release -p plugdesk-sandbox --example question_bench -- --component X.wasm [--configuration C.json] [--json]
//! ```
//! Without a configuration the one beside the component is taken, which is the pack's own, or else `{}`.
//! The policy finds a lead with 12 attributes, 5 entries of 300 bytes and 5 digests of other tickets: the same as in the
//! example `native_bench` of the lead qualification, and so the score must be the same too.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::sync::Arc;
use std::time::Instant as Clock;

use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownIdentity, ShownPerson, ShownSignal,
    ShownTicket, ShownTicketDigest,
};
use plugdesk_domain::question::{Answer, Circumstances, Inquiry, classify, qualify};
use plugdesk_domain::{
    Ask as _, Call, Category, Context, Instant, Limits, Outcome, Plugin, Priority, Refusal, Scope, Verdict,
};
use plugdesk_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW: Instant = Instant::from_millis(1_763_800_200_000);
/// Calls that are measured, and calls before them.
const CALLS: usize = 5_000;
const WARM: usize = 500;

/// What the lead answered.
const ANSWERS: [(&str, &str); 12] = [
    ("budget", "Approved"),
    ("horizon", "This quarter"),
    ("price_asked", "yes"),
    ("visits", "6"),
    ("minutes", "35"),
    ("interest", "Heat pump"),
    ("seats", "12"),
    ("current_supplier", "another"),
    ("source", "recommended by a friend"),
    ("do_not_call", "no"),
    ("industry", "Hotels"),
    ("region", "North"),
];

/// Answers from memory: what a store costs is measured elsewhere.
struct Desk;

impl Context for Desk {
    fn find_contact(&self) -> Result<Option<ShownContact>, Refusal> {
        let identity = ShownIdentity { kind: "email".into(), value: "noor@acme.example".into(), verified: true };
        Ok(Some(ShownContact {
            id: "contact_01h455vb4pex5vsknk084sn02q".into(),
            name: "Noor Rahimi".into(),
            segment: Some("consumer".into()),
            locale: Some("fa".into()),
            time_zone: Some("Asia/Tehran".into()),
            identities: vec![identity],
            memberships: vec![],
            created_at: NOW,
        }))
    }
    fn find_company(&self) -> Result<Option<ShownCompany>, Refusal> {
        Ok(None)
    }
    fn attributes_of(&self, _of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
        let answer = |name: &String| {
            let found = ANSWERS.iter().find(|(known, _)| known == name);
            found.map(|(_, answer)| (name.clone(), json!(answer)))
        };
        Ok(names.iter().filter_map(answer).collect())
    }
    fn entries(&self, _at_most: u32) -> Result<Vec<ShownEntry>, Refusal> {
        let entry = |n: i64| ShownEntry {
            id: "entry_01h455vb4pex5vsknk084sn02q".into(),
            kind: "reply".into(),
            from_customer: true,
            author: Some("contact_01h455vb4pex5vsknk084sn02q".into()),
            text: "I would like to know whether the course fits my work. ".repeat(6),
            locale: Some("en".into()),
            at: NOW.plus_millis(-n * 3_600_000),
        };
        Ok((0..5).map(entry).collect())
    }
    fn tickets(&self, _scope: Scope, _at_most: u32) -> Result<Vec<ShownTicketDigest>, Refusal> {
        let digest = |n: i64| ShownTicketDigest {
            id: "ticket_01h455vb4pex5vsknk084sn02q".into(),
            kind: "lead".into(),
            subject: "A question about the spring course".into(),
            category: Category::Closed,
            priority: Priority::Normal,
            requester: Some("contact_01h455vb4pex5vsknk084sn02q".into()),
            opened_at: NOW.plus_millis(-n * 86_400_000),
            updated_at: NOW,
        };
        Ok((0..5).map(digest).collect())
    }
    fn facts(&self, _of: &str, _kind: Option<&str>) -> Result<Vec<ShownFact>, Refusal> {
        Ok(vec![])
    }
    fn signals(&self, _of: &str, _kind: Option<&str>) -> Result<Vec<ShownSignal>, Refusal> {
        Ok(vec![])
    }
    fn commitments(&self) -> Result<Vec<ShownCommitment>, Refusal> {
        Ok(vec![])
    }
    fn ancestors(&self) -> Result<Vec<ShownCompany>, Refusal> {
        Ok(vec![])
    }
    fn people(&self) -> Result<Vec<ShownPerson>, Refusal> {
        Ok(vec![])
    }
    fn calendar_add(&self, _calendar: &str, start: Instant, minutes: u32) -> Option<Instant> {
        Some(start.plus_millis(i64::from(minutes) * 60_000))
    }
    fn calendar_between(&self, _calendar: &str, start: Instant, end: Instant) -> Option<i64> {
        Some(end.since(start) / 60_000)
    }

    fn calendar_add_working_days(&self, _calendar: &str, _start: Instant, _days: u32) -> Option<Instant> {
        None
    }
}

fn inquiry(plugin: &dyn Plugin) -> Inquiry {
    let circumstances = Circumstances { now: NOW, locale: "en".into(), actor: "agent".into(), in_hours: true };
    let lead = ShownTicket {
        id: "ticket_01h455vb4pex5vsknk084sn02q".into(),
        number: 4711,
        kind: "lead".into(),
        subject: "Interested in the course on data science".into(),
        category: Category::New,
        priority: Priority::Normal,
        segment: Some("company".into()),
        company: None,
        requester: Some("contact_01h455vb4pex5vsknk084sn02q".into()),
        team: None,
        assignee: None,
        channel: "web".into(),
        tags: vec!["spring".into()],
        opened_at: NOW,
        updated_at: NOW,
        touches: 3,
        handoffs: 0,
        reopens: 0,
    };
    if plugin.questions().iter().any(|question| question == "qualify") {
        return Inquiry::Qualify(qualify::Inquiry { circumstances, lead });
    }
    Inquiry::Classify(classify::Inquiry { circumstances, subject: classify::Subject::Ticket(lead) })
}

/// The median and the 99th percentile of a call, in nanoseconds, and the last verdict.
fn measure(plugin: &dyn Plugin, settings: &Arc<[u8]>) -> (u64, u64, Verdict) {
    let (inquiry, limits) = (inquiry(plugin), Limits::default());
    let call = Call { inquiry: &inquiry, settings, context: &Desk, limits: &limits };
    let mut verdict = plugin.ask(&call);
    for _ in 0..WARM {
        verdict = plugin.ask(&call);
    }
    let mut times: Vec<u64> = (0..CALLS)
        .map(|_| {
            let began = Clock::now();
            verdict = plugin.ask(&call);
            u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
        })
        .collect();
    times.sort_unstable();
    (times[CALLS / 2], times[CALLS * 99 / 100], verdict)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut component, mut configuration, mut json_wanted) = (None, None, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--component" => component = arguments.next(),
            "--configuration" => configuration = Some(std::fs::read_to_string(arguments.next().ok_or("which file?")?)?),
            "--json" => json_wanted = true,
            other => return Err(format!("`{other}` is unknown").into()),
        }
    }
    let component = std::path::PathBuf::from(component.ok_or("--component FILE is missing")?);
    let bytes = std::fs::read(&component)?;
    let own = || std::fs::read_to_string(component.with_file_name("config.json")).unwrap_or_else(|_| "{}".to_owned());
    let configuration = configuration.unwrap_or_else(own);
    let sandbox = Sandbox::new(Options::default())?;
    let (fresh, reused) = (sandbox.load(&bytes)?, sandbox.load_for_reuse(&bytes)?);
    let settings = fresh.prepare(&configuration, &Limits::default())?;
    let (fresh_ns, fresh_p99_ns, verdict) = measure(&*fresh, &settings);
    let (reused_ns, reused_p99_ns, _) = measure(&*reused, &settings);
    let score = match &verdict.outcome {
        Outcome::Answered(Some(Answer::Qualify(answer))) => Some(answer.score),
        _ => None,
    };
    let report = json!({
        "fresh_ns": fresh_ns, "fresh_p99_ns": fresh_p99_ns,
        "reused_ns": reused_ns, "reused_p99_ns": reused_p99_ns,
        "fuel": verdict.fuel, "outcome": verdict.outcome.class().name(),
        "score": score, "settings_bytes": settings.len(), "calls": CALLS, "notices": sandbox.notices(),
    });
    if json_wanted {
        println!("{report}");
    } else {
        println!("{report:#}");
        println!("{:#?}", verdict.outcome);
    }
    Ok(())
}
