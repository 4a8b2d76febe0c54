//! Write a Plugdesk policy in Rust: a trait, typed configuration, a pretend desk for tests.
