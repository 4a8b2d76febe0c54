//! Whether a component keeps to the contract: what it may import, what it must export, and for which track it was
//! built.
//!
//! Read from the compiled component's own types before anything of it runs, so that a person hears what is wrong in
//! the words of the contract and not in a linker's.

use plugdesk_domain::LoadFault;
use plugdesk_domain::question::QUESTIONS;
use wasmtime::Engine;
use wasmtime::component::InstancePre;
use wasmtime::component::types::{Component, ComponentFunc, ComponentItem};

use crate::host::{FUNCTIONS, OFFER};
use crate::state::State;

/// The contract that this host speaks.
pub const CONTRACT: &str = "plugdesk:desk@0.1.0";
/// Its package.
const PACKAGE: &str = "plugdesk:desk";
/// Its version.
const VERSION: &str = "0.1.0";

/// An interface's name, taken apart: `plugdesk:desk/context@0.1.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Name<'a> {
    package: &'a str,
    interface: &'a str,
    version: &'a str,
}

impl<'a> Name<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (path, version) = text.split_once('@').unwrap_or((text, ""));
        let (package, interface) = path.split_once('/')?;
        Some(Self { package, interface, version })
    }

    /// Ours, of our track; an error if it is ours of another.
    fn is_ours(&self) -> Result<bool, LoadFault> {
        if self.package != PACKAGE {
            return Ok(false);
        }
        if track(self.version) != track(VERSION) {
            let built =
                if self.version.is_empty() { PACKAGE.to_owned() } else { format!("{PACKAGE}@{}", self.version) };
            return Err(LoadFault(format!("built for {}, this host runs {CONTRACT}", shown(&built))));
        }
        Ok(true)
    }
}

/// What versions have in common that fit together, as wasmtime's linker sees it: the major number, below 1.0 the minor
/// one too, below 0.1 and for pre-releases nothing.
fn track(version: &str) -> Option<(u64, u64)> {
    let (core, _build) = version.split_once('+').unwrap_or((version, ""));
    let mut numbers = core.splitn(3, '.').map(|number| number.parse::<u64>().ok());
    let (major, minor, _patch) = (numbers.next()??, numbers.next()??, numbers.next()??);
    match (major, minor) {
        (0, 0) => None,
        (0, minor) => Some((0, minor)),
        (major, _) => Some((major, 0)),
    }
}

/// A name out of a component, fit for a message.
fn shown(name: &str) -> String {
    name.chars().take(128).collect::<String>().escape_debug().to_string()
}

/// The host functions that a component imports, sorted; or the first import that nobody offers.
pub(crate) fn imports(component: &Component, engine: &Engine) -> Result<Vec<String>, LoadFault> {
    let mut functions = Vec::new();
    for (text, import) in component.imports(engine) {
        let refused = || LoadFault(format!("it imports `{}`: {OFFER}", shown(text)));
        let name = Name::parse(text).ok_or_else(refused)?;
        if name.package.starts_with("wasi:") {
            return Err(LoadFault(format!("it imports `{}`, but a policy has no WASI: {OFFER}", shown(text))));
        }
        if !name.is_ours()? {
            return Err(refused());
        }
        let ComponentItem::ComponentInstance(interface) = import.ty else { return Err(refused()) };
        for (item, export) in interface.exports(engine) {
            match export.ty {
                ComponentItem::Type(_) => {}
                ComponentItem::ComponentFunc(_) => {
                    let function = format!("{}.{item}", name.interface);
                    if !FUNCTIONS.contains(&function.as_str()) {
                        let function = shown(&function);
                        return Err(LoadFault(format!("it imports `{function}`, which this host lacks: {OFFER}")));
                    }
                    functions.push(function);
                }
                _ => return Err(refused()),
            }
        }
    }
    functions.sort();
    Ok(functions)
}

/// Refuses a component that answers nothing, or speaks another track.
pub(crate) fn exports(component: &Component, engine: &Engine) -> Result<(), LoadFault> {
    let mut answers = false;
    for (text, _) in component.exports(engine) {
        let Some(name) = Name::parse(text) else { continue };
        answers |= name.is_ours()? && QUESTIONS.contains(&name.interface);
    }
    if !answers {
        return Err(LoadFault(format!("it answers no question: this host asks {}", QUESTIONS.join(", "))));
    }
    Ok(())
}

/// A function that a component exports from an interface of the contract; none: no such interface.
pub(crate) fn function(
    pre: &InstancePre<State>,
    interface: &str,
    function: &str,
) -> Result<Option<ComponentFunc>, LoadFault> {
    let (component, engine) = (pre.component().component_type(), pre.engine());
    for (text, export) in component.exports(engine) {
        let named = Name::parse(text).filter(|name| name.interface == interface);
        if !named.map(|name| name.is_ours()).transpose()?.unwrap_or(false) {
            continue;
        }
        let ComponentItem::ComponentInstance(instance) = export.ty else {
            return Err(LoadFault(format!("it exports `{}`, which is not an interface", shown(text))));
        };
        return match instance.get_export(engine, function).map(|export| export.ty) {
            Some(ComponentItem::ComponentFunc(found)) => Ok(Some(found)),
            _ => Err(LoadFault(format!("its interface `{interface}` lacks the function `{function}`"))),
        };
    }
    Ok(None)
}

/// A function whose types are not the contract's.
pub(crate) fn other_types(interface: &str, error: &wasmtime::Error) -> LoadFault {
    LoadFault(format!("its `{interface}` does not have the types of {CONTRACT}: {error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_one_track_fit_together() {
        assert_eq!(track("0.1.0"), track("0.1.9"));
        assert_eq!(track("0.1.0+build.7"), track("0.1.0"));
        assert_eq!(track("1.2.3"), track("1.9.0"));
        assert_ne!(track("0.1.0"), track("0.2.0"));
        assert_ne!(track("0.1.0"), track("1.0.0"));
        for never in ["", "0.0.1", "0.1", "0.1.0-rc.1", "x.y.z"] {
            assert_eq!(track(never), None, "{never}");
        }
    }

    #[test]
    fn a_name_comes_apart() {
        let name = Name { package: "plugdesk:desk", interface: "context", version: "0.1.0" };
        assert_eq!(Name::parse("plugdesk:desk/context@0.1.0"), Some(name));
        assert_eq!(Name::parse("context"), None);
        assert_eq!(CONTRACT, format!("{PACKAGE}@{VERSION}"));
    }
}
