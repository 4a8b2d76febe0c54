//! A clock turned by hand, counted randomness, and policies in plain Rust.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use plugdesk_desk::{Clock, Entropy};
use plugdesk_domain::ask::{LoadFault, PrepareFault};
use plugdesk_domain::question::classify::Classification;
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{Ask, Call, Digest, Instant, Limits, Outcome, OutcomeClass, Plugin, Reason, Verdict};

/// It is always the same moment.
pub(crate) struct HandClock;

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_millis(1_795_000_000_000)
    }
}

/// Bits that differ each time, and are the same in every run.
#[derive(Default)]
pub(crate) struct CountedEntropy(AtomicU64);

impl Entropy for CountedEntropy {
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let digest = Digest::of(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            let length = chunk.len();
            chunk.copy_from_slice(&digest.bytes()[..length]);
        }
    }
}

/// Policies in plain Rust; a component's bytes name the one.
pub(crate) struct NativeAsk;

impl Ask for NativeAsk {
    fn load(&self, component: &[u8]) -> Result<Arc<dyn Plugin>, LoadFault> {
        let name = String::from_utf8_lossy(component).into_owned();
        match name.as_str() {
            "by-subject" | "faulty" => Ok(Arc::new(Native { name, questions: vec!["classify".into()] })),
            _ => Err(LoadFault("is not a component".into())),
        }
    }

    fn contract(&self) -> &str {
        "plugdesk:desk@0.1.0"
    }
}

struct Native {
    name: String,
    questions: Vec<String>,
}

impl Plugin for Native {
    fn digest(&self) -> Digest {
        Digest::of(self.name.as_bytes())
    }

    fn questions(&self) -> &[String] {
        &self.questions
    }

    fn imports(&self) -> &[String] {
        &[]
    }

    fn prepare(&self, configuration: &str, _: &Limits) -> Result<Arc<[u8]>, PrepareFault> {
        Ok(configuration.as_bytes().into())
    }

    fn ask(&self, call: &Call<'_>) -> Verdict {
        let outcome = match self.name.as_str() {
            "by-subject" => Outcome::Answered(Some(classify(call.inquiry))),
            _ => Outcome::Failed { class: OutcomeClass::Fault, message: "it never can".into() },
        };
        Verdict { outcome, fuel: 1_000, cpu: Duration::from_micros(5), log: vec![], log_dropped: 0 }
    }
}

/// Everything is a company's, and says so.
fn classify(inquiry: &Inquiry) -> Answer {
    assert!(matches!(inquiry, Inquiry::Classify(_)), "only classify is bound");
    let reason = Reason { code: "always-company".into(), params: [].into(), evidence: vec![], text: None };
    Answer::Classify(Classification {
        segment: "company".into(),
        confidence: 9_000,
        reasons: vec![reason],
        facts: vec![],
        signals: vec![],
    })
}
