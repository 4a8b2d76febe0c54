//! What policies may look at: the store through the draft, around one subject.

mod attributes;

use std::sync::Mutex;

use plugdesk_domain::question::shown::{
    ShownCommitment, ShownCompany, ShownContact, ShownEntry, ShownFact, ShownPerson, ShownSignal, ShownTicketDigest,
};
use plugdesk_domain::record::Stored;
use plugdesk_domain::{
    Company, CompanyId, Contact, ContactId, Context, Entry, EntryId, Findings, Identity, Instant, Key, Membership,
    MembershipId, Refusal, Scan, Scope, StoreError, TICKET_BY_COMPANY, TICKET_BY_REQUESTER, Table, Ticket, TicketId,
};
use serde_json::Value;

use crate::draft::Draft;
use crate::resolve;
use crate::show;

/// Facts and signals of so many sources about one subject are looked at: a generation has 64 bindings at most.
const MOST_SOURCES: usize = 65;
const MILLIS_PER_MINUTE: i64 = 60_000;

/// What a question is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject {
    Contact(ContactId),
    Company(CompanyId),
    Ticket(TicketId),
    /// An event that is about something else, by its place in the log.
    Event(u64),
}

/// What a question is about, with whom and what belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) subject: Subject,
    /// The contact that the subject is, or was brought by.
    pub(crate) contact: Option<ContactId>,
    /// The company that the subject is, or is for.
    pub(crate) company: Option<CompanyId>,
    /// Whether the command itself makes the subject: the store holds nothing about it then.
    pub(crate) fresh: bool,
    /// Ids of other records that the question names: candidates, the loser of a merge.
    pub(crate) others: Vec<String>,
}

impl About {
    pub(crate) fn contact(id: ContactId, fresh: bool) -> Self {
        Self { subject: Subject::Contact(id), contact: Some(id), company: None, fresh, others: Vec::new() }
    }

    pub(crate) fn company(id: CompanyId, fresh: bool) -> Self {
        Self { subject: Subject::Company(id), contact: None, company: Some(id), fresh, others: Vec::new() }
    }

    pub(crate) fn ticket(ticket: &Ticket, fresh: bool) -> Self {
        let subject = Subject::Ticket(ticket.id);
        Self { subject, contact: ticket.requester, company: ticket.company, fresh, others: Vec::new() }
    }

    /// With other records that the question names.
    pub(crate) fn with_others(self, others: Vec<String>) -> Self {
        Self { others, ..self }
    }

    pub(crate) fn is_ticket(&self) -> bool {
        matches!(self.subject, Subject::Ticket(_))
    }

    /// About an event that is about something else.
    pub(crate) fn event(sequence: u64) -> Self {
        let subject = Subject::Event(sequence);
        Self { subject, contact: None, company: None, others: Vec::new(), fresh: false }
    }

    pub(crate) fn subject_id(&self) -> String {
        match self.subject {
            Subject::Event(sequence) => format!("event/{sequence}"),
            Subject::Contact(id) => id.to_string(),
            Subject::Company(id) => id.to_string(),
            Subject::Ticket(id) => id.to_string(),
        }
    }
}

/// The store through the draft, around one subject. Unbounded and ungranted: the recorder in front of it bounds.
pub(crate) struct Surroundings<'d, 'a> {
    draft: &'d Draft<'a>,
    about: &'d About,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    reads: Vec<(Table, Key, u64)>,
    failure: Option<StoreError>,
}

impl<'d, 'a> Surroundings<'d, 'a> {
    pub(crate) fn new(draft: &'d Draft<'a>, about: &'d About) -> Self {
        Self { draft, about, seen: Mutex::default() }
    }

    pub(crate) fn draft(&self) -> &'d Draft<'a> {
        self.draft
    }

    /// What was read, and the store's first failure, if there was one.
    pub(crate) fn into_reads(self) -> (Vec<(Table, Key, u64)>, Option<StoreError>) {
        let seen = self.seen.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        (seen.reads, seen.failure)
    }

    /// Whether that id names a record of this desk.
    pub(super) fn knows(&self, id: &str) -> bool {
        let entry = |entry: EntryId| match self.about.subject {
            Subject::Ticket(ticket) => self.one::<Entry>(Key(vec![ticket.into(), entry.into()])).is_some(),
            Subject::Contact(_) | Subject::Company(_) | Subject::Event(_) => false,
        };
        match id.split_once('_').map(|(prefix, _)| prefix) {
            Some(TicketId::PREFIX) => id.parse::<TicketId>().is_ok_and(|id| self.one::<Ticket>(id.into()).is_some()),
            Some(ContactId::PREFIX) => id.parse::<ContactId>().is_ok_and(|id| self.one::<Contact>(id.into()).is_some()),
            Some(CompanyId::PREFIX) => id.parse::<CompanyId>().is_ok_and(|id| self.one::<Company>(id.into()).is_some()),
            Some(MembershipId::PREFIX) => {
                id.parse::<MembershipId>().is_ok_and(|id| self.one::<Membership>(id.into()).is_some())
            }
            Some(EntryId::PREFIX) => id.parse().is_ok_and(entry),
            _ => false,
        }
    }

