//! The bindings that an installation makes, moves to its version, and lays configuration under.

use plugdesk_domain::manifest::BindingEntry;
use plugdesk_domain::question::default_failure;
use plugdesk_domain::{Binding, BindingId, FailureRule, Mode, Pack, PackPlugin};
use serde_json::Value;

use crate::binding::{Draft, packs};
use crate::error::{Error, PackProblem};
use crate::pack::{Examined, problem};

/// Whether two versions of a manifest make the same binding, whatever they lay over its configuration.
pub(super) fn same_binding(a: &BindingEntry, b: &BindingEntry) -> bool {
    BindingEntry { overlay: None, ..a.clone() } == BindingEntry { overlay: None, ..b.clone() }
}

/// Lays what this version of the manifest lays over the configurations of other packs' plugins under the customer's own
/// overlays, where an earlier version did.
pub(super) fn relay(draft: &mut Draft<'_>, examined: &Examined, name: &str) -> Result<(), Error> {
    use crate::binding::Shelf as _;
    let mut bindings = std::mem::take(&mut draft.bindings);
    let brought = |it: &&mut Binding| match &it.brought_by {
        Some(by) => by == name,
        None => it.pack == name && it.base.is_some(),
    };
    for binding in bindings.iter_mut().filter(brought) {
        let same = |entry: &BindingEntry| {
            *entry.policy.as_ref().unwrap_or(&entry.plugin) == binding.policy
                && entry.question == binding.question
                && entry.scope == binding.scope
        };
        let found = examined.manifest.bindings.iter().zip(&examined.overlays).find(|(entry, _)| same(entry));
        let Some((_, base)) = found else { continue };
        let Some((_, plugin)) = draft.pack(&binding.pack, &binding.pack_version, &binding.component)? else { continue };
        let overlay = binding.overlay.map(|digest| draft.known_document(&digest)).transpose()?;
        binding.base = base.as_ref().map(|base| draft.keep(base.clone()));
        draft.configure(binding, &plugin, overlay.as_ref()).map_err(|error| within(error, binding))?;
    }
    draft.bindings = bindings;
    Ok(())
}

/// What is wrong with the configuration of a binding, as a problem of the pack that makes it.
fn within(error: Error, binding: &Binding) -> Error {
    let Error::Invalid(faults) = error else { return error };
    let told = |fault: crate::error::Fault| {
        let (policy, question) = (&binding.policy, &binding.question);
        let text = format!("binding of `{policy}` to `{question}`: {}: {}", fault.field, fault.rule);
        problem("pack.toml", text)
    };
    Error::Pack(faults.into_iter().map(told).collect())
}

/// The pack and the plugin that a binding of the manifest names: its own, or those of a pack that is installed already.
fn named(draft: &Draft<'_>, pack: &Pack, entry: &BindingEntry) -> Result<(Pack, PackPlugin), Error> {
    let missing = |text: String| {
        let policy = entry.policy.as_ref().unwrap_or(&entry.plugin);
        Error::Pack(vec![problem("pack.toml", format!("binding of `{policy}` to `{}`: {text}", entry.question))])
    };
    let other = entry.pack.as_ref().filter(|name| **name != pack.manifest.pack.name);
    let pack = match other {
        None => pack.clone(),
        Some(name) => {
            let there = packs(draft.desk, name)?.into_iter().filter(|pack| pack.removed_at.is_none());
            let newest = there.max_by_key(|pack| pack.created_at);
            newest.ok_or_else(|| missing(format!("pack `{name}` is not installed; install it first")))?
        }
    };
    let (name, version) = (&pack.manifest.pack.name, &pack.manifest.pack.version);
    let plugin = pack.plugins.iter().find(|plugin| plugin.name == entry.plugin).cloned();
    let plugin = plugin.ok_or_else(|| missing(format!("pack {name} {version} has no plugin `{}`", entry.plugin)))?;
    if !plugin.questions.contains(&entry.question) {
        let answers = plugin.questions.join(", ");
        return Err(missing(format!("plugin `{}` of pack {name} {version} answers {answers}", plugin.name)));
    }
    Ok((pack, plugin))
}

/// Moves the pack's bindings to this version; overlays stay, over its defaults and under its schema.
pub(super) fn upgrade(draft: &mut Draft<'_>, pack: &Pack) -> Result<(), Error> {
    let mut bindings = std::mem::take(&mut draft.bindings);
    let mut problems: Vec<PackProblem> = Vec::new();
    for binding in bindings.iter_mut().filter(|it| it.pack == pack.manifest.pack.name) {
        let plugin = pack.plugins.iter().find(|plugin| plugin.name == binding.plugin);
        let Some(plugin) = plugin.filter(|plugin| plugin.questions.contains(&binding.question)) else {
            let (policy, question) = (&binding.policy, &binding.question);
            let text = format!(
                "policy `{policy}` is bound to `{question}`, which this version no longer answers by a plugin `{}`; delete that binding first",
                binding.plugin
            );
            problems.push(problem("pack.toml", text));
            continue;
        };
        let overlay = binding.overlay.map(|digest| draft.known_document(&digest)).transpose()?;
        binding.pack_version.clone_from(&pack.manifest.pack.version);
        binding.component = plugin.component;
        match draft.configure(binding, plugin, overlay.as_ref()) {
            Ok(()) => {}
            Err(Error::Invalid(faults)) => problems.extend(faults.into_iter().map(|fault| {
                problem("", format!("the overlay of policy `{}` {}: {}", binding.policy, fault.field, fault.rule))
            })),
            Err(error) => return Err(error),
        }
    }
    draft.bindings = bindings;
    if problems.is_empty() { Ok(()) } else { Err(Error::Pack(problems)) }
}

pub(super) fn add(
    draft: &mut Draft<'_>,
    pack: &Pack,
    entry: &BindingEntry,
    base: Option<&Value>,
    mode: Mode,
) -> Result<(), Error> {
    let policy = entry.policy.as_ref().unwrap_or(&entry.plugin);
    let same = |it: &Binding| it.policy == *policy && it.question == entry.question && it.scope == entry.scope;
    if draft.bindings.iter().any(same) {
        return Ok(());
    }
    let (other, plugin) = named(draft, pack, entry)?;
    let brought_by = Some(&pack.manifest.pack.name).filter(|name| **name != other.manifest.pack.name).cloned();
    let failure = default_failure(&entry.question).unwrap_or(FailureRule::Skip);
    let mut binding = Binding {
        id: BindingId::new(draft.now, draft.desk.bits()),
        policy: policy.clone(),
        pack: other.manifest.pack.name.clone(),
        pack_version: other.manifest.pack.version,
        plugin: plugin.name.clone(),
        component: plugin.component,
        question: entry.question.clone(),
        scope: entry.scope.clone(),
        rank: entry.rank,
        mode,
        on_failure: entry.on_failure.clone().unwrap_or(failure),
        replaces: entry.replaces.clone(),
        brought_by,
        base: base.map(|base| draft.keep(base.clone())),
        overlay: None,
        configuration: plugin.configuration,
    };
    draft.configure(&mut binding, &plugin, None).map_err(|error| within(error, &binding))?;
    draft.bindings.push(binding);
    Ok(())
}
