//! Programs as applications have them: operations that are kept, given away, stored and sent by other tasks. That they
//! compile is half of each test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod over_tokio;

use std::{
    collections::BTreeMap,
    env,
    error::Error as StdError,
    pin::Pin,
    process::Command,
    task::{Context, Poll},
    time::Duration,
};

use customerio_core::{
    App, BatchOptions, BuildError, Client, Endpoint, Error, FromResponse, Operation, PersonId, Pipelines, Prepared,
    Region, Track,
    app::{SendEmail, SentMessage},
    http::header::AUTHORIZATION,
    pipelines,
    track::{Event, Identify, v2::person},
};
use customerio_emulator::Emulator;
use customerio_hyper::HyperTransport;
use customerio_testing::{Recorder, WireServer};
use over_tokio::OverTokio;
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinHandle};

/// Made of any future or value that can go to another thread.
fn assert_send<T: Send>(value: T) -> T {
    value
}

fn track(emulator: &Emulator) -> Client<Track> {
    Client::new(emulator.track_endpoint().unwrap(), emulator.clone())
}

fn app(emulator: &Emulator) -> Client<App> {
    Client::new(emulator.app_endpoint().unwrap(), emulator.clone())
}

#[expect(clippy::needless_borrows_for_generic_args, reason = "the temporary ends before the operation: that is tested")]
#[tokio::test(flavor = "multi_thread")]
async fn an_operation_outlives_what_it_was_made_of() {
    let emulator = Emulator::new();
    let identify = {
        let id = format!("user-{}", 42);
        Identify::new(&id).with_email(String::from("ada@example.com")).with_attributes(&json!({"plan": "pro"}))
    };
    let again = identify.clone();
    track(&emulator).call(identify).await.unwrap();
    assert_send(track(&emulator).call(again)).await.unwrap();
    assert_eq!(emulator.person("user-42").unwrap().attributes["plan"], "pro");
}

#[derive(serde::Serialize)]
struct Order<'a> {
    number: u64,
    name: &'a str,
}