    /// What the store answers; its failure is kept, and nothing is told of it.
    fn kept<T: Default>(&self, answer: Result<T, StoreError>) -> T {
        answer.unwrap_or_else(|error| {
            if let Ok(mut seen) = self.seen.lock() {
                seen.failure.get_or_insert(error);
            }
            T::default()
        })
    }

    fn one<R: Stored + Clone>(&self, key: Key) -> Option<R> {
        let found: Option<R> = self.kept(self.draft.peek(key));
        if let Some(record) = &found {
            self.note(record);
        }
        found
    }

    fn note<R: Stored>(&self, record: &R) {
        if !self.draft.made::<R>(&record.key())
            && let Ok(mut seen) = self.seen.lock()
        {
            seen.reads.push((R::TABLE, record.key(), record.version()));
        }
    }

    fn many<R: Stored + Clone>(&self, scan: &Scan, also: impl Fn(&R) -> bool) -> Vec<R> {
        self.kept(self.draft.list(scan, also))
    }

    /// A record as it shows: with the values of those that point to it.
    fn whole<R: resolve::Compose>(&self, id: R::Id) -> Option<R> {
        let whole = self.kept(resolve::whole::<R>(self.draft, id))?;
        whole.parts.iter().for_each(|(_, part)| self.note(part));
        Some(whole.record)
    }

    /// The ids under which the subject's contact is known.
    fn contacts(&self) -> Vec<ContactId> {
        let found = self.about.contact.map(|id| self.kept(resolve::cluster_of_contact(self.draft, id)));
        found.unwrap_or_default()
    }

    /// Whether that id is the subject's, its contact's or its company's.
    fn is_near(&self, of: &str) -> bool {
        self.about.subject_id() == of
            || self.about.contact.is_some_and(|id| id.to_string() == of)
            || self.about.company.is_some_and(|id| id.to_string() == of)
    }

    fn findings_of(&self, of: &str) -> Vec<Findings> {
        if !self.is_near(of) {
            return Vec::new();
        }
        let of = of.to_owned();
        let scan = Scan::table(Table::Findings).with_prefix(vec![of.as_str().into()]).with_limit(MOST_SOURCES);
        let mut found = self.many::<Findings>(&scan, |it| it.subject == of);
        found.sort_by(|a, b| a.source.cmp(&b.source));
        found
    }
}

impl Context for Surroundings<'_, '_> {
    fn find_contact(&self) -> Result<Option<ShownContact>, Refusal> {
        let Some(contact) = self.about.contact.and_then(|id| self.whole::<Contact>(id)) else { return Ok(None) };
        let (mut identities, mut memberships) = (Vec::new(), Vec::new());
        for id in self.contacts() {
            identities.extend(self.many::<Identity>(&show::identities_scan(id), |it| it.contact == id));
            memberships.extend(self.many::<Membership>(&show::memberships_scan(id), |it| it.contact == id));
        }
        Ok(Some(show::contact(&contact, &identities, &memberships, self.draft.now)))
    }

    fn find_company(&self) -> Result<Option<ShownCompany>, Refusal> {
        let company = self.about.company.and_then(|id| self.kept(resolve::whole_company(self.draft, id)));
        let Some(company) = company else { return Ok(None) };
        company.parts.iter().for_each(|(_, part)| self.note(part));
        Ok(Some(show::company(&company.record)))
    }

    fn attributes_of(&self, of: &str, names: &[String]) -> Result<Vec<(String, Value)>, Refusal> {
        Ok(self.named_of(of, names))
    }

    fn entries(&self, at_most: u32) -> Result<Vec<ShownEntry>, Refusal> {
        let Subject::Ticket(ticket) = self.about.subject else { return Ok(Vec::new()) };
        let at_most = at_most as usize;
        if at_most == 0 {
            return Ok(Vec::new());
        }
        let scan = Scan::table(Table::Entry).with_prefix(vec![ticket.into()]).backward().with_limit(at_most);
        let mut found = self.many::<Entry>(&scan, |it| it.ticket == ticket);
        found.sort_by_key(|it| std::cmp::Reverse(it.id));
        found.truncate(at_most);
        Ok(found.iter().map(show::entry).collect())
    }

