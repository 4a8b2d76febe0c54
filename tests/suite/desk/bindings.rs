//! Which policies are asked where, and how their answers join.

use plugdesk_desk::generation::check_bindings;
use plugdesk_desk::{CompanyRef, How, NewCompany, NewTicket};
use plugdesk_domain::question::classify::Classify;
use plugdesk_domain::question::qualify::Qualify;
use plugdesk_domain::question::{Question, Stance, Stances};
use plugdesk_domain::{BindingScope, FailureRule, Mode};
use proptest::prelude::*;

use super::stand::{Policy, Stand, classification, lead, qualification, wait};

fn segment_scope(name: &str) -> BindingScope {
    BindingScope::Segment(name.into())
}

#[test]
fn the_most_specific_binding_of_a_policy_is_asked_once() {
    let stand = Stand::new(&[]);
    let company = NewCompany { name: "Acme".into(), ..NewCompany::default() };
    let company = wait(stand.desk.company_create(&stand.agent(), company, &How::default())).unwrap().value.id;
    let all = [
        Policy::segment("segmentation", 1, "company", 1),
        Policy::score("p", 10, 1),
        Policy::score("p", 10, 2).scope(segment_scope("company")),
        Policy::score("p", 10, 3).scope(BindingScope::Kind("lead".into())),
        Policy::score("p", 10, 4).scope(BindingScope::Company(company)),
        Policy::score("q", 20, 9_999).scope(segment_scope("consumer")),
    ];
    let score = |policies: &[Policy], for_company: bool| {
        stand.bind(policies);
        let company = for_company.then(|| CompanyRef { id: Some(company), ..CompanyRef::default() });
        let done = wait(stand.desk.ticket_create(&stand.agent(), NewTicket { company, ..lead("x") }, &How::default()));
        let done = done.unwrap();
        assert_eq!(done.decision.unwrap().asked[1].opinions.len(), 1, "once");
        done.value.qualified.unwrap().score
    };
    assert_eq!(score(&all, true), 4, "company");
    assert_eq!(score(&all, false), 3, "kind");
    assert_eq!(score(&all[..3], true), 2, "segment, as classify just found it");
    assert_eq!(score(&all[..2], true), 1, "desk");
}

#[test]
fn a_binding_may_replace_named_others_where_it_holds() {
    let stand = Stand::new(&[
        Policy::score("vendor", 10, 1_000),
        Policy::score("ours", 20, 2_000).scope(BindingScope::Kind("lead".into())).replaces(&["vendor"]),
        Policy::score("draft", 30, 3_000).mode(Mode::Shadow).replaces(&["ours"]),
    ]);
    let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
    let asked: Vec<_> = done.decision.unwrap().asked[0].opinions.iter().map(|it| it.policy.clone()).collect();
    assert_eq!(asked, ["ours", "draft"], "the vendor's is not asked; one in shadow replaces nothing");
    assert_eq!(done.value.qualified.unwrap().score, 2_000);
}

#[test]
fn a_set_of_bindings_that_leaves_the_outcome_open_is_no_generation() {
    let check = |policies: &[Policy]| {
        let bindings: Vec<_> = policies.iter().map(|it| it.binding.clone()).collect();
        check_bindings(&bindings).join("\n")
    };
    let (a, b) = (Policy::score("a", 10, 1), Policy::score("b", 10, 1));
    assert!(check(&[a.clone(), b.clone()]).contains("rank 10"));
    let apart = [a.clone().scope(segment_scope("x")), b.clone().scope(segment_scope("y"))];
    assert_eq!(check(&apart), "", "they never meet");
    let crossing = [a.clone().scope(segment_scope("x")), b.clone().scope(BindingScope::Kind("lead".into()))];
    assert!(check(&crossing).contains("can meet"));
    assert_eq!(check(&[a.clone(), b.clone().mode(Mode::Off)]), "");
    assert_eq!(check(&[a.clone(), b.replaces(&["a"])]), "");
    let circle = [a.replaces(&["b"]), Policy::score("b", 20, 1).replaces(&["a"])];
    assert!(check(&circle).contains("by way of others"));
    let narrow = Policy::segment("s", 1, "x", 1).scope(segment_scope("x"));
    assert!(check(&[narrow]).contains("desk scope only"));
    assert!(check(&[Policy::score("c", 1, 1).on_failure(FailureRule::Fallback("no such".into()))]).contains("no such"));
    let mut unknown = Policy::score("d", 1, 1);
    unknown.binding.question = "gossip".into();
    assert!(check(&[unknown]).contains("gossip"));
    assert!(check(&[Policy::score("e", 1, 1), Policy::score("e", 2, 1)]).contains("twice"));
}

