//! One promise as a target: minutes of a calendar's time, or working days of it.

use plugdesk_sdk::prelude::*;

use crate::configuration::{Amount, Escalation, Row};
use crate::ladder::unknown;

impl Row {
    /// The target for a priority, by its place in tables; none: it is promised nothing.
    pub(crate) fn target(
        &self,
        policy: &Escalation,
        priority: usize,
        inquiry: &promise::Inquiry,
        desk: &impl Desk,
    ) -> Result<Option<Target>, Fault> {
        let calendar = policy.calendar(&self.calendar);
        let of = |amounts: &[u32; 4]| amounts.get(priority).copied().filter(|&amount| amount > 0);
        let made = match &self.amount {
            Amount::Minutes(amounts) => of(amounts).map(|minutes| Target::new(&*self.metric, minutes, calendar)),
            Amount::WorkingDays(amounts) => match of(amounts) {
                None => None,
                Some(days) => {
                    let start = self.start(inquiry, desk)?;
                    let made = Target::within_working_days(&*self.metric, days, calendar, start, desk);
                    Some(made.ok_or_else(|| unknown(calendar))?)
                }
            },
        };
        Ok(made.map(|made| {
            let pauses: Vec<Category> = self.pauses.iter().copied().map(Category::from).collect();
            let warn = u64::from(made.minutes) * u64::from(self.warn_percent) / 100;
            let made = made.pausing(&pauses);
            match u32::try_from(warn) {
                Ok(warn @ 1..) => made.warning(warn),
                _ => made,
            }
        }))
    }

    /// When its clock begins, or began: asked again, days are counted from the same day, and it is promised as before.
    fn start(&self, inquiry: &promise::Inquiry, desk: &impl Desk) -> Result<Instant, Fault> {
        let runs = |it: &&Commitment| match it.state {
            CommitmentState::Pending | CommitmentState::AtRisk | CommitmentState::Paused => true,
            // What was kept too late in the ticket's earlier life is promised afresh.
            CommitmentState::Breached => inquiry.cause != "reopened",
            CommitmentState::Met | CommitmentState::Renegotiated | CommitmentState::Cancelled => false,
        };
        let commitments = desk.commitments()?;
        let begun = commitments.iter().rev().filter(|it| it.metric == self.metric).find(runs);
        let fresh = if inquiry.cause == "opened" { inquiry.ticket.opened_at } else { inquiry.circumstances.now };
        Ok(begun.map_or(fresh, |it| it.started_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_in_working_days_is_due_when_the_last_of_them_closes() {
        let targets = r#"[{"metric": "resolution", "working_days": {"urgent": 1, "*": 2}, "calendar": "office"}]"#;
        let configured = format!(r#"{{"promises": {{"all": {{"rank": 1, "name": "all", "targets": {targets}}}}}}}"#);
        let policy: Escalation = Pretend::policy(&configured).unwrap();
        let mut inquiry = promise::Inquiry {
            circumstances: Pretend::circumstances(1_790_000_000_000),
            ticket: Pretend::ticket("support", "A lift is stuck", 0),
            cause: "opened".to_owned(),
            track: None,
            grade: None,
            tier: None,
            contract: Vec::new(),
        };
        // Opened on a Monday at nine.
        let monday = 4 * DAY + 9 * 60 * 60_000;
        inquiry.ticket.opened_at = monday;
        let desk = Pretend::desk().with_calendar("office", &[1, 2, 3, 4, 5], 9..17);
        let promised = policy.promise(&inquiry, &desk).unwrap().unwrap();
        assert_eq!((promised.targets[0].minutes, promised.targets[0].warn_minutes), (3 * 480, Some(360)));
        // Asked again on another day, it is promised as before; and afresh, if it was kept meanwhile.
        inquiry.cause = "priority".to_owned();
        let owed = Commitment { started_at: monday, ..Pretend::owed("resolution", monday, 1) };
        let again = Pretend::desk().with_calendar("office", &[1, 2, 3, 4, 5], 9..17).with_commitment(owed);
        assert_eq!(policy.promise(&inquiry, &again).unwrap(), Some(promised));
        inquiry.circumstances.now = monday + 7 * DAY + 60 * 60_000;
        assert_eq!(policy.promise(&inquiry, &desk).unwrap().unwrap().targets[0].minutes, 3 * 480 - 60);
        (inquiry.cause, inquiry.ticket.priority) = ("opened".to_owned(), Priority::Urgent);
        assert_eq!(policy.promise(&inquiry, &desk).unwrap().unwrap().targets[0].minutes, 2 * 480);
        let fault = policy.promise(&inquiry, &Pretend::desk()).unwrap_err();
        assert!(matches!(&fault, Fault::Misconfigured(text) if text.contains("`office`")), "{fault:?}");
        for wrong in ["{\"metric\": \"m\"}", "{\"metric\": \"m\", \"minutes\": 1, \"working_days\": 1}"] {
            let configured =
                format!(r#"{{"promises": {{"all": {{"rank": 1, "name": "all", "targets": [{wrong}]}}}}}}"#);
            let problems = Pretend::policy::<Escalation>(&configured).unwrap_err();
            assert_eq!(problems[0].pointer, "/promises/all/targets/0");
        }
    }
}
