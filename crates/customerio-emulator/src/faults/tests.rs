use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::*;
use crate::{
    Emulator, Verdict,
    testing::{NOW, call, emulator, request},
};

const SEND: &str = "POST /v1/send/email";

fn email(to: &str) -> Value {
    json!({"to": to, "transactional_message_id": 1, "identifiers": {"id": "42"}})
}

fn met(emulator: &Emulator, line: &str, body: &Value) -> Option<u64> {
    emulator.handle(&request(line, body)).extensions().get::<MetFault>().map(|met| met.id)
}

#[test]
fn a_request_meets_the_first_fault_that_is_for_it() {
    let emulator = emulator();
    let status = || Fault::status(StatusCode::SERVICE_UNAVAILABLE);
    emulator.add_fault(status().with_method(Method::PUT).with_times(2));
    emulator.add_fault(
        Fault::status_with_retry_after(StatusCode::TOO_MANY_REQUESTS, Duration::from_millis(1_500))
            .with_route("/v1/send/*"),
    );
    emulator.add_fault(status());
    let response = emulator.handle(&request(SEND, &email("a@b")));
    let retry_after = response.headers()["retry-after"].to_str().unwrap();
    assert_eq!((response.status().as_u16(), retry_after), (429, "2"));
    for expected in [1, 1, 3] {
        assert_eq!(met(&emulator, "PUT /api/v1/customers/1", &json!({})), Some(expected));
    }
    assert_eq!((emulator.people_count(), emulator.messages().len()), (0, 0), "none of them was done");
    let known: Vec<_> = emulator.faults().iter().map(|added| (added.id, added.left, added.hits)).collect();
    assert_eq!(known, [(1, Some(0), 2), (2, None, 1), (3, None, 1)]);
    assert!(emulator.remove_fault(3) && !emulator.remove_fault(3));
    assert_eq!(met(&emulator, "PUT /api/v1/customers/1", &json!({})), None);
    emulator.clear_faults();
    assert_eq!((met(&emulator, SEND, &email("a@b")), emulator.faults().len()), (None, 0));
}

#[test]
fn a_person_is_met_by_any_identifier_in_the_path_or_the_body() {
    let emulator = emulator();
    let ada = json!({"email": "ada@example.com"});
    assert_eq!(call(&emulator, "PUT /api/v1/customers/42", &ada).0, 200);
    let id = emulator.add_fault(Fault::status(StatusCode::BAD_GATEWAY).with_person("42"));
    let cio_id = emulator.person("42").unwrap().cio_id;
    for (line, body) in [
        ("PUT /api/v1/customers/42", json!({})),
        ("POST /api/v1/customers/ADA@example.com/events", json!({"name": "e"})),
        (&format!("DELETE /api/v1/customers/cio_{cio_id}"), json!(null)),
        ("POST /v1/identify", json!({"userId": "42"})),
        (
            "POST /v1/batch",
            json!({"batch": [{"type": "track", "userId": "1", "event": "e"}, {"type": "track", "userId": "42", "event": "e"}]}),
        ),
        (
            "POST /api/v2/entity",
            json!({"type": "person", "action": "identify", "identifiers": {"email": "ada@example.com"}}),
        ),
        (SEND, json!({"to": "Ada <Ada@Example.com>", "transactional_message_id": 1, "identifiers": {"id": "43"}})),
    ] {
        assert_eq!(met(&emulator, line, &body), Some(id), "{line} {body}");
    }
    for (line, body) in [
        ("PUT /api/v1/customers/43", json!({"friend": "42"})),
        ("POST /api/v1/customers/43/events", json!({"name": "e", "data": {"id": "42"}})),
        (SEND, json!({"to": "bob@example.com", "transactional_message_id": 42, "identifiers": {"id": "43"}})),
    ] {
        assert_eq!(met(&emulator, line, &body), None, "{line} {body}");
    }
}

#[test]
fn the_same_seed_does_the_same() {
    let hits = |seed| {
        let emulator = emulator();
        emulator.add_fault(Fault::cut_before().with_probability(0.3, seed));
        (0..200).map(|_| met(&emulator, "PUT /api/v1/customers/1", &json!({})).is_some()).collect::<Vec<_>>()
    };
    let (one, again, other) = (hits(7), hits(7), hits(8));
    assert_eq!(one, again);
    assert_ne!(one, other);
    assert!((40..80).contains(&one.iter().filter(|hit| **hit).count()));
}

#[test]
fn a_request_that_meets_a_fault_says_so_and_keeps_its_effects() {
    let emulator = emulator();
    emulator.add_fault(Fault::delay(Duration::from_secs(5)).with_times(1));
    emulator.add_fault(Fault::cut_after().with_times(1));
    emulator.add_fault(Fault::cut_before().with_times(1));
    for id in ["1", "2", "3"] {
        assert!(met(&emulator, &format!("PUT /api/v1/customers/{id}"), &json!({})).is_some());
    }
    assert_eq!((emulator.people_count(), emulator.now()), (2, (NOW + 5).into()));
    let log = emulator.request_log();
    let why: Vec<_> = log.iter().map(|logged| (logged.verdict, logged.why().unwrap(), logged.effects.len())).collect();
    let fault = Verdict::Fault;
    assert_eq!(
        why,
        [
            (fault, "fault 1 delays the request by 5s", 1),
            (fault, "fault 2 breaks the connection before the response to what was done", 1),
            (fault, "fault 3 breaks the connection before the request is done", 0),
        ]
    );
    assert_eq!(log[1].fault, Some(MetFault { id: 2, kind: FaultKind::CutAfter }));
    // What no route takes meets faults too, and errors of a request are reported beside them.
    emulator.add_fault(Fault::slow(Duration::from_secs(1)));
    assert_eq!(met(&emulator, "GET /nowhere", &json!(null)), Some(4));
    assert_eq!(met(&emulator, "PUT /api/v1/customers/1", &json!({"unsubscribed": "yes"})), Some(4));
    let problems = &emulator.request_log()[4].problems;
    assert_eq!((problems.len(), &*problems[1].pointer), (2, "/unsubscribed"));
}
