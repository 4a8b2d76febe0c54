//! Records as policies are shown them.

use plugdesk_domain::question::shown::{
    ShownCompany, ShownContact, ShownEntry, ShownFact, ShownIdentity, ShownMembership, ShownMoney, ShownSignal,
    ShownTicket, ShownTicketDigest,
};
use plugdesk_domain::{
    Author, Company, Contact, ContactId, Entry, Fact, IDENTITY_BY_CONTACT, Identity, Instant, MEMBERSHIP_BY_CONTACT,
    Membership, Scan, Signal, Ticket,
};

/// A contact is shown with so many addresses, and so many memberships, as the contract says.
const MOST_SHOWN: usize = 16;
/// Memberships are looked through so far for those that hold: ended ones stay stored.
const MOST_MEMBERSHIPS: usize = 64;

pub(crate) fn identities_scan(of: ContactId) -> Scan {
    Scan::index(IDENTITY_BY_CONTACT, vec![of.into()]).with_limit(MOST_SHOWN)
}

pub(crate) fn memberships_scan(of: ContactId) -> Scan {
    Scan::index(MEMBERSHIP_BY_CONTACT, vec![of.into()]).with_limit(MOST_MEMBERSHIPS)
}

pub(crate) fn contact(it: &Contact, identities: &[Identity], memberships: &[Membership], now: Instant) -> ShownContact {
    let holding = memberships.iter().filter(|it| it.holds(now));
    let mut identities: Vec<ShownIdentity> = identities.iter().map(identity).collect();
    identities.sort_by(|a, b| (&a.kind, &a.value).cmp(&(&b.kind, &b.value)));
    identities.truncate(MOST_SHOWN);
    ShownContact {
        id: it.id.to_string(),
        name: it.name.clone(),
        segment: it.segment.clone(),
        locale: it.locale.clone(),
        time_zone: it.time_zone.clone(),
        identities,
        memberships: holding.take(MOST_SHOWN).map(membership).collect(),
        created_at: it.created_at,
    }
}

fn identity(it: &Identity) -> ShownIdentity {
    ShownIdentity { kind: it.kind.name().to_owned(), value: it.value.clone(), verified: it.verified }
}

pub(crate) fn membership(it: &Membership) -> ShownMembership {
    ShownMembership {
        company: it.company.to_string(),
        role: it.role.map(|role| role.name().to_owned()),
        aspect: it.aspect.clone(),
        primary: it.primary,
    }
}

pub(crate) fn company(it: &Company) -> ShownCompany {
    ShownCompany {
        id: it.id.to_string(),
        name: it.name.clone(),
        parent: it.parent.map(|id| id.to_string()),
        segment: it.segment.clone(),
        tier: it.tier.clone(),
        worth: it.worth.as_ref().map(|it| ShownMoney { minor: it.minor, currency: it.currency.clone() }),
        domains: it.domains.clone(),
    }
}

pub(crate) fn ticket(it: &Ticket) -> ShownTicket {
    ShownTicket {
        id: it.id.to_string(),
        number: it.number,
        kind: it.kind.clone(),
        subject: it.subject.clone(),
        category: it.category,
        priority: it.priority,
        segment: it.segment.clone(),
        company: it.company.map(|id| id.to_string()),
        requester: it.requester.map(|id| id.to_string()),
        team: it.team.clone(),
        assignee: it.assignee.clone(),
        channel: it.channel.clone(),
        tags: it.tags.clone(),
        opened_at: it.created_at,
        updated_at: it.updated_at,
        touches: it.counters.touches,
        handoffs: it.counters.handoffs,
        reopens: it.counters.reopens,
    }
}

pub(crate) fn digest(it: &Ticket) -> ShownTicketDigest {
    ShownTicketDigest {
        id: it.id.to_string(),
        kind: it.kind.clone(),
        subject: it.subject.clone(),
        category: it.category,
        priority: it.priority,
        requester: it.requester.map(|id| id.to_string()),
        opened_at: it.created_at,
        updated_at: it.updated_at,
    }
}

/// The text as it is stored: of one above 32 KiB that is its beginning already.
pub(crate) fn entry(it: &Entry) -> ShownEntry {
    ShownEntry {
        id: it.id.to_string(),
        kind: it.kind.name().to_owned(),
        from_customer: matches!(it.author, Author::Contact(_)),
        author: match &it.author {
            Author::Contact(id) => Some(id.to_string()),
            Author::Agent(name) => Some(name.clone()),
            Author::System => None,
        },
        text: it.text.clone(),
        locale: it.locale.clone(),
        at: it.at,
    }
}

pub(crate) fn fact(it: &Fact, source: &str) -> ShownFact {
    ShownFact {
        kind: it.kind.clone(),
        value: it.value.clone(),
        source: source.to_owned(),
        confidence: it.confidence,
        at: it.at,
    }
}

pub(crate) fn signal(it: &Signal, source: &str) -> ShownSignal {
    ShownSignal {
        kind: it.kind.clone(),
        score: it.score,
        label: it.label.clone(),
        source: source.to_owned(),
        at: it.at,
    }
}

/// A commitment, with what is left of its time.
pub(crate) fn commitment(
    it: &plugdesk_domain::Commitment,
    turns: &[plugdesk_domain::Turn],
    setup: &crate::setup::Setup,
    now: plugdesk_domain::Instant,
) -> plugdesk_domain::question::shown::ShownCommitment {
    let total = i64::from(it.target.minutes) * 60_000;
    let read = |schedule: &std::sync::Arc<plugdesk_domain::calendar::Schedule>| {
        total - plugdesk_domain::clock::read(&it.target, it.started_at, turns, schedule, now).spent_ms
    };
    plugdesk_domain::question::shown::ShownCommitment {
        id: it.id.to_string(),
        metric: it.target.metric.clone(),
        state: it.state,
        source: it.source.clone(),
        started_at: it.started_at,
        due_at: it.due_at,
        left_ms: setup.schedule(&it.target.calendar).map_or_else(|| it.due_at.since(now), read),
    }
}
