//! What a schema costs, before it is compiled: how many rules are visited for one place of a document, with every
//! reference followed each time it stands there. A validator follows them like this, without remembering; three kilobytes
//! of references that double at each step would hold a thread for ever.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A schema is visited at most so often for one place of a document: ten times what the largest schema shipped has.
pub(super) const MOST_WEIGHT: u64 = 10_000;
/// References and rules lead at most so deep: each step is a frame of the thread's stack.
const MOST_DEPTH: usize = 128;
/// A schema has at most so many patterns: each may compile to a quarter of a megabyte.
const MOST_PATTERNS: usize = 32;
/// They have together at most so many bytes.
const MOST_PATTERNS_BYTES: usize = 8 << 10;
/// What stands beside `unevaluated…` is visited again at every step to tell what was evaluated.
const UNEVALUATED: u64 = 8;

/// What a schema costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weight {
    /// Rules visited for one place of a document, at most.
    pub(super) visits: u64,
    /// Patterns to compile.
    pub(super) patterns: usize,
}

/// The schema's weight, or why it is not taken.
pub(super) fn weigh(schema: &Value) -> Result<Weight, String> {
    let mut scales = Scales { root: schema, anchors: BTreeMap::new(), weighed: BTreeMap::new(), open: Vec::new() };
    let mut patterns = Patterns::default();
    look(schema, true, &mut scales.anchors, &mut patterns)?;
    if patterns.count > MOST_PATTERNS || patterns.bytes > MOST_PATTERNS_BYTES {
        let Patterns { count, bytes } = patterns;
        let rule = format!("at most {MOST_PATTERNS} of together {MOST_PATTERNS_BYTES} bytes are taken");
        return Err(format!("{count} patterns of together {bytes} bytes; {rule}"));
    }
    let visits = scales.schema(schema, 0)?.weight;
    if visits > MOST_WEIGHT {
        let rule = format!("at most {MOST_WEIGHT} are taken, each `$ref` counted with everything that it leads to");
        return Err(format!("too many rules: {rule}"));
    }
    Ok(Weight { visits, patterns: patterns.count })
}

#[derive(Default)]
struct Patterns {
    count: usize,
    bytes: usize,
}

impl Patterns {
    fn add(&mut self, pattern: &str) {
        self.count += 1;
        self.bytes += pattern.len();
    }
}

/// Looks over the whole text, wherever a rule may stand: anchors, patterns, and what only the root may say.
fn look<'s>(
    value: &'s Value,
    root: bool,
    anchors: &mut BTreeMap<&'s str, &'s Value>,
    patterns: &mut Patterns,
) -> Result<(), String> {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("$id" | "$schema", Value::String(_)) if !root => {
                        return Err(format!("`{name}` stands at the root of a schema alone"));
                    }
                    ("$anchor" | "$dynamicAnchor", Value::String(anchor))
                        if anchors.insert(anchor, value).is_some() =>
                    {
                        return Err(format!("the anchor `{anchor}` stands there twice"));
                    }
                    ("pattern", Value::String(pattern)) => patterns.add(pattern),
                    ("patternProperties", Value::Object(of)) => of.keys().for_each(|it| patterns.add(it)),
                    _ => {}
                }
                look(member, false, anchors, patterns)?;
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(|it| look(it, false, anchors, patterns)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// What one rule costs with everything in it, and how deep it leads.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    weight: u64,
    depth: usize,
}

impl Cost {
    fn and(self, other: Self) -> Self {
        Self { weight: self.weight.saturating_add(other.weight), depth: self.depth.max(other.depth) }
    }
}

struct Scales<'s> {
    root: &'s Value,
    anchors: BTreeMap<&'s str, &'s Value>,
    /// By address within the schema: a target is weighed once.
    weighed: BTreeMap<usize, Cost>,
    /// What is being weighed: who meets itself again leads nowhere.
    open: Vec<usize>,
}

impl<'s> Scales<'s> {
    fn schema(&mut self, value: &'s Value, depth: usize) -> Result<Cost, String> {
        let place = std::ptr::from_ref(value).addr();
        if self.open.contains(&place) {
            return Err("a `$ref` leads back to where it stands; a schema ends".to_owned());
        }
        let cost = match self.weighed.get(&place) {
            Some(cost) => *cost,
            None => {
                self.room(depth)?;
                self.open.push(place);
                let within = match value {
                    Value::Object(members) => self.members(members, depth)?,
                    Value::Array(items) => self.each(items.iter(), depth)?,
                    _ => Cost::default(),
                };
                self.open.pop();
                let cost = Cost { weight: within.weight.saturating_add(1), depth: within.depth + 1 };
                self.weighed.insert(place, cost);
                cost
            }
        };
        self.room(depth + cost.depth)?;
        Ok(cost)
    }

    fn room(&self, depth: usize) -> Result<(), String> {
        let rule = || format!("rules and references lead more than {MOST_DEPTH} deep");
        if depth > MOST_DEPTH { Err(rule()) } else { Ok(()) }
    }

    fn each(&mut self, values: impl Iterator<Item = &'s Value>, depth: usize) -> Result<Cost, String> {
        let mut sum = Cost::default();
        for value in values {
            sum = sum.and(self.schema(value, depth + 1)?);
        }
        Ok(sum)
    }

