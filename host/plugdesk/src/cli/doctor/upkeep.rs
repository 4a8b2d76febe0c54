//! What a desk needs somebody to see to: webhooks that were switched off, imports that stopped, keys that end, calendars
//! that run out, backups.

use plugdesk_domain::Instant;
use serde_json::Value;

use super::findings::{Findings, Grade};
use crate::cli::connection::{Connection, Desk};
use crate::cli::text::{cell, items, plain};

const DAY_MS: i64 = 24 * 3_600_000;
/// A key that ends so soon is told of: time to hand out another and to move programs over.
const KEY_NOTICE_MS: i64 = 14 * DAY_MS;
/// A webhook that failed for less may have met a receiver that is being restarted.
const WEBHOOK_PATIENCE_MS: i64 = 3_600_000;
/// An import that waits for its file longer was forgotten.
const IMPORT_PATIENCE_MS: i64 = DAY_MS;
/// A desk without a backup for longer than a week loses more than anybody remembers.
const BACKUP_MS: i64 = 7 * DAY_MS;
/// A desk younger than that needs no backup yet.
const YOUNG_MS: i64 = DAY_MS;
/// From this month on a calendar should know the next year's holidays: promises of that length are being made.
const NEXT_YEAR_FROM_MONTH: u8 = 11;
/// Imports that are looked at, newest first.
const MOST_IMPORTS: usize = 50;

/// Looks over what stands in one desk.
pub(super) async fn look(connection: &Connection, name: &str, now: Instant, found: &mut Findings) {
    let desk = connection.desk(name);
    let looked: [(&str, Result<Value, _>); 3] = [
        ("/v1/webhooks", desk.get("/v1/webhooks").await),
        ("/v1/calendars", desk.get("/v1/calendars").await),
        ("/v1/imports", newest_imports(&desk).await),
    ];
    for (path, answer) in looked {
        match (path, answer) {
            (_, Err(failure)) => {
                found.add_as(
                    "unread",
                    Grade::Bad,
                    "desk",
                    format!("desk {name}: {path}: {}", failure.message),
                    failure.help,
                );
            }
            ("/v1/webhooks", Ok(list)) => items(&list).iter().for_each(|it| webhook(name, it, now, found)),
            ("/v1/calendars", Ok(list)) => items(&list).iter().for_each(|it| calendar(name, it, now, found)),
            (_, Ok(list)) => items(&list).iter().for_each(|it| import(name, it, now, found)),
        }
    }
}

async fn newest_imports(desk: &Desk<'_>) -> Result<Value, crate::cli::Failure> {
    Ok(Value::Array(desk.pages("/v1/imports", MOST_IMPORTS).await?))
}

fn webhook(desk: &str, hook: &Value, now: Instant, found: &mut Findings) {
    let [id, title, disabled] = ["id", "title", "disabled"].map(|path| cell(hook, path));
    let title = if title.is_empty() { &id } else { &title };
    if !disabled.is_empty() {
        let help = format!(
            "mend the receiver, then `plugdesk --desk {desk} webhook set {id} on`; what it missed is in the log"
        );
        let says = format!("desk {desk}: {title} was switched off: {disabled}");
        found.add_as("webhook-disabled", Grade::Bad, "webhook", says, Some(help));
    } else if let Some(since) = instant(hook, "failing_since").filter(|at| late(*at, now, WEBHOOK_PATIENCE_MS)) {
        let help = format!("`plugdesk --desk {desk} webhook deliveries {id}` shows what its receiver answers");
        let says = format!("desk {desk}: {title} takes nothing since {since}");
        found.add_as("webhook-failing", Grade::Warn, "webhook", says, Some(help));
    }
}

