//! What is nearly a component, and what is nearly an answer, harms nobody.

use std::collections::BTreeSet;

use plugdesk_domain::question::QUESTIONS;
use plugdesk_domain::{Ask, Limits, Outcome, OutcomeClass};
use plugdesk_tests::shelf::mutate::bounds;
use plugdesk_tests::shelf::trial::Trials;

use super::desk::{Desk, ask_at, inquiry};
use super::guest::{component, golden, sandbox};

/// `plugdesk-bench mutate` tries ten thousand of another seed.
const MUTANTS: usize = 200;

#[test]
fn two_hundred_spoilt_components_break_no_rule_of_the_host() {
    let mut trials = Trials::new(4, Vec::new());
    let mut ends = BTreeSet::new();
    for number in 0..MUTANTS {
        let trial = trials.next(&*sandbox());
        assert_eq!(trial.broken, None, "mutant {number}: {}", trial.way);
        ends.insert(trial.ended);
    }
    // Most are refused; those that are not show that the mutants reach further than the validator.
    assert!(ends.contains("load") && ends.iter().any(|it| it.starts_with("ask")), "{ends:?}");
}

#[test]
fn a_component_that_is_cut_off_anywhere_is_refused_in_words() {
    for name in QUESTIONS {
        let whole = golden(name);
        let powers = (0..usize::BITS).map(|power| 1usize << power);
        let edges = bounds(&whole).into_iter().flat_map(|it| [it.start - 1, it.start, it.start + 1, it.end - 1]);
        let lengths: BTreeSet<usize> = powers.chain(edges).filter(|length| *length < whole.len()).collect();
        for length in lengths {
            // Without its last sections, which name its parts, a component is whole and only answers nothing, or all.
            if let Err(fault) = sandbox().load(&whole[..length]) {
                assert!(fault.0.starts_with("it "), "{name} cut to {length} bytes: {fault}");
            } else {
                assert!(bounds(&whole).iter().any(|it| it.start == length), "{name} cut to {length} bytes loads");
            }
        }
    }
}

/// Answers with its settings, byte for byte, where an answer lies; behind it three bytes that are no text.
fn parrot(question: &str) -> String {
    format!(
        r#"(module
        (import "plugdesk:desk/settings@0.1.0" "bytes" (func $settings (param i32)))
        ;; prelude
        (data (i32.const 3072) "\ff\fe\fd")
        (func (export "plugdesk:desk/{question}@0.1.0#{question}") (param i32) (result i32)
            (call $settings (i32.const 2048))
            (memory.copy (i32.const 1024) (i32.load (i32.const 2048)) (i32.load (i32.const 2052)))
            (i32.const 1024)))"#
    )
}

#[test]
fn every_word_of_every_answer_may_be_wrong() {
    const WORDS: usize = 32;
    const WRONG: [u32; 5] = [u32::MAX, 0x7f, 0x8000_0000, 3072, 0x0010_0000];
    for question in QUESTIONS {
        let plugin = sandbox().load(&component(&parrot(question), &format!("{question}-plugin"))).unwrap();
        let asked = |words: &[u32; WORDS]| {
            let settings: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            ask_at(&*plugin, &Desk::default(), &inquiry(question), &settings, &Limits::default()).outcome
        };
        let mut messages = BTreeSet::new();
        // An answer that is there (its mark lies at the fourth or the eighth byte), and a fault.
        for (some, first) in [(1, 0), (2, 0), (1, 1)] {
            let mut good = [0; WORDS];
            (good[0], good[some]) = (first, 1);
            for place in 0..WORDS {
                for wrong in WRONG {
                    let mut words = good;
                    words[place] = wrong;
                    // A text that is there and is none, as long as a text may be, or as a list.
                    for length in [0, 3, 0x0fff_ffff] {
                        if let Some(next) = words.get_mut(place + 1) {
                            *next = length;
                        }
                        match asked(&words) {
                            Outcome::Answered(_) => {}
                            Outcome::Failed { class: OutcomeClass::BadAnswer | OutcomeClass::Fault, message } => {
                                messages.insert(message.split(|c: char| !c.is_alphabetic()).collect::<String>());
                            }
                            failed => panic!("{question}, word {place} is {wrong:#x}: {failed:?}"),
                        }
                    }
                }
            }
        }
        let said = |what: &str| messages.iter().any(|it| it.contains(what));
        assert!(said("discriminant"), "{question}: {messages:?}");
        assert!(said("invalidutf"), "{question}: {messages:?}");
        assert!(said("outofbounds"), "{question}: {messages:?}");
    }
}
