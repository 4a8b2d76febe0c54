//! A policy in plain Rust beside the sandboxed ones: `cargo run --example native_policy`.
//!
//! What the embedder alone knows (here: which buildings have gas) needs no component. The policy is bound, joined,
//! recorded and explained like any other; the most careful track wins, whoever asked for it.
#![allow(clippy::print_stdout)]

use plugdesk::desk::{How, InstallOptions, NewDesk, NewTicket};
use plugdesk::domain::question::track::Tracking;
use plugdesk::domain::question::{Answer, Inquiry};
use plugdesk::domain::{Call, Principal, Reason, Track};
use plugdesk::store::Store;
use plugdesk::{NativePolicy, Plugdesk};

/// Everything that smells of gas goes the careful way; of everything else it has no opinion.
fn gas(call: &Call<'_>) -> Result<Option<Answer>, String> {
    let Inquiry::Track(inquiry) = call.inquiry else { return Err("only `track` is asked of it".to_owned()) };
    if !inquiry.ticket.subject.to_lowercase().contains("gas") {
        return Ok(None);
    }
    let reason = Reason { code: "gas".to_owned(), params: [].into(), evidence: Vec::new(), text: None };
    Ok(Some(Answer::Track(Tracking {
        track: Track::Special,
        risk: 9_000,
        checks: vec!["gas-meter-read".to_owned()],
        people: vec!["gas-fitter".to_owned()],
        reasons: vec![reason],
        facts: Vec::new(),
        signals: Vec::new(),
    })))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = NativePolicy::new("gas-watch", "track", gas);
    let pack = policy.pack(10)?;
    let plugdesk = Plugdesk::builder().storage(Store::memory()).policy(policy).build()?;
    let me = Principal::operator();
    plugdesk.desks().desk_create(&me, NewDesk::named("main"), None).await?;
    let desk = plugdesk.desk("main")?;
    desk.pack_install(&me, pack, InstallOptions::default(), None).await?;
    for subject in ["It smells of gas in the cellar", "The lamp in the hall is broken"] {
        let new = NewTicket { subject: subject.to_owned(), ..NewTicket::default() };
        let done = desk.ticket_create(&me, new, &How::default()).await?;
        let track = done.value.tracked.as_ref().map_or("none", |it| it.track.name());
        println!("{subject}: {track}");
        for effect in done.decision.iter().flat_map(|it| &it.effects) {
            println!("  → {effect}");
        }
    }
    Ok(plugdesk.shutdown().await?)
}
