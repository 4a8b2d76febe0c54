//! The promises of the practices and lessons, each as a story through the public API with the shipped packs: a test named
//! `practice_034_…` keeps practice 34, one named `lesson_08_…` lesson 8.

#![allow(dead_code, reason = "each story uses its part of the stand")]

#[path = "stories/cast.rs"]
mod cast;
#[path = "stories/companies.rs"]
mod companies;
#[path = "stories/keys.rs"]
mod keys;
#[path = "stories/ladders.rs"]
mod ladders;
#[path = "stories/leads.rs"]
mod leads;
#[path = "stories/merging.rs"]
mod merging;
#[path = "stories/outages.rs"]
mod outages;
#[path = "stories/people.rs"]
mod people;
#[path = "stories/promises.rs"]
mod promises;
#[path = "stories/reactions.rs"]
mod reactions;
#[path = "stories/requester.rs"]
mod requester;
#[path = "stories/rotation.rs"]
mod rotation;
#[path = "stories/stand.rs"]
mod stand;
#[path = "stories/swap.rs"]
mod swap;
#[path = "stories/telling.rs"]
mod telling;
#[path = "stories/tracks.rs"]
mod tracks;
