//! CSV files that go in through the product's own import: leads, and the companies and people that the desk begins with.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::cast;
use crate::desk::{Desk, json_of};
use crate::progress;

/// A file has so many rows at most: about 20 MB, well within what an import takes.
const ROWS: u64 = 50_000;

const COMPANIES_MAP: &str = r#"kind = "company"
external-id = { system = "bench", column = "Id" }
company = { name = "Name", domains = "Domain" }
"#;
const PEOPLE_MAP: &str = r#"kind = "contact"
external-id = { system = "bench", column = "Id" }
contact = { name = "Name", email = "Email" }
"#;
const MEMBERSHIPS_MAP: &str = r#"kind = "membership"
system = "bench"
membership = { contact = "Person", company = "Company", role = "Role" }
"#;

/// Brings in the companies, and of each one person who decides there.
pub(crate) fn known(desk: &Desk, folder: &Path) -> Result<()> {
    let companies = (0..cast::companies())
        .map(|n| vec![format!("C-{n}"), format!("Firm {} Ltd", cast::name(n + 7)), cast::domain(n)]);
    bring(desk, folder, "companies", COMPANIES_MAP, &["Id", "Name", "Domain"], companies)?;
    let person = |n: u64| cast::name(u64::MAX - n);
    let mail = |n: u64| format!("head@{}", cast::domain(n));
    let people = (0..cast::companies()).map(|n| vec![format!("P-{n}"), person(n), mail(n)]);
    bring(desk, folder, "people", PEOPLE_MAP, &["Id", "Name", "Email"], people)?;
    let memberships = (0..cast::companies()).map(|n| vec![format!("P-{n}"), format!("C-{n}"), "decider".to_owned()]);
    bring(desk, folder, "memberships", MEMBERSHIPS_MAP, &["Person", "Company", "Role"], memberships)?;
    Ok(())
}

/// Brings in that many leads, from that number on, each asked of every policy. Returns rows a second, from the start of
/// the command until it says that all are in.
pub(crate) fn leads(desk: &Desk, folder: &Path, from: u64, count: u64) -> Result<f64> {
    let (mut seconds, mut begin) = (0.0, from);
    while begin < from + count {
        let end = (begin + ROWS).min(from + count);
        let rows = (begin..end).map(cast::row);
        seconds += bring(desk, folder, &format!("leads-{begin}"), cast::MAP, &cast::COLUMNS, rows)?;
        begin = end;
        progress(&format!("{} of {count} leads are in, {:.0} a second", end - from, (end - from) as f64 / seconds));
    }
    Ok(count as f64 / seconds)
}

/// One file through `plugdesk import`. Returns the seconds that the command took.
fn bring<Row: IntoIterator<Item = String>>(
    desk: &Desk,
    folder: &Path,
    name: &str,
    map: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Row>,
) -> Result<f64> {
    let (file, mapping) = (folder.join(format!("{name}.csv")), folder.join(format!("{name}.toml")));
    let count = written(&file, columns, rows)?;
    std::fs::write(&mapping, map)?;
    let begun = Instant::now();
    let mut import = desk.command(&["import", "--json", "--name", name]);
    let ended = json_of(import.arg(&file).arg("--map").arg(&mapping))?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(ended["written"].as_u64() == Some(count), "of {count} rows of {name} not all were written: {ended}");
    std::fs::remove_file(&file)?;
    Ok(seconds)
}

fn written<Row: IntoIterator<Item = String>>(
    file: &PathBuf,
    columns: &[&str],
    rows: impl Iterator<Item = Row>,
) -> Result<u64> {
    let mut writer = csv::Writer::from_path(file).with_context(|| format!("{} can't be written", file.display()))?;
    writer.write_record(columns)?;
    let mut count = 0;
    for row in rows {
        writer.write_record(row)?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}
