//! The one path that every command takes, whoever sends it:
//! authorise → read → ask the policies → join → decide → one `Change` → commit → answer.
//!
//! The work belongs to itself, not to the request: it is queued, prepared on a thread of the pool, committed, and its
//! answer is handed to whoever still listens. A caller that goes away leaves everything or nothing.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_channel::oneshot;
use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{
    Change, Committed, Decision, DecisionOutcome, Instant, OutcomeClass, Principal, Record, StoreError,
};

use crate::decision;
use crate::desk::{Desk, Inner};
use crate::draft::Draft;
use crate::error::Error;
use crate::idempotency::{self, Once};
use crate::running::Guard;
use crate::view::{Done, How};
use crate::{setup, timer};

/// Something that the desk can be told to do.
pub(crate) trait Command: Send + Sync + 'static {
    /// What it gives back.
    type Value: Send + 'static;
    /// Noun and verb, such as `ticket.create`: in decisions and metrics.
    const NAME: &'static str;
    /// The HTTP status of success, kept with the stored answer.
    const STATUS: u16;
    /// What it touches.
    const AREA: Area = Area::Work;

    /// Reads, asks, decides: fills the draft, sets its subject, and gives back what will be answered. Runs again on
    /// fresh reads after a conflict, so it must not change anything but the draft.
    fn prepare(&self, draft: &mut Draft<'_>) -> Result<Self::Value, Error>;

    /// The answer for that subject read again, for a repeated request.
    fn again(&self, desk: &Inner, subject: &str) -> Result<Self::Value, Error>;

    /// The subject under which the answer is kept: what [`Command::again`] is given.
    fn stored_subject(&self, draft: &Draft<'_>, _value: Option<&Self::Value>) -> String {
        draft.subject.clone()
    }
}

/// What is answered once it is durable. The decision is the one that the change holds; nobody copies it.
struct Answer<V> {
    value: Result<V, Error>,
    decision: Option<Arc<Decision>>,
}

impl<V> Answer<V> {
    fn done(self) -> Result<Done<V>, Error> {
        let decision = self.decision;
        self.value.map(|value| Done { value, decision: decision.map(Arc::unwrap_or_clone), repeated: false })
    }
}

/// What came of preparing: ready to be committed.
struct Prepared<V> {
    answer: Answer<V>,
    change: Change,
    capture: Option<(plugdesk_domain::DecisionId, Vec<u8>)>,
}

enum Step<V> {
    /// Nothing is stored: a preview, or the answer was there already.
    Answer(Box<Done<V>>),
    Commit(Box<Prepared<V>>),
}

/// What a change brings about once it is durable.
struct Follows {
    /// When one of its tickets wants to be woken.
    wake: Option<Instant>,
    /// Whether open tickets are to be promised anew.
    swept: bool,
    /// Whether it changes the set-up.
    sets_up: bool,
}

impl Follows {
    fn of(change: &Change) -> Self {
        let (wake, swept) = timer::noticed(change);
        Self { wake, swept, sets_up: setup::touched(&change.writes) }
    }

    fn notice(&self, desk: &Inner) {
        if self.swept {
            desk.alarm.sweeps.store(true, Ordering::Release);
            desk.alarm.set(desk.now());
        }
        self.wake.into_iter().for_each(|at| desk.alarm.set(at));
    }
}

/// Where an answer is awaited.
type Telling<V> = oneshot::Sender<Result<Done<V>, Error>>;
pub(crate) type Hearing<V> = oneshot::Receiver<Result<Done<V>, Error>>;

struct Work<C: Command> {
    desk: Arc<Inner>,
    by: Principal,
    how: How,
    command: C,
    attempt: u32,
    // These fall in this order, also by a panic: the key is free and the work counted out before the client hears.
    once: Once,
    running: Guard,
    tell: Telling<C::Value>,
}

impl Desk {
    /// Carries a command out.
    pub(crate) async fn submit<C: Command>(
        &self,
        by: &Principal,
        how: &How,
        command: C,
    ) -> Result<Done<C::Value>, Error> {
        let hear = self.enqueue(by, how, command).inspect_err(|error| {
            self.inner.metrics.command(C::NAME, error.name());
        })?;
        hear.await.unwrap_or_else(|_| {
            self.inner.metrics.command(C::NAME, "internal");
            Err(Error::Internal(format!("{} ended without an answer; it panicked", C::NAME)))
        })
    }

    /// Takes a command on; its answer is heard when it is done.
    pub(crate) fn enqueue<C: Command>(
        &self,
        by: &Principal,
        how: &How,
        command: C,
    ) -> Result<Hearing<C::Value>, Error> {
        self.inner.authorise(by, C::AREA, Act::Write)?;
        let running = self.inner.running.enter()?;
        let once = self.inner.once(by, how)?;
        let (tell, hear) = oneshot::channel();
        let desk = Arc::clone(&self.inner);
        let (by, how) = (by.clone(), how.clone());
        let work = Work { desk, by, how, command, attempt: 1, once, running, tell };
        self.inner.queue.submit(move || work.run())?;
        Ok(hear)
    }
}

impl<C: Command> Work<C> {
    fn run(self) {
        match self.step() {
            Ok(Step::Answer(done)) => self.answer(Ok(*done)),
            Ok(Step::Commit(prepared)) => self.commit(*prepared),
            Err(error) => self.answer(Err(error)),
        }
    }

