//! Whether leads convert as often as was promised of them: a card grows old when customers, prices or rivals change.

use serde_json::Value;

use super::findings::{Findings, Grade};
use crate::cli::connection::Connection;
use crate::cli::text::{cell, items};

/// Standard errors to which chance reaches: with some twelve bands looked at each time, one false alarm in a hundred
/// desks.
const CHANCE: f64 = 3.3;
/// Fewer ended leads say nothing of a band, whatever became of them.
const LEAST_LEADS: u64 = 30;

/// Compares what was promised of the desk's ended leads with what became of them.
pub(super) async fn look(connection: &Connection, name: &str, found: &mut Findings) {
    let report = match connection.desk(name).get("/v1/reports/calibration").await {
        Ok(report) => report,
        Err(failure) => {
            let says = format!("desk {name}: /v1/reports/calibration: {}", failure.message);
            return found.add_as("unread", Grade::Bad, "desk", says, failure.help);
        }
    };
    let rows = report.get("rows").cloned().unwrap_or_default();
    let parted: Vec<String> = items(&rows).iter().filter_map(parted).collect();
    if !parted.is_empty() {
        let says = format!("desk {name}: leads do not convert as was promised: {}", parted.join("; "));
        let help = "fit a new card on your past (`plugdesk fit scorecard`), and replay it before it counts".to_owned();
        found.add_as("promise-parted", Grade::Warn, "leads", says, Some(help));
    }
}

/// What is to be said of a band of the report; none: what came is within the band, or may be by chance.
fn parted(row: &Value) -> Option<String> {
    let count = |column: &str| cell(row, &format!("counts.{column}")).parse::<u64>().ok();
    let (converted, lost) = (count("converted")?, count("lost")?);
    let band = cell(row, "of.promised");
    let (least, most) = band.split_once('-')?;
    let percent = |text: &str| text.parse::<f64>().ok().map(|percent| percent / 100.0);
    let (least, most) = (percent(least)?, percent(most)?);
    let leads = converted + lost;
    if leads < LEAST_LEADS || !apart(converted, leads, least, most) {
        return None;
    }
    let came = converted as f64 / leads as f64 * 100.0;
    Some(format!("of {leads} that were to convert in {band} % of cases {came:.0} % did"))
}

/// Whether the share lies outside by more than chance (Wilson's interval).
fn apart(converted: u64, leads: u64, least: f64, most: f64) -> bool {
    let (share, count) = (converted as f64 / leads as f64, leads as f64);
    let squared = CHANCE * CHANCE / count;
    let middle = (share + squared / 2.0) / (1.0 + squared);
    let reach = CHANCE / (1.0 + squared) * (share * (1.0 - share) / count + squared / (4.0 * count)).sqrt();
    middle + reach < least || middle - reach > most
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_band_is_told_only_if_chance_does_not_explain_it() {
        let of = |band: &str, converted: u64, lost: u64| {
            parted(&json!({ "of": { "promised": band }, "counts": { "converted": converted, "lost": lost } }))
        };
        assert_eq!(of("30-40", 35, 65), None);
        assert_eq!(of("30-40", 25, 75), None, "a quarter of a hundred may be chance");
        let said = of("30-40", 120, 880).unwrap();
        assert_eq!(said, "of 1000 that were to convert in 30-40 % of cases 12 % did");
        assert!(of("00-05", 90, 910).is_some() && of("95-100", 600, 400).is_some());
        assert_eq!(of("95-100", 1_000, 0), None);
        assert_eq!((of("95-100", 0, 29), of("none", 0, 900)), (None, None));
    }
}
