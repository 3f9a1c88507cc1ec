//! Items of the control API in one line each.

use serde_json::Value;

use crate::args::control::Kind;

/// `10:00:04  200  PUT    /api/v1/customers/42  tolerated: why`
pub(crate) fn request(item: &Value) -> String {
    let text = |name: &str| item[name].as_str().unwrap_or_default();
    let mut line = format!(
        "{}  {}  {:<6} {}  {}",
        time(item),
        item["status"],
        text("method"),
        clean(text("path")),
        verdict(text("verdict"))
    );
    if let Some(why) = item["why"].as_str() {
        line += ": ";
        line += &clean(why);
    }
    line
}

/// A verdict in words.
pub(crate) fn verdict(name: &str) -> &str {
    match name {
        "dropped" => "dropped silently",
        "fault" => "fault, as asked",
        "unknown_route" => "unknown route",
        other => other,
    }
}

pub(crate) fn other(kind: Kind, item: &Value) -> String {
    let names: &[&str] = match kind {
        Kind::Requests => &[],
        Kind::People => &["id", "email", "phone", "cio_id"],
        Kind::Events => &["name", "person", "anonymous_id", "data"],
        Kind::Devices => &["id", "platform", "person"],
        Kind::Segments => &["id", "name", "people"],
        Kind::Objects => &["type_id", "id", "people"],
        Kind::Messages => &["channel", "to", "subject", "preview", "state", "problem"],
        Kind::Webhooks => &["metric", "delivery_id", "state", "attempts", "last_status", "last_error", "url"],
        Kind::Triggers => &["broadcast", "recipients", "deliveries", "errors"],
        Kind::Metrics => &["metric", "delivery_id"],
        Kind::Forms => &["form_id", "person", "data"],
    };
    let values =
        names.iter().filter(|name| !item[**name].is_null()).map(|name| format!("{name}={}", short(&item[*name])));
    format!("{}  {}", time(item), values.collect::<Vec<_>>().join("  "))
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => clean(text),
        // Whom it is about.
        Value::Object(person) if person.contains_key("label") => short(&person["label"]),
        value => clean(&value.to_string()),
    }
}

/// What others sent must not steer the terminal.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_direction(c) { ' ' } else { c }).collect()
}

/// Such as turns text round that comes behind it.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `10:00:04`, of the first time that the item has.
fn time(item: &Value) -> &str {
    let at = ["at", "queued_at", "changed_at", "created_at", "last_used"].iter().find_map(|name| item[*name].as_str());
    at.and_then(|at| at.get(11..19)).unwrap_or("--:--:--")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_says_its_verdict_and_why() {
        let item = json!({"at": "2026-11-26T10:00:04.123Z", "method": "POST", "path": "/v1/batch", "status": 200,
            "verdict": "dropped", "why": "batch[0]._metadata is not a field\u{1b}[2J\u{202e}\u{61c}", "people": []});
        let expected = "10:00:04  200  POST   /v1/batch  dropped silently: batch[0]._metadata is not a field [2J  ";
        assert_eq!(request(&item), expected);
    }

    #[test]
    fn anything_else_says_what_it_has() {
        let item = json!({"at": "2026-11-26T10:00:04.123Z", "name": "purchase", "data": {"price": 7}, "anonymous_id": null,
            "person": {"cio_id": "03", "label": "ada@example.com"}});
        assert_eq!(other(Kind::Events, &item), "10:00:04  name=purchase  person=ada@example.com  data={\"price\":7}");
    }
}
