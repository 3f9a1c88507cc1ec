//! One message with all its details, and its parts as files.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use http::{HeaderValue, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    Channel, Message, Outcome,
    control::{
        asked::Asked,
        criteria::Criteria,
        list::{Listed as _, found},
        messages::{Messages, happened, shown},
        problem::Problem,
        reply::{json_reply, typed},
        schema::{INTEGER, Schema, TEXT},
        time::of_seconds,
    },
    render::{links, text_of},
    server::payload::Payload,
    store::{kept::Key, state::State},
    track::unsubscribe::{LIST_UNSUBSCRIBE, POST_HEADER},
};

/// The content security policy of a message, which is foreign content: it may be displayed, and its links open in a new
/// tab.
const POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
    style-src 'unsafe-inline'; font-src data:; img-src data:";

/// The content security policy of an attachment, which is foreign content: it may do nothing.
const FILE_POLICY: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");

/// A message with all its details.
pub(crate) const WHOLE: Schema = Schema::With(
    Messages::ITEM,
    &[
        (
            "outcomes",
            Schema::List(&Schema::Object(&[("outcome", Schema::Text), ("at", Schema::Time), ("detail", TEXT)])),
        ),
        ("from", TEXT),
        ("reply_to", TEXT),
        ("cc", TEXT),
        ("bcc", TEXT),
        ("preheader", TEXT),
        ("headers", Schema::List(&Schema::List(&TEXT))),
        ("html", TEXT),
        ("text", TEXT),
        ("source", Schema::Nullable(&Schema::Map)),
        ("title", TEXT),
        ("body", TEXT),
        ("image", TEXT),
        ("link", TEXT),
        ("data", Schema::Any),
        ("custom_data", Schema::Nullable(&Schema::Map)),
        ("custom_payload", Schema::Nullable(&Schema::Map)),
        ("trigger", INTEGER),
        ("links", Schema::List(&Schema::Text)),
        (
            "attachments",
            Schema::List(&Schema::Object(&[
                ("name", Schema::Text),
                ("bytes", Schema::Integer),
                ("content_type", Schema::Text),
            ])),
        ),
        ("can", Schema::List(&Schema::OneOf(&NAMES))),
        ("request", INTEGER),
        (
            "problems",
            Schema::List(&Schema::Object(&[("where", Schema::Text), ("message", Schema::Text), ("line", INTEGER)])),
        ),
    ],
);

/// The request that reports an outcome.
pub(crate) const REPORT: Schema = Schema::Object(&[
    ("outcome", Schema::OneOf(&NAMES)),
    ("reason", Schema::Maybe(&Schema::Text)),
    ("url", Schema::Maybe(&Schema::Text)),
]);

/// The response to a reported outcome: the id of the event that reports it, if there is a receiver.
pub(crate) const REPORTED: Schema = Schema::Object(&[("event_id", TEXT)]);

/// The parts that have a source.
const SOURCES: [&str; 9] = ["to", "from", "subject", "preheader", "html", "text", "title", "message", "link"];

/// The message in the path, and its number.
fn named<'s>(asked: &Asked, state: &'s State) -> Result<(u64, &'s Message), Problem> {
    let id = &asked.segments[0];
    let found = state.messages.numbered_of(&Key::Delivery(id.as_str().into())).next();
    found.ok_or_else(|| Problem::missing(format!("there is no message {id:.200}, or it was forgotten for newer ones")))
}

/// A copy of the message in the path, so that the state is not locked while it is read.
fn copy(asked: &Asked) -> Result<Message, Problem> {
    named(asked, &asked.emulator.state()).map(|(_, message)| message.clone())
}

/// Returns the message in the path.
pub(crate) fn get(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let (item, message) = {
        let state = asked.emulator.state();
        let (seq, message) = named(asked, &state)?;
        (beginning(&state, seq, message), message.clone())
    };
    Ok(json_reply(&whole(asked, item, &message)))
}

/// Returns the newest message that matches the filters.
pub(crate) async fn latest(asked: Asked) -> Result<Response<Payload>, Problem> {
    let criteria = Criteria { limit: 1, count: 1, ..Criteria::of(&asked, Messages::FILTERS)? };
    let page = found::<Messages>(&asked, &criteria).await?;
    let seq = page.items.first().and_then(|item| item["seq"].as_u64());
    let found = {
        let state = asked.emulator.state();
        let found = seq.and_then(|seq| Some((seq, state.messages.get(seq)?)));
        found.map(|(seq, message)| (beginning(&state, seq, message), message.clone()))
    };
    let (item, message) = found.ok_or_else(|| Problem::missing("there is no such message; wait=5s waits for it"))?;
    Ok(json_reply(&whole(&asked, item, &message)))
}

