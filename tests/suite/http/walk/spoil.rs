//! What is sent instead of a good value: just within and just beyond each rule, of another type, absent, and hostile.

use serde_json::{Map, Value, json};

use super::make::Make;

/// Longer than anything that is kept in one field, and short enough that a body of it is read.
const HUGE: usize = 100_000;

/// A few spoilt copies of a good body, chosen by the seed; whether they are still good is the schema's to say.
pub(super) fn bodies(make: &mut Make<'_>, schema: &Value, good: &Value, count: usize) -> Vec<Value> {
    let mut places = Vec::new();
    pointers(good, "", &mut places);
    let flat = make.flat(schema);
    let absent = flat.get("properties").and_then(Value::as_object).into_iter().flatten();
    let absent: Vec<_> = absent.filter(|(name, _)| good.get(name).is_none()).collect();
    let mut spoilt: Vec<Value> = Vec::new();
    for _ in 0..count {
        let mut body = good.clone();
        match make.below(8) {
            0 if !places.is_empty() => remove(&mut body, &places[make.below(places.len())]),
            1 => {
                let objects: Vec<_> = places.iter().chain([&String::new()]).cloned().collect();
                let objects: Vec<_> =
                    objects.into_iter().filter(|at| good.pointer(at).is_some_and(Value::is_object)).collect();
                if let Some(at) = objects.get(make.below(objects.len()))
                    && let Some(Value::Object(fields)) = body.pointer_mut(at)
                {
                    fields.insert("unheard_of".to_owned(), json!(1));
                }
            }
            2 if !absent.is_empty() => {
                let (name, field) = absent[make.below(absent.len())];
                let value = if make.often(5) { strange(make, &Value::Null) } else { make.value(field, name, 1) };
                put(&mut body, &format!("/{name}"), value);
            }
            _ if !places.is_empty() => {
                let at = &places[make.below(places.len())];
                let value = strange(make, good.pointer(at).unwrap_or(&Value::Null));
                put(&mut body, at, value);
            }
            _ => body = strange(make, good),
        }
        spoilt.push(body);
    }
    spoilt
}

/// Another value in the place of that one.
fn strange(make: &mut Make<'_>, old: &Value) -> Value {
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(4_294_967_296_u64),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("a\nb"),
        json!("\u{85}"),
        json!("\u{202e}abc"),
        json!("😀"),
        json!("می‌خواهم"),
        json!("\u{feff}"),
        json!("x".repeat(64)),
        json!("x".repeat(65)),
        json!("é".repeat(128)),
        json!("é".repeat(129)),
        json!("x".repeat(513)),
        json!("x".repeat(HUGE)),
        json!([]),
        json!({}),
        json!([[]]),
        json!([null]),
        json!({ "": "" }),
        (0..1_001).map(|n| (format!("f{n}"), json!("x"))).collect::<Map<_, _>>().into(),
        json!({ "id": "contact_00000000000000000000000000" }),
        json!("ticket_00000000000000000000000000"),
        json!("2026-02-30T00:00:00Z"),
        json!("2024-01-01T00:00:00+25:00"),
        json!(vec![old; 65]),
    ];
    match old {
        Value::Number(number) if make.often(5) => {
            let number = number.as_i64().unwrap_or(0);
            [json!(number - 1), json!(number + 1), json!(number.to_string())][make.below(3)].clone()
        }
        Value::String(text) if make.often(4) => {
            let cut: String = text.chars().skip(1).collect();
            let all = [cut, format!("{text} "), format!("{text}\u{0}"), text.to_uppercase(), text.repeat(20)];
            json!(all[make.below(all.len())])
        }
        Value::Array(items) if make.often(4) => items.iter().cycle().take(items.len() * 70).cloned().collect(),
        _ => others[make.below(others.len())].clone(),
    }
}

/// Bodies that are no JSON of the right form, whatever the schema.
pub(super) fn broken(good: &Value) -> Vec<Vec<u8>> {
    let text = good.to_string();
    let twice = match good.as_object().and_then(|fields| fields.iter().next()) {
        Some((name, value)) => format!("{{{}:{value},{}", json!(name), &text[1..]),
        None => "{\"a\":1,\"a\":1}".to_owned(),
    };
    let depth = 5_000;
    vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"nul".to_vec(),
        b"[]".to_vec(),
        b"\"text\"".to_vec(),
        b"{\"\xff\xfe\":1}".to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        format!("{text} x").into_bytes(),
        twice.into_bytes(),
        format!("{}{}", "[".repeat(depth), "]".repeat(depth)).into_bytes(),
        format!("{{\"unheard_of\":{}{}}}", "[".repeat(depth), "]".repeat(depth)).into_bytes(),
    ]
}

/// Texts for a parameter, a header or a part of the path.
pub(super) fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "x",
        "0",
        "-1",
        "1.5",
        "201",
        "99999999999999999999",
        "true",
        "null",
        "*",
        "\"3\"",
        "W/\"3\"",
        "é",
        "\u{0}",
        "%",
        "a b",
        "../..",
        "a/b",
        "ticket_00000000000000000000000000",
        "ticket_0",
        "system:id",
        ":",
        "me",
        "AAAA",
        "2024-01-01T00:00:00Z",
        "open,open",
        "email:a@b",
        "contact,contact",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x".repeat(1_000));
    texts
}

fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let here = format!("{at}/{}", super::description::escape(name));
                into.push(here.clone());
                pointers(value, &here, into);
            }
        }
        Value::Array(items) => {
            for (place, value) in items.iter().enumerate() {
                let here = format!("{at}/{place}");
                into.push(here.clone());
                pointers(value, &here, into);
            }
        }
        _ => {}
    }
}

fn split(at: &str) -> (&str, String) {
    let (parent, last) = at.rsplit_once('/').unwrap_or(("", at));
    (parent, last.replace("~1", "/").replace("~0", "~"))
}

fn put(body: &mut Value, at: &str, value: Value) {
    let (parent, last) = split(at);
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.insert(last, value);
        }
        Some(Value::Array(items)) => {
            if let Some(item) = last.parse::<usize>().ok().and_then(|place| items.get_mut(place)) {
                *item = value;
            }
        }
        _ => *body = Value::Object(Map::from_iter([(last, value)])),
    }
}

fn remove(body: &mut Value, at: &str) {
    let (parent, last) = split(at);
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) => drop(fields.remove(&last)),
        Some(Value::Array(items)) => {
            drop(last.parse().ok().filter(|at| *at < items.len()).map(|at: usize| items.remove(at)))
        }
        _ => {}
    }
}