fn classifications() -> impl Strategy<Value = Vec<Stance<plugdesk_domain::question::classify::Classification>>> {
    let stance = (0u32..4, 0usize..3, 0usize..3, 0u16..4).prop_map(|(rank, policy, segment, confidence)| Stance {
        rank,
        policy: ["p", "q", "r"][policy].to_owned(),
        answer: classification(["consumer", "company", "mixed"][segment], confidence),
    });
    proptest::collection::vec(stance, 0..8)
}

fn qualifications() -> impl Strategy<Value = Vec<Stance<plugdesk_domain::question::qualify::Qualification>>> {
    let stance = (0u32..4, 0usize..3, 0u16..5).prop_map(|(rank, policy, score)| Stance {
        rank,
        policy: ["p", "q", "r"][policy].to_owned(),
        answer: qualification(score * 2_500),
    });
    proptest::collection::vec(stance, 0..8)
}

/// Union is commutative, associative and idempotent with abstention as its identity, and the joined answer depends on
/// the set alone.
fn laws<Q: Question>(a: &[Stance<Q::Answer>], b: &[Stance<Q::Answer>], c: &[Stance<Q::Answer>]) {
    let set = |stances: &[Stance<Q::Answer>]| stances.iter().cloned().collect::<Stances<Q::Answer>>();
    let (x, y, z) = (set(a), set(b), set(c));
    assert_eq!(x.clone().union(y.clone()), y.clone().union(x.clone()));
    assert_eq!(x.clone().union(y.clone()).union(z.clone()), x.clone().union(y.clone().union(z)));
    assert_eq!(x.clone().union(set(a)), x);
    assert_eq!(x.clone().union(Stances::default()), x);
    let mut backwards: Vec<_> = a.iter().chain(b).cloned().collect();
    backwards.reverse();
    assert_eq!(Q::join(&set(&backwards)), Q::join(&x.union(y)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_order_of_answers_never_decides_a_segment(a in classifications(), b in classifications(), c in classifications()) {
        laws::<Classify>(&a, &b, &c);
    }

    #[test]
    fn the_order_of_answers_never_decides_a_grade(a in qualifications(), b in qualifications(), c in qualifications()) {
        laws::<Qualify>(&a, &b, &c);
    }
}

#[test]
fn the_order_in_which_policies_were_bound_changes_nothing() {
    let policies = [
        Policy::segment("a", 30, "consumer", 6_000),
        Policy::segment("b", 20, "company", 6_000),
        Policy::segment("c", 10, "mixed", 5_000),
        Policy::score("d", 30, 9_000),
        Policy::score("e", 20, 3_000),
    ];
    let outcome = |order: &[usize]| {
        let stand = Stand::new(&order.iter().map(|&it| policies[it].clone()).collect::<Vec<_>>());
        let done = wait(stand.desk.ticket_create(&stand.agent(), lead("x"), &How::default())).unwrap();
        let asked = done.decision.unwrap().asked;
        (done.value.segment, done.value.qualified.map(|it| it.score), asked)
    };
    let first = outcome(&[0, 1, 2, 3, 4]);
    assert_eq!((first.0.as_deref(), first.1), (Some("company"), Some(3_000)), "by rank among equals");
    assert_eq!(first, outcome(&[4, 3, 2, 1, 0]));
    assert_eq!(first, outcome(&[2, 4, 0, 3, 1]));
}
