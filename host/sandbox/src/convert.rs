//! WIT to domain and back: the nouns that every question shares.
//!
//! [`shown`] is what goes in; it can't fail. [`found`] is what comes out, from a stranger: it is measured while it is
//! read, and what can't be kept is refused by field.

pub(crate) mod found;
pub(crate) mod shown;
