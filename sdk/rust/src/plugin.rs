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
            struct Plugin;
            impl $crate::bindings::setup::exports::plugdesk::desk::setup::Guest for Plugin {
                fn prepare(configuration: String) -> Result<Vec<u8>, Vec<$crate::Problem>> {
                    $crate::policy::prepare::<$policy>(&configuration)
                }
            }
            $crate::bindings::setup::export!(Plugin with_types_in $crate::bindings::setup);
            $($crate::__export!($question, $policy);)+
        };
    };
}

/// The questions by name; another word is a compile error that lists them.
#[doc(hidden)]
#[macro_export]
macro_rules! __export {
    (classify, $policy:ty) => {
        $crate::__export_classify!($policy);
    };
    (qualify, $policy:ty) => {
        $crate::__export_qualify!($policy);
    };
    ($other:ident, $policy:ty) => {
        compile_error!(concat!("no question `", stringify!($other), "`; there are: classify, qualify"));
    };
}
