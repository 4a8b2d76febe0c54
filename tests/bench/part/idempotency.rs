//! A hundred posts at once with one idempotency key, and the server killed in the middle: one ticket, one answer, again
//! and again.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::fields;
use crate::Bench;
use crate::desk::Desk;

/// Posts at once with one key.
const MANY: usize = 100;
/// The server is killed within this time after the first post, each round at another moment.
const KILL_WITHIN_MS: u64 = 60;
/// A post that meets another's work under way is sent again, for so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// What one post heard.
enum Heard {
    /// The ticket's id, and whether it was made by this request.
    Made(String, bool),
    /// Another request with the key is under way.
    UnderWay,
    /// Nothing: the server was killed.
    Nothing,
}

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let folder = bench.folder()?;
    let at = folder.path().join("desk");
    let mut desk = Desk::create(bench, &at)?;
    let (rounds, key) = (bench.count(50, 2), desk.key().to_owned());
    let (mut answers, mut cut_off, mut made_twice, mut ids) = (0, 0, 0, BTreeSet::new());
    for round in 0..rounds {
        let killed_after = Duration::from_millis(round * KILL_WITHIN_MS / rounds.max(1));
        let mut heard = Vec::new();
        std::thread::scope(|scope| -> Result<()> {
            let posts = (0..MANY).map(|_| scope.spawn(|| post(&desk, round))).collect::<Vec<_>>();
            std::thread::sleep(killed_after);
            kill(desk.pid())?;
            heard.extend(posts.into_iter().filter_map(|post| post.join().ok()));
            Ok(())
        })?;
        desk.kill()?;
        desk = Desk::open(bench, &at, key.clone(), &[])?;
        std::thread::scope(|scope| {
            let posts = (0..MANY).map(|_| scope.spawn(|| post(&desk, round))).collect::<Vec<_>>();
            heard.extend(posts.into_iter().filter_map(|post| post.join().ok()));
        });
        heard.push(settled(&desk, round)?);
        let (mut of_round, mut fresh) = (BTreeSet::new(), 0);
        for one in heard {
            match one {
                Heard::Made(id, by_this) => {
                    answers += 1;
                    fresh += u64::from(by_this);
                    of_round.insert(id);
                }
                Heard::UnderWay => answers += 1,
                Heard::Nothing => cut_off += 1,
            }
        }
        ensure!(of_round.len() == 1, "round {round}: one key made {of_round:?}");
        made_twice += fresh.saturating_sub(1);
        ids.extend(of_round);
    }
    let tickets = created(&desk)?;
    ensure!(tickets == ids.len() as u64 && ids.len() as u64 == rounds, "{tickets} tickets of {rounds} keys");
    ensure!(made_twice == 0, "{made_twice} answers say that they made what was made before");
    Ok(fields(json!({ "idempotency": {
        "rounds": rounds, "posts": rounds * 2 * MANY as u64, "answers": answers, "cut_off": cut_off, "tickets": tickets,
    } })))
}

/// `kill -9`, by its number: the posts hold the desk meanwhile.
fn kill(pid: u32) -> Result<()> {
    use rustix::process::{Pid, Signal, kill_process};
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { bail!("{pid} is no process") };
    Ok(kill_process(pid, Signal::KILL)?)
}

fn post(desk: &Desk, round: u64) -> Heard {
    let url = format!("http://{}/v1/tickets", desk.address);
    let request = ureq::post(url).config().http_status_as_error(false).build();
    let request = request.header("Authorization", desk.bearer().unwrap_or_default());
    let request = request.header("Idempotency-Key", format!("round-{round}"));
    let Ok(mut answer) = request.send_json(json!({ "subject": format!("round {round}") })) else {
        return Heard::Nothing;
    };
    let (status, again) = (answer.status().as_u16(), answer.headers().contains_key("idempotency-replayed"));
    match (status, answer.body_mut().read_json::<Value>()) {
        (201, Ok(ticket)) => Heard::Made(ticket["id"].as_str().unwrap_or_default().to_owned(), !again),
        (409, Ok(_)) => Heard::UnderWay,
        _ => Heard::Nothing,
    }
}

/// The answer, once nobody works on it any more.
fn settled(desk: &Desk, round: u64) -> Result<Heard> {
    let begun = Instant::now();
    loop {
        match post(desk, round) {
            Heard::UnderWay if begun.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(20)),
            Heard::Nothing => bail!("round {round}: the server answers nothing"),
            heard => return Ok(heard),
        }
    }
}

/// Tickets that were made, by the log.
fn created(desk: &Desk) -> Result<u64> {
    let (mut after, mut count) = (0, 0);
    loop {
        let page = desk.get(&format!("/v1/events?after={after}&limit=200"))?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        count += items.iter().filter(|it| it["name"] == "ticket.created").count() as u64;
        let Some(last) = items.last().and_then(|it| it["sequence"].as_u64()) else { return Ok(count) };
        after = last;
    }
}
