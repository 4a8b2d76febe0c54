//! What a desk of 200,000 tickets costs, beside one of 1,000, with the default cache, which is a tenth of the larger one's
//! data: both are served at once and asked in turns, so that a machine that slows down slows both.

mod asked;

use anyhow::Result;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::{create, fields};
use crate::desk::Desk;
use crate::load::{self, Target};
use crate::measure::{disk_mb, hundredth, peak_mb, rest, rss_mb};
use crate::{Bench, cast, files, progress};
use asked::{Asked, Places};

/// Leads of files are numbered from here, so that they are not those that the load brings.
pub(crate) const FROM_FILES: u64 = 1_000_000;

/// A desk of one size, what it is asked, and what that took.
struct Grown {
    tickets: u64,
    desk: Desk,
    places: Places,
    asked: Asked,
    rate: f64,
    _folder: TempDir,
}

pub(crate) fn run(bench: &Bench) -> Result<Map<String, Value>> {
    let sizes = [bench.count(1_000, 60), bench.count(200_000, 240)];
    let mut grown = sizes.into_iter().map(|size| grow(bench, size)).collect::<Result<Vec<_>>>()?;
    if !bench.short {
        progress("waiting until both rest");
        rest(&grown.iter().map(|it| it.desk.pid()).collect::<Vec<_>>())?;
    }
    let rounds = bench.count(8, 2);
    for round in 0..rounds {
        progress(&format!("round {} of {rounds}", round + 1));
        for it in &mut grown {
            let Grown { desk, places, asked, .. } = it;
            bench.runtime.block_on(asked.round(bench, desk, places, round))?;
        }
    }
    let rows = grown.iter_mut().map(|it| row(bench, it)).collect::<Result<Vec<_>>>()?;
    Ok(fields(json!({ "growth": rows, "growth_ratio": ratios(&rows) })))
}

fn grow(bench: &Bench, tickets: u64) -> Result<Grown> {
    let folder = bench.folder()?;
    let desk = Desk::create(bench, &folder.path().join("desk"))?;
    let rate = files::leads(&desk, folder.path(), FROM_FILES, tickets)?;
    create::policies(bench, &desk)?;
    let places = Places::of(&desk)?;
    let found = places.ids.len() as u64;
    bench.check(found == tickets, || format!("{tickets} tickets went in, the list has {found}"));
    Ok(Grown { tickets, desk, places, asked: Asked::default(), rate, _folder: folder })
}

/// What is told of one size. The load comes last, because it makes the desk larger.
fn row(bench: &Bench, it: &mut Grown) -> Result<Value> {
    let pid = it.desk.pid();
    let (rss, peak, disk) = (rss_mb(pid)?, peak_mb(pid)?, disk_mb(it.desk.folder()));
    let target =
        Target { address: it.desk.address, path: "/v1/tickets", authorization: it.desk.bearer(), body: cast::lead };
    let most = bench.connections.iter().copied().max().unwrap_or(1);
    let load = bench.runtime.block_on(load::run(target, most, bench.seconds.div_ceil(2)))?;
    bench.check(load.failed == 0, || format!("{} of {} creations failed", load.failed, load.requests));
    let asked = &it.asked;
    bench.check(asked.failed == 0, || format!("{} requests at {} tickets failed", asked.failed, it.tickets));
    let mut row = json!({
        "tickets": it.tickets, "rss_mb": rss, "rss_peak_mb": peak, "disk_mb": disk, "import_per_s": it.rate.round(),
        "create_per_s": load.per_s, "create_p99_ms": load.p99_ms,
    });
    if let Value::Object(fields) = &mut row {
        fields.extend(it.asked.figures());
    }
    Ok(row)
}

/// The larger by the smaller, of every time that both have.
fn ratios(rows: &[Value]) -> Value {
    let (Some(small), Some(large)) = (rows.first().and_then(Value::as_object), rows.last()) else { return json!({}) };
    let both = small.iter().filter(|(name, _)| name.ends_with("_us"));
    let ratio = |(name, value): (&String, &Value)| {
        Some((name.clone(), json!(hundredth(large[name].as_f64()? / value.as_f64()?))))
    };
    both.filter_map(ratio).collect::<Map<_, _>>().into()
}
