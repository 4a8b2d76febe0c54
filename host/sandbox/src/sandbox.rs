//! The sandbox: one engine, one linker, one compiler, one cache; components come in, plugins come out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use plugdesk_domain::plain::plain;
use plugdesk_domain::{Ask, LoadFault, Plugin};
use wasmtime::Engine;
use wasmtime::component::Linker;

use crate::cache::Cache;
use crate::clock::Ticker;
use crate::compile::Compiler;
use crate::contract::CONTRACT;
use crate::load;
use crate::options::Options;
use crate::plugin::Loaded;
use crate::state::State;
use crate::weigh::weigh;

/// Why a component is refused is told in so many bytes: a validator's message may hold a name of 100 KB.
const MOST_FAULT_BYTES: usize = 1 << 10;

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine or the options do not let the engine start.
    #[error("the wasm engine can't start: {0}")]
    Engine(String),
    /// The thread that stops endless calls can't be made.
    #[error("the thread that watches policies can't start")]
    Watch(#[source] std::io::Error),
}

/// Runs policies. Cheap to share; one for a process is enough, however many desks it holds.
pub struct Sandbox {
    engine: Engine,
    linker: Linker<State>,
    ticker: Ticker,
    compiler: Compiler,
    cache: Option<Cache>,
    options: Options,
    notices: Vec<String>,
}

impl Sandbox {
    /// Starts the engine and the thread that watches calls. What works worse than asked for, and is no reason not to
    /// start, is told by [`Sandbox::notices`].
    pub fn new(options: Options) -> Result<Arc<Self>, Error> {
        let (engine, notice) = crate::engine::build(&options)?;
        let mut notices: Vec<String> = notice.into_iter().collect();
        let linker = load::linker(&engine).map_err(|error| Error::Engine(format!("{error:#}")))?;
        let ticker = Ticker::start(&engine).map_err(Error::Watch)?;
        let compiler = Compiler::new(options.compile_time);
        let cache = options.cache.as_ref().and_then(|folder| match Cache::open(folder, &engine) {
            Ok(cache) => Some(cache),
            Err(error) => {
                notices.push(format!("compiled code is not kept in {}: {error}", folder.display()));
                None
            }
        });
        Ok(Arc::new(Self { engine, linker, ticker, compiler, cache, options, notices }))
    }

    /// What the operator should hear: the pool was refused, or the cache can't be used.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Like [`Ask::load`], but the plugin uses its instances again for later calls: for heavy guest runtimes, whose
    /// start costs more than their answer. An instance is dropped after any failure. What a policy left in its memory
    /// is there the next time, so decisions of such a plugin should say so.
    pub fn load_for_reuse(&self, component: &[u8]) -> Result<Arc<dyn Plugin>, LoadFault> {
        self.load_as(component, true)
    }

    /// What goes wrong is told in words that are fit for a terminal: names in them are a stranger's.
    fn load_as(&self, bytes: &[u8], reuse: bool) -> Result<Arc<dyn Plugin>, LoadFault> {
        let loaded = catch_unwind(AssertUnwindSafe(|| self.take(bytes, reuse)));
        let loaded = loaded.unwrap_or_else(|_| Err(LoadFault("the host itself failed while it was read".into())));
        loaded.map_err(|fault| LoadFault(plain(&fault.0, MOST_FAULT_BYTES)))
    }

    fn take(&self, bytes: &[u8], reuse: bool) -> Result<Arc<dyn Plugin>, LoadFault> {
        let digest = load::look_at(bytes, &self.options)?;
        let cached = self.cache.as_ref().and_then(|cache| cache.get(digest, &self.engine));
        let (component, compiled) = match cached {
            Some(component) => (component, false),
            None => {
                weigh(bytes)?;
                (self.compiler.compile(&self.engine, bytes)?, true)
            }
        };
        let linked = load::link(&component, &self.linker, &self.options)?;
        // What is refused is not worth keeping.
        if let Some(cache) = self.cache.as_ref().filter(|_| compiled) {
            cache.put(digest, &component);
        }
        Ok(Arc::new(Loaded::new(digest, linked, self.ticker.clone(), reuse)))
    }
}

impl Ask for Sandbox {
    fn load(&self, component: &[u8]) -> Result<Arc<dyn Plugin>, LoadFault> {
        self.load_as(component, self.options.reuse)
    }

    fn contract(&self) -> &str {
        CONTRACT
    }
}
