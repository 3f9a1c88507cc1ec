//! The vendor's own clients against the emulator, over real sockets: every call of theirs that it models is accepted, and
//! what it says arrives. `.ci/clients` installs the clients and runs this.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod authority;

use std::{collections::BTreeSet, env, path::PathBuf, process::Stdio, time::Duration};

use customerio_core::{Client, track::EventType};
use customerio_emulator::{APP_API_KEY, Channel, Deviation, Emulator, PIPELINES_KEY, SITE_ID, TRACK_API_KEY};
use serde_json::Value;
use tokio::{process::Command, time::timeout};

/// A program takes a second or two; a busy machine needs more.
const PATIENCE: Duration = Duration::from_secs(120);

/// One client.
struct Suite {
    client: &'static str,
    program: &'static str,
    /// Which of the program's parts has the client's calls.
    part: &'static str,
    /// The folder that Python has the client from.
    packages: Option<&'static str>,
    /// Looks at what has arrived.
    arrived: fn(&Emulator),
}

const fn node(client: &'static str, part: &'static str, arrived: fn(&Emulator)) -> Suite {
    Suite { client, program: "node", part, packages: None, arrived }
}

const fn python(client: &'static str, part: &'static str, packages: &'static str, arrived: fn(&Emulator)) -> Suite {
    Suite { client, program: "python3", part, packages: Some(packages), arrived }
}

static SUITES: [Suite; 7] = [
    node("customerio-node, TrackClient", "track", node_track),
    node("customerio-node, APIClient", "app", node_app),
    node("customerio-node, PipelinesClient", "pipelines", node_pipelines),
    node("@customerio/cdp-analytics-node", "cdp", node_cdp),
    python("customerio (Python), CustomerIO", "track", "python", python_track),
    python("customerio (Python), APIClient", "app", "python", python_app),
    python("customerio-cdp-analytics (Python)", "cdp", "python-cdp", python_cdp),
];

#[tokio::test]
#[ignore = "needs Node, Python and the clients: run .ci/clients"]
async fn every_call_is_accepted_and_arrives() {
    let mut rows = vec![row(["client", "version", "calls", "requests", "accepted", "with deviations", "dropped"])];
    let (mut problems, mut deviations) = (Vec::new(), BTreeSet::new());
    for suite in &SUITES {
        let emulator = prepared().await;
        let before = usize::try_from(emulator.requests()).unwrap();
        let said = run(suite, &emulator).await;
        let failed = said["failed"].as_array().unwrap();
        let mut found = failed.iter().map(ToString::to_string).collect::<Vec<_>>();
        let log = emulator.request_log().split_off(before);
        for logged in &log {
            let line = format!("{} {}", logged.method, logged.path.split('?').next().unwrap_or_default());
            deviations
                .extend(logged.deviations.iter().map(|deviation| format!("{line}: {}", without_index(deviation))));
            if !logged.status.is_success() {
                found.push(format!("{line}: {}", logged.status));
            }
        }
        let accepted = log.iter().filter(|logged| logged.status.is_success()).count();
        let deviating = log.iter().filter(|logged| !logged.deviations.is_empty()).count();
        if emulator.dropped() > 0 {
            found.push(format!("{} calls were dropped", emulator.dropped()));
        }
        let numbers = [log.len(), accepted, deviating].map(|number| number.to_string());
        let [requests, accepted, deviating] = numbers.each_ref().map(String::as_str);
        let (calls, dropped) = (said["calls"].to_string(), emulator.dropped().to_string());
        let version = said["version"].as_str().unwrap();
        rows.push(row([suite.client, version, &calls, requests, accepted, deviating, &dropped]));
        if found.is_empty() {
            (suite.arrived)(&emulator);
        }
        problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", suite.client)));
    }
    let deviations = deviations.into_iter().collect::<Vec<_>>().join("\n");
    println!("-- where they deviate from the contract\n{deviations}\n-- the clients\n{}", rows.join("\n"));
    assert!(problems.is_empty(), "{} problems: {}", problems.len(), problems[..problems.len().min(10)].join("\n"));
}

