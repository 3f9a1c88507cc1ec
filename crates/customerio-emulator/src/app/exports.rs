//! `/v1/exports`: people and deliveries as CSV files, as they are when the export is started. It is pending for a second.

use customerio_core::Timestamp;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::{
        audience::FILTER,
        filter::{MOST_FILTER, chooses, written},
    },
    auto_create,
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::shape::{
        Field,
        Need::{May, Must},
        Shape,
    },
    route::Route,
    server::{
        files::PATH,
        reply::{Refusal, Reply},
    },
    store::{
        exports::{Export, Link},
        record::{Message, Person},
        state::State,
    },
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/exports", Infallible(list)),
    Route::app("/v1/exports/customers", &PEOPLE, Fallible(people)).with_most(MOST_FILTER),
    Route::app("/v1/exports/deliveries", &DELIVERIES, Fallible(deliveries)).with_most(MOST_FILTER),
    Route::app_read(Method::GET, "/v1/exports/{export}", Fallible(get)),
    Route::app_read(Method::GET, "/v1/exports/{export}/download", Fallible(download)),
];

const ATTRIBUTES: Field = ("attributes", May, Shape::List(&Shape::Filled, 0, usize::MAX));

const PEOPLE: Shape = Shape::Object(const { &[("filters", Must, Shape::Ref(&FILTER)), ATTRIBUTES] });

const DELIVERIES: Shape = Shape::Also(
    &Shape::Object(&[
        ("newsletter_id", May, Shape::Natural),
        ("campaign_id", May, Shape::Natural),
        ("action_id", May, Shape::Natural),
        ("template_id", May, Shape::Natural),
        ("transactional_message_id", May, Shape::Either("a number or a name", &[Shape::Natural, Shape::Filled])),
        ("start", May, Shape::Timestamp),
        ("end", May, Shape::Timestamp),
        ATTRIBUTES,
        ("metric", May, Shape::OneOf(METRICS)),
        ("drafts", May, Shape::Boolean),
    ]),
    |export| {
        let parents = ["newsletter_id", "campaign_id", "action_id", TRANSACTIONAL];
        match parents.iter().filter(|parent| export.contains_key(**parent)).count() {
            1 => Ok(()),
            _ => Err("must have exactly one of newsletter_id, campaign_id, transactional_message_id, action_id"),
        }
    },
);

const TRANSACTIONAL: &str = "transactional_message_id";

const METRICS: &[&str] = &[
    "created",
    "attempted",
    "sent",
    "delivered",
    "opened",
    "clicked",
    "converted",
    "bounced",
    "spammed",
    "unsubscribed",
    "dropped",
    "failed",
    "undeliverable",
];

/// No export is longer than twelve months, and without times it is of the last six.
const LONGEST: i64 = 366 * 24 * 60 * 60;
const USUAL: i64 = 183 * 24 * 60 * 60;

/// How long an export is pending, and how long a link is good, in seconds.
const PENDING: i64 = 1;
const GOOD: i64 = 15 * 60;

/// An export as the API shows it.
fn shown(id: u64, export: &Export, now: i64) -> Value {
    let is_done = is_done(export, now);
    let updated_at = if is_done { done_at(export) } else { export.created_at };
    json!({
        "id": id,
        "user_id": 0,
        "user_email": "",
        "total": if is_done { export.rows } else { 0 },
        "deduplicate_id": format!("{id}:{updated_at}"),
        "type": export.kind,
        "failed": false,
        "status": if is_done { "done" } else { "pending" },
        "description": export.description,
        "downloads": export.downloads,
        "created_at": export.created_at,
        "updated_at": updated_at,
    })
}

fn is_done(export: &Export, now: i64) -> bool {
    now >= done_at(export)
}

fn done_at(export: &Export) -> i64 {
    export.created_at.saturating_add(PENDING)
}

/// The service has `null` where there are none.
fn list(call: &mut Call<'_>) -> Reply {
    let now = call.now();
    let exports: Vec<_> = call.state.exports.all().map(|(id, export)| shown(id, export, now)).collect();
    Reply::json(json!({ "exports": if exports.is_empty() { Value::Null } else { exports.into() } }))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let now = call.now();
    let (id, export) = named(&call.segments, call.state)?;
    Ok(Reply::json(json!({ "export": shown(id, export, now) })))
}

