//! The jobs of every desk: when each is due, and which are being done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plugdesk_desk::target::Allowed;
use plugdesk_desk::{Clock, Desk, Desks, Error, State};
use plugdesk_domain::{DeskId, Instant, Principal, WebhookId};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::Bell;

/// Jobs that read stores at a time: each waits on a thread of its own, and the desks' pool has about one per core.
const MOST_AT_A_TIME: usize = 16;
/// A job that failed as a whole, as on a store that can't be read, is tried again after so long.
const PAUSE_MS: i64 = 5_000;
/// Batches of the log that one desk works off before others get their turn.
const MOST_ROUNDS: usize = 16;

/// The sorts of jobs, one of each per desk at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Timer,
    Follow,
    Send,
    Expire,
}

const SORTS: [Sort; 4] = [Sort::Timer, Sort::Follow, Sort::Send, Sort::Expire];

#[derive(Debug, Clone, Copy, Default)]
struct Job {
    /// When it is to be done next; none: when something happens.
    due: Option<Instant>,
    running: bool,
}

impl Job {
    fn at(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }
}

struct Watched {
    desk: Desk,
    /// Whether events were told since it was looked at last.
    news: Arc<AtomicBool>,
    jobs: [Job; SORTS.len()],
    /// Webhooks to which something is being sent.
    busy: Vec<WebhookId>,
    /// This desk's places for sending.
    #[cfg(feature = "webhooks")]
    places: Arc<super::send::Places>,
}

/// What ended.
enum Ended {
    Job(DeskId, Sort, Result<Next, Error>),
    #[cfg(feature = "webhooks")]
    Sent(DeskId, WebhookId),
}

/// What a job came to.
struct Next {
    due: Option<Instant>,
    #[cfg(feature = "webhooks")]
    sendings: Vec<plugdesk_desk::follow::Sending>,
}

impl Next {
    fn due(due: Option<Instant>) -> Self {
        Self {
            due,
            #[cfg(feature = "webhooks")]
            sendings: Vec::new(),
        }
    }
}

pub(super) struct Jobs {
    desks: Desks,
    clock: Arc<dyn Clock>,
    bell: Arc<Bell>,
    watched: BTreeMap<DeskId, Watched>,
    running: JoinSet<Ended>,
    at_a_time: usize,
    /// The state in which they were seen last; work is begun in `ready` alone.
    state: State,
    #[cfg(feature = "webhooks")]
    sender: Option<Arc<super::send::Sender>>,
}

impl Jobs {
    #[cfg_attr(not(feature = "webhooks"), allow(unused_variables, clippy::needless_pass_by_value))]
    pub(super) fn new(desks: Desks, clock: Arc<dyn Clock>, allowed: Vec<Allowed>, bell: Arc<Bell>) -> Self {
        #[cfg(feature = "webhooks")]
        let sender = super::send::Sender::new(allowed)
            .inspect_err(|error| tracing::error!(%error, "webhooks can't be sent"))
            .map(Arc::new)
            .ok();
        Self {
            desks,
            clock,
            bell,
            watched: BTreeMap::new(),
            running: JoinSet::new(),
            at_a_time: 0,
            state: State::Ready,
            #[cfg(feature = "webhooks")]
            sender,
        }
    }

    /// Takes in desks that were opened since.
    pub(super) fn look_for_desks(&mut self) {
        let operator = Principal::operator();
        let now = self.clock.now();
        for record in self.desks.desk_list(&operator).unwrap_or_default() {
            if self.watched.contains_key(&record.id) {
                continue;
            }
            let Ok(desk) = self.desks.desk(record.id) else { continue };
            let news = Arc::new(AtomicBool::new(false));
            let (told, bell) = (Arc::clone(&news), Arc::downgrade(&self.bell));
            let wake = move |_last| {
                let Some(bell) = bell.upgrade() else { return false };
                told.store(true, Ordering::Release);
                bell.ring();
                true
            };
            if let Err(error) = desk.watch(&operator, Box::new(wake)) {
                tracing::warn!(%error, desk = %record.name, "its events can't be followed");
            }
            let jobs = [Job { due: Some(now), running: false }; SORTS.len()];
            let watched = Watched {
                desk,
                news,
                jobs,
                busy: Vec::new(),
                #[cfg(feature = "webhooks")]
                places: Arc::new(super::send::Places::of_a_desk()),
            };
            self.watched.insert(record.id, watched);
        }
    }

    /// Whether writes are taken. While they are not, nothing is begun: a job could store nothing of what it did, and a
    /// webhook would be sent again and again. What became due meanwhile is due when they are taken again.
    fn rests(&mut self) -> bool {
        let (state, why) = self.desks.state();
        if state != self.state {
            self.state = state;
            match (state, why) {
                (State::Ready, _) => tracing::info!("writes are taken again: timers, followers and webhooks go on"),
                // Its end has lines of its own.
                (State::ShuttingDown, _) => {}
                (_, why) => {
                    let why = why.unwrap_or_default();
                    tracing::warn!(
                        state = state.name(),
                        why,
                        "no writes are taken: timers, followers and webhooks rest"
                    );
                }
            }
        }
        state != State::Ready
    }

