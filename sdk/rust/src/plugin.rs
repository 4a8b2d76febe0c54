//! `plugin!`: turns a policy into what a component exports.

/// Makes this crate a plugin: `plugin!(MyPolicy: qualify)`, or several questions, `plugin!(MyPolicy: classify, qualify)`.
///
/// Exports `setup.prepare`, which reads the configuration, and one function for each question named. The policy must
/// implement [`crate::Policy`] and the trait of each question.
#[macro_export]
macro_rules! plugin {
    ($policy:ty: $($question:ident),+ $(,)?) => {
        #[allow(unsafe_code, reason = "a component's exports are named symbols, which Rust calls unsafe")]
        #[doc(hidden)]
        const _: () = {
            #[allow(dead_code, reason = "only a component names it")]
            struct Plugin;
            impl $crate::bindings::setup::exports::plugdesk::desk::setup::Guest for Plugin {
                fn prepare(configuration: String) -> Result<Vec<u8>, Vec<$crate::Problem>> {
                    $crate::policy::prepare::<$policy>(&configuration)
                }
            }
            // Exported names are one per program: several policies stand side by side in one native test.
            #[cfg(target_family = "wasm")]
            $crate::bindings::setup::export!(Plugin with_types_in $crate::bindings::setup);
            $($crate::__export!($question, $policy);)+
        };
    };
}

/// The questions by name, each with its answer; another word is a compile error that lists them.
#[doc(hidden)]
#[macro_export]
macro_rules! __export {
    (classify, $policy:ty) => {
        $crate::__export_answer!(classify, Classification, $policy);
    };
    (identify, $policy:ty) => {
        $crate::__export_answer!(identify, Identification, $policy);
    };
    (merge, $policy:ty) => {
        $crate::__export_answer!(merge, MergePlan, $policy);
    };
    (affiliate, $policy:ty) => {
        $crate::__export_answer!(affiliate, Affiliation, $policy);
    };
    (correlate, $policy:ty) => {
        $crate::__export_answer!(correlate, Correlation, $policy);
    };
    (qualify, $policy:ty) => {
        $crate::__export_answer!(qualify, Qualification, $policy);
    };
    (track, $policy:ty) => {
        $crate::__export_answer!(track, Tracking, $policy);
    };
    (promise, $policy:ty) => {
        $crate::__export_answer!(promise, Promised, $policy);
    };
    (escalate, $policy:ty) => {
        $crate::__export_answer!(escalate, Climb, $policy);
    };
    (react, $policy:ty) => {
        $crate::__export_answer!(react, Reacted, $policy);
    };
    ($other:ident, $policy:ty) => {
        compile_error!(concat!(
            "no question `",
            stringify!($other),
            "`; there are: classify, identify, merge, affiliate, correlate, qualify, track, promise, escalate, react"
        ));
    };
}

/// Exports the answers of a policy to one question.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_answer {
    ($question:ident, $answer:ident, $policy:ty) => {
        const _: () = {
            #[allow(dead_code, reason = "only a component names it")]
            struct Plugin;
            impl $crate::bindings::$question::exports::plugdesk::desk::$question::Guest for Plugin {
                fn $question(
                    inquiry: $crate::$question::Inquiry,
                ) -> Result<Option<$crate::$question::$answer>, $crate::Fault> {
                    $crate::$question::answer::<$policy>(&inquiry)
                }
            }
            #[cfg(target_family = "wasm")]
    $crate::bindings::$question::export!(Plugin with_types_in $crate::bindings::$question);
        };
    };
}
