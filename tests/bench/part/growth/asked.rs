//! What a desk is asked at each size: tickets by id, pages of lists, a search, new tickets; one connection, one request
//! at a time.

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::Bench;
use crate::cast::{self, drawn};
use crate::desk::Desk;
use crate::load::{Sender, Shot};
use crate::measure::Times;

/// A list that is asked for is the first of these or a later page of them.
const NEWEST: &str = "/v1/tickets?kind=lead&sort=-created&limit=50";
/// Pages of the longest list are kept so far apart as places to begin at.
const PLACES: usize = 16;
/// So many pages into the list by due time begins a deep page of it.
const DEEP: usize = 12;
/// A page that is walked over has so many.
const WALK: usize = 200;

/// What may be asked for: every ticket's id, and where pages begin.
#[derive(Default)]
pub(super) struct Places {
    pub(super) ids: Vec<String>,
    newest: Vec<String>,
    due: String,
    score: String,
}

impl Places {
    /// Walks over the lists, which also shows that they are whole.
    pub(super) fn of(desk: &Desk) -> Result<Self> {
        let mut places = Self::default();
        let mut next = Some(String::new());
        while let Some(after) = next {
            if places.ids.len() % (WALK * PLACES) == 0 {
                places.newest.push(after.clone());
            }
            let (ids, then) = page(desk, &format!("/v1/tickets?sort=-created&limit={WALK}"), &after)?;
            places.ids.extend(ids);
            next = then;
        }
        // The first place is the first page.
        if places.newest.len() > 1 {
            places.newest.remove(0);
        }
        places.due = deep(desk, "/v1/tickets?sort=due&limit=50")?;
        places.score = deep(desk, "/v1/tickets?kind=lead&limit=50")?;
        places.ids.sort_unstable();
        places.ids.dedup();
        Ok(places)
    }
}

/// Where a page begins that lies some pages behind the first.
fn deep(desk: &Desk, list: &str) -> Result<String> {
    let mut after = String::new();
    for _ in 0..DEEP {
        let Some(next) = page(desk, list, &after)?.1 else { break };
        after = next;
    }
    Ok(after)
}

fn page(desk: &Desk, list: &str, after: &str) -> Result<(Vec<String>, Option<String>)> {
    let page = desk.get(&behind(list, after))?;
    let items = page["items"].as_array().context("a page has items")?;
    let ids = items.iter().filter_map(|it| it["id"].as_str().map(str::to_owned)).collect();
    Ok((ids, page["next"].as_str().map(str::to_owned)))
}

fn behind(list: &str, after: &str) -> String {
    if after.is_empty() { list.to_owned() } else { format!("{list}&after={after}") }
}

/// The times of every sort of request.
#[derive(Default)]
pub(super) struct Asked {
    get: Times,
    list: Times,
    list_deep: Times,
    list_due: Times,
    list_due_deep: Times,
    list_assignee: Times,
    list_score: Times,
    list_score_deep: Times,
    search: Times,
    create: Times,
    pub(super) failed: u64,
}

impl Asked {
    /// Some requests of every sort, after as many that are not counted: the other desk was asked meanwhile.
    pub(super) async fn round(&mut self, bench: &Bench, desk: &Desk, places: &Places, round: u64) -> Result<()> {
        let mut sender = Sender::connect(desk.address, desk.bearer()).await?;
        let (gets, pages, writes) = (bench.count(400, 10), bench.count(40, 3), bench.count(50, 4));
        let id = |n: u64| {
            let place = usize::try_from(drawn(n, round + 100)).unwrap_or(0) % places.ids.len().max(1);
            Shot::get(format!("/v1/tickets/{}", places.ids.get(place).map_or("", String::as_str)), 0)
        };
        let newest = |n: u64| {
            let place = usize::try_from(drawn(n, round + 200)).unwrap_or(0) % places.newest.len().max(1);
            behind(NEWEST, places.newest.get(place).map_or("", String::as_str))
        };
        let own = |n: u64| Shot::get(format!("/v1/tickets?assignee={}&limit=50", cast::agent(n)), 0);
        let words = |n: u64| {
            let lead: Value = serde_json::from_str(&cast::lead(super::FROM_FILES + n)).unwrap_or_default();
            let subject = lead["subject"].as_str().unwrap_or_default().to_lowercase().replace([' ', '\''], "%20");
            Shot::get(format!("/v1/tickets?q={subject}"), 0)
        };
        let fixed = |list: &str, after: &str| {
            let path = behind(list, after);
            move |_: u64| Shot::get(path.clone(), 0)
        };
        let new = |n: u64| Shot::post("/v1/tickets", cast::lead(10_000 * (round + 1) + n), 0);
        let failed = &mut self.failed;
        take(&mut sender, &mut self.get, failed, gets, id).await?;
        take(&mut sender, &mut self.list, failed, pages, fixed("/v1/tickets?limit=50", "")).await?;
        take(&mut sender, &mut self.list_deep, failed, pages, |n| Shot::get(newest(n), 0)).await?;
        take(&mut sender, &mut self.list_due, failed, pages, fixed("/v1/tickets?sort=due&limit=50", "")).await?;
        let due = fixed("/v1/tickets?sort=due&limit=50", &places.due);
        take(&mut sender, &mut self.list_due_deep, failed, pages, due).await?;
        take(&mut sender, &mut self.list_assignee, failed, pages, own).await?;
        take(&mut sender, &mut self.list_score, failed, pages, fixed("/v1/tickets?kind=lead&limit=50", "")).await?;
        let score = fixed("/v1/tickets?kind=lead&limit=50", &places.score);
        take(&mut sender, &mut self.list_score_deep, failed, pages, score).await?;
        take(&mut sender, &mut self.search, failed, pages, words).await?;
        take(&mut sender, &mut self.create, failed, writes, new).await
    }

    /// The median of each, and what is rarer where it is promised.
    pub(super) fn figures(&mut self) -> Map<String, Value> {
        let mut figures = Map::new();
        for (name, times) in [
            ("get", &mut self.get),
            ("list", &mut self.list),
            ("list_deep", &mut self.list_deep),
            ("list_due", &mut self.list_due),
            ("list_due_deep", &mut self.list_due_deep),
            ("list_assignee", &mut self.list_assignee),
            ("list_score", &mut self.list_score),
            ("list_score_deep", &mut self.list_score_deep),
            ("search", &mut self.search),
            ("create", &mut self.create),
        ] {
            figures.insert(format!("{name}_p50_us"), times.at_us(50).into());
            if name == "get" {
                figures.insert("get_p99_us".to_owned(), times.at_us(99).into());
            }
        }
        figures
    }
}

/// Sends `count` requests twice over and takes the times of the second half: the first warms the way, not the records,
/// which are others.
async fn take(
    sender: &mut Sender,
    times: &mut Times,
    failed: &mut u64,
    count: u64,
    shot: impl Fn(u64) -> Shot,
) -> Result<()> {
    let warm = count / 4 + 1;
    for number in 0..warm + count {
        let shot = shot(number);
        let sent = std::time::Instant::now();
        let (status, _) = sender.send(&shot).await?;
        *failed += u64::from(!status.is_success());
        if number >= warm {
            times.add(sent.elapsed());
        }
    }
    Ok(())
}
