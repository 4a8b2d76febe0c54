//! The mapping: which column of a file goes where, as JSON (the command line writes it in TOML).
//!
//! `docs/importing.md` shows one whole. Everything that the mapping names is checked before a row is read.

mod history;
mod membership;
mod source;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use history::{EntryFields, Flag, KindFrom, TurnFields};
pub use membership::MembershipFields;
pub use source::{Addresses, Columns, Custom, Rule, Source, Star};

/// A mapping has at most so many bytes as JSON: it stands on the import's record beside a hundred refused rows.
pub(super) const MOST_MAPPING_BYTES: usize = 16 << 10;
/// A list in a mapping has at most so many members.
const MOST_MEMBERS: usize = 512;

/// Which column goes where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mapping {
    /// What each row becomes: `contact`, `company`, `membership`, `entry`, or the kind of a ticket, such as `lead`.
    pub kind: String,
    /// The system whose ids the contact, the company and an entry's ticket have; none: that of `external-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Between the fields of a CSV file, one ASCII character; none: the one of `, ; | tab` that the first line has most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Words that mean *nothing was chosen*, such as `Select`; compared without case. An empty field always does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How dates are written (strptime, or `persian` for the Persian calendar), tried in turn; RFC 3339 is always
    /// understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<String>,
    /// The time zone of dates that name none; an IANA name. None: UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The other system's id, by which a row is known: a second run writes no such row twice, wherever it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<ExternalId>,
    /// What becomes of a row with an address that is none, or that another person holds.
    #[serde(default)]
    pub addresses: Addresses,
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
    /// Where it stood since when.
    #[serde(default, rename = "turn", skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<TurnFields>,
    /// Who belongs where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership: Option<MembershipFields>,
}

/// Another system's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingExternalId))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExternalId {
    /// The system's name, such as `crm`.
    pub system: String,
    /// The column.
    pub column: String,
}

macro_rules! fields {
    ($(#[$doc:meta])* $name:ident as $schema:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "schema", schema(as = $schema))]
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
    TicketFields as MappingTicket {
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
    ContactFields as MappingContact {
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
    CompanyFields as MappingCompany {
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

/// What each row becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A ticket.
    Ticket,
    /// A person.
    Contact,
    /// A company.
    Company,
    /// A person's tie to a company.
    Membership,
    /// An entry on a ticket that is in already.
    Entry,
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
            "membership" => Target::Membership,
            "entry" => Target::Entry,
            _ => Target::Ticket,
        }
    }

    /// The system whose ids are meant where another record is pointed at.
    pub(super) fn system(&self) -> Option<&str> {
        self.system.as_deref().or(self.external_id.as_ref().map(|external| external.system.as_str()))
    }

    /// The fields of a row that hold lists of objects, with where they stand in the mapping.
    pub(super) fn lists(&self) -> Vec<(String, &str)> {
        let entries = self.entries.iter().map(|it| it.each.as_deref()).enumerate();
        let turns = self.turns.iter().map(|it| it.each.as_deref()).enumerate();
        let entries = entries.filter_map(|(place, each)| Some((format!("/entry/{place}/each"), each?)));
        entries.chain(turns.filter_map(|(place, each)| Some((format!("/turn/{place}/each"), each?)))).collect()
    }

    /// Every source that reads the row itself, with where it stands in the mapping.
    pub(super) fn sources(&self) -> Vec<(String, &Source)> {
        self.all_sources(false)
    }

    /// Every source, with where it stands in the mapping; with `within` also those that read the members of a list.
    fn all_sources(&self, within: bool) -> Vec<(String, &Source)> {
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
        for (field, source) in self.membership.iter().flat_map(MembershipFields::sources) {
            all.push((format!("/membership/{field}"), source));
        }
        for (place, entry) in self.entries.iter().enumerate().filter(|(_, it)| within || it.each.is_none()) {
            all.extend(entry.sources().into_iter().map(|(field, source)| (format!("/entry/{place}/{field}"), source)));
        }
        for (place, turn) in self.turns.iter().enumerate().filter(|(_, it)| within || it.each.is_none()) {
            all.push((format!("/turn/{place}/category"), &turn.category));
            all.push((format!("/turn/{place}/at"), &turn.at));
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
        self.check_target()?;
        for (at, source) in self.all_sources(true) {
            source.check().map_err(|rule| (at, rule))?;
        }
        for (place, entry) in self.entries.iter().enumerate() {
            entry.check().map_err(|(field, rule)| (format!("/entry/{place}/{field}"), rule))?;
        }
        let points = self.contact.iter().any(|c| c.external_id.is_some())
            || self.company.iter().any(|c| c.external_id.is_some())
            || self.membership.iter().any(|m| m.contact.is_some() || m.company.is_some())
            || self.target() == Target::Entry;
        if points && self.system().is_none() {
            return wrong("/external-id", "names the system whose ids the contact and company have; or `system` does");
        }
        let lists = [self.missing.len(), self.dates.len(), self.entries.len(), self.turns.len()];
        if lists.iter().any(|&length| length > MOST_MEMBERS) {
            return wrong("", &format!("a list has at most {MOST_MEMBERS} members"));
        }
        Ok(())
    }

    /// What the target takes and needs.
    fn check_target(&self) -> Result<(), (String, String)> {
        let wrong = |at: &str, rule: &str| Err((at.to_owned(), rule.to_owned()));
        let target = self.target();
        if target != Target::Ticket && (self.ticket != TicketFields::default() || !self.turns.is_empty()) {
            return wrong("/ticket", "only tickets have ticket fields, and turns");
        }
        if !matches!(target, Target::Ticket | Target::Entry) && !self.entries.is_empty() {
            return wrong("/entry", "only tickets have entries");
        }
        if target != Target::Membership && self.membership.is_some() {
            return wrong("/membership", "an import of memberships maps it, and no other");
        }
        let people = self.contact.is_some() || self.company.is_some();
        match target {
            Target::Ticket if self.entries.iter().any(|it| it.ticket.is_some()) => {
                wrong("/entry", "`ticket` is named in an import of entries; here the row is the ticket")
            }
            Target::Ticket => Ok(()),
            Target::Contact if self.contact.is_none() => wrong("/contact", "an import of contacts maps it"),
            Target::Company if self.company.is_none() => wrong("/company", "an import of companies maps it"),
            Target::Contact | Target::Company if self.contact.is_some() && self.company.is_some() => {
                wrong("", "a row becomes a contact or a company, or a ticket with both")
            }
            Target::Contact | Target::Company => Ok(()),
            Target::Membership | Target::Entry if people => {
                wrong("", "an import of memberships or entries makes no contacts and companies")
            }
            Target::Membership => match &self.membership {
                None => wrong("/membership", "an import of memberships maps it"),
                Some(fields) => fields.check().map_err(|(at, rule)| (format!("/membership{at}"), rule.to_owned())),
            },
            Target::Entry => match self.entries.as_slice() {
                [only] if only.ticket.is_none() => wrong("/entry/0/ticket", "names the ticket's id"),
                [only] if only.each.is_some() => wrong("/entry/0/each", "a row is one entry here"),
                [_] => Ok(()),
                _ => wrong("/entry", "an import of entries maps exactly one"),
            },
        }
    }
}