/// A link to this server, by the name that it was called.
fn download(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let now = call.now();
    let (id, export) = named(&call.segments, call.state)?;
    if !is_done(export, now) {
        return Err(Refusal::bad("the export is not ready"));
    }
    export.downloads += 1;
    let signature = format!("{:032x}", fastrand::u128(..));
    let (origin, expires) = (&call.origin, now.saturating_add(GOOD));
    let url = format!("http://{origin}{PATH}{id}.csv?expires={expires}&signature={signature}");
    export.add_link(Link { signature, expires }, now);
    Ok(Reply::json(json!({ "url": url })))
}

fn named<'a>(segments: &[String], state: &'a mut State) -> Result<(u64, &'a mut Export), Refusal> {
    let id = segments[0].parse::<u64>().ok();
    let export = id.and_then(|id| Some((id, state.exports.get_mut(id)?)));
    export.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the export does not exist"))
}

fn people(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    auto_create::segments_of_filter(call, "filters")?;
    let filter = &call.body["filters"];
    let mut file = Csv::new(&["id", "email", "cio_id"], &call.body);
    for person in call.state.people.all().filter(|person| chooses(filter, person)) {
        let own = [person.id.as_deref(), person.email.as_deref(), Some(person.cio_id.as_str())];
        file.row(own.map(Option::unwrap_or_default), |name| person.attributes.get(name));
    }
    start(call, "customers", "people", file)
}

fn deliveries(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let time = |name: &str| call.body[name].as_i64();
    let until = time("end").unwrap_or(i64::MAX);
    let latest = until.min(call.now());
    let from = time("start").unwrap_or(latest.saturating_sub(USUAL)).max(latest.saturating_sub(LONGEST));
    let state = &*call.state;
    let reached = |message: &Message| {
        let metric = call.body["metric"].as_str().unwrap_or("created");
        metric == "created" || {
            let mut metrics = state.metrics.iter();
            metrics.any(|reported| reported.metric == metric && reported.delivery_id == message.delivery_id)
        }
    };
    // They are transactional: no campaign, newsletter or action has sent one.
    let is_of_parent = |message: &Message| {
        let parent = &call.body[TRANSACTIONAL];
        let template = message.template.as_ref().filter(|_| message.broadcast.is_none());
        !parent.is_null() && template.is_some_and(|template| template.to_string() == written(parent))
    };
    let is_in_time = |at: Timestamp| from <= at.unix_seconds() && at.unix_seconds() < until;
    let mut file = Csv::new(&["id", "customer_id", "recipient", "subject", "created"], &call.body);
    let messages = state.messages.iter();
    let has_drafts = call.body["drafts"] == true;
    let is_chosen = |message: &&Message| {
        let is_there = has_drafts || !message.is_draft;
        is_there && is_of_parent(message) && is_in_time(message.queued_at) && reached(message)
    };
    for message in messages.filter(is_chosen) {
        let person = message.person.as_ref().and_then(|cio_id| state.people.get(cio_id));
        let subject = message.subject.as_deref().unwrap_or_default();
        let id = person.and_then(|person: &Person| person.id.as_deref()).unwrap_or_default();
        let created = message.queued_at.unix_seconds().to_string();
        let own = [message.delivery_id.as_str(), id, message.to.as_deref().unwrap_or_default(), subject, &created];
        // It is read where a column may be of it.
        let body = if file.attributes.is_empty() { Value::Null } else { message.body() };
        let data = body["message_data"].as_object();
        file.row(own, |name| {
            data.and_then(|data| data.get(name)).or_else(|| person.and_then(|person| person.attributes.get(name)))
        });
    }
    start(call, "deliveries", "deliveries", file)
}

fn start(call: &mut Call<'_>, kind: &'static str, what: &str, file: Csv) -> Result<Reply, Refusal> {
    let now = call.now();
    let export = Export::new(kind, format!("{} {what}", file.rows), file.rows, file.text, now);
    let (id, export) = call.state.exports.add(export)?;
    Ok(Reply::json(json!({ "export": shown(id, export, now) })))
}

