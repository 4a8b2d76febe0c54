//! Asking the policies of a generation one question, and joining what they answer.
//!
//! Active bindings are asked by rank, then those in shadow; all of them see the same draft. What fails goes by its
//! binding's failure rule, and is never silent: it stands in the decision, in the metrics and in an event.

mod findings;
mod host_check;
mod surroundings;

use std::sync::Arc;
use std::time::Duration;

use plugdesk_domain::ask::QUESTION_CPU;
use plugdesk_domain::question::{Answer, Inquiry, Pick, Stance, Stances};

use plugdesk_domain::{Asked, Call, FailureRule, Limits, Opinion, Outcome, OutcomeClass, Verdict};
use serde_json::{Map, Value};

use crate::capture::CapturedCall;
use crate::draft::Draft;
use crate::error::Error;
use crate::generation::{Bound, Place};
use crate::transcript::{Exchange, Recorder};

pub(crate) use findings::{DESK_SOURCE, note_fact, pin_segment, pinned_segment};
pub(crate) use host_check::fits;
pub(crate) use surroundings::{About, Surroundings};

/// The event that tells of a degraded outcome.
pub(crate) const POLICY_FAILED: &str = "policy.failed";
/// What went wrong is told in so many characters; the policy's own log has the rest.
const MOST_MESSAGE_CHARS: usize = 500;

/// One call, made.
struct Called {
    bound: Arc<Bound>,
    shadow: bool,
    verdict: Verdict,
    context: Vec<Exchange>,
    asked: bool,
}

/// Whether any policy is bound there to answer that question: what else need not be read for it.
pub(crate) fn anybody(draft: &Draft<'_>, question: &str, place: &Place) -> bool {
    if draft.only_tried() {
        return false;
    }
    let chosen = draft.live.choose(question, place);
    !chosen.active.is_empty() || !chosen.shadow.is_empty()
}

/// Asks a question of every policy bound at `place` and joins the answers; none: nobody had an opinion.
///
/// The findings of active policies go into the draft.
pub(crate) fn ask<Q: Pick>(
    draft: &mut Draft<'_>,
    about: &About,
    place: &Place,
    inquiry: &Inquiry,
) -> Result<Option<Q::Joined>, Error> {
    ask_with::<Q>(draft, about, place, inquiry, Stances::default(), |_, answer| Ok(answer))
}

