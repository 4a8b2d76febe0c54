//! The API's description: what is described is there, and it changes only on purpose.

use expect_test::expect_file;
use plugdesk_server::openapi;
use serde_json::Value;

use super::stand::Stand;
use super::wire::{raw, request};

#[test]
fn the_description_changes_only_on_purpose() {
    let mut text = serde_json::to_string_pretty(&openapi()).expect("it is JSON");
    text.push('\n');
    expect_file!["openapi.json"].assert_eq(&text);
}

#[test]
fn no_answer_has_two_fields_of_one_name() {
    let api = serde_json::to_value(openapi()).expect("it is JSON");
    let schemas = api["components"]["schemas"].as_object().expect("schemas");
    let composed = schemas.iter().filter(|(_, schema)| schema.get("allOf").is_some());
    let mut seen = 0;
    for (name, schema) in composed {
        let mut fields = Vec::new();
        fields_of(&api, schema, &mut fields);
        fields.sort_unstable();
        seen += fields.len();
        let twice = fields.windows(2).find(|two| two[0] == two[1]);
        assert_eq!(twice, None, "`{name}` is written with one name twice");
    }
    assert!(seen > 150, "{seen} fields were looked at");
}

fn fields_of<'a>(api: &'a Value, schema: &'a Value, fields: &mut Vec<&'a str>) {
    let whole = match schema["$ref"].as_str() {
        Some(place) => api.pointer(place.trim_start_matches('#')).expect("a schema"),
        None => schema,
    };
    fields.extend(whole["properties"].as_object().into_iter().flat_map(|it| it.keys()).map(String::as_str));
    whole["allOf"].as_array().into_iter().flatten().for_each(|part| fields_of(api, part, fields));
}

#[tokio::test]
async fn the_description_is_served_and_every_address_in_it_is_there() {
    let stand = Stand::start().await;
    let served = raw(stand.address, &request("GET", "/openapi.json", &[], b"")).await.expect(200).json();
    assert_eq!(served["openapi"], "3.1.0");
    let mut seen = 0;
    for (path, item) in served["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            described_well(path, method, operation);
            let target =
                path.replace("{id}", "x").replace("{name}", "x").replace("{number}", "x").replace("{entry}", "x");
            let target = target.replace("{delivery}", "x");
            let target = target.replace("{commitment}", "x").replace("{sort}", "kind");
            let reply = raw(stand.address, &request(&method.to_uppercase(), &target, &[], b"")).await;
            let detail = if reply.body.is_empty() { String::new() } else { reply.text() };
            assert!(!detail.contains("no such address") && reply.status != 405, "{method} {path}: {detail}");
            seen += 1;
        }
    }
    assert!(seen > 45, "{seen} operations are described");
}

fn described_well(path: &str, method: &str, operation: &Value) {
    let name = operation["operationId"].as_str().unwrap_or_default();
    assert!(name.contains('_'), "{method} {path}: `{name}` is no noun_verb");
    assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} has no sentence");
    let responses = operation["responses"].as_object().expect("responses");
    assert!(responses.contains_key("500") && responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
    let open = operation.get("security").is_none();
    assert_eq!(open, !responses.contains_key("401"), "{method} {path}: a key is needed or it is not");
}
