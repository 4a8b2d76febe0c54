//! Installing: examine, store, bind, swap. Nothing is half installed: files are content-addressed and harmless alone,
//! and the pack's record, its configurations and the new generation are one change.

mod bindings;
mod widening;

use std::collections::BTreeMap;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Binding, Generation, Limits, Mode, Pack, PackPlugin, Principal, RecordsExt, Stored, Write};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use bindings::{add, relay, same_binding, upgrade};
use widening::refuse_widening;

use super::{Examined, Files, examine, set_up};
use crate::binding::{Answer, Draft, again, change_once, packs};
use crate::configuration;
use crate::desk::{Desk, Inner};
use crate::error::Error;
use crate::idempotency::Once;
use crate::pool::aside;
use crate::view::{Done, How, Idempotency};

/// How a pack is to be installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct InstallOptions {
    /// Grants what this version asks to read beyond what the installed one was granted. Without it, a version that
    /// asks for more is refused with the list.
    pub approve: bool,
    /// Makes the bindings of the manifest; otherwise it is installed and bound to nothing new.
    pub bind: bool,
    /// The mode of new bindings: `active`, or `shadow` to watch them first.
    pub mode: Mode,
    /// Examines and decides, but changes nothing: the pack's files, named by their content, are all that is kept.
    pub preview: bool,
}

impl Default for InstallOptions {
    fn default() -> Self {
        Self { approve: false, bind: true, mode: Mode::Active, preview: false }
    }
}

/// What an installation did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Installed {
    /// The pack.
    pub pack: Pack,
    /// Whether exactly these files were installed before.
    pub already: bool,
    /// The generation in force afterwards.
    pub generation: u64,
    /// The pack's bindings in it.
    pub bindings: Vec<Binding>,
}

impl Desk {
    /// Installs a pack from an uncompressed tar of its folder: examines it, stores it, binds it, and swaps the new
    /// generation in. Existing bindings of the pack move to this version and keep their overlays, which are checked
    /// against its schema first. Errors list what is wrong by file.
    pub async fn pack_install(
        &self,
        by: &Principal,
        archive: Vec<u8>,
        options: InstallOptions,
        key: Option<&Idempotency>,
    ) -> Result<Done<Installed>, Error> {
        self.inner.authorise(by, Area::Policy, Act::Write)?;
        let running = self.inner.running.enter()?;
        let how = How { preview: options.preview, idempotency: key.cloned(), ..How::default() };
        let once = self.inner.once(by, &how)?;
        // A stranger's pack takes memory and seconds to examine, so a desk examines one at a time.
        let Some(turn) = self.inner.installing.take() else {
            return Err(Error::Busy("another pack is being installed in this desk".to_owned()));
        };
        let desk = self.clone();
        let sent = aside("desk-install", move || {
            let (_running, _turn) = (running, turn);
            if let Some(stored) = once.earlier()? {
                return again(&desk.inner, &stored).map(|done| Sent::Again(Box::new(done)));
            }
            let files = Files::from_tar(&archive).map_err(Error::Pack)?;
            let ask = &desk.inner.parts.ask;
            let examined = examine(&files, ask.as_ref(), &Limits::default()).map_err(Error::Pack)?;
            let pack = record(&desk.inner, &examined)?;
            Ok(Sent::Fresh(Box::new((examined, pack, once))))
        })
        .await?;
        let done = match sent {
            Sent::Again(done) => *done,
            Sent::Fresh(fresh) => {
                let (examined, pack, once) = *fresh;
                let head = &pack.manifest.pack;
                let told = ("pack.installed", format!("{} {} installed", head.name, head.version));
                let edit = move |draft: &mut Draft<'_>| install(draft, &examined, &pack, &options);
                change_once(self, by, told, &how, once, edit).await?
            }
        };
        Ok(done.map(|(generation, Tried { pack, already })| {
            // The same component may have come with other texts before.
            pack.plugins.iter().for_each(|plugin| self.inner.texts.forget(plugin.component));
            let name = pack.manifest.pack.name.as_str();
            let of_pack = |it: &&Binding| it.pack == name || it.brought_by.as_deref() == Some(name);
            let bindings = generation.bindings.iter().filter(of_pack).cloned().collect();
            Installed { already, generation: generation.number, bindings, pack }
        }))
    }

    /// The installed packs, every version and build, by name and age.
    pub fn pack_list(&self, by: &Principal) -> Result<Vec<Pack>, Error> {
        self.inner.authorise(by, Area::Policy, Act::Read)?;
        let mut all = packs(&self.inner, "")?;
        all.retain(|pack| pack.removed_at.is_none());
        let key = |pack: &Pack| (pack.manifest.pack.name.clone(), pack.created_at, pack.digest);
        all.sort_by_key(key);
        Ok(all)
    }
}

