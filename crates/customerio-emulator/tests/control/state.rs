//! The state as a document: what is loaded reads as it did when it was written.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use customerio_emulator::{APP_API_KEY, Channel, Emulator, ImportResult, Outcome, WebhookResponse, Workspaces};
use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{TRACK, World};

/// Status and body of a call of the service.
fn call(emulator: &Emulator, line: &str, body: &Value) -> (u16, Value) {
    let (method, path) = line.split_once(' ').unwrap();
    let pipelines = ["/v1/identify", "/v1/track", "/v1/group", "/v1/batch"].contains(&path);
    let app = format!("Bearer {APP_API_KEY}");
    let authorization = match path {
        // `emulator-pipelines-key:`
        _ if pipelines => "Basic ZW11bGF0b3ItcGlwZWxpbmVzLWtleTo=",
        _ if path.starts_with("/v1/") => app.as_str(),
        _ => TRACK,
    };
    let request = Request::builder().method(method).uri(path).header("authorization", authorization);
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    let request = if body.is_empty() { request } else { request.header("content-type", "application/json") };
    let response = emulator.handle(&request.body(body).unwrap());
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

/// One of many calls, by people and things of which there are few, so that they meet.
#[derive(Clone, Copy, Debug)]
struct Step {
    what: usize,
    who: u8,
    other: u8,
    number: f64,
}

fn step() -> impl Strategy<Value = Step> {
    (0..CALLS, 0..4_u8, 0..4_u8, any::<f64>().prop_filter("JSON has no others", |number| number.is_finite()))
        .prop_map(|(what, who, other, number)| Step { what, who, other, number })
}

const CALLS: usize = 34;

impl Step {
    #[expect(clippy::too_many_lines, reason = "each call is a line of a list")]
    fn apply(self, emulator: &Emulator) {
        let Self { what, who, other, number } = self;
        let phone = format!("+1555123456{other}");
        let (id, address) = (who.to_string(), format!("P{other}@example.com"));
        let visitor = format!("visitor {other}");
        let object = json!({"object_type_id": "1", "object_id": other.to_string()});
        let related = json!([{"identifiers": object, "relationship_attributes": {"n": number}}]);
        let entity = |action: &str| json!({"type": "person", "identifiers": {"id": id}, "action": action});
        let to_person = |line: &str, body: Value| {
            call(emulator, &line.replace("{id}", &id), &body);
        };
        match what {
            0 => to_person("PUT /api/v1/customers/{id}", json!({"email": address, "n": number, "x": {"y": [other]}})),
            1 => to_person("PUT /api/v1/customers/{id}", json!({"phone": phone, "n": null})),
            2 => to_person(
                "PUT /api/v1/customers/{id}",
                json!({"n": other, "_timestamp": 1_600_000_000 + i64::from(other)}),
            ),
            3 => to_person("PUT /api/v1/customers/{id}", json!({"anonymous_id": visitor, "unsubscribed": other == 1})),
            4 => to_person("DELETE /api/v1/customers/{id}", Value::Null),
            5 => to_person("POST /api/v1/customers/{id}/suppress", Value::Null),
            6 => to_person("POST /api/v1/customers/{id}/unsuppress", Value::Null),
            7 => {
                let device = json!({"id": visitor, "platform": "ios", "attributes": {"shop": address}});
                to_person("PUT /api/v1/customers/{id}/devices", json!({"device": device}));
            }
            8 => to_person("POST /api/v1/customers/{id}/events", json!({"name": "e", "data": {"n": number}})),
            9 => {
                let ulid = format!("01ARZ3NDEKTSV4RRFFQ69G5FA{other}");
                to_person("POST /api/v1/customers/{id}/events", json!({"name": "/x", "type": "page", "id": ulid}));
            }
            10 => to_person("POST /api/v1/events", json!({"name": "visit", "anonymous_id": visitor})),
            11 => to_person(
                "POST /api/v1/merge_customers",
                json!({"primary": {"id": id}, "secondary": {"id": other.to_string()}}),
            ),
            12 => to_person("POST /api/v1/segments/7/add_customers", json!({"ids": [id]})),
            13 => to_person("POST /api/v1/segments/7/remove_customers", json!({"ids": [id]})),
            14 => {
                let mut relate = entity("identify");
                relate["cio_relationships"] = related;
                to_person("POST /api/v2/entity", relate);
            }
            15 => {
                let mut object = json!({"type": "object", "identifiers": object, "action": "identify"});
                object["attributes"] = json!({"n": number});
                to_person("POST /api/v2/entity", object);
            }
            16 => {
                to_person("POST /api/v2/entity", json!({"type": "object", "identifiers": object, "action": "delete"}));
            }
            17 => to_person(
                "POST /v1/group",
                json!({"groupId": other.to_string(), "anonymousId": visitor, "messageId": id}),
            ),
            18 => {
                let email = json!({"transactional_message_id": other, "to": address, "identifiers": {"id": id}});
                to_person("POST /v1/send/email", email);
            }
            19 => {
                to_person("POST /v1/send/push", json!({"transactional_message_id": "news", "identifiers": {"id": id}}));
            }
            20 => to_person("POST /v1/campaigns/1/triggers", json!({"data": {"n": number}})),
            21 => to_person("POST /v1/campaigns/1/triggers", json!({"ids": ["nobody"]})),
            22 => to_person("POST /v1/segments", json!({"segment": {"name": address}})),
            23 => to_person("DELETE /v1/segments/8", Value::Null),
            24 => to_person("PUT /v1/snippets", json!({"name": address, "value": visitor})),
            25 => to_person("POST /v1/collections", json!({"name": address, "data": [{"n": number}]})),
            26 => {
                let endpoint = format!("https://example.com/{other}");
                to_person(
                    "POST /v1/reporting_webhooks",
                    json!({"name": "w", "endpoint": endpoint, "events": ["email_opened"]}),
                );
            }
            27 => to_person(
                "POST /v1/exports/customers",
                json!({"filters": {"attribute": {"field": "n", "operator": "exists"}}}),
            ),
            28 => to_person(&format!("POST /v1/esp/suppression/bounces/{address}"), Value::Null),
            29 => to_person("POST /api/v1/forms/f/submit", json!({"data": {"id": id, "n": number}})),
            30 => {
                for message in emulator.messages() {
                    let delivery = message.delivery_id.to_string();
                    let metric = json!({"delivery_id": delivery, "metric": "opened", "timestamp": 1_700_000_000});
                    to_person("POST /api/v1/metrics", metric);
                    to_person(&format!("POST /unsubscribe/{delivery}"), json!({"unsubscribe": true}));
                    let _ = emulator.report(message.delivery_id, &Outcome::Clicked(address.clone()));
                }
            }
            31 => {
                if let Some(call) = emulator.next_webhook() {
                    let response = if other == 0 {
                        WebhookResponse::Timeout
                    } else {
                        WebhookResponse::Status(200_u16.try_into().unwrap())
                    };
                    emulator.webhook_responded(&call, response);
                }
            }
            32 => emulator.advance(Duration::from_millis(7_777 * u64::from(other))),
            _ => {
                emulator.set_outcomes([(Duration::from_millis(1_500), Outcome::Opened)]);
                emulator.report_to("http://example.com/hook").unwrap();
                emulator.set_import_result(ImportResult::Failed(address));
                emulator.set_channel(Channel::Push, other != 0);
            }
        }
    }
}

/// What can be read, by the service's routes and by tests.
fn readings(emulator: &Emulator) -> Vec<(String, Value)> {
    let mut lines: Vec<String> = [
        "activities",
        "collections",
        "exports",
        "imports",
        "messages",
        "newsletters",
        "object_types",
        "optouts",
        "reporting_webhooks",
        "segments",
        "sender_identities",
        "snippets",
        "subscription_topics",
        "transactional",
        "workspaces",
        "esp/suppression/bounces",
        "segments/7/membership",
        "campaigns/1/triggers/1",
        "campaigns/1/triggers/1/errors",
    ]
    .map(|route| format!("GET /v1/{route}"))
    .to_vec();
    for id in 0..4 {
        for of in
            ["activities", "attributes", "messages", "optouts", "relationships", "segments", "subscription_preferences"]
        {
            lines.push(format!("GET /v1/customers/{id}/{of}"));
        }
        lines.push(format!("GET /v1/customers?email=p{id}@example.com"));
        lines.push(format!("GET /v1/objects/1/{id}/relationships"));
        lines.push(format!("GET /v1/objects/1/{id}/attributes"));
    }
    let mut read: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let (status, body) = call(emulator, &line, &Value::Null);
            (line, json!([status, body]))
        })
        .collect();
    let mut of = |name: &str, value: String| read.push((name.to_owned(), value.into()));
    of("people", format!("{:?}", emulator.people()));
    of("objects", format!("{:?}", emulator.objects()));
    of("events", format!("{:?}", emulator.events()));
    of("messages", format!("{:?}", emulator.messages()));
    of("triggers", format!("{:?}", emulator.triggers()));
    of("metrics", format!("{:?}", emulator.metrics()));
    of("forms", format!("{:?}", emulator.forms()));
    of("unsubscribes", format!("{:?}", emulator.unsubscribes()));
    of("webhooks", format!("{:?} {:?}", emulator.webhooks_waiting(), emulator.webhooks_accepted()));
    of("by number", format!("{:?}", (0..4).map(|n| emulator.person(&format!("+1555123456{n}"))).collect::<Vec<_>>()));
    of("suppressed", format!("{:?}", (0..4).map(|n| emulator.is_suppressed(&n.to_string())).collect::<Vec<_>>()));
    read
}

