//! Everything that can be known of a pack before it is installed: nothing is stored, nothing bound.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use plugdesk_domain::ask::{PrepareFault, Problem};
use plugdesk_domain::manifest::{Manifest, PluginEntry};
use plugdesk_domain::{Ask, Digest, Limits, Plugin};
use serde_json::{Value, json};

use super::desk_folder::{self, DeskFolder};
use super::{Files, MOST_PROBLEMS, manifest, problem, texts};
use crate::configuration::{self, Schema};
use crate::error::PackProblem;
use crate::locale::Texts;
use crate::strict;
use crate::vector::{self, Expect, Ran, Vector};

/// A pack is tried on at most so many vectors: at a millisecond each, a second.
const MOST_VECTORS: usize = 1_000;
/// The README's first paragraph is kept with the pack, cut here.
const MOST_ABOUT_CHARS: usize = 600;

/// A pack in which nothing was found wrong.
pub struct Examined {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Of all its files.
    pub digest: Digest,
    /// Its plugins, in the manifest's order.
    pub plugins: Vec<ExaminedPlugin>,
    /// What the manifest's bindings lay over the configurations of their plugins, in the manifest's order.
    pub overlays: Vec<Option<Value>>,
    /// What it sets a desk up with.
    pub(crate) desk: DeskFolder,
    /// Locale → Fluent file.
    pub locales: BTreeMap<String, Vec<u8>>,
    /// Its reason texts.
    pub texts: Texts,
    /// The README's first paragraph, if it has one.
    pub about: Value,
}

/// One of its plugins, loaded and tried.
pub struct ExaminedPlugin {
    /// What the manifest says of it.
    pub entry: PluginEntry,
    /// The component's bytes.
    pub component: Vec<u8>,
    /// Loaded.
    pub plugin: Arc<dyn Plugin>,
    /// The schema's text and the schema; none: any object is a configuration.
    pub schema: Option<(Vec<u8>, Schema)>,
    /// The vendor's default configuration.
    pub configuration: Value,
    /// The vectors it passed: the file, and what came of it.
    pub vectors: Vec<(String, Ran)>,
}

/// Examines a pack: its manifest, components, schemas, configurations, vectors and locales. Compiles its components and
/// runs its vectors, each within `host`'s limits; takes seconds, so never on a request for a ticket.
pub fn examine(files: &Files, ask: &dyn Ask, host: &Limits) -> Result<Examined, Vec<PackProblem>> {
    let manifest = manifest::read(files)?;
    let mut problems = Vec::new();
    let mut plugins = Vec::new();
    for entry in &manifest.plugins {
        match load(entry, files, ask, host) {
            Ok(plugin) => plugins.push(plugin),
            Err(mut found) => problems.append(&mut found),
        }
    }
    let (texts, locales) = texts::read(files).unwrap_or_else(|mut found| {
        problems.append(&mut found);
        Default::default()
    });
    let overlays = overlays(&manifest, files, &mut problems);
    let desk = desk_folder::read(files).unwrap_or_else(|mut found| {
        problems.append(&mut found);
        DeskFolder::default()
    });
    if problems.is_empty() {
        run_vectors(files, &mut plugins, &texts, host, &mut problems);
    }
    problems.truncate(MOST_PROBLEMS);
    if !problems.is_empty() {
        return Err(problems);
    }
    let about = about(files);
    Ok(Examined { manifest, digest: files.digest(), plugins, overlays, desk, locales, texts, about })
}

