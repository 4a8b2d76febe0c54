//! The promises of the practices and lessons, each as a story through the public API with the shipped packs: a test named
//! `practice_034_…` keeps practice 34, one named `lesson_08_…` lesson 8.

#![allow(dead_code, reason = "each story uses its part of the stand")]

#[path = "stories/stand.rs"]
mod stand;
#[path = "stories/swap.rs"]
mod swap;
