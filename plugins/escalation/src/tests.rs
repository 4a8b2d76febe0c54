//! What the policy promises, natively, on a pretend desk and with the configuration that ships.

mod foreseen;

use plugdesk_sdk::escalate::Inquiry;
use plugdesk_sdk::prelude::*;

use crate::Escalation;

/// A Monday, 2026-11-23T03:00:00Z.
const NIGHT: Instant = 1_795_402_800_000;
const MINUTE: Instant = 60_000;
const HOUR: Instant = 60 * MINUTE;

fn shipped() -> Escalation {
    Pretend::policy(include_str!("../config.json")).unwrap()
}

/// The shipped one, in which people above the first level are called from 8 to 20 only.
fn with_quiet_hours() -> Escalation {
    let shipped = include_str!("../config.json");
    Pretend::policy(&shipped.replacen("\"waking\": \"always\"", "\"waking\": \"day\"", 1)).unwrap()
}

fn desk() -> Pretend {
    Pretend::desk().with_calendar("day", &[1, 2, 3, 4, 5, 6, 7], 8..20)
}

fn ticket(segment: &str) -> Ticket {
    let mut ticket = Pretend::ticket("support", "The pumps stand still", NIGHT);
    ticket.segment = Some(segment.to_owned());
    ticket.company = Some("company".to_owned());
    ticket
}

fn why(segment: &str, cause: &str, now: Instant) -> Inquiry {
    Inquiry {
        circumstances: Pretend::circumstances(now),
        ticket: ticket(segment),
        cause: cause.to_owned(),
        metric: None,
        level: 0,
        acknowledged: false,
        since: None,
        track: None,
        tier: None,
    }
}

fn at(level: u8, since: Instant, cause: &str, now: Instant) -> Inquiry {
    Inquiry { level, since: Some(since), tier: Some("gold".to_owned()), ..why("company", cause, now) }
}

fn ask(policy: &Escalation, inquiry: &Inquiry, desk: &Pretend) -> Option<Climb> {
    desk.begin();
    policy.escalate(inquiry, desk).unwrap()
}

fn roles(climb: &Climb) -> Vec<&str> {
    let role = |it: &'_ Audience| matches!(it, Audience::Role(_));
    assert!(climb.audience.iter().all(role));
    climb
        .audience
        .iter()
        .map(|it| match it {
            Audience::Role(name) | Audience::Team(name) | Audience::Agent(name) => name.as_str(),
        })
        .collect()
}

fn codes(reasons: &[Reason]) -> Vec<&str> {
    reasons.iter().map(|reason| reason.code.as_str()).collect()
}

fn named<'r>(reason: &'r Reason, name: &str) -> Option<&'r str> {
    reason.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_ladder_climbs_rung_by_rung_to_the_chief_executive_until_somebody_takes_it() {
    let (policy, desk) = (shipped(), desk());
    let begun = ask(&policy, &at(0, NIGHT, "at-risk", NIGHT), &desk).unwrap();
    assert_eq!((begun.level, roles(&begun), begun.brief), (1, vec!["team-lead"], false));
    assert_eq!(begun.look_again, Some(NIGHT + 15 * MINUTE));
    let (mut level, mut since, mut seen) = (begun.level, NIGHT, Vec::new());
    let mut look = begun.look_again;
    while let Some(now) = look {
        let climb = ask(&policy, &at(level, since, "look", now), &desk).unwrap();
        assert_eq!(climb.level, level + 1);
        seen.push((roles(&climb).join(", "), climb.brief, (now - NIGHT) / MINUTE));
        (level, since, look) = (climb.level, now, climb.look_again);
    }
    let expected = [("desk-owner", false, 15), ("vice-president", true, 45), ("chief-executive", true, 105)];
    assert_eq!(seen, expected.map(|(role, brief, minutes)| (role.to_owned(), brief, minutes)));
    let taken = Inquiry { acknowledged: true, ..at(2, NIGHT, "look", NIGHT + 9 * HOUR) };
    assert_eq!(ask(&policy, &taken, &desk), None, "whoever took it answers for it");
}

#[test]
fn a_look_before_its_time_changes_nothing_and_says_when_to_look_again() {
    let early = at(1, NIGHT, "look", NIGHT + 14 * MINUTE);
    let climb = ask(&shipped(), &early, &desk()).unwrap();
    assert_eq!((climb.level, climb.audience.len(), climb.look_again), (1, 0, Some(NIGHT + 15 * MINUTE)));
    assert!(climb.reasons.is_empty());
}