fn confirmation(address: &str, order: &Order<'_>) -> SendEmail {
    let subject = format!("Order {}", order.number);
    SendEmail::from_template("order", address)
        .with_identifiers(PersonId::email(address))
        .with_subject(subject)
        .with_message_data(order)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_gives_an_operation_back() {
    let emulator = Emulator::new();
    let emails: Vec<SendEmail> = [17, 18]
        .map(|number| confirmation(&format!("ada+{number}@example.com"), &Order { number, name: &number.to_string() }))
        .into();
    for email in emails {
        let sent: SentMessage = app(&emulator).send_email(email).await.unwrap();
        assert!(!sent.delivery_id.as_str().is_empty());
    }
    let numbers: Vec<_> =
        emulator.messages().iter().map(|message| message.body()["message_data"]["number"].clone()).collect();
    assert_eq!(numbers, [17, 18]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_is_built_piece_by_piece() {
    let emulator = Emulator::new();
    let parts: [(u64, Option<&str>, Option<Value>); 3] =
        [(1, None, Some(json!({"plan": "pro"}))), (2, Some("two@example.com"), None), (3, None, None)];
    for (id, email, attributes) in parts {
        let mut identify = Identify::new(id);
        if let Some(email) = email {
            identify = identify.with_email(email);
        }
        if let Some(attributes) = attributes {
            identify = identify.with_attributes(attributes);
        }
        track(&emulator).call(identify).await.unwrap();
    }
    assert_eq!(emulator.person("1").unwrap().attributes["plan"], "pro");
    assert_eq!(emulator.person("two@example.com").unwrap().id.as_deref(), Some("2"));
    assert_eq!(emulator.people_count(), 3);
}

/// What a web handler hands to a job.
#[derive(Clone)]
struct Signup {
    track: Client<Track>,
    app: Client<App>,
    identify: Identify,
    events: Vec<Event>,
    welcome: Option<SendEmail>,
}

impl Signup {
    async fn run(self) -> Result<(), Error> {
        self.track.call(self.identify).await?;
        for event in self.events {
            self.track.call(event).await?;
        }
        if let Some(email) = self.welcome {
            self.app.send_email(email).await?;
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_struct_holds_operations_beside_their_client() {
    let emulator = Emulator::new();
    let signup = Signup {
        track: track(&emulator),
        app: app(&emulator),
        identify: Identify::new("42").with_email("ada@example.com"),
        events: ["signed_up", "confirmed"].map(|name| Event::new("42", name)).into(),
        welcome: Some(SendEmail::from_template("welcome", "ada@example.com").with_identifiers("42")),
    };
    tokio::spawn(assert_send(signup.clone().run())).await.unwrap().unwrap();
    tokio::spawn(signup.run()).await.unwrap().unwrap();
    assert_eq!((emulator.people_count(), emulator.events().len(), emulator.messages().len()), (1, 4, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_gets_its_operations_by_a_channel() {
    let emulator = Emulator::new();
    let client = track(&emulator);
    let (sender, mut receiver) = mpsc::channel::<Event>(4);
    let worker: JoinHandle<Result<u32, Error>> = tokio::spawn(async move {
        let mut sent = 0;
        while let Some(event) = receiver.recv().await {
            client.call(event).await?;
            sent += 1;
        }
        Ok(sent)
    });
    let producers = (0..4_u32).map(|producer| {
        let sender = sender.clone();
        tokio::spawn(async move {
            for number in 0..5 {
                let data = json!({"number": number});
                sender.send(Event::new(producer, "visit").with_data(&data)).await.unwrap();
            }
        })
    });
    for producer in producers.collect::<Vec<_>>() {
        producer.await.unwrap();
    }
    drop(sender);
    assert_eq!(worker.await.unwrap().unwrap(), 20);
    assert_eq!(emulator.events().len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_sends_all_of_what_it_owns() {
    let emulator = Emulator::new();
    let client = track(&emulator);
    let task = tokio::spawn(assert_send(async move {
        let lines = String::from("41\n42\n\n43");
        let ids: Vec<&str> = lines.split('\n').collect();
        let mut failed = Vec::new();
        let summary = client
            .send_all(ids.iter().map(|id| (*id, person::Identify::new(*id))), BatchOptions::default(), |event| {
                if let customerio_core::BatchEvent::Failed(item) = event {
                    failed.push((item.tag.to_owned(), item.error.to_string()));
                }
            })
            .await;
        (summary.accepted, summary.invalid, failed)
    }));
    let (accepted, invalid, failed) = task.await.unwrap();
    assert_eq!((accepted, invalid), (3, 1));
    assert_eq!(failed, [(String::new(), "the person's id is empty".to_owned())]);
    assert_eq!(emulator.people_count(), 3);
}

/// The lines of a text, as a stream that borrows it and is not ready now and then.
struct Lines<'a> {
    rest: std::str::Lines<'a>,
    number: usize,
    waits: bool,
}

impl<'a> futures_core::Stream for Lines<'a> {
    type Item = (usize, pipelines::Track);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.waits = !self.waits;
        if self.waits {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.number += 1;
        let number = self.number;
        let line: Option<&'a str> = self.rest.next();
        Poll::Ready(
            line.map(|line| (number, pipelines::Track::new(line, "imported").with_properties(json!({"line": number})))),
        )
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_sends_a_stream_that_borrows() {
    let emulator = Emulator::new();
    let client: Client<Pipelines> = Client::new(emulator.pipelines_endpoint().unwrap(), OverTokio(emulator.clone()));
    let task = tokio::spawn(async move {
        let text = String::from("41\n42\n43");
        let lines = Lines { rest: text.lines(), number: 0, waits: false };
        let summary = assert_send(client.send_stream(lines, BatchOptions::default(), |_| {})).await;
        (summary.accepted, summary.batches)
    });
    assert_eq!(task.await.unwrap(), (3, 1));
    assert_eq!(emulator.events().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_go_through_the_question_mark_of_an_application() {
    type Anything = Box<dyn StdError + Send + Sync>;

    async fn run(key: &str, id: &str) -> Result<(), Anything> {
        let recorder = Recorder::new().responding(401, r#"{"meta":{"error":"Unauthorized request"}}"#);
        let client = Client::new(Endpoint::track(Region::Us, "site", key)?, recorder);
        let prepared = client.prepare(Identify::new(id))?;
        let stored = serde_json::to_vec(&prepared)?;
        let prepared: Prepared = serde_json::from_slice(&stored)?;
        client.send(prepared).await?;
        Ok(())
    }

    let errors = tokio::spawn(async {
        [run("\0", "42").await.unwrap_err(), run("key", "").await.unwrap_err(), run("key", "42").await.unwrap_err()]
    });
    let [endpoint, argument, response] = errors.await.unwrap();
    assert!(endpoint.downcast_ref::<BuildError>().is_some());
    assert!(matches!(argument.downcast_ref::<Error>(), Some(Error::Build(_))));
    assert_eq!(response.downcast_ref::<Error>().unwrap().status().unwrap(), 401);
    let failed = person::Identify::new("");
    let client = track(&Emulator::new());
    let error: Anything = client.item(failed).unwrap_err().into();
    assert_eq!(error.to_string(), "the person's id is empty");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_may_be_any_text_or_number() {
    let emulator = Emulator::new();
    let (track, pipelines) =
        (track(&emulator), Client::<Pipelines>::new(emulator.pipelines_endpoint().unwrap(), emulator.clone()));
    let text = String::from("40");
    track.identify(&text, json!({})).await.unwrap();
    track.identify(text.clone(), &json!({})).await.unwrap();
    track.identify(text.as_str(), ()).await.unwrap();
    track.identify(41_u64, json!({"email": "ada@example.com"})).await.unwrap();
    track.identify(42_i64, BTreeMap::from([("plan", "pro")])).await.unwrap();
    track.track(&text, &text, json!({"price": 1.5})).await.unwrap();
    track.track(PersonId::email(String::from("ada@example.com")), String::from("visit"), ()).await.unwrap();
    track.merge(&text, 42_u64).await.unwrap();
    track.delete(&PersonId::from(41)).await.unwrap();
    pipelines.identify(&text, json!({"plan": "free"})).await.unwrap();
    pipelines.track(text, "visit", &json!({})).await.unwrap();
    // The event of the one who was deleted went with them.
    assert_eq!((emulator.people_count(), emulator.events().len()), (1, 2));
    assert_eq!(emulator.person("40").unwrap().attributes["plan"], "free");
}

/// Prepares in one process, and gives back what it stores.
fn stored<O: Operation<Output: FromResponse>>(client: &Client<O::Api>, operation: O) -> (String, Prepared<O::Output>) {
    let prepared = client.prepare(operation).unwrap();
    (serde_json::to_string(&prepared).unwrap(), prepared)
}

/// Two processes: this test runs itself, with the request in the environment, and what it runs sends it.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_prepares_another_sends() {
    const STORED: &str = "TEST_STORED_REQUEST";
    const SERVER: &str = "TEST_SERVER";
    if let (Ok(json), Ok(server)) = (env::var(STORED), env::var(SERVER)) {
        let read: Prepared = serde_json::from_str(&json).unwrap();
        let endpoint = Endpoint::track(Region::Us, "other", "key-of-the-worker").unwrap();
        let endpoint = endpoint.with_base_url(&format!("{server}/cio")).unwrap();
        return Client::new(endpoint, HyperTransport::new().unwrap()).send(read).await.unwrap();
    }
    let server = WireServer::start().unwrap();
    let web = track(&Emulator::new());
    let (json, prepared) = stored(&web, Event::new("a/b", "purchase").with_data(json!({"price": 1.5})));
    let mut worker = Command::new(env::current_exe().unwrap());
    let worker = worker
        .args(["what_one_process_prepares_another_sends", "--exact"])
        .envs([(STORED, json.clone()), (SERVER, server.url())])
        .output()
        .unwrap();
    assert!(worker.status.success(), "{}", String::from_utf8_lossy(&worker.stdout));

    let received = String::from_utf8(server.received().remove(0)).unwrap();
    assert!(received.starts_with(&format!("POST /cio{} HTTP/1.1\r\n", prepared.path())), "{received}");
    assert_eq!(received.split_once("\r\n\r\n").unwrap().1.as_bytes(), prepared.body());
    let direct = web.endpoint().request(prepared).unwrap();
    assert!(!received.contains(direct.headers()[AUTHORIZATION].to_str().unwrap()), "{received}");
    assert!(!json.contains("emulat"), "credentials are not stored: {json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_keeps_its_id_and_its_time_in_store() {
    const THEN: i64 = 1_700_000_000;
    let web = track(&Emulator::builder().with_clock_at(THEN).build());
    let later = Emulator::builder().with_clock_at(THEN + 86_400).with_track_credentials("other", "key").build();
    let worker = track(&later);
    let (json, prepared) = stored(&web, Event::new("42", "purchase"));
    let body: Value = serde_json::from_slice(prepared.body()).unwrap();

    worker.identify("42", ()).await.unwrap();
    for _ in 0..2 {
        worker.send(serde_json::from_str::<Prepared>(&json).unwrap()).await.unwrap();
    }
    let events = later.events_of("42");
    assert_eq!(events.len(), 1, "the second is known by its id");
    assert_eq!(events[0].id.as_deref(), body["id"].as_str());
    assert_eq!((events[0].timestamp, later.now()), (THEN.into(), (THEN + 86_400).into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_prepared_for_one_api_is_not_sent_to_another() {
    let emulator = Emulator::new();
    let (json, _) = stored(&app(&emulator), confirmation("ada@example.com", &Order { number: 17, name: "socks" }));
    let read: Prepared<SentMessage> = serde_json::from_str(&json).unwrap();
    let error = track(&emulator).within(Duration::from_secs(1)).send(read.clone()).await.unwrap_err();
    assert!(matches!(error, Error::Build(_)), "{error:?}");
    assert_eq!(emulator.requests(), 0);
    assert!(!app(&emulator).send(read).await.unwrap().delivery_id.as_str().is_empty());
    assert_eq!(emulator.messages()[0].body()["message_data"]["name"], "socks");
}
