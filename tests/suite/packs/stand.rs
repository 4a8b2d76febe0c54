//! A desk in memory with a clock turned by hand and policies in plain Rust, whose components are JSON texts.

#![allow(dead_code, reason = "each area uses its part")]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::task::{Context as TaskContext, Poll, Wake};
use std::time::Duration;

use plugdesk_desk::pack::Files;
use plugdesk_desk::{Clock, Desk, Desks, Entropy, How, NewDesk, NewTicket, Options, Parts};
use plugdesk_domain::ask::{LoadFault, PrepareFault, Problem};
use plugdesk_domain::question::classify::Classification;
use plugdesk_domain::question::qualify::Qualification;
use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{
    Ask, Call, Digest, Grade, Instant, Limits, Outcome, OutcomeClass, Plugin, Principal, Reason, Storage, Ticket,
    Verdict,
};
use plugdesk_store::Store;
use serde::Deserialize;
use serde_json::{Value, json};

/// Waits for a future on this thread.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut TaskContext::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park_timeout(Duration::from_secs(60)),
        }
    }
}

/// Polls a future once: it starts, and nobody waits for it.
pub(crate) fn start<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> bool {
    future.poll(&mut TaskContext::from_waker(std::task::Waker::noop())).is_ready()
}

/// Turned by hand.
pub(crate) struct HandClock(pub(crate) AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.load(Ordering::Relaxed))
    }
}

struct CountedEntropy(AtomicU64);

impl Entropy for CountedEntropy {
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let digest = Digest::of(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(digest.bytes().get(..chunk.len()).unwrap_or_default());
        }
    }
}

/// Loads policies in plain Rust; a component is a JSON text that says what it does.
#[derive(Default)]
pub(crate) struct NativeAsk {
    /// As after an upgrade of the host that no longer takes the components.
    pub(crate) refuses: AtomicBool,
    /// How often a component was to be loaded.
    pub(crate) loads: AtomicU64,
}

impl Ask for NativeAsk {
    fn load(&self, component: &[u8]) -> Result<Arc<dyn Plugin>, LoadFault> {
        self.loads.fetch_add(1, Ordering::Relaxed);
        if self.refuses.load(Ordering::Relaxed) {
            return Err(LoadFault("built for plugdesk:desk@0.0.9, this host runs plugdesk:desk@0.1.0".into()));
        }
        let mut native: Native =
            serde_json::from_slice(component).map_err(|_| LoadFault("is not a component".into()))?;
        native.digest = Some(Digest::of(component));
        Ok(Arc::new(native))
    }

    fn contract(&self) -> &str {
        "plugdesk:desk@0.1.0"
    }
}

#[derive(Deserialize)]
struct Native {
    questions: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
    /// Added to every score: another build of the same policy.
    #[serde(default)]
    more: u16,
    #[serde(skip)]
    digest: Option<Digest>,
}

impl Native {
    /// 1,000, or the configured score if the subject holds the configured word; twice that for a known person.
    fn answer(&self, call: &Call<'_>) -> Result<Answer, String> {
        let settings: Value = serde_json::from_slice(call.settings).map_err(|e| e.to_string())?;
        let reasons = |points: u16, word: &str| {
            let params = [("points".to_owned(), points.to_string()), ("word".to_owned(), word.to_owned())];
            vec![Reason {
                code: "word.found".into(),
                params: params.into(),
                evidence: vec!["subject".into()],
                text: None,
            }]
        };
        let word = settings["word"].as_str().unwrap_or("now");
        match call.inquiry {
            Inquiry::Classify(_) => Ok(Answer::Classify(Classification {
                segment: "company".into(),
                confidence: 5_000,
                reasons: reasons(1, word),
                facts: vec![],
                signals: vec![],
            })),
            Inquiry::Qualify(inquiry) => {
                if inquiry.lead.subject.contains("broken") {
                    return Err("the subject is broken".into());
                }
                let mut score = if inquiry.lead.subject.contains(word) {
                    u16::try_from(settings["score"].as_u64().unwrap_or(0)).unwrap_or(0)
                } else {
                    1_000
                } + self.more;
                if self.imports.iter().any(|it| it == "context.find-contact")
                    && call.context.find_contact().is_ok_and(|contact| contact.is_some())
                {
                    score *= 2;
                }
                Ok(Answer::Qualify(Qualification {
                    score,
                    grade: if score >= 4_000 { Grade::A } else { Grade::C },
                    motive: None,
                    horizon_days: None,
                    next_question: Some(Reason {
                        code: "ask.budget".into(),
                        params: [].into(),
                        evidence: vec![],
                        text: None,
                    }),
                    look_again: None,
                    reasons: reasons(score, word),
                    facts: vec![],
                    signals: vec![],
                }))
            }
            other => Err(format!("`{}` is not asked here", other.question())),
        }
    }
}

impl Plugin for Native {
    fn digest(&self) -> Digest {
        self.digest.unwrap_or_else(|| Digest::of(b""))
    }

    fn questions(&self) -> &[String] {
        &self.questions
    }

    fn imports(&self) -> &[String] {
        &self.imports
    }

    fn prepare(&self, configuration: &str, _: &Limits) -> Result<Arc<[u8]>, PrepareFault> {
        let settings: Value = serde_json::from_str(configuration).unwrap_or_default();
        if settings["word"] == "never" {
            let message = "`never` is found in nothing".into();
            return Err(PrepareFault::Refused(vec![Problem { pointer: "/word".into(), message }]));
        }
        Ok(configuration.as_bytes().into())
    }

