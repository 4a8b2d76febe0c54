//! What tests of promises share: targets, calendars, and turning the clock while the desk's timers run.

use plugdesk_desk::{
    Desk, How, NewCalendar, NewCommitment, NewDefinition, NewEntry, NewTarget, NewTicket, TicketPatch,
};
use plugdesk_domain::question::promise::Promised;
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{
    Author, Category, Commitment, CommitmentState, ContactId, DefinitionSort, EntryKind, Event, Hours, Outcome, Target,
    Ticket, TicketId, Weekday,
};

use super::stand::{Policy, Stand, wait};

pub(crate) const MINUTE: i64 = 60_000;

pub(crate) fn target(metric: &str, minutes: u32) -> NewTarget {
    NewTarget { metric: metric.into(), minutes, calendar: None, pauses: vec![], warn_minutes: None }
}

pub(crate) fn owed(metric: &str, minutes: u32) -> Target {
    let (metric, calendar) = (metric.into(), "always".into());
    Target { metric, minutes, calendar, pauses: vec![], warn_minutes: None }
}

pub(crate) fn promised(targets: Vec<Target>) -> Outcome {
    let (due, reasons, facts, signals) = (vec![], vec![], vec![], vec![]);
    Outcome::Answered(Some(Answer::Promise(Promised { targets, due, reasons, facts, signals })))
}

/// Promises what `of` says of each inquiry.
pub(crate) fn promiser(
    name: &str,
    rank: u32,
    of: impl Fn(&plugdesk_domain::question::promise::Inquiry) -> Vec<Target> + Send + Sync + 'static,
) -> Policy {
    Policy::new(name, "promise", rank, move |call| match call.inquiry {
        Inquiry::Promise(inquiry) => promised(of(inquiry)),
        other => panic!("asked was `{}`", other.question()),
    })
}

pub(crate) fn ticket_in(segment: &str) -> NewTicket {
    NewTicket { subject: "It does not work".into(), segment: Some(segment.into()), ..NewTicket::default() }
}

impl Stand {
    /// A desk whose segment `company` promises that.
    pub(crate) fn promising(targets: Vec<NewTarget>) -> Self {
        let stand = Self::new(&[]);
        stand.segment("company", targets);
        stand
    }

    pub(crate) fn segment(&self, name: &str, targets: Vec<NewTarget>) {
        let new = NewDefinition { targets, ..NewDefinition::default() };
        wait(self.desk.definition_put(&self.admin(), DefinitionSort::Segment, name, new, &How::default())).unwrap();
    }

    /// A calendar of working days, in Warsaw.
    pub(crate) fn calendar(&self, name: &str, hours: &[(&str, &str)]) {
        let hours: Vec<Hours> =
            hours.iter().map(|(from, to)| Hours { from: (*from).into(), to: (*to).into() }).collect();
        let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
        let week = days.into_iter().map(|day| (day, hours.clone())).collect();
        let new = NewCalendar { time_zone: "Europe/Warsaw".into(), week, ..NewCalendar::default() };
        wait(self.desk.calendar_put(&self.admin(), name, new, &How::default())).unwrap();
    }

    pub(crate) fn open(&self, new: NewTicket) -> Ticket {
        wait(self.desk.ticket_create(&self.agent(), new, &How::default())).unwrap().value
    }

    pub(crate) fn update(&self, id: TicketId, patch: TicketPatch) -> Ticket {
        wait(self.desk.ticket_update(&self.agent(), id, patch, &How::default())).unwrap().value
    }

    pub(crate) fn stands(&self, id: TicketId, category: Category) -> Ticket {
        self.update(id, TicketPatch { category: Some(category), ..TicketPatch::default() })
    }

    pub(crate) fn promise(&self, id: TicketId, what: &str, minutes: u32) -> Ticket {
        let new = NewCommitment { what: what.into(), minutes: Some(minutes), ..NewCommitment::default() };
        wait(self.desk.commitment_make(&self.agent(), id, new, &How::default())).unwrap().value
    }

    /// The customer says something.
    pub(crate) fn asked(&self, id: TicketId, contact: ContactId) {
        self.say(id, EntryKind::Reply, Some(Author::Contact(contact)));
    }

    /// An agent answers.
    pub(crate) fn answered(&self, id: TicketId) {
        self.say(id, EntryKind::Reply, None);
    }

    pub(crate) fn say(&self, id: TicketId, kind: EntryKind, author: Option<Author>) {
        let new = NewEntry { kind, author, ..NewEntry::reply("Something.") };
        wait(self.desk.entry_add(&self.agent(), id, new, &How::default())).unwrap();
    }

    /// Turns the clock by so many minutes, and lets the timers run.
    pub(crate) fn minutes(&self, minutes: i64) {
        self.clock.turn(minutes * MINUTE);
        wake(&self.desk);
    }

    pub(crate) fn ticket(&self, id: TicketId) -> Ticket {
        self.desk.ticket(&self.agent(), id).unwrap()
    }

    /// The commitments of a metric, oldest first.
    pub(crate) fn of(&self, id: TicketId, metric: &str) -> Vec<Commitment> {
        self.ticket(id).commitments.into_iter().filter(|it| it.target.metric == metric).collect()
    }

    /// The last commitment of a metric: its state, and when it is due in minutes from `ticket`'s opening.
    pub(crate) fn last(&self, id: TicketId, metric: &str) -> (CommitmentState, i64) {
        let it = self.of(id, metric).pop().unwrap();
        (it.state, it.due_at.since(self.ticket(id).created_at) / MINUTE)
    }

    pub(crate) fn told(&self, name: &str) -> Vec<Event> {
        let mut events = self.desk.events(&self.admin(), 0, 1_000).unwrap();
        events.retain(|event| event.name == name);
        events
    }
}

/// Lets the timers run until nothing is due.
pub(crate) fn wake(desk: &Desk) {
    let mut rounds = 0;
    while desk.alarm().is_some() || rounds == 0 {
        wait(desk.wake_due()).unwrap();
        rounds += 1;
        assert!(rounds < 100, "the timers never rest");
    }
    for _ in 0..20 {
        wait(desk.wake_due()).unwrap();
    }
}
