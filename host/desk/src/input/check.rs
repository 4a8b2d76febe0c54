//! Collects everything that is wrong with what a command was sent, each by its pointer.

use plugdesk_domain::question::shown::check_name;
use plugdesk_domain::{Attributes, ExternalIds, Instant, attributes};
use serde_json::Value;

use super::{Merge, NewIdentity};
use crate::error::{Error, Fault};
use crate::json;

/// At most so many faults are told: whoever sends more has another problem.
const MOST_FAULTS: usize = 64;
/// A record has at most so many external ids: each is an index entry, and keys are what a write costs.
pub(crate) const MOST_EXTERNAL_IDS: usize = 16;
/// The name of another system has at most so many characters, and an id there so many: both stand in one key of the
/// store, which has 1 KiB, and a character may have four bytes.
pub(crate) const MOST_SYSTEM_CHARS: usize = 64;
/// See [`MOST_SYSTEM_CHARS`].
pub(crate) const MOST_EXTERNAL_CHARS: usize = 128;
/// All custom fields of a record have together at most so many bytes of JSON: the record is one stored value of 96 KiB.
const MOST_CUSTOM_BYTES: usize = 40 << 10;
/// The longest address in its normal form, in bytes, which is a key: lower case may be longer than what was given.
pub(crate) const MOST_IDENTITY_BYTES: usize = 254;
/// The longest language tag taken, in bytes: RFC 5646 sees no need for more than 35.
const MOST_LOCALE_BYTES: usize = 35;
/// The longest time zone name taken, in bytes: the longest of the IANA names has 32.
const MOST_ZONE_BYTES: usize = 64;

/// What is wrong, as far as it was looked at.
#[derive(Default)]
pub(crate) struct Checks(Vec<Fault>);

impl Checks {
    /// Notes that a field can't be taken.
    pub(crate) fn fail(&mut self, field: impl Into<String>, rule: impl Into<String>) {
        if self.0.len() < MOST_FAULTS {
            self.0.push(Fault { field: field.into(), rule: rule.into() });
        }
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it, if there is any.
    pub(crate) fn done(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }

    /// One line of text, measured in characters: a name takes as many in every script, and JSON Schema counts them so.
    pub(crate) fn line(&mut self, field: &str, text: &str, least: usize, most: usize) {
        let chars = text.chars().count();
        if chars < least || chars > most {
            self.fail(field, format!("{least} to {most} characters, this has {chars}"));
        } else if least > 0 && blank(text) {
            self.fail(field, "more than spaces");
        } else if text.chars().any(char::is_control) {
            self.fail(field, "one line without control characters");
        }
    }

    /// One line of text, if there is one.
    pub(crate) fn optional_line(&mut self, field: &str, text: Option<&str>, most: usize) {
        if let Some(text) = text {
            self.line(field, text, 1, most);
        }
    }

    /// A word that policies and bindings compare.
    pub(crate) fn word(&mut self, field: &str, word: Option<&str>) {
        if let Some(word) = word
            && check_name("", word).is_err()
        {
            self.fail(field, "1 to 64 letters, digits and - _ . /");
        }
    }

    /// Not more than so many.
    pub(crate) fn count(&mut self, field: &str, count: usize, most: usize) {
        if count > most {
            self.fail(field, format!("at most {most}, these are {count}"));
        }
    }

    /// A language tag in the shape of BCP 47.
    pub(crate) fn locale(&mut self, field: &str, locale: Option<&str>) {
        let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        if let Some(locale) = locale
            && (locale.len() > MOST_LOCALE_BYTES || !locale.split('-').all(part))
        {
            self.fail(field, "a language tag of BCP 47, such as `fa` or `pl-PL`");
        }
    }

    /// The name of a time zone in the shape of the IANA's.
    pub(crate) fn time_zone(&mut self, field: &str, zone: Option<&str>) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
        if let Some(zone) = zone
            && (zone.is_empty() || zone.len() > MOST_ZONE_BYTES || !zone.chars().all(plain))
        {
            self.fail(field, "an IANA time zone, such as `Asia/Tehran`");
        }
    }

