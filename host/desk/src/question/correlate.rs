//! `correlate`: which tickets report the same problem. They are gathered under a lead ticket as reversible links.

use plugdesk_domain::Ticket;

use crate::draft::Draft;
use crate::error::Error;

/// Asks for a ticket of the draft, and sets what follows.
pub(crate) fn ticket(_draft: &mut Draft<'_>, _ticket: &mut Ticket) -> Result<(), Error> {
    Ok(())
}
