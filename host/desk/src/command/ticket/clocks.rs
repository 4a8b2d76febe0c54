//! A ticket's clocks: its turns, and what became of its commitments. The arithmetic is [`plugdesk_domain::clock`]'s.

use plugdesk_domain::{Instant, Ticket};

use crate::draft::Draft;
use crate::error::Error;
use crate::question::escalate::Cause;

/// What a command did that clocks go by, beside the category.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Heard {
    /// An agent replied or called, at that time.
    pub(crate) answered: Option<Instant>,
    /// The customer said something, at that time.
    pub(crate) spoken: Option<Instant>,
}

/// Brings the clocks to now: notes a change of category, meets what was kept, tells what is at risk or breached. Gives
/// back what `escalate` is asked about.
pub(crate) fn advance(
    _draft: &mut Draft<'_>,
    _before: Option<&Ticket>,
    _ticket: &mut Ticket,
    _heard: Heard,
) -> Result<Vec<Cause>, Error> {
    Ok(Vec::new())
}
