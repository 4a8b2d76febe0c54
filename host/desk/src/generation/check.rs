//! What a set of bindings must be before it may become a generation. Pure.

use std::collections::BTreeSet;

use plugdesk_domain::question::QUESTIONS;
use plugdesk_domain::question::shown::check_name;
use plugdesk_domain::record::policy::{MOST_BINDINGS, MOST_BINDINGS_BYTES};
use plugdesk_domain::{Binding, BindingScope, FailureRule, Mode};

/// What these are asked about does not come again: an event, a merge.
const ONCE: [&str; 2] = ["merge", "react"];

/// Everything that keeps these bindings from being a generation, in sentences; empty: they may.
pub fn check_bindings(bindings: &[Binding]) -> Vec<String> {
    let mut problems = Vec::new();
    if bindings.len() > MOST_BINDINGS {
        problems.push(format!("{} bindings, at most {MOST_BINDINGS} fit a generation", bindings.len()));
        return problems;
    }
    let bytes = serde_json::to_vec(bindings).map_or(usize::MAX, |bytes| bytes.len());
    if bytes > MOST_BINDINGS_BYTES {
        let rule =
            format!("at most {MOST_BINDINGS_BYTES} fit a generation: fewer bindings, or fewer names in `replaces`");
        problems.push(format!("the bindings have together {bytes} bytes as JSON, {rule}"));
        return problems;
    }
    for (place, it) in bindings.iter().enumerate() {
        alone(it, &mut problems);
        for other in bindings.iter().take(place) {
            pair(other, it, &mut problems);
        }
    }
    for question in QUESTIONS {
        circles(question, bindings, &mut problems);
    }
    problems
}

fn alone(it: &Binding, problems: &mut Vec<String>) {
    let policy = &it.policy;
    if let Err(problem) = check_name("policy", policy) {
        problems.push(problem);
    }
    if !QUESTIONS.contains(&it.question.as_str()) {
        problems.push(format!("policy `{policy}`: there is no question `{}`", it.question));
    }
    if it.question == "classify" && it.scope != BindingScope::Desk {
        problems.push(format!("policy `{policy}`: `classify` binds at desk scope only, because it finds the segment"));
    }
    if let FailureRule::Fallback(name) = &it.on_failure
        && crate::question::fallback(&it.question, name).is_none()
    {
        problems.push(format!("policy `{policy}`: `{}` has no built-in answer `{name}`", it.question));
    }
    if it.on_failure == FailureRule::Defer && ONCE.contains(&it.question.as_str()) {
        problems.push(format!("policy `{policy}`: `{}` can't be deferred, because it is asked once", it.question));
    }
    if it.replaces.contains(policy) {
        problems.push(format!("policy `{policy}` replaces itself"));
    }
}

fn pair(a: &Binding, b: &Binding, problems: &mut Vec<String>) {
    if a.id == b.id {
        problems.push(format!("binding {} stands twice", a.id));
    }
    if a.question != b.question || a.mode == Mode::Off || b.mode == Mode::Off || a.mode != b.mode {
        return;
    }
    if a.policy == b.policy {
        if a.scope == b.scope {
            problems.push(format!("policy `{}` is bound to `{}` twice in one scope", a.policy, a.question));
        }
        return;
    }
    let replaced = a.replaces.contains(&b.policy) || b.replaces.contains(&a.policy);
    if a.rank == b.rank && can_meet(&a.scope, &b.scope) && !replaced {
        problems.push(format!(
            "policies `{}` and `{}` both answer `{}` at rank {} and can meet: give one another rank",
            a.policy, b.policy, a.question, a.rank
        ));
    }
}

/// Whether one subject can lie in both scopes.
fn can_meet(a: &BindingScope, b: &BindingScope) -> bool {
    match (a, b) {
        (BindingScope::Segment(a), BindingScope::Segment(b)) | (BindingScope::Kind(a), BindingScope::Kind(b)) => a == b,
        (BindingScope::Company(a), BindingScope::Company(b)) => a == b,
        _ => true,
    }
}

/// Policies that replace each other in a circle would leave it open who is asked.
fn circles(question: &str, bindings: &[Binding], problems: &mut Vec<String>) {
    let of: Vec<&Binding> = bindings.iter().filter(|it| it.question == question && it.mode != Mode::Off).collect();
    let names: BTreeSet<&str> = of.iter().map(|it| it.policy.as_str()).collect();
    for name in names {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next = vec![name];
        while let Some(at) = next.pop() {
            for replaced in of.iter().filter(|it| it.policy == at).flat_map(|it| &it.replaces) {
                if replaced != at && reached.insert(replaced) {
                    next.push(replaced);
                }
            }
        }
        if reached.contains(name) {
            problems.push(format!("policy `{name}` replaces itself for `{question}`, by way of others"));
            return;
        }
    }
}
