//! Where a value comes from, and what is done to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::MOST_MEMBERS;

/// Where a value comes from: a column's name, or more than that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingSource))]
#[serde(untagged)]
pub enum Source {
    /// The column as it is.
    Column(String),
    /// A column or constant, changed on the way.
    Rule(Box<Rule>),
}

/// What becomes of a row with an address that can't be taken as it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingAddresses))]
#[serde(rename_all = "kebab-case")]
pub enum Addresses {
    /// The row is refused.
    #[default]
    Strict,
    /// An address that is none is left out; one that another person holds comes in as one that both use, and `identify`
    /// says whether they are one.
    Lenient,
}

/// A value and what is done to it, in the order of the fields.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingRule))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Rule {
    /// The column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The same for every row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// A text with columns in braces, such as `{First} {Last}`; nothing if all of them are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Words that mean *nothing was chosen* here, beside the mapping's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// What stands for what.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// What stands for every value that `values` does not name; none: it stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// To lower case.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lower: bool,
    /// Cut into a list, where a list is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// How its dates are written, before the mapping's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<String>,
    /// What stands there if nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// Which columns become custom fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingCustom))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Custom {
    /// Named ones, or `"*"`: all, those mapped elsewhere included.
    pub columns: Columns,
    /// But not these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Column → the name it gets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rename: BTreeMap<String, String>,
    /// Columns whose numbers stay texts, such as postal codes. Other whole and decimal numbers become numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
}

/// Columns by name, or all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingColumns))]
#[serde(untagged)]
pub enum Columns {
    /// These.
    Named(Vec<String>),
    /// `"*"`.
    All(Star),
}

/// The word for all columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = MappingStar))]
pub enum Star {
    /// `"*"`.
    #[serde(rename = "*")]
    Star,
}

impl Source {
    /// The columns it reads.
    pub(in crate::import) fn columns(&self) -> Vec<&str> {
        match self {
            Self::Column(column) => vec![column],
            Self::Rule(rule) => {
                let template = rule.template.as_deref().map(template_columns).unwrap_or_default();
                rule.column.as_deref().into_iter().chain(template).collect()
            }
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let Self::Rule(rule) = self else { return Ok(()) };
        let given = [rule.column.is_some(), rule.constant.is_some(), rule.template.is_some()];
        if given.iter().filter(|&&given| given).count() != 1 {
            return Err("has exactly one of `column`, `constant` and `template`".to_owned());
        }
        if rule.split.as_deref() == Some("") {
            return Err("`split` is not empty".to_owned());
        }
        if rule.values.len() > MOST_MEMBERS || rule.missing.len() > MOST_MEMBERS || rule.dates.len() > MOST_MEMBERS {
            return Err(format!("a list has at most {MOST_MEMBERS} members"));
        }
        Ok(())
    }
}

/// The columns that a template names in braces.
fn template_columns(template: &str) -> Vec<&str> {
    template.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(column, _)| column).collect()
}
