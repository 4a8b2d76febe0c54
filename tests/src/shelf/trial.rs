//! Trials of mutants: each is loaded, prepared and asked every question that it answers, and the host must live through
//! it within its limits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use plugdesk_domain::ask::PrepareFault;
use plugdesk_domain::question::QUESTIONS;
use plugdesk_domain::{Ask, Limits, OutcomeClass};

use super::guest::golden;
use super::mutate::{Random, mutant};
use super::pretend::{Desk, ask_at, inquiry};

/// A call's processor time may pass its limit by so much where the ticking thread waits for its turn: on a machine with
/// more to do than cores that is tens of milliseconds.
const MOST_LATE: Duration = Duration::from_millis(100);
/// All of a trial, compiling included. It is the wall's time: only what hangs takes so long.
const MOST_TIME: Duration = Duration::from_secs(60);
/// Each so many mutants the next ones are made of mutants that still loaded, and so lie further off.
const GENERATION: usize = 64;

/// Mutants, one after the other.
pub struct Trials {
    random: Random,
    /// What they are made of.
    origins: Vec<Vec<u8>>,
    known: usize,
}

/// One of them.
pub struct Trial {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was done to it.
    pub way: &'static str,
    /// Where and as what it ended, such as `load`, `ask ok` or `ask trap`; of several questions the worst.
    pub ended: String,
    /// The rule that it broke.
    pub broken: Option<String>,
}

impl Trials {
    /// Mutants of the golden components and of `more`.
    pub fn new(seed: u64, more: Vec<Vec<u8>>) -> Self {
        let mut origins: Vec<Vec<u8>> = QUESTIONS.iter().map(|name| golden(name)).collect();
        origins.extend(more);
        let known = origins.len();
        Self { random: Random::new(seed), origins, known }
    }

    /// Makes the next one and tries it.
    pub fn next(&mut self, engine: &dyn Ask) -> Trial {
        let (one, other) = (self.random.below(self.origins.len()), self.random.below(self.origins.len()));
        let (way, bytes) = mutant(&mut self.random, &self.origins[one], &self.origins[other]);
        let begun = Instant::now();
        let tried = catch_unwind(AssertUnwindSafe(|| trial(engine, &bytes)));
        let (ended, mut broken) = tried.unwrap_or_else(|_| ("panic".to_owned(), Some("the host panicked".to_owned())));
        if begun.elapsed() > MOST_TIME {
            broken.get_or_insert(format!("it took {:?}", begun.elapsed()));
        }
        if ended.starts_with("ask") && bytes != self.origins[one] && self.origins.len() < self.known + GENERATION {
            self.origins.push(bytes.clone());
        } else if self.origins.len() >= self.known + GENERATION {
            self.origins.truncate(self.known);
        }
        Trial { bytes, way, ended, broken }
    }
}

fn trial(engine: &dyn Ask, bytes: &[u8]) -> (String, Option<String>) {
    let plugin = match engine.load(bytes) {
        Ok(plugin) => plugin,
        Err(fault) if fault.0.contains("the host itself failed") || fault.0.contains("gave up on it") => {
            return ("load".to_owned(), Some(fault.0));
        }
        Err(_) => return ("load".to_owned(), None),
    };
    let limits = Limits::default();
    let settings = match plugin.prepare("{}", &limits) {
        Ok(settings) => settings,
        Err(PrepareFault::Failed { class: OutcomeClass::Capacity, message }) => {
            return ("prepare capacity".to_owned(), Some(message));
        }
        Err(PrepareFault::Failed { class, .. }) => return (format!("prepare {}", class.name()), None),
        Err(PrepareFault::Refused(_)) => return ("prepare settings".to_owned(), None),
    };
    let (mut worst, mut broken) = (OutcomeClass::Ok, None);
    for question in plugin.questions() {
        let verdict = ask_at(&*plugin, &Desk::default(), &inquiry(question), &settings, &limits);
        worst = worst.max(verdict.outcome.class());
        if verdict.outcome.class() == OutcomeClass::Capacity {
            broken = Some(format!("{question}: {:?}", verdict.outcome));
        }
        if verdict.cpu > Duration::from_millis(limits.cpu_ms.into()) + MOST_LATE {
            broken = Some(format!("{question} used {:?} of processor time", verdict.cpu));
        }
        if verdict.fuel > limits.fuel {
            broken = Some(format!("{question} used {} units of fuel", verdict.fuel));
        }
    }
    (format!("ask {}", worst.name()), broken)
}
