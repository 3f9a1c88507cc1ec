//! Faults over a socket: what happens to the connection, and to the request.

use std::time::{Duration, Instant};

use customerio_emulator::{Emulator, Fault};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{TRACK, World};

/// A request over a connection of its own, and the connection.
async fn begin(world: &World, line: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(world.server.address()).await.unwrap();
    let host = world.server.address();
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nhost: {host}\r\nauthorization: {TRACK}\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Everything that comes back until the connection ends.
async fn raw(world: &World, line: &str, body: &str) -> String {
    let mut stream = begin(world, line, body).await;
    let mut text = String::new();
    // A connection that breaks can be an error or an end.
    let _ = stream.read_to_string(&mut text).await;
    text
}

async fn fault(world: &World, body: Value) -> Value {
    let (status, added) = world.control("POST /_emulator/v1/faults", body).await;
    assert_eq!(status, 201, "{added}");
    added
}

/// The newest request.
async fn newest(world: &World) -> Value {
    let list = world.get("requests?limit=1").await;
    world.get(&format!("requests/{}", list["items"][0]["seq"])).await
}

#[tokio::test]
async fn a_connection_that_is_cut_has_no_response() {
    let world = World::new().await;
    for (cut, people) in [("before", 0), ("after", 1)] {
        let added = fault(&world, json!({"match": {"person": "42"}, "fault": {"cut": cut}, "times": 1})).await;
        assert_eq!(added["left"], 1);
        assert_eq!(raw(&world, "PUT /api/v1/customers/42", r#"{"plan":"pro"}"#).await, "", "{cut}");
        assert_eq!(world.emulator.people_count(), people, "{cut}");
        let request = newest(&world).await;
        assert_eq!((&request["verdict"], &request["fault"]["fault"]), (&json!("fault"), &json!({ "cut": cut })));
        assert_eq!(request["fault"]["id"], added["id"]);
    }
    let response = raw(&world, "PUT /api/v1/customers/42", "{}").await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    let list = world.get("faults").await;
    assert_eq!((&list["items"][1]["left"], &list["items"][1]["hits"]), (&json!(0), &json!(1)));
    assert_eq!(world.get("counts").await["faults"], 0);
    // The one that the body names breaks as well.
    fault(&world, json!({"match": {"person": "42"}, "fault": {"cut": "before"}, "times": 1})).await;
    let entity = r#"{"type":"person","action":"identify","identifiers":{"id":"42"}}"#;
    assert_eq!(raw(&world, "POST /api/v2/entity", entity).await, "");
}

#[tokio::test]
async fn a_status_has_the_shape_of_its_api() {
    let world = World::new().await;
    fault(
        &world,
        json!({"match": {"method": "post", "route": "/v1/send/*"}, "fault": {"status": 429, "retry_after": "1500ms"}}),
    )
    .await;
    let response = raw(&world, "POST /v1/send/email", "{}").await;
    assert!(response.starts_with("HTTP/1.1 429 Too Many Requests\r\n"), "{response}");
    assert!(response.contains("retry-after: 2\r\n"), "{response}");
    assert!(
        response.ends_with(r#"{"errors":[{"detail":"a fault of the emulator refused this request","status":"429"}]}"#)
    );
    // The control API meets none.
    fault(&world, json!({"fault": {"status": 500}})).await;
    assert_eq!(world.get("counts").await["faults"], 2);
    assert_eq!(world.control("DELETE /_emulator/v1/faults/2", Value::Null).await.0, 200);
    assert_eq!(world.control("DELETE /_emulator/v1/faults/2", Value::Null).await.0, 404);
    assert_eq!(world.control("DELETE /_emulator/v1/faults", Value::Null).await.1["deleted"], 1);
}

#[tokio::test]
async fn a_delay_is_real_time_and_outlives_its_client() {
    let world = World::of(Emulator::new()).await;
    fault(&world, json!({"fault": {"delay": "300ms"}})).await;
    let started = Instant::now();
    let response = raw(&world, "PUT /api/v1/customers/1", "{}").await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(started.elapsed() >= Duration::from_millis(300));
    // It is not done before, and it is done though nobody waits for it.
    let stream = begin(&world, "PUT /api/v1/customers/2", "{}").await;
    let list = world.get("faults?").await;
    assert_eq!(list["items"][0]["fault"], json!({"delay": "300ms"}));
    drop(stream);
    let people = world.get("people?wait=10s&count=2").await;
    assert_eq!(people["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_slow_response_comes_byte_by_byte() {
    let world = World::new().await;
    world.emulator.add_fault(Fault::slow(Duration::from_millis(400)));
    let started = Instant::now();
    let mut stream = begin(&world, "GET /api/v1/nothing", "").await;
    let (mut text, mut times) = (String::new(), Vec::new());
    let mut buffer = [0; 1_024];
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        if read == 0 {
            break;
        }
        times.push(started.elapsed());
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    assert_eq!(serde_json::from_str::<Value>(body).unwrap()["meta"]["error"], "there is no such route");
    assert!(times.len() > 5, "{times:?}");
    assert!(*times.last().unwrap() >= Duration::from_millis(400), "{times:?}");
    assert!(times[0] < Duration::from_millis(300), "the head does not wait: {times:?}");
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_said() {
    let world = World::new().await;
    for (body, problem) in [
        (json!({}), "missing field `fault`"),
        (json!({"fault": {}}), "fault must have one of status"),
        (json!({"fault": {"status": 503, "delay": "1s"}}), "fault must have one of status"),
        (json!({"fault": {"delay": "1s", "retry_after": "1s"}}), "fault must have one of status"),
        (json!({"fault": {"cut": "middle"}}), "fault must have one of status"),
        (json!({"fault": {"status": 99}}), "status must be from 200 to 599"),
        (json!({"fault": {"delay": "1w"}}), "delay must be a duration up to 10m"),
        (json!({"fault": {"slow": "11m"}}), "slow must be a duration up to 10m"),
        (json!({"fault": {"status": 503}, "times": 0}), "times must be at least 1"),
        (json!({"fault": {"status": 503}, "probability": 1.5}), "probability must be from 0 to 1"),
        (json!({"fault": {"status": 503}, "match": {"route": "v1"}}), "route must begin with /"),
        (
            json!({"fault": {"status": 503}, "match": {"route": format!("/{}", "x".repeat(2_000))}}),
            "route must have at most",
        ),
        (
            json!({"fault": {"status": 503}, "match": {"person": "x".repeat(2_001)}}),
            "person must have at most 2000 bytes",
        ),
        (json!({"fault": {"status": 503}, "match": {"path": "/"}}), "unknown field `path`"),
    ] {
        let (status, told) = world.control("POST /_emulator/v1/faults", body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert!(told["error"].as_str().unwrap().contains(problem), "{body}: {told}");
    }
    let given = json!({"match": {"method": "POST", "route": "/v1/send/email", "person": "42"},
        "fault": {"status": 503, "retry_after": "2s"}, "times": 3, "probability": 0.5, "seed": 7});
    let added = fault(&world, given.clone()).await;
    for name in ["match", "fault", "probability", "seed"] {
        assert_eq!(added[name], given[name], "{name}");
    }
    let odd = fault(&world, json!({"fault": {"cut": "after"}, "probability": 0.1})).await;
    assert!(odd["seed"].is_u64(), "a seed that nobody chose is told");
}
