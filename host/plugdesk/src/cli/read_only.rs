//! `plugdesk read-only`: an operator holds writes, and takes them again.

use serde_json::{Value, json};

use super::text::cell;
use super::{Failure, Global, Output, connected};

/// Whether writes are held.
#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "Examples:\n  plugdesk read-only on --why 'moving to a larger disk'\n  plugdesk read-only show\n  \
                        plugdesk read-only off\n\n\
                        While writes are held each is refused with 503 and the reason, timers, webhooks and imports rest, and \
                        reads and backups go on. A restart changes nothing of it."
)]
pub(crate) enum ReadOnly {
    /// Hold writes: nothing is written from now on
    On {
        /// Why, in a sentence; every refused client reads it
        #[arg(long, value_name = "SENTENCE")]
        why: Option<String>,
    },
    /// Take writes again
    Off,
    /// Say whether writes are held
    Show,
}

impl ReadOnly {
    pub(crate) async fn run(&self, global: &Global, output: &Output) -> Result<(), Failure> {
        connected(global, async |connection| {
            let held = match self {
                Self::On { why } => {
                    let mut wanted = json!({ "read_only": true });
                    if let (Some(why), Some(fields)) = (why, wanted.as_object_mut()) {
                        fields.insert("why".to_owned(), why.as_str().into());
                    }
                    connection.put("/v1/hold", &wanted).await?
                }
                Self::Off => connection.put("/v1/hold", &json!({ "read_only": false })).await?,
                Self::Show => connection.get("/v1/hold").await?,
            };
            output.value(&held)?;
            output.say(told(&held))
        })
        .await
    }
}

fn told(held: &Value) -> String {
    let [why, by, since] = ["hold.why", "hold.by", "hold.since"].map(|path| cell(held, path));
    match held.get("read_only") {
        Some(Value::Bool(true)) => format!("writes are held since {since} by {by}: {why}"),
        _ => "writes are taken".to_owned(),
    }
}