/// A file with columns of its own, and then those of the attributes that the request names.
struct Csv {
    attributes: Vec<String>,
    rows: u64,
    text: Vec<u8>,
}

impl Csv {
    fn new(own: &[&str], request: &Value) -> Self {
        let named = request["attributes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut attributes = Vec::<String>::new();
        for name in named {
            if !own.contains(&name) && !attributes.iter().any(|known| known == name) {
                attributes.push(name.to_owned());
            }
        }
        let mut text = Vec::new();
        for name in own.iter().copied().chain(attributes.iter().map(String::as_str)) {
            field(&mut text, name);
        }
        end_row(&mut text);
        Self { attributes, rows: 0, text }
    }

    fn row<'v, const OWN: usize>(&mut self, own: [&str; OWN], attribute: impl Fn(&str) -> Option<&'v Value>) {
        for value in own {
            field(&mut self.text, value);
        }
        for name in &self.attributes {
            match attribute(name) {
                Some(Value::String(value)) => field(&mut self.text, value),
                Some(value) => field(&mut self.text, &written(value)),
                None => field(&mut self.text, ""),
            }
        }
        end_row(&mut self.text);
        self.rows += 1;
    }
}

/// A field, and the comma behind it.
fn field(text: &mut Vec<u8>, value: &str) {
    if value.contains([',', '"', '\r', '\n']) {
        text.push(b'"');
        text.extend_from_slice(value.replace('"', "\"\"").as_bytes());
        text.push(b'"');
    } else {
        text.extend_from_slice(value.as_bytes());
    }
    text.push(b',');
}

