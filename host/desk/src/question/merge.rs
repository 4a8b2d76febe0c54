//! `merge`: which values show when two records become one.

use plugdesk_domain::FieldPlan;
use plugdesk_domain::question::classify::Subject;

use crate::draft::Draft;
use crate::error::Error;

/// Asks for the plan of a merge; a policy may refuse it.
// Used by the merge commands.
#[allow(dead_code)]
pub(crate) fn plan(_draft: &mut Draft<'_>, _winner: Subject, _loser: Subject) -> Result<FieldPlan, Error> {
    Ok(FieldPlan::new())
}
