//! `escalation.acknowledge`: somebody takes an escalated matter, and it climbs no further (lesson 13).

use plugdesk_domain::{Escalation, EscalationId, EscalationState, Principal, RecordsExt, Ticket};
use serde_json::Map;

use super::{existing, not_for_customers};
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::path::Command;
use crate::presence;
use crate::view::{Done, How};

struct Acknowledge {
    id: EscalationId,
}

impl Desk {
    /// Takes an escalation: it climbs no further. Who took it first stays.
    pub async fn escalation_acknowledge(
        &self,
        by: &Principal,
        id: EscalationId,
        how: &How,
    ) -> Result<Done<Escalation>, Error> {
        self.submit(by, how, Acknowledge { id }).await
    }
}

impl Command for Acknowledge {
    type Value = Escalation;
    const NAME: &'static str = "escalation.acknowledge";
    const STATUS: u16 = 200;

    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Escalation, Error> {
        not_for_customers(draft, "acknowledge escalations")?;
        draft.subject = self.id.to_string();
        let mut escalation: Escalation = existing(draft, "escalation", self.id, self.id)?;
        match escalation.state {
            EscalationState::Open => {}
            // Saying it twice changes nothing.
            EscalationState::Acknowledged => return Ok(escalation),
            EscalationState::Ended => return Err(Error::invalid("", "it has ended: its ticket has")),
        }
        let ticket: Option<Ticket> = draft.find(escalation.ticket)?;
        if let Some(winner) = ticket.as_ref().and_then(|it| it.merged_into) {
            return Err(Error::invalid("", format!("its ticket rests: {winner} stands for it")));
        }
        escalation.state = EscalationState::Acknowledged;
        escalation.acknowledged_by = Some(presence::who(draft.by));
        escalation.acknowledged_at = Some(draft.now);
        draft.change(escalation);
        let mut data = Map::new();
        data.insert("escalation".to_owned(), self.id.to_string().into());
        let escalation: Escalation = draft.peek(self.id)?.ok_or_else(|| Error::not_found("escalation", self.id))?;
        data.insert("level".to_owned(), escalation.level.into());
        if let Some(mut ticket) = ticket
            && let Some(escalated) = ticket.escalated.as_mut().filter(|it| it.id == self.id)
        {
            escalated.acknowledged = true;
            escalated.look_again = None;
            draft.change(ticket);
        }
        draft.tell("escalation.acknowledged", escalation.ticket, data);
        Ok(escalation)
    }

    fn again(&self, desk: &Inner, subject: &str) -> Result<Escalation, Error> {
        let id: EscalationId = subject.parse().map_err(|_| Error::not_found("escalation", subject))?;
        desk.records.find(id)?.ok_or_else(|| Error::not_found("escalation", id))
    }
}