fn import(desk: &str, import: &Value, now: Instant, found: &mut Findings) {
    let [name, state, failure] = ["name", "state", "failure"].map(|path| cell(import, path));
    let again =
        || Some(format!("plugdesk --desk {desk} import FILE --map MAP --name {name}    (no row is written twice)"));
    let old = instant(import, "updated_at").is_some_and(|at| late(at, now, IMPORT_PATIENCE_MS));
    match state.as_str() {
        "failed" => {
            let says = format!("desk {desk}: the import {name} stopped: {failure}");
            found.add_as("import-failed", Grade::Warn, "import", says, again());
        }
        "waiting" if old => {
            let says = format!("desk {desk}: the import {name} waits for its file since a day");
            found.add_as("import-waiting", Grade::Warn, "import", says, again());
        }
        "checking" | "writing" if old => {
            let says = format!("desk {desk}: the import {name} is at its work since a day");
            let help =
                "it goes on where the desk is served and takes writes; a restart makes it begin again".to_owned();
            found.add_as("import-unfinished", Grade::Warn, "import", says, Some(help));
        }
        _ => {}
    }
}

/// A calendar that had holidays and knows none of the next year.
fn calendar(desk: &str, calendar: &Value, now: Instant, found: &mut Findings) {
    let name = cell(calendar, "name");
    let days = calendar.get("holidays").and_then(Value::as_object);
    let Some(last) = days.and_then(|days| days.keys().max()) else { return };
    // Both begin with the year, and the moment goes on with the month.
    let now = now.to_string();
    let number = |text: &str, from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u16>().ok());
    let (Some(year), Some(month), Some(known)) = (number(&now, 0, 4), number(&now, 5, 7), number(last, 0, 4)) else {
        return;
    };
    let needed = if month >= u16::from(NEXT_YEAR_FROM_MONTH) { year.saturating_add(1) } else { year };
    if known < needed {
        let says = format!("desk {desk}: {name} knows no holidays of {needed}; its last is {last}");
        let help = format!(
            "plugdesk --desk {desk} calendar holidays COUNTRY --years {needed} --set {name}    (or set it from your own file)"
        );
        found.add_as("calendar-ending", Grade::Warn, "calendar", says, Some(help));
    }
}

/// Keys that end soon, of every desk and of operators.
pub(super) async fn keys(connection: &Connection, now: Instant, found: &mut Findings) {
    let keys = match connection.get("/v1/keys").await {
        Ok(keys) => keys,
        Err(failure) => return found.add_as("unread", Grade::Bad, "keys", failure.message, failure.help),
    };
    for key in items(&keys).iter().filter(|key| key.get("revoked_at").is_none()) {
        let Some(ends) = instant(key, "expires_at") else { continue };
        if ends <= now || ends.millis().saturating_sub(now.millis()) > KEY_NOTICE_MS {
            continue;
        }
        let [id, label, role] = ["id", "label", "role"].map(|path| cell(key, path));
        let says = format!("`{label}` ({role}, {id}) ends at {ends}");
        let help = format!("plugdesk key create --role {role} --label '{label}', give it to who uses the old one");
        found.add_as("key-ending", Grade::Warn, "key", says, Some(help));
    }
}

/// Whether everything was backed up lately.
pub(super) fn backup(health: &Value, now: Instant, found: &mut Findings) {
    let help = || Some("plugdesk backup FILE, onto another disk; every night from a timer".to_owned());
    let oldest = health.get("desks").map(items).unwrap_or_default();
    let oldest = oldest.iter().filter_map(|it| instant(it.get("desk")?, "created_at")).min();
    match health.get("last_backup").and_then(|last| instant(last, "at")) {
        Some(at) if late(at, now, BACKUP_MS) => {
            found.add_as("backup-old", Grade::Warn, "backup", format!("the last one is of {at}"), help());
        }
        Some(at) => found.add(Grade::Good, "backup", format!("the last one is of {at}"), None),
        None if oldest.is_some_and(|at| late(at, now, YOUNG_MS)) => {
            found.add_as("backup-missing", Grade::Warn, "backup", "none was ever made", help());
        }
        None => {}
    }
}

/// Whether more than `patience` passed since.
fn late(at: Instant, now: Instant, patience: i64) -> bool {
    now.millis().saturating_sub(at.millis()) > patience
}

/// The moment in that field.
pub(super) fn instant(value: &Value, name: &str) -> Option<Instant> {
    value.get(name).map(plain).and_then(|text| serde_json::from_value(Value::String(text)).ok())
}