/// The last comma becomes the end of the line.
fn end_row(text: &mut Vec<u8>) {
    text.pop();
    text.push(b'\n');
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{Request, Response};

    use super::*;
    use crate::{
        Emulator,
        testing::{NOW, accept, call, emulator, request},
    };

    fn with_people() -> Emulator {
        let emulator = emulator();
        emulator.create_segment(7);
        let quoted = json!({"email": "ada@example.com", "plan": "a, \"b\"", "visits": 3, "x": {"y": [1]}});
        accept(&emulator, "PUT /api/v1/customers/1", &quoted);
        accept(&emulator, "PUT /api/v1/customers/2", &json!({"plan": "pro"}));
        accept(&emulator, "POST /api/v1/segments/7/add_customers", &json!({"ids": ["2"]}));
        emulator
    }

    /// The file of an export, when it is ready.
    fn file(emulator: &Emulator, id: u64) -> Response<Bytes> {
        emulator.advance(Duration::from_secs(1));
        let (_, link) = call(emulator, &format!("GET /v1/exports/{id}/download"), &Value::Null);
        fetch(emulator, link["url"].as_str().unwrap(), &[])
    }

    fn fetch(emulator: &Emulator, url: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
        let mut request = Request::builder().uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        emulator.handle(&request.body(Bytes::new()).unwrap())
    }

    #[test]
    fn an_export_is_pending_and_then_done_and_has_those_whom_the_filter_chooses() {
        let emulator = with_people();
        assert_eq!(call(&emulator, "GET /v1/exports", &Value::Null), (200, json!({"exports": null})));
        let all = json!({"filters": {"attribute": {"field": "plan", "operator": "exists"}}, "attributes": ["plan", "email", "visits", "x", "y"]});
        let (status, started) = call(&emulator, "POST /v1/exports/customers", &all);
        let pending = json!({
            "id": 1, "user_id": 0, "user_email": "", "total": 0, "deduplicate_id": format!("1:{NOW}"),
            "type": "customers", "failed": false, "status": "pending", "description": "2 people", "downloads": 0,
            "created_at": NOW, "updated_at": NOW,
        });
        assert_eq!((status, &started), (200, &json!({ "export": pending })));
        assert_eq!(call(&emulator, "GET /v1/exports/1", &Value::Null), (200, started));
        assert_eq!(call(&emulator, "GET /v1/exports/1/download", &Value::Null).0, 400);

        let response = file(&emulator, 1);
        let id = |name| emulator.person(name).unwrap().cio_id;
        let expected = format!(
            "id,email,cio_id,plan,visits,x,y\n1,ada@example.com,{},\"a, \"\"b\"\"\",3,\"{{\"\"y\"\":[1]}}\",\n2,,{},pro,,,\n",
            id("1"),
            id("2")
        );
        assert_eq!(response.body(), expected.as_bytes());
        assert_eq!(response.headers()["content-type"], "text/csv");
        let (_, shown) = call(&emulator, "GET /v1/exports", &Value::Null);
        let shown = &shown["exports"][0];
        assert_eq!((&shown["status"], &shown["total"], &shown["downloads"]), (&json!("done"), &json!(2), &json!(1)));

        let segment = json!({"filters": {"and": [{"segment": {"id": 7}}]}});
        assert_eq!(call(&emulator, "POST /v1/exports/customers", &segment).1["export"]["id"], 2);
        assert_eq!(file(&emulator, 2).body(), format!("id,email,cio_id\n2,,{}\n", id("2")).as_bytes());
    }

    #[test]
    fn deliveries_are_those_of_a_transactional_message() {
        let emulator = with_people();
        let send = |template: Value, to: &str| {
            let message = json!({
                "transactional_message_id": template, "to": to, "identifiers": {"id": "1"},
                "message_data": {"total": 9}, "subject": "Hi",
            });
            call(&emulator, "POST /v1/send/email", &message).1["delivery_id"].as_str().unwrap().to_owned()
        };
        let (one, _) = (send(json!(44), "ada@example.com"), send(json!("other"), "bob@example.com"));
        let export = |body: Value| {
            let (status, export) = call(&emulator, "POST /v1/exports/deliveries", &body);
            assert_eq!(status, 200, "{export}");
            let id = export["export"]["id"].as_u64().unwrap();
            String::from_utf8(file(&emulator, id).into_body().to_vec()).unwrap()
        };
        let header = "id,customer_id,recipient,subject,created";
        let row = format!("{one},1,ada@example.com,Hi,{NOW}");
        let of = |name: &str, value: Value| json!({name: value, "attributes": ["total", "visits"]});
        assert_eq!(export(of(TRANSACTIONAL, json!("44"))), format!("{header},total,visits\n{row},9,3\n"));
        assert_eq!(export(of("campaign_id", json!(44))), format!("{header},total,visits\n"));
        for (extra, rows) in [
            (json!({"end": NOW}), 0),
            (json!({"start": NOW, "metric": "created"}), 1),
            (json!({"metric": "opened"}), 0),
        ] {
            let mut body = json!({TRANSACTIONAL: 44});
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            assert_eq!(export(body.clone()).lines().count(), 1 + rows, "{body}");
        }
        let draft = json!({
            "transactional_message_id": 44, "to": "ada@example.com", "identifiers": {"id": "1"}, "subject": "Hi",
            "queue_draft": true,
        });
        assert_eq!(call(&emulator, "POST /v1/send/email", &draft).0, 200);
        for (drafts, rows) in [(false, 1), (true, 2)] {
            assert_eq!(export(json!({TRANSACTIONAL: 44, "drafts": drafts})).lines().count(), 1 + rows, "{drafts}");
        }
        for (body, status) in [(json!({}), 400), (json!({"campaign_id": 1, "newsletter_id": 1}), 400)] {
            assert_eq!(call(&emulator, "POST /v1/exports/deliveries", &body).0, status, "{body}");
        }
    }

    #[test]
    fn a_link_is_good_for_15_minutes_and_takes_no_credentials() {
        let emulator = with_people();
        let all = json!({"filters": {"attribute": {"field": "plan", "operator": "exists"}}});
        call(&emulator, "POST /v1/exports/customers", &all);
        emulator.advance(Duration::from_secs(1));
        let mut get = request("GET /v1/exports/1/download", &Value::Null);
        get.headers_mut().insert("host", "emulator.example:81".parse().unwrap());
        let body = emulator.handle(&get).into_body();
        let url = serde_json::from_slice::<Value>(&body).unwrap()["url"].as_str().unwrap().to_owned();
        assert!(url.starts_with("http://emulator.example:81/files/exports/1.csv?expires="), "{url}");
        assert_eq!(fetch(&emulator, &url, &[]).status(), 200);
        for (name, value) in [("authorization", "Bearer x"), ("cookie", "a=b"), ("x-workspace-id", "1")] {
            assert_eq!(fetch(&emulator, &url, &[(name, value)]).status(), 400, "{name}");
        }
        for other in
            [url.replace("1.csv", "2.csv"), url.replace("signature=", "signature=0"), "/files/exports/1.csv".into()]
        {
            assert_eq!(fetch(&emulator, &other, &[]).status(), 403, "{other}");
        }
        emulator.advance(Duration::from_secs(15 * 60 - 1));
        assert_eq!(fetch(&emulator, &url, &[]).status(), 200);
        emulator.advance(Duration::from_secs(1));
        assert_eq!(fetch(&emulator, &url, &[]).status(), 403);
        for line in ["GET /v1/exports/2", "GET /v1/exports/x/download"] {
            assert_eq!(call(&emulator, line, &Value::Null).0, 404, "{line}");
        }
    }

    #[test]
    fn a_clock_at_its_end_makes_an_export_and_its_link() {
        let emulator = with_people();
        emulator.advance(Duration::MAX);
        let (status, started) =
            call(&emulator, "POST /v1/exports/customers", &json!({"filters": {"segment": {"id": 8}}}));
        assert_eq!((status, &started["export"]["updated_at"]), (200, &i64::MAX.into()));
        let (_, link) = call(&emulator, "GET /v1/exports/1/download", &Value::Null);
        assert!(link["url"].as_str().unwrap().contains(&format!("expires={}", i64::MAX)), "{link}");
    }

    #[test]
    fn a_part_of_a_file_can_be_asked_for() {
        let emulator = with_people();
        let nobody = json!({"filters": {"segment": {"id": 8}}});
        call(&emulator, "POST /v1/exports/customers", &nobody);
        emulator.advance(Duration::from_secs(1));
        let (_, link) = call(&emulator, "GET /v1/exports/1/download", &Value::Null);
        let url = link["url"].as_str().unwrap();
        let whole = fetch(&emulator, url, &[]);
        assert_eq!(
            (whole.body().as_ref(), &whole.headers()["accept-ranges"]),
            (&b"id,email,cio_id\n"[..], &"bytes".parse().unwrap())
        );
        let etag = whole.headers()["etag"].to_str().unwrap();
        for (range, status, body, said) in [
            ("bytes=0-1", 206, "id", "bytes 0-1/16"),
            ("bytes=9-", 206, "cio_id\n", "bytes 9-15/16"),
            ("bytes=9-99", 206, "cio_id\n", "bytes 9-15/16"),
            ("bytes=-3", 206, "id\n", "bytes 13-15/16"),
            ("bytes=16-", 416, "", "bytes */16"),
            ("bytes=-0", 416, "", "bytes */16"),
            ("bytes=2-1", 200, "id,email,cio_id\n", ""),
            ("bytes=0-1,3-4", 200, "id,email,cio_id\n", ""),
            ("rows=1-2", 200, "id,email,cio_id\n", ""),
        ] {
            let response = fetch(&emulator, url, &[("range", range)]);
            assert_eq!((response.status().as_u16(), response.body().as_ref()), (status, body.as_bytes()), "{range}");
            let given = response.headers().get("content-range").map_or("", |value| value.to_str().unwrap());
            assert_eq!(given, said, "{range}");
        }
        let range = |if_range: &str| fetch(&emulator, url, &[("range", "bytes=9-"), ("if-range", if_range)]).status();
        assert_eq!((range(etag), range("\"other\"")), (StatusCode::PARTIAL_CONTENT, StatusCode::OK));
        assert_eq!(emulator.handle(&Request::post(url).body(Bytes::new()).unwrap()).status(), 405);
    }
}
