//! What the program carries for authors: the contract, the SDK's sources, and the versions it was built with.

/// The workspace's manifest, in which every version stands once.
const ROOT: &str = include_str!("../../../../Cargo.toml");
/// The SDK's manifest, which names versions by the workspace.
const SDK: &str = include_str!("../../../../sdk/rust/Cargo.toml");
/// The versions that everything was tested with; cargo drops what a plugin does not use.
pub(super) const LOCK: &str = include_str!("../../../../Cargo.lock");

macro_rules! carried {
    ($($file:literal),* $(,)?) => {
        /// Each file by its path in the repository.
        pub(super) const FILES: &[(&str, &str)] = &[$(($file, include_str!(concat!("../../../../", $file)))),*];
    };
}

carried![
    "sdk/rust/src/bindings.rs",
    "sdk/rust/src/conditions.rs",
    "sdk/rust/src/conditions/checks.rs",
    "sdk/rust/src/conditions/fields.rs",
    "sdk/rust/src/desk.rs",
    "sdk/rust/src/every_question.rs",
    "sdk/rust/src/heap.rs",
    "sdk/rust/src/lib.rs",
    "sdk/rust/src/packed.rs",
    "sdk/rust/src/plugin.rs",
    "sdk/rust/src/points.rs",
    "sdk/rust/src/policy.rs",
    "sdk/rust/src/pool.rs",
    "sdk/rust/src/pretend.rs",
    "sdk/rust/src/pretend/hours.rs",
    "sdk/rust/src/question.rs",
    "sdk/rust/src/question/affiliate.rs",
    "sdk/rust/src/question/classify.rs",
    "sdk/rust/src/question/correlate.rs",
    "sdk/rust/src/question/escalate.rs",
    "sdk/rust/src/question/identify.rs",
    "sdk/rust/src/question/merge.rs",
    "sdk/rust/src/question/promise.rs",
    "sdk/rust/src/question/qualify.rs",
    "sdk/rust/src/question/react.rs",
    "sdk/rust/src/question/track.rs",
    "sdk/rust/src/room.rs",
    "sdk/rust/src/room/tests.rs",
    "sdk/rust/src/rows.rs",
    "sdk/rust/src/types.rs",
    "sdk/rust/src/wording.rs",
    "sdk/rust/src/words.rs",
    "sdk/rust/src/words/ascii.rs",
    "sdk/rust/src/words/lexicon.rs",
    "sdk/rust/src/words/letters.rs",
    "wit/account.wit",
    "wit/affiliate.wit",
    "wit/calendar.wit",
    "wit/classify.wit",
    "wit/context.wit",
    "wit/correlate.wit",
    "wit/escalate.wit",
    "wit/identify.wit",
    "wit/log.wit",
    "wit/merge.wit",
    "wit/promise.wit",
    "wit/qualify.wit",
    "wit/react.wit",
    "wit/settings.wit",
    "wit/setup.wit",
    "wit/track.wit",
    "wit/types.wit",
    "wit/worlds.wit",
];

/// The SDK's manifest on its own: each `name.workspace = true` becomes the workspace's line for that name.
pub(super) fn sdk_manifest() -> String {
    let mut manifest = String::new();
    for line in SDK.lines() {
        match line.split_once(".workspace = true") {
            Some((name, _)) => {
                let wanted = format!("{name} = ");
                manifest.push_str(ROOT.lines().find(|line| line.starts_with(&wanted)).unwrap_or(line));
            }
            None if line == "[lints]" || line == "workspace = true" => continue,
            None => manifest.push_str(line),
        }
        manifest.push('\n');
    }
    manifest
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_program_carries_every_source_of_the_sdk_and_the_contract() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut there = BTreeSet::new();
        for folder in ["sdk/rust/src", "wit"] {
            for entry in walkdir::WalkDir::new(root.join(folder)) {
                let entry = entry.unwrap();
                let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                if entry.file_type().is_file() && !path.starts_with("wit/frozen/") {
                    there.insert(path);
                }
            }
        }
        assert_eq!(FILES.iter().map(|(file, _)| (*file).to_owned()).collect::<BTreeSet<_>>(), there);
    }

    #[test]
    fn the_sdk_stands_without_its_workspace() {
        let manifest = sdk_manifest();
        assert!(!manifest.contains("workspace"), "{manifest}");
        assert!(manifest.contains("wit-bindgen = {") && manifest.contains("edition = \"2024\""), "{manifest}");
    }
}
