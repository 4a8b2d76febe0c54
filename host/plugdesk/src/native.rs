//! Policies in plain Rust, beside the sandboxed ones: for what the embedder alone knows and would never put into a
//! component.
//!
//! A native policy is bound, ranked, joined, recorded and explained like any other. What it lacks is the sandbox: nothing
//! limits its time or its memory, and a decision of it can be replayed only by the same build of the embedder.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use plugdesk_desk::pack::Files;
use plugdesk_domain::ask::{LoadFault, PrepareFault};
use plugdesk_domain::question::Answer;
use plugdesk_domain::{Ask, Call, Digest, Limits, Outcome, OutcomeClass, Plugin, Verdict};

/// How the file of a native policy's pack begins where a component would stand.
const MARK: &str = "plugdesk-native:";

/// What a native policy does with a question: an answer, no opinion, or a fault in words.
type Respond = dyn Fn(&Call<'_>) -> Result<Option<Answer>, String> + Send + Sync;

/// A policy in plain Rust.
#[derive(Clone)]
pub struct NativePolicy {
    name: String,
    questions: Vec<String>,
    needs: BTreeMap<String, String>,
    respond: Arc<Respond>,
}

impl NativePolicy {
    /// A policy of that name (lower-case letters, digits, hyphens) which answers one question, such as `track`.
    ///
    /// It is asked on the desks' own threads, within a write: it must answer at once, from what it is told and what it
    /// reads of `call.context`. A panic counts as a trap.
    pub fn new(
        name: impl Into<String>,
        question: impl Into<String>,
        respond: impl Fn(&Call<'_>) -> Result<Option<Answer>, String> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), questions: vec![question.into()], needs: BTreeMap::new(), respond: Arc::new(respond) }
    }

    /// What it may read of the context, as in a pack's `needs`: `("contact", "true")`, `("entries", "5")`.
    #[must_use]
    pub fn with_need(mut self, what: impl Into<String>, most: impl Into<String>) -> Self {
        self.needs.insert(what.into(), most.into());
        self
    }

    /// Its pack, which binds it for the whole desk at that rank: to be installed like any other, by `pack_install`.
    /// Installing the same pack again changes nothing.
    ///
    /// # Errors
    /// When the name can't stand in a pack.
    pub fn pack(&self, rank: u32) -> Result<Vec<u8>, crate::Error> {
        let (name, questions) = (&self.name, &self.questions);
        let needs: Vec<String> = self.needs.iter().map(|(what, most)| format!("{what} = {most}")).collect();
        let mut manifest = format!(
            "[pack]\nname = \"{name}\"\nversion = \"{version}\"\npublisher = \"the embedder\"\nlicence = \"Proprietary\"\n\
             plugdesk = \">=0.1, <1\"\n\n[[plugin]]\nname = \"{name}\"\ncomponent = \"{name}.native\"\n\
             questions = {questions:?}\nneeds = {{ {needs} }}\n",
            version = env!("CARGO_PKG_VERSION"),
            needs = needs.join(", "),
        );
        for question in questions {
            manifest
                .push_str(&format!("\n[[binding]]\nplugin = \"{name}\"\nquestion = \"{question}\"\nrank = {rank}\n"));
        }
        let mut files = Files::default();
        let all = [
            ("pack.toml".to_owned(), manifest.into_bytes()),
            (format!("{name}.native"), self.component()),
            ("README.md".to_owned(), format!("# {name}\n\nA policy of the embedding program itself.\n").into_bytes()),
        ];
        for (file, bytes) in all {
            files
                .insert(&file, bytes)
                .map_err(|wrong| crate::Error::Native(format!("{}: {}", wrong.file, wrong.problem)))?;
        }
        files.to_tar().map_err(|error| crate::Error::Native(error.to_string()))
    }

    /// What stands where a component would.
    fn component(&self) -> Vec<u8> {
        format!("{MARK}{}", self.name).into_bytes()
    }
}

/// Native policies, and behind them what runs components.
pub(crate) struct Beside {
    policies: BTreeMap<String, NativePolicy>,
    components: Arc<dyn Ask>,
}

impl Beside {
    /// Those policies beside `components`; without any, `components` alone.
    pub(crate) fn over(policies: Vec<NativePolicy>, components: Arc<dyn Ask>) -> Arc<dyn Ask> {
        if policies.is_empty() {
            return components;
        }
        let policies = policies.into_iter().map(|policy| (policy.name.clone(), policy)).collect();
        Arc::new(Self { policies, components })
    }
}

impl Ask for Beside {
    fn load(&self, component: &[u8]) -> Result<Arc<dyn Plugin>, LoadFault> {
        let Some(name) = component.strip_prefix(MARK.as_bytes()) else { return self.components.load(component) };
        let name = String::from_utf8_lossy(name);
        match self.policies.get(name.as_ref()) {
            Some(policy) => Ok(Arc::new(Loaded { digest: Digest::of(component), policy: policy.clone() })),
            None => Err(LoadFault(format!("this program has no native policy `{name}`; `Builder::policy` adds one"))),
        }
    }

    fn contract(&self) -> &str {
        self.components.contract()
    }
}

struct Loaded {
    digest: Digest,
    policy: NativePolicy,
}

impl Plugin for Loaded {
    fn digest(&self) -> Digest {
        self.digest
    }

    fn questions(&self) -> &[String] {
        &self.policy.questions
    }

    // What it reads is what it was granted; there is no list of imports to compare it with.
    fn imports(&self) -> &[String] {
        &[]
    }

    fn prepare(&self, configuration: &str, _limits: &Limits) -> Result<Arc<[u8]>, PrepareFault> {
        Ok(configuration.as_bytes().into())
    }

    fn ask(&self, call: &Call<'_>) -> Verdict {
        let failed = |class, message: String| Outcome::Failed { class, message };
        let outcome = match catch_unwind(AssertUnwindSafe(|| (self.policy.respond)(call))) {
            Ok(Ok(answer)) => Outcome::Answered(answer),
            Ok(Err(fault)) => failed(OutcomeClass::Fault, fault),
            Err(_) => failed(OutcomeClass::Trap, "it panicked".to_owned()),
        };
        Verdict { outcome, fuel: 0, cpu: Duration::ZERO, log: Vec::new(), log_dropped: 0 }
    }
}
