//! What happened on a ticket: its entries and its changes of category, from columns or from a list within a JSON line.

use plugdesk_domain::EntryKind;
use serde::{Deserialize, Serialize};

use super::source::Source;

/// An entry on a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingEntry))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EntryFields {
    /// A field of a JSON line that holds a list of objects: each is an entry, and the columns below are its fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// What was said; a row without it has no such entry.
    pub text: Source,
    /// What it is; none: a reply if the customer said it, otherwise a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindFrom>,
    /// Whether the customer said it (a reply or a call); otherwise the desk itself noted it.
    #[serde(default, skip_serializing_if = "Flag::is_no")]
    pub from_customer: Flag,
    /// The address of the person who said it, if it is not the requester: somebody whom the desk knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Source>,
    /// The agent who said it, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Source>,
    /// When, a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Source>,
    /// In an import of entries: the id that another system knows the ticket by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Source>,
}

/// A change of a ticket's category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingTurn))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TurnFields {
    /// A field of a JSON line that holds a list of objects: each is a change, and the columns below are its fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// The category since then; a row without it has no such change.
    pub category: Source,
    /// Since when, a date; a row without it has no such change.
    pub at: Source,
}

/// What an entry is: the same for every row, or what a column says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingKind))]
#[serde(untagged)]
pub enum KindFrom {
    /// The same.
    Word(EntryKind),
    /// What a column says.
    From(Source),
}

/// Yes or no: the same for every row, or what a column says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingFlag))]
#[serde(untagged)]
pub enum Flag {
    /// The same.
    Constant(bool),
    /// What a column says: `yes`, `true`, `1`, or `no`, `false`, `0`; missing: no.
    From(Source),
}

impl Default for Flag {
    fn default() -> Self {
        Self::Constant(false)
    }
}

impl Flag {
    fn is_no(&self) -> bool {
        *self == Self::Constant(false)
    }
}

impl EntryFields {
    /// Every source with the field it fills.
    pub(super) fn sources(&self) -> Vec<(&'static str, &Source)> {
        let kind = match &self.kind {
            Some(KindFrom::From(source)) => Some(source),
            Some(KindFrom::Word(_)) | None => None,
        };
        let from_customer = match &self.from_customer {
            Flag::From(source) => Some(source),
            Flag::Constant(_) => None,
        };
        let optional = [
            ("kind", kind),
            ("from-customer", from_customer),
            ("email", self.email.as_ref()),
            ("agent", self.agent.as_ref()),
            ("at", self.at.as_ref()),
            ("ticket", self.ticket.as_ref()),
        ];
        let optional = optional.into_iter().filter_map(|(name, source)| Some((name, source?)));
        std::iter::once(("text", &self.text)).chain(optional).collect()
    }

    /// What keeps the two from going together, without a look at a row.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        match &self.kind {
            Some(KindFrom::From(Source::Column(word))) => Err((
                "kind",
                format!(
                    "`{word}` is no kind of entry (reply, note, step, call, system); a column is written {{ column = \"{word}\" }}"
                ),
            )),
            Some(KindFrom::Word(kind)) if self.from_customer == Flag::Constant(true) && !kind.public() => {
                Err(("kind", "what a customer said is a reply or a call".to_owned()))
            }
            _ => Ok(()),
        }
    }
}
