//! `identify`: whether a contact is one that the desk knows already. What is the same person becomes a proposal, or a
//! merge where the desk's owner allows it.

use plugdesk_domain::ContactId;

use crate::draft::Draft;
use crate::error::Error;

/// Asks for a contact of the draft whose name or addresses are new.
pub(crate) fn contact(_draft: &mut Draft<'_>, _id: ContactId) -> Result<(), Error> {
    Ok(())
}
