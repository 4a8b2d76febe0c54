//! One story of a ticket, for every team: what was said and done, where it stood, what was promised, who was called, and
//! what policies decided, each with its reasons (lesson 16). Made from records through their indexes, oldest first.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    Commitment, DECISION_BY_SUBJECT, Decision, DecisionId, ESCALATION_BY_TICKET, Entry, EntryId, Escalation, Field,
    Instant, MERGE_BY_WINNER, MERGE_HISTORY, Merge, Page, Principal, RecordsExt, Role, Scan, Table, Ticket, TicketId,
};
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::error::Error;
use crate::view::PageRequest;

/// A ticket's escalations and merges are told up to so many, the newest: nobody has had more.
const MOST_OF_A_KIND: usize = 64;

/// A customer's page looks at so many batches of entries for public ones.
const MOST_ROUNDS: usize = 16;

/// Two things of one moment and record are told apart by so much of their texts.
const MOST_PLACE_CHARS: usize = 100;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TimelineWhat {
    /// It was opened.
    Opened,
    /// Something was said or done.
    Entry,
    /// It moved to another category.
    Status,
    /// Policies were asked.
    Decision,
    /// Something was promised, kept, or not kept.
    Commitment,
    /// Someone higher was called, or took it.
    Escalation,
    /// It was merged, or a merge was undone.
    Merge,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TimelineItem {
    /// When.
    pub at: Instant,
    /// What.
    pub what: TimelineWhat,
    /// The id of the record that tells it.
    pub id: String,
    /// In a line.
    pub text: String,
    /// What was said or done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// What policies decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

impl TimelineItem {
    // Ids are handed over as they are; a reference at every call would help nobody.
    #[allow(clippy::needless_pass_by_value)]
    fn new(at: Instant, what: TimelineWhat, id: impl ToString, text: impl Into<String>) -> Self {
        Self { at, what, id: id.to_string(), text: text.into(), entry: None, decision: None }
    }

    fn place(&self) -> (Instant, TimelineWhat, String, String) {
        (self.at, self.what, self.id.clone(), self.text.chars().take(MOST_PLACE_CHARS).collect())
    }
}

impl Desk {
    /// A ticket's story, oldest first. A customer reads what was said and where the matter stood.
    pub fn timeline(&self, by: &Principal, id: TicketId, page: &PageRequest) -> Result<Page<TimelineItem>, Error> {
        self.inner.authorise(by, Area::Work, Act::Read)?;
        let ticket = self.ticket(by, id)?;
        let behind = page.after.as_deref().map(read_place).transpose()?;
        let from = behind.as_ref().map_or(Instant::from_millis(0), |it| it.0);
        let limit = page.limit();
        let customer = by.role == Role::Customer;
        let Said { mut items, mut until } = self.said(&ticket, from, limit, behind.as_ref(), customer)?;
        let mut whole = until.is_none();
        if by.may(Area::Record, Act::Read) && !customer {
            let decided = self.decided(&ticket, from, limit, behind.as_ref())?;
            if decided.len() > limit {
                whole = false;
                let last = decided.last().map(|it| it.at);
                until = until.into_iter().chain(last).min();
            }
            items.extend(decided);
        }
        items.extend(stood(&ticket, customer));
        if !customer {
            items.extend(self.called(&ticket)?);
        }
        items.retain(|it| until.is_none_or(|until| it.at <= until));
        items.sort_by_key(TimelineItem::place);
        if let Some(behind) = &behind {
            items.retain(|it| it.place() > *behind);
        }
        let more = !whole || items.len() > limit;
        items.truncate(limit);
        // A page of notes alone shows a customer nothing, and the next one goes on from there.
        let bare = || until.map(|at| (at, TimelineWhat::Opened, String::new(), String::new()));
        let last = items.last().map(TimelineItem::place).or_else(bare);
        let next = last.filter(|_| more).map(|it| write_place(&it));
        Ok(Page { records: items, next })
    }

    /// Entries from there on, one more than a page; of a customer's, public ones. What is told behind the last entry that
    /// was read is told by the next page.
    fn said(
        &self,
        ticket: &Ticket,
        from: Instant,
        limit: usize,
        behind: Option<&Place>,
        public: bool,
    ) -> Result<Said, Error> {
        // Those of one moment stand together; what was shown of it is left out, so the page is read that much longer.
        let begin = EntryId::new(from, 0).uuid().as_u128() & !0xffff_ffff_ffff_ffff_ffff;
        let scan = Scan::table(Table::Entry).with_prefix(vec![ticket.id.into()]);
        let scan = scan.from(vec![ticket.id.into(), Field::Id(uuid::Uuid::from_u128(begin))]);
        let scan = scan.with_limit((2 * limit + 1).min(Scan::MOST));
        let item = |entry: Entry| {
            let text = entry.kind.name();
            let at = entry.at;
            TimelineItem { entry: Some(entry.clone()), ..TimelineItem::new(at, TimelineWhat::Entry, entry.id, text) }
        };
        let (mut items, mut after, mut furthest) = (Vec::new(), None, None);
        for _ in 0..MOST_ROUNDS {
            let found: Page<Entry> = self.inner.records.list(&scan.clone().with_after(after.take()))?;
            let last = found.records.last().map(|it| it.at);
            items.extend(found.records.into_iter().filter(|it| !public || it.kind.public()).map(item));
            if let Some(behind) = behind {
                items.retain(|it| it.place() > *behind);
            }
            if items.len() > limit {
                items.truncate(limit + 1);
                let until = items.last().map(|it| it.at);
                return Ok(Said { items, until });
            }
            match found.next {
                Some(next) => after = Some(next),
                None => return Ok(Said { items, until: None }),
            }
            furthest = last.or(furthest);
        }
        Ok(Said { items, until: furthest })
    }

    /// Decisions from there on, one more than a page, the one that made the ticket first.
    fn decided(
        &self,
        ticket: &Ticket,
        from: Instant,
        limit: usize,
        behind: Option<&Place>,
    ) -> Result<Vec<TimelineItem>, Error> {
        let subject = ticket.id.to_string();
        let begin = DecisionId::new(from, 0).uuid().as_u128() & !0xffff_ffff_ffff_ffff_ffff;
        let scan = Scan::index(DECISION_BY_SUBJECT, vec![subject.as_str().into()]);
        let scan = scan.from(vec![subject.as_str().into(), Field::Id(uuid::Uuid::from_u128(begin))]);
        let found: Page<Decision> = self.inner.records.list(&scan.with_limit((2 * limit + 1).min(Scan::MOST)))?;
        let first: Option<Decision> = self.inner.records.find(DecisionId::from_uuid(ticket.id.uuid()))?;
        let item = |it: Decision| {
            let text = match it.effects.is_empty() {
                true => it.command.clone(),
                false => format!("{}: {}", it.command, it.effects.join("; ")),
            };
            TimelineItem {
                decision: Some(it.clone()),
                ..TimelineItem::new(it.created_at, TimelineWhat::Decision, it.id, text)
            }
        };
        let mut items: Vec<TimelineItem> = first.into_iter().chain(found.records).map(item).collect();
        if let Some(behind) = behind {
            items.retain(|it| it.place() > *behind);
        }
        items.truncate(limit + 1);
        Ok(items)
    }

    /// Who was called and who took it; what was merged.
    fn called(&self, ticket: &Ticket) -> Result<Vec<TimelineItem>, Error> {
        let mut items = Vec::new();
        let scan = Scan::index(ESCALATION_BY_TICKET, vec![ticket.id.into()]).backward().with_limit(MOST_OF_A_KIND);
        for it in self.inner.records.list::<Escalation>(&scan)?.records {
            for step in &it.steps {
                let people = if step.people.is_empty() { "nobody".to_owned() } else { step.people.join(", ") };
                let text = format!("level {} ({}): {people}", step.level, step.cause);
                items.push(TimelineItem::new(step.at, TimelineWhat::Escalation, it.id, text));
            }
            if let (Some(at), Some(who)) = (it.acknowledged_at, &it.acknowledged_by) {
                items.push(TimelineItem::new(at, TimelineWhat::Escalation, it.id, format!("taken by {who}")));
            }
        }
        let id = ticket.id.to_string();
        for index in [MERGE_HISTORY, MERGE_BY_WINNER] {
            let scan = Scan::index(index, vec![id.as_str().into()]).backward().with_limit(MOST_OF_A_KIND);
            for it in self.inner.records.list::<Merge>(&scan)?.records {
                let text = format!("{} now stands for {} ({})", it.winner, it.loser, it.by);
                items.push(TimelineItem::new(it.created_at, TimelineWhat::Merge, it.id, text));
                if let (Some(at), Some(who)) = (it.undone_at, &it.undone_by) {
                    items.push(TimelineItem::new(at, TimelineWhat::Merge, it.id, format!("undone by {who}")));
                }
            }
        }
        Ok(items)
    }
}

/// Entries, and until when everything else of the story may be told with them; none: they are all there is.
struct Said {
    items: Vec<TimelineItem>,
    until: Option<Instant>,
}

/// Where the ticket stood, and what was promised on it. A customer is told what a customer sees of the ticket.
fn stood(ticket: &Ticket, customer: bool) -> Vec<TimelineItem> {
    let id = ticket.id;
    let mut items = vec![TimelineItem::new(ticket.created_at, TimelineWhat::Opened, id, ticket.channel.clone())];
    let turns = ticket.turns.iter().map(|it| TimelineItem::new(it.at, TimelineWhat::Status, id, it.category.name()));
    items.extend(turns.filter(|_| !customer));
    let seen = |it: &Commitment| if customer { it.clone().for_customer() } else { Some(it.clone()) };
    for it in ticket.commitments.iter().filter_map(seen) {
        let what = it.what.as_deref().unwrap_or(&it.target.metric);
        let told = |at: Instant, text: String| TimelineItem::new(at, TimelineWhat::Commitment, it.id, text);
        items.push(told(it.started_at, format!("{what} promised for {}", it.due_at)));
        items.extend(it.breached_at.map(|at| told(at, format!("{what} breached"))));
        items.extend(it.met_at.map(|at| told(at, format!("{what} met"))));
    }
    items
}

/// A place in the story.
type Place = (Instant, TimelineWhat, String, String);

fn write_place((at, what, id, text): &Place) -> Vec<u8> {
    serde_json::to_vec(&(at.millis(), what, id, text)).unwrap_or_default()
}

fn read_place(bytes: &[u8]) -> Result<Place, Error> {
    let (at, what, id, text): (i64, TimelineWhat, String, String) =
        serde_json::from_slice(bytes).map_err(|_| Error::Cursor)?;
    Ok((Instant::from_millis(at.max(0)), what, id, text))
}
