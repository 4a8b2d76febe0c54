//! What was told to policies and what they asked for: all that a replay needs, kept behind the answer.

use plugdesk_domain::question::Inquiry;
use plugdesk_domain::{BindingId, DecisionId, Digest};
use serde::{Deserialize, Serialize};

use crate::transcript::Exchange;

/// The input of a decision: of every call in the order in which it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capture {
    /// The decision.
    pub decision: DecisionId,
    /// The contract that the host spoke, such as `plugdesk:desk@0.1.0`.
    pub contract: String,
    /// The calls.
    pub calls: Vec<CapturedCall>,
}

/// One call of one policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapturedCall {
    /// The binding.
    pub binding: BindingId,
    /// The policy's name.
    pub policy: String,
    /// The component.
    pub component: Digest,
    /// The configuration.
    pub configuration: Digest,
    /// Of the prepared settings: preparing that configuration again must come to the same.
    pub settings: Digest,
    /// The question as put.
    pub inquiry: Inquiry,
    /// What the policy asked of its context and heard.
    pub context: Vec<Exchange>,
}

impl Capture {
    /// As stored: JSON, which the store compresses.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Texts, integers and JSON values always serialise.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// As read back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| format!("the capture can't be read: {error}"))
    }
}
