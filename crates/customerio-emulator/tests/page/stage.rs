//! An emulator that is served, and a browser to look at its page with.

use std::{collections::BTreeMap, sync::Arc};

use customerio_emulator::{APP_API_KEY, Emulator, SITE_ID, Server, TRACK_API_KEY, Workspaces};
use hyper::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    http::{Carrier, Reply, send_json},
    webdriver::Browser,
};

pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) browser: Browser,
    /// Webhooks leave as long as it is there.
    _webhooks: JoinSet<()>,
}

impl Stage {
    /// A new emulator with its own credentials, and a browser that shows nothing yet.
    pub(crate) async fn new() -> Self {
        Self::with(Emulator::new(), &[]).await
    }

    /// Serves an emulator, or several, and starts a browser with switches of its own.
    pub(crate) async fn with(workspaces: impl Into<Workspaces>, switches: &[String]) -> Self {
        let workspaces = workspaces.into();
        let server = workspaces.serve("127.0.0.1:0").await.unwrap();
        workspaces.set_webhook_transport(Arc::new(Carrier));
        let webhooks = JoinSet::from_iter([async move { workspaces.run_webhooks().await }]);
        Self { server, browser: Browser::start(switches).await, _webhooks: webhooks }
    }

    /// The URL of a path of the server, which begins with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }

    /// Opens a page of the application, such as `people`, and waits until it is there.
    pub(crate) async fn open(&self, page: &str) {
        self.browser.open(&self.url(&format!("/_emulator/#/{page}"))).await;
        self.browser.wait_for_text("[data-testid=connection]", "live").await;
    }

    /// Calls the control API, which must succeed.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let reply = send_json(method, &self.url(&format!("/_emulator/v1/{path}")), &[], &body).await;
        assert!((200..300).contains(&reply.status), "{path}: {} {}", reply.status, reply.text());
        reply.json()
    }

    /// The items of a list of the control API.
    pub(crate) async fn items(&self, list: &str) -> Vec<Value> {
        self.control(Method::GET, list, Value::Null).await["items"].as_array().unwrap().clone()
    }

    /// Calls the Track API.
    pub(crate) async fn track(&self, method: Method, path: &str, body: Value) -> Reply {
        self.track_of(SITE_ID, method, path, body).await
    }

    /// Calls the Track API with a Site ID, which chooses the workspace.
    pub(crate) async fn track_of(&self, site_id: &str, method: Method, path: &str, body: Value) -> Reply {
        let credentials = STANDARD.encode(format!("{site_id}:{TRACK_API_KEY}"));
        send_json(method, &self.url(path), &[("authorization", &format!("Basic {credentials}"))], &body).await
    }

    /// Adds a person, or changes one.
    pub(crate) async fn identify(&self, id: &str, attributes: Value) {
        let reply = self.track(Method::PUT, &format!("/api/v1/customers/{id}"), attributes).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    /// Sends an e-mail, and gives its `delivery_id`.
    pub(crate) async fn send_email(&self, to: &str, subject: &str, body: &str) -> String {
        let email = json!({
            "to": to, "from": "shop@example.com", "subject": subject, "body": body, "identifiers": {"email": to},
        });
        let key = format!("Bearer {APP_API_KEY}");
        let reply = send_json(Method::POST, &self.url("/v1/send/email"), &[("authorization", &key)], &email).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["delivery_id"].as_str().unwrap().to_owned()
    }

    /// The pages of the application: the lists, and of each list one thing of each kind. It is what stands behind `#/`.
    pub(crate) async fn pages(&self) -> Vec<String> {
        let mut pages: Vec<String> = PAGES.map(str::to_owned).to_vec();
        for (list, id, kind) in [
            ("requests", "seq", "verdict"),
            ("people", "cio_id", "devices"),
            ("messages", "delivery_id", "channel"),
            ("events", "seq", "type"),
            ("segments", "id", "people"),
            ("webhooks", "seq", "state"),
        ] {
            let mut kinds = BTreeMap::new();
            for item in self.items(list).await {
                let page = item[id].as_str().map_or_else(|| item[id].to_string(), str::to_owned);
                kinds.entry(item[kind].to_string()).or_insert(format!("{list}/{page}"));
            }
            assert!(!kinds.is_empty(), "there are no {list}");
            pages.extend(kinds.into_values());
        }
        pages
    }
}

/// The pages that the application has, each as it is before anything of it is opened.
pub(crate) const PAGES: [&str; 8] =
    ["requests", "people", "messages", "events", "segments", "webhooks", "faults", "setup"];

/// The sizes of a window on a desk and of one in a hand, in pixels.
pub(crate) const SIZES: [(u32, u32); 2] = [(1440, 900), (390, 844)];
