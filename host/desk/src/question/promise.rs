//! `promise`: what a ticket's customer is promised. The contract's targets are one more answer; the earliest due time per
//! metric wins.

use plugdesk_domain::Ticket;

use crate::draft::Draft;
use crate::error::Error;

/// Asks for a ticket of the draft and renegotiates its commitments. `cause`: see the contract's `promise.inquiry`.
pub(crate) fn ticket(_draft: &mut Draft<'_>, _ticket: &mut Ticket, _cause: &str) -> Result<(), Error> {
    Ok(())
}
