//! What the recorded bytes told the outside: answers to clients, deliveries to webhooks.

use serde_json::Value;

use super::disk::recording::Call;

/// A delivery that left.
pub(super) struct Sent {
    /// The webhook's name, which is its address's path.
    pub(super) hook: String,
    pub(super) delivery: String,
    pub(super) sequence: u64,
}

/// The text of a call that told something.
fn text(call: &Call) -> Option<&str> {
    let Call::Told { bytes } = call else { return None };
    std::str::from_utf8(bytes).ok()
}

fn header(text: &str, name: &str) -> Option<String> {
    let head = text.split("\r\n\r\n").next()?;
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
}

/// The id of the request that a call began to answer with a success.
pub(super) fn answered(call: &Call) -> Option<String> {
    let text = text(call)?;
    if !text.starts_with("HTTP/1.1 2") {
        return None;
    }
    header(text, "x-request-id")
}

/// The delivery that a call sent.
pub(super) fn sent(call: &Call) -> Option<Sent> {
    let text = text(call)?;
    let hook = text.strip_prefix("POST /")?.split(' ').next()?.to_owned();
    let body: Value = serde_json::from_str(text.split_once("\r\n\r\n")?.1).ok()?;
    Some(Sent { hook, delivery: header(text, "webhook-id")?, sequence: body["data"]["sequence"].as_u64()? })
}
