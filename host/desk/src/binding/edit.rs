//! The edits of a generation, each on a copy that is checked as a whole afterwards.

use plugdesk_domain::question::default_failure;
use plugdesk_domain::{Binding, BindingId, BindingScope, Digest, FailureRule, Generation, Mode, Pack, PackPlugin};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::change::Draft;
use super::live::{Shelf, packs};
use crate::configuration::{self, Schema};
use crate::error::{Error, Fault};
use crate::pack;

/// A binding to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewBinding {
    /// The policy's name; none: the plugin's.
    #[serde(default)]
    pub policy: Option<String>,
    /// An installed pack.
    pub pack: String,
    /// Its version; none: the one installed last.
    #[serde(default)]
    pub pack_version: Option<String>,
    /// The plugin within the pack.
    pub plugin: String,
    /// The question.
    pub question: String,
    /// Where it holds.
    #[serde(default)]
    pub scope: BindingScope,
    /// Its place among the policies of its question; lower comes first; unique among those that can meet.
    pub rank: u32,
    /// How much it counts.
    #[serde(default)]
    pub mode: Mode,
    /// What follows when it fails; none: the question's default.
    #[serde(default)]
    pub on_failure: Option<FailureRule>,
    /// Names of policies that are not asked where this one is.
    #[serde(default)]
    pub replaces: Vec<String>,
    /// What is changed of the vendor's configuration (RFC 7396).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub overlay: Option<Value>,
}

/// A change to a binding: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct BindingPatch {
    /// Where it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<BindingScope>,
    /// Its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// How much it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// What follows when it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<FailureRule>,
    /// Names of policies that are not asked where this one is; the whole list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Vec<String>>,
    /// The whole overlay of the vendor's configuration (RFC 7396); `null` goes back to the vendor's.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub overlay: Option<Option<Value>>,
}

fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Value>>, D::Error> {
    Option::<Value>::deserialize(from).map(Some)
}

/// A binding names at most so many policies that it replaces.
const MOST_REPLACED: usize = 16;

