//! What the policy promises, natively, on a pretend desk and with the configuration that ships.

use plugdesk_sdk::prelude::*;
use plugdesk_sdk::{Desk, qualify::Inquiry};

use crate::Card;

const NOW: Instant = 1_790_000_000_000;

fn card() -> Card {
    Pretend::policy(include_str!("../config.json")).unwrap()
}

fn configured(conditions: &str) -> Card {
    let rest = r#""base": -20, "grades": {"a": 6000, "b": 4000, "c": 1000}, "decay": {"half_life_days": 10}"#;
    Pretend::policy(&format!(r#"{{{rest}, "conditions": [{conditions}]}}"#)).unwrap()
}

fn lead(segment: &str, subject: &str) -> Inquiry {
    let mut lead = Pretend::ticket("lead", subject, NOW);
    lead.segment = (!segment.is_empty()).then(|| segment.to_owned());
    Inquiry { circumstances: Pretend::circumstances(NOW), lead }
}

fn ask(card: &Card, inquiry: &Inquiry, desk: &impl Desk) -> Qualification {
    card.qualify(inquiry, desk).unwrap().unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn the_same_words_from_a_consumer_and_a_company_are_judged_differently() {
    let of = |segment: &str, words: &str| ask(&card(), &lead(segment, words), &Pretend::desk());
    let figures = "Please compare the efficiency and send a quote, the board decides";
    let feelings = "We dream of a warm home, the children are cold";
    let scores = |words: &str| (of("consumer", words).score, of("company", words).score);
    let (consumer, company) = scores(figures);
    assert!(company > 2 * consumer, "{company} and {consumer}");
    let (consumer, company) = scores(feelings);
    assert!(consumer > 2 * company, "{consumer} and {company}");
    assert_eq!(of("consumer", figures).motive, of("company", figures).motive);
}

#[test]
fn an_answer_names_its_strongest_reasons_with_points_and_evidence() {
    let desk = Pretend::desk()
        .with_attribute("ticket", "budget", text("approved"))
        .with_attribute("ticket", "horizon", text("This quarter"))
        .with_entry(Pretend::reply("Please send a quote.", NOW));
    let answer = ask(&card(), &lead("company", "Heat pump"), &desk);
    let first = &answer.reasons[0];
    assert_eq!(first.code, "speaks-for");
    let named = |name: &str| first.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(
        (named("points"), named("what"), named("found")),
        (Some("+30"), Some("the money is there"), Some("approved"))
    );
    assert_eq!(first.evidence, ["budget"]);
    assert!(answer.reasons.iter().any(|reason| reason.evidence == ["entry"]), "{:?}", answer.reasons);
}

#[test]
fn reason_and_feeling_are_heard_in_five_languages() {
    for (words, reason) in [
        ("We compare warranty terms", true),
        ("گزارش بازده و ضمانت را مقايسه مي‌كنيم", true),
        ("Porównujemy sprawność i gwarancję", true),
        ("Összehasonlítjuk a hatásfokot", true),
        ("Сравниваем энергоэффективность", true),
        ("We dream of a warm home", false),
        ("نگران مادرم هستم", false),
        ("Dom naszych marzeń", false),
        ("Szeretnénk meleget, a feleségem beteg", false),
        ("Мечтаем о прохладе, дети", false),
    ] {
        let answer = ask(&card(), &lead("", words), &Pretend::desk());
        let motive = answer.motive.unwrap_or_else(|| panic!("nothing heard in {words}"));
        assert_eq!(motive > 5_000, reason, "{words}: {motive}");
        let sign = if reason { "moved-by-reason" } else { "moved-by-feeling" };
        assert!(answer.reasons.iter().any(|found| found.code == sign), "{words}");
    }
    assert_eq!(ask(&card(), &lead("", "Hello"), &Pretend::desk()).motive, None);
}

#[test]
fn interest_fades_with_silence_and_the_lead_is_looked_at_again_when_its_grade_falls() {
    let card = configured(r#"{"name": "budget", "field": "budget", "when": {"missing": false}, "points": 60}"#);
    let at = |now: Instant| {
        let desk =
            Pretend::desk().with_attribute("ticket", "budget", text("yes")).with_entry(Pretend::reply("yes", NOW));
        let mut inquiry = lead("", "Offer");
        inquiry.circumstances.now = now;
        ask(&card, &inquiry, &desk)
    };
    let fresh = at(NOW);
    // 40 points above one in two at 20 a doubling: odds of 4 to 1.
    assert_eq!((fresh.score, fresh.grade), (8_000, Grade::A));
    let later = fresh.look_again.expect("a grade that can fall");
    assert_eq!(at(later - 60_000).grade, Grade::A);
    assert_eq!(at(later).grade, Grade::B);
    let old = at(NOW + 10 * DAY);
    assert_eq!(old.score, 5_858);
    assert!(old.reasons.iter().any(|reason| reason.code == "faded"), "{:?}", old.reasons);
    assert_eq!(at(NOW + 3_000 * DAY).look_again, None);
    assert_eq!(at(NOW - DAY).score, 8_000, "a clock that runs behind does not raise a score");
}

#[test]
fn what_is_not_known_and_would_help_most_is_asked_next_in_the_persons_language() {
    let card = card();
    let mut inquiry = lead("company", "Heat pump");
    inquiry.circumstances.locale = "fa-IR".to_owned();
    let question = ask(&card, &inquiry, &Pretend::desk()).next_question.unwrap();
    assert_eq!(question.evidence, ["budget"]);
    let named = |name: &str| question.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(named("question"), Some("آیا بودجهٔ این کار فراهم است؟"));
    assert_eq!(named("question@pl"), Some("Czy budżet jest już zapewniony?"), "who reads may speak another language");
    assert_eq!((named("question@en"), named("question@fa")), (Some("Is the money for this set aside?"), None));
    let known = Pretend::desk().with_attribute("ticket", "budget", text("Approved"));
    assert_eq!(ask(&card, &inquiry, &known).next_question.unwrap().evidence, ["horizon"]);
    let placeholder = Pretend::desk().with_attribute("ticket", "budget", text("Select"));
    assert_eq!(ask(&card, &inquiry, &placeholder).next_question.unwrap().evidence, ["budget"]);
}

#[test]
fn a_reason_names_a_condition_in_every_language_within_the_contracts_sixteen_parameters() {
    let languages: Vec<String> = (0..30).map(|n| format!(r#""l{n:02}": "name {n}""#)).collect();
    let card = configured(&format!(
        r#"{{"name": {{{}, "fa-IR": "نام", "fa": "دیگر"}}, "field": "f", "when": {{"is": 1}}, "points": 9, "leans": 1}}"#,
        languages.join(", ")
    ));
    let desk = Pretend::desk().with_attribute("ticket", "f", text("1"));
    let mut inquiry = lead("", "x");
    for (locale, expected) in [("fa-IR", "نام"), ("fa", "دیگر"), ("fa-AF", "دیگر"), ("l07", "name 7"), ("xx", "دیگر")]
    {
        inquiry.circumstances.locale = locale.to_owned();
        let answer = ask(&card, &inquiry, &desk);
        assert_eq!(answer.reasons.len(), 2);
        for reason in answer.reasons {
            let names: std::collections::BTreeSet<_> = reason.params.iter().map(|(name, _)| name.clone()).collect();
            assert!(names.len() == reason.params.len() && names.len() <= 16, "{names:?}");
            let (_, what) = reason.params.iter().find(|(name, _)| name == "what").unwrap();
            assert_eq!(what, expected, "{locale}");
        }
    }
}

#[test]
fn a_configuration_that_cannot_work_is_refused_by_its_place() {
    let refused = |configuration: &str| Pretend::policy::<Card>(configuration).unwrap_err();
    let grades = r#""grades": {"a": 1, "b": 2, "c": 3}"#;
    assert_eq!(refused(&format!("{{{grades}, \"conditions\": []}}"))[0].pointer, "/grades");
    let wrong = r#"{"grades": {"a": 3, "b": 2, "c": 1}, "conditions": [
        {"name": "x", "field": "f", "when": {"is": 1}},
        {"name": "y", "said": ["a*"]},
        {"name": "z", "field": "f"},
        {"name": {"no tag": "z"}, "field": "f", "when": {"is": 1}}]}"#;
    let pointers: Vec<String> = refused(wrong).into_iter().map(|problem| problem.pointer).collect();
    assert_eq!(pointers, ["/conditions/1", "/conditions/2", "/conditions/3"]);
    let least = i32::MIN;
    let points = format!(r#"{{"grades": {{"a": 3, "b": 2, "c": 1}}, "base": {{"*": {least}}}, "conditions": []}}"#);
    assert!(refused(&points)[0].message.starts_with("points are between"), "{:?}", refused(&points));
}

#[test]
fn of_a_card_that_is_laid_over_another_no_number_of_a_segment_shines_through() {
    let laid = |segments: &str| {
        format!(
            r#"{{{segments}"base": {{"company": 0, "consumer": 60, "*": 20}}, "grades": {{"a": 9, "b": 5, "c": 1}},
            "conditions": []}}"#
        )
    };
    let scores = |configuration: &str| {
        let card: Card = Pretend::policy(configuration).unwrap();
        ["company", "consumer", "", "school"].map(|segment| ask(&card, &lead(segment, "x"), &Pretend::desk()).score)
    };
    assert_eq!(scores(&laid("")), [5_000, 8_889, 6_667, 6_667]);
    assert_eq!(scores(&laid(r#""segments": ["company", "school"], "#)), [5_000, 6_667, 6_667, 6_667]);
    assert_eq!(scores(&laid(r#""segments": [], "#)), [6_667; 4]);
}

#[test]
fn a_card_over_a_whole_crm_export_reads_it_in_one_go() {
    let rule = |n: usize| {
        let (field, points) = (n % 75, n as i64 % 31 - 15);
        format!(
            r#"{{"name": "r{n}", "field": "f{field}", "when": {{"one_of": ["v{n}", "w{n}"]}}, "points": {points}}}"#
        )
    };
    let card = configured(&(0..150).map(rule).collect::<Vec<_>>().join(","));
    let desk = (0..75)
        .fold(Pretend::desk(), |desk, n| desk.with_attribute("ticket", &format!("f{n}"), text(&format!("V{n}"))));
    let answer = ask(&card, &lead("", "All of it"), &desk);
    assert_eq!(desk.reads(), 2, "the fields and the entries");
    assert!(!answer.reasons.is_empty());
}

#[test]
fn what_was_not_granted_is_a_fault_and_not_a_guess() {
    let desk = Pretend::desk().without("attributes");
    assert!(matches!(card().qualify(&lead("", "x"), &desk), Err(Fault::Other(_))));
}

fn called(configuration: &str, grade: Option<&str>) -> Option<Promised> {
    let card: Card = Pretend::policy(configuration).unwrap();
    let inquiry = plugdesk_sdk::promise::Inquiry {
        circumstances: Pretend::circumstances(NOW),
        ticket: Pretend::ticket("lead", "Heat pump", NOW),
        cause: "grade".to_owned(),
        track: None,
        grade: grade.map(str::to_owned),
        tier: None,
        contract: Vec::new(),
    };
    card.promise(&inquiry, &Pretend::desk()).unwrap()
}

#[test]
fn the_best_leads_are_called_within_minutes_and_the_worst_are_promised_nothing() {
    let shipped = include_str!("../config.json");
    let first =
        |grade: &str| called(shipped, Some(grade)).map(|it| (it.targets[0].minutes, it.targets[0].warn_minutes));
    assert_eq!(
        ["a", "b", "c", "d", "e"].map(first),
        [Some((5, Some(2))), Some((60, Some(15))), Some((1_440, Some(240))), None, None]
    );
    let answer = called(shipped, Some("a")).unwrap();
    assert_eq!((answer.targets[0].metric.as_str(), answer.targets[0].calendar.as_str()), ("first-contact", "always"));
    assert_eq!(answer.reasons[0].code, "called-within");
    assert_eq!(called(shipped, None), None, "what is no lead is none of its business");
}

#[test]
fn a_first_contact_that_cannot_be_promised_is_refused_by_its_place() {
    let wrong = r#"{"grades": {"a": 3, "b": 2, "c": 1}, "conditions": [], "first_contact": {
        "a": {"minutes": 0}, "b": {"minutes": 5, "warn_minutes": 5}, "c": {"minutes": 5, "calendar": "my calendar"}}}"#;
    let problems = Pretend::policy::<Card>(wrong).unwrap_err();
    let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/first_contact/a/minutes", "/first_contact/b/warn_minutes", "/first_contact/c/calendar"]);
    let one = r#"{"grades": {"a": 3, "b": 2, "c": 1}, "conditions": [], "first_contact": {"a": {"minutes": 9, "calendar": "calls"}}}"#;
    assert_eq!(called(one, Some("a")).unwrap().targets[0].calendar, "calls");
}
