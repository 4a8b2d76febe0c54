//! What wit-bindgen makes of the contract: once for what the host offers, once for each thing a plugin may export.
//!
//! Nothing here is named by a plugin. The types of the first module are the types of all others, so that a plugin that
//! answers two questions has one `Ticket`. Each `export!` macro carries the description of its own world, so a component
//! claims to answer exactly what its `plugin!` names.
#![allow(missing_docs, unsafe_code, unreachable_pub, clippy::all, unused_qualifications)]

/// What the host offers, and all nouns.
pub mod host {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "host",
        generate_unused_types: true,
        additional_derives: [PartialEq],
        runtime_path: "::plugdesk_sdk::bindings::rt",
    });
}

/// The runtime that generated code names: an author's crate need not depend on wit-bindgen.
pub use wit_bindgen::rt;

macro_rules! exporting {
    ($(#[$about:meta])* $module:ident, $world:literal) => {
        $(#[$about])*
        pub mod $module {
            wit_bindgen::generate!({
                path: "../../wit",
                world: $world,
                with: {
                    "plugdesk:desk/types@0.1.0": crate::bindings::host::plugdesk::desk::types,
                    "plugdesk:desk/settings@0.1.0": crate::bindings::host::plugdesk::desk::settings,
                    "plugdesk:desk/context@0.1.0": crate::bindings::host::plugdesk::desk::context,
                    "plugdesk:desk/account@0.1.0": crate::bindings::host::plugdesk::desk::account,
                    "plugdesk:desk/calendar@0.1.0": crate::bindings::host::plugdesk::desk::calendar,
                    "plugdesk:desk/log@0.1.0": crate::bindings::host::plugdesk::desk::log,
                },
                additional_derives: [PartialEq],
                runtime_path: "::plugdesk_sdk::bindings::rt",
                pub_export_macro: true,
            });
        }
    };
}

exporting!(
    /// The export of a plugin that prepares its configuration.
    setup, "setup-plugin");
exporting!(
    /// The export of a plugin that answers `classify`.
    classify, "classify-plugin");
exporting!(
    /// The export of a plugin that answers `identify`.
    identify, "identify-plugin");
exporting!(
    /// The export of a plugin that answers `merge`.
    merge, "merge-plugin");
exporting!(
    /// The export of a plugin that answers `affiliate`.
    affiliate, "affiliate-plugin");
exporting!(
    /// The export of a plugin that answers `correlate`.
    correlate, "correlate-plugin");
exporting!(
    /// The export of a plugin that answers `qualify`.
    qualify, "qualify-plugin");
exporting!(
    /// The export of a plugin that answers `track`.
    track, "track-plugin");
exporting!(
    /// The export of a plugin that answers `promise`.
    promise, "promise-plugin");
exporting!(
    /// The export of a plugin that answers `escalate`.
    escalate, "escalate-plugin");
exporting!(
    /// The export of a plugin that answers `react`.
    react, "react-plugin");