fn emulator() -> Emulator {
    let emulator = Emulator::builder().with_clock_at(1_700_000_000).build();
    emulator.create_segment(7);
    emulator.create_broadcast(1);
    emulator
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_loaded_reads_and_goes_on_as_what_was_written(
        before in prop::collection::vec(step(), 0..60),
        after in prop::collection::vec(step(), 0..20),
    ) {
        let emulator = emulator();
        for step in before {
            step.apply(&emulator);
        }
        let state = emulator.state_json();
        let loaded = Emulator::new();
        loaded.load_state(&state).unwrap();
        prop_assert_eq!(&loaded.state_json(), &state);
        prop_assert_eq!(readings(&loaded), readings(&emulator));
        // What comes later finds the same, such as ids that were seen and numbers that were given.
        for step in after {
            step.apply(&emulator);
            step.apply(&loaded);
        }
        prop_assert_eq!(readings(&loaded), readings(&emulator));
    }
}

#[test]
fn what_is_not_a_state_changes_nothing() {
    let emulator = emulator();
    call(&emulator, "PUT /api/v1/customers/1", &json!({}));
    let state = emulator.state_json();
    let later = state.replacen("\"version\":2", "\"version\":3", 1);
    let renamed = json!({"version": 3, "something": []}).to_string();
    let former = json!({"version": 1, "workspaces": [{"number": 0, "workspace": {"people": []}}]}).to_string();
    let two = state.replacen("\"workspaces\":[", "\"workspaces\":[{\"number\":0,\"workspace\":", 1);
    let unknown = |version: u8| {
        format!(
            "the state is of version {version} and this program reads version 2: load it with the program that wrote it, or \
             begin without it"
        )
    };
    for (text, expected) in [
        (later.as_str(), unknown(3).as_str()),
        (&renamed, &unknown(3)),
        (&former, &unknown(1)),
        ("[]", "this is not a state that can be read: "),
        (&state[..state.len() - 1], "this is not a state that can be read: EOF"),
        (&two, "this is not a state that can be read: "),
        (r#"{"version":2,"workspaces":[]}"#, "the state has 0 workspaces"),
    ] {
        let error = emulator.load_state(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text:.60}: {error}");
    }
    assert_eq!(emulator.people_count(), 1);
}

#[test]
fn a_revision_says_whether_a_state_is_another() {
    let workspaces = Workspaces::of(emulator()).with_any_credentials();
    let emulator = workspaces.first();
    let mut last = workspaces.revision();
    let mut is_new = |expected: bool, what: &str| {
        let now = workspaces.revision();
        assert_eq!(now != last, expected, "{what}");
        last = now;
    };
    call(emulator, "PUT /api/v1/customers/1", &json!({}));
    is_new(true, "a person was added");
    call(emulator, "GET /v1/customers/1/attributes", &Value::Null);
    call(emulator, "GET /v1/nowhere", &Value::Null);
    call(emulator, "PUT /api/v1/customers/1", &json!([]));
    let _ = (emulator.people(), emulator.request_log(), emulator.state_json(), workspaces.state_json());
    is_new(false, "nothing was changed");
    emulator.create_topic(1, "News", true);
    is_new(true, "a topic was made");
    let other = workspaces.obtain("suite-7").unwrap();
    is_new(true, "a workspace was made");
    call(&other, "PUT /api/v1/customers/1", &json!({}));
    emulator.advance(Duration::from_secs(1));
    is_new(true, "the clock was moved");
}

#[test]
fn all_workspaces_are_one_state() {
    let workspaces = Workspaces::of(emulator()).with_any_credentials();
    for (credential, people) in [("suite-8", 1), ("suite-7", 2)] {
        let suite = workspaces.obtain(credential).unwrap();
        let app = customerio_emulator::Seed::from_json(
            &json!({"people": (0..people).map(|id| json!({"id": id.to_string()})).collect::<Vec<_>>()}).to_string(),
        );
        suite.seed(&app.unwrap()).unwrap();
    }
    let state = workspaces.state_json();
    let other = Workspaces::of(Emulator::new()).with_any_credentials();
    other.obtain("gone").unwrap();
    other.load_state(&state).unwrap();
    assert_eq!(other.state_json(), state);
    let counts = |workspaces: &Workspaces| -> Vec<_> {
        workspaces.all().into_iter().map(|(id, emulator)| (id, emulator.people_count())).collect()
    };
    assert_eq!(counts(&other), counts(&workspaces));
    let one = Workspaces::of(Emulator::new());
    let error = one.load_state(&state).unwrap_err().to_string();
    assert_eq!(error, "the state has 3 workspaces and one is served: serve any of them");
    let error = one.first().load_state(&state).unwrap_err().to_string();
    assert_eq!(error, "the state has 3 workspaces and this is one: load it with all of them");
}

#[test]
fn a_clock_stays_as_far_from_the_systems() {
    let moved = Emulator::new();
    moved.advance(Duration::from_secs(100_000));
    let loaded = Emulator::builder().with_clock_at(5).build();
    loaded.load_state(&moved.state_json()).unwrap();
    let apart = loaded.now().unix_seconds() - moved.now().unix_seconds();
    assert!((-1..=1).contains(&apart), "{apart}");
    assert_eq!(loaded.state_json(), moved.state_json());
}

#[tokio::test]
async fn a_state_goes_over_the_control_api() {
    let (world, other) = (World::new().await, World::new().await);
    assert_eq!(world.call("PUT /api/v1/customers/1", json!({"email": "ada@example.com"})).await.0, 200);
    assert_eq!(world.call("POST /api/v1/customers/1/events", json!({"name": "e"})).await.0, 200);
    let stop = world.control("POST /_emulator/v1/clock", json!({"run": true})).await.1;
    assert_eq!(stop["stopped"], false);
    let state = world.get("state").await;
    let (status, counts) = other.control("PUT /_emulator/v1/state", state.clone()).await;
    assert_eq!((status, &counts["people"], &counts["requests"]), (200, &json!(1), &json!(0)));
    assert_eq!(other.get("people").await, world.get("people").await);
    assert_eq!(other.get("events").await["items"], world.get("events").await["items"]);
    assert_eq!(other.get("state").await, state);
    assert_eq!(other.get("clock").await["stopped"], false);
    let (status, problem) = other.control("PUT /_emulator/v1/state", json!({"version": 9})).await;
    assert_eq!(
        (status, problem["error"].as_str().unwrap().split(':').next()),
        (400, Some("the state is of version 9 and this program reads version 2"))
    );
}

/// A writer holds nobody up, and what it writes is of one moment.
#[test]
fn a_state_is_of_one_moment_while_calls_go_on() {
    let emulator = Arc::new(emulator());
    let calls = {
        let emulator = emulator.clone();
        std::thread::spawn(move || {
            for number in 0..2_000 {
                call(&emulator, "PUT /api/v1/customers/1", &json!({"n": number}));
                call(&emulator, "POST /api/v1/customers/1/events", &json!({"name": "e", "data": {"n": number}}));
            }
        })
    };
    while !calls.is_finished() {
        let loaded = Emulator::new();
        loaded.load_state(&emulator.state_json()).unwrap();
        let events = loaded.events();
        let last = events.last().map(|event| event.data()["n"].as_i64().unwrap());
        let set = loaded.person("1").map(|person| person.attributes["n"].as_i64().unwrap());
        // The person is set before the event of the same number.
        assert!(set == last || set == Some(last.map_or(0, |last| last + 1)), "{set:?} {last:?}");
        assert_eq!(events.len(), last.map_or(0, |last| usize::try_from(last).unwrap() + 1));
    }
    calls.join().unwrap();
}

/// Prints how long it takes; run it with `--release --run-ignored only`.
#[test]
#[ignore = "measures, which says something in release builds alone"]
fn a_hundred_thousand_people_are_written_in_a_second() {
    let emulator = emulator();
    for number in 0..100_000 {
        let body = json!({"email": format!("p{number}@example.com"), "plan": "pro", "n": number, "city": "Cork", "score": 1.5});
        call(&emulator, &format!("PUT /api/v1/customers/{number}"), &body);
    }
    let begun = std::time::Instant::now();
    let state = emulator.state_json();
    let written = begun.elapsed();
    let loaded = Emulator::new();
    let begun = std::time::Instant::now();
    loaded.load_state(&state).unwrap();
    let read = begun.elapsed();
    let emulator = Arc::new(emulator);
    let writer = {
        let emulator = emulator.clone();
        std::thread::spawn(move || (0..3).map(|_| emulator.state_json().len()).sum::<usize>())
    };
    let mut longest = Duration::ZERO;
    while !writer.is_finished() {
        let begun = std::time::Instant::now();
        let _ = emulator.people_count();
        longest = longest.max(begun.elapsed());
    }
    writer.join().unwrap();
    println!("{} bytes: written in {written:?}, read in {read:?}, others waited {longest:?} at most", state.len());
    assert!(written < Duration::from_secs(1), "{written:?}");
}