    /// A time that may not lie ahead.
    pub(crate) fn past(&mut self, field: &str, at: Option<Instant>, now: Instant) {
        if at.is_some_and(|at| at > now || at.millis() < 0) {
            self.fail(field, "a time since 1970 and not in the future");
        }
    }

    /// Custom fields of a new record. Gives back whether they can be kept: only then a schema may look at them.
    pub(crate) fn custom(&mut self, field: &str, custom: &Attributes) -> bool {
        if let Err(error) = attributes::check(custom) {
            self.fail(pointer(field, &error.name), error.rule);
            return false;
        }
        let bytes = json::size(custom);
        if bytes > MOST_CUSTOM_BYTES {
            self.fail(field, format!("{bytes} bytes as JSON, at most {MOST_CUSTOM_BYTES} are kept"));
        }
        bytes <= MOST_CUSTOM_BYTES
    }

    /// Ids in other systems.
    pub(crate) fn external_ids(&mut self, field: &str, ids: &ExternalIds) {
        self.count(field, ids.len(), MOST_EXTERNAL_IDS);
        for (system, id) in ids.iter().take(MOST_EXTERNAL_IDS) {
            self.line(field, system, 1, MOST_SYSTEM_CHARS);
            self.line(&pointer(field, system), id, 1, MOST_EXTERNAL_CHARS);
        }
    }

    /// Addresses; answers them in their normal form, those that have none left out.
    pub(crate) fn identities(&mut self, field: &str, identities: &[NewIdentity], most: usize) -> Vec<NewIdentity> {
        self.count(field, identities.len(), most);
        let mut normal: Vec<NewIdentity> = Vec::new();
        for (place, identity) in identities.iter().take(most).enumerate() {
            match plugdesk_domain::normalise_identity(&identity.kind, &identity.value) {
                Ok(value) if value.len() > MOST_IDENTITY_BYTES => {
                    self.fail(format!("{field}/{place}/value"), format!("at most {MOST_IDENTITY_BYTES} bytes"));
                }
                Ok(value) => {
                    let same = |other: &&mut NewIdentity| other.kind == identity.kind && other.value == value;
                    match normal.iter_mut().find(same) {
                        Some(other) => {
                            other.verified |= identity.verified;
                            other.shared |= identity.shared;
                        }
                        None => normal.push(NewIdentity { value, ..identity.clone() }),
                    }
                }
                Err(error) => self.fail(format!("{field}/{place}/value"), error.to_string()),
            }
        }
        normal
    }
}

/// Whether nothing of a text is seen; a byte order mark is no more than a space.
pub(crate) fn blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}

/// Whether a record may have that id in another system: what is longer is in no key, and nobody has it.
pub(crate) fn may_be_external(system: &str, id: &str) -> bool {
    system.chars().count() <= MOST_SYSTEM_CHARS && id.chars().count() <= MOST_EXTERNAL_CHARS
}

/// A pointer to a member of an object (RFC 6901).
pub(crate) fn pointer(field: &str, name: &str) -> String {
    format!("{field}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Merges names and values: a value sets, none removes. Answers whether anything changed.
pub(crate) fn merge_custom(custom: &mut Attributes, merge: &Merge<Value>) -> bool {
    merge_into(custom, merge)
}

/// Likewise for external ids.
pub(crate) fn merge_ids(ids: &mut ExternalIds, merge: &Merge<String>) -> bool {
    merge_into(ids, merge)
}

fn merge_into<T: Clone + PartialEq>(into: &mut std::collections::BTreeMap<String, T>, merge: &Merge<T>) -> bool {
    let mut changed = false;
    for (name, value) in merge {
        match value {
            Some(value) if into.get(name) != Some(value) => {
                into.insert(name.clone(), value.clone());
                changed = true;
            }
            Some(_) => {}
            None => changed |= into.remove(name).is_some(),
        }
    }
    changed
}

/// Sets a field and answers whether that changed it.
pub(crate) fn set<T: PartialEq>(field: &mut T, value: T) -> bool {
    if *field == value {
        return false;
    }
    *field = value;
    true
}
