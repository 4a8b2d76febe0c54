//! The one way in which a generation changes: edit a copy, load what is new, check, commit, swap.

use std::collections::BTreeMap;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    Binding, Change, Configuration, Digest, Generation, Instant, Mode, Pack, PackPlugin, Principal, Record, RecordsExt,
    Write,
};
use serde_json::Value;

use super::answer::{Answer, again, kept};
use super::live::{Shelf, bound, latest};
use super::view::lost;
use crate::desk::{Desk, Inner, named};
use crate::error::{Error, Fault};
use crate::generation::{Bound, Live, check_bindings};
use crate::idempotency::Once;
use crate::pool::aside;
use crate::view::{Done, How};

/// A generation being edited: a copy of the bindings in force, and what must be stored with it.
pub(crate) struct Draft<'a> {
    pub(crate) desk: &'a Inner,
    pub(crate) now: Instant,
    /// The bindings as they are to be.
    pub(crate) bindings: Vec<Binding>,
    /// Whether bindings that don't load may come along: going back, and what was failing before, must work.
    pub(crate) allow_failing: bool,
    documents: BTreeMap<Digest, Configuration>,
    /// Other records to create along with it.
    pub(crate) also: Vec<Record>,
    /// Other records to create, change or delete along with it: what packs set a desk up with.
    pub(crate) writes: Vec<Write>,
    /// What the event tells beside the generation.
    pub(crate) told: serde_json::Map<String, Value>,
    /// Whose event it is; none: the generation.
    pub(crate) subject: Option<String>,
}

impl Draft<'_> {
    /// Keeps a document along with the generation and gives its digest.
    pub(crate) fn keep(&mut self, document: Value) -> Digest {
        let record = crate::configuration::record(document, self.now);
        let digest = record.digest;
        self.documents.entry(digest).or_insert(record);
        digest
    }

    /// A document that is stored or about to be.
    pub(crate) fn known_document(&self, digest: &Digest) -> Result<Value, Error> {
        if let Some(record) = self.documents.get(digest) {
            return Ok(record.document.clone());
        }
        self.desk.document(digest)?.ok_or_else(|| lost(digest))
    }

    /// A binding's overlay and configuration.
    pub(crate) fn documents(&self, binding: &Binding) -> Result<(Option<Value>, Value), Error> {
        let overlay = binding.overlay.map(|digest| self.known_document(&digest)).transpose()?;
        Ok((overlay, self.known_document(&binding.configuration)?))
    }
}

impl Shelf for Draft<'_> {
    fn desk(&self) -> &Inner {
        self.desk
    }

    fn document(&self, digest: &Digest) -> Result<Option<Value>, Error> {
        let own = self.documents.get(digest).map(|record| record.document.clone());
        own.map_or_else(|| self.desk.document(digest), |document| Ok(Some(document)))
    }

    fn pack(&self, name: &str, version: &str, component: &Digest) -> Result<Option<(Pack, PackPlugin)>, Error> {
        let written = self.writes.iter().filter_map(|write| match write {
            Write::Create(record) | Write::Update(record) => Some(record),
            Write::Delete { .. } => None,
        });
        let own = self.also.iter().chain(written).find_map(|record| match record {
            Record::Pack(pack) if pack.manifest.pack.name == name && pack.manifest.pack.version == version => {
                let plugin = pack.plugins.iter().find(|plugin| plugin.component == *component)?;
                Some((pack.as_ref().clone(), plugin.clone()))
            }
            _ => None,
        });
        own.map_or_else(|| self.desk.pack(name, version, component), |found| Ok(Some(found)))
    }
}

/// Why a generation was made is one line of a list.
const MOST_WHY_CHARS: usize = 200;

