//! Bindings and policies as they are shown.

use std::collections::BTreeMap;

use plugdesk_domain::{Binding, BindingId, Mode, OutcomeClass};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::live::Shelf;
use crate::desk::Inner;
use crate::error::Error;
use crate::generation::Live;

/// A binding with the documents it names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BindingView {
    /// The binding.
    #[serde(flatten)]
    pub binding: Binding,
    /// The generation it was read in.
    pub generation: u64,
    /// The customer's overlay; none: the vendor's default holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub overlay_document: Option<Value>,
    /// The configuration that results.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub configuration_document: Value,
}

/// A binding that was made or changed, before it has a generation.
pub(super) struct Tried {
    pub(super) binding: Binding,
    pub(super) overlay: Option<Value>,
    pub(super) configuration: Value,
    /// Whether it was made, not changed.
    pub(super) fresh: bool,
}

/// A policy: all bindings of one name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PolicyView {
    /// Its name.
    pub name: String,
    /// The pack that brought it.
    pub pack: String,
    /// The pack's version.
    pub pack_version: String,
    /// The plugin within the pack.
    pub plugin: String,
    /// The generation.
    pub generation: u64,
    /// Its bindings.
    pub bindings: Vec<PolicyBinding>,
}

/// One binding of a policy, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PolicyBinding {
    /// Its id.
    pub id: BindingId,
    /// The question.
    pub question: String,
    /// Where it holds.
    pub scope: plugdesk_domain::BindingScope,
    /// Its place.
    pub rank: u32,
    /// How much it counts.
    pub mode: Mode,
    /// How it fails now; none: it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<OutcomeClass>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

pub(super) fn policies(live: &Live) -> Vec<PolicyView> {
    let mut policies: BTreeMap<&str, PolicyView> = BTreeMap::new();
    for it in live.bindings() {
        let binding = &it.binding;
        let failure = match &it.ready {
            _ if binding.mode == Mode::Off => None,
            Err((class, message)) => Some((*class, message.clone())),
            Ok(_) if it.breaker.is_open() => Some((OutcomeClass::BreakerOpen, "it failed too often lately".to_owned())),
            Ok(_) => None,
        };
        let (failing, message) = failure.unzip();
        let view = policies.entry(&binding.policy).or_insert_with(|| PolicyView {
            name: binding.policy.clone(),
            pack: binding.pack.clone(),
            pack_version: binding.pack_version.clone(),
            plugin: binding.plugin.clone(),
            generation: live.number(),
            bindings: Vec::new(),
        });
        view.bindings.push(PolicyBinding {
            id: binding.id,
            question: binding.question.clone(),
            scope: binding.scope.clone(),
            rank: binding.rank,
            mode: binding.mode,
            failing,
            message,
        });
    }
    policies.into_values().collect()
}

pub(super) fn binding(desk: &Inner, binding: &Binding, generation: u64) -> Result<BindingView, Error> {
    let document = |digest| desk.document(&digest)?.ok_or_else(|| lost(&digest));
    Ok(BindingView {
        generation,
        overlay_document: binding.overlay.map(document).transpose()?,
        configuration_document: document(binding.configuration)?,
        binding: binding.clone(),
    })
}

pub(super) fn lost(digest: &plugdesk_domain::Digest) -> Error {
    Error::Damaged(format!("the configuration {digest}, which a binding names, is not stored"))
}

pub(super) fn tried(tried: Tried, generation: u64) -> BindingView {
    let Tried { binding, overlay, configuration, fresh: _ } = tried;
    BindingView { binding, generation, overlay_document: overlay, configuration_document: configuration }
}
