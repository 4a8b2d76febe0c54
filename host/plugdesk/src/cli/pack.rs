//! `plugdesk pack`: install, list, remove.

use std::path::{Path, PathBuf};

use axum::body::Body;
use http::Method;
use serde_json::Value;

use super::connection::Desk;
use super::text::{cell, items, plain, segment};
use super::{Failure, Global, Output, connected};

/// What can be done with packs.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Pack {
    /// Check a pack, install it and bind its policies
    #[command(after_help = "Examples:\n  plugdesk pack install plugins/segmentation/target/pack\n  \
                            plugdesk pack install segmentation-0.1.0.tar --approve\n\n\
                            A pack is refused whole or installed whole; what is bound now is never disturbed.")]
    Install {
        /// The pack's folder, or a tar archive of it
        pack: PathBuf,
        /// Grant what an upgrade asks for beyond what is granted now
        #[arg(long)]
        approve: bool,
    },
    /// List the installed packs
    List,
    /// Remove a pack, every version of it, and what it brought that nothing uses
    #[command(after_help = "Example:\n  plugdesk pack remove clinic --unbind\n\n\
                            Old decisions stay, and go on being told in its words.")]
    Remove {
        /// The pack's name
        name: String,
        /// Take the bindings that use it away with it; otherwise they keep it from being removed
        #[arg(long)]
        unbind: bool,
        /// Say what would become of it, and change nothing
        #[arg(long)]
        preview: bool,
    },
}

impl Pack {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        match self {
            Self::Install { pack, approve } => {
                let archive = super::archive::archive(pack)?;
                connected(global, async |connection| {
                    let answer = install(&connection.at_desk().await?, archive, *approve).await?;
                    output.value(&answer)?;
                    tell(pack, &answer, output)
                })
                .await
            }
            Self::List => {
                connected(global, async |connection| {
                    let packs = connection.at_desk().await?.get("/v1/packs").await?;
                    output.value(&packs)?;
                    let rows = items(&packs).iter().map(row).collect();
                    let head = ["pack", "version", "publisher", "plugins", "installed", "digest"];
                    output.table(&head, rows, "no pack is installed")
                })
                .await
            }
            Self::Remove { name, unbind, preview } => {
                connected(global, async |connection| {
                    let path = format!("/v1/packs/{}?unbind={unbind}&preview={preview}", segment(name));
                    let answer = connection.at_desk().await?.delete(&path).await?;
                    output.value(&answer)?;
                    tell_removed(&answer, *preview, output)
                })
                .await
            }
        }
    }
}

/// Installs an archive into a desk; `init` does it too.
pub(crate) async fn install(desk: &Desk<'_>, archive: Vec<u8>, approve: bool) -> Result<Value, Failure> {
    let path = if approve { "/v1/packs?approve=true" } else { "/v1/packs" };
    desk.upload(Method::POST, path, Body::from(archive), "application/x-tar").await
}

/// What was installed, for people.
pub(crate) fn tell(from: &Path, answer: &Value, output: &Output) -> Result<(), Failure> {
    let pack = answer.get("pack").unwrap_or(answer);
    let [name, version] = ["manifest.pack.name", "manifest.pack.version"].map(|path| cell(pack, path));
    output.say(format!("installed {name} {version} from {}", from.display()))?;
    for plugin in pack.get("plugins").and_then(Value::as_array).into_iter().flatten() {
        let questions = plugin.get("questions").map(plain).unwrap_or_default();
        output.say(format!(
            "  {}: answers {questions}; {} vectors passed",
            cell(plugin, "name"),
            cell(plugin, "vectors")
        ))?;
    }
    match answer.get("generation").map(|it| it.get("number").unwrap_or(it)).map(plain) {
        Some(number) if !number.is_empty() => output.say(format!("  in force: generation {number}")),
        _ => Ok(()),
    }
}

/// What was removed, for people.
fn tell_removed(answer: &Value, preview: bool, output: &Output) -> Result<(), Failure> {
    let [name, versions, unbound] = ["pack", "versions", "unbound"].map(|field| cell(answer, field));
    let removed = if preview { "would be removed" } else { "removed" };
    output.say(format!("{removed}: {name} {versions}; {unbound} bindings taken away"))?;
    for (field, told) in [("ended", "ended"), ("kept", "still in use, now the desk's own")] {
        let words = items_of(answer, field);
        if !words.is_empty() {
            output.say(format!("  {told}: {}", words.join(", ")))?;
        }
    }
    output.say(format!("  in force: generation {}", cell(answer, "generation")))
}

fn items_of(answer: &Value, field: &str) -> Vec<String> {
    answer.get(field).and_then(Value::as_array).into_iter().flatten().map(plain).collect()
}

fn row(pack: &Value) -> Vec<String> {
    let plugins: Vec<String> =
        pack.get("plugins").and_then(Value::as_array).into_iter().flatten().map(|it| cell(it, "name")).collect();
    let digest: String = cell(pack, "digest").chars().take(12).collect();
    let [name, version, publisher] =
        ["manifest.pack.name", "manifest.pack.version", "manifest.pack.publisher"].map(|path| cell(pack, path));
    vec![name, version, publisher, plugins.join(", "), cell(pack, "created_at"), digest]
}
