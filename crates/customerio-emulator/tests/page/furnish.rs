//! What the applications of a small shop leave in an emulator: people, messages of every channel, and each verdict.

use std::time::Duration;

use customerio_emulator::{APP_API_KEY, Builder, Emulator, PIPELINES_KEY, SITE_ID, TRACK_API_KEY};
use hyper::Method;
use serde_json::{Value, json};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    http::{Reply, send_json},
    stage::Stage,
};

/// When it is, so that pictures of it are the same each time: 2026-11-26, 10:02 UTC.
const NOW: i64 = 1_795_687_320;

/// The setup of an emulator whose clock stands still.
pub(crate) fn builder() -> Builder {
    Emulator::builder().with_clock_at(NOW)
}

const NODE: &str = "Customer.io Node Client/5.2.0";
const PYTHON: &str = "Customer.io Python Client/3.2.0";
const RUBY: &str = "Customer.io Ruby Client/5.3.0";

/// Puts everything there. Webhooks go to `receiver`.
pub(crate) async fn furnish(stage: &Stage, receiver: &str) {
    stage.control(Method::PUT, "seed", seed()).await;
    stage.server.emulator().report_to(receiver).unwrap();
    let shop = Shop { stage };
    for (method, path, body) in profiles() {
        shop.track(PYTHON, method, path, body).await;
    }
    for (id, name, data) in visits() {
        shop.track(NODE, Method::POST, &format!("/api/v1/customers/{id}/events"), json!({"name": name, "data": data}))
            .await;
    }
    shop.pipelines("/v1/identify", json!({"userId": "5", "traits": {"plan": "team", "company": "Compilers Ltd"}}))
        .await;
    shop.pipelines(
        "/v1/page",
        json!({"userId": "5", "name": "Pricing", "properties": {"url": "https://shop.example/pricing"}}),
    )
    .await;
    shop.pipelines("/v1/batch", json!({"batch": [
        {"type": "track", "userId": "4", "event": "added to basket", "properties": {"sku": "tea-042", "price": 7.5}},
        {"type": "track", "userId": "4", "properties": {"sku": "tea-043"}},
    ]})).await;
    for (path, body) in messages() {
        shop.app(path, body).await;
    }
    shop.mistakes().await;
}

struct Shop<'s> {
    stage: &'s Stage,
}

impl Shop<'_> {
    /// Sends a request, a little after the last one.
    async fn send(&self, client: &str, method: Method, path: &str, authorization: &str, body: Value) -> Reply {
        let pause = 700 + 37 * (path.len() as u64 % 40);
        self.stage.server.emulator().advance(Duration::from_millis(pause));
        let headers = [("authorization", authorization), ("user-agent", client)];
        send_json(method, &self.stage.url(path), &headers, &body).await
    }

    async fn track(&self, client: &str, method: Method, path: &str, body: Value) {
        let credentials = STANDARD.encode(format!("{SITE_ID}:{TRACK_API_KEY}"));
        let reply = self.send(client, method, path, &format!("Basic {credentials}"), body).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    }

    async fn pipelines(&self, path: &str, body: Value) {
        let credentials = STANDARD.encode(format!("{PIPELINES_KEY}:"));
        let reply =
            self.send("cdp-analytics-node/0.5.9", Method::POST, path, &format!("Basic {credentials}"), body).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    }

    async fn app(&self, path: &str, body: Value) {
        let reply = self.send(NODE, Method::POST, path, &format!("Bearer {APP_API_KEY}"), body).await;
        assert!((200..300).contains(&reply.status), "{path}: {}", reply.text());
    }

    /// What does not go as somebody thought.
    async fn mistakes(&self) {
        let credentials = STANDARD.encode(format!("{SITE_ID}:{TRACK_API_KEY}"));
        let (track, app) = (format!("Basic {credentials}"), format!("Bearer {APP_API_KEY}"));
        let wrong = STANDARD.encode(format!("{SITE_ID}:another-key"));
        let faults = json!({"match": {"method": "DELETE"}, "fault": {"status": 503, "retry_after": "2s"}, "times": 1});
        self.stage.control(Method::POST, "faults", faults).await;
        let always = json!({"match": {"route": "/v1/send/push"}, "fault": {"delay": "2s"}, "times": 3});
        self.stage.control(Method::POST, "faults", always).await;
        let email =
            json!({"to": "nobody", "identifiers": {}, "subject": 7, "body": "Hello", "from": "shop@example.com"});
        for (client, method, path, authorization, body, status) in [
            (RUBY, Method::PUT, "/api/v1/customer/7", &track, json!({"plan": "pro"}), 404),
            (NODE, Method::POST, "/v1/send/email", &app, email, 400),
            (PYTHON, Method::PUT, "/api/v1/customers/9", &format!("Basic {wrong}"), json!({"plan": "pro"}), 401),
            (NODE, Method::DELETE, "/api/v1/customers/9", &track, Value::Null, 503),
            (PYTHON, Method::POST, "/api/v1/customers/1/events", &track, json!({"data": {"price": 3}}), 400),
        ] {
            let reply = self.send(client, method, path, authorization, body).await;
            assert_eq!(reply.status, status, "{path}: {}", reply.text());
        }
    }
}