impl Draft<'_> {
    /// Adds a binding.
    pub(super) fn bind(&mut self, new: &NewBinding) -> Result<Binding, Error> {
        let (pack, plugin) = self.plugin(new)?;
        if !plugin.questions.contains(&new.question) {
            let answers = plugin.questions.join(", ");
            return Err(Error::invalid("/question", format!("plugin `{}` answers {answers}", plugin.name)));
        }
        let default_failure = default_failure(&new.question).unwrap_or(FailureRule::Skip);
        let mut binding = Binding {
            id: BindingId::new(self.now, self.desk.bits()),
            policy: new.policy.clone().unwrap_or_else(|| plugin.name.clone()),
            pack: new.pack.clone(),
            pack_version: pack.manifest.pack.version,
            plugin: plugin.name.clone(),
            component: plugin.component,
            question: new.question.clone(),
            scope: new.scope.clone(),
            rank: new.rank,
            mode: new.mode,
            on_failure: new.on_failure.clone().unwrap_or(default_failure),
            replaces: new.replaces.clone(),
            brought_by: None,
            base: None,
            overlay: None,
            configuration: plugin.configuration,
        };
        check(&binding)?;
        self.configure(&mut binding, &plugin, new.overlay.as_ref())?;
        self.subject = Some(binding.id.to_string());
        self.told.insert("policy".to_owned(), binding.policy.clone().into());
        self.bindings.push(binding.clone());
        Ok(binding)
    }

    /// Changes a binding.
    pub(super) fn rebind(&mut self, id: BindingId, patch: &BindingPatch) -> Result<Binding, Error> {
        let place = self.place(id)?;
        let mut binding = self.bindings.get(place).cloned().ok_or_else(|| Error::not_found("binding", id))?;
        let BindingPatch { scope, rank, mode, on_failure, replaces, overlay } = patch;
        scope.iter().for_each(|scope| binding.scope.clone_from(scope));
        rank.iter().for_each(|rank| binding.rank = *rank);
        mode.iter().for_each(|mode| binding.mode = *mode);
        on_failure.iter().for_each(|rule| binding.on_failure.clone_from(rule));
        replaces.iter().for_each(|names| binding.replaces.clone_from(names));
        check(&binding)?;
        if let Some(overlay) = overlay {
            let found = self.pack(&binding.pack, &binding.pack_version, &binding.component)?;
            let (_, plugin) = found.ok_or_else(|| Error::not_found("pack", &binding.pack))?;
            self.configure(&mut binding, &plugin, overlay.as_ref())?;
        }
        self.subject = Some(id.to_string());
        self.told.insert("policy".to_owned(), binding.policy.clone().into());
        if let Some(it) = self.bindings.get_mut(place) {
            it.clone_from(&binding);
        }
        Ok(binding)
    }

    /// Takes a binding away.
    pub(super) fn unbind(&mut self, id: BindingId) -> Result<(), Error> {
        let binding = self.bindings.remove(self.place(id)?);
        self.subject = Some(id.to_string());
        self.told.insert("policy".to_owned(), binding.policy.into());
        Ok(())
    }

    /// Makes one binding as it was in an old generation: there, or not there.
    pub(super) fn put_back(&mut self, id: BindingId, old: &Generation) -> Result<(), Error> {
        let then = old.bindings.iter().find(|it| it.id == id);
        let now = self.bindings.iter().position(|it| it.id == id);
        let named = then.or(now.and_then(|place| self.bindings.get(place)));
        let policy = named.map(|it| it.policy.clone()).ok_or_else(|| Error::not_found("binding", id))?;
        match (now.and_then(|place| self.bindings.get_mut(place)), then) {
            (Some(it), Some(then)) => it.clone_from(then),
            (None, Some(then)) => self.bindings.push(then.clone()),
            (_, None) => self.bindings.retain(|it| it.id != id),
        }
        self.subject = Some(id.to_string());
        self.told.insert("policy".to_owned(), policy.into());
        self.told.insert("to".to_owned(), old.number.into());
        Ok(())
    }

    /// Sets the mode of all bindings of a policy.
    pub(super) fn set_mode(&mut self, name: &str, mode: Mode) -> Result<(), Error> {
        let mut known = false;
        for binding in self.bindings.iter_mut().filter(|binding| binding.policy == name) {
            (binding.mode, known) = (mode, true);
        }
        self.told.insert("policy".to_owned(), name.into());
        self.told.insert("mode".to_owned(), serde_json::json!(mode));
        if known { Ok(()) } else { Err(Error::not_found("policy", name)) }
    }

    /// Lays an overlay over the vendor's configuration of `plugin`, checked by the schema; the plugin's own
    /// `setup.prepare` is asked when the generation is built, before it is stored.
    pub(crate) fn configure(
        &mut self,
        binding: &mut Binding,
        plugin: &PackPlugin,
        overlay: Option<&Value>,
    ) -> Result<(), Error> {
        if let Some(overlay) = overlay {
            configuration::check_size(overlay).map_err(|p| Error::invalid("/overlay", p.message))?;
        }
        let vendor = self.known_document(&plugin.configuration)?;
        let base = binding.base.map(|digest| self.known_document(&digest)).transpose()?;
        let vendor = configuration::merge(&vendor, base.as_ref());
        let merged = configuration::merge(&vendor, overlay);
        configuration::check_size(&merged).map_err(|p| Error::invalid("/overlay", p.message))?;
        if let Some(schema) = plugin.schema {
            let schema = schema_of(self.desk, &schema)?;
            let fault =
                |p: plugdesk_domain::ask::Problem| Fault { field: format!("/overlay{}", p.pointer), rule: p.message };
            let faults: Vec<Fault> = schema.problems(&merged).into_iter().map(fault).collect();
            if !faults.is_empty() {
                return Err(Error::Invalid(faults));
            }
        }
        binding.overlay = overlay.map(|overlay| self.keep(overlay.clone()));
        binding.configuration = self.keep(merged);
        Ok(())
    }

    fn place(&self, id: BindingId) -> Result<usize, Error> {
        self.bindings.iter().position(|it| it.id == id).ok_or_else(|| Error::not_found("binding", id))
    }

    fn plugin(&self, new: &NewBinding) -> Result<(Pack, PackPlugin), Error> {
        let wanted = |pack: &Pack| {
            let version = new.pack_version.as_ref().is_none_or(|it| *it == pack.manifest.pack.version);
            version && pack.removed_at.is_none()
        };
        let installed = packs(self.desk, &new.pack)?.into_iter().filter(wanted).max_by_key(|pack| pack.created_at);
        let pack = installed.ok_or_else(|| Error::not_found("pack", &new.pack))?;
        let plugin = pack.plugins.iter().find(|plugin| plugin.name == new.plugin).cloned();
        let plugin =
            plugin.ok_or_else(|| Error::invalid("/plugin", format!("pack `{}` has no such plugin", new.pack)))?;
        Ok((pack, plugin))
    }
}

fn schema_of(desk: &crate::desk::Inner, digest: &Digest) -> Result<Schema, Error> {
    let lost = || Error::Damaged(format!("the schema {digest}, which a pack names, is not stored"));
    let text = desk.parts.storage.blobs().get(digest)?.ok_or_else(lost)?;
    Schema::compile(&text).map_err(|why| Error::Damaged(format!("the schema {digest} of an installed pack: {why}")))
}

fn check(binding: &Binding) -> Result<(), Error> {
    let name = |field: &str, name: &str| {
        let rule = "1 to 64 lower-case letters, digits and hyphens";
        if pack::is_plain_name(name) { Ok(()) } else { Err(Error::invalid(field, rule)) }
    };
    name("/policy", &binding.policy)?;
    if binding.replaces.len() > MOST_REPLACED {
        return Err(Error::invalid("/replaces", format!("at most {MOST_REPLACED} names")));
    }
    binding.replaces.iter().try_for_each(|it| name("/replaces", it))?;
    pack::scope_fits(&binding.question, &binding.scope).map_err(|rule| Error::invalid("/scope", rule))
}
