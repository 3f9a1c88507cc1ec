//! The documentation of the control API says what the control API does.

use http::{Response, header};
use serde_json::{Value, json};

use crate::support::World;

/// The document of an emulator.
async fn document(world: &World) -> Value {
    let (status, document) = world.control("GET /_emulator/openapi.json", Value::Null).await;
    assert_eq!(status, 200);
    document
}

/// The operations: method, path, and what is said of it. What takes away comes last.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let mut all: Vec<_> = paths
        .iter()
        .flat_map(|(path, item)| {
            let operations = item.as_object().unwrap().iter();
            operations.map(|(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
        })
        .collect();
    all.sort_by_key(|(method, path, _)| {
        (["GET", "POST", "PUT", "DELETE"].iter().position(|known| known == method), path.clone())
    });
    all
}

/// What stands for the variable segments of a path, in an emulator that is populated.
async fn filled(world: &World, path: &str) -> String {
    let mut filled = path.replace("{identifier}", "42").replace("{id}", "1");
    if filled.contains("{seq}") {
        let items = world.items("requests").await;
        filled = filled.replace("{seq}", &items[0]["seq"].to_string());
    }
    if filled.contains("{delivery_id}") {
        // Of all channels an e-mail has the most parts.
        let items = world.items("messages?channel=email").await;
        filled = filled.replace("{delivery_id}", items[0]["delivery_id"].as_str().unwrap());
    }
    filled.replace("{event_id}", "1").replace("{name}", "a.pdf")
}

/// Why a value is not as a schema says. What is not documented is not there.
fn mismatch(document: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(reference.strip_prefix('#').unwrap()).unwrap();
        return mismatch(document, schema, value, at);
    }
    if let Some(all) = schema["anyOf"].as_array() {
        let found: Vec<_> = all.iter().map(|one| mismatch(document, one, value, at)).collect();
        return if found.contains(&None) {
            None
        } else {
            Some(found.into_iter().flatten().collect::<Vec<_>>().join("; or "))
        };
    }
    let is_it = match schema["type"].as_str() {
        None => true,
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some(other) => panic!("{other} is no type that the schemas have"),
    };
    if !is_it {
        return Some(format!("{at} must be {}, and is {value:.80}", schema["type"]));
    }
    if let Some(texts) = schema["enum"].as_array().filter(|texts| !texts.contains(value)) {
        return Some(format!("{at} is {value:.80}, which is none of {texts:?}"));
    }
    if schema["format"] == "date-time" && !value.as_str().is_some_and(|text| text.len() == 24 && text.ends_with('Z')) {
        return Some(format!("{at} is {value:.80}, and no time"));
    }
    if let Some(items) = value.as_array() {
        let mut entries = items.iter().enumerate();
        return entries.find_map(|(index, item)| mismatch(document, &schema["items"], item, &format!("{at}/{index}")));
    }
    let (Some(properties), Some(fields)) = (schema["properties"].as_object(), value.as_object()) else { return None };
    let mut required = schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    if let Some(name) = required.find(|name| !fields.contains_key(*name)) {
        return Some(format!("{at} lacks {name}"));
    }
    fields.iter().find_map(|(name, value)| match properties.get(name) {
        None => Some(format!("{at} has {name}, which is not documented")),
        Some(schema) => mismatch(document, schema, value, &format!("{at}/{name}")),
    })
}

/// What the documentation says of a response with this status: its media type and its schema.
fn said<'d>(operation: &'d Value, status: &str) -> Option<(&'d str, &'d Value)> {
    let response = operation["responses"].get(status).or_else(|| {
        let is_error = status.starts_with('4') || status.starts_with('5');
        is_error.then(|| operation["responses"].get("default")).flatten()
    })?;
    let (media_type, content) = response["content"].as_object()?.iter().next()?;
    Some((media_type, &content["schema"]))
}

/// A response must be one that is documented.
fn check(document: &Value, line: &str, operation: &Value, response: &Response<bytes::Bytes>) {
    let status = response.status();
    let (media_type, schema) =
        said(operation, status.as_str()).unwrap_or_else(|| panic!("{line}: {status} is not documented"));
    let given = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
    assert_eq!(given.split(';').next(), Some(media_type), "{line}");
    if media_type == "application/json" {
        let value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(mismatch(document, schema, &value, ""), None, "{line}: {status} {value:.400}");
    }
}

