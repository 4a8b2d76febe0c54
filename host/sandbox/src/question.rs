//! The questions as functions of a component: one file each, and one line in `questions!`.
//!
//! A file says two things: `shown`, the inquiry in the contract's words, and `read`, the answer in domain's. Everything
//! else is the same for every question and stands here once.

mod affiliate;
mod classify;
mod correlate;
mod escalate;
mod identify;
mod merge;
mod promise;
mod qualify;
mod react;
mod track;

use plugdesk_domain::question::{self, Answer, Inquiry, Question};
use plugdesk_domain::{LoadFault, OutcomeClass};
use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use crate::bindings::exports::plugdesk::desk as wit;
use crate::contract;
use crate::convert::found::{Meter, fault};
use crate::failure::Failure;
use crate::state::State;

macro_rules! questions {
    ($($variant:ident: $module:ident.$call:ident -> $answer:ident),* $(,)?) => {
        /// What a component answers: for each question its function, where it is exported.
        pub(crate) struct Questions { $($module: Option<wit::$module::GuestIndices>,)* }

        /// The functions of one instance that were asked already: their types are compared with the contract once.
        #[derive(Default)]
        pub(crate) struct Ready { $($module: Option<wit::$module::Guest>,)* }

        impl Questions {
            /// Reads them from a component's exports, their types compared with the contract.
            pub(crate) fn of(pre: &InstancePre<State>) -> Result<Self, LoadFault> {
                type Answered<A> = (Result<Option<A>, wit::classify::Fault>,);
                Ok(Self { $($module: {
                    let name = question::$module::$variant::NAME;
                    match contract::function(pre, name, name)? {
                        None => None,
                        Some(function) => {
                            function
                                .typecheck::<(&wit::$module::Inquiry,), Answered<wit::$module::$answer>>(
                                    &pre.instance_type(),
                                )
                                .map_err(|error| contract::other_types(name, &error))?;
                            let indices = wit::$module::GuestIndices::new(pre);
                            Some(indices.map_err(|error| LoadFault(format!("{error:#}")))?)
                        }
                    }
                },)* })
            }

            /// Their names, sorted.
            pub(crate) fn names(&self) -> Vec<String> {
                let mut names = Vec::new();
                $(if self.$module.is_some() { names.push(question::$module::$variant::NAME.to_owned()); })*
                names.sort();
                names
            }

            /// Asks one, and takes the answer if it is one that the host can take.
            pub(crate) fn ask(
                &self,
                store: &mut Store<State>,
                instance: &Instance,
                ready: &mut Ready,
                inquiry: &Inquiry,
                answer_bytes: usize,
            ) -> Result<Option<Answer>, Failure> {
                let answer = match inquiry { $(Inquiry::$variant(inquiry) => {
                    let function = match (&mut ready.$module, &self.$module) {
                        (Some(function), _) => function,
                        (none, Some(indices)) => none.insert(indices.load(&mut *store, instance)?),
                        (None, None) => return Err(unanswered(question::$module::$variant::NAME)),
                    };
                    let answered = function.$call(store, &$module::shown(inquiry))?.map_err(|said| fault(&said))?;
                    let read = |it| $module::read(it, &mut Meter::new(answer_bytes));
                    answered.map(read).transpose()?.map(Answer::$variant)
                })* };
                if let Some(answer) = &answer {
                    answer.check().map_err(Failure::bad_answer)?;
                }
                Ok(answer)
            }
        }
    };
}

questions! {
    Classify: classify.call_classify -> Classification,
    Identify: identify.call_identify -> Identification,
    Merge: merge.call_merge -> MergePlan,
    Affiliate: affiliate.call_affiliate -> Affiliation,
    Correlate: correlate.call_correlate -> Correlation,
    Qualify: qualify.call_qualify -> Qualification,
    Track: track.call_track -> Tracking,
    Promise: promise.call_promise -> Promised,
    Escalate: escalate.call_escalate -> Climb,
    React: react.call_react -> Reacted,
}

/// A binding that names a question which the component lacks is refused long before this.
fn unanswered(question: &str) -> Failure {
    Failure::new(OutcomeClass::Load, format!("the component does not answer `{question}`"))
}