/// A message as lists show it, with its state.
fn beginning(state: &State, seq: u64, message: &Message) -> Map<String, Value> {
    let mut item = shown(state, seq, message);
    let outcomes = happened(state, message)
        .map(|(at, outcome)| json!({"outcome": outcome.metric(), "at": of_seconds(at), "detail": outcome.detail()}));
    item.insert("outcomes".into(), outcomes.collect());
    item
}

/// Adds all the other details.
fn whole(asked: &Asked, mut item: Map<String, Value>, message: &Message) -> Value {
    let body = message.body();
    let html = message.part("html");
    let text =
        message.part("text").or_else(|| html.as_deref().filter(|_| message.channel == Channel::Email).map(text_of));
    let mut all: Vec<_> = html.as_deref().map(links).unwrap_or_default();
    all.extend(message.part("link"));
    let shown_body = match message.channel {
        Channel::Push => message.part("message"),
        Channel::Sms | Channel::WhatsApp => text.clone(),
        Channel::InApp => html.clone(),
        Channel::Email | Channel::Inbox => None,
    };
    let problems = message
        .problems()
        .iter()
        .map(|problem| json!({"where": problem.part, "message": problem.message, "line": problem.line}));
    let more = json!({
        "from": message.part("from"),
        "reply_to": message.part("reply_to"),
        "cc": message.part("cc"),
        "bcc": message.part("bcc"),
        "preheader": message.part("preheader"),
        "headers": headers(asked, message, &body["headers"]),
        "html": html,
        "text": text,
        "source": source(message),
        "title": message.part("title"),
        "body": shown_body,
        "image": message.part("image_url"),
        "link": message.part("link"),
        "data": body["message_data"],
        "custom_data": message.custom_data(),
        "custom_payload": message.custom_payload(),
        "trigger": message.trigger,
        "links": all,
        "attachments": attachments(&body),
        "can": can(message),
        "request": message.request,
        "problems": problems.collect::<Vec<_>>(),
    });
    if let Value::Object(more) = more {
        item.extend(more);
    }
    item.into()
}

/// The source of the parts that are made from Liquid or a template.
fn source(message: &Message) -> Value {
    if message.rendered.is_none() {
        return Value::Null;
    }
    SOURCES.iter().filter_map(|name| Some(((*name).to_owned(), Value::from(message.source(name)?)))).collect()
}

/// The name and value of each header of a message: those of the request, and those for unsubscribing, unless the
/// request has its own.
fn headers(asked: &Asked, message: &Message, own: &Value) -> Value {
    let list = own.as_str().and_then(|list| serde_json::from_str::<Vec<Map<String, Value>>>(list).ok());
    let list = list.into_iter().flatten().map(|header| json!([header.get("name"), header.get("value")]));
    let map = own.as_object().into_iter().flatten().map(|(name, value)| json!([name, value]));
    let mut headers: Vec<_> = list.chain(map).collect();
    let is_said = |header: &Value| header[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case(LIST_UNSUBSCRIBE));
    if message.channel == Channel::Email && message.person.is_some() && !headers.iter().any(is_said) {
        let url = format!("{}/unsubscribe/{}", base_url(asked), message.delivery_id);
        headers.push(json!([LIST_UNSUBSCRIBE, format!("<{url}>")]));
        headers.push(json!(POST_HEADER));
    }
    headers.into()
}

/// The base URL of the service's own links: with TLS if the server has it.
fn base_url(asked: &Asked) -> String {
    let host = || asked.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    asked.workspaces.surroundings().https_url.clone().unwrap_or_else(|| format!("http://{}", host()))
}

fn attachments(body: &Value) -> Value {
    let files = body["attachments"].as_object().into_iter().flatten();
    let file = |(name, content): (&String, &Value)| {
        let encoded = content.as_str().unwrap_or_default();
        let bytes = encoded.trim_end_matches('=').len() * 3 / 4;
        json!({"name": name, "bytes": bytes, "content_type": content_type(name)})
    };
    files.map(file).collect()
}