#[tokio::test]
async fn every_route_responds_as_its_documentation_says() {
    let world = World::populated().await;
    let document = document(&world).await;
    for (method, path, operation) in operations(&document) {
        let line = format!("{method} {}", filled(&world, &path).await);
        // A stream has no end to wait for.
        if said(&operation, "200").is_some_and(|(media_type, _)| media_type == "text/event-stream") {
            continue;
        }
        let body = match path.as_str() {
            _ if operation.get("requestBody").is_none() => Value::Null,
            "/_emulator/v1/clock" => json!({"advance": "1s"}),
            "/_emulator/v1/faults" => json!({"match": {"person": "nobody"}, "fault": {"cut": "after"}}),
            _ => json!({}),
        };
        let response = world.send(world.request(&line, &body), &body).await;
        let text = String::from_utf8_lossy(response.body()).into_owned();
        assert!(response.status() != 405 && !text.contains("there is no such route"), "{line}: {text}");
        check(&document, &line, &operation, &response);
        // Of what is there, each is shown: 200, or what is documented for it.
        if ["GET", "DELETE"].contains(&method.as_str())
            && !["{event_id}", "{name}", "faults/{id}"].iter().any(|absent| path.contains(absent))
        {
            assert!(response.status().is_success(), "{line}: {} {text}", response.status());
        }
    }
    // Everything was populated: no list was an empty one, which matches any schema.
    let world = World::populated().await;
    for (method, path, operation) in operations(&document) {
        let is_page = said(&operation, "200").is_some_and(|(_, schema)| schema["properties"].get("next").is_some());
        let filled = filled(&world, &path).await;
        if method == "GET" && is_page && !["webhooks", "faults"].iter().any(|kind| path.ends_with(kind)) {
            let (_, page) = world.control(&format!("GET {filled}"), Value::Null).await;
            assert!(!page["items"].as_array().unwrap().is_empty(), "{path}");
        }
    }
}

#[tokio::test]
async fn every_parameter_is_taken_and_no_other() {
    let world = World::populated().await;
    let document = document(&world).await;
    for (method, path, operation) in operations(&document) {
        let (filled, parameters) = (filled(&world, &path).await, operation["parameters"].as_array().unwrap());
        for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
            assert!(parameter["description"].as_str().is_some_and(|text| !text.is_empty()), "{path}: {parameter}");
            let name = parameter["name"].as_str().unwrap();
            // Neither of a stream nor of a write is more asked than whether the parameter is known.
            let value = match (name, parameter["schema"]["type"].as_str()) {
                ("workspace", _) => "default",
                ("wait", _) => "0s",
                ("images" | "whole", _) | (_, Some("integer")) => "1",
                _ => "x",
            };
            if method != "GET"
                || said(&operation, "200").is_some_and(|(media_type, _)| media_type == "text/event-stream")
            {
                continue;
            }
            let line = format!("GET {filled}?{name}={value}");
            let response = world.send(world.request(&line, &Value::Null), &Value::Null).await;
            assert_ne!(response.status(), 400, "{line}: {}", String::from_utf8_lossy(response.body()));
            check(&document, &line, &operation, &response);
        }
        let line = format!("{method} {filled}?nonsense=1");
        let (status, problem) = world.control(&line, Value::Null).await;
        assert_eq!(status, 400, "{line}");
        let known = problem["error"].as_str().unwrap().strip_prefix("there is no parameter nonsense; there are ");
        let mut known: Vec<_> = known.unwrap_or_else(|| panic!("{line}: {problem}")).split(", ").collect();
        let in_query = parameters.iter().filter(|parameter| parameter["in"] == "query");
        let mut named: Vec<_> = in_query.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        known.sort_unstable();
        named.sort_unstable();
        assert_eq!(known, named, "{line}");
    }
}

#[tokio::test]
async fn deletions_take_the_parameters_that_they_name() {
    let document = document(&World::new().await).await;
    for (method, path, operation) in operations(&document) {
        for parameter in
            operation["parameters"].as_array().unwrap().iter().filter(|parameter| parameter["in"] == "query")
        {
            if method == "DELETE" && !path.contains('{') {
                let world = World::new().await;
                let name = parameter["name"].as_str().unwrap();
                let value = if name == "workspace" { "default" } else { "1" };
                let (status, response) = world.control(&format!("DELETE {path}?{name}={value}"), Value::Null).await;
                assert_eq!((status, response), (200, json!({"deleted": 0})), "{path}: {name}");
            }
        }
    }
}

/// What `OpenAPI` 3.1 asks of a document, as far as this one uses it.
#[tokio::test]
async fn the_document_is_whole() {
    let document = document(&World::new().await).await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(document["servers"][0]["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let mut ids = Vec::new();
    for (method, path, operation) in operations(&document) {
        ids.push(operation["operationId"].as_str().unwrap().to_owned());
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{path}");
        let mut in_path =
            operation["parameters"].as_array().unwrap().iter().filter(|parameter| parameter["in"] == "path");
        for segment in path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')) {
            let parameter = in_path.next().unwrap_or_else(|| panic!("{path}: {segment} is not documented"));
            assert_eq!((&parameter["name"], &parameter["required"]), (&json!(segment), &json!(true)), "{path}");
            assert!(!parameter["description"].as_str().unwrap().is_empty(), "{path}: {segment}");
        }
        assert_eq!(in_path.next(), None, "{path}");
        // Nothing is said of a response that is anything.
        let good = operation["responses"].as_object().unwrap().iter().find(|(status, _)| status.starts_with('2'));
        let (media_type, content) = good.unwrap().1["content"].as_object().unwrap().iter().next().unwrap();
        assert_ne!(content["schema"], json!({}), "{method} {path} says nothing of its {media_type}");
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "two operations have one id");
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut references = Vec::new();
    gather(&document, &mut references);
    for reference in &references {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
    for name in schemas.keys() {
        assert!(references.contains(&format!("#/components/schemas/{name}")), "{name} is used by nothing");
    }
}

/// What a document refers to.
fn gather(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| gather(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| gather(value, references)),
        _ => {}
    }
}