#[test]
fn the_same_breach_goes_higher_and_faster_for_who_is_worth_more() {
    let policy = shipped();
    let worth = |minor: i64, currency: &str| {
        let worth = Some(Money { minor, currency: currency.to_owned() });
        desk().with_company(Company { worth, ..Pretend::firm("Danubia") })
    };
    let breached = |segment: &str| why(segment, "breached", NIGHT);
    let wait = |climb: Option<Climb>| climb.map(|it| (it.level, it.look_again.map(|at| (at - NIGHT) / MINUTE)));
    assert_eq!(wait(ask(&policy, &breached("consumer"), &desk())), Some((1, Some(480))));
    assert_eq!(wait(ask(&policy, &breached("company"), &worth(100_000, "EUR"))), Some((2, Some(480))));
    assert_eq!(wait(ask(&policy, &breached("company"), &worth(12_000_000, "EUR"))), Some((2, Some(30))));
    assert_eq!(wait(ask(&policy, &breached("company"), &worth(12_000_000, "HUF"))), Some((2, Some(480))));
    assert_eq!(wait(ask(&policy, &breached("company"), &worth(i64::MAX, "XTS"))), Some((2, Some(480))));
    let special = Inquiry { track: Some(TrackLevel::Special), ..breached("consumer") };
    assert_eq!(wait(ask(&policy, &special, &desk())), Some((2, Some(120))));
}

#[test]
fn who_is_called_late_hears_of_the_rungs_below_too_the_highest_first() {
    let climb = ask(&shipped(), &at(0, NIGHT, "executive", NIGHT), &desk()).unwrap();
    assert_eq!((climb.level, roles(&climb)), (2, vec!["desk-owner", "team-lead"]));
}

#[test]
fn a_letter_of_an_executive_is_heard_as_one_in_any_language() {
    for title in
        ["CEO", "Managing Director, EMEA", "مدیر عامل", "Prezes zarządu", "Vezérigazgató", "Генеральный директор"]
    {
        let desk = desk().with_attribute("contact", "job_title", Value::Text(title.to_owned()));
        let climb = ask(&shipped(), &why("company", "opened", NIGHT), &desk).unwrap();
        assert_eq!(climb.level, 1, "{title}");
        assert_eq!((codes(&climb.reasons)[0], named(&climb.reasons[0], "cause")), ("cause", Some("executive")));
    }
    let other = desk().with_attribute("contact", "job_title", Value::Text("Caretaker".to_owned()));
    assert_eq!(ask(&shipped(), &why("company", "opened", NIGHT), &other), None);
}

#[test]
fn coming_back_and_being_passed_on_count_from_so_many_times_on() {
    let ask = |cause: &str, times: u32| {
        let mut inquiry = why("company", cause, NIGHT);
        (inquiry.ticket.reopens, inquiry.ticket.handoffs) = (times, times);
        ask(&shipped(), &inquiry, &desk()).map(|it| it.level)
    };
    assert_eq!([1, 2].map(|times| ask("reopened", times)), [None, Some(1)]);
    assert_eq!([2, 3].map(|times| ask("handed-off", times)), [None, Some(1)]);
    assert_eq!(ask("a-cause-of-tomorrow", 9), None);
}

#[test]
fn in_quiet_hours_only_those_are_called_who_may_be_and_the_rest_in_the_morning() {
    let policy = with_quiet_hours();
    let breached = at(0, NIGHT, "breached", NIGHT);
    let climb = ask(&policy, &Inquiry { since: None, ..breached.clone() }, &desk()).unwrap();
    assert_eq!((climb.level, roles(&climb)), (1, vec!["team-lead"]), "the first level may be called at any hour");
    let opening = NIGHT + 5 * HOUR;
    assert_eq!(climb.look_again, Some(NIGHT + 15 * MINUTE), "the ladder goes on meanwhile");
    assert_eq!((climb.facts[0].kind.as_str(), &climb.facts[0].value), ("escalation-waits", &Value::Integer(2)));
    let sleeps = climb.reasons.iter().find(|reason| reason.code == "sleeps").unwrap();
    assert_eq!(
        (named(sleeps, "level"), named(sleeps, "amount"), named(sleeps, "unit")),
        (Some("2"), Some("5"), Some("hours"))
    );
    // A quarter of an hour later the second rung is due, but still asleep.
    let look = at(1, NIGHT, "look", NIGHT + 15 * MINUTE);
    let climb = ask(&policy, &look, &desk()).unwrap();
    assert_eq!((climb.level, climb.audience.len(), climb.look_again), (1, 0, Some(opening)));
    let morning = at(1, NIGHT, "look", opening);
    assert_eq!(ask(&policy, &morning, &desk()).unwrap().level, 2);
    let urgent = {
        let mut urgent = Inquiry { since: None, ..breached };
        urgent.ticket.priority = Priority::Urgent;
        urgent
    };
    assert_eq!(ask(&policy, &urgent, &desk()).unwrap().level, 2, "what is urgent wakes everybody");
}

