//! `/v1/newsletters`: newsletters as data. Nobody gets one: it is marked as sent when its time comes.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::{
    app::{
        filter::MOST_FILTER,
        paging::{LIMIT, Paging, SORT, START, newest_first, oldest_first, text},
    },
    auto_create,
    call::{Call, Handler::Fallible},
    contract::{
        fault::{Fault, INVALID},
        json,
        shape::{
            Field,
            Need::{May, Must},
            Shape,
        },
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::{capacity::MOST_BYTES, library::Newsletter},
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/newsletters", Fallible(list)).with_query(&LIST),
    Route::app("/v1/newsletters", &NEW, Fallible(create)).with_unprocessable(),
    Route::app_read(Method::GET, "/v1/newsletters/{newsletter}", Fallible(get)),
    Route::app_read(Method::DELETE, "/v1/newsletters/{newsletter}", Fallible(delete)),
    Route::app("/v1/newsletters/{newsletter}/schedule", &SCHEDULE, Fallible(schedule)).with_unprocessable(),
    Route::app("/v1/newsletters/{newsletter}/send", &SEND, Fallible(send)).with_unprocessable().or_nothing(),
];

const LIST: Shape = Shape::Object(&[START, LIMIT, SORT]);

/// How many newsletters are on a page; the contract says only how many at most.
const NEWSLETTERS: (usize, usize) = (50, 100);

/// The fields depend on the channel.
const NEW: Shape = Shape::When("type", "email", &EMAIL, &NOT_EMAIL);
const NOT_EMAIL: Shape = Shape::When("type", "twilio", &SMS, &NOT_SMS);
const NOT_SMS: Shape = Shape::When("type", "push", &PUSH, &NOT_PUSH);
const NOT_PUSH: Shape = Shape::When("type", "in_app", &IN_APP, &NOT_IN_APP);
const NOT_IN_APP: Shape = Shape::When("type", "inbox", &IN_APP, &NOT_INBOX);
const NOT_INBOX: Shape = Shape::When("type", "webhook", &WEBHOOK, &OTHER);
const OTHER: Shape = Shape::Open(
    &[("type", Must, Shape::OneOf(&["email", "webhook", "twilio", "push", "in_app", "inbox"]))],
    &Shape::Any,
);

const EMAIL: Shape = Shape::Also(
    &Shape::Joined(&[
        COMMON,
        RATE,
        &[
            ("subject", Must, Shape::Filled),
            ("body", Must, Shape::Filled),
            ("body_plain", May, Shape::Text),
            ("preheader_text", May, Shape::Text),
            ("from", May, Shape::Filled),
            ("from_id", May, Shape::Natural),
            ("layout_id", May, Shape::Natural),
        ],
    ]),
    |newsletter| {
        let has_both = newsletter.contains_key("from") && newsletter.contains_key("from_id");
        if has_both { Err("must have at most one of from and from_id") } else { Ok(()) }
    },
);

const SMS: Shape = Shape::Joined(&[COMMON, RATE, &[("body", Must, Shape::Filled)]]);

const PUSH: Shape = Shape::Also(
    &Shape::Joined(&[COMMON, RATE, &[("subject", May, Shape::Text), ("body", May, Shape::Text)]]),
    |newsletter| {
        let has_one = newsletter.contains_key("subject") || newsletter.contains_key("body");
        if has_one { Ok(()) } else { Err("must have subject or body") }
    },
);

const IN_APP: Shape =
    Shape::Joined(&[COMMON, RATE, &[("body_json", Must, Shape::Rule("a JSON object as a string", is_json))]]);

const WEBHOOK: Shape = Shape::Joined(&[
    COMMON,
    RATE,
    &[
        ("body", Must, Shape::Filled),
        ("request_method", Must, Shape::OneOf(&["DELETE", "GET", "POST", "PUT", "PATCH"])),
        ("url", Must, Shape::Filled),
    ],
]);

const COMMON: &[Field] = &[
    ("type", Must, Shape::Text),
    (
        "name",
        Must,
        Shape::Rule("a name of 1 to 190 characters", |name| (1..=190).contains(&name.trim().chars().count())),
    ),
    ("recipients", Must, Shape::Encoded(&RECIPIENTS, MOST_FILTER)),
    ("subscription_topic_id", May, Shape::Natural),
    ("send_now", May, Shape::Boolean),
    ("scheduled_at", May, Shape::Timestamp),
];