    fn members(&mut self, members: &'s Map<String, Value>, depth: usize) -> Result<Cost, String> {
        let mut sum = Cost::default();
        let mut again = 1;
        for (name, member) in members {
            let cost = match (name.as_str(), member) {
                ("$ref" | "$dynamicRef", Value::String(to)) => {
                    let target = self.target(to)?;
                    self.schema(target, depth + 1)?
                }
                // Values, not rules; each is compared.
                ("const" | "enum" | "default" | "examples", _) => Cost { weight: nodes(member), depth: 1 },
                // Names of the document's, each with its rule. What stands in `$defs` costs where it is referred to,
                // and is weighed here so that nothing in it is left unlooked at.
                ("properties" | "patternProperties" | "dependentSchemas", Value::Object(of)) => {
                    self.each(of.values(), depth)?
                }
                ("$defs" | "definitions", Value::Object(of)) => Cost { weight: 0, ..self.each(of.values(), depth)? },
                (_, Value::Object(_) | Value::Array(_) | Value::Bool(_)) => self.schema(member, depth + 1)?,
                _ => Cost { weight: 1, depth: 1 },
            };
            if name.starts_with("unevaluated") {
                again = UNEVALUATED;
            }
            sum = sum.and(cost);
        }
        Ok(Cost { weight: sum.weight.saturating_mul(again), ..sum })
    }

    /// What a reference leads to: within the schema, by pointer or anchor.
    fn target(&self, to: &str) -> Result<&'s Value, String> {
        let shown = || to.chars().take(80).collect::<String>();
        let outside = || format!("`$ref` to `{}`: a reference is `#`, `#/…` or `#anchor` of this schema", shown());
        let nothing = || format!("`$ref` to `{}`, which is not there", shown());
        let fragment = to.strip_prefix('#').filter(|it| !it.contains('%')).ok_or_else(outside)?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.pointer(fragment).ok_or_else(nothing);
        }
        self.anchors.get(fragment).copied().ok_or_else(nothing)
    }
}

/// How many values stand in a value, itself counted.
pub(super) fn nodes(value: &Value) -> u64 {
    match value {
        Value::Object(members) => members.values().map(nodes).sum::<u64>().saturating_add(1),
        Value::Array(items) => items.iter().map(nodes).sum::<u64>().saturating_add(1),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn doubling(steps: usize, end: bool) -> Value {
        let mut defs = Map::new();
        for step in 0..steps {
            let next = json!({ "$ref": format!("#/$defs/a{}", step + 1) });
            defs.insert(format!("a{step}"), json!({ "allOf": [next, next] }));
        }
        defs.insert(format!("a{steps}"), end.into());
        json!({ "$defs": defs, "$ref": "#/$defs/a0" })
    }

    #[test]
    fn references_that_double_at_each_step_are_refused_before_anybody_follows_them() {
        for end in [true, false] {
            assert!(weigh(&doubling(40, end)).unwrap_err().contains("too many rules"));
        }
        assert!(weigh(&doubling(5, true)).unwrap().visits > 64);
    }

    #[test]
    fn a_schema_that_never_ends_or_leads_too_deep_is_refused() {
        let back = json!({ "properties": { "a": { "$ref": "#" } } });
        assert!(weigh(&back).unwrap_err().contains("leads back"));
        let hop = |it: usize| (format!("a{it}"), json!({ "$ref": format!("#/$defs/a{}", it + 1) }));
        let mut defs: Map<String, Value> = (0..500).map(hop).collect();
        defs.insert("a500".to_owned(), true.into());
        assert!(weigh(&json!({ "$defs": defs, "$ref": "#/$defs/a0" })).unwrap_err().contains("deep"));
    }

    #[test]
    fn a_bomb_is_found_behind_an_anchor_and_under_a_propertys_name() {
        let Value::Object(mut bomb) = doubling(40, true) else { panic!("an object") };
        let from = bomb.remove("$ref").unwrap();
        bomb.insert("properties".to_owned(), json!({ "default": { "$ref": from } }));
        assert!(weigh(&bomb.clone().into()).is_err());
        bomb.insert("properties".to_owned(), json!({ "x": { "$ref": "#here" } }));
        bomb["$defs"]["a0"]["$anchor"] = "here".into();
        assert!(weigh(&bomb.into()).is_err());
    }

    #[test]
    fn patterns_are_few_and_short() {
        let many: Map<String, Value> = (0..40).map(|it| (format!("p{it}"), json!({ "pattern": "^a" }))).collect();
        assert!(weigh(&json!({ "properties": many })).unwrap_err().contains("40 patterns"));
        let long = "x".repeat(MOST_PATTERNS_BYTES + 1);
        assert!(weigh(&json!({ "patternProperties": { long: true } })).is_err());
    }

    #[test]
    fn references_stay_within_the_schema_and_values_are_no_rules() {
        for to in ["other.json", "https://json-schema.org/draft/2020-12/schema", "#/$defs/none", "#none", "#/a%20b"] {
            assert!(weigh(&json!({ "$ref": to })).is_err(), "{to}");
        }
        assert!(weigh(&json!({ "properties": { "a": { "$id": "https://example.org/" } } })).is_err());
        assert!(weigh(&json!({ "default": { "$ref": "#/nothing" }, "enum": [{ "$ref": "x" }] })).is_ok());
    }
}
