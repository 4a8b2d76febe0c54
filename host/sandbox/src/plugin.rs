//! A loaded policy: which instance answers, and what came of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use plugdesk_domain::ask::{PrepareFault, Problem};
use plugdesk_domain::question::Answer;
use plugdesk_domain::{Call, Digest, Limits, Outcome, OutcomeClass, Plugin, Verdict};

use crate::clock::{Ticker, thread_cpu};
use crate::failure::Failure;
use crate::load::Linked;
use crate::run::Run;
use crate::setup::MOST_SETTINGS_BYTES;
use crate::state::with_context;

/// A policy keeps at most so many instances for later calls: as many as ask it at once on a small machine. Each holds
/// a place in the pool.
const MOST_KEPT: usize = 4;
/// An instance answers at most so often: a guest that never frees would else reach its memory limit in the end.
const MOST_CALLS: u32 = 1_000;

/// A component, loaded.
pub(crate) struct Loaded {
    digest: Digest,
    names: Vec<String>,
    linked: Linked,
    ticker: Ticker,
    /// Instances to use again; none: each call has its own.
    kept: Option<Mutex<Vec<Run>>>,
}

impl Loaded {
    pub(crate) fn new(digest: Digest, linked: Linked, ticker: Ticker, reuse: bool) -> Self {
        let kept = reuse.then(Mutex::default);
        Self { digest, names: linked.questions.names(), linked, ticker, kept }
    }

    /// A store for this call: a new one, or one that was kept.
    fn run(&self, call: &Call<'_>) -> Result<Run, Failure> {
        let kept = self.kept.as_ref().and_then(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner).pop());
        match kept {
            Some(mut run) => run.renew(call.settings.clone(), call.limits).map(|()| run),
            None => Run::new(&self.linked.pre, call.settings.clone(), call.limits, false, &self.ticker),
        }
    }

    fn answer(&self, run: &mut Run, call: &Call<'_>) -> Result<Option<Answer>, Failure> {
        let instance = run.instance(&self.linked.pre)?;
        let Run { store, ready, .. } = run;
        self.linked.questions.ask(store, &instance, ready, call.inquiry, call.limits.answer_bytes)
    }

    /// After an answer; after anything else the store is dropped.
    fn keep(&self, run: Run) {
        let Some(kept) = &self.kept else { return };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT && run.calls < MOST_CALLS {
            kept.push(run);
        }
    }
}

impl Plugin for Loaded {
    fn digest(&self) -> Digest {
        self.digest
    }

    fn questions(&self) -> &[String] {
        &self.names
    }

    fn imports(&self) -> &[String] {
        &self.linked.imports
    }

    fn prepare(&self, configuration: &str, limits: &Limits) -> Result<Arc<[u8]>, PrepareFault> {
        let Some(setup) = &self.linked.setup else {
            if configuration.len() > MOST_SETTINGS_BYTES {
                let message = format!("{} bytes, at most {MOST_SETTINGS_BYTES} are kept", configuration.len());
                return Err(PrepareFault::Refused(vec![Problem { pointer: String::new(), message }]));
            }
            return Ok(Arc::from(configuration.as_bytes()));
        };
        self.ticker.keep_ticking();
        let prepared =
            catch_unwind(AssertUnwindSafe(|| setup.prepare(&self.linked.pre, configuration, limits, &self.ticker)));
        prepared.unwrap_or_else(|_| {
            let Failure { class, message } = host_panicked();
            Err(PrepareFault::Failed { class, message })
        })
    }

    fn ask(&self, call: &Call<'_>) -> Verdict {
        self.ticker.keep_ticking();
        let mut run = match self.run(call) {
            Ok(run) => run,
            Err(failure) => return verdict(Err(failure), None),
        };
        // A component can't unwind through the host, but our own code could have a fault that its input finds. Then the
        // store is dropped like after any failure, and the customer's ticket goes on.
        let answered = catch_unwind(AssertUnwindSafe(|| with_context(call.context, || self.answer(&mut run, call))));
        let answered = answered.unwrap_or_else(|_| Err(host_panicked()));
        let answers = answered.is_ok();
        let verdict = verdict(answered, Some(&mut run));
        if answers {
            self.keep(run);
        }
        verdict
    }
}

fn host_panicked() -> Failure {
    Failure::new(OutcomeClass::Capacity, "the host itself failed while the policy ran; its log has the panic")
}

fn verdict(answered: Result<Option<Answer>, Failure>, run: Option<&mut Run>) -> Verdict {
    let outcome = match answered {
        Ok(answer) => Outcome::Answered(answer),
        Err(Failure { class, message }) => Outcome::Failed { class, message },
    };
    let Some(run) = run else {
        return Verdict { outcome, fuel: 0, cpu: Duration::ZERO, log: Vec::new(), log_dropped: 0 };
    };
    let fuel = run.fuel_used();
    let state = run.store.data_mut();
    let cpu = thread_cpu().saturating_sub(state.began);
    Verdict { outcome, fuel, cpu, log: std::mem::take(&mut state.log), log_dropped: state.log_dropped }
}