#[test]
fn where_nobody_may_be_called_the_call_is_kept_for_the_morning() {
    let all_asleep = include_str!("../config.json")
        .replacen("\"waking\": \"always\"", "\"waking\": \"day\"", 1)
        .replacen("\"anyway\": [1]", "\"anyway\": []", 1);
    let policy: Escalation = Pretend::policy(&all_asleep).unwrap();
    let climb = ask(&policy, &why("consumer", "breached", NIGHT), &desk()).unwrap();
    assert_eq!((climb.level, climb.audience.len(), climb.look_again), (0, 0, Some(NIGHT + 5 * HOUR)));
    let kept = climb.facts[0].clone();
    let fact = Fact { kind: kept.kind, value: kept.value, source: "escalation".into(), confidence: 10_000, at: NIGHT };
    let morning = desk().with_fact("ticket", fact);
    let climb = ask(&policy, &why("consumer", "look", NIGHT + 5 * HOUR), &morning).unwrap();
    assert_eq!((climb.level, roles(&climb)), (1, vec!["team-lead"]));
    assert_eq!(ask(&policy, &why("consumer", "look", NIGHT + 5 * HOUR), &desk()), None, "no call, no climb");
}

#[test]
fn the_reasons_are_the_facts_that_somebody_needs_before_calling() {
    let worth = Some(Money { minor: 12_000_000, currency: "EUR".to_owned() });
    let late = Commitment {
        state: CommitmentState::Breached,
        source: "contract".to_owned(),
        ..Pretend::owed("first-response", NIGHT - 25 * MINUTE, -25 * MINUTE)
    };
    let desk = desk()
        .with_company(Company { worth, ..Pretend::firm("Danubia Szálloda Kft.") })
        .with_commitment(Pretend::owed("resolution", NIGHT + HOUR, HOUR))
        .with_commitment(late);
    let inquiry = Inquiry { metric: Some("first-response".to_owned()), ..at(0, NIGHT, "breached", NIGHT) };
    let reasons = ask(&shipped(), &inquiry, &desk).unwrap().reasons;
    assert_eq!(codes(&reasons), ["late", "tier", "worth", "rung", "rung"]);
    assert_eq!((named(&reasons[0], "amount"), named(&reasons[0], "unit")), (Some("25"), Some("minutes")));
    assert_eq!(
        (named(&reasons[0], "metric"), named(&reasons[0], "source")),
        (Some("first-response"), Some("contract"))
    );
    assert_eq!(named(&reasons[2], "value"), Some("120 000 EUR"));
    assert_eq!(named(&reasons[4], "who@fa"), Some("مدیر میز خدمت"));
}

fn promise(segment: &str, change: impl Fn(&mut promise::Inquiry)) -> Option<Promised> {
    let mut inquiry = promise::Inquiry {
        circumstances: Pretend::circumstances(NIGHT),
        ticket: ticket(segment),
        cause: "opened".to_owned(),
        track: None,
        grade: None,
        tier: None,
        contract: Vec::new(),
    };
    change(&mut inquiry);
    shipped().promise(&inquiry, &desk()).unwrap()
}

fn minutes(promised: &Promised, metric: &str) -> u32 {
    promised.targets.iter().find(|it| it.metric == metric).unwrap().minutes
}

