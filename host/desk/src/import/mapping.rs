//! The mapping: which column of a file goes where, as JSON (the command line writes it in TOML).
//!
//! `docs/importing.md` shows one whole. Everything that the mapping names is checked before a row is read.

mod source;

use plugdesk_domain::EntryKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use source::{Columns, Custom, Rule, Source, Star};

/// A mapping has at most so many bytes as JSON: it stands on the import's record beside a hundred refused rows.
pub(super) const MOST_MAPPING_BYTES: usize = 16 << 10;
/// A list in a mapping has at most so many members.
const MOST_MEMBERS: usize = 512;

/// Which column goes where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mapping {
    /// What each row becomes: `contact`, `company`, or the kind of a ticket, such as `lead`.
    pub kind: String,
    /// Between the fields of a CSV file, one ASCII character; none: the one of `, ; | tab` that the first line has most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Words that mean *nothing was chosen*, such as `Select`; compared without case. An empty field always does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How dates are written (strptime), tried in turn; RFC 3339 is always understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<String>,
    /// The time zone of dates that name none; an IANA name. None: UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The other system's id, by which a row is known: a second run writes no such row twice, wherever it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<ExternalId>,
    /// The ticket's fields.
    #[serde(default)]
    pub ticket: TicketFields,
    /// The person's fields; for tickets: who brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactFields>,
    /// The company's fields; for tickets: the one it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyFields>,
    /// What was said, one entry each, oldest first.
    #[serde(default, rename = "entry", skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryFields>,
}

/// Another system's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExternalId {
    /// The system's name, such as `crm`.
    pub system: String,
    /// The column.
    pub column: String,
}

macro_rules! fields {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
        pub struct $name {
            $($(#[$field_doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<Source>,)*
            /// Which columns become its custom fields.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub custom: Option<Custom>,
        }

        impl $name {
            /// Every source with the field it fills.
            pub(super) fn sources(&self) -> Vec<(&'static str, &Source)> {
                [$((stringify!($field), self.$field.as_ref()),)*]
                    .into_iter()
                    .filter_map(|(name, source)| Some((name, source?)))
                    .collect()
            }
        }
    };
}

fields! {
    /// A ticket's fields.
    TicketFields {
        /// One line; without it `Imported lead` and the row's id or line.
        subject,
        /// Where it came in; without it `import`.
        channel,
        /// `low`, `normal`, `high`, `urgent`.
        priority,
        /// `new`, `open`, `resolved`, `closed`, …
        category,
        /// The desk's own word for where it stands.
        state,
        /// The segment, if the file knows it: policies don't change it then.
        segment,
        /// The team that has it.
        team,
        /// Who works on it.
        assignee,
        /// Free words, a list.
        tags,
        /// When it was opened, a date.
        created_at,
    }
}

fields! {
    /// A person's fields.
    ContactFields {
        /// The name.
        name,
        /// E-mail addresses, a list.
        email,
        /// Telephone numbers, a list.
        phone,
        /// Names in networks, a list.
        handle,
        /// The id in the system that `external-id` names.
        external_id,
        /// The language; BCP 47.
        locale,
        /// The time zone; an IANA name.
        time_zone,
        /// The segment, if the file knows it.
        segment,
    }
}

fields! {
    /// A company's fields.
    CompanyFields {
        /// What it is called.
        name,
        /// Mail domains, a list.
        domains,
        /// The id in the system that `external-id` names.
        external_id,
        /// The segment, if the file knows it.
        segment,
        /// How much care it is owed.
        tier,
    }
}

/// An entry on a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EntryFields {
    /// What was said; a row without it has no such entry.
    pub text: Source,
    /// What it is; none: a reply if the customer said it, otherwise a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<EntryKind>,
    /// Whether the customer said it (a reply or a call); otherwise the desk itself noted it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_customer: bool,
    /// When, a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Source>,
}

impl EntryFields {
    /// What it is.
    pub(super) fn kind(&self) -> EntryKind {
        self.kind.unwrap_or(if self.from_customer { EntryKind::Reply } else { EntryKind::Note })
    }
}

/// What each row becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A ticket.
    Ticket,
    /// A person.
    Contact,
    /// A company.
    Company,
}