    fn ask(&self, call: &Call<'_>) -> Verdict {
        let outcome = match self.answer(call) {
            Ok(answer) => Outcome::Answered(Some(answer)),
            Err(message) => Outcome::Failed { class: OutcomeClass::Fault, message },
        };
        Verdict { outcome, fuel: 40_000, cpu: Duration::from_micros(20), log: vec![], log_dropped: 0 }
    }
}

/// A process with one desk.
pub(crate) struct Stand {
    pub(crate) store: Arc<Store>,
    pub(crate) ask: Arc<NativeAsk>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) desks: Desks,
    pub(crate) desk: Desk,
    pub(crate) by: Principal,
}

impl Stand {
    pub(crate) fn new() -> Self {
        let (store, ask) = (Store::memory(), Arc::new(NativeAsk::default()));
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_000_000_000)));
        let desks = open(&store, &ask, &clock, 1);
        let by = Principal::operator();
        let made = wait(desks.desk_create(&by, NewDesk::named("shop"), None)).unwrap().value;
        let desk = desks.desk(made.id).unwrap();
        Self { store, ask, clock, desks, desk, by }
    }

    /// As after a crash: the same store opened by another process.
    pub(crate) fn again(self) -> Self {
        let desks = open(&self.store, &self.ask, &self.clock, 1 << 40);
        let desk = desks.desk(self.desk.id()).unwrap();
        Self { desks, desk, ..self }
    }

    pub(crate) fn lead(&self, subject: &str) -> Ticket {
        let new = NewTicket { kind: "lead".into(), subject: subject.into(), ..NewTicket::default() };
        wait(self.desk.ticket_create(&self.by, new, &How::default())).unwrap().value
    }

    pub(crate) fn score(&self, subject: &str) -> Option<u16> {
        self.lead(subject).qualified.map(|qualified| qualified.score)
    }
}

fn open(store: &Arc<Store>, ask: &Arc<NativeAsk>, clock: &Arc<HandClock>, seed: u64) -> Desks {
    let parts = Parts {
        storage: Arc::clone(store) as Arc<dyn Storage>,
        ask: Arc::clone(ask) as Arc<dyn Ask>,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        entropy: Arc::new(CountedEntropy(AtomicU64::new(seed))),
    };
    Desks::open(parts, Options::default()).unwrap()
}

/// A pack with one plugin that qualifies leads, to be changed file by file.
pub(crate) struct Draft(Vec<(String, String)>);

impl Draft {
    pub(crate) fn new() -> Self {
        let manifest = "[pack]\nname = 'leads'\nversion = '1.0.0'\npublisher = 'us'\nlicence = 'MIT'\n\
            plugdesk = '>=0.1, <1'\n[[plugin]]\nname = 'leads'\ncomponent = 'leads.wasm'\nquestions = ['qualify']\n\
            configuration = 'config.json'\nschema = 'config.schema.json'\nneeds = { contact = true }\n\
            [[binding]]\nplugin = 'leads'\nquestion = 'qualify'\nrank = 10\n";
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
            "properties": {"word": {"type": "string"}, "score": {"type": "integer", "maximum": 5000}},
        });
        let draft = Self(Vec::new())
            .with("pack.toml", manifest)
            .with("leads.wasm", r#"{"questions": ["qualify"]}"#)
            .with("config.schema.json", &schema.to_string())
            .with("config.json", r#"{"word": "now", "score": 4000}"#)
            .with(
                "locales/en.ftl",
                "word-found = { $word } was said: { $points } points\nask-budget = What is the budget?\n",
            )
            .with(
                "locales/fa.ftl",
                "word-found = { $word } گفته شد: { $points } امتیاز\nask-budget = بودجه چقدر است؟\n",
            )
            .with("README.md", "# Leads\n\nScores leads by a word.\n");
        draft.with("vectors/word.json", &vector(4_000).to_string())
    }

    /// A pack of nothing but that manifest.
    pub(crate) fn bare(manifest: &str) -> Self {
        Self(Vec::new()).with("pack.toml", manifest)
    }

    pub(crate) fn with(mut self, path: &str, text: &str) -> Self {
        self.0.retain(|(other, _)| other != path);
        self.0.push((path.into(), text.into()));
        self
    }

    pub(crate) fn replace(self, path: &str, from: &str, to: &str) -> Self {
        let text = self.0.iter().find(|(other, _)| other == path).map(|(_, text)| text.clone()).unwrap_or_default();
        assert!(text.contains(from), "{path} has no `{from}`");
        self.with(path, &text.replacen(from, to, 1))
    }

    pub(crate) fn files(&self) -> Files {
        let mut files = Files::default();
        self.0.iter().for_each(|(path, text)| files.insert(path, text.clone().into_bytes()).unwrap());
        files
    }

    pub(crate) fn tar(&self) -> Vec<u8> {
        self.files().to_tar().unwrap()
    }
}

/// A vector whose lead says the word, expecting that score.
pub(crate) fn vector(score: u16) -> Value {
    let lead = json!({
        "id": "ticket_1", "number": 1, "kind": "lead", "subject": "I need it now", "category": "new",
        "priority": "normal", "channel": "web", "tags": [], "opened_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z", "touches": 0, "handoffs": 0, "reopens": 0,
    });
    let circumstances = json!({"now": "2026-01-01T00:00:00Z", "locale": "en", "actor": "agent", "in_hours": true});
    let params = json!({"points": score.to_string(), "word": "now"});
    let reasons = json!([{"code": "word.found", "params": params, "evidence": ["subject"]}]);
    let answer = json!({
        "score": score, "grade": "a", "next_question": {"code": "ask.budget"}, "reasons": reasons, "facts": [],
        "signals": [],
    });
    let inquiry = json!({"circumstances": circumstances, "lead": lead});
    json!({"about": "a word counts", "question": "qualify", "inquiry": inquiry, "expect": {"answer": answer}})
}