#[test]
fn a_consumer_is_answered_at_once_at_any_hour_and_a_company_by_tier_and_priority() {
    let consumer = promise("consumer", |_| {}).unwrap();
    assert_eq!((minutes(&consumer, "first-response"), minutes(&consumer, "resolution")), (60, 1_440));
    assert!(consumer.targets.iter().all(|it| it.calendar == "always"));
    let urgent = promise("consumer", |it| it.ticket.priority = Priority::Urgent).unwrap();
    assert_eq!(minutes(&urgent, "first-response"), 15);
    let company = promise("company", |_| {}).unwrap();
    assert_eq!((minutes(&company, "first-response"), minutes(&company, "resolution")), (480, 2_880));
    let resolution = company.targets.iter().find(|it| it.metric == "resolution").unwrap();
    assert_eq!(resolution.pauses, [Category::WaitingCustomer, Category::WaitingThirdParty]);
    assert_eq!(resolution.warn_minutes, Some(720));
    let gold = promise("company", |it| it.tier = Some("gold".to_owned())).unwrap();
    assert_eq!(minutes(&gold, "first-response"), 60);
    assert_eq!(named(&gold.reasons[0], "for"), Some("companies of the highest tiers"));
    assert_eq!(promise("consumer", |it| it.ticket.kind = "lead".to_owned()), None, "leads are another policy's");
}

#[test]
fn a_calendar_of_the_desk_takes_the_place_of_always_by_one_line() {
    let configured =
        include_str!("../config.json").replacen("\"business\": \"always\"", "\"business\": \"front-desk\"", 1);
    let policy: Escalation = Pretend::policy(&configured).unwrap();
    let inquiry = promise::Inquiry {
        circumstances: Pretend::circumstances(NIGHT),
        ticket: ticket("company"),
        cause: "opened".to_owned(),
        track: None,
        grade: None,
        tier: None,
        contract: Vec::new(),
    };
    let promised = policy.promise(&inquiry, &desk()).unwrap().unwrap();
    assert!(promised.targets.iter().all(|it| it.calendar == "front-desk"));
}

#[test]
fn a_calendar_that_the_desk_lacks_is_a_fault_with_its_name() {
    let configured = include_str!("../config.json").replacen("\"waking\": \"always\"", "\"waking\": \"gone\"", 1);
    let policy: Escalation = Pretend::policy(&configured).unwrap();
    let fault = policy.escalate(&why("company", "breached", NIGHT), &desk()).unwrap_err();
    assert!(matches!(&fault, Fault::Misconfigured(text) if text.contains("`gone`")), "{fault:?}");
    let blind = desk().without("commitments");
    assert!(matches!(shipped().escalate(&why("company", "breached", NIGHT), &blind), Err(Fault::Other(_))));
}

#[test]
fn a_configuration_that_cannot_work_is_refused_by_its_place() {
    let wrong = r#"{
        "calendars": {"business": "no name"},
        "ladders": {
            "a": {"rank": 1, "starts": {"breached": 4, "dreamt": 1, "stuck": {"level": 1, "from": 2}},
                  "when": [{"value_from": {"euro": 1}}],
                  "rungs": [{"level": 2, "name": "x", "audience": [{"role": "lead"}]},
                            {"level": 2, "name": {"no tag": "y"}, "audience": []}]},
            "b": {"rank": 1, "starts": {}, "rungs": []}
        },
        "promises": {"c/d": {"rank": 1, "name": "c", "targets": [
            {"metric": "m", "minutes": {"soon": 1}}, {"metric": "m", "minutes": 6000000, "warn_percent": 100}]}}
    }"#;
    let problems = Pretend::policy::<Escalation>(wrong).unwrap_err();
    let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/calendars/business",
            "/ladders/a/rungs/1/level",
            "/ladders/a/rungs/1/audience",
            "/ladders/a/rungs/1/name",
            "/ladders/a/starts/breached",
            "/ladders/a/starts/dreamt",
            "/ladders/a/starts/stuck",
            "/ladders/a/when/0/value_from",
            "/ladders/b/rank",
            "/ladders/b/rungs",
            "/promises/c~1d/targets/0/minutes",
            "/promises/c~1d/targets/1/metric",
            "/promises/c~1d/targets/1/warn_percent",
            "/promises/c~1d/targets/1/minutes",
        ]
    );
}

#[test]
fn a_reason_has_each_parameter_once_in_whatever_language_it_is_told() {
    for locale in ["en", "fa", "fa-IR", "pl", "hu", "ru", "de"] {
        let mut inquiry = at(0, NIGHT, "breached", NIGHT);
        inquiry.circumstances.locale = locale.to_owned();
        for reason in ask(&shipped(), &inquiry, &desk()).unwrap().reasons {
            let names: std::collections::BTreeSet<&String> = reason.params.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), reason.params.len(), "{locale}: {reason:?}");
        }
    }
}
