//! A new plugin, complete: sources, configuration, a vector, texts, and the SDK with the contract beside them, so that it
//! builds and passes its tests in an empty folder anywhere.

use std::path::Path;

use super::{Error, pack, sources};

macro_rules! beginnings {
    ($($question:literal needs $needs:literal),* $(,)?) => {
        /// The questions that a plugin may begin with.
        pub const QUESTIONS: &[&str] = &[$($question),*];

        /// By question: what it needs, and its own files.
        const OWN: &[(&str, &str, [(&str, &str); 5])] = &[$(($question, $needs, [
            ("src/lib.rs", include_str!(concat!("scaffold/", $question, "/src/lib.rs.txt"))),
            ("config.json", include_str!(concat!("scaffold/", $question, "/config.json"))),
            ("config.schema.json", include_str!(concat!("scaffold/", $question, "/config.schema.json"))),
            ("vectors/first.json", include_str!(concat!("scaffold/", $question, "/first.json"))),
            ("locales/en.ftl", include_str!(concat!("scaffold/", $question, "/en.ftl"))),
        ])),*];
    };
}

beginnings! {
    "classify" needs "{}",
    "identify" needs "{}",
    "merge" needs "{}",
    "affiliate" needs "{}",
    "correlate" needs "{}",
    "qualify" needs "{}",
    "track" needs "{}",
    "promise" needs "{}",
    "escalate" needs "{ commitments = true }",
    "react" needs "{ events = [\"ticket.created\"], commands = [\"ticket.update\"] }",
}

/// A name is part of file and crate names; longer ones are nobody's.
const MOST_NAME_BYTES: usize = 48;
/// Crates that a plugin already has, and names that cargo refuses.
const TAKEN: [&str; 7] = ["serde", "plugdesk-sdk", "std", "core", "alloc", "test", "proc-macro"];

/// The files that are the same for every question, with `{{name}}`, `{{question}}` and `{{needs}}` to fill in.
const COMMON: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("scaffold/Cargo.toml.txt")),
    ("pack.toml", include_str!("scaffold/pack.toml.txt")),
    ("README.md", include_str!("scaffold/README.md.txt")),
    (".gitignore", "/target\n"),
    ("Cargo.lock", sources::LOCK),
];

/// Writes a new plugin into `folder`, which must not exist, or be empty.
pub fn scaffold(name: &str, question: &str, folder: &Path) -> Result<(), Error> {
    if !is_name(name) || TAKEN.contains(&name) {
        return Err(Error::Word(format!(
            "`{}` can't be a plugin's name: lower-case letters, digits and hyphens, a letter first, at most {MOST_NAME_BYTES}, and no crate it uses",
            name.escape_debug()
        )));
    }
    let Some((_, needs, own)) = OWN.iter().find(|(known, _, _)| *known == question) else {
        let known = QUESTIONS.join(", ");
        return Err(Error::Word(format!("there is no question `{}`; there are: {known}", question.escape_debug())));
    };
    if folder.exists() && !pack::is_empty(folder) {
        return Err(Error::Occupied { path: folder.to_owned(), why: "exists and is not empty; it is left alone" });
    }
    for (file, text) in COMMON.iter().chain(own) {
        let text = text.replace("{{name}}", name).replace("{{question}}", question).replace("{{needs}}", needs);
        pack::write(&folder.join(file), text.as_bytes())?;
    }
    let carried = folder.join("plugdesk");
    for (file, text) in sources::FILES {
        pack::write(&carried.join(file), text.as_bytes())?;
    }
    pack::write(&carried.join("sdk/rust/Cargo.toml"), sources::sdk_manifest().as_bytes())?;
    Ok(())
}

/// Lower-case letters, digits, single hyphens, a letter first.
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= MOST_NAME_BYTES
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && !name.contains("--")
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_break_a_file_or_a_crate_is_refused() {
        for good in ["a", "my-policy", "policy2"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "../a", "2a", "é", &"a".repeat(49)] {
            assert!(!is_name(bad), "{bad}");
        }
        assert!(scaffold("serde", "qualify", Path::new("/nowhere")).is_err());
    }

    #[test]
    fn an_unknown_question_is_refused_with_the_known_ones() {
        let error = scaffold("mine", "guess", Path::new("/nowhere")).unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no question `guess`; there are: classify, identify, merge, affiliate, correlate, qualify, track, promise, escalate, react"
        );
    }
}
