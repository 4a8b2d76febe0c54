//! What distinguishes two generations: bindings that came, that went, and what changed of those that stayed.

use std::collections::BTreeMap;

use plugdesk_domain::principal::{Act, Area};
use plugdesk_domain::{Binding, BindingId, Principal};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::live::Shelf;
use crate::desk::{Desk, Inner};
use crate::error::Error;

/// Of one binding at most so many differences are told: who reads more reads the two configurations themselves.
const MOST_DIFFERENCES: usize = 64;
/// A value longer than this as JSON is told by its length: a list of words is no line of a table.
const MOST_VALUE_BYTES: usize = 512;

/// What distinguishes the second generation from the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GenerationDiff {
    /// The first generation's number; 0: before anything was bound.
    pub from: u64,
    /// The second one's.
    pub to: u64,
    /// Bindings that only the second has.
    pub added: Vec<Binding>,
    /// Bindings that only the first has.
    pub removed: Vec<Binding>,
    /// Bindings of both that are not the same.
    pub changed: Vec<BindingDiff>,
}

/// What distinguishes a binding in two generations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BindingDiff {
    /// Its id.
    pub id: BindingId,
    /// The policy.
    pub policy: String,
    /// The question.
    pub question: String,
    /// What differs, in the order of the pointers; at most 64.
    pub differences: Vec<Difference>,
    /// Whether there are more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// One value that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Difference {
    /// Which, as an RFC 6901 pointer into the binding; into its configuration under `/configuration`.
    pub field: String,
    /// As it was; absent: it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Value))]
    pub before: Option<Value>,
    /// As it is; absent: it is not there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Value))]
    pub after: Option<Value>,
}

impl Desk {
    /// What distinguishes generation `to` from generation `from`, configurations included. 0 stands for the desk before
    /// anything was bound.
    pub fn generation_diff(&self, by: &Principal, from: u64, to: u64) -> Result<GenerationDiff, Error> {
        self.inner.authorise(by, Area::Policy, Act::Read)?;
        let bindings = |number| match number {
            0 => Ok(Vec::new()),
            number => self.generation(by, number).map(|generation| generation.bindings),
        };
        let (old, new) = (bindings(from)?, bindings(to)?);
        let before: BTreeMap<BindingId, &Binding> = old.iter().map(|it| (it.id, it)).collect();
        let only = |these: &[Binding], those: &[Binding]| -> Vec<Binding> {
            these.iter().filter(|it| those.iter().all(|other| other.id != it.id)).cloned().collect()
        };
        let both = new.iter().filter_map(|it| before.get(&it.id).map(|old| (*old, it)));
        let changed = both.filter(|(old, new)| old != new).map(|(old, new)| self.inner.binding_diff(old, new));
        Ok(GenerationDiff {
            from,
            to,
            added: only(&new, &old),
            removed: only(&old, &new),
            changed: changed.collect::<Result<_, _>>()?,
        })
    }
}

impl Inner {
    fn binding_diff(&self, old: &Binding, new: &Binding) -> Result<BindingDiff, Error> {
        let mut found = Vec::new();
        compare("", &self.shown(old)?, &self.shown(new)?, &mut found);
        let more = found.len() > MOST_DIFFERENCES;
        found.truncate(MOST_DIFFERENCES);
        Ok(BindingDiff {
            id: new.id,
            policy: new.policy.clone(),
            question: new.question.clone(),
            differences: found,
            more,
        })
    }

    /// A binding with its configuration in the place of the digest. The overlay is a part of how the configuration came
    /// about, not of what the policy hears.
    fn shown(&self, binding: &Binding) -> Result<Value, Error> {
        let mut shown = serde_json::to_value(binding).unwrap_or_default();
        if let Some(fields) = shown.as_object_mut() {
            // A configuration that is not stored any more is shown by its digest.
            if let Some(document) = self.document(&binding.configuration)? {
                fields.insert("configuration".to_owned(), document);
            }
            fields.remove("overlay");
        }
        Ok(shown)
    }
}

/// Every value in which two documents differ, by its pointer. Depth is that of documents that serde_json read (128).
fn compare(at: &str, old: &Value, new: &Value, found: &mut Vec<Difference>) {
    if found.len() > MOST_DIFFERENCES || old == new {
        return;
    }
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => compare(&at, old, new, found),
                (old, new) => found.push(Difference { field: at, before: old.map(short), after: new.map(short) }),
            }
        }
        return;
    }
    found.push(Difference { field: at.to_owned(), before: Some(short(old)), after: Some(short(new)) });
}

/// A value as it is told: whole, or by its length.
fn short(value: &Value) -> Value {
    let bytes = value.to_string().len();
    if bytes <= MOST_VALUE_BYTES {
        return value.clone();
    }
    match value {
        Value::Array(items) => format!("a list of {}", items.len()).into(),
        Value::Object(fields) => format!("an object of {} fields", fields.len()).into(),
        _ => format!("{bytes} bytes").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(old: &Value, new: &Value) -> Vec<String> {
        let mut found = Vec::new();
        compare("", old, new, &mut found);
        let shown = |it: &Option<Value>| it.as_ref().map_or_else(|| "-".to_owned(), Value::to_string);
        found.iter().map(|it| format!("{} {} {}", it.field, shown(&it.before), shown(&it.after))).collect()
    }

    #[test]
    fn what_differs_is_named_by_its_pointer() {
        let old = json!({"a": 1, "b": {"c/d": [1], "same": 0}, "gone": true});
        let new = json!({"a": 2, "b": {"c/d": [1, 2], "same": 0}, "came": null});
        assert_eq!(told(&old, &new), ["/a 1 2", "/b/c~1d [1] [1,2]", "/came - null", "/gone true -"]);
        assert_eq!(told(&old, &old), Vec::<String>::new());
    }

    #[test]
    fn a_long_value_is_told_by_its_length_and_the_list_ends() {
        let long = json!({"words": vec!["word"; 500]});
        assert_eq!(told(&json!({"words": []}), &long), [r#"/words [] "a list of 500""#]);
        let many = |n: i64| Value::Object((0..200).map(|i| (format!("f{i:03}"), json!(n))).collect());
        assert_eq!(told(&many(1), &many(2)).len(), MOST_DIFFERENCES + 1);
    }
}