    /// Begins what is due.
    pub(super) fn begin_due(&mut self) {
        if self.rests() {
            return;
        }
        let now = self.clock.now();
        for (id, watched) in &mut self.watched {
            if watched.news.swap(false, Ordering::AcqRel) {
                watched.jobs[Sort::Follow as usize].at(now);
            }
            if let Some(at) = watched.desk.alarm() {
                watched.jobs[Sort::Timer as usize].at(at);
            }
            for sort in SORTS {
                let job = &mut watched.jobs[sort as usize];
                let begins = !job.running && job.due.is_some_and(|due| due <= now);
                if !begins || self.at_a_time >= MOST_AT_A_TIME {
                    continue;
                }
                *job = Job { due: None, running: true };
                self.at_a_time += 1;
                let (id, desk, busy) = (*id, watched.desk.clone(), watched.busy.clone());
                self.running.spawn(async move {
                    let runtime = Handle::current();
                    let done = tokio::task::spawn_blocking(move || runtime.block_on(job_of(sort, &desk, &busy)));
                    let done = done.await.unwrap_or_else(|error| Err(Error::Internal(error.to_string())));
                    Ended::Job(id, sort, done)
                });
            }
        }
    }

    /// How long until something is due that is not being done.
    pub(super) fn wait(&self) -> Duration {
        if self.at_a_time >= MOST_AT_A_TIME || self.state != State::Ready {
            return Duration::MAX;
        }
        let jobs = self.watched.values().flat_map(|it| it.jobs);
        let due = jobs.filter(|job| !job.running).filter_map(|job| job.due).min();
        let millis = due.map(|due| due.millis().saturating_sub(self.clock.now().millis()).max(0));
        millis.map_or(Duration::MAX, |millis| Duration::from_millis(millis.unsigned_abs()))
    }

    /// Waits until a job ended, and takes in what it came to. For ever when none runs.
    pub(super) async fn ended(&mut self) {
        let Some(ended) = self.running.join_next().await else { return std::future::pending().await };
        match ended {
            Ok(Ended::Job(id, sort, next)) => self.job_ended(id, sort, next),
            #[cfg(feature = "webhooks")]
            Ok(Ended::Sent(id, webhook)) => {
                let now = self.clock.now();
                if let Some(watched) = self.watched.get_mut(&id) {
                    watched.busy.retain(|it| *it != webhook);
                    watched.jobs[Sort::Send as usize].at(now);
                }
            }
            Err(error) => tracing::warn!(%error, "a job of the desks ended badly"),
        }
    }

    fn job_ended(&mut self, id: DeskId, sort: Sort, next: Result<Next, Error>) {
        self.at_a_time = self.at_a_time.saturating_sub(1);
        let now = self.clock.now();
        let Some(watched) = self.watched.get_mut(&id) else { return };
        let job = &mut watched.jobs[sort as usize];
        job.running = false;
        match next {
            Ok(next) => {
                if let Some(due) = next.due {
                    job.at(due);
                }
                #[cfg(feature = "webhooks")]
                self.send(id, next.sendings);
            }
            Err(error) => {
                tracing::warn!(%error, desk = %watched.desk.record().name, ?sort, "it is tried again in a moment");
                job.at(now.plus_millis(PAUSE_MS));
            }
        }
        if sort == Sort::Follow
            && let Some(watched) = self.watched.get_mut(&id)
        {
            // Deliveries are told by no event: they are made by whoever follows the events, whatever else of it failed.
            watched.jobs[Sort::Send as usize].at(now);
        }
    }

    #[cfg(feature = "webhooks")]
    fn send(&mut self, id: DeskId, sendings: Vec<plugdesk_desk::follow::Sending>) {
        let Some((sender, watched)) = self.sender.as_ref().zip(self.watched.get_mut(&id)) else { return };
        for sending in sendings.into_iter().filter(|it| !watched.busy.contains(&it.webhook)).collect::<Vec<_>>() {
            watched.busy.push(sending.webhook);
            let (sender, desk, places) = (Arc::clone(sender), watched.desk.clone(), Arc::clone(&watched.places));
            self.running.spawn(async move {
                let sent = sender.send(&sending, &places).await;
                super::send::log(&desk.record().name, &sending, &sent);
                if let Err(error) = desk.delivery_sent(sending.delivery, sent).await {
                    tracing::warn!(%error, delivery = %sending.delivery, "what came of it can't be stored; it is sent again");
                    tokio::time::sleep(Duration::from_millis(PAUSE_MS.unsigned_abs())).await;
                }
                Ended::Sent(id, sending.webhook)
            });
        }
    }

    /// Waits for what is being done, but not for ever.
    pub(super) async fn drain(mut self, most: Duration) {
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(most, all).await.is_err() {
            self.running.abort_all();
        }
    }
}

/// Does one job, on a thread that may wait.
async fn job_of(sort: Sort, desk: &Desk, busy: &[WebhookId]) -> Result<Next, Error> {
    match sort {
        Sort::Timer => desk.wake_due().await.map(Next::due),
        Sort::Follow => follow(desk).await.map(Next::due),
        Sort::Send => send(desk, busy).await,
        Sort::Expire => desk.answers_expire().await.map(|at| Next::due(Some(at))),
    }
}

async fn follow(desk: &Desk) -> Result<Option<Instant>, Error> {
    let mut rounds = 0;
    let followed = loop {
        let followed = desk.follow().await?;
        rounds += 1;
        if !followed.more || rounds >= MOST_ROUNDS {
            break followed;
        }
    };
    let reacted = desk.react_due().await?;
    let earlier = |a: Option<Instant>, b: Option<Instant>| a.into_iter().chain(b).min();
    let next = earlier(followed.again, reacted);
    // What is left over is due at once.
    Ok(if followed.more { earlier(next, Some(Instant::from_millis(0))) } else { next })
}

#[cfg(feature = "webhooks")]
async fn send(desk: &Desk, busy: &[WebhookId]) -> Result<Next, Error> {
    let (sendings, due) = desk.deliveries_due(busy).await?;
    Ok(Next { due, sendings })
}

#[cfg(not(feature = "webhooks"))]
async fn send(_desk: &Desk, _busy: &[WebhookId]) -> Result<Next, Error> {
    Ok(Next::due(None))
}