    fn tickets(&self, scope: Scope, at_most: u32) -> Result<Vec<ShownTicketDigest>, Refusal> {
        let own = match self.about.subject {
            Subject::Ticket(id) => Some(id),
            Subject::Contact(_) | Subject::Company(_) | Subject::Event(_) => None,
        };
        // The subject itself may be among them, and is left out.
        let limit = at_most as usize + 1;
        let about = self.about;
        let (contacts, companies) = match scope {
            Scope::Contact => (self.contacts(), Vec::new()),
            Scope::Company => {
                let found = about.company.map(|id| self.kept(resolve::cluster_of_company(self.draft, id)));
                (Vec::new(), found.unwrap_or_default())
            }
            Scope::Desk => (Vec::new(), Vec::new()),
        };
        let of_contact = contacts.iter().map(|id| Scan::index(TICKET_BY_REQUESTER, vec![(*id).into()]));
        let of_company = companies.iter().map(|id| Scan::index(TICKET_BY_COMPANY, vec![(*id).into()]));
        let mut scans: Vec<Scan> = of_contact.chain(of_company).collect();
        if scope == Scope::Desk {
            scans.push(Scan::table(Table::Ticket));
        }
        let belongs = |it: &Ticket| match scope {
            Scope::Contact => it.requester.is_some_and(|id| contacts.contains(&id)),
            Scope::Company => it.company.is_some_and(|id| companies.contains(&id)),
            Scope::Desk => true,
        };
        let mut found: Vec<Ticket> = Vec::new();
        for scan in scans {
            found.extend(self.many::<Ticket>(&scan.backward().with_limit(limit), belongs));
        }
        found.retain(|it| Some(it.id) != own);
        found.sort_by_key(|it| std::cmp::Reverse(it.id));
        // What the draft holds stands in every scan that it belongs to.
        found.dedup_by_key(|it| it.id);
        found.truncate(at_most as usize);
        found.iter().for_each(|it| self.note(it));
        Ok(found.iter().map(show::digest).collect())
    }

    fn facts(&self, of: &str, kind: Option<&str>) -> Result<Vec<ShownFact>, Refusal> {
        let found = self.findings_of(of);
        let all = found.iter().flat_map(|it| it.facts.iter().map(|fact| show::fact(fact, &it.source)));
        let mut facts: Vec<_> = all.filter(|fact| kind.is_none_or(|kind| fact.kind == kind)).collect();
        facts.sort_by(|a, b| (&a.kind, &a.source).cmp(&(&b.kind, &b.source)));
        Ok(facts)
    }

    fn signals(&self, of: &str, kind: Option<&str>) -> Result<Vec<ShownSignal>, Refusal> {
        let found = self.findings_of(of);
        let all = found.iter().flat_map(|it| it.signals.iter().map(|signal| show::signal(signal, &it.source)));
        let mut signals: Vec<_> = all.filter(|signal| kind.is_none_or(|kind| signal.kind == kind)).collect();
        signals.sort_by(|a, b| (&a.kind, &a.source).cmp(&(&b.kind, &b.source)));
        Ok(signals)
    }

    fn commitments(&self) -> Result<Vec<ShownCommitment>, Refusal> {
        let Subject::Ticket(id) = self.about.subject else { return Ok(Vec::new()) };
        let Some(ticket) = self.one::<Ticket>(id.into()) else { return Ok(Vec::new()) };
        let shown = |it| show::commitment(it, &ticket.turns, &self.draft.setup, self.draft.now);
        Ok(ticket.commitments.iter().map(shown).collect())
    }

    fn ancestors(&self) -> Result<Vec<ShownCompany>, Refusal> {
        Ok(self.kept(crate::account::ancestors(self.draft, self.about.company)).iter().map(show::company).collect())
    }

    fn people(&self) -> Result<Vec<ShownPerson>, Refusal> {
        Ok(self.kept(crate::account::people(self.draft, self.about.company)))
    }

    fn calendar_add(&self, calendar: &str, start: Instant, minutes: u32) -> Option<Instant> {
        self.draft.setup.schedule(calendar)?.add(start, i64::from(minutes) * MILLIS_PER_MINUTE)
    }

    fn calendar_between(&self, calendar: &str, start: Instant, end: Instant) -> Option<i64> {
        Some(self.draft.setup.schedule(calendar)?.between(start, end) / MILLIS_PER_MINUTE)
    }

    fn calendar_add_working_days(&self, calendar: &str, start: Instant, days: u32) -> Option<Instant> {
        self.draft.setup.schedule(calendar)?.closing(start, days)
    }
}

/// Whether a text has the form of a record's id: a known prefix and 26 characters. Other evidence names fields.
pub(super) fn looks_like_id(text: &str) -> bool {
    const PREFIXES: [&str; 5] =
        [TicketId::PREFIX, ContactId::PREFIX, CompanyId::PREFIX, MembershipId::PREFIX, EntryId::PREFIX];
    text.split_once('_').is_some_and(|(prefix, rest)| PREFIXES.contains(&prefix) && rest.len() == 26)
}
