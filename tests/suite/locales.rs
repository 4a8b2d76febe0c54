//! Every reason that a shipped policy can give is said in every language that ships, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

/// The languages of shipped policies; the first is what the others are held against.
const LOCALES: [&str; 5] = ["en", "fa", "pl", "hu", "ru"];

/// What stands in a policy's source as a reason's code does, but is none.
const NO_CODES: &[&str] = &[
    // How serde writes the cases of an enumeration.
    "kebab-case",
    // A clock.
    "first-contact",
    // Kinds of signals and facts.
    "breach-risk",
    "breach-signs",
    "escalation-waits",
    "lead-score",
];

/// What a message says: the variables that it needs and the messages that it is made of.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Message {
    variables: BTreeSet<String>,
    parts: BTreeSet<String>,
}

type Messages = BTreeMap<String, Message>;

fn plugins() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut plugins: Vec<PathBuf> = all.filter(|path| path.join("pack.toml").is_file()).collect();
    plugins.sort();
    assert!(plugins.len() >= 5, "{plugins:?}");
    plugins
}

fn messages(plugin: &Path, locale: &str) -> Messages {
    let path = plugin.join("locales").join(locale).with_extension("ftl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let resource = fluent_syntax::parser::parse(text.as_str()).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let mut messages = Messages::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            let mut said = Message::default();
            read(message.value.as_ref().unwrap(), &mut said);
            let earlier = messages.insert(message.id.name.to_owned(), said);
            assert_eq!(earlier, None, "{}: {} stands twice", path.display(), message.id.name);
        }
    }
    messages
}

fn read(pattern: &Pattern<&str>, said: &mut Message) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            read_expression(expression, said);
        }
    }
}

fn read_expression(expression: &Expression<&str>, said: &mut Message) {
    match expression {
        Expression::Inline(inline) => read_inline(inline, said),
        Expression::Select { selector, variants } => {
            read_inline(selector, said);
            variants.iter().for_each(|variant| read(&variant.value, said));
        }
    }
}

fn read_inline(inline: &InlineExpression<&str>, said: &mut Message) {
    match inline {
        InlineExpression::VariableReference { id } => drop(said.variables.insert(id.name.to_owned())),
        InlineExpression::MessageReference { id, .. } => drop(said.parts.insert(id.name.to_owned())),
        InlineExpression::Placeable { expression } => read_expression(expression, said),
        InlineExpression::FunctionReference { arguments, .. } => {
            arguments.positional.iter().for_each(|inline| read_inline(inline, said));
        }
        _ => {}
    }
}

/// The variables of a message and of all that it is made of.
fn variables(messages: &Messages, name: &str) -> BTreeSet<String> {
    let Some(message) = messages.get(name) else { return BTreeSet::new() };
    let parts = message.parts.iter().flat_map(|part| variables(messages, part));
    parts.chain(message.variables.iter().cloned()).collect()
}

/// The texts between double quotes in the sources of a policy, without its tests; `after`: only those behind these words.
fn literals(plugin: &Path, after: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in walkdir::WalkDir::new(plugin.join("src")).into_iter().map(Result::unwrap) {
        let path = entry.path();
        let inner = path.strip_prefix(plugin).unwrap_or(path);
        let is_test = inner.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests"));
        if is_test || path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for (at, _) in code.match_indices('"') {
            let before = code[..at].trim_end();
            let text = code[at + 1..].split('"').next().unwrap_or_default();
            if before.ends_with(after) {
                all.insert(text.to_owned());
            }
        }
    }
    all
}

/// Whether a text is written as the codes of more than one word are.
fn is_code(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    text.contains('-') && text.split('-').all(word)
}

/// The codes of all reasons in a vector.
fn codes(value: &serde_json::Value, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            if let (Some(code), true) =
                (fields.get("code").and_then(|code| code.as_str()), fields.contains_key("params"))
            {
                found.insert(code.to_owned());
            }
            fields.values().for_each(|value| codes(value, found));
        }
        serde_json::Value::Array(all) => all.iter().for_each(|value| codes(value, found)),
        _ => {}
    }
}

#[test]
fn every_reason_of_a_shipped_policy_is_said_in_every_language_and_needs_the_same_there() {
    let mut wrong = Vec::new();
    for plugin in plugins() {
        let [first, others @ ..] = LOCALES;
        let wanted = messages(&plugin, first);
        for locale in others {
            let has = messages(&plugin, locale);
            let place = format!("{}/locales/{locale}.ftl", plugin.file_name().unwrap().display());
            let lacking = wanted.keys().filter(|name| !has.contains_key(*name));
            wrong.extend(lacking.map(|name| format!("{place} lacks {name}")));
            let stale = has.keys().filter(|name| !wanted.contains_key(*name));
            wrong.extend(stale.map(|name| format!("{place} has {name}, which nobody says")));
            for name in wanted.keys().filter(|name| has.contains_key(*name)) {
                let (said, needed) = (variables(&has, name), variables(&wanted, name));
                if said != needed {
                    wrong.push(format!("{place}: {name} is made of {said:?} and not of {needed:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_reason_that_a_policy_gives_has_a_text_and_every_text_a_reason() {
    let mut wrong = Vec::new();
    let mut needless: BTreeSet<&str> = NO_CODES.iter().copied().collect();
    for plugin in plugins() {
        let name = plugin.file_name().unwrap().to_string_lossy().into_owned();
        let texts = messages(&plugin, LOCALES[0]);
        let written = literals(&plugin, "");
        let mut given = literals(&plugin, "Reason::new(");
        // What an operator may write is no code either.
        let schema = std::fs::read_to_string(plugin.join("config.schema.json")).unwrap();
        for text in written.iter().filter(|text| is_code(text)) {
            needless.remove(text.as_str());
            if !NO_CODES.contains(&text.as_str()) && !schema.contains(&format!("\"{text}\"")) {
                given.insert(text.clone());
            }
        }
        for vector in std::fs::read_dir(plugin.join("vectors")).unwrap() {
            let text = std::fs::read_to_string(vector.unwrap().path()).unwrap();
            codes(&serde_json::from_str(&text).unwrap(), &mut given);
        }
        let silent = given.iter().filter(|code| !texts.contains_key(*code));
        wrong.extend(silent.map(|code| format!("{name} gives {code}, which has no text")));
        // A code may be made of a beginning and a word; a text may be a part of others.
        let begun = |text: &str| written.iter().any(|begin| begin.ends_with('-') && text.starts_with(begin.as_str()));
        let part = |text: &String| texts.values().any(|message| message.parts.contains(text));
        let stale = texts.keys().filter(|text| !written.contains(*text) && !begun(text) && !part(text));
        wrong.extend(stale.map(|text| format!("{name} never gives {text}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(needless.is_empty(), "no policy has {needless:?}");
}
