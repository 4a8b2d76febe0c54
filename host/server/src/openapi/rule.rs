//! Rules of fields that Rust's types don't carry into the description: lengths, forms, counts, what goes with what.
//!
//! The commands of the desk hold them; here they are said once more, in JSON Schema, for whoever generates a client or
//! checks a form. The walk over the description in the tests sends what just keeps and what just breaks each of them, so
//! the two can't drift apart.

mod binding;
mod import;
mod people;
mod query;
mod setup;
mod ticket;

use serde_json::{Value, json};

pub(super) use query::parameter;

/// Characters that no line holds.
const CONTROL: &str = "\\u0000-\\u001F\\u007F-\\u009F";
/// What no word holds, beside its spaces and signs of ASCII: in a form that every engine of regular expressions reads.
const HIDDEN: &str =
    "\\u007B-\\u00A0\\u1680\\u2000-\\u200B\\u200E\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u3000\\uFEFF\\uFFF9-\\uFFFF";
/// What is left out around an address or a tag.
const SPACES: &str = "[\\s\\u0085]*";
/// What stands before the @ of an address.
const LOCAL: &str = "[^\\u0000-\\u001F\\u007F-\\u009F\\s@<>,;]+";
/// A label of its domain.
const LABEL: &str = "[^\\u0000-\\u001F\\u007F-\\u009F\\s@<>,;/.]+";
/// What may stand within a telephone number.
const MARKS: &str = "[-./() \\u00A0]*";
/// A digit of a telephone number, also a Persian or an Arabic one.
const DIGIT: &str = "[0-9\\u06F0-\\u06F9\\u0660-\\u0669]";

/// The rules of what requests carry, by schema. Each is merged into the schema that the types give.
pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    let mut all = ticket::rules();
    all.extend(people::rules());
    all.extend(setup::rules());
    all.extend(binding::rules());
    all.extend(import::rules());
    all
}

/// One line of so many characters.
fn line(least: usize, most: usize) -> Value {
    let pattern = match least {
        0 => format!("^[^{CONTROL}]*$"),
        _ => format!("^[^{CONTROL}]*[^{CONTROL}\\s][^{CONTROL}]*$"),
    };
    json!({ "minLength": least, "maxLength": most, "pattern": pattern })
}

/// Text that is not blank, of so many characters.
fn text(most: usize) -> Value {
    json!({ "minLength": 1, "maxLength": most, "pattern": "^[^\\u0000]*[^\\u0000\\s][^\\u0000]*$" })
}

/// A word that policies and bindings compare.
fn word() -> Value {
    json!({ "minLength": 1, "maxLength": 64, "pattern": format!("^{}+$", letters()) })
}

/// The characters of a word.
fn letters() -> String {
    format!("[^\\u0000-\\u002C\\u003A-\\u0040\\u005B-\\u005E\\u0060{HIDDEN}]")
}

/// A mail domain of at least two labels.
fn domain() -> String {
    let label = format!("[^\\u0000-\\u002C\\u002E\\u002F\\u003A-\\u0040\\u005B-\\u0060{HIDDEN}]{{1,63}}");
    format!("^{SPACES}@*{label}(\\.{label})+{SPACES}$")
}

/// A name of a pack, a plugin or a policy.
fn plain() -> Value {
    json!({ "minLength": 1, "maxLength": 64, "pattern": "^[a-z0-9][a-z0-9-]*$" })
}

/// A language tag in the shape of BCP 47.
fn locale() -> Value {
    json!({ "maxLength": 35, "pattern": "^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$" })
}

/// The name of a time zone in the shape of the IANA's.
fn zone() -> Value {
    json!({ "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9/_+-]+$" })
}

/// A mail address, spaces around it left out.
fn email() -> String {
    format!("^{SPACES}{}{SPACES}$", email_core())
}

fn email_core() -> String {
    format!("{LOCAL}@(localhost|{LABEL}(\\.{LABEL})+)")
}

/// A telephone number of 3 to 15 digits; two zeros before it stand for a plus sign.
fn phone() -> String {
    format!("^{SPACES}{}{SPACES}$", phone_core())
}

fn phone_core() -> String {
    let zero = "[0\\u06F0\\u0660]";
    let other = "[1-9\\u06F1-\\u06F9\\u0661-\\u0669]";
    let digits = |least: u8, most: u8| format!("({MARKS}{DIGIT}){{{least},{most}}}");
    let forms = [
        format!("\\+{}", digits(3, 15)),
        format!("{other}{}", digits(2, 14)),
        format!("{zero}{MARKS}{other}{}", digits(1, 13)),
        format!("{zero}{MARKS}{zero}{}", digits(3, 15)),
    ];
    format!("{MARKS}({}){MARKS}", forms.join("|"))
}

/// A name in a network: anything but control characters, and not blank.
fn handle() -> String {
    format!("^{}$", handle_core())
}

fn handle_core() -> String {
    format!("{SPACES}[^{CONTROL}\\s]([^{CONTROL}]*[^{CONTROL}\\s])?{SPACES}")
}

/// At most so many, each of a form.
fn each(most: usize, of: &Value) -> Value {
    json!({ "maxItems": most, "items": of })
}

/// Ids in other systems.
fn external_ids() -> Value {
    let mut id = line(1, 128);
    merge(&mut id, &json!({ "type": "string" }));
    json!({ "maxProperties": 16, "propertyNames": line(1, 64), "additionalProperties": id })
}

/// Ids in other systems to set, or to remove by null.
fn changed_ids() -> Value {
    let mut id = line(1, 128);
    merge(&mut id, &json!({ "type": ["string", "null"] }));
    json!({ "maxProperties": 32, "propertyNames": line(1, 64), "additionalProperties": id })
}

/// Custom fields: a name each, and any JSON; a text has at most 8,192 characters.
fn custom() -> Value {
    let names = json!({ "minLength": 1, "maxLength": 128, "pattern": format!("^[^{CONTROL}]+$") });
    json!({ "maxProperties": 256, "propertyNames": names, "additionalProperties": { "maxLength": 8192 } })
}

/// A category that a person may set.
fn settable() -> Value {
    json!({ "not": { "const": "merged" } })
}

/// The categories in which a clock may stand.
fn pauses() -> Value {
    json!({ "items": { "not": { "enum": ["resolved", "closed", "merged"] } } })
}

/// Either the id alone, or no id.
fn reference() -> Value {
    json!([{ "required": ["id"], "properties": { "id": { "type": "string" } }, "maxProperties": 1 },
        { "properties": { "id": { "type": "null" } } }])
}

/// Lays a rule over a schema: objects are merged, `required` grows, everything else is replaced.
pub(super) fn merge(into: &mut Value, rule: &Value) {
    let (Some(into), Some(rule)) = (into.as_object_mut(), rule.as_object()) else { return };
    for (name, value) in rule {
        match into.get_mut(name) {
            Some(old) if old.is_object() && value.is_object() => merge(old, value),
            Some(Value::Array(old)) if name == "required" => {
                let new = value.as_array().into_iter().flatten();
                let missing: Vec<_> = new.filter(|it| !old.contains(it)).cloned().collect();
                old.extend(missing);
            }
            _ => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}