/// An archive as it was sent.
enum Sent {
    /// An earlier request with the same idempotency key sent it.
    Again(Box<Done<(Generation, Tried)>>),
    /// It was examined, and is to be bound.
    Fresh(Box<(Examined, Pack, Once)>),
}

/// A pack that was installed, and whether it was before.
struct Tried {
    pack: Pack,
    already: bool,
}

impl Answer for Tried {
    fn status(&self) -> u16 {
        if self.already { 200 } else { 201 }
    }

    fn kept(&self) -> Value {
        json!({ "pack": self.pack.digest, "already": self.already })
    }

    fn again(desk: &Inner, _: &Generation, kept: &Value) -> Result<Option<Self>, Error> {
        let found: Option<Pack> = desk.records.find(kept["pack"].as_str().unwrap_or_default())?;
        Ok(found.map(|pack| Self { pack, already: kept["already"] == true }))
    }
}

/// Stores the pack's files and makes its record.
fn record(desk: &Inner, examined: &Examined) -> Result<Pack, Error> {
    let now = desk.now();
    let blobs = desk.parts.storage.blobs();
    let put = |bytes: &[u8]| blobs.put(bytes).map_err(Error::from);
    let plugin = |it: &super::ExaminedPlugin| -> Result<PackPlugin, Error> {
        Ok(PackPlugin {
            name: it.entry.name.clone(),
            component: put(&it.component)?,
            questions: it.plugin.questions().to_vec(),
            imports: it.plugin.imports().to_vec(),
            granted: it.entry.needs.clone(),
            configuration: configuration::record(it.configuration.clone(), now).digest,
            schema: it.schema.as_ref().map(|(text, _)| put(text)).transpose()?,
            vectors: u32::try_from(it.vectors.len()).unwrap_or(u32::MAX),
        })
    };
    let locale = |(name, ftl): (&String, &Vec<u8>)| Ok::<_, Error>((name.clone(), put(ftl)?));
    Ok(Pack {
        version: 1,
        created_at: now,
        updated_at: now,
        manifest: examined.manifest.clone(),
        digest: examined.digest,
        plugins: examined.plugins.iter().map(plugin).collect::<Result<_, _>>()?,
        locales: examined.locales.iter().map(locale).collect::<Result<BTreeMap<_, _>, _>>()?,
        about: examined.about.clone(),
        removed_at: None,
    })
}

/// The edit: moves the pack's bindings to this version and adds those it brings.
fn install(draft: &mut Draft<'_>, examined: &Examined, pack: &Pack, options: &InstallOptions) -> Result<Tried, Error> {
    let name = &pack.manifest.pack.name;
    let installed = packs(draft.desk, name)?;
    let same = installed.iter().find(|other| other.digest == pack.digest).cloned();
    let there = |pack: &Pack| pack.removed_at.is_none();
    let before = installed
        .into_iter()
        .filter(there)
        .filter(|other| other.digest != pack.digest)
        .max_by_key(|other| other.created_at);
    if !options.approve {
        refuse_widening(draft, pack)?;
    }
    for plugin in &examined.plugins {
        draft.keep(plugin.configuration.clone());
    }
    let bound_before =
        draft.bindings.iter().any(|it| it.pack == *name || it.brought_by.as_deref() == Some(name.as_str()));
    set_up::apply(draft, &examined.desk, &set_up::owner(pack))?;
    upgrade(draft, pack)?;
    relay(draft, examined, name)?;
    if options.bind {
        // A default binding that the customer deleted does not come back with an upgrade; those of a pack that is bound
        // nowhere, or new in this version, do.
        let known = before.filter(|_| bound_before).map(|other| other.manifest.bindings).unwrap_or_default();
        let entries = pack.manifest.bindings.iter().zip(&examined.overlays);
        for (entry, overlay) in entries.filter(|(entry, _)| !known.iter().any(|known| same_binding(known, entry))) {
            add(draft, pack, entry, overlay.as_ref(), options.mode)?;
        }
    }
    match &same {
        None => draft.also.push(pack.clone().into_record()),
        Some(removed) if removed.removed_at.is_some() => {
            let mut back = removed.clone();
            back.removed_at = None;
            back.touch(draft.now);
            draft.writes.push(Write::Update(back.into_record()));
        }
        Some(_) => {}
    }
    draft.subject = Some(format!("pack/{name}"));
    draft.told.insert("version".to_owned(), pack.manifest.pack.version.clone().into());
    draft.told.insert("digest".to_owned(), pack.digest.to_string().into());
    // What was installed before keeps its date.
    let already = same.as_ref().is_some_and(there);
    Ok(Tried { already, pack: same.map_or_else(|| pack.clone(), |same| Pack { removed_at: None, ..same }) })
}