fn profiles() -> Vec<(Method, &'static str, Value)> {
    let person = |path, attributes| (Method::PUT, path, attributes);
    vec![
        person("/api/v1/customers/1", json!({"email": "ada@example.com", "first_name": "Ada", "plan": "free"})),
        person("/api/v1/customers/2", json!({"email": "grace@example.com", "first_name": "Grace", "plan": "team"})),
        person("/api/v1/customers/3", json!({"email": "edsger@example.com", "first_name": "Edsger", "plan": "free"})),
        person("/api/v1/customers/4", json!({"email": "barbara@example.com", "first_name": "Barbara", "plan": "pro"})),
        person(
            "/api/v1/customers/5",
            json!({"email": "annie@example.com", "first_name": "Annie", "phone": "+447700900123"}),
        ),
        person(
            "/api/v1/customers/1/devices",
            json!({"device": {"id": "ios-7f3a", "platform": "ios", "last_used": NOW}}),
        ),
        person("/api/v1/customers/5/devices", json!({"device": {"id": "android-19c2", "platform": "android"}})),
        person(
            "/api/v1/customers/1",
            json!({"plan": "pro", "seats": 3, "address": {"city": "London", "country": "GB"}}),
        ),
        (Method::POST, "/api/v1/segments/7/add_customers", json!({"ids": ["1", "4"]})),
        (
            Method::POST,
            "/api/v2/entity",
            json!({"type": "object", "identifiers": {"object_type_id": "1", "object_id": "acme"}, "action": "identify",
                "attributes": {"name": "Acme", "seats": 12},
                "cio_relationships": [{"identifiers": {"id": "1"}, "relationship_attributes": {"role": "owner"}}]}),
        ),
    ]
}

fn visits() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("1", "signed up", json!({"source": "newsletter"})),
        ("2", "invited colleague", json!({"email": "alan@example.com"})),
        ("1", "purchase", json!({"sku": "tea-042", "price": 23.45, "currency": "GBP"})),
        ("3", "viewed pricing", json!({})),
        ("4", "purchase", json!({"sku": "tea-017", "price": 8.9, "currency": "GBP"})),
    ]
}

fn messages() -> Vec<(&'static str, Value)> {
    let order = json!({"number": "A-1042", "total": "£23.45", "items": [{"name": "Darjeeling, 250 g", "price": "£15.95"}, {"name": "Oolong, 100 g", "price": "£7.50"}]});
    vec![
        (
            "/v1/send/email",
            json!({"transactional_message_id": "welcome", "to": "ada@example.com", "identifiers": {"id": "1"}, "message_data": {"link": "https://shop.example/start"}}),
        ),
        (
            "/v1/send/sms",
            json!({"transactional_message_id": "code", "to": "+447700900123", "identifiers": {"id": "5"}, "message_data": {"code": "481 927"}}),
        ),
        (
            "/v1/send/push",
            json!({"transactional_message_id": "shipped", "to": "all", "identifiers": {"id": "1"}, "message_data": {"number": "A-1042"}}),
        ),
        (
            "/v1/send/email",
            json!({"to": "barbara@example.com", "from": "shop@example.com", "subject": "Your invoice", "body": "<p>It is attached.</p>", "identifiers": {"id": "4"}, "attachments": {"invoice.pdf": "JVBERi0xLjQK"}}),
        ),
        ("/v1/campaigns/12/triggers", json!({"ids": ["1", "4"], "data": {"headline": "First flush"}})),
        (
            "/v1/send/email",
            json!({"transactional_message_id": "receipt", "to": "ada@example.com", "identifiers": {"id": "1"}, "message_data": {"order": order}}),
        ),
    ]
}

