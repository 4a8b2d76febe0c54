//! What a pack says of itself: `pack.toml`, as values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::record::{BindingScope, FailureRule};

/// A pack's `pack.toml`. Unknown fields are refused by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// What it is.
    pub pack: PackHead,
    /// The plugins it carries; a pack may carry none.
    #[serde(default, rename = "plugin", skip_serializing_if = "Vec::is_empty")]
    pub plugins: Vec<PluginEntry>,
    /// What is bound when it is installed.
    #[serde(default, rename = "binding", skip_serializing_if = "Vec::is_empty")]
    pub bindings: Vec<BindingEntry>,
}

/// The pack itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PackHead {
    /// Lower-case letters, digits, hyphens.
    pub name: String,
    /// SemVer 2.0.
    pub version: String,
    /// Who ships it.
    pub publisher: String,
    /// An SPDX expression.
    pub licence: String,
    /// Where help is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<String>,
    /// One sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The hosts it runs on, such as `>=0.1, <1`.
    pub plugdesk: String,
}

/// One plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PluginEntry {
    /// Lower-case letters, digits, hyphens; the policy's name unless a binding gives another.
    pub name: String,
    /// The component's file.
    pub component: String,
    /// The questions it answers; compared with what the component exports.
    pub questions: Vec<String>,
    /// What it asks to read; compared with what the component imports.
    #[serde(default)]
    pub needs: Needs,
    /// Lower limits than the host's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<LimitsEntry>,
    /// The default configuration's file; none: an empty object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<String>,
    /// The JSON Schema (2020-12) of its configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

/// Limits that a pack may lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LimitsEntry {
    /// Fuel per call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// Linear memory, in MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u32>,
}

/// A binding that installation makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BindingEntry {
    /// The policy's name; none: the plugin's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The pack that carries the plugin; none: this one. It must be installed already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// The plugin.
    pub plugin: String,
    /// The question.
    pub question: String,
    /// Where; none: everywhere.
    #[serde(default)]
    pub scope: BindingScope,
    /// Its place among the policies of its question; lower comes first.
    pub rank: u32,
    /// What follows when it fails; none: the question's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<FailureRule>,
    /// Names of policies that are not asked where this one is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
    /// The file of what is changed of the plugin's configuration (RFC 7396); the customer's own overlay goes over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlay: Option<String>,
}

/// What a policy may read, each with its bound. Nothing is granted that is not named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Needs {
    /// The subject's contact, with identities and memberships.
    pub contact: bool,
    /// The subject's company.
    pub company: bool,
    /// Custom fields of the subject, its contact and its company, by name.
    pub attributes: bool,
    /// So many entries of the ticket, newest first.
    pub entries: u32,
    /// So many digests of other tickets, by scope: `contact`, `company`, `desk`.
    pub tickets: BTreeMap<String, u32>,
    /// Facts.
    pub facts: bool,
    /// Signals.
    pub signals: bool,
    /// Business time.
    pub calendar: bool,
    /// What is owed on the ticket, and was.
    pub commitments: bool,
    /// The company's nodes above, and the people of the company.
    pub account: bool,
    /// The events that `react` hears, such as `ticket.created`; `ticket.*` and `*` stand for more.
    pub events: Vec<String>,
    /// The commands that `react` may ask for, such as `ticket.update`.
    pub commands: Vec<String>,
}

/// No policy may ask for more entries, or digests of one scope, than this: five hundred digests already cost a call
/// more than the policy itself.
pub const MOST_LIST: u32 = 200;

impl Needs {
    /// Everything, at its bound; for tools and tests.
    pub fn everything() -> Self {
        let tickets = ["contact", "company", "desk"].map(|scope| (scope.to_owned(), MOST_LIST));
        Self {
            contact: true,
            company: true,
            attributes: true,
            entries: MOST_LIST,
            tickets: tickets.into(),
            facts: true,
            signals: true,
            calendar: true,
            commitments: true,
            account: true,
            events: vec!["*".to_owned()],
            commands: vec!["*".to_owned()],
        }
    }

    /// Whether a component that imports this host function could ever get an answer from it. `settings` and `log` are
    /// always there.
    pub fn covers(&self, import: &str) -> bool {
        match import {
            "context.find-contact" => self.contact,
            "context.find-company" => self.company,
            "context.attributes-of" => self.attributes,
            "context.entries" => self.entries > 0,
            "context.tickets" => self.tickets.values().any(|&n| n > 0),
            "context.facts" => self.facts,
            "context.signals" => self.signals,
            "account.commitments" => self.commitments,
            "account.ancestors" | "account.people" => self.account,
            "calendar.add" | "calendar.add-working-days" | "calendar.between" => self.calendar,
            other => other.starts_with("settings.") || other.starts_with("log."),
        }
    }
}
