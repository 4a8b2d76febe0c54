//! People, and the addresses at which they are known.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};

use super::{ExternalIds, external_entries, stored};
use crate::attributes::Attributes;
use crate::id::ContactId;
use crate::key::{Index, Key, Table};
use crate::matching::{likeness_key, match_keys};
use crate::time::Instant;

/// Finds a contact by another system's id.
pub const CONTACT_BY_EXTERNAL: Index = Index { table: Table::Contact, code: 1, name: "external id", unique: true };
/// The contacts that use an address without owning it: shared mailboxes, switchboards.
pub const CONTACT_BY_ADDRESS: Index = Index { table: Table::Contact, code: 2, name: "address", unique: false };
/// The contacts that could be the same person, by the keys of [`crate::matching::match_keys`].
pub const CONTACT_BY_MATCH: Index = Index { table: Table::Contact, code: 3, name: "match", unique: false };
/// The addresses that are nearly one, by [`crate::matching::likeness_key`].
pub const IDENTITY_BY_LIKENESS: Index = Index { table: Table::Identity, code: 2, name: "likeness", unique: false };
/// The identities of a contact.
pub const IDENTITY_BY_CONTACT: Index = Index { table: Table::Identity, code: 1, name: "contact", unique: false };

/// What is known of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ContactState {
    /// Nobody said who it is; first contact through a call centre or shop often is so (practice 22).
    Anonymous,
    /// A name or an identity is known.
    Known,
    /// Its personal fields were emptied at the person's wish.
    Erased,
}

/// An address that a contact uses and does not own alone, such as a shared mailbox or a switchboard. It never tells
/// who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Address {
    /// What it is.
    pub kind: IdentityKind,
    /// Normalised.
    pub value: String,
}

/// A person, known or not yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Ids in other systems.
    #[serde(default, skip_serializing_if = "ExternalIds::is_empty")]
    pub external_ids: ExternalIds,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub custom: Attributes,
    /// What is known. Personal fields: `name`, `custom`, `external_ids`, `shared`.
    pub state: ContactState,
    /// As the person writes it; may be empty.
    pub name: String,
    /// `consumer`, `company`, …, as `classify` decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The language the person prefers; BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The person's time zone; an IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Addresses that the person shares with others; at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<Address>,
    /// The contact that stands for this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ContactId>,
}

stored!(
    Contact,
    personal: ["name", "custom", "external_ids", "shared"],
    key: |c| Key::from(c.id),
    indexes: |c| {
        let mut entries = external_entries(CONTACT_BY_EXTERNAL, &c.external_ids);
        let shared = c.shared.iter().map(|it| vec![it.kind.name().into(), it.value.as_str().into()]);
        entries.extend(shared.map(|fields| CONTACT_BY_ADDRESS.entry(fields)));
        let alike = match_keys(&c.name, &c.custom);
        entries.extend(alike.iter().map(|it| CONTACT_BY_MATCH.entry(vec![it.as_str().into()])));
        entries
    },
);

/// The kinds of address that are normalised; others are kept as they come.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum IdentityKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A name in some network, such as `telegram:parisa`.
    Handle,
}

impl IdentityKind {
    /// The word in JSON, WIT and addresses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Handle => "handle",
        }
    }
}

impl std::str::FromStr for IdentityKind {
    type Err = IdentityError;
    fn from_str(text: &str) -> Result<Self, IdentityError> {
        match text {
            "email" => Ok(Self::Email),
            "phone" => Ok(Self::Phone),
            "handle" => Ok(Self::Handle),
            _ => Err(IdentityError("the kind of an identity is `email`, `phone` or `handle`")),
        }
    }
}

/// One address at which a contact is known. Its kind and normalised value are its key: unique per desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Identity {
    /// Grows by one per write.
    pub version: u64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last written.
    pub updated_at: Instant,
    /// Whose it is.
    pub contact: ContactId,
    /// What it is.
    pub kind: IdentityKind,
    /// Normalised. Personal.
    pub value: String,
    /// Whether the person proved to hold it.
    pub verified: bool,
}

stored!(
    Identity,
    personal: ["value"],
    key: |i| Key(vec![i.kind.name().into(), i.value.as_str().into()]),
    indexes: |i| {
        let alike = likeness_key(&i.kind, &i.value).map(|it| IDENTITY_BY_LIKENESS.entry(vec![it.as_str().into()]));
        alike.into_iter().chain([IDENTITY_BY_CONTACT.entry(vec![i.contact.into()])]).collect()
    },
);

