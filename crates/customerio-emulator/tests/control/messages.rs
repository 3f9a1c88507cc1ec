//! One message whole: its parts, its files, and what becomes of it.

use customerio_emulator::Channel;
use http::Response;
use serde_json::{Value, json};

use crate::support::World;

async fn raw(world: &World, line: &str) -> Response<bytes::Bytes> {
    world.send(world.request(line, &Value::Null), &Value::Null).await
}

async fn sent(world: &World, line: &str, body: Value) -> String {
    let (status, response) = world.call(line, body).await;
    assert_eq!(status, 200, "{response}");
    response["delivery_id"].as_str().unwrap().to_owned()
}

/// A shop with a template of an e-mail, and Ada.
async fn shop() -> World {
    let world = World::new().await;
    let ada = json!({"email": "ada@example.com", "first_name": "Ada"});
    assert_eq!(world.call("PUT /api/v1/customers/42", ada).await.0, 200);
    let html = "<html><head><style>p{}</style></head><body><p>Hi {{ customer.first_name }}</p>\n\
        <a href=\"https://example.com/orders/{{ trigger.number }}?a=1&amp;b=2\">your order</a> <a href='#top'>up</a></body></html>";
    let parts = [("subject", "Order {{ trigger.number }}"), ("from", "Shop <shop@example.com>"), ("html", html)];
    world.emulator.set_content("order", Channel::Email, "", parts);
    world
}

fn order(number: u32) -> Value {
    json!({
        "transactional_message_id": "order", "to": "ada@example.com", "identifiers": {"id": "42"}, "cc": "bob@example.com",
        "message_data": {"number": number}, "headers": {"X-Order": "17"},
        "attachments": {"bill 1.pdf": "JVBERi0=", "note.txt": "aGk="},
    })
}

#[tokio::test]
async fn an_email_is_shown_whole() {
    let world = shop().await;
    let id = sent(&world, "POST /v1/send/email", order(17)).await;
    let message = world.get(&format!("messages/{id}")).await;
    for (field, expected) in [
        ("subject", json!("Order 17")),
        ("from", json!("Shop <shop@example.com>")),
        ("to", json!("ada@example.com")),
        ("cc", json!("bob@example.com")),
        ("bcc", Value::Null),
        ("template", json!("order")),
        ("broadcast", Value::Null),
        ("preview", json!("Hi Ada your order up")),
        ("text", json!("Hi Ada\nyour order up")),
        ("links", json!(["https://example.com/orders/17?a=1&b=2"])),
        (
            "headers",
            json!([
                ["X-Order", "17"],
                ["List-Unsubscribe", format!("<{}/unsubscribe/{id}>", world.server.url())],
                ["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"],
            ]),
        ),
        ("data", json!({"number": 17})),
        ("problems", json!([])),
        ("problem", Value::Null),
        ("state", json!("queued")),
        (
            "attachments",
            json!([
                {"name": "bill 1.pdf", "bytes": 5, "content_type": "application/pdf"},
                {"name": "note.txt", "bytes": 2, "content_type": "text/plain"},
            ]),
        ),
        ("can", json!(["sent", "delivered", "opened", "clicked", "converted", "bounced", "unsubscribed", "failed"])),
    ] {
        assert_eq!(message[field], expected, "{field}");
    }
    assert!(message["html"].as_str().unwrap().contains("<p>Hi Ada</p>"));
    assert_eq!(message["source"]["subject"], "Order {{ trigger.number }}");
    let request = world.get(&format!("requests/{}", message["request"])).await;
    assert_eq!((&request["path"], &request["verdict"]), (&json!("/v1/send/email"), &json!("accepted")));
    let listed = world.get("messages").await;
    assert_eq!((&listed["items"][0]["subject"], &listed["items"][0]["html"]), (&json!("Order 17"), &Value::Null));
    for (query, expected) in [
        ("q=hi%20ada", 1),
        ("q=orders/17", 1),
        ("q=nowhere", 0),
        ("template=order", 1),
        ("template=1", 1),
        ("template=2", 0),
    ] {
        let found = world.get(&format!("messages?{query}")).await;
        assert_eq!(found["items"].as_array().unwrap().len(), expected, "{query}");
    }
}

