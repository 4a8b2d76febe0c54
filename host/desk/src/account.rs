//! A company as a whole: the nodes above and below, and the people of it.

use plugdesk_domain::question::shown::ShownPerson;
use plugdesk_domain::{Company, CompanyId, StoreError};

use crate::draft::Draft;

/// The nodes above a company, the nearest first, merged ones resolved.
pub(crate) fn ancestors(_draft: &Draft<'_>, _company: Option<CompanyId>) -> Result<Vec<Company>, StoreError> {
    Ok(Vec::new())
}

/// The people of a company and the nodes above whose memberships hold, deciders first.
pub(crate) fn people(_draft: &Draft<'_>, _company: Option<CompanyId>) -> Result<Vec<ShownPerson>, StoreError> {
    Ok(Vec::new())
}