fn row([client, version, calls, requests, accepted, deviating, dropped]: [&str; 7]) -> String {
    format!("{client:34} {version:>7} {calls:>6} {requests:>9} {accepted:>9} {deviating:>16} {dropped:>8}")
}

/// A deviation, for all calls of a batch alike.
fn without_index(deviation: &Deviation) -> String {
    let index = deviation.pointer.strip_prefix("/batch/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let text = deviation.to_string();
    text.replacen(&format!("/batch/{index}"), "/batch/*", 1).replacen(&format!("batch[{index}]"), "batch[*]", 1)
}

/// An emulator with what the calls of the App API are about.
async fn prepared() -> Emulator {
    let emulator = Emulator::new();
    emulator.create_segment(7);
    for broadcast in 1..=7 {
        emulator.create_broadcast(broadcast);
    }
    let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
    track.identify("42", serde_json::json!({"email": "grace@example.com"})).await.unwrap();
    emulator
}

/// Runs the calls, and gives what the program says of them.
async fn run(suite: &Suite, emulator: &Emulator) -> Value {
    let clients = PathBuf::from(env::var("OFFICIAL_CLIENTS").expect("OFFICIAL_CLIENTS is a folder: run .ci/clients"));
    let server = emulator.serve_on_loopback().await.unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/official_clients");
    let mut command = Command::new(suite.program);
    if let Some(packages) = suite.packages {
        command.arg(format!("{folder}/python.py")).env("PYTHONPATH", clients.join(packages));
    } else {
        command.arg(format!("{folder}/node.mjs"));
    }
    command.env("BASE_URL", server.url());
    // It speaks https alone.
    if (suite.program, suite.part) == ("python3", "track") {
        let roots = clients.join("authority.pem");
        command.env("BASE_URL", authority::serve_tls(server.address(), &roots).await).env("REQUESTS_CA_BUNDLE", roots);
    }
    for (name, key) in [
        ("SITE_ID", SITE_ID),
        ("TRACK_API_KEY", TRACK_API_KEY),
        ("PIPELINES_KEY", PIPELINES_KEY),
        ("APP_API_KEY", APP_API_KEY),
        // A proxy would not reach this machine's loopback.
        ("NO_PROXY", "127.0.0.1"),
        ("no_proxy", "127.0.0.1"),
    ] {
        command.env(name, key);
    }
    let command = command.arg(suite.part).stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.expect("the program ends").unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}: {} {text}", suite.client, output.status);
    let said = text.lines().last().unwrap_or_default();
    let said = serde_json::from_str(said).unwrap_or_else(|_| panic!("{}: {text}", suite.client));
    // Connections that a client keeps are of no concern here.
    drop(server);
    said
}

/// The names of the events of person 1, in order; a long one is its length.
fn events(emulator: &Emulator) -> Vec<String> {
    let name = |name: &str| if name.len() > 100 { format!("{} bytes", name.len()) } else { name.to_owned() };
    emulator.events_of("1").iter().map(|event| name(&event.name)).collect()
}

fn node_track(emulator: &Emulator) {
    let ada = emulator.person("1").unwrap();
    assert_eq!((ada.attributes["plan"].as_str(), &ada.anonymous_ids[..]), (Some("team"), &["cookie".to_owned()][..]));
    let devices: Vec<_> = ada.devices.iter().map(|device| (device.id.as_str(), device.platform.as_str())).collect();
    assert_eq!((devices, ada.relationships.len()), (vec![("u", "android"), ("v", "ios")], 1));
    assert!(ada.segments.contains(&7) && emulator.person("bob@example.com").unwrap().segments.contains(&7));
    let expected = ["signup", "purchase", "visit", "/pricing", "325 bytes", "moved", "325 bytes"];
    assert_eq!(events(emulator), expected);
    assert_eq!(emulator.events().len(), expected.len() + 2);
    // 2 was merged, and one was deleted.
    assert!(emulator.person("2").is_none() && emulator.person("gone").is_none());
    assert!(emulator.person("dora@example.com").is_some() && !emulator.is_suppressed("erin"));
    assert_eq!((emulator.forms().len(), emulator.metrics().len(), emulator.unsubscribes().len()), (2, 2, 2));
    assert_eq!(emulator.people_count(), 4);
}

