//! What `plugdesk plugin new` writes for each question: it stands by itself, its tests pass natively, its vectors in the
//! sandbox.

// The policies themselves, with their own tests: what an author's `cargo test` runs first.
#[path = "../../../host/plugdesk/src/guest/scaffold/affiliate/src/lib.rs.txt"]
mod affiliate;
#[path = "../../../host/plugdesk/src/guest/scaffold/classify/src/lib.rs.txt"]
mod classify;
#[path = "../../../host/plugdesk/src/guest/scaffold/correlate/src/lib.rs.txt"]
mod correlate;
#[path = "../../../host/plugdesk/src/guest/scaffold/escalate/src/lib.rs.txt"]
mod escalate;
#[path = "../../../host/plugdesk/src/guest/scaffold/identify/src/lib.rs.txt"]
mod identify;
#[path = "../../../host/plugdesk/src/guest/scaffold/merge/src/lib.rs.txt"]
mod merge;
#[path = "../../../host/plugdesk/src/guest/scaffold/promise/src/lib.rs.txt"]
mod promise;
#[path = "../../../host/plugdesk/src/guest/scaffold/qualify/src/lib.rs.txt"]
mod qualify;
#[path = "../../../host/plugdesk/src/guest/scaffold/react/src/lib.rs.txt"]
mod react;
#[path = "../../../host/plugdesk/src/guest/scaffold/track/src/lib.rs.txt"]
mod track;

use plugdesk_desk::vector::Vector;
use plugdesk_domain::Manifest;
use plugdesk_domain::question::QUESTIONS;

use super::place::{Place, debug, run};

#[test]
fn every_question_has_a_beginning_that_is_whole() {
    let place = Place::empty();
    for question in QUESTIONS {
        place.run(&["plugin", "new", &format!("my-{question}"), "--question", question]).good();
        let folder = place.path(&format!("my-{question}"));
        let text = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        let manifest: Manifest = toml::from_str(&text("pack.toml")).unwrap();
        assert_eq!(manifest.plugins[0].questions, [*question]);
        let vector = Vector::parse(text("vectors/first.json").as_bytes()).unwrap_or_else(|e| panic!("{question}: {e}"));
        assert_eq!(vector.question, *question);
        for file in ["Cargo.toml", "src/lib.rs", "config.json", "config.schema.json", "locales/en.ftl", "README.md"] {
            assert!(!text(file).contains("{{"), "{question}: {file} is not filled in");
        }
    }
}

/// Two that use what the others do not: reads of the account, and a body of JSON. Each build takes seconds.
#[test]
fn new_plugins_for_new_questions_build_and_pass_their_vectors() {
    let place = Place::empty();
    for question in ["escalate", "react"] {
        place.run(&["plugin", "new", question, "--question", question]).good();
        let mut test = place.command(&["plugin", "test", question, "--vectors-only"]);
        // Shared with the shipped plugins, so that the standard library is not built again.
        let tested = run(test.env("CARGO_TARGET_DIR", debug().parent().unwrap())).good();
        assert!(tested.out.contains("1 vectors passed"), "{tested:?}");
    }
}
