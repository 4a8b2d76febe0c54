//! The contract as Rust types, generated from `wit/`. Nothing outside `convert`, `host`, `question` and `setup` names
//! them: everywhere else there are only domain's words.

#![allow(missing_docs, unreachable_pub, clippy::all, clippy::needless_pass_by_value)]

wasmtime::component::bindgen!({
    path: "../../wit",
    inline: "
        package plugdesk:sandbox;
        // Every question's world, so that there are bindings for all of them; a component has any part.
        world everything {
            include plugdesk:desk/setup-plugin@0.1.0;
            include plugdesk:desk/classify-plugin@0.1.0;
            include plugdesk:desk/identify-plugin@0.1.0;
            include plugdesk:desk/merge-plugin@0.1.0;
            include plugdesk:desk/affiliate-plugin@0.1.0;
            include plugdesk:desk/correlate-plugin@0.1.0;
            include plugdesk:desk/qualify-plugin@0.1.0;
            include plugdesk:desk/track-plugin@0.1.0;
            include plugdesk:desk/promise-plugin@0.1.0;
            include plugdesk:desk/escalate-plugin@0.1.0;
            include plugdesk:desk/react-plugin@0.1.0;
        }
    ",
    world: "plugdesk:sandbox/everything",
    anyhow: false,
});