/// How many transactional messages of each channel there are.
fn messages(emulator: &Emulator) -> [usize; 6] {
    use Channel::{Email, InApp, Inbox, Push, Sms, WhatsApp};
    let mut messages = emulator.messages();
    messages.retain(|message| message.broadcast.is_none());
    assert!(messages.iter().all(|message| message.to.as_deref() != Some("")));
    [Email, Push, Sms, WhatsApp, Inbox, InApp]
        .map(|channel| messages.iter().filter(|message| message.channel == channel).count())
}

fn node_app(emulator: &Emulator) {
    assert_eq!(messages(emulator), [3, 2, 1, 1, 1, 2]);
    let grace = emulator.person("42").unwrap();
    assert_eq!((grace.devices.len(), emulator.triggers().len()), (1, 7));
    assert!(emulator.messages().iter().any(|message| message.broadcast.is_some()), "a trigger makes deliveries");
    // A number is the id of the same person.
    assert_eq!(emulator.messages()[2].person, Some(grace.cio_id));
}

/// What the calls of the Pipelines API leave, which are made twice or more.
fn pipelines(emulator: &Emulator, times: usize) {
    let ada = emulator.person("1").unwrap();
    assert_eq!((ada.attributes["plan"].as_str(), ada.email.as_deref()), (Some("pro"), Some("ada@example.com")));
    assert!(["cookie", "former"].iter().all(|id| ada.anonymous_ids.iter().any(|known| known == id)));
    assert_eq!(
        (ada.devices.len(), ada.devices[0].id.as_str(), &ada.devices[0].attributes["os"]),
        (1, "t", &"17".into())
    );
    assert_eq!(emulator.object("1", "acme").unwrap().attributes["name"], "Acme");
    assert!(emulator.person("gone").is_none() && !emulator.is_suppressed("erin"));
    assert_eq!(emulator.metrics().len(), times);
    for name in ["purchase", "200 bytes", "325 bytes", "home"] {
        assert_eq!(events(emulator).iter().filter(|found| *found == name).count(), times, "{name}");
    }
    let of_type = |kind| emulator.events().iter().filter(|event| event.event_type == kind).count();
    assert!(of_type(EventType::Page) >= times);
    assert_eq!(of_type(EventType::Screen), times);
}

fn node_pipelines(emulator: &Emulator) {
    pipelines(emulator, 4);
    assert_eq!((emulator.people_count(), emulator.events().len()), (3, 16));
}

fn node_cdp(emulator: &Emulator) {
    pipelines(emulator, 2);
    assert_eq!((emulator.people_count(), emulator.events().len()), (2, 10));
}

fn python_track(emulator: &Emulator) {
    let ada = emulator.person("1").unwrap();
    assert_eq!(
        (ada.attributes["plan"].as_str(), ada.attributes["created_at"].as_i64()),
        (Some("team"), Some(1_700_000_000))
    );
    assert_eq!((ada.devices.len(), ada.devices[0].attributes["device_model"].as_str()), (1, Some("x")));
    let expected = ["signup", "purchase", "/pricing", "325 bytes", "imported", "moved"];
    assert_eq!(events(emulator), expected);
    assert_eq!(emulator.events().len(), expected.len() + 3);
    assert!(emulator.person("2").is_none() && emulator.person("gone").is_none() && !emulator.is_suppressed("erin"));
    assert_eq!(emulator.people_count(), 3);
}

fn python_app(emulator: &Emulator) {
    assert_eq!(messages(emulator), [3, 2, 1, 1, 1, 1]);
    assert_eq!(emulator.person("42").unwrap().devices.len(), 1);
}

fn python_cdp(emulator: &Emulator) {
    pipelines(emulator, 2);
    let ada = emulator.person("1").unwrap();
    assert_eq!((emulator.people_count(), emulator.events().len()), (3, 12));
    assert_eq!(ada.relationships.len(), 1);
}
