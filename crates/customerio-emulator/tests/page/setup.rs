//! The programs that the Setup page gives work when they are pasted.

use std::{env, fs, path::PathBuf, process::Stdio};

use hyper::Method;
use serde_json::{Value, json};
use tokio::{process::Command, time::timeout};

use crate::{stage::Stage, webdriver::PATIENCE};

/// A client: its name on the page, the folder below target/clients that its packages are in, and what runs its program.
/// The other clients are not installed here; that for Python's Track API speaks https alone, which this server does not.
const CLIENTS: [(&str, &str, &str); 3] =
    [("node", "node", "node"), ("node-cdp", "node", "node"), ("python-cdp", "python-cdp", "python3")];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn the_first_programs_of_the_setup_page_work() {
    let clients = PathBuf::from(env::var("OFFICIAL_CLIENTS").expect("OFFICIAL_CLIENTS is a folder: run .ci/page"));
    let stage = Stage::new().await;
    for (client, folder, interpreter) in CLIENTS {
        stage.control(Method::POST, "reset", json!({})).await;
        stage.open("setup").await;
        stage.browser.click(&format!("[data-testid=setup-{client}]")).await;
        stage.browser.wait(&format!("location.hash === '#/setup/{client}'")).await;
        let text = format!(
            "document.querySelector('[data-testid=setup-{client}][aria-current=true]') && \
             document.querySelector('[data-testid=program]').textContent"
        );
        let program = stage.browser.wait(&text).await.as_str().unwrap().to_owned();

        // Beside the packages, where the language looks for them.
        let extension = if interpreter == "node" { "mjs" } else { "txt" };
        let file = clients.join(folder).join(format!("first-{}.{extension}", std::process::id()));
        fs::write(&file, program).unwrap();
        let mut command = Command::new(interpreter);
        command.arg(&file).stdin(Stdio::null()).kill_on_drop(true);
        // A proxy would not reach this machine's loopback.
        command.env("PYTHONPATH", clients.join(folder)).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
        let output = timeout(PATIENCE, command.output()).await;
        fs::remove_file(&file).unwrap();
        let output = output.unwrap_or_else(|_| panic!("{client}: the program does not end")).unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{client}: {} {said}", output.status);

        let requests = stage.items("requests").await;
        assert!(!requests.is_empty(), "{client}: it has sent nothing");
        for request in requests {
            assert!(["accepted", "tolerated"].contains(&request["verdict"].as_str().unwrap()), "{client}: {request}");
        }
        let person = stage.control(Method::GET, "people/42", Value::Null).await;
        assert_eq!(person["email"], "ada@example.com", "{client}");
        assert_eq!(stage.items("events").await[0]["name"], "purchase", "{client}");
        if client == "node" {
            assert_eq!(stage.items("messages").await[0]["to"], "ada@example.com", "{client}");
        }
    }
}
