//! Policies in plain Rust, and what they answer.

use std::sync::Arc;
use std::time::Duration;

use plugdesk_desk::generation::{Bound, Ready};
use plugdesk_domain::ask::PrepareFault;
use plugdesk_domain::question::classify::Classification;
use plugdesk_domain::question::qualify::Qualification;
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{
    Binding, BindingId, BindingScope, Call, Digest, FailureRule, Grade, Instant, Limits, Mode, Needs, Outcome,
    OutcomeClass, Plugin, Verdict,
};

type Answering = dyn Fn(&Call<'_>) -> Outcome + Send + Sync;

/// A policy in plain Rust.
struct Native {
    questions: Vec<String>,
    answer: Arc<Answering>,
    cpu: Duration,
}

impl Plugin for Native {
    fn digest(&self) -> Digest {
        Digest::of(b"native")
    }
    fn questions(&self) -> &[String] {
        &self.questions
    }
    fn imports(&self) -> &[String] {
        &[]
    }
    fn prepare(&self, configuration: &str, _limits: &Limits) -> Result<Arc<[u8]>, PrepareFault> {
        Ok(configuration.as_bytes().into())
    }
    fn ask(&self, call: &Call<'_>) -> Verdict {
        let outcome = (self.answer)(call);
        Verdict { outcome, fuel: 1_000, cpu: self.cpu, log: Vec::new(), log_dropped: 0 }
    }
}

/// A binding to be made: a policy in plain Rust, bound to one question.
#[derive(Clone)]
pub(crate) struct Policy {
    pub(crate) binding: Binding,
    pub(crate) granted: Needs,
    ready: Result<Arc<Answering>, OutcomeClass>,
    cpu: Duration,
}

impl Policy {
    pub(crate) fn new(
        name: &str,
        question: &str,
        rank: u32,
        answer: impl Fn(&Call<'_>) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        let id = u128::from_be_bytes(
            Digest::of(format!("{name}/{question}/{rank}").as_bytes()).bytes()[..16].try_into().unwrap(),
        );
        let binding = Binding {
            id: BindingId::new(Instant::from_millis(1), id),
            policy: name.into(),
            pack: "native".into(),
            pack_version: "0.1.0".into(),
            plugin: name.into(),
            component: Digest::of(name.as_bytes()),
            question: question.into(),
            scope: BindingScope::Desk,
            rank,
            mode: Mode::Active,
            on_failure: FailureRule::Skip,
            replaces: Vec::new(),
            brought_by: None,
            base: None,
            overlay: None,
            configuration: Digest::of(b"{}"),
        };
        Self { binding, granted: Needs::everything(), ready: Ok(Arc::new(answer)), cpu: Duration::from_micros(20) }
    }

    /// Answers every `classify` with that segment.
    pub(crate) fn segment(name: &str, rank: u32, segment: &'static str, confidence: u16) -> Self {
        Self::new(name, "classify", rank, move |_| classified(segment, confidence))
    }

    /// Answers every `qualify` with that score.
    pub(crate) fn score(name: &str, rank: u32, score: u16) -> Self {
        Self::new(name, "qualify", rank, move |_| qualified(score))
    }

    /// Fails every call.
    pub(crate) fn failing(name: &str, question: &str, rank: u32, class: OutcomeClass) -> Self {
        Self::new(name, question, rank, move |_| failed(class))
    }

    /// Never loaded.
    pub(crate) fn unloaded(name: &str, question: &str, rank: u32) -> Self {
        Self { ready: Err(OutcomeClass::Load), ..Self::new(name, question, rank, |_| Outcome::Answered(None)) }
    }

    pub(crate) fn scope(mut self, scope: BindingScope) -> Self {
        self.binding.id = BindingId::new(
            Instant::from_millis(2),
            self.binding.id.uuid().as_u128() + u128::from(format!("{scope:?}").len() as u64),
        );
        self.binding.scope = scope;
        self
    }

    pub(crate) fn mode(mut self, mode: Mode) -> Self {
        self.binding.mode = mode;
        self
    }

    pub(crate) fn on_failure(mut self, rule: FailureRule) -> Self {
        self.binding.on_failure = rule;
        self
    }

    pub(crate) fn replaces(mut self, names: &[&str]) -> Self {
        self.binding.replaces = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    pub(crate) fn granted(mut self, needs: Needs) -> Self {
        self.granted = needs;
        self
    }

    /// Says that each of its calls took so long.
    pub(crate) fn cpu_ms(mut self, millis: u64) -> Self {
        self.cpu = Duration::from_millis(millis);
        self
    }

    pub(crate) fn bound(&self) -> Bound {
        let questions = vec![self.binding.question.clone()];
        let ready = match &self.ready {
            Ok(answer) => Ok(Ready {
                plugin: Arc::new(Native { questions, answer: Arc::clone(answer), cpu: self.cpu }),
                settings: Arc::from(&b"{}"[..]),
            }),
            Err(class) => Err((*class, "it could not be loaded".to_owned())),
        };
        Bound::new(self.binding.clone(), ready, self.granted.clone(), Limits::default())
    }
}

pub(crate) fn failed(class: OutcomeClass) -> Outcome {
    Outcome::Failed { class, message: "as told".into() }
}

pub(crate) fn classification(segment: &str, confidence: u16) -> Classification {
    Classification { segment: segment.into(), confidence, reasons: vec![], facts: vec![], signals: vec![] }
}

pub(crate) fn classified(segment: &str, confidence: u16) -> Outcome {
    Outcome::Answered(Some(Answer::Classify(classification(segment, confidence))))
}

pub(crate) fn qualification(score: u16) -> Qualification {
    Qualification {
        score,
        grade: if score >= 5_000 { Grade::A } else { Grade::C },
        motive: None,
        horizon_days: None,
        next_question: None,
        look_again: None,
        reasons: vec![],
        facts: vec![],
        signals: vec![],
    }
}

pub(crate) fn qualified(score: u16) -> Outcome {
    Outcome::Answered(Some(Answer::Qualify(qualification(score))))
}

/// The subject's id of an inquiry.
pub(crate) fn subject_id(inquiry: &Inquiry) -> String {
    use plugdesk_domain::question::classify::Subject;
    match inquiry {
        Inquiry::Classify(it) => match &it.subject {
            Subject::Contact(it) => it.id.clone(),
            Subject::Company(it) => it.id.clone(),
            Subject::Ticket(it) => it.id.clone(),
        },
        Inquiry::Qualify(it) => it.lead.id.clone(),
        other => panic!("no subject of `{}` is looked for", other.question()),
    }
}
