//! Typed ids: a prefix and a UUIDv7 in Crockford's base32, as the TypeID specification 0.3 writes them
//! (`ticket_01j9…`).
//!
//! An id sorts by its time of creation. It is made from a time and 80 random bits that the caller supplies, so that
//! this crate needs neither clock nor entropy.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Instant;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits in base32, the first digit at most 7.
const SUFFIX_LENGTH: usize = 26;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}_ and 26 characters of base32")]
pub struct IdError {
    prefix: &'static str,
    text: String,
}

fn encode(prefix: &str, id: Uuid) -> String {
    let bits = id.as_u128();
    let mut text = String::with_capacity(prefix.len() + 1 + SUFFIX_LENGTH);
    text.push_str(prefix);
    text.push('_');
    for place in (0..SUFFIX_LENGTH).rev() {
        let digit = (bits >> (place * 5)) & 31;
        text.push(char::from(ALPHABET[digit as usize]));
    }
    text
}

fn decode(prefix: &'static str, text: &str) -> Result<Uuid, IdError> {
    let suffix = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    let error = || IdError { prefix, text: text.chars().take(64).collect() };
    suffix.and_then(read).ok_or_else(error)
}

/// The bare UUID of an id of any kind, as texts name it; none: it is no id.
pub fn uuid_of(text: &str) -> Option<Uuid> {
    text.rsplit_once('_').and_then(|(_, suffix)| read(suffix))
}

/// What each byte stands for in [`ALPHABET`]; 255: nothing.
const DIGITS: [u8; 256] = {
    let mut digits = [255; 256];
    let mut place = 0;
    while place < ALPHABET.len() {
        digits[ALPHABET[place] as usize] = place as u8;
        place += 1;
    }
    digits
};

fn read(suffix: &str) -> Option<Uuid> {
    if suffix.len() != SUFFIX_LENGTH || suffix.as_bytes()[0] > b'7' {
        return None;
    }
    let mut bits = 0u128;
    for byte in suffix.bytes() {
        let digit = DIGITS[usize::from(byte)];
        if digit == 255 {
            return None;
        }
        bits = (bits << 5) | u128::from(digit);
    }
    Some(Uuid::from_u128(bits))
}

/// A UUIDv7 (RFC 9562, section 5.7) from a time and random bits.
fn uuid_v7(at: Instant, random: u128) -> Uuid {
    let millis = (at.millis().max(0) as u128) & 0xffff_ffff_ffff;
    let bits = (millis << 80) | (random & ((1 << 80) - 1));
    let versioned = (bits & !(0xf << 76)) | (0x7 << 76);
    Uuid::from_u128((versioned & !(0x3 << 62)) | (0x2 << 62))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// An id made at `at`; the low 74 of `random`'s bits are kept.
            pub fn new(at: Instant, random: u128) -> Self {
                Self(uuid_v7(at, random))
            }

            /// From 16 bytes, as keys hold them.
            pub fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The bare UUID, as keys hold it.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode(Self::PREFIX, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                decode(Self::PREFIX, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl From<$name> for crate::key::Field {
            fn from(id: $name) -> Self {
                Self::Id(id.0)
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")))
                    .into()
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}
    )*};
}

ids! {
    /// One isolated tenant.
    DeskId "desk"
    /// A person, known or not yet.
    ContactId "contact"
    /// A node of a company tree.
    CompanyId "company"
    /// A contact's tie to a company node.
    MembershipId "membership"
    /// A matter that somebody brought; a lead is one too.
    TicketId "ticket"
    /// Something said or done on a ticket.
    EntryId "entry"
    /// What policies answered to one command.
    DecisionId "decision"
    /// An API key.
    KeyId "key"
    /// One policy bound to one question in one scope.
    BindingId "binding"
    /// One run of an import.
    ImportId "import"
    /// A reversible relation between two records.
    LinkId "link"
    /// One record pointing to another that stands for both.
    MergeId "merge"
    /// What was agreed with a company.
    ContractId "contract"
    /// Anything with a due time.
    CommitmentId "commitment"
    /// A person who serves.
    AgentId "agent"
    /// Something that a policy suggests and a person decides.
    ProposalId "proposal"
    /// A matter on its way up.
    EscalationId "escalation"
    /// An address that events are sent to.
    WebhookId "webhook"
    /// One event on its way to a webhook.
    DeliveryId "delivery"
    /// What a policy does because of an event.
    ReactionId "reaction"
}

/// The namespace of what belongs to no desk: the desks themselves and the API keys.
pub const ROOT_DESK: DeskId = DeskId(Uuid::nil());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_itself_and_sorts_by_time() {
        let early = TicketId::new(Instant::from_millis(1_000), u128::MAX);
        let late = TicketId::new(Instant::from_millis(1_001), 0);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(early.uuid().get_version_num(), 7);
    }

    #[test]
    fn the_specifications_own_example_is_read() {
        // https://github.com/jetify-com/typeid/blob/main/spec/valid.yml, `valid-uuidv7`
        let uuid = decode("prefix", "prefix_01h455vb4pex5vsknk084sn02q").unwrap();
        assert_eq!(uuid.to_string(), "01890a5d-ac96-774b-bcce-b302099a8057");
        assert_eq!(encode("prefix", uuid), "prefix_01h455vb4pex5vsknk084sn02q");
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "ticket",
            "ticket_",
            "contact_01h455vb4pex5vsknk084sn02q",
            "ticket_81h455vb4pex5vsknk084sn02q",
            "ticket_01h455vb4pex5vsknk084sn02Q",
            "ticket_01h455vb4pex5vsknk084sn02qq",
            "ticket_é1h455vb4pex5vsknk084sn02",
        ] {
            assert!(text.parse::<TicketId>().is_err(), "{text}");
        }
    }
}
