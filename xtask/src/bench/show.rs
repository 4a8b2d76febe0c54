//! The report as tables.

use serde_json::{Map, Value};

/// A column: its head, its width, the field, and the decimals.
type Column = (&'static str, usize, &'static str, usize);

/// Shows every part that there is.
pub(super) fn all(report: &Map<String, Value>) {
    let rows = |name: &str| report.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(it) = report.get("question") {
        question(it);
    }
    if report.contains_key("create") {
        create("a consumer's lead", &rows("create"), &rows("limit"), None);
        create("a lead of a known company", &rows("create_known"), &rows("limit"), report.get("policies"));
    }
    if report.contains_key("growth") {
        growth(&rows("growth"), report.get("growth_ratio"));
    }
    for (name, what) in [
        ("import_leads_per_s", "leads a second through `plugdesk import`, every row asked of every policy"),
        ("cold_start_ms", "milliseconds from the start of the process until a ticket is made"),
        ("rebuild_keys_per_s", "keys a second built anew from snapshot and journal"),
    ] {
        if let Some(value) = report.get(name) {
            println!("\n{value} {what}");
        }
    }
    let shown = ["question", "create", "create_known", "limit", "policies", "growth", "growth_ratio", "broken"];
    for (name, fields) in report.iter().filter(|(name, _)| !shown.contains(&name.as_str())) {
        if let Value::Object(fields) = fields {
            println!("\n{name}");
            plain(fields);
        }
    }
}

fn question(question: &Value) {
    let micros = |name: &str| question[name].as_f64().unwrap_or(f64::NAN) / 1e3;
    println!("\none question (lead-qualification, 12 attributes, 5 entries, 5 digests, limits on; median)");
    println!("  natively           {:8.2} µs", micros("native_ns"));
    println!("  reused instance    {:8.2} µs", micros("reused_ns"));
    println!("  fresh instance     {:8.2} µs   fuel {}", micros("fresh_ns"), question["fuel"]);
}

fn create(what: &str, create: &[Value], limit: &[Value], policies: Option<&Value>) {
    println!("\ncreating {what} over HTTP, durable; and the limit: append the body to a file, the same group flush");
    println!(
        "  connections   tickets/s   p50 ms   p99 ms   failed |   limit/s   p50 ms   p99 ms |  share of the limit"
    );
    let figure = |row: &Value, name: &str| row[name].as_f64().unwrap_or(f64::NAN);
    for (create, limit) in create.iter().zip(limit) {
        println!(
            "  {:>11}   {:9.0} {:8.2} {:8.2} {:8} | {:9.0} {:8.2} {:8.2} | {:8.2}",
            create["connections"],
            figure(create, "per_s"),
            figure(create, "p50_ms"),
            figure(create, "p99_ms"),
            create["failed"],
            figure(limit, "per_s"),
            figure(limit, "p50_ms"),
            figure(limit, "p99_ms"),
            figure(create, "per_s") / figure(limit, "per_s"),
        );
    }
    for (policy, questions) in policies.and_then(Value::as_object).into_iter().flatten() {
        let questions = questions.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
        println!("  asked each time: {policy} ({})", questions.join(", "));
    }
}

fn growth(rows: &[Value], ratio: Option<&Value>) {
    println!("\ntickets in the desk: reads, pages of 50 and creations (median, µs), memory and disk; a cache of 32 MB");
    let columns: [Column; 16] = [
        ("tickets", 8, "tickets", 0),
        ("by id", 6, "get_p50_us", 0),
        ("p99", 6, "get_p99_us", 0),
        ("newest", 7, "list_p50_us", 0),
        ("deep", 7, "list_deep_p50_us", 0),
        ("due", 7, "list_due_p50_us", 0),
        ("deep", 7, "list_due_deep_p50_us", 0),
        ("agent's", 7, "list_assignee_p50_us", 0),
        ("score", 7, "list_score_p50_us", 0),
        ("deep", 7, "list_score_deep_p50_us", 0),
        ("search", 7, "search_p50_us", 0),
        ("create", 7, "create_p50_us", 0),
        ("/s at 64", 8, "create_per_s", 0),
        ("import/s", 8, "import_per_s", 0),
        ("RSS MB", 7, "rss_mb", 0),
        ("disk MB", 7, "disk_mb", 0),
    ];
    println!("  {}", columns.iter().map(|(head, width, ..)| format!("{head:>width$}")).collect::<Vec<_>>().join(" "));
    for row in rows {
        let cell = |(_, width, name, decimals): &Column| {
            format!("{:>width$.decimals$}", row[*name].as_f64().unwrap_or(f64::NAN))
        };
        println!("  {}", columns.iter().map(cell).collect::<Vec<_>>().join(" "));
    }
    let cell = |(place, (_, width, name, _)): (usize, &Column)| match ratio.and_then(|it| it[*name].as_f64()) {
        Some(ratio) => format!("{:>width$}", format!("×{ratio:.2}")),
        None => format!("{:>width$}", if place == 0 { "large" } else { "" }),
    };
    println!("  {}", columns.iter().enumerate().map(cell).collect::<Vec<_>>().join(" ").trim_end());
}

fn plain(fields: &Map<String, Value>) {
    for (name, value) in fields {
        println!("  {name:<26} {value}");
    }
}