/// The workspace as a document.
fn seed() -> Value {
    json!({
        "workspace": {
            "segments": [{"id": 7, "name": "Beta", "description": "People who try what is new"}, {"id": 8, "name": "Paying", "description": ""}],
            "broadcasts": [{"id": 12, "name": "November news", "template": "news"}],
            "topics": [{"id": 1, "name": "News", "subscribed_by_default": true}],
            "senders": [{"id": 1, "name": "Tea shop", "email": "shop@example.com"}],
            "outcomes": ["sent", "delivered", {"outcome": "opened", "after": "10m"}],
        },
        "people": [
            {"id": "6", "email": "alan@example.com", "first_name": "Alan", "plan": "team"},
            {"id": "7", "email": "katherine@example.com", "first_name": "Katherine", "plan": "free", "_segments": [8]},
        ],
        "events": [{"person": "6", "name": "signed up", "timestamp": NOW - 86_400, "data": {"source": "search"}}],
        "templates": {
            "welcome": {
                "meta.json": {"id": 3, "subject": "Welcome, {{ customer.first_name }}", "from": "Tea shop <shop@example.com>"},
                "email.html": WELCOME,
                "email.txt": "Hello {{ customer.first_name }}, thank you for joining.\n",
            },
            "receipt": {
                "meta.json": {"id": 4, "subject": "Your order {{ trigger.order.number }}", "from": "Tea shop <shop@example.com>"},
                "email.html": RECEIPT,
            },
            "news": {
                "meta.json": {"id": 5, "subject": "{{ trigger.headline }}", "from": "Tea shop <shop@example.com>"},
                "email.html": "<h1>{{ trigger.headline }}</h1><p>The first leaves of the year have come.</p>",
            },
            "code": {"meta.json": {"id": 6}, "sms.txt": "{{ trigger.code }} is your code. It is good for ten minutes."},
            "shipped": {"meta.json": {"id": 7}, "push.json": {
                "title": "Your tea is on its way", "message": "Order {{ trigger.number }} left us this morning.", "link": "https://shop.example/orders",
            }},
        },
        "snippets": {"footer": "Tea shop, 1 High Street, London"},
    })
}

const WELCOME: &str = r#"<div style="font: 16px/1.5 Georgia, serif; max-width: 520px; margin: 0 auto; padding: 32px 24px; color: #2b2a27">
<p style="letter-spacing: .2em; font-size: 12px; color: #8a6d3b">TEA SHOP</p>
<h1 style="font-weight: 400; font-size: 28px; line-height: 1.2">Welcome, {{ customer.first_name }}</h1>
<p>Thank you for joining. Your first pot is on us.</p>
<p><a href="{{ trigger.link }}" style="display: inline-block; padding: 10px 18px; background: #4a5d3a; color: #fff; text-decoration: none">Choose a tea</a></p>
<p style="font-size: 12px; color: #77736b">{{ snippets.footer }}</p></div>"#;

const RECEIPT: &str = r#"<div style="font: 16px/1.5 Georgia, serif; max-width: 520px; margin: 0 auto; padding: 32px 24px; color: #2b2a27">
<p style="letter-spacing: .2em; font-size: 12px; color: #8a6d3b">TEA SHOP</p>
<h1 style="font-weight: 400; font-size: 28px; line-height: 1.2">Thank you, {{ customer.first_name }}</h1>
<p>Your order {{ trigger.order.number }} is being packed.</p>
<table style="width: 100%; border-collapse: collapse">{% for item in trigger.order.items %}
<tr><td style="padding: 8px 0; border-top: 1px solid #e4ded2">{{ item.name }}</td><td style="padding: 8px 0; border-top: 1px solid #e4ded2; text-align: right">{{ item.price }}</td></tr>{% endfor %}
<tr><td style="padding: 8px 0; border-top: 2px solid #2b2a27"><b>Total</b></td><td style="padding: 8px 0; border-top: 2px solid #2b2a27; text-align: right"><b>{{ trigger.order.total }}</b></td></tr></table>
<p style="font-size: 12px; color: #77736b">{{ snippets.footer }}</p></div>"#;
