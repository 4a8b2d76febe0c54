//! From what is stored to what can be asked: components loaded, configurations prepared.

use std::sync::Arc;

use plugdesk_domain::ask::PrepareFault;
use plugdesk_domain::{
    Binding, Configuration, Digest, Generation, Limits, Mode, Needs, OutcomeClass, PACK_BY_NAME, Pack, PackPlugin,
    RecordsExt, Scan, Table,
};
use serde_json::Value;

use crate::desk::{Desk, Inner};
use crate::error::Error;
use crate::generation::{Bound, Live, Ready};
use crate::{configuration, pack};

/// The generation in force; none: nothing was ever bound.
pub(crate) fn latest(desk: &Inner) -> Result<Option<Generation>, Error> {
    let newest = Scan::table(Table::Generation).backward().with_limit(1);
    Ok(desk.records.list::<Generation>(&newest)?.records.into_iter().next())
}

/// Puts the stored generation in force. For opening a desk: bindings that don't load are left failing.
pub(crate) fn load(desk: &Desk) -> Result<(), Error> {
    if let Some(generation) = latest(&desk.inner)? {
        let bound = generation.bindings.iter().map(|binding| self::bound(desk.inner.as_ref(), binding, None)).collect();
        desk.swap(Live::new(generation.number, bound, None));
    }
    Ok(())
}

/// Where bindings find what they name: the desk's store, or a generation being edited over it.
pub(crate) trait Shelf {
    /// The desk.
    fn desk(&self) -> &Inner;
    /// The document of that digest.
    fn document(&self, digest: &Digest) -> Result<Option<Value>, Error>;
    /// The installed pack of that name and version that a component came in; of several builds the newest with it.
    fn pack(&self, name: &str, version: &str, component: &Digest) -> Result<Option<(Pack, PackPlugin)>, Error>;
}

impl Shelf for Inner {
    fn desk(&self) -> &Inner {
        self
    }

    fn document(&self, digest: &Digest) -> Result<Option<Value>, Error> {
        let found: Option<Configuration> = self.records.find(digest.to_string().as_str())?;
        Ok(found.map(|configuration| configuration.document))
    }

    fn pack(&self, name: &str, version: &str, component: &Digest) -> Result<Option<(Pack, PackPlugin)>, Error> {
        let mut found: Option<(Pack, PackPlugin)> = None;
        for pack in packs(self, name)? {
            let plugin = pack.plugins.iter().find(|plugin| plugin.component == *component).cloned();
            let newer = found.as_ref().is_none_or(|(other, _)| other.created_at <= pack.created_at);
            if let Some(plugin) = plugin.filter(|_| newer && pack.manifest.pack.version == version) {
                found = Some((pack, plugin));
            }
        }
        Ok(found)
    }
}

/// Every installed version and build of a pack; an empty name: of all packs.
pub(crate) fn packs(desk: &Inner, name: &str) -> Result<Vec<Pack>, Error> {
    let prefix = if name.is_empty() { Vec::new() } else { vec![name.into()] };
    let scan = Scan::index(PACK_BY_NAME, prefix).with_limit(Scan::MOST);
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = desk.records.list::<Pack>(&scan.clone().with_after(after))?;
        all.extend(page.records);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// A binding ready to be asked, or with how it fails. What is loaded already in `before` is not loaded again, nor is
/// what stands there as it is and fails: a change of something else does not wait for it. A binding that is off is not
/// loaded at all.
pub(crate) fn bound(shelf: &dyn Shelf, binding: &Binding, before: Option<&Live>) -> Bound {
    let pack = match shelf.pack(&binding.pack, &binding.pack_version, &binding.component) {
        Ok(Some((pack, _))) if pack.removed_at.is_some() => {
            Err(format!("pack {} {} was removed; install it again", binding.pack, binding.pack_version))
        }
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(format!("pack {} {} is not installed", binding.pack, binding.pack_version)),
        Err(error) => Err(error.to_string()),
    };
    let (granted, limits, pack) = match pack {
        Ok((pack, plugin)) => {
            let entry = pack.manifest.plugins.iter().find(|entry| entry.name == binding.plugin);
            let limits = entry.map_or_else(Limits::default, |entry| pack::limits(entry, &Limits::default()));
            (plugin.granted, limits, Ok(()))
        }
        Err(why) => (Needs::default(), Limits::default(), Err((OutcomeClass::Load, why))),
    };
    let ready = match pack {
        Ok(()) if binding.mode == Mode::Off => Err((OutcomeClass::Load, "it is off and was not loaded".to_owned())),
        Ok(()) => known(binding, before).unwrap_or_else(|| ready(shelf, binding, &limits)),
        Err(failure) => Err(failure),
    };
    Bound::new(binding.clone(), ready, granted, limits)
}

/// What came of the same component with the same configuration, if it is live already; of the very same binding also
/// how it failed.
fn known(binding: &Binding, before: Option<&Live>) -> Option<Result<Ready, (OutcomeClass, String)>> {
    let before = before?.bindings();
    let same = |it: &&Arc<Bound>| {
        it.binding.component == binding.component && it.binding.configuration == binding.configuration
    };
    let loaded = before.iter().filter(same).find(|it| it.ready.is_ok());
    loaded.or_else(|| before.iter().find(|it| it.binding == *binding)).map(|it| it.ready.clone())
}

fn ready(shelf: &dyn Shelf, binding: &Binding, limits: &Limits) -> Result<Ready, (OutcomeClass, String)> {
    let load = |why: String| (OutcomeClass::Load, why);
    let parts = &shelf.desk().parts;
    let component = parts.storage.blobs().get(&binding.component).map_err(|e| load(e.to_string()))?;
    let component = component.ok_or_else(|| load(format!("the component {} is not stored", binding.component)))?;
    let plugin = parts.ask.load(&component).map_err(|fault| load(fault.to_string()))?;
    let settings = |why: String| (OutcomeClass::Settings, why);
    let document = shelf.document(&binding.configuration).map_err(|e| settings(e.to_string()))?;
    let document = document.ok_or_else(|| settings(super::view::lost(&binding.configuration).to_string()))?;
    let prepared = plugin.prepare(&configuration::text(&document), limits).map_err(|fault| match fault {
        PrepareFault::Refused(_) | PrepareFault::Failed { .. } => settings(fault.to_string()),
    })?;
    Ok(Ready { plugin, settings: prepared })
}
