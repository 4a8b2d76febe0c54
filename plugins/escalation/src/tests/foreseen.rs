//! Ladders that begin before a promise is broken, by what the desk's own past says.

use super::*;

/// Something kept by risk-track about the ticket, at that probability.
fn desk_at(score: u16) -> Pretend {
    let signal =
        Signal { kind: "breach-risk".to_owned(), score, label: None, source: "risk-track".to_owned(), at: NIGHT };
    let signs = ["team +31".to_owned(), "hour +12".to_owned()];
    let fact = Fact {
        kind: "breach-signs".to_owned(),
        value: Value::Texts(signs.into()),
        source: "risk-track".to_owned(),
        confidence: score,
        at: NIGHT,
    };
    desk().with_signal("ticket", signal).with_fact("ticket", fact)
}

#[test]
fn a_ladder_begins_before_the_breach_from_the_probability_that_it_names() {
    let level = |cause: &str, score: u16| ask(&shipped(), &why("company", cause, NIGHT), &desk_at(score));
    assert_eq!(level("opened", 6_999), None);
    let climb = level("opened", 7_000).unwrap();
    assert_eq!((climb.level, roles(&climb)), (1, vec!["team-lead"]));
    assert_eq!(codes(&climb.reasons)[..2], ["breach-likely", "breach-signs"]);
    assert_eq!(named(&climb.reasons[0], "percent"), Some("70"));
    assert_eq!(named(&climb.reasons[1], "signs"), Some("team +31, hour +12"));
    assert_eq!(level("signal", 9_000).map(|climb| climb.level), Some(1), "and when a change made it likely");
    assert_eq!(level("signal", 100), None);
    assert_eq!(level("handed-off", 9_000).map(|climb| climb.level), Some(1), "of two causes only the gravest is told");
    assert_eq!(ask(&shipped(), &why("consumer", "opened", NIGHT), &desk_at(9_999)), None, "a ladder without it");
}

#[test]
fn what_is_foreseen_takes_nobody_down_and_wakes_nobody_twice() {
    let again = at(1, NIGHT, "signal", NIGHT + MINUTE);
    let climb = ask(&shipped(), &again, &desk_at(9_500)).unwrap();
    assert_eq!((climb.level, climb.audience.len(), climb.reasons.len()), (1, 0, 0));
    let late = ask(&shipped(), &at(0, NIGHT, "breached", NIGHT), &desk_at(9_500)).unwrap();
    assert_eq!(late.level, 2, "a breach is no longer foreseen");
    assert!(!codes(&late.reasons).contains(&"breach-likely"));
}

#[test]
fn a_signal_without_a_score_is_any_signal_and_reads_nothing() {
    let shipped = include_str!("../../config.json").replace(r#"{ "level": 1, "from": 7000 }"#, "1");
    let policy: Escalation = Pretend::policy(&shipped).unwrap();
    let blind = || desk_at(100).without("signals");
    assert_eq!(ask(&policy, &why("company", "signal", NIGHT), &blind()).map(|climb| climb.level), Some(1));
    assert_eq!(ask(&policy, &why("company", "opened", NIGHT), &blind()), None);
}
