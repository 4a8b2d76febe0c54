//! What of a record a principal sees. A customer sees what was said and where the matter stands, not how the desk judges
//! and handles it.

use plugdesk_desk::WebhookView;
use plugdesk_desk::{BindingView, CompanyView, ContactView, Done};
use plugdesk_domain::Escalation;
use plugdesk_domain::principal::{Act, Area, Role};
use plugdesk_domain::{
    Agent, Calendar, Contact, Contract, Decision, Definition, Entry, ExternalIds, Generation, Import, Link, Membership,
    Merge, Principal, Proposal, Team, Ticket, Tracked,
};
use plugdesk_domain::{Commitment, Counters};
use plugdesk_domain::{Delivery, Reaction};

/// What is shown to people; every kind of record says what of it a customer sees.
pub(crate) trait Seen: Sized {
    /// What a customer sees of it.
    fn for_customer(self) -> Self;

    /// What that principal sees of it.
    fn seen_by(self, by: &Principal) -> Self {
        match by.role {
            Role::Customer => self.for_customer(),
            Role::Operator | Role::Admin | Role::Agent | Role::Author | Role::Auditor => self,
        }
    }
}

/// What that principal sees of a write: the decision is for who may read decisions.
pub(crate) fn seen<T: Seen>(done: Done<T>, by: &Principal) -> Done<T> {
    let decision = done.decision.filter(|_| by.may(Area::Record, Act::Read));
    Done { value: done.value.seen_by(by), decision, repeated: done.repeated }
}

// Field by field, so that a new field breaks the build and somebody decides whom it is for.
impl Seen for Ticket {
    fn for_customer(self) -> Self {
        Self {
            external_ids: ExternalIds::default(),
            segment: None,
            participants: Vec::new(),
            team: None,
            assignee: None,
            next_action: None,
            qualified: None,
            id: self.id,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            custom: self.custom,
            number: self.number,
            kind: self.kind,
            subject: self.subject,
            state: self.state,
            category: self.category,
            priority: self.priority,
            company: self.company,
            requester: self.requester,
            channel: self.channel,
            tags: self.tags,
            // How often it changed hands or came back is the desk's own measure.
            counters: Counters { touches: self.counters.touches, ..Counters::default() },
            // The customer reads the track; the decision's id opens nothing to a customer.
            tracked: self.tracked.map(|it| Tracked { risk: 0, checks: Vec::new(), people: Vec::new(), ..it }),
            // What was promised; whose word it was and who hears of it is the desk's.
            commitments: self.commitments.into_iter().filter_map(Commitment::for_customer).collect(),
            turns: Vec::new(),
            snoozed_until: None,
            escalated: None,
            deferred: Vec::new(),
            timer_depth: 0,
            imported_at: self.imported_at,
            // That ticket may be another person's; whoever asks for this one is given it if it is the customer's own.
            merged_into: None,
        }
    }
}

impl Seen for Contact {
    fn for_customer(self) -> Self {
        Self {
            external_ids: ExternalIds::default(),
            segment: None,
            id: self.id,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            custom: self.custom,
            state: self.state,
            name: self.name,
            locale: self.locale,
            time_zone: self.time_zone,
            shared: Vec::new(),
            merged_into: self.merged_into,
        }
    }
}

impl Seen for ContactView {
    fn for_customer(self) -> Self {
        Self {
            contact: self.contact.for_customer(),
            identities: self.identities,
            memberships: Vec::new(),
            merged_from: None,
            merged: Vec::new(),
        }
    }
}

macro_rules! whole {
    ($($name:ident)*) => {$(
        impl Seen for $name {
            fn for_customer(self) -> Self { self }
        }
    )*};
}

// The desk gives a customer no entry but those that are public, and nothing at all of the others.
whole!(WebhookView Delivery Reaction);
whole!(Escalation);
whole!(Entry CompanyView Link Membership Merge Proposal Decision Import BindingView Generation);
// Customers are given none of these.
whole!(Agent Calendar Contract Definition Team);