impl Mapping {
    /// Reads and checks a mapping. Errors: a pointer into it and the rule.
    pub fn read(json: &Value) -> Result<Self, (String, String)> {
        let bytes = json.to_string().len();
        if bytes > MOST_MAPPING_BYTES {
            return Err((String::new(), format!("{bytes} bytes, a mapping has at most {MOST_MAPPING_BYTES}")));
        }
        let mapping: Self = serde_json::from_value(json.clone()).map_err(|e| (String::new(), e.to_string()))?;
        mapping.check()?;
        Ok(mapping)
    }

    /// What each row becomes.
    pub(super) fn target(&self) -> Target {
        match self.kind.as_str() {
            "contact" => Target::Contact,
            "company" => Target::Company,
            _ => Target::Ticket,
        }
    }

    /// Every source, with where it stands in the mapping.
    pub(super) fn sources(&self) -> Vec<(String, &Source)> {
        let mut all: Vec<(String, &Source)> = Vec::new();
        for (field, source) in self.ticket.sources() {
            all.push((format!("/ticket/{}", field.replace('_', "-")), source));
        }
        for (field, source) in self.contact.iter().flat_map(ContactFields::sources) {
            all.push((format!("/contact/{}", field.replace('_', "-")), source));
        }
        for (field, source) in self.company.iter().flat_map(CompanyFields::sources) {
            all.push((format!("/company/{}", field.replace('_', "-")), source));
        }
        for (place, entry) in self.entries.iter().enumerate() {
            all.push((format!("/entry/{place}/text"), &entry.text));
            all.extend(entry.at.iter().map(|at| (format!("/entry/{place}/at"), at)));
        }
        all
    }

    /// Every set of custom fields, with where it stands.
    pub(super) fn customs(&self) -> Vec<(&'static str, &Custom)> {
        let contact = self.contact.as_ref().and_then(|contact| contact.custom.as_ref());
        let company = self.company.as_ref().and_then(|company| company.custom.as_ref());
        let all = [
            ("/ticket/custom", self.ticket.custom.as_ref()),
            ("/contact/custom", contact),
            ("/company/custom", company),
        ];
        all.into_iter().filter_map(|(at, custom)| Some((at, custom?))).collect()
    }

    fn check(&self) -> Result<(), (String, String)> {
        let wrong = |at: &str, rule: &str| Err((at.to_owned(), rule.to_owned()));
        if let Err(rule) = plugdesk_domain::question::shown::check_name("kind", &self.kind) {
            return wrong("/kind", &rule);
        }
        if self.delimiter.is_some_and(|d| !d.is_ascii() || matches!(d, '"' | '\n' | '\r')) {
            return wrong("/delimiter", "is one ASCII character, and neither a quote nor the end of a line");
        }
        if self.time_zone.as_ref().is_some_and(|zone| jiff::tz::TimeZone::get(zone).is_err()) {
            return wrong("/time-zone", "is not an IANA time zone, such as Europe/Warsaw");
        }
        match self.target() {
            Target::Ticket => {}
            Target::Contact if self.contact.is_none() => return wrong("/contact", "an import of contacts maps it"),
            Target::Company if self.company.is_none() => return wrong("/company", "an import of companies maps it"),
            Target::Contact | Target::Company => {
                if self.ticket != TicketFields::default() || !self.entries.is_empty() {
                    return wrong("/ticket", "only tickets have ticket fields and entries");
                }
                if self.contact.is_some() && self.company.is_some() {
                    return wrong("", "a row becomes a contact or a company, or a ticket with both");
                }
            }
        }
        for (at, source) in self.sources() {
            source.check().map_err(|rule| (at, rule))?;
        }
        if let Some(place) = self.entries.iter().position(|it| it.from_customer && !it.kind().public()) {
            return wrong(&format!("/entry/{place}/kind"), "what a customer said is a reply or a call");
        }
        let system = self.external_id.is_some();
        let parts = self.contact.iter().any(|c| c.external_id.is_some())
            || self.company.iter().any(|c| c.external_id.is_some());
        if parts && !system {
            return wrong("/external-id", "names the system whose ids the contact and company have");
        }
        let lists = [self.missing.len(), self.dates.len(), self.entries.len()];
        if lists.iter().any(|&length| length > MOST_MEMBERS) {
            return wrong("", &format!("a list has at most {MOST_MEMBERS} members"));
        }
        Ok(())
    }
}
