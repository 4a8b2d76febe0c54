//! The rules that no schema can say, each with its reason, as `tests/fuzz/beyond.json` lists them.

use serde_json::Value;

/// A rule that no schema can say.
pub(super) struct Beyond {
    operations: Vec<String>,
    rule: String,
}

impl Beyond {
    /// Whether the rule may stand in the way of that operation.
    pub(super) fn excuses(&self, operation: &str, rule: &str) -> bool {
        let named = self.operations.iter().any(|known| known == operation || known == "*");
        named && rule.contains(&self.rule)
    }
}

/// All of them.
pub(super) fn beyond() -> Vec<Beyond> {
    // Read when it runs: the program that fuzzes the API reads the same file.
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/beyond.json")).expect("the list");
    let all: Value = serde_json::from_str(&text).expect("it is JSON");
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().expect("a list").iter().map(|it| it.as_str().expect("a text").to_owned()).collect()
    };
    let all = all.as_array().expect("a list").iter();
    all.map(|it| {
        assert!(it["reason"].as_str().is_some_and(|text| !text.is_empty()), "{it}: without a reason");
        Beyond { operations: texts(&it["operations"]), rule: it["rule"].as_str().expect("a rule").to_owned() }
    })
    .collect()
}