/// Why a text is not such an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IdentityError(&'static str);

/// The longest address kept, in bytes: RFC 5321 allows an e-mail address of 254.
const MOST_IDENTITY_BYTES: usize = 254;

/// The one form under which an address is stored and looked up.
///
/// E-mail: trimmed, lower case, composed (Unicode's NFC), without characters that nobody sees, one `@` with something on
/// both sides and a dot or `localhost` behind it (the whole of RFC 5322 is neither needed nor wanted here). Phone: `+` and
/// digits, spaces and punctuation dropped, `00` read as `+`; a number without a country stays as it is dialled. Handle:
/// trimmed.
pub fn normalise_identity(kind: &IdentityKind, value: &str) -> Result<String, IdentityError> {
    let value = value.trim();
    if value.is_empty() || value.len() > MOST_IDENTITY_BYTES || value.chars().any(char::is_control) {
        return Err(IdentityError("an identity has 1 to 254 bytes and no control characters"));
    }
    match kind {
        IdentityKind::Email => normalise_email(value),
        IdentityKind::Phone => normalise_phone(value),
        IdentityKind::Handle => Ok(value.to_owned()),
    }
}

fn normalise_email(value: &str) -> Result<String, IdentityError> {
    let error = IdentityError("an e-mail address is one local part, one @ and one domain");
    if value.chars().any(char::is_whitespace) {
        return Err(error);
    }
    if value.chars().any(is_unseen) {
        return Err(IdentityError("an e-mail address has no characters that nobody sees"));
    }
    let lower = value.to_lowercase();
    let value = ComposingNormalizerBorrowed::new_nfc().normalize(&lower);
    let (local, domain) = value.rsplit_once('@').ok_or(error)?;
    let plausible = !local.is_empty()
        && !local.contains(['@', '<', '>', ',', ';'])
        && (domain == "localhost" || domain.contains('.'))
        && domain.split('.').all(|label| !label.is_empty())
        && !domain.contains(['<', '>', ',', ';', '/']);
    if plausible { Ok(value.into_owned()) } else { Err(error) }
}

/// Characters that are not drawn (Unicode's `Default_Ignorable_Code_Point`): with them one address is written in many
/// ways that look alike.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn normalise_phone(value: &str) -> Result<String, IdentityError> {
    let mut number = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            // Persian and Arabic digits mean the same number.
            '0'..='9' => number.push(c),
            '\u{6f0}'..='\u{6f9}' => number.push(char::from(b'0' + (c as u32 - 0x6f0) as u8)),
            '\u{660}'..='\u{669}' => number.push(char::from(b'0' + (c as u32 - 0x660) as u8)),
            '+' if number.is_empty() => number.push(c),
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' => {}
            _ => return Err(IdentityError("a phone number has digits, spaces and + - . / ( ) only")),
        }
    }
    if let Some(rest) = number.strip_prefix("00") {
        number = format!("+{rest}");
    }
    let digits = number.trim_start_matches('+').len();
    // E.164 allows 15 digits; internal extensions have as few as 3.
    if (3..=15).contains(&digits) { Ok(number) } else { Err(IdentityError("a phone number has 3 to 15 digits")) }
}

impl fmt::Display for IdentityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_address_is_stored_under_one_form() {
        let email = |v: &str| normalise_identity(&IdentityKind::Email, v).ok();
        assert_eq!(email(" Parisa@Example.ORG "), Some("parisa@example.org".into()));
        for wrong in ["", "a", "a@", "@b.c", "a@b", "a b@c.d", "a@@c.d", "a@c..d", "a@c.d>", "a\n@c.d"] {
            assert_eq!(email(wrong), None, "{wrong:?}");
        }
        assert_eq!(email("jose\u{301}@example.org"), email("jos\u{e9}@example.org"), "composed or not");
        for unseen in ['\u{200b}', '\u{200d}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{ad}', '\u{a0}', '\u{2028}'] {
            assert_eq!(email(&format!("par{unseen}isa@example.org")), None, "{unseen:?}");
        }
        let phone = |v| normalise_identity(&IdentityKind::Phone, v).ok();
        assert_eq!(phone("+98 (21) 1234-5678"), Some("+982112345678".into()));
        assert_eq!(phone("0098 21 12345678"), Some("+982112345678".into()));
        assert_eq!(phone("۰۲۱۱۲۳۴"), Some("0211234".into()));
        for wrong in ["12", "call me", "12345678901234567", "1+23456"] {
            assert_eq!(phone(wrong), None, "{wrong:?}");
        }
    }
}