#[tokio::test]
async fn html_can_do_nothing_in_a_browser_and_files_are_saved() {
    let world = shop().await;
    let id = sent(&world, "POST /v1/send/email", order(17)).await;
    let html = raw(&world, &format!("GET /_emulator/v1/messages/{id}/html")).await;
    assert_eq!(html.headers()["content-type"], "text/html; charset=utf-8");
    let policy = html.headers()["content-security-policy"].to_str().unwrap();
    let nothing =
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; ";
    assert_eq!(policy, format!("{nothing}font-src data:; img-src data:"));
    let images = raw(&world, &format!("GET /_emulator/v1/messages/{id}/html?images=1")).await;
    assert_eq!(
        images.headers()["content-security-policy"].to_str().unwrap(),
        format!("{nothing}font-src data:; img-src data: https: http:")
    );
    assert_eq!(raw(&world, &format!("GET /_emulator/v1/messages/{id}/html?images=x")).await.status(), 400);
    let text = raw(&world, &format!("GET /_emulator/v1/messages/{id}/text")).await;
    assert_eq!(
        (&text.headers()["content-type"], &text.body()[..]),
        (&"text/plain; charset=utf-8".parse().unwrap(), &b"Hi Ada\nyour order up"[..])
    );
    let file = raw(&world, &format!("GET /_emulator/v1/messages/{id}/attachments/bill%201.pdf")).await;
    let headers = file.headers();
    assert_eq!(&file.body()[..], b"%PDF-");
    assert_eq!(headers["content-type"], "application/octet-stream");
    assert_eq!(headers["content-disposition"], "attachment; filename*=UTF-8''bill%201%2Epdf");
    assert_eq!(headers["content-security-policy"], "sandbox; default-src 'none'");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    for path in ["messages/x/html", "messages/x/text", &format!("messages/{id}/attachments/other.pdf")] {
        assert_eq!(raw(&world, &format!("GET /_emulator/v1/{path}")).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_message_that_fails_says_why_and_one_that_is_not_supported_is_shown_raw() {
    let world = shop().await;
    let mut body = order(17);
    body["message_data"] = json!({});
    let id = sent(&world, "POST /v1/send/email", body).await;
    let message = world.get(&format!("messages/{id}")).await;
    assert_eq!((&message["state"], &message["can"]), (&json!("failed"), &json!([])));
    let problem = &message["problems"][0];
    assert_eq!((&problem["where"], &problem["line"]), (&json!("subject"), &json!(1)));
    assert!(problem["message"].as_str().unwrap().starts_with("`trigger.number` has no value"), "{problem}");
    assert!(message["problem"].as_str().unwrap().starts_with("subject, line 1: `trigger.number` has no value"));
    assert_eq!(message["outcomes"][0]["detail"], message["problem"]);
    let (status, _) =
        world.control(&format!("POST /_emulator/v1/messages/{id}/outcome"), json!({"outcome": "sent"})).await;
    assert_eq!(status, 400);
    assert_eq!(world.get("messages?outcome=failed").await["items"].as_array().unwrap().len(), 1);

    let raw = json!({"to": "a@b", "from": "c@d", "identifiers": {"id": "42"}, "subject": "s", "body": "{% mystery %}"});
    let id = sent(&world, "POST /v1/send/email", raw).await;
    let message = world.get(&format!("messages/{id}")).await;
    assert_eq!((&message["state"], &message["html"]), (&json!("queued"), &json!("{% mystery %}")));
    assert!(message["problem"].as_str().unwrap().starts_with("preview incomplete: html, line 1: "), "{message}");
}

#[tokio::test]
async fn what_becomes_of_a_message_is_said_and_reported() {
    let world = shop().await;
    world.emulator.report_to("http://127.0.0.1:9/hook").unwrap();
    let id = sent(&world, "POST /v1/send/email", order(17)).await;
    let path = format!("POST /_emulator/v1/messages/{id}/outcome");
    for (body, state, detail) in [
        (json!({"outcome": "sent"}), "sent", Value::Null),
        (json!({"outcome": "clicked"}), "clicked", json!("https://example.com/orders/17?a=1&b=2")),
        (json!({"outcome": "clicked", "url": "https://example.com/x"}), "clicked", json!("https://example.com/x")),
        (json!({"outcome": "bounced", "reason": "mailbox full"}), "bounced", json!("mailbox full")),
    ] {
        let (status, reported) = world.control(&path, body).await;
        assert_eq!((status, reported["event_id"].as_str().map(str::len)), (200, Some(26)), "{reported}");
        let message = world.get(&format!("messages/{id}")).await;
        let last = message["outcomes"].as_array().unwrap().last().unwrap();
        assert_eq!((&message["state"], &last["detail"]), (&json!(state), &detail));
    }
    assert_eq!(world.emulator.webhooks_waiting(), 4);
    for (body, status) in
        [(json!({"outcome": "eaten"}), 400), (json!({}), 400), (json!({"outcome": "sent", "nonsense": 1}), 400)]
    {
        assert_eq!(world.control(&path, body.clone()).await.0, status, "{body}");
    }
    let missing = "POST /_emulator/v1/messages/none/outcome";
    assert_eq!(world.control(missing, json!({"outcome": "sent"})).await.0, 404);

    let sms = json!({"transactional_message_id": "code", "to": "+15551234567", "identifiers": {"id": "42"}});
    let id = sent(&world, "POST /v1/send/sms", sms).await;
    let (status, problem) =
        world.control(&format!("POST /_emulator/v1/messages/{id}/outcome"), json!({"outcome": "opened"})).await;
    assert_eq!(status, 400);
    assert!(
        problem["error"].as_str().unwrap().starts_with("outcome must be one of sent, delivered, clicked"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_push_notification_has_what_a_phone_shows() {
    let world = shop().await;
    let push = json!({
        "transactional_message_id": 7, "identifiers": {"id": "42"}, "title": "Hi {{ customer.first_name }}", "message": "Ho",
        "link": "app://orders/17", "image_url": "https://example.com/i.png",
    });
    let id = sent(&world, "POST /v1/send/push", push).await;
    let message = world.get(&format!("messages/{id}")).await;
    let expected = json!(["Hi Ada", "Ho", "app://orders/17", "https://example.com/i.png"]);
    let shown: Value = ["title", "body", "link", "image"].iter().map(|field| message[*field].clone()).collect();
    assert_eq!((shown, &message["links"], &message["preview"]), (expected, &json!(["app://orders/17"]), &json!("Ho")));
    assert_eq!(raw(&world, &format!("GET /_emulator/v1/messages/{id}/html")).await.status(), 404);
}

/// What a mail program does with the headers of a message, and what nobody else can do with a form.
#[tokio::test]
async fn a_mail_program_unsubscribes_with_one_click() {
    let world = shop().await;
    let own = json!([{"name": "list-unsubscribe", "value": "<mailto:out@example.com>"}]).to_string();
    let mut with_its_own = order(1);
    with_its_own["headers"] = own.into();
    let id = sent(&world, "POST /v1/send/email", with_its_own).await;
    let headers = world.get(&format!("messages/{id}")).await["headers"].clone();
    assert_eq!(headers, json!([["list-unsubscribe", "<mailto:out@example.com>"]]), "it is the request's own affair");
    let mut to_nobody = order(1);
    to_nobody["identifiers"] = json!({"id": "nobody"});
    let id = sent(&world, "POST /v1/send/email", to_nobody).await;
    assert_eq!(world.get(&format!("messages/{id}")).await["headers"], json!([["X-Order", "17"]]));

    let id = sent(&world, "POST /v1/send/email", order(17)).await;
    let headers = world.get(&format!("messages/{id}")).await["headers"].clone();
    let url = headers[1][1].as_str().unwrap().trim_start_matches('<').trim_end_matches('>').to_owned();
    let post = async |url: String| {
        let request = http::Request::post(url).header("content-type", "application/x-www-form-urlencoded");
        world.send_text(request, headers[2][1].as_str().unwrap()).await.status()
    };
    for path in ["/_emulator/v1/reset", "/_emulator/v1/faults", "/api/v1/metrics", "/api/v1/customers/42"] {
        let status = post(format!("{}{path}", world.server.url())).await;
        assert!(status.is_client_error(), "{path}: {status}");
    }
    assert!(!world.emulator.person("42").unwrap().unsubscribed());
    assert_eq!(post(url).await, 200);
    assert!(world.emulator.person("42").unwrap().unsubscribed());
    let request = &world.get("requests?route=/unsubscribe/&limit=1").await["items"][0];
    assert_eq!((&request["verdict"], &request["method"]), (&json!("accepted"), &json!("POST")));
}