/// How fast it is sent.
const RATE: &[Field] = &[
    ("rate_limit_email_rate", May, Shape::Natural),
    ("rate_limit_time_period", May, Shape::Natural),
    ("rate_limit_spread", May, Shape::Boolean),
];

const SEND: Shape = Shape::Object(RATE);

const SCHEDULE: Shape = Shape::Joined(&[
    &[
        ("scheduled_at", Must, Shape::Timestamp),
        ("timezone", May, Shape::Text),
        ("tz_match_enabled", May, Shape::Boolean),
    ],
    RATE,
]);

/// Stricter than the filter of other calls: one `and`, segments only within `or`.
const RECIPIENTS: Shape = Shape::Object(&[("and", Must, Shape::List(&CONDITION, 1, usize::MAX))]);
const CONDITION: Shape = Shape::Single(&[
    ("or", May, SEGMENTS),
    ("not", May, Shape::Object(&[("or", Must, SEGMENTS)])),
    ("attribute", May, ATTRIBUTE),
]);
const SEGMENTS: Shape =
    Shape::List(&Shape::Object(&[("segment", Must, Shape::Object(&[("id", Must, Shape::Natural)]))]), 1, usize::MAX);
const ATTRIBUTE: Shape = Shape::Object(&[
    ("field", Must, Shape::Filled),
    ("operator", Must, Shape::OneOf(&["eq", "exists"])),
    ("value", May, Shape::Either("a string or a boolean", &[Shape::Text, Shape::Boolean])),
    ("inverse", May, Shape::Boolean),
]);

fn is_json(text: &str) -> bool {
    json::read(text.as_bytes(), MOST_BYTES).is_ok_and(|value| value.is_object())
}

/// A 422 for one field.
fn wrong(field: &str, problem: &str) -> Refusal {
    let fault = Fault { text: format!("{field} {problem}"), pointer: format!("/{field}"), reason: INVALID };
    Refusal::faults(StatusCode::UNPROCESSABLE_ENTITY, vec![fault])
}

fn check_rate(fields: &Value) -> Result<(), Refusal> {
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    match (number("rate_limit_email_rate"), number("rate_limit_time_period")) {
        (None, None) => Ok(()),
        (Some(1..), Some(period @ (60 | 3_600 | 86_400))) if fields["tz_match_enabled"] != true || period <= 3_600 => {
            Ok(())
        }
        (Some(1..), Some(60 | 3_600 | 86_400)) => {
            Err(wrong("rate_limit_time_period", "must be at most 3600 with tz_match_enabled"))
        }
        (Some(1..), Some(_)) => Err(wrong("rate_limit_time_period", "must be one of 60, 3600, 86400")),
        (Some(_), Some(_)) => Err(wrong("rate_limit_email_rate", "must be at least 1")),
        (None, Some(_)) => Err(wrong("rate_limit_email_rate", "must come with rate_limit_time_period")),
        (Some(_), None) => Err(wrong("rate_limit_time_period", "must come with rate_limit_email_rate")),
    }
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    auto_create::segments_of_filter(call, "recipients")?;
    check_rate(&call.body)?;
    let now = call.now();
    let mut fields = call.take_fields();
    let scheduled_at = fields.remove("scheduled_at").and_then(|at| at.as_i64());
    let sends_now = fields.remove("send_now") == Some(Value::Bool(true));
    if sends_now && scheduled_at.is_some() {
        return Err(wrong("scheduled_at", "must not come with send_now"));
    }
    if scheduled_at.is_some_and(|at| at <= now) {
        return Err(wrong("scheduled_at", "must be in the future"));
    }
    let sent_at = if sends_now { Some(now) } else { scheduled_at };
    let newsletter = Newsletter { fields, created_at: now, updated_at: now, sent_at };
    let mut shown = shown(0, &newsletter, now);
    let id = call.state.library.newsletters.add(newsletter)?;
    number(&mut shown, id, now);
    Ok(Reply::json(json!({ "newsletter": shown })))
}

/// A newsletter as the API shows it, at this time.
fn shown(id: u64, newsletter: &Newsletter, now: i64) -> Value {
    let Newsletter { fields, created_at, updated_at, sent_at } = newsletter;
    let mut shown = json!({
        "name": fields.get("name"),
        "type": fields.get("type"),
        "recipient_segment_ids": segments(fields),
        "subscription_topic_id": fields.get("subscription_topic_id"),
        "tags": [],
        "created": created_at,
        "updated": updated_at,
        "sent_at": sent_at.filter(|sent_at| *sent_at <= now),
    });
    number(&mut shown, id, *updated_at);
    shown
}

