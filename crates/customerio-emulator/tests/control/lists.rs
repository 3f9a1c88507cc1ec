//! Pages, filters, and waiting.

use std::time::{Duration, Instant};

use customerio_emulator::{Emulator, Workspaces};
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn what_arrived_is_listed_page_by_page() {
    let world = World::new().await;
    for number in 0..5 {
        let body = json!({"email": format!("p{number}@example.com"), "plan": if number == 3 { "pro" } else { "free" }});
        assert_eq!(world.call(&format!("PUT /api/v1/customers/{number}"), body).await.0, 200);
    }
    let ids = |page: &Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = world.get("people?limit=2").await;
    assert_eq!(ids(&first), ["4", "3"]);
    let second = world.get(&format!("people?limit=2&before={}", first["next"])).await;
    assert_eq!(ids(&second), ["2", "1"]);
    let last = world.get(&format!("people?limit=2&before={}", second["next"])).await;
    assert_eq!((ids(&last), &last["next"]), (vec!["0".to_owned()], &Value::Null));
    assert_eq!(ids(&world.get("people?after=0&limit=3").await), ["0", "1", "2"]);
    assert_eq!(ids(&world.get("people?attribute=plan:pro").await), ["3"]);
    assert_eq!(ids(&world.get("people?q=P2@EXAMPLE").await), ["2"]);

    let requests = world.get("requests?person=p3@example.com").await;
    let request = &requests["items"][0];
    assert_eq!((requests["items"].as_array().unwrap().len(), &request["verdict"]), (1, &json!("accepted")));
    let whole = world.get(&format!("requests/{}", request["seq"])).await;
    assert_eq!(whole["effects"][0]["label"], "p3@example.com");
    assert_eq!(whole["request"]["body"], r#"{"email":"p3@example.com","plan":"pro"}"#);

    let (status, problem) = world.control("GET /_emulator/v1/people?nonsense=1", Value::Null).await;
    assert_eq!(status, 400);
    assert!(problem["error"].as_str().unwrap().starts_with("there is no parameter nonsense; there are segment, "));
}

/// A recording that can be replayed: each request as it is shown alone.
#[tokio::test]
async fn requests_are_listed_whole() {
    let world = World::new().await;
    for number in 0..3 {
        let body = json!({"email": format!("p{number}@example.com")});
        assert_eq!(world.call(&format!("PUT /api/v1/customers/{number}"), body).await.0, 200);
    }
    let page = world.get("requests?whole=1&limit=2&method=PUT").await;
    let items = page["items"].as_array().unwrap();
    assert_eq!((items.len(), page["next"].is_u64()), (2, true));
    for item in items {
        assert_eq!(*item, world.get(&format!("requests/{}", item["seq"])).await);
    }
    assert_eq!(items[0]["request"]["body"], r#"{"email":"p2@example.com"}"#);
    assert_eq!(world.get("requests?whole=0&limit=1").await["items"][0]["request"], Value::Null);
    let waited = world.get("requests?whole=1&wait=5s&count=3").await;
    assert_eq!(waited["items"].as_array().unwrap().len(), 3);
    for (line, reason) in [
        ("GET /_emulator/v1/requests?whole=2", "whole must be 1"),
        ("DELETE /_emulator/v1/requests?whole=1", "there is no parameter whole; there are verdict"),
        ("GET /_emulator/v1/requests?nonsense=1", "there is no parameter nonsense; there are verdict"),
    ] {
        let (status, problem) = world.control(line, Value::Null).await;
        assert!(status == 400 && problem["error"].as_str().unwrap().starts_with(reason), "{line}: {problem}");
    }
}

#[tokio::test]
async fn a_response_has_the_verdict_on_its_request() {
    let world = World::new().await;
    for (line, body, verdict) in [
        ("PUT /api/v1/customers/1", json!({"plan": "pro"}), "accepted"),
        ("PUT /api/v1/customers/1", json!({"anonymous_id": 7}), "tolerated"),
        ("PUT /api/v1/customers/1", json!({"unsubscribed": "yes"}), "refused"),
        ("PUT /api/v1/customer/1", json!({}), "unknown_route"),
    ] {
        let request = world.request(line, &body).header("authorization", crate::support::TRACK);
        let response = world.send(request, &body).await;
        assert_eq!(response.headers()["x-customerio-emulator-verdict"], verdict, "{line}");
    }
    let response = world.send(world.request("GET /_emulator/v1/counts", &Value::Null), &Value::Null).await;
    assert!(!response.headers().contains_key("x-customerio-emulator-verdict"), "it is no request to the service");
}

#[tokio::test]
async fn a_wait_ends_when_it_holds_and_says_what_was_nearest() {
    let world = World::new().await;
    let email = |to: &str| json!({"transactional_message_id": 1, "to": to, "identifiers": {"id": "42"}});
    assert_eq!(world.call("POST /v1/send/email", email("bob@example.com")).await.0, 200);
    let waiting = async {
        let message = world.get("messages/latest?to=ada@example.com&wait=5s").await;
        (Instant::now(), message)
    };
    let sending = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(world.call("POST /v1/send/email", email("ada@example.com")).await.0, 200);
        Instant::now()
    };
    let ((responded, message), sent) = tokio::join!(waiting, sending);
    assert_eq!(message["to"], "ada@example.com");
    let late = responded.saturating_duration_since(sent);
    assert!(late < Duration::from_millis(100), "{late:?}");

    let line = "GET /_emulator/v1/messages?to=eve@example.com&channel=email&wait=50ms&count=2";
    let (status, problem) = world.control(line, Value::Null).await;
    assert_eq!((status, &problem["items"]), (408, &json!([])));
    assert_eq!(problem["nearest"][0]["differs"], json!(["to is ada@example.com"]));
    assert_eq!(problem["nearest"][1]["differs"], json!(["to is bob@example.com"]));
}

#[tokio::test]
async fn the_clock_is_moved_and_the_workspace_emptied() {
    let world = World::new().await;
    assert_eq!(world.get("clock").await, json!({"now": "2023-11-14T22:13:20.000Z", "stopped": true}));
    let (_, clock) = world.control("POST /_emulator/v1/clock", json!({"advance": "10m"})).await;
    assert_eq!(clock["now"], "2023-11-14T22:23:20.000Z");
    assert_eq!(world.emulator.now(), 1_700_000_600.into());
    let (status, _) = world.control("POST /_emulator/v1/clock", json!({"advance": "10m", "stop": true})).await;
    assert_eq!(status, 400);
    assert_eq!(world.call("PUT /api/v1/customers/1", json!({})).await.0, 200);
    let before = world.get("counts").await;
    assert_eq!((&before["people"], &before["requests"]), (&json!(1), &json!(1)));
    let (_, reset) = world.control("POST /_emulator/v1/reset", Value::Null).await;
    assert!(reset["seq"].as_u64() > before["seq"].as_u64());
    let after = world.get("counts").await;
    assert_eq!((&after["people"], &after["requests"]), (&json!(0), &json!(0)));
    assert_eq!(world.call("PUT /api/v1/customers/1", json!({})).await.0, 200);
    let people = world.get(&format!("people?after={}", reset["seq"])).await;
    assert_eq!(people["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_response_says_that_it_is_the_emulators() {
    let world = World::new().await;
    for line in ["GET /livez", "GET /_emulator/health", "GET /", "GET /nowhere", "GET /_emulator/nowhere"] {
        let response = world.send(world.request(line, &Value::Null), &Value::Null).await;
        assert_eq!(response.headers()["x-customerio-emulator"], env!("CARGO_PKG_VERSION"), "{line}");
    }
}

/// What a page of another site sends is not read, and a body that nothing needs is not either.
#[tokio::test]
async fn large_bodies_are_refused_in_the_shape_of_the_control_api() {
    let world = World::new().await;
    let large = json!({"advance": "x".repeat(2 * 1024 * 1024)});
    let (status, problem) = world.control("POST /_emulator/v1/clock", large).await;
    assert_eq!((status, problem), (413, json!({"error": "the body is too long"})));
}

/// The link to a file is its only credential, and the file is of one workspace.
#[tokio::test]
async fn a_file_of_another_workspace_can_be_read() {
    let workspaces = Workspaces::of(Emulator::builder().with_clock_at(1_700_000_000).build()).with_any_credentials();
    let world = World::serving(&workspaces).await;
    let app = |line: &str, body: &Value| world.request(line, body).header("authorization", "Bearer suite-7");
    let filter = json!({"filters": {"not": {"attribute": {"field": "plan", "operator": "exists"}}}});
    let started = world.send(app("POST /v1/exports/customers", &filter), &filter).await;
    assert_eq!(started.status(), 200);
    workspaces.get("suite-7").unwrap().advance(Duration::from_secs(5));
    let link = world.send(app("GET /v1/exports/1/download", &Value::Null), &Value::Null).await;
    let link: Value = serde_json::from_slice(link.body()).unwrap();
    let path = link["url"].as_str().unwrap().split_once("/files").unwrap().1;
    let file = world.send(world.request(&format!("GET /files{path}"), &Value::Null), &Value::Null).await;
    assert_eq!((file.status().as_u16(), &file.headers()["content-type"]), (200, &"text/csv".parse().unwrap()));
    let wrong = world.send(world.request("GET /files/exports/1.csv?signature=x", &Value::Null), &Value::Null).await;
    assert_eq!(wrong.status(), 403);
}