/// The content type of a file, by its extension.
fn content_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "pdf" => "application/pdf",
        "txt" | "log" | "md" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "ics" => "text/calendar",
        "json" => "application/json",
        "xml" => "application/xml",
        "zip" => "application/zip",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

/// The outcomes that can be reported for a message: none for a draft or a failed message.
fn can(message: &Message) -> Vec<&'static str> {
    let has_failed = message.outcomes.iter().any(|(_, outcome)| outcome.is_final());
    if message.is_draft || has_failed {
        return Vec::new();
    }
    let all = NAMES.iter().filter_map(|name| outcome(name, String::new()));
    all.filter(|outcome| outcome.is_of(message.channel)).map(|outcome| outcome.metric()).collect()
}

/// The names of all outcomes.
const NAMES: [&str; 8] = ["sent", "delivered", "opened", "clicked", "converted", "bounced", "unsubscribed", "failed"];

fn outcome(name: &str, detail: String) -> Option<Outcome> {
    Some(match name {
        "sent" => Outcome::Sent,
        "delivered" => Outcome::Delivered,
        "opened" => Outcome::Opened,
        "clicked" => Outcome::Clicked(detail),
        "converted" => Outcome::Converted,
        "bounced" => Outcome::Bounced(detail),
        "unsubscribed" => Outcome::Unsubscribed,
        "failed" => Outcome::Failed(detail),
        _ => return None,
    })
}

/// The outcome to report for a message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    outcome: String,
    reason: Option<String>,
    url: Option<String>,
}

/// Reports an outcome of the message in the path.
pub(crate) fn report(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let Report { outcome: name, reason, url } = asked.body()?;
    let (can, link) = {
        let state = asked.emulator.state();
        let (_, message) = named(asked, &state)?;
        let first = || message.part("html").and_then(|html| links(&html).into_iter().next());
        (can(message), if name == "clicked" && url.is_none() { message.part("link").or_else(first) } else { None })
    };
    if !can.contains(&name.as_str()) {
        let text = if can.is_empty() {
            "nothing can become of this message: it is a draft, it has failed, or its channel has no outcomes"
                .to_owned()
        } else {
            format!("outcome must be one of {}", can.join(", "))
        };
        return Err(Problem::bad(text));
    }
    let detail = match name.as_str() {
        "clicked" => {
            url.or(link).ok_or_else(|| Problem::bad("give the url that was clicked: the message has no link"))?
        }
        _ => reason.unwrap_or_else(|| format!("{name} by the control API")),
    };
    let outcome = outcome(&name, detail).ok_or_else(|| Problem::bad("there is no such outcome"))?;
    let event_id = asked.emulator.report(asked.segments[0].as_str(), &outcome);
    Ok(json_reply(&json!({ "event_id": event_id })))
}

/// Returns the HTML of the message in the path.
pub(crate) fn html(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let html = copy(asked)?.part("html").ok_or_else(|| Problem::missing("the message has no html; see its text"))?;
    let loads_images = match asked.parameter("images") {
        None | Some("0" | "") => false,
        Some("1") => true,
        Some(_) => return Err(Problem::bad("images must be 1, so that images of other hosts are loaded, or 0")),
    };
    let policy = if loads_images { format!("{POLICY} https: http:") } else { POLICY.to_owned() };
    let mut response = typed(StatusCode::OK, "text/html; charset=utf-8", html);
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// Returns the text of the message in the path.
pub(crate) fn text(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let message = copy(asked)?;
    let text = message.part("text").or_else(|| message.part("message"));
    let text = text.or_else(|| message.part("html").map(|html| text_of(&html)));
    let text = text.ok_or_else(|| Problem::missing("the message has no text"))?;
    Ok(typed(StatusCode::OK, "text/plain; charset=utf-8", text))
}

/// Returns an attachment of the message in the path.
pub(crate) fn attachment(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let name = &asked.segments[1];
    let body = copy(asked)?.body();
    let content = body["attachments"].get(name).and_then(Value::as_str);
    let content = content.ok_or_else(|| Problem::missing(format!("the message has no attachment {name:.200}")))?;
    // It was checked when it was received.
    let bytes = STANDARD.decode(content).or_else(|_| STANDARD_NO_PAD.decode(content)).unwrap_or_default();
    let mut response = typed(StatusCode::OK, "application/octet-stream", bytes);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, FILE_POLICY);
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename*=UTF-8''{encoded}")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}
