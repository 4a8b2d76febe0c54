//! Brings the many contacts of a customer together: who is the same person, which company a ticket is for, which tickets
//! report one problem.
//!
//! Start with [`configuration`], which is what an operator writes. [`linkage`] weighs two contacts, of what [`names`],
//! [`address`], [`fields`] and [`place`] say of them; [`identify`] and [`merge`] answer with it. [`affiliate`] and [`correlate`]
//! weigh the same way: every piece of evidence has its log-odds, and their sum is a probability. [`effort`] bounds what all of
//! them take, whatever strangers write.

pub mod address;
pub mod affiliate;
pub mod configuration;
pub mod correlate;
mod effort;
pub mod fields;
pub mod identify;
pub mod linkage;
pub mod merge;
pub mod names;
pub mod person;
pub mod place;
pub mod sound;
pub mod weights;

pub use configuration::Merging;

plugdesk_sdk::plugin!(Merging: identify, merge, affiliate, correlate);

#[cfg(test)]
mod tests;
