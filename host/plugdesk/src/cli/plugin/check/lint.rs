//! What nobody refuses and a careful author mends: untested questions, grants that nothing uses, schemas that say less
//! than they could.

use std::collections::BTreeSet;

use plugdesk_desk::pack::{Examined, ExaminedPlugin, Files, limits};
use plugdesk_desk::vector::Vector;
use plugdesk_domain::manifest::Needs;
use plugdesk_domain::{Limits, Plugin};
use serde::Serialize;
use serde_json::Value;

/// A component above this is slow to load and to send: a policy in Rust has some hundred kilobytes.
const LARGE_BYTES: usize = 4 << 20;
/// A vector that uses more than this part of its fuel leaves no room for a longer text.
const MOST_FUEL_PART: u64 = 2;
/// At most so many remarks on one schema: whoever has more mends the first ones first.
const MOST_OF_A_SCHEMA: usize = 16;

/// Something to mend, and the file it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Remark {
    pub(super) file: String,
    pub(super) remark: String,
}

/// Everything that is worth a remark.
pub(super) fn pack(files: &Files, examined: &Examined) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut say = |file: &str, remark: String| remarks.push(Remark { file: file.to_owned(), remark });
    if files.get("README.md").is_none() {
        say("README.md", "there is none: nobody learns what the pack is for".to_owned());
    }
    if examined.plugins.is_empty() {
        return remarks;
    }
    if !examined.locales.contains_key("en") {
        say("locales/en.ftl", "there is none: readers of other languages see codes".to_owned());
    }
    for question in untested(files, examined) {
        say("vectors", format!("none shows what is answered to `{question}`"));
    }
    for plugin in &examined.plugins {
        let component = &plugin.entry.component;
        if plugin.component.len() > LARGE_BYTES {
            say(component, format!("{} bytes, more than {LARGE_BYTES} load slowly", plugin.component.len()));
        }
        for need in unused(&plugin.entry.needs, plugin.plugin.as_ref()) {
            say("pack.toml", format!("{}: needs `{need}`, which the component never reads", plugin.entry.name));
        }
        for question in unbound(examined, plugin) {
            say("pack.toml", format!("{}: no binding asks it `{question}`", plugin.entry.name));
        }
        let most = limits(&plugin.entry, &Limits::default()).fuel / MOST_FUEL_PART;
        for (file, ran) in plugin.vectors.iter().filter(|(_, ran)| ran.fuel > most) {
            say(file, format!("{} fuel, more than half of what a call may use", ran.fuel));
        }
        match (&plugin.entry.schema, &plugin.schema) {
            (Some(file), Some((text, _))) => {
                let schema = serde_json::from_slice(text).unwrap_or_default();
                schema_remarks(&schema).into_iter().for_each(|remark| say(file, remark));
            }
            _ => say("pack.toml", format!("{}: no schema: any object is a configuration", plugin.entry.name)),
        }
    }
    remarks
}

/// Questions that no vector asks.
fn untested(files: &Files, examined: &Examined) -> BTreeSet<String> {
    let vectors = files.under("vectors", ".json").filter_map(|(_, json)| Vector::parse(json).ok());
    let asked: BTreeSet<String> = vectors.map(|vector| vector.question).collect();
    let answered = examined.plugins.iter().flat_map(|it| &it.entry.questions);
    answered.filter(|question| !asked.contains(*question)).cloned().collect()
}

/// Questions of a plugin that the pack binds nowhere.
fn unbound<'a>(examined: &'a Examined, plugin: &'a ExaminedPlugin) -> impl Iterator<Item = &'a String> {
    let bound = |question: &&String| {
        examined.manifest.bindings.iter().any(|it| it.plugin == plugin.entry.name && it.question == **question)
    };
    plugin.entry.questions.iter().filter(move |question| !bound(question))
}

/// Grants that the component could not use if it had them.
fn unused(needs: &Needs, plugin: &dyn Plugin) -> Vec<&'static str> {
    let imports = |function: &str| plugin.imports().iter().any(|it| it == function);
    let interface = |name: &str| plugin.imports().iter().any(|it| it.starts_with(name));
    let tickets = needs.tickets.values().any(|&most| most > 0);
    let account = imports("account.ancestors") || imports("account.people");
    let reacts = plugin.questions().iter().any(|question| question == "react");
    let all = [
        ("contact", needs.contact, imports("context.find-contact")),
        ("company", needs.company, imports("context.find-company")),
        ("attributes", needs.attributes, imports("context.attributes-of")),
        ("entries", needs.entries > 0, imports("context.entries")),
        ("tickets", tickets, imports("context.tickets")),
        ("facts", needs.facts, imports("context.facts")),
        ("signals", needs.signals, imports("context.signals")),
        ("calendar", needs.calendar, interface("calendar.")),
        ("commitments", needs.commitments, imports("account.commitments")),
        ("account", needs.account, account),
        ("events", !needs.events.is_empty(), reacts),
        ("commands", !needs.commands.is_empty(), reacts),
    ];
    all.into_iter().filter(|(_, asked, used)| *asked && !used).map(|(name, ..)| name).collect()
}

/// What a form could not tell whoever fills it in, and what it would take that nobody meant.
fn schema_remarks(schema: &Value) -> Vec<String> {
    let mut remarks = Vec::new();
    if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        remarks
            .push("it takes unknown names: a misspelt one is dropped in silence (`additionalProperties`)".to_owned());
    }
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, property) in properties {
        let mut say = |remark: &str| remarks.push(format!("/properties/{name}: {remark}"));
        // What stands elsewhere is described there.
        if property.get("$ref").is_some() {
            continue;
        }
        if property.get("description").and_then(Value::as_str).is_none_or(|text| text.trim().is_empty()) {
            say("no `description`: whoever sets it must guess");
        }
        let is = |word: &str| property.get("type").and_then(Value::as_str) == Some(word);
        if is("array") && property.get("maxItems").is_none() {
            say("no `maxItems`: the list has no end");
        }
        if (is("integer") || is("number"))
            && ["maximum", "exclusiveMaximum"].iter().all(|it| property.get(it).is_none())
        {
            say("no `maximum`");
        }
    }
    remarks.truncate(MOST_OF_A_SCHEMA);
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_that_helps_nobody_is_remarked_on_by_place() {
        let schema = json!({
            "properties": {
                "words": { "description": "Words.", "type": "array" },
                "score": { "type": "integer", "maximum": 10 },
                "rest": { "$ref": "#/$defs/rest" },
            }
        });
        assert_eq!(
            schema_remarks(&schema),
            [
                "it takes unknown names: a misspelt one is dropped in silence (`additionalProperties`)",
                "/properties/score: no `description`: whoever sets it must guess",
                "/properties/words: no `maxItems`: the list has no end",
            ]
        );
        assert!(schema_remarks(&json!({ "additionalProperties": false })).is_empty());
    }
}
