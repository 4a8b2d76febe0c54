//! `setup`: what a component makes of its configuration, once for each generation.

use std::sync::Arc;

use plugdesk_domain::ask::{PrepareFault, Problem};
use plugdesk_domain::plain::plain;
use plugdesk_domain::{Limits, LoadFault};
use wasmtime::component::InstancePre;

use crate::bindings::exports::plugdesk::desk::setup as wit;
use crate::clock::Ticker;
use crate::contract;
use crate::failure::Failure;
use crate::run::Run;
use crate::state::State;

/// Preparing may cost ten times what a question may: it parses and compiles what every call then only uses.
const TIMES: u32 = 10;
/// Prepared settings have at most so many bytes: every call copies them.
pub(crate) const MOST_SETTINGS_BYTES: usize = 1 << 20;
/// At most so many problems are shown.
const MOST_PROBLEMS: usize = 64;
/// A pointer or a message of a problem has at most so many bytes.
const MOST_PROBLEM_BYTES: usize = 512;

type Prepared = Result<Vec<u8>, Vec<wit::Problem>>;

/// The function, where a component exports it.
pub(crate) struct Setup(wit::GuestIndices);

impl Setup {
    /// From a component's exports.
    pub(crate) fn of(pre: &InstancePre<State>) -> Result<Option<Self>, LoadFault> {
        let Some(function) = contract::function(pre, "setup", "prepare")? else { return Ok(None) };
        function
            .typecheck::<(&str,), (Prepared,)>(&pre.instance_type())
            .map_err(|error| contract::other_types("setup", &error))?;
        Ok(Some(Self(wit::GuestIndices::new(pre).map_err(|error| LoadFault(format!("{error:#}")))?)))
    }

    /// Runs it in an instance of its own.
    pub(crate) fn prepare(
        &self,
        pre: &InstancePre<State>,
        configuration: &str,
        limits: &Limits,
        ticker: &Ticker,
    ) -> Result<Arc<[u8]>, PrepareFault> {
        let limits = Limits {
            fuel: limits.fuel.saturating_mul(TIMES.into()),
            cpu_ms: limits.cpu_ms.saturating_mul(TIMES),
            ..*limits
        };
        match self.run(pre, configuration, &limits, ticker) {
            Ok(Ok(bytes)) => Ok(bytes.into()),
            Ok(Err(problems)) => Err(PrepareFault::Refused(problems_of(problems))),
            Err(Failure { class, message }) => Err(PrepareFault::Failed { class, message }),
        }
    }

    fn run(
        &self,
        pre: &InstancePre<State>,
        configuration: &str,
        limits: &Limits,
        ticker: &Ticker,
    ) -> Result<Prepared, Failure> {
        let mut run = Run::new(pre, Arc::from([]), limits, true, ticker)?;
        let instance = run.instance(pre)?;
        let guest = self.0.load(&mut run.store, &instance)?;
        let prepared = guest.call_prepare(&mut run.store, configuration)?;
        if let Ok(bytes) = &prepared
            && bytes.len() > MOST_SETTINGS_BYTES
        {
            let text = format!("prepared settings of {} bytes, at most {MOST_SETTINGS_BYTES} are kept", bytes.len());
            return Err(Failure::bad_answer(text));
        }
        Ok(prepared)
    }
}

fn problems_of(problems: Vec<wit::Problem>) -> Vec<Problem> {
    if problems.is_empty() {
        return vec![Problem { pointer: String::new(), message: "refused, and the plugin does not say why".into() }];
    }
    let short = |text: String| plain(&text, MOST_PROBLEM_BYTES);
    let problem = |it: wit::Problem| Problem { pointer: short(it.pointer), message: short(it.message) };
    problems.into_iter().take(MOST_PROBLEMS).map(problem).collect()
}