/// Loads one plugin and holds it against what the manifest says of it.
fn load(entry: &PluginEntry, files: &Files, ask: &dyn Ask, host: &Limits) -> Result<ExaminedPlugin, Vec<PackProblem>> {
    let component = files.get(&entry.component).unwrap_or_default();
    let plugin = ask.load(component).map_err(|fault| vec![problem(&entry.component, fault)])?;
    let mut problems = honest(entry, plugin.as_ref());
    let schema = entry.schema.as_ref().and_then(|file| {
        let text = files.get(file).unwrap_or_default();
        Schema::compile(text)
            .map(|schema| (text.to_vec(), schema))
            .map_err(|wrong| problems.push(problem(file, wrong)))
            .ok()
    });
    let (file, default) = match &entry.configuration {
        Some(file) => (file.as_str(), parse(file, files.get(file).unwrap_or_default(), &mut problems)),
        None => (entry.component.as_str(), json!({})),
    };
    if problems.is_empty() {
        let limits = manifest::limits(entry, host);
        let schema = schema.as_ref().map(|(_, schema)| schema);
        if let Err(wrong) = prepare(&default, schema, plugin.as_ref(), &limits) {
            problems.extend(wrong.into_iter().map(|p| problem(file, format!("{}: {}", p.pointer, p.message))));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let (entry, component) = (entry.clone(), component.to_vec());
    Ok(ExaminedPlugin { entry, component, plugin, schema, configuration: default, vectors: Vec::new() })
}

/// Whether the component answers and imports what the manifest says.
fn honest(entry: &PluginEntry, plugin: &dyn Plugin) -> Vec<PackProblem> {
    let said: BTreeSet<&str> = entry.questions.iter().map(String::as_str).collect();
    let real: BTreeSet<&str> = plugin.questions().iter().map(String::as_str).collect();
    let file = &entry.component;
    let missing = said.difference(&real).map(|q| format!("`pack.toml` says it answers `{q}`, but it does not"));
    let silent = real.difference(&said).map(|q| format!("it answers `{q}`, which `pack.toml` does not say"));
    let uncovered = plugin.imports().iter().filter(|import| !entry.needs.covers(import));
    let uncovered = uncovered.map(|import| format!("it imports `{import}`, which its `needs` do not cover"));
    missing.chain(silent).chain(uncovered).map(|message| problem(file, message)).collect()
}

/// The overlay of each binding that has one. What it changes must exist, so it is held against the plugin's schema when
/// it is installed.
fn overlays(manifest: &Manifest, files: &Files, problems: &mut Vec<PackProblem>) -> Vec<Option<Value>> {
    let read = |file: &String| {
        let overlay = parse(file, files.get(file).unwrap_or_default(), problems);
        if !overlay.is_object() {
            problems.push(problem(file, "an overlay is a JSON object (RFC 7396)"));
        } else if let Err(wrong) = configuration::check_size(&overlay) {
            problems.push(problem(file, wrong.message));
        }
        overlay
    };
    let mut read = read;
    manifest.bindings.iter().map(|entry| entry.overlay.as_ref().map(&mut read)).collect()
}

fn parse(file: &str, json: &[u8], problems: &mut Vec<PackProblem>) -> Value {
    strict::read(json).unwrap_or_else(|e| {
        problems.push(problem(file, format!("not JSON: {e}")));
        Value::Null
    })
}

/// Checks a configuration as far as it goes: size, schema, and the plugin's own `setup.prepare`. Gives what every call
/// is handed, or what is wrong, each with its pointer.
pub(crate) fn prepare(
    document: &Value,
    schema: Option<&Schema>,
    plugin: &dyn Plugin,
    limits: &Limits,
) -> Result<Arc<[u8]>, Vec<Problem>> {
    configuration::check_size(document).map_err(|wrong| vec![wrong])?;
    let problems = schema.map(|schema| schema.problems(document)).unwrap_or_default();
    if !problems.is_empty() {
        return Err(problems);
    }
    plugin.prepare(&configuration::text(document), limits).map_err(|fault| match fault {
        PrepareFault::Refused(problems) => problems,
        failed @ PrepareFault::Failed { .. } => vec![Problem { pointer: String::new(), message: failed.to_string() }],
    })
}

fn run_vectors(
    files: &Files,
    plugins: &mut [ExaminedPlugin],
    texts: &Texts,
    host: &Limits,
    problems: &mut Vec<PackProblem>,
) {
    let mut prepared = HashMap::new();
    for (place, (path, json)) in files.under("vectors", ".json").enumerate() {
        if place >= MOST_VECTORS {
            return problems.push(problem(path, format!("at most {MOST_VECTORS} vectors are run")));
        }
        if problems.len() >= MOST_PROBLEMS {
            return;
        }
        let vector = match Vector::parse(json) {
            Ok(vector) => vector,
            Err(wrong) => {
                problems.push(problem(path, wrong));
                continue;
            }
        };
        match try_vector(&vector, plugins, host, &mut prepared) {
            Err(wrong) => problems.push(problem(path, wrong)),
            Ok(ran) => {
                if let Expect::Answer(answer) = &vector.expect {
                    problems.extend(texts::reasons(answer).iter().flat_map(|r| texts::check(texts, r, path)));
                }
                if let Some(plugin) = of(&vector, plugins).ok().and_then(|at| plugins.get_mut(at)) {
                    plugin.vectors.push((path.to_owned(), ran));
                }
            }
        }
    }
}

/// The plugin a vector is for: the one it names, or the only one that answers its question.
fn of(vector: &Vector, plugins: &[ExaminedPlugin]) -> Result<usize, String> {
    let named = |plugin: &ExaminedPlugin| match &vector.plugin {
        Some(name) => plugin.entry.name == *name,
        None => plugin.entry.questions.contains(&vector.question),
    };
    let mut fitting = plugins.iter().enumerate().filter(|(_, plugin)| named(plugin)).map(|(at, _)| at);
    match (fitting.next(), fitting.next(), &vector.plugin) {
        (Some(at), None, _) => Ok(at),
        (Some(_), Some(_), _) => Err(format!("several plugins answer `{}`; name one by `plugin`", vector.question)),
        (None, _, Some(name)) => Err(format!("plugin: the pack has no plugin `{name}`")),
        (None, _, None) => Err(format!("question: no plugin of the pack answers `{}`", vector.question)),
    }
}

type Prepared = HashMap<(usize, String), Result<Arc<[u8]>, String>>;

fn try_vector(
    vector: &Vector,
    plugins: &[ExaminedPlugin],
    host: &Limits,
    prepared: &mut Prepared,
) -> Result<Ran, String> {
    let at = of(vector, plugins)?;
    let plugin = plugins.get(at).ok_or("no such plugin")?;
    let limits = manifest::limits(&plugin.entry, host);
    let document = vector.configuration.as_ref().unwrap_or(&plugin.configuration);
    let key = (at, configuration::text(document));
    let settings = prepared.entry(key).or_insert_with(|| {
        let schema = plugin.schema.as_ref().map(|(_, schema)| schema);
        prepare(document, schema, plugin.plugin.as_ref(), &limits).map_err(|wrong| {
            let lines: Vec<String> =
                wrong.iter().map(|p| format!("configuration{}: {}", p.pointer, p.message)).collect();
            lines.join("; ")
        })
    });
    vector::run(vector, plugin.plugin.as_ref(), settings.as_ref().map_err(String::as_str), &limits)
}

fn about(files: &Files) -> Value {
    let Some(readme) = files.get("README.md").and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
        return Value::Null;
    };
    let paragraph = readme.split("\n\n").map(str::trim).find(|p| !p.is_empty() && !p.starts_with('#'));
    paragraph.map_or(Value::Null, |p| Value::String(p.chars().take(MOST_ABOUT_CHARS).collect()))
}
