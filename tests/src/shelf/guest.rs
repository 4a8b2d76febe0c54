//! Components made in the test: a core module in text, our contract beside it, and wit-component.

use std::sync::{Arc, OnceLock};

use plugdesk_domain::{Ask, Plugin};
use plugdesk_sandbox::{Options, Sandbox};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

pub use crate::root;

/// One sandbox for all tests, as one is for all desks of a process: what a hostile component does in one test, the
/// others would feel.
pub fn sandbox() -> Arc<Sandbox> {
    static SANDBOX: OnceLock<Arc<Sandbox>> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new(Options { pool: 16, ..Options::default() }).unwrap()).clone()
}

/// A component of `world`, from a core module in text. `;; prelude` in it stands for a memory and its allocator.
pub fn component(wat: &str, world: &str) -> Vec<u8> {
    let prelude = std::fs::read_to_string(root().join("tests/hostile/prelude.wat")).unwrap();
    let mut module = wat::parse_str(wat.replace(";; prelude", &prelude)).unwrap();
    let mut resolve = Resolve::default();
    let (contract, _) = resolve.push_dir(root().join("wit")).unwrap();
    let both = "package plugdesk:tests; world setup-and-classify {
        include plugdesk:desk/setup-plugin@0.1.0; include plugdesk:desk/classify-plugin@0.1.0; }
        interface flood { resource handle { constructor(); } }
        world handles-and-classify { include plugdesk:desk/classify-plugin@0.1.0; export flood; }";
    let tests = resolve.push_str("tests.wit", both).unwrap();
    let world = resolve.select_world(&[contract], Some(world)).or_else(|_| resolve.select_world(&[tests], Some(world)));
    embed_component_metadata(&mut module, &resolve, world.unwrap(), StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}

/// A file of `tests/hostile`.
pub fn text(name: &str) -> String {
    let path = root().join("tests/hostile").join(name).with_extension("wat");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The same, as a component of `world`.
pub fn hostile(name: &str, world: &str) -> Vec<u8> {
    component(&text(name), world)
}

/// A file of `tests/hostile` that answers `classify`, loaded.
pub fn load_hostile(name: &str) -> Arc<dyn Plugin> {
    sandbox().load(&hostile(name, "classify-plugin")).unwrap()
}

/// The bytes of a golden component.
pub fn golden(name: &str) -> Vec<u8> {
    std::fs::read(root().join("tests/golden/0.1").join(name).with_extension("wasm")).unwrap()
}
