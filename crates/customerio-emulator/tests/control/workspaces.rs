//! Which workspace a request to the control API is about.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use customerio_emulator::{Channel, Emulator, Workspaces};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::World;

async fn any() -> (World, Workspaces) {
    let workspaces = Workspaces::of(Emulator::new()).with_any_credentials();
    (World::serving(&workspaces).await, workspaces)
}

/// A call of the service with a credential of its own.
async fn identify(world: &World, credential: &str) {
    let body = json!({"userId": "42"});
    let request = world.request("POST /v1/identify", &body).header("authorization", format!("Bearer {credential}"));
    assert_eq!(world.send(request, &body).await.status(), 200);
}

#[tokio::test]
async fn who_names_a_workspace_that_is_not_there_is_told_which_are() {
    let (world, workspaces) = any().await;
    identify(&world, "pk_suite_7").await;
    for line in [
        "GET /_emulator/v1/people?workspace=pk_suite_8",
        "GET /_emulator/v1/people/42?workspace=pk_suite_8",
        "GET /_emulator/v1/counts?workspace=pk_suite_8",
        "GET /_emulator/v1/stream?workspace=pk_suite_8",
        "DELETE /_emulator/v1/people?workspace=pk_suite_8",
        "POST /_emulator/v1/webhooks/drain?workspace=pk_suite_8",
    ] {
        let (status, problem) = world.control(line, Value::Null).await;
        assert_eq!((status, &problem["workspaces"]), (404, &json!(["default", "w1"])), "{line}: {problem}");
        let text = problem["error"].as_str().unwrap();
        assert!(text.starts_with("there is no workspace pk_suite_8; there are default, w1"), "{text}");
    }
    assert_eq!(workspaces.all().len(), 2, "a typing error makes none");
    assert_eq!(world.get("people?workspace=pk_suite_7").await["items"][0]["id"], "42");
    // What sets one up makes it.
    for (line, body) in [
        ("POST /_emulator/v1/reset?workspace=a", json!({})),
        ("POST /_emulator/v1/clock?workspace=b", json!({"stop": true})),
        ("POST /_emulator/v1/faults?workspace=c", json!({"fault": {"status": 503}})),
        ("PUT /_emulator/v1/seed?workspace=d", json!({"people": [{"id": "7"}]})),
    ] {
        let (status, response) = world.control(line, body).await;
        assert!([200, 201].contains(&status), "{line}: {status} {response}");
    }
    assert_eq!(world.get("people?workspace=d").await["items"][0]["id"], "7");

    let world = World::new().await;
    let (status, problem) = world.control("GET /_emulator/v1/counts?workspace=other", Value::Null).await;
    assert_eq!((status, &problem["workspaces"]), (404, &json!(["default"])));
}

#[tokio::test]
async fn a_list_that_waits_waits_for_its_workspace_too() {
    let (world, _) = any().await;
    let wait = world.get("people?workspace=pk_suite_7&wait=30s");
    let (page, ()) = tokio::join!(wait, identify(&world, "pk_suite_7"));
    assert_eq!(page["items"][0]["id"], "42");

    let started = Instant::now();
    let (status, problem) = world.control("GET /_emulator/v1/people?workspace=pk_other&wait=50ms", Value::Null).await;
    assert_eq!((status, &problem["workspaces"]), (404, &json!(["default", "w1"])));
    assert!(started.elapsed() >= Duration::from_millis(50));
    let (status, _) = world.control("GET /_emulator/v1/people?workspace=pk_other&wait=long", Value::Null).await;
    assert_eq!(status, 400);
}

/// Each takes a connection, and there must be some left for the program that is tested: whether it is a thing that they
/// wait for, or its workspace.
#[tokio::test]
async fn so_many_requests_wait_and_no_more_and_others_are_served() {
    const MOST: usize = 256;
    let world = Arc::new(any().await.0);
    for (query, credential) in [("wait=60s", None), ("wait=60s&workspace=pk_suite_7", Some("pk_suite_7"))] {
        let mut waits = JoinSet::new();
        for _ in 0..MOST + 40 {
            let world = world.clone();
            let line = format!("GET /_emulator/v1/people?{query}");
            waits.spawn(async move { world.control(&line, Value::Null).await });
        }
        for _ in 0..40 {
            let (status, problem) = waits.join_next().await.unwrap().unwrap();
            assert_eq!((status, problem["error"].as_str().unwrap().contains("256 requests wait")), (503, true));
        }
        match credential {
            Some(credential) => identify(&world, credential).await,
            None => assert_eq!(world.call("PUT /api/v1/customers/42", json!({})).await.0, 200),
        }
        for (status, page) in waits.join_all().await {
            assert_eq!((status, &page["items"][0]["id"]), (200, &json!("42")), "{query}: {page}");
        }
    }
    // What is there already is not waited for.
    assert_eq!(world.get("people?wait=1s").await["items"][0]["id"], "42");
}

/// They have no credential: the message says which workspace it is of.
#[tokio::test]
async fn the_links_of_a_message_lead_to_its_own_workspace() {
    let (world, workspaces) = any().await;
    let suite = workspaces.obtain("pk_suite_7").unwrap();
    identify(&world, "pk_suite_7").await;
    let html = "{% unsubscribe_url %} {% manage_subscription_preferences_url %} {% view_in_browser_url %}";
    suite.set_content("news", Channel::Email, "", [("subject", "Hi"), ("html", html)]);
    let email = json!({"transactional_message_id": "news", "to": "ada@example.com", "identifiers": {"id": "42"}});
    let request = world.request("POST /v1/send/email", &email).header("authorization", "Bearer pk_suite_7");
    assert_eq!(world.send(request, &email).await.status(), 200);
    let html = suite.messages()[0].html().unwrap();
    for (link, expected) in html.split(' ').zip(["no more messages", "Messages at all", "unsubscribe"]) {
        let path = link.strip_prefix(&world.server.url()).unwrap();
        let response = world.send(world.request(&format!("GET {path}"), &Value::Null), &Value::Null).await;
        let page = String::from_utf8(response.body().to_vec()).unwrap();
        assert_eq!((response.status().as_u16(), page.contains(expected)), (200, true), "{link}: {page}");
    }
    assert!(suite.person("42").unwrap().unsubscribed());
    assert_eq!((suite.requests(), world.emulator.requests()), (4, 0));
}