/// The same, with stances of the host's own beside the policies' (a contract's promises), and `complete` to add to an
/// answer what only the host knows (when a promise is due).
pub(crate) fn ask_with<Q: Pick>(
    draft: &mut Draft<'_>,
    about: &About,
    place: &Place,
    inquiry: &Inquiry,
    stances: Stances<Q::Answer>,
    complete: impl Fn(&Draft<'_>, Q::Answer) -> Result<Q::Answer, Error>,
) -> Result<Option<Q::Joined>, Error> {
    let chosen = draft.live.choose(Q::NAME, place);
    ask_chosen::<Q>(draft, about, &chosen, inquiry, stances, complete)
}

/// The same of bindings that were chosen already.
pub(crate) fn ask_chosen<Q: Pick>(
    draft: &mut Draft<'_>,
    about: &About,
    chosen: &crate::generation::Chosen,
    inquiry: &Inquiry,
    mut stances: Stances<Q::Answer>,
    complete: impl Fn(&Draft<'_>, Q::Answer) -> Result<Q::Answer, Error>,
) -> Result<Option<Q::Joined>, Error> {
    if draft.only_tried() || (chosen.active.is_empty() && chosen.shadow.is_empty()) {
        return Ok(Q::join(&stances));
    }
    let called = call_all(draft, about, inquiry, chosen)?;
    let mut asked = Asked {
        question: Q::NAME.to_owned(),
        about: about.subject_id(),
        joined: None,
        degraded: false,
        opinions: Vec::with_capacity(called.len()),
    };
    let (mut refused, mut put_off) = (None, false);
    for mut it in called {
        let class = it.verdict.outcome.class();
        let policy = it.bound.binding.policy.clone();
        let desk = &draft.desk.record.name;
        draft.desk.metrics.question(desk, Q::NAME, &policy, class, it.verdict.cpu);
        let mut answer = answered(&mut it);
        let mut note = None;
        if !it.shadow && class != OutcomeClass::Ok {
            asked.degraded = true;
            tell_failed(draft, &it, Q::NAME);
            note = Some(match &it.bound.binding.on_failure {
                FailureRule::Skip => "skipped".to_owned(),
                FailureRule::Refuse if draft.refusable => {
                    refused.get_or_insert_with(|| policy.clone());
                    "the operation is refused".to_owned()
                }
                FailureRule::Refuse => "skipped: nothing stops a customer's ticket".to_owned(),
                FailureRule::Fallback(name) => {
                    answer = crate::question::fallback(Q::NAME, name);
                    format!("the built-in answer `{name}` stands in")
                }
                FailureRule::Defer if about.is_ticket() => {
                    put_off = true;
                    "it is asked again later".to_owned()
                }
                FailureRule::Defer => "skipped: it is asked again when the record changes".to_owned(),
            });
        }
        asked.opinions.push(opinion(&it, answer.as_ref(), note));
        capture(draft, &mut it, inquiry);
        if let Some(answer) = answer.filter(|_| !it.shadow) {
            if class == OutcomeClass::Ok {
                findings::keep(draft, about, &policy, answer.parts())?;
            }
            if let Some(answer) = Q::pick(answer) {
                let answer = complete(draft, answer)?;
                stances.add(Stance { rank: it.bound.binding.rank, policy, answer });
            }
        }
    }
    let joined = Q::join(&stances);
    asked.joined = joined.as_ref().and_then(|joined| serde_json::to_value(joined).ok());
    draft.asked.push(asked);
    draft.put_off.retain(|(question, _)| *question != Q::NAME);
    if about.is_ticket() {
        draft.put_off.push((Q::NAME, put_off));
    }
    match refused {
        None => Ok(joined),
        Some(policy) => {
            draft.refused = Some((policy.clone(), Q::NAME));
            let decision = (!draft.how.preview).then_some(draft.decision);
            Err(Error::Refused { decision, policy, question: Q::NAME.to_owned() })
        }
    }
}

fn call_all(
    draft: &mut Draft<'_>,
    about: &About,
    inquiry: &Inquiry,
    chosen: &crate::generation::Chosen,
) -> Result<Vec<Called>, Error> {
    let around = Surroundings::new(draft, about);
    let mut left = QUESTION_CPU;
    let bindings = chosen.active.iter().map(|it| (it, false)).chain(chosen.shadow.iter().map(|it| (it, true)));
    let called: Vec<Called> = bindings
        .map(|(bound, shadow)| {
            let (verdict, context, asked) = call(&around, bound, inquiry, left);
            left = left.saturating_sub(verdict.cpu);
            Called { bound: Arc::clone(bound), shadow, verdict, context, asked }
        })
        .collect();
    let (reads, failure) = around.into_reads();
    for (table, key, version) in reads {
        draft.note(table, &key, version);
    }
    match failure {
        // What could not be read was told as *nothing*: an answer that rests on it must not count.
        Some(error) => Err(error.into()),
        None => Ok(called),
    }
}

fn call(
    around: &Surroundings<'_, '_>,
    bound: &Bound,
    inquiry: &Inquiry,
    left: Duration,
) -> (Verdict, Vec<Exchange>, bool) {
    let now = around.draft().now;
    let not_asked = |class, message: String| (failed(class, message), Vec::new(), false);
    let ready = match &bound.ready {
        Ok(ready) => ready,
        Err((class, message)) => return not_asked(*class, message.clone()),
    };
    let left_ms = u32::try_from(left.as_millis()).unwrap_or(u32::MAX);
    if left_ms == 0 {
        let spent = QUESTION_CPU.as_millis();
        return not_asked(OutcomeClass::Capacity, format!("the question's calls together used its {spent} ms"));
    }
    if !bound.breaker.lets_through(now) {
        return not_asked(OutcomeClass::BreakerOpen, "it failed too often lately and was not asked".to_owned());
    }
    let limits = Limits { cpu_ms: bound.limits.cpu_ms.min(left_ms), ..bound.limits };
    let recorder = Recorder::new(around, &bound.granted);
    let call = Call { inquiry, settings: &ready.settings, context: &recorder, limits: &limits };
    let mut verdict = ready.plugin.ask(&call);
    if let Outcome::Answered(Some(answer)) = &verdict.outcome
        && let Err(message) = host_check::check(around, inquiry, answer)
    {
        verdict.outcome = Outcome::Failed { class: OutcomeClass::BadAnswer, message };
    }
    if bound.breaker.heard(verdict.outcome.class(), now) {
        let (draft, binding) = (around.draft(), &bound.binding);
        let (desk, policy, question) = (&draft.desk.record.name, &binding.policy, &binding.question);
        let (decision, origin) = (draft.decision, draft.how.origin.as_deref());
        let class = verdict.outcome.class().name();
        tracing::warn!(request_id = origin, %decision, desk, policy, question, class, "a breaker opened: it is not asked for a while");
    }
    (verdict, recorder.into_transcript(), true)
}

fn failed(class: OutcomeClass, message: String) -> Verdict {
    let outcome = Outcome::Failed { class, message };
    Verdict { outcome, fuel: 0, cpu: Duration::ZERO, log: Vec::new(), log_dropped: 0 }
}

fn answered(it: &mut Called) -> Option<Answer> {
    match &mut it.verdict.outcome {
        Outcome::Answered(answer) => answer.take(),
        Outcome::Failed { .. } => None,
    }
}

fn opinion(it: &Called, answer: Option<&Answer>, note: Option<String>) -> Opinion {
    let binding = &it.bound.binding;
    let said = match &it.verdict.outcome {
        Outcome::Failed { message, .. } => Some(cut(message)),
        Outcome::Answered(_) => None,
    };
    let message = match (said, note) {
        (Some(said), Some(note)) => Some(format!("{said}; {note}")),
        (said, note) => said.or(note),
    };
    Opinion {
        binding: binding.id,
        policy: binding.policy.clone(),
        pack_version: binding.pack_version.clone(),
        component: binding.component,
        configuration: binding.configuration,
        rank: binding.rank,
        shadow: it.shadow,
        outcome: it.verdict.outcome.class(),
        message,
        answer: answer.and_then(bare),
        reasons: answer.map(|answer| answer.parts().reasons.to_vec()).unwrap_or_default(),
        fuel: it.verdict.fuel,
        micros: u64::try_from(it.verdict.cpu.as_micros()).unwrap_or(u64::MAX),
    }
}

/// The answer as JSON without its reasons, which stand beside it.
fn bare(answer: &Answer) -> Option<Value> {
    let mut whole = serde_json::to_value(answer).ok()?;
    let mut inner = whole.get_mut("answer")?.take();
    inner.as_object_mut()?.remove("reasons");
    Some(inner)
}

fn capture(draft: &mut Draft<'_>, it: &mut Called, inquiry: &Inquiry) {
    if !it.asked {
        return;
    }
    let binding = &it.bound.binding;
    draft.captured.push(CapturedCall {
        binding: binding.id,
        policy: binding.policy.clone(),
        component: binding.component,
        configuration: binding.configuration,
        settings: it.bound.settings_digest,
        inquiry: inquiry.clone(),
        context: std::mem::take(&mut it.context),
    });
}

fn tell_failed(draft: &mut Draft<'_>, it: &Called, question: &str) {
    let mut data = Map::new();
    let mut say = |name: &str, value: String| data.insert(name.to_owned(), value.into());
    say("policy", it.bound.binding.policy.clone());
    say("question", question.to_owned());
    say("binding", it.bound.binding.id.to_string());
    say("class", it.verdict.outcome.class().name().to_owned());
    let subject = draft.subject.clone();
    draft.tell(POLICY_FAILED, subject, data);
}

fn cut(message: &str) -> String {
    message.chars().take(MOST_MESSAGE_CHARS).collect()
}
