//! Removing: the pack's bindings and words go, its history stays.

use std::collections::BTreeSet;

use plugdesk_domain::record::Stored as _;
use plugdesk_domain::{Binding, Generation, Principal, Write};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::set_up;
use crate::binding::{Answer, Draft, change, packs};
use crate::desk::{Desk, Inner};
use crate::error::Error;
use crate::view::{Done, How};

/// What became of a pack that was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Removed {
    /// Its name.
    pub pack: String,
    /// The versions that were installed.
    pub versions: Vec<String>,
    /// So many bindings were taken away.
    pub unbound: usize,
    /// The kinds, states, segments, calendars and teams that it brought and nothing used, such as `kind referral`.
    pub ended: Vec<String>,
    /// Those that are in use: they stay, and are the desk's own from now on.
    pub kept: Vec<String>,
    /// The generation in force afterwards.
    pub generation: u64,
}

impl Desk {
    /// Removes a pack, every version of it. Refused while bindings use it, unless `unbind` takes them away. What it
    /// brought and nothing uses ends; decisions go on being told in its words.
    pub async fn pack_remove(
        &self,
        by: &Principal,
        name: &str,
        unbind: bool,
        how: &How,
    ) -> Result<Done<Removed>, Error> {
        let (told, name) = (("pack.removed", format!("{name} removed")), name.to_owned());
        let edit = move |draft: &mut Draft<'_>| remove(draft, &name, unbind);
        let done = change(self, by, told.0, told.1, how, edit).await?;
        Ok(done.map(|(generation, removed)| Removed { generation: generation.number, ..removed }))
    }
}

impl Answer for Removed {
    fn status(&self) -> u16 {
        200
    }

    fn kept(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn again(_: &Inner, _: &Generation, kept: &Value) -> Result<Option<Self>, Error> {
        Ok(serde_json::from_value(kept.clone()).ok())
    }
}

fn remove(draft: &mut Draft<'_>, name: &str, unbind: bool) -> Result<Removed, Error> {
    let installed: Vec<_> = packs(draft.desk, name)?.into_iter().filter(|pack| pack.removed_at.is_none()).collect();
    let owners: BTreeSet<String> = installed.iter().map(set_up::owner).collect();
    if installed.is_empty() {
        return Err(Error::not_found("pack", name));
    }
    let uses = |it: &Binding| it.pack == name || it.brought_by.as_deref() == Some(name);
    let bound: Vec<&Binding> = draft.bindings.iter().filter(|it| uses(it)).collect();
    if !unbind && !bound.is_empty() {
        let said = |it: &&Binding| match &it.brought_by {
            Some(other) if other != name => format!("`{}` for {} (brought by pack `{other}`)", it.policy, it.question),
            _ => format!("`{}` for {}", it.policy, it.question),
        };
        let (count, list) = (bound.len(), bound.iter().map(said).collect::<Vec<_>>().join(", "));
        let rule = format!("{count} bindings use pack `{name}`: {list}; `unbind` takes them away with it");
        return Err(Error::invalid("/unbind", rule));
    }
    let unbound = bound.len();
    draft.bindings.retain(|it| !uses(it));
    let mut ended = set_up::Ended::default();
    for owner in owners {
        let more = set_up::end(draft, &owner, &BTreeSet::new())?;
        ended.ended.extend(more.ended);
        ended.kept.extend(more.kept);
    }
    let mut versions = BTreeSet::new();
    for mut pack in installed {
        versions.insert(pack.manifest.pack.version.clone());
        pack.removed_at = Some(draft.now);
        pack.touch(draft.now);
        draft.writes.push(Write::Update(pack.into_record()));
    }
    draft.subject = Some(format!("pack/{name}"));
    draft.told.insert("unbound".to_owned(), unbound.into());
    draft.told.insert("ended".to_owned(), ended.ended.len().into());
    draft.told.insert("kept".to_owned(), ended.kept.len().into());
    let set_up::Ended { ended, kept } = ended;
    Ok(Removed { pack: name.to_owned(), versions: versions.into_iter().collect(), unbound, ended, kept, generation: 0 })
}