/// Edits the generation in force and swaps the new one in. Runs on a thread of its own, because it loads components;
/// runs again if another change was faster. An edit that changes nothing makes no generation. With `how.preview`
/// everything is checked and nothing stored.
pub(crate) async fn change<T: Answer>(
    desk: &Desk,
    by: &Principal,
    event: &'static str,
    why: String,
    how: &How,
    edit: impl Fn(&mut Draft<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<Done<(Generation, T)>, Error> {
    desk.inner.authorise(by, Area::Policy, Act::Write)?;
    let once = desk.inner.once(by, how)?;
    change_once(desk, by, (event, why), how, once, edit).await
}

/// [`change`] for work that took its idempotency key already.
pub(crate) async fn change_once<T: Answer>(
    desk: &Desk,
    by: &Principal,
    (event, why): (&'static str, String),
    how: &How,
    once: Once,
    edit: impl Fn(&mut Draft<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<Done<(Generation, T)>, Error> {
    desk.inner.authorise(by, Area::Policy, Act::Write)?;
    let running = desk.inner.running.enter()?;
    let (desk, by, how) = (desk.clone(), by.clone(), how.clone());
    aside("desk-generation", move || {
        let _running = running;
        let mut tries = 1;
        loop {
            match attempt(&desk, &by, (event, &why), &how, &once, &edit) {
                Err(Error::Conflict(_) | Error::Exists { .. }) if tries < desk.inner.options.attempts => tries += 1,
                Err(Error::Exists { what, id }) => return Err(Error::Conflict(format!("{what} {id}"))),
                done => return done,
            }
        }
    })
    .await
}

fn attempt<T: Answer>(
    desk: &Desk,
    by: &Principal,
    (event, why): (&str, &str),
    how: &How,
    once: &Once,
    edit: &impl Fn(&mut Draft<'_>) -> Result<T, Error>,
) -> Result<Done<(Generation, T)>, Error> {
    let (inner, now) = (&*desk.inner, desk.inner.now());
    if let Some(stored) = once.earlier()? {
        return again(inner, &stored);
    }
    let done = |generation, value| Ok(Done { value: (generation, value), decision: None, repeated: false });
    let stored = latest(inner)?;
    let number = stored.as_ref().map_or(0, |generation| generation.number);
    if how.if_match.is_some_and(|wanted| !wanted.holds(number)) {
        return Err(Error::VersionMismatch { stored: number });
    }
    let before = stored.as_ref().map(|generation| generation.bindings.clone()).unwrap_or_default();
    let mut draft = Draft {
        desk: inner,
        now,
        bindings: before.clone(),
        allow_failing: false,
        documents: BTreeMap::new(),
        also: Vec::new(),
        writes: Vec::new(),
        told: serde_json::Map::new(),
        subject: None,
    };
    let value = edit(&mut draft)?;
    let key = |it: &Binding| (it.question.clone(), it.rank, it.id);
    draft.bindings.sort_by_key(key);
    let problems = check_bindings(&draft.bindings);
    if !problems.is_empty() {
        let fault = |rule: String| Fault { field: String::new(), rule };
        return Err(Error::Invalid(problems.into_iter().map(fault).collect()));
    }
    let unchanged =
        stored.filter(|stored| stored.bindings == draft.bindings && draft.also.is_empty() && draft.writes.is_empty());
    if let Some(stored) = unchanged {
        let answer = once.answer(now, value.status(), subject(&mut draft, &stored), Some(kept(&stored, &value)));
        if let Some(answer) = answer {
            let mut change = Change::default();
            change.create(answer);
            commit(inner, change)?;
        }
        return done(stored, value);
    }
    let generation = Generation {
        version: 1,
        created_at: now,
        updated_at: now,
        number: number + 1,
        by: named(by),
        why: why.chars().take(MOST_WHY_CHARS).collect(),
        bindings: draft.bindings.clone(),
    };
    let before_live = desk.live();
    let bound = draft.bindings.iter().map(|it| bound(&draft, it, Some(&before_live))).collect::<Vec<_>>();
    if !draft.allow_failing {
        refuse_failing(&bound, &before)?;
    }
    if how.preview {
        return done(generation, value);
    }
    let mut change = Change::default();
    for (digest, record) in &draft.documents {
        if inner.document(digest)?.is_none() {
            change.create(record.clone());
        }
    }
    change.writes.extend(draft.also.drain(..).map(Write::Create));
    let set_up = !draft.writes.is_empty();
    let swept = crate::timer::sweep::mark_writes(inner, &mut draft.writes)?;
    change.writes.append(&mut draft.writes);
    let subject = subject(&mut draft, &generation);
    if let Some(answer) = once.answer(now, value.status(), subject.clone(), Some(kept(&generation, &value))) {
        change.create(answer);
    }
    let mut told = inner.event(event, subject, by);
    told.data = std::mem::take(&mut draft.told);
    change.tell(told);
    let mut swapped = inner.event("generation.swapped", format!("generation/{}", generation.number), by);
    swapped.data.insert("number".to_owned(), generation.number.into());
    swapped.data.insert("why".to_owned(), generation.why.clone().into());
    change.tell(swapped);
    crate::follow::heads(inner, &before, &generation.bindings, &mut change)?;
    change.create(generation.clone());
    commit(inner, change)?;
    // What can't be read now is read again by the timers: what is stored holds.
    let stale = set_up && inner.setup.reload(inner.records.as_ref()).is_err();
    if swept {
        inner.alarm.sweeps.store(true, std::sync::atomic::Ordering::Release);
    }
    if swept || stale {
        inner.alarm.set(inner.now());
    }
    desk.swap(Live::new(generation.number, bound, Some(&before_live)));
    let (name, number, why) = (&inner.record.name, generation.number, &generation.why);
    tracing::info!(
        request_id = how.origin.as_deref(),
        desk = name,
        generation = number,
        why,
        "a generation is in force"
    );
    done(generation, value)
}

/// What the edit was about, as its event and its kept answer name it.
fn subject(draft: &mut Draft<'_>, generation: &Generation) -> String {
    draft.subject.take().unwrap_or_else(|| format!("generation/{}", generation.number))
}

/// A binding that is new or changed must answer; one that failed before may go on failing beside it.
fn refuse_failing(bound: &[Bound], before: &[Binding]) -> Result<(), Error> {
    let wrong = bound.iter().filter(|it| it.binding.mode != Mode::Off && !before.contains(&it.binding));
    let faults: Vec<Fault> = wrong
        .filter_map(|it| {
            let (class, why) = it.ready.as_ref().err()?;
            let (policy, question) = (&it.binding.policy, &it.binding.question);
            Some(Fault { field: String::new(), rule: format!("{policy} for {question}: {}: {why}", class.name()) })
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// Commits and waits, on a thread of our own.
fn commit(desk: &Inner, change: Change) -> Result<(), Error> {
    desk.records.commit_wait(change).map(drop).map_err(Error::from)
}