    fn step(&self) -> Result<Step<C::Value>, Error> {
        if let Some(stored) = self.once.earlier()? {
            return idempotency::repeat(&self.desk, &stored, |subject| self.command.again(&self.desk, subject))
                .map(|done| Step::Answer(Box::new(done)));
        }
        let mut draft = Draft::new(&self.desk, &self.by, &self.how);
        let (value, refusal) = match self.command.prepare(&mut draft) {
            Ok(value) => (Some(value), None),
            Err(error @ (Error::Refused { .. } | Error::Declined { .. })) => {
                draft.forget();
                (None, Some(error))
            }
            Err(error) => return Err(error),
        };
        let outcome = match (&refusal, self.how.preview) {
            (Some(_), _) => DecisionOutcome::Refused,
            (None, true) => DecisionOutcome::Preview,
            (None, false) => DecisionOutcome::Committed,
        };
        let decided = decision::record(&mut draft, C::NAME, outcome);
        let (decision, capture) =
            decided.map_or((None, None), |(decision, capture)| (Some(Arc::new(decision)), capture));
        let value = match (value, refusal) {
            (Some(value), None) => Ok(value),
            (_, refusal) => Err(refusal.unwrap_or_else(|| Error::Internal("nothing was prepared".to_owned()))),
        };
        let answer = Answer { value, decision };
        if self.how.preview {
            return answer.done().map(|done| Step::Answer(Box::new(done)));
        }
        if let Some(decision) = &answer.decision {
            self.log(decision);
        }
        Ok(Step::Commit(Box::new(self.whole(draft, answer, capture))))
    }

    /// What policies failed at, each under the decision and where the command came from.
    fn log(&self, decision: &Decision) {
        let (desk, decision_id, origin) = (&self.desk.record.name, decision.id, self.how.origin.as_deref());
        let subject = &decision.subject;
        for asked in decision.asked.iter().filter(|asked| asked.degraded) {
            let question = &asked.question;
            for opinion in asked.opinions.iter().filter(|it| !it.shadow && it.outcome != OutcomeClass::Ok) {
                let (policy, class) = (&opinion.policy, opinion.outcome.name());
                tracing::warn!(request_id = origin, decision = %decision_id, desk, subject, policy, question, class, "a policy failed");
            }
        }
        tracing::debug!(request_id = origin, decision = %decision_id, desk, subject, command = C::NAME, "decided");
    }

    fn whole(&self, mut draft: Draft<'_>, answer: Answer<C::Value>, capture: Option<Vec<u8>>) -> Prepared<C::Value> {
        let status = match &answer.value {
            Ok(_) => C::STATUS,
            Err(Error::Declined { .. }) => idempotency::DECLINED,
            Err(_) => idempotency::REFUSED,
        };
        let subject = self.command.stored_subject(&draft, answer.value.as_ref().ok());
        let body = idempotency::decided(&draft, answer.decision.as_deref());
        if let Some(stored) = self.once.answer(draft.now, status, subject, body) {
            draft.create(stored);
        }
        let decided = answer.decision.is_some();
        let capture = answer.decision.as_ref().map(|it| it.id).zip(capture);
        if let Some(decision) = &answer.decision {
            draft.create_record(Record::Decision(Arc::clone(decision)));
        }
        Prepared { answer, change: draft.into_change(decided), capture }
    }

    fn commit(self, prepared: Prepared<C::Value>) {
        let records = Arc::clone(&self.desk.records);
        let started = self.desk.parts.clock.elapsed();
        let Prepared { answer, change, capture } = prepared;
        if change.writes.is_empty() && change.events.is_empty() && change.counters.is_empty() {
            return self.answer(answer.done());
        }
        let follows = Follows::of(&change);
        records.commit(change, Box::new(move |result| self.committed(result, answer, capture, started, &follows)));
    }

    /// Runs on the committer's thread: hands over and returns.
    fn committed(
        self,
        result: Result<Committed, StoreError>,
        answer: Answer<C::Value>,
        capture: Option<(plugdesk_domain::DecisionId, Vec<u8>)>,
        started: Duration,
        follows: &Follows,
    ) {
        let took = self.desk.parts.clock.elapsed().saturating_sub(started);
        match result {
            Ok(_) => {
                self.desk.metrics.committed(took);
                if let Some((decision, bytes)) = capture {
                    self.desk.parts.storage.captures().append(self.desk.record.id, decision, bytes);
                }
                follows.notice(&self.desk);
                if !follows.sets_up {
                    return self.answer(answer.done());
                }
                // Whoever hears of the new set-up can go by it. It is read on a thread that may wait for the store.
                let queue = self.desk.queue.clone();
                queue.resubmit(move || {
                    // What can't be read now is read again by the timers, which are rung for it.
                    if self.desk.setup.reload(self.desk.records.as_ref()).is_err() {
                        self.desk.alarm.set(self.desk.now());
                    }
                    self.answer(answer.done());
                });
            }
            // What was taken meanwhile is found on fresh reads: an identity's contact, an idempotency key's answer.
            Err(StoreError::Conflict { .. } | StoreError::Exists { .. })
                if self.attempt < self.desk.options.attempts =>
            {
                self.desk.metrics.conflict();
                let queue = self.desk.queue.clone();
                let again = Self { attempt: self.attempt + 1, ..self };
                queue.resubmit(move || again.run());
            }
            Err(error) => self.answer(Err(error.into())),
        }
    }

    fn answer(self, answer: Result<Done<C::Value>, Error>) {
        let outcome = match &answer {
            Ok(done) if done.repeated => "repeated",
            Ok(_) if self.how.preview => "preview",
            Ok(_) => "ok",
            Err(error) => error.name(),
        };
        self.desk.metrics.command(C::NAME, outcome);
        // The key is free before the client hears: its next request must not meet its own shadow.
        drop(self.once);
        drop(self.running);
        let _ = self.tell.send(answer);
    }
}
