//! What is measured, in a registry of our own: nothing global, so that an embedder's metrics stay apart.

use std::sync::Arc;
use std::time::Duration;

use plugdesk_domain::OutcomeClass;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::generation::Live;
use crate::view::State;

/// Policies take 10 µs to the backstop's 50 ms; each bucket is about three times the one before.
const CPU_BUCKETS: [f64; 9] = [0.000_01, 0.000_03, 0.000_1, 0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1];
/// A durable write takes from a fifth of a millisecond to, on a busy disk, a second.
const COMMIT_BUCKETS: [f64; 9] = [0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CommandLabels {
    command: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QuestionLabels {
    desk: String,
    question: &'static str,
    policy: String,
    class: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PolicyLabels {
    desk: String,
    question: String,
    policy: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeskLabels {
    desk: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedLabels {
    why: &'static str,
}

/// The registry and what is in it.
pub(crate) struct Metrics {
    registry: Registry,
    commands: Family<CommandLabels, Counter>,
    questions: Family<QuestionLabels, Counter>,
    cpu: Family<PolicyLabels, Histogram, fn() -> Histogram>,
    commit: Histogram,
    conflicts: Counter,
    refused: Family<RefusedLabels, Counter>,
    queued: Gauge,
    in_flight: Gauge,
    breakers: Family<PolicyLabels, Gauge>,
    generations: Family<DeskLabels, Gauge>,
    states: Family<StateLabels, Gauge>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("plugdesk");
        let metrics = Self {
            commands: Family::default(),
            questions: Family::default(),
            cpu: Family::new_with_constructor(|| Histogram::new(CPU_BUCKETS)),
            commit: Histogram::new(COMMIT_BUCKETS),
            conflicts: Counter::default(),
            refused: Family::default(),
            queued: Gauge::default(),
            in_flight: Gauge::default(),
            breakers: Family::default(),
            generations: Family::default(),
            states: Family::default(),
            registry: Registry::default(),
        };
        registry.register("commands", "Commands by how they ended", metrics.commands.clone());
        registry.register("questions", "Calls of policies by how they ended", metrics.questions.clone());
        let cpu = metrics.cpu.clone();
        registry.register_with_unit("question_cpu", "Time on the processor of a call", Unit::Seconds, cpu);
        let commit = metrics.commit.clone();
        registry.register_with_unit(
            "commit",
            "From handing a change to the store to its answer",
            Unit::Seconds,
            commit,
        );
        registry.register("conflicts", "Commands run again on fresh reads", metrics.conflicts.clone());
        registry.register(
            "refused",
            "Requests of somebody unknown, or not allowed, or too fast",
            metrics.refused.clone(),
        );
        registry.register("queue", "Commands that wait for a thread", metrics.queued.clone());
        registry.register("in_flight", "Commands being worked on", metrics.in_flight.clone());
        registry.register("breaker_open", "1 while a binding's breaker is open", metrics.breakers.clone());
        registry.register("generation", "The generation in force", metrics.generations.clone());
        registry.register("state", "1 for the state it is in; writes are taken in `ready`", metrics.states.clone());
        Self { registry, ..metrics }
    }

    pub(crate) fn command(&self, command: &'static str, outcome: &'static str) {
        self.commands.get_or_create(&CommandLabels { command, outcome }).inc();
    }

    pub(crate) fn question(
        &self,
        desk: &str,
        question: &'static str,
        policy: &str,
        class: OutcomeClass,
        cpu: Duration,
    ) {
        let (desk, policy) = (desk.to_owned(), policy.to_owned());
        let labels = QuestionLabels { desk: desk.clone(), question, policy: policy.clone(), class: class.name() };
        self.questions.get_or_create(&labels).inc();
        if class != OutcomeClass::BreakerOpen {
            let labels = PolicyLabels { desk, question: question.to_owned(), policy };
            self.cpu.get_or_create(&labels).observe(cpu.as_secs_f64());
        }
    }

    pub(crate) fn committed(&self, took: Duration) {
        self.commit.observe(took.as_secs_f64());
    }

    pub(crate) fn conflict(&self) {
        self.conflicts.inc();
    }

    /// Whether writes are taken.
    pub(crate) fn state(&self, now: State) {
        for state in State::ALL {
            self.states.get_or_create(&StateLabels { state: state.name() }).set(i64::from(state == now));
        }
    }

    pub(crate) fn refused(&self, why: &'static str) {
        self.refused.get_or_create(&RefusedLabels { why }).inc();
    }

    /// Takes the gauges as they are now.
    pub(crate) fn observe(&self, queued: usize, in_flight: u64, desks: &[(String, Arc<Live>)]) {
        self.queued.set(i64::try_from(queued).unwrap_or(i64::MAX));
        self.in_flight.set(i64::try_from(in_flight).unwrap_or(i64::MAX));
        self.breakers.clear();
        self.generations.clear();
        for (desk, live) in desks {
            let number = i64::try_from(live.number()).unwrap_or(i64::MAX);
            self.generations.get_or_create(&DeskLabels { desk: desk.clone() }).set(number);
            for bound in live.bindings() {
                let labels = PolicyLabels {
                    desk: desk.clone(),
                    question: bound.binding.question.clone(),
                    policy: bound.binding.policy.clone(),
                };
                // A policy may be bound in several scopes: one open breaker is worth a look.
                self.breakers.get_or_create(&labels).inc_by(i64::from(bound.breaker.is_open()));
            }
        }
    }

    /// As text.
    pub(crate) fn encode(&self) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
