//! A core module to a component, which may import what a desk offers and nothing else.

use wasmparser::{Parser, Payload};

use super::Error;

/// Every import of a plugin begins so.
const OFFERED: &str = "plugdesk:desk/";

/// Makes a component of a core module in which the contract's description stands, as the SDK puts it there.
pub fn componentize(module: &[u8]) -> Result<Vec<u8>, Error> {
    if let Some(foreign) = foreign_import(module)? {
        return Err(Error::ForeignImport(foreign));
    }
    let encoder = wit_component::ComponentEncoder::default().validate(true).module(module).map_err(not)?;
    let component = { encoder }.encode().map_err(not)?;
    match foreign_import(&component)? {
        Some(foreign) => Err(Error::ForeignImport(foreign)),
        None => Ok(component),
    }
}

/// The first import, of the module or the component itself, that no desk offers.
fn foreign_import(wasm: &[u8]) -> Result<Option<String>, Error> {
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(not)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(imports) if depth == 0 => {
                for import in imports {
                    let name = import.map_err(not)?.name.name;
                    if !name.starts_with(OFFERED) {
                        return Ok(Some(name.to_owned()));
                    }
                }
            }
            Payload::ImportSection(imports) if depth == 0 => {
                for import in imports.into_imports() {
                    let import = import.map_err(not)?;
                    if !import.module.starts_with(OFFERED) {
                        return Ok(Some(format!("{}.{}", import.module, import.name)));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(None)
}

/// With the whole chain of causes, where the error shows one.
fn not(error: impl std::fmt::Display) -> Error {
    Error::NotAComponent(format!("{error:#}"))
}