/// Its number, also as that of its content: it has one, in the default language.
fn number(shown: &mut Value, id: u64, updated_at: i64) {
    shown["id"] = id.into();
    shown["content_ids"] = json!([id]);
    shown["deduplicate_id"] = format!("{id}:{updated_at}").into();
}

/// The segments whose people get it.
fn segments(fields: &Map<String, Value>) -> Vec<&Value> {
    let conditions = fields.get("recipients").and_then(|recipients| recipients["and"].as_array());
    let any = conditions.into_iter().flatten().filter_map(|condition| condition["or"].as_array()).flatten();
    any.map(|part| &part["segment"]["id"]).collect()
}

/// The newsletters that use something, as the API says who does: there are no campaigns that could.
pub(crate) fn users(call: &Call<'_>, has: impl Fn(&Newsletter) -> bool) -> Value {
    let users = call.state.library.newsletters.iter().filter(|(_, newsletter)| has(newsletter));
    let was_sent = |newsletter: &Newsletter| newsletter.sent_at.is_some_and(|sent_at| sent_at <= call.now());
    let (sent, drafts): (Vec<_>, Vec<_>) = users.partition(|(_, newsletter)| was_sent(newsletter));
    let ids = |newsletters: Vec<(&u64, &Newsletter)>| newsletters.into_iter().map(|(id, _)| *id).collect::<Vec<_>>();
    json!({ "campaigns": [], "sent_newsletters": ids(sent), "draft_newsletters": ids(drafts) })
}

/// Whether the people of a segment get the newsletter.
pub(crate) fn is_to(newsletter: &Newsletter, segment: u32) -> bool {
    segments(&newsletter.fields).into_iter().any(|id| *id == segment)
}

/// The number of the newsletter that the path names, and the newsletter.
fn named<'a>(call: &'a Call<'_>) -> Result<(u64, &'a Newsletter), Refusal> {
    let id = call.segments[0].parse::<u64>().ok();
    let found = id.and_then(|id| Some((id, call.state.library.newsletters.get(&id)?)));
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the newsletter does not exist"))
}

fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (paging, now) = (Paging::of(&call.query, NEWSLETTERS)?, call.now());
    let all = call.state.library.newsletters.iter().map(|(id, newsletter)| (*id, newsletter));
    let page = if text(&call.query, SORT.0) == Some("desc") {
        paging.page(all.rev().map(|(id, newsletter)| (newest_first(id), (id, newsletter))))
    } else {
        paging.page(all.map(|(id, newsletter)| (oldest_first(id), (id, newsletter))))
    };
    let newsletters: Vec<_> = page.rows.into_iter().map(|(id, newsletter)| shown(id, newsletter, now)).collect();
    Ok(Reply::json(json!({ "newsletters": newsletters, "next": page.next })))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, newsletter) = named(call)?;
    Ok(Reply::json(json!({ "newsletter": shown(id, newsletter, call.now()) })))
}

fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, _) = named(call)?;
    call.state.library.newsletters.remove(&id);
    Ok(Reply::no_content())
}

fn send(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    check_rate(&call.body)?;
    set_sent_at(call, Some)
}

fn schedule(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    check_rate(&call.body)?;
    let at = call.body["scheduled_at"].as_i64().unwrap_or(0);
    if at == 0 {
        let (_, newsletter) = named(call)?;
        if newsletter.sent_at.is_none() {
            return Err(Refusal::bad("the newsletter is not scheduled"));
        }
        return set_sent_at(call, |_| None);
    }
    if call.body["timezone"].as_str().is_none_or(|timezone| timezone.trim().is_empty()) {
        return Err(wrong("timezone", "is missing"));
    }
    if at <= call.now() {
        return Err(wrong("scheduled_at", "must be in the future"));
    }
    set_sent_at(call, |_| Some(at))
}

/// Says when the newsletter goes out, unless it went out before.
fn set_sent_at(call: &mut Call<'_>, sent_at: impl Fn(i64) -> Option<i64>) -> Result<Reply, Refusal> {
    let now = call.now();
    let (id, known) = named(call)?;
    if known.sent_at.is_some_and(|sent_at| sent_at <= now) {
        return Err(Refusal::bad("the newsletter has already been sent"));
    }
    let newsletters = &mut call.state.library.newsletters;
    if let Some(newsletter) = newsletters.get_mut(&id) {
        (newsletter.updated_at, newsletter.sent_at) = (now, sent_at(now));
    }
    get(call)
}
