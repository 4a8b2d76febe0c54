//! Values that a schema takes, made of the schema: with the ids and words that the desk knows where one is wanted.

use std::collections::{BTreeMap, HashMap};

use proptest::strategy::{Strategy, ValueTree};
use proptest::string::{RegexGeneratorStrategy, string_regex};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

/// So deep a value goes before it is closed by the shortest that fits.
const DEEPEST: usize = 6;

/// Makes values.
pub(super) struct Make<'a> {
    api: &'a Value,
    /// The ids and words that stand for something in the desk, by the name of a schema or field.
    pub(super) known: BTreeMap<String, Value>,
    runner: TestRunner,
    texts: HashMap<String, RegexGeneratorStrategy<String>>,
    state: u64,
}

impl<'a> Make<'a> {
    pub(super) fn new(api: &'a Value, seed: u64) -> Self {
        let runner = TestRunner::deterministic();
        Self { api, known: BTreeMap::new(), runner, texts: HashMap::new(), state: seed }
    }

    /// A number below `most`, the same in every run (SplitMix64).
    pub(super) fn below(&mut self, most: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % most.max(1) as u64) as usize
    }

    /// Whether something happens that does so in `share` of ten cases.
    pub(super) fn often(&mut self, share: usize) -> bool {
        self.below(10) < share
    }

    fn one<'b, T>(&mut self, all: &'b [T]) -> &'b T {
        &all[self.below(all.len())]
    }

    /// A schema with its references, one of its variants and all its parts laid over each other.
    pub(super) fn flat(&mut self, schema: &Value) -> Value {
        let mut flat = schema.clone();
        for _ in 0..DEEPEST {
            let Some(fields) = flat.as_object_mut() else { return flat };
            let mut parts: Vec<Value> = Vec::new();
            if let Some(to) = fields.remove("$ref") {
                let to = to.as_str().expect("a reference").trim_start_matches('#').to_owned();
                parts.push(self.api.pointer(&to).unwrap_or_else(|| panic!("{to} is nowhere")).clone());
            }
            if let Some(Value::Array(all)) = fields.remove("allOf") {
                parts.extend(all);
            }
            for choice in ["oneOf", "anyOf"] {
                if let Some(Value::Array(all)) = fields.remove(choice) {
                    parts.push(self.one(&all).clone());
                }
            }
            if parts.is_empty() {
                return flat;
            }
            for part in parts {
                lay(&mut flat, &part);
            }
        }
        flat
    }

    /// A value that fits, as far as a look at the schema tells.
    pub(super) fn value(&mut self, schema: &Value, field: &str, depth: usize) -> Value {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|to| to.rsplit('/').next()).unwrap_or_default();
        // A field of its own first: two ids of one kind must often differ.
        let own = format!("{name} {field}");
        for known in [own.as_str(), name, field] {
            if let Some(value) = self.known.get(known).cloned()
                && self.often(8)
            {
                return value;
            }
        }
        let flat = self.flat(schema);
        if let Some(value) = flat.get("const") {
            return value.clone();
        }
        if let Some(all) = flat.get("enum").and_then(Value::as_array) {
            let refused = flat.pointer("/not/enum").and_then(Value::as_array).cloned().unwrap_or_default();
            let all: Vec<_> = all.iter().filter(|it| !refused.contains(it)).cloned().collect();
            return self.one(&all).clone();
        }
        let types: Vec<String> = match flat.get("type") {
            Some(Value::Array(all)) => all.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ if flat.get("properties").is_some() => vec!["object".to_owned()],
            _ => vec![(*self.one(&["string", "boolean", "integer"])).to_owned()],
        };
        let kind = if types.len() > 1 && self.often(8) { types[0].clone() } else { self.one(&types).clone() };
        match kind.as_str() {
            "null" => Value::Null,
            "boolean" => self.often(5).into(),
            "integer" | "number" => self.number(&flat),
            "array" => self.list(&flat, field, depth),
            "object" => self.object(&flat, depth),
            _ => self.text(&flat).into(),
        }
    }

    fn number(&mut self, schema: &Value) -> Value {
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        let (least, most) = (bound("minimum").unwrap_or(0.0), bound("maximum").unwrap_or(1e6));
        let high = most.min(least + 1e6);
        let at = [least, high, least + (self.below(1_000) as f64) % (high - least + 1.0)];
        json!(self.one(&at).floor() as i64)
    }

    fn list(&mut self, schema: &Value, field: &str, depth: usize) -> Value {
        let bound = |name: &str, or: u64| schema.get(name).and_then(Value::as_u64).unwrap_or(or) as usize;
        let (least, most) = (bound("minItems", 0), bound("maxItems", 3).min(3));
        let length = if depth >= DEEPEST { least } else { least + self.below(most.saturating_sub(least) + 1) };
        let item = schema.get("items").cloned().unwrap_or(json!({}));
        (0..length).map(|_| self.value(&item, field, depth + 1)).collect()
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut made = Map::new();
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let most = schema.get("maxProperties").and_then(Value::as_u64).unwrap_or(64) as usize;
        let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        for (name, field) in fields {
            let wanted = required.contains(&name.as_str()) || (depth < DEEPEST && self.often(4));
            if wanted && (made.len() < most || required.contains(&name.as_str())) {
                made.insert(name.clone(), self.value(field, name, depth + 1));
            }
        }
        if let Some(more @ Value::Object(_)) = schema.get("additionalProperties")
            && depth < DEEPEST
        {
            let names = schema.get("propertyNames").cloned().unwrap_or(json!({ "pattern": "^[a-z]{1,8}$" }));
            for _ in 0..self.below(3).min(most) {
                let (name, value) = (self.text(&names), self.value(more, "", depth + 1));
                made.insert(name, value);
            }
        }
        Value::Object(made)
    }

    /// A text of that pattern, format and length.
    pub(super) fn text(&mut self, schema: &Value) -> String {
        let bound = |name: &str| schema.get(name).and_then(Value::as_u64).map(|it| it as usize);
        let (least, most) = (bound("minLength").unwrap_or(0), bound("maxLength").unwrap_or(40));
        match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => {
                return (*self.one(&["2024-05-01T10:00:00Z", "2025-11-22T09:30:00.007+01:00"])).to_owned();
            }
            Some("date") => return format!("20{}-0{}-1{}", 10 + self.below(80), 1 + self.below(9), self.below(10)),
            Some("uri") => return format!("https://hooks.example.com/{}", self.below(1_000)),
            _ => {}
        }
        let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or("^[ -~]*$");
        // The generator takes no anchors; all of ours stand at the ends.
        let bare = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$'));
        let bare = bare.map_or_else(|| format!(".{{0,4}}{pattern}.{{0,4}}"), str::to_owned);
        let make = self
            .texts
            .entry(bare.clone())
            .or_insert_with(|| string_regex(&bare).unwrap_or_else(|error| panic!("{bare}: {error}")));
        let mut text = String::new();
        for _ in 0..32 {
            text = make.new_tree(&mut self.runner).expect("a text").current();
            if (least..=most).contains(&text.chars().count()) {
                break;
            }
        }
        text
    }
}

/// Lays one schema over another: what both say of a field holds both.
fn lay(into: &mut Value, part: &Value) {
    let (Some(into), Some(part)) = (into.as_object_mut(), part.as_object()) else { return };
    for (name, value) in part {
        match into.get_mut(name) {
            Some(old) if old.is_object() && value.is_object() => lay(old, value),
            Some(Value::Array(old)) if name == "required" => {
                old.extend(value.as_array().into_iter().flatten().cloned())
            }
            // The narrower one: a variant names one of the types that the field has.
            Some(Value::Array(_)) if name == "type" && value.is_string() => {
                into.insert(name.clone(), value.clone());
            }
            Some(_) => {}
            None => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}
