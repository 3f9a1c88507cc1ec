//! Stores that a queue has filled, and the program.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{self, Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use customerio_core::{Client, app::SendEmail, http::StatusCode, track::v2::person};
use customerio_delivery::{Queue, Store, postgres::PostgresStore, sqlite::SqliteStore};
use customerio_emulator::{Emulator, Fault, Server as Service};
use customerio_hyper::HyperTransport;
use serde_json::{Value, json};

use crate::server::{Database, database};

/// Longer than anything here takes.
pub(crate) const LONG: Duration = Duration::from_secs(120);

/// A folder that is removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        Self::in_(Path::new(env!("CARGO_TARGET_TMPDIR")))
    }

    pub(crate) fn in_(parent: &Path) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("outbox-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = parent.join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Where a queue keeps its calls.
pub(crate) enum Place {
    File(Folder),
    Database(Database),
}

impl Place {
    pub(crate) fn file() -> Self {
        Self::File(Folder::new())
    }

    pub(crate) async fn database() -> Option<Self> {
        database().await.map(Self::Database)
    }

    /// The program on that store, with nothing else of the environment.
    pub(crate) fn program(&self) -> Command {
        let mut command = program();
        match self {
            Self::File(folder) => command.arg("--sqlite").arg(folder.path("calls.db")),
            Self::Database(database) => command.env("CUSTOMERIO_OUTBOX_POSTGRES", database.place()),
        };
        command
    }

    /// Runs it, and gives its exit code, what it printed, and what it said on standard error.
    pub(crate) fn run(&self, arguments: &str) -> (i32, String, String) {
        said(&self.program().args(arguments.split(' ')).output().unwrap())
    }

    /// What it prints where it succeeds.
    pub(crate) fn printed(&self, arguments: &str) -> String {
        let (code, printed, error) = self.run(arguments);
        assert_eq!(code, 0, "{arguments}: {printed}{error}");
        printed
    }

    /// Each line that it prints with `--json`.
    pub(crate) fn json(&self, arguments: &str) -> Vec<Value> {
        let (_, printed, error) = self.run(&format!("{arguments} --json"));
        let parse =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|problem| panic!("{problem}: {line} {error}"));
        printed.lines().map(parse).collect()
    }

    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::File(folder) => {
                let path = folder.path("calls.db");
                Arc::new(tokio::task::spawn_blocking(|| SqliteStore::open(path)).await.unwrap().unwrap())
            }
            Self::Database(database) => Arc::new(PostgresStore::connect(database.config()).await.unwrap()),
        }
    }
}

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_customerio-outbox"));
    command.env_clear().stdin(Stdio::null());
    command
}

pub(crate) fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

pub(crate) async fn service() -> Service {
    Emulator::new().serve_on_loopback().await.unwrap()
}

/// A queue over that store, which sends to the local Customer.io.
pub(crate) fn queue(store: Arc<dyn Store>, service: &Service) -> Queue {
    let transport = Arc::new(HyperTransport::new().unwrap());
    Queue::builder_shared(store)
        .with_track(Client::new(service.track_endpoint().unwrap(), transport.clone()))
        .with_app(Client::new(service.app_endpoint().unwrap(), transport))
        .start()
}

/// An event by which its person is recognised: by how long the name is.
pub(crate) fn event(person: &str) -> person::Event {
    person::Event::new(person, "purchase").with_attributes(json!({ "length": person.len() }))
}

pub(crate) fn email(to: &str) -> SendEmail {
    SendEmail::from_template("welcome", to).with_identifiers(to)
}

/// Has a queue leave three calls: 1 is an event about `bob` that was rejected, 2 a message to Ada whose response was lost,
/// which has arrived, and 3 an event about her that waits, since the service is away. Then the service is back.
pub(crate) async fn filled(place: &Place) -> Service {
    let service = service().await;
    let emulator = service.emulator();
    let queue = queue(place.open().await, &service);
    emulator.add_fault(Fault::status(StatusCode::BAD_REQUEST).with_person("bob"));
    queue.send(event("bob")).await.unwrap();
    let _ = queue.flush(LONG).await;
    emulator.add_fault(Fault::cut_after().with_person("ada@example.com").with_times(1));
    queue.send(email("ada@example.com")).await.unwrap();
    let _ = queue.flush(LONG).await;
    emulator.add_fault(Fault::status(StatusCode::SERVICE_UNAVAILABLE));
    queue.send(event("ada@example.com")).await.unwrap();
    let report = queue.shutdown(Duration::from_secs(1)).await;
    assert_eq!((report.done, report.dead, report.parked, report.left), (0, 1, 1, 1));
    emulator.clear_faults();
    service
}

/// Delivers what waits, as the application does when it starts again.
pub(crate) async fn deliver(place: &Place, service: &Service) {
    let queue = queue(place.open().await, service);
    all_sent(&queue).await;
    assert_eq!(queue.shutdown(LONG).await.left, 0);
}

/// Waits until nothing waits. A flush is of what the queue itself has enqueued.
pub(crate) async fn all_sent(queue: &Queue) {
    let begun = Instant::now();
    while queue.statistics().await.unwrap().waiting > 0 {
        assert!(begun.elapsed() < LONG, "the queue does not send what waits");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How long the names of the people of the events are that have arrived, and how many messages have.
pub(crate) fn arrived(service: &Service) -> (Vec<u64>, usize) {
    let events = service.emulator().events();
    let lengths = events.iter().map(|event| event.data()["length"].as_u64().unwrap()).collect();
    (lengths, service.emulator().messages().len())
}

/// The ages of calls are those of this moment: up to 99 seconds they are as wide as `0s`.
pub(crate) fn without_ages(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        let is_age = word.strip_suffix('s').is_some_and(|digits| digits.parse::<u8>().is_ok());
        words.push(if is_age { "0s" } else { word });
    }
    words.join(" ")
}
