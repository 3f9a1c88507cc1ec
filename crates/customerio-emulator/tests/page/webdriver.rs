//! A client of the W3C's `WebDriver`, as much of it as the tests use. <https://www.w3.org/TR/webdriver2/>

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{self, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::http::send_json;

/// How long is waited for anything: far longer than it takes, because the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How often it is looked whether something has come to be.
const POLL: Duration = Duration::from_millis(20);

/// The name of the field that has an element's reference.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys without a character of their own.
pub(crate) mod key {
    pub(crate) const ENTER: &str = "\u{E007}";
    pub(crate) const ESCAPE: &str = "\u{E00C}";
    pub(crate) const TAB: &str = "\u{E004}";
}

/// A headless Chromium, and the chromedriver that drives it. Both end when it is dropped.
pub(crate) struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
    folder: PathBuf,
}

impl Browser {
    /// Starts a browser with `switches` beside the usual ones.
    pub(crate) async fn start(switches: &[String]) -> Self {
        static BROWSERS: AtomicUsize = AtomicUsize::new(0);
        let number = BROWSERS.fetch_add(1, Ordering::Relaxed);
        // Short, because sockets are in it, and their paths have a limit.
        let folder = env::temp_dir().join(format!("page-{}-{number}", process::id()));
        fs::create_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let (driver, address) = start_driver(&folder).await;
        // From here on dropping it ends the driver.
        let mut browser = Self { driver, address, session: String::new(), folder };
        let mut arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-color-profile=srgb",
            "--window-size=1440,1000",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.extend_from_slice(switches);
        let chromium = env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
        let body = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": chromium, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "unhandledPromptBehavior": "ignore",
        }}});
        let session = browser.command(Method::POST, "/session", &body).await.expect("a session");
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    /// Sends a request without a body to the driver, where nothing can be awaited.
    fn ask_while_blocking(&self, request: &str) -> io::Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "{request} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address)?;
        // The response begins when it is done.
        stream.read_exact(&mut [0])
    }

    /// A command of the driver. Where it fails, the error is what the driver says.
    async fn command(&self, method: Method, path: &str, body: &Value) -> Result<Value, String> {
        let url = format!("http://{}{path}", self.address);
        let sent = send_json(method, &url, &[], body);
        let mut response = timeout(PATIENCE * 2, sent).await.unwrap_or_else(|_| panic!("{path}: no response")).json();
        match response["value"]["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", response["value"]["message"].as_str().unwrap_or_default())),
            None => Ok(response["value"].take()),
        }
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        self.command(Method::POST, &format!("{}{path}", self.session), &body).await
    }

    async fn get(&self, path: &str) -> Value {
        let path = format!("{}{path}", self.session);
        self.command(Method::GET, &path, &Value::Null).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Opens a URL, and waits for what the page loads.
    pub(crate) async fn open(&self, url: &str) {
        self.post("/url", json!({"url": url})).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Runs the body of a function in the page, and gives what it returns. A promise is awaited.
    pub(crate) async fn run(&self, script: &str, arguments: Value) -> Value {
        self.try_run(script, &arguments).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    async fn try_run(&self, script: &str, arguments: &Value) -> Result<Value, String> {
        self.post("/execute/sync", json!({"script": script, "args": arguments})).await
    }

    /// The value of an expression.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.run(&format!("return {expression}"), json!([])).await
    }

    /// Waits until an expression is true, and gives its value.
    pub(crate) async fn wait(&self, expression: &str) -> Value {
        let script = format!("return {expression}");
        let no = [Value::Null, Value::Bool(false), json!(0), json!("")];
        self.until(expression, || async { self.try_run(&script, &json!([])).await }, |value| !no.contains(value)).await
    }

    /// Tries until the outcome is as wanted, such as while the page replaces an element.
    async fn until<F: Future<Output = Result<Value, String>>>(
        &self,
        what: &str,
        attempt: impl Fn() -> F,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let started = Instant::now();
        loop {
            let outcome = attempt().await;
            if let Ok(value) = &outcome
                && wanted(value)
            {
                return outcome.unwrap_or_default();
            }
            if started.elapsed() >= PATIENCE {
                let shown = self.try_run("return location.href + '\\n' + document.body?.innerText", &json!([])).await;
                panic!("not within {PATIENCE:?}: {what}; last: {outcome:?}; the page: {}", shown.unwrap_or_default());
            }
            sleep(POLL).await;
        }
    }

    /// Clicks the first element that a CSS selector finds, once it is there and nothing covers it.
    pub(crate) async fn click(&self, css: &str) {
        let attempt = || async {
            let element = self.find(css).await?;
            self.post(&format!("/element/{element}/click"), json!({})).await
        };
        self.until(&format!("click {css}"), attempt, |_| true).await;
    }

    async fn find(&self, css: &str) -> Result<String, String> {
        let found = self.post("/element", json!({"using": "css selector", "value": css})).await?;
        Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
    }

    /// Waits for an element, and gives the text of it that can be seen.
    pub(crate) async fn text(&self, css: &str) -> String {
        let attempt = || async {
            let element = self.find(css).await?;
            let path = format!("{}/element/{element}/text", self.session);
            self.command(Method::GET, &path, &Value::Null).await
        };
        let text = self.until(&format!("text of {css}"), attempt, |_| true).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an element shows a text.
    pub(crate) async fn wait_for_text(&self, css: &str, text: &str) {
        self.wait(&format!("document.querySelector({css:?})?.innerText.includes({text:?})")).await;
    }

    /// Notes in the page when an element is first there, in milliseconds since 1970: `window.noted[name]`.
    pub(crate) async fn note_when(&self, name: &str, css: &str) {
        let script = "
            const [name, css] = arguments
            window.noted ??= {}
            const look = () => {
                if (!document.querySelector(css)) return false
                window.noted[name] = performance.timeOrigin + performance.now()
                return true
            }
            if (look()) return
            const observer = new MutationObserver(() => { if (look()) observer.disconnect() })
            observer.observe(document, {subtree: true, childList: true, attributes: true})";
        self.run(script, json!([name, css])).await;
    }

    /// Waits until the page asks for nothing and has not changed for a while.
    pub(crate) async fn wait_until_quiet(&self) {
        let script = "return new Promise((resolve) => {
            const quiet = () => { observer.disconnect(); resolve() }
            let timer = setTimeout(quiet, 150)
            const again = () => { clearTimeout(timer); timer = setTimeout(quiet, 150) }
            const observer = new MutationObserver(again)
            observer.observe(document, {subtree: true, childList: true, characterData: true})
        })";
        self.run(script, json!([])).await;
    }

    /// Presses keys one after the other, wherever the focus is.
    pub(crate) async fn keys(&self, keys: &str) {
        let actions: Vec<Value> =
            keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key}))).collect();
        let body = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        self.post("/actions", body).await.unwrap_or_else(|error| panic!("keys {keys:?}: {error}"));
    }

    /// A PNG of what the window shows.
    pub(crate) async fn screenshot(&self) -> Vec<u8> {
        STANDARD.decode(self.get("/screenshot").await.as_str().unwrap()).unwrap()
    }

    /// Opens a tab, and has the commands that follow go to it. Gives its handle.
    pub(crate) async fn new_tab(&self) -> String {
        let tab = self.post("/window/new", json!({"type": "tab"})).await.unwrap();
        let handle = tab["handle"].as_str().unwrap().to_owned();
        self.switch_to(&handle).await;
        handle
    }

    /// The tab that the commands go to.
    pub(crate) async fn tab(&self) -> String {
        self.get("/window").await.as_str().unwrap().to_owned()
    }

    /// Has the commands that follow go to a tab.
    pub(crate) async fn switch_to(&self, tab: &str) {
        self.post("/window", json!({"handle": tab})).await.unwrap_or_else(|error| panic!("{tab}: {error}"));
    }

    /// A command of Chromium's own protocol, for the tab. <https://chromedevtools.github.io/devtools-protocol/>
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        self.post("/goog/cdp/execute", body).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Gives the tab a viewport of so many pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Has the tab prefer a colour scheme: `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Waits until the responses to the tab's requests for URLs with `part` in them are as wanted: method, URL and status
    /// of each, since the network log was last taken.
    pub(crate) async fn wait_for_responses(
        &self,
        part: &str,
        wanted: impl Fn(&[(String, String, u64)]) -> bool,
    ) -> Vec<(String, String, u64)> {
        let (started, mut methods, mut seen) = (Instant::now(), BTreeMap::new(), Vec::new());
        while started.elapsed() < PATIENCE {
            for (name, event) in self.take_network_log().await {
                let id = event["requestId"].to_string();
                if name == "Network.requestWillBeSent" {
                    methods.insert(id, event["request"]["method"].as_str().unwrap().to_owned());
                } else if name == "Network.responseReceived" {
                    let url = event["response"]["url"].as_str().unwrap();
                    if let (true, Some(method)) = (url.contains(part), methods.get(&id)) {
                        seen.push((method.clone(), url.to_owned(), event["response"]["status"].as_u64().unwrap()));
                    }
                }
            }
            if wanted(&seen) {
                return seen;
            }
            sleep(POLL).await;
        }
        panic!("not within {PATIENCE:?}: responses from {part}; there are {seen:?}");
    }

    /// Has the commands that follow go to a frame of the page.
    pub(crate) async fn enter_frame(&self, css: &str) {
        let attempt = || async {
            let frame = self.find(css).await?;
            self.post("/frame", json!({"id": {ELEMENT: frame}})).await
        };
        self.until(&format!("enter {css}"), attempt, |_| true).await;
    }

    /// Has the commands that follow go to the page again, and not to a frame of it.
    pub(crate) async fn leave_frame(&self) {
        self.post("/frame", json!({"id": null})).await.unwrap();
    }

    /// Takes what was written to the console since the last time, by all tabs.
    pub(crate) async fn take_console(&self) -> Vec<String> {
        let entries = self.take_log("browser").await;
        entries.iter().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Takes what the tabs have sent and received since the last time: the names and contents of the events.
    pub(crate) async fn take_network_log(&self) -> Vec<(String, Value)> {
        let entries = self.take_log("performance").await;
        let events = entries.iter().map(|entry| {
            let mut event: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let event = &mut event["message"];
            (event["method"].as_str().unwrap().to_owned(), event["params"].take())
        });
        events.collect()
    }

    async fn take_log(&self, kind: &str) -> Vec<Value> {
        let log = self.post("/se/log", json!({"type": kind})).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
        log.as_array().unwrap().clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser, and then itself; a test that has failed is not held up for long.
        for request in [format!("DELETE {}", self.session), "GET /shutdown".to_owned()] {
            if let Err(error) = self.ask_while_blocking(&request) {
                eprintln!("{request}: {error}");
            }
        }
        let _ = self.driver.start_kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Starts the driver on a port that it finds, with a folder of its own for what is temporary. Gives where it listens.
async fn start_driver(folder: &Path) -> (Child, SocketAddr) {
    // It wants the same port of IPv4 and of IPv6, and ends where somebody has one of them.
    for _ in 0..5 {
        if let Some(started) = try_driver(folder).await {
            return started;
        }
    }
    panic!("chromedriver ends and tells no port");
}

async fn try_driver(folder: &Path) -> Option<(Child, SocketAddr)> {
    let program = env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
    let mut driver = Command::new(&program)
        .arg("--port=0")
        .env("TMPDIR", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; .ci/page installs it"));
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, port)) = line.trim_end_matches('.').rsplit_once("started successfully on port ") {
                return Some(port.parse::<u16>().unwrap());
            }
        }
        None
    };
    let port = timeout(PATIENCE, port).await.unwrap_or_else(|_| panic!("{program} tells no port"))?;
    // What else it writes must not fill the pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Some((driver, SocketAddr::from(([127, 0, 0, 1], port))))
}
