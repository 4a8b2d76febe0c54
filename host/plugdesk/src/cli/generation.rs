//! `plugdesk generation`: list, diff, rollback.

use serde_json::{Value, json};

use super::text::{cell, items, plain};
use super::{Failure, Global, Output, connected};

/// What can be done with generations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Generation {
    /// List the generations, the newest first
    List,
    /// Tell what distinguishes two generations: bindings added, removed and changed, configurations included
    #[command(
        after_help = "Examples:\n  plugdesk generation diff 3 4\n  plugdesk generation diff 0 4   everything that generation 4 binds"
    )]
    Diff {
        /// The first generation's number; 0: before anything was bound
        from: u64,
        /// The second one's; else the one in force
        to: Option<u64>,
    },
    /// Bind again what an earlier generation bound; this makes a new one
    Rollback {
        /// The earlier generation's number
        number: u64,
    },
}

impl Generation {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let desk = connection.at_desk().await?;
            match self {
                Self::List => {
                    let answer = desk.get("/v1/generations").await?;
                    output.value(&answer)?;
                    let row = |item: &Value| {
                        let count = item.get("bindings").and_then(Value::as_array).map_or(0, Vec::len);
                        let [number, at, by, why] = ["number", "created_at", "by", "why"].map(|name| cell(item, name));
                        vec![number, at, by, count.to_string(), why]
                    };
                    let rows = items(&answer).iter().map(row).collect();
                    output.table(&["number", "made", "by", "bindings", "why"], rows, "no generation yet")
                }
                Self::Diff { from, to } => {
                    let to = match to {
                        Some(to) => to.to_string(),
                        None => {
                            let newest = desk.get("/v1/generations?limit=1").await?;
                            items(&newest).first().map_or_else(|| "0".to_owned(), |it| cell(it, "number"))
                        }
                    };
                    let diff = desk.get(&format!("/v1/generations/{from}/diff/{to}")).await?;
                    output.value(&diff)?;
                    let head = ["", "policy", "question", "scope", "field", "before", "after"];
                    output.table(&head, diff_rows(&diff), &format!("generations {from} and {to} bind the same"))
                }
                Self::Rollback { number } => {
                    let answer = desk.post(&format!("/v1/generations/{number}/rollback"), &json!({})).await?;
                    output.value(&answer)?;
                    let made = cell(&answer, "number");
                    output.say(format!("generation {made} binds again what generation {number} bound"))
                }
            }
        })
        .await
    }
}

/// `+` came, `-` went, `~` changed: a row for each binding, or for each difference of one.
fn diff_rows(diff: &Value) -> Vec<Vec<String>> {
    let list = |value: &Value, name: &str| value.get(name).map(|it| items(it).to_vec()).unwrap_or_default();
    let whole = |mark: &str, it: &Value| {
        let [policy, question, scope] = ["policy", "question", "scope"].map(|name| cell(it, name));
        let [pack, version, mode] = ["pack", "pack_version", "mode"].map(|name| cell(it, name));
        let what = format!("{pack} {version}, {mode}");
        let (before, after) = if mark == "-" { (what, String::new()) } else { (String::new(), what) };
        vec![mark.to_owned(), policy, question, scope, String::new(), before, after]
    };
    let mut rows: Vec<Vec<String>> = list(diff, "removed").iter().map(|it| whole("-", it)).collect();
    rows.extend(list(diff, "added").iter().map(|it| whole("+", it)));
    for binding in list(diff, "changed") {
        let [policy, question] = ["policy", "question"].map(|name| cell(&binding, name));
        for it in list(&binding, "differences") {
            let shown = |name: &str| it.get(name).map(plain).unwrap_or_default();
            let (field, before, after) = (cell(&it, "field"), shown("before"), shown("after"));
            rows.push(vec!["~".to_owned(), policy.clone(), question.clone(), String::new(), field, before, after]);
        }
        if binding.get("more") == Some(&Value::Bool(true)) {
            let more = "and more".to_owned();
            rows.push(vec!["~".to_owned(), policy, question, String::new(), more, String::new(), String::new()]);
        }
    }
    rows
}
