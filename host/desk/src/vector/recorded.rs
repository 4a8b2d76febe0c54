//! A recorded decision as a vector: a real case becomes a test.

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Decision, DecisionId, Digest, Opinion, OutcomeClass, Principal, ROOT_DESK, RecordsExt};
use serde_json::Value;

use super::{Expect, Vector, inner};
use crate::audit;
use crate::binding::Shelf as _;
use crate::capture::{Capture, CapturedCall};
use crate::desk::Desk;
use crate::error::Error;

impl Desk {
    /// What `policy` was asked and answered in a decision, as a vector; none: the policy whose answer to the last
    /// question counted. Holds the personal data that the policy saw. Not found, when the capture is not kept any more.
    pub fn decision_vector(&self, by: &Principal, id: DecisionId, policy: Option<&str>) -> Result<Vector, Error> {
        self.inner.authorise(by, Area::Record, Act::Read)?;
        // The inquiry and what the policy read are tickets and people, so reading decisions alone is not enough.
        self.inner.authorise(by, Area::Work, Act::Read)?;
        let decision: Decision = self.inner.records.find(id)?.ok_or_else(|| Error::not_found("decision", id))?;
        let bytes = self.inner.parts.storage.captures().get(self.id(), id)?;
        let bytes = bytes.ok_or_else(|| Error::not_found("capture of decision", id))?;
        if decision.capture.is_some_and(|digest| digest != Digest::of(&bytes)) {
            return Err(Error::Damaged(format!("the capture of decision {id} is not the one that was decided on")));
        }
        let taken = audit::taken("decision.vector-read", id.to_string(), Some(self.id()), by, self.inner.now());
        audit::vector_read(self.inner.parts.storage.records(ROOT_DESK).as_ref(), taken)?;
        let capture = Capture::from_bytes(&bytes).map_err(Error::Damaged)?;
        let (question, opinion) = chosen(&decision, policy)?;
        let asked = |call: &&CapturedCall| call.binding == opinion.binding && call.inquiry.question() == question;
        // One command may ask the same question about several records; the vector is of the last.
        let call = capture.calls.iter().rev().find(asked);
        let call = call.ok_or_else(|| Error::not_found("captured call of policy", &opinion.policy))?;
        let live = self.live();
        let bound = live.bindings().iter().find(|it| it.binding.id == call.binding);
        if opinion.answer.is_none() && opinion.outcome == OutcomeClass::Ok && opinion.message.is_some() {
            // The record was too large for the answer, and says so.
            return Err(Error::not_found("kept answer of policy", &opinion.policy));
        }
        Ok(Vector {
            about: format!(
                "{} {}, decided {} by {}",
                decision.command, decision.subject, decision.created_at, decision.id
            ),
            plugin: bound.map(|it| it.binding.plugin.clone()),
            question: question.to_owned(),
            configuration: self.inner.document(&call.configuration)?,
            inquiry: inner(&call.inquiry, "inquiry"),
            context: call.context.clone(),
            expect: expected(opinion),
        })
    }
}

/// The question and the opinion that a vector is made of.
fn chosen<'a>(decision: &'a Decision, policy: Option<&str>) -> Result<(&'a str, &'a Opinion), Error> {
    let counted = |asked: &'a plugdesk_domain::Asked| {
        let named = asked.joined.as_ref().and_then(|joined| joined.get("policy")?.as_str());
        let first = asked.opinions.iter().find(|opinion| Some(opinion.policy.as_str()) == named);
        first.or_else(|| asked.opinions.first()).map(|opinion| (asked.question.as_str(), opinion))
    };
    let of_policy = |asked: &'a plugdesk_domain::Asked, policy: &str| {
        let found = asked.opinions.iter().find(|opinion| opinion.policy == policy);
        found.map(|opinion| (asked.question.as_str(), opinion))
    };
    let mut asked = decision.asked.iter().rev();
    let found = asked.find_map(|asked| policy.map_or_else(|| counted(asked), |policy| of_policy(asked, policy)));
    found.ok_or_else(|| Error::not_found("policy in that decision", policy.unwrap_or("any")))
}

/// What the policy answered: the record keeps an answer's reasons apart.
fn expected(opinion: &Opinion) -> Expect {
    match (&opinion.answer, opinion.outcome) {
        (None, OutcomeClass::Ok) => Expect::None(true),
        (Some(Value::Object(answer)), OutcomeClass::Ok) => {
            let mut answer = answer.clone();
            answer.insert("reasons".to_owned(), serde_json::to_value(&opinion.reasons).unwrap_or_default());
            Expect::Answer(Value::Object(answer))
        }
        (answer, OutcomeClass::Ok) => Expect::Answer(answer.clone().unwrap_or_default()),
        (_, class) => Expect::Failed { class, message: opinion.message.clone() },
    }
}
