//! The questions as functions of a component: one file each, and one line in `questions!`.

mod classify;
mod qualify;

use plugdesk_domain::question::{Answer, Inquiry};
use plugdesk_domain::{LoadFault, OutcomeClass};
use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use crate::contract;
use crate::failure::Failure;
use crate::state::State;

macro_rules! questions {
    ($($variant:ident: $module:ident),* $(,)?) => {
        /// What a component answers: for each question its function, where it is exported.
        pub(crate) struct Questions { $($module: Option<$module::Indices>,)* }

        /// The functions of one instance that were asked already: their types are compared with the contract once.
        #[derive(Default)]
        pub(crate) struct Ready { $($module: Option<$module::Guest>,)* }

        impl Questions {
            /// Reads them from a component's exports, their types compared with the contract.
            pub(crate) fn of(pre: &InstancePre<State>) -> Result<Self, LoadFault> {
                Ok(Self { $($module: match contract::function(pre, $module::NAME, $module::NAME)? {
                    None => None,
                    Some(function) => {
                        $module::fits(&function, pre)
                            .map_err(|error| contract::other_types($module::NAME, &error))?;
                        Some($module::Indices::new(pre).map_err(|error| LoadFault(format!("{error:#}")))?)
                    }
                },)* })
            }

            /// Their names, sorted.
            pub(crate) fn names(&self) -> Vec<String> {
                let mut names = Vec::new();
                $(if self.$module.is_some() { names.push($module::NAME.to_owned()); })*
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
                        (None, None) => return Err(unanswered($module::NAME)),
                    };
                    $module::ask(function, store, inquiry, answer_bytes)?.map(Answer::$variant)
                })*
                    other => return Err(unanswered(other.question())),
                };
                if let Some(answer) = &answer {
                    answer.check().map_err(Failure::bad_answer)?;
                }
                Ok(answer)
            }
        }
    };
}

questions! {
    Classify: classify,
    Qualify: qualify,
}

/// A binding that names a question which the component lacks is refused long before this.
fn unanswered(question: &str) -> Failure {
    Failure::new(OutcomeClass::Load, format!("the component does not answer `{question}`"))
}
