//! A consumer that is killed, and the local Customer.io that counts: what the tests of both consumers have in common.

use std::{
    collections::BTreeMap,
    env,
    path::Path,
    process::{self, Child, Command, Stdio},
    time::{Duration, Instant},
};

use customerio::delivery::{Reason, Stored};
use customerio_emulator::{APP_API_KEY, Emulator, Fault, SITE_ID, Server, TRACK_API_KEY};

/// Sign-ups: each is an event, and every 20th is greeted.
pub(crate) const PEOPLE: u64 = 2_000;
pub(crate) const MESSAGES: u64 = PEOPLE / 20;

/// How often the consumer is killed.
const KILLS: u64 = 4;

/// The most messages that are received at once: those are parked at a kill.
const MESSAGES_AT_ONCE: u64 = 8;

/// A broker of the test's own. The script that starts it looks that it ends with this process.
pub(crate) struct Broker {
    pub(crate) address: String,
}

impl Broker {
    /// `None`, and a line that says so, where there is no such server. In CI that is an error.
    pub(crate) fn start(name: &str) -> Option<Self> {
        // A socket has a path of at most 107 bytes, so it is not below the target folder.
        let folder = env::temp_dir().join(format!("customerio-{name}-{}", process::id()));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../brokers/server");
        let output = Command::new(script)
            .args([name.as_ref(), folder.as_os_str(), process::id().to_string().as_ref()])
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        if output.status.code() == Some(3) && env::var_os("CI").is_none() {
            println!("SKIPPED: there is no {name}-server");
            return None;
        }
        assert!(output.status.success(), "{name}-server does not start: {}", output.status);
        Some(Self { address: String::from_utf8(output.stdout).unwrap().trim().to_owned() })
    }
}

/// The local Customer.io.
pub(crate) struct Here(Server);

impl Here {
    pub(crate) async fn start() -> Self {
        let emulator = Emulator::new();
        // So that there are requests under way when the consumer is killed.
        emulator.add_fault(Fault::delay(Duration::from_millis(30)));
        Self(emulator.serve_on_loopback().await.unwrap())
    }

    /// The program, with what it reads from its environment.
    pub(crate) fn command(&self, program: &str, argument: &str, broker: (&str, &Broker)) -> Command {
        let mut command = Command::new(program);
        command.arg(argument).env_clear().envs([
            ("CUSTOMERIO_REGION", "us"),
            ("CUSTOMERIO_BASE_URL", &self.0.url()),
            ("CUSTOMERIO_SITE_ID", SITE_ID),
            ("CUSTOMERIO_TRACK_API_KEY", TRACK_API_KEY),
            ("CUSTOMERIO_APP_API_KEY", APP_API_KEY),
            ("PEOPLE", &PEOPLE.to_string()),
            ("EVENTS_AT_ONCE", "100"),
            ("WITHIN_SECONDS", "2"),
            (broker.0, &broker.1.address),
        ]);
        command
    }

    fn events(&self) -> Vec<u64> {
        self.0.emulator().events().iter().map(|event| event.data()["n"].as_u64().unwrap()).collect()
    }

    fn messages(&self) -> Vec<u64> {
        let n = |message: &customerio_emulator::Message| message.body()["message_data"]["n"].as_u64().unwrap();
        self.0.emulator().messages().iter().map(n).collect()
    }

    /// Starts the consumer, kills it in the middle again and again, and lets the last one go on until `has_ended`.
    pub(crate) async fn consume(&self, start: impl Fn() -> Command, has_ended: impl AsyncFnMut() -> bool) {
        // The fewest requests that are needed.
        let requests = PEOPLE / 100 + MESSAGES;
        for kill in 1..=KILLS {
            let mut consumer = Consumer::start(start());
            let enough = requests * kill / (KILLS + 4);
            until("the consumer is in the middle", async || self.0.emulator().requests() >= enough).await;
            consumer.kill();
        }
        let mut consumer = Consumer::start(start());
        until("all have ended", has_ended).await;
        consumer.terminate().await;
    }

    /// Counts what has arrived: nothing is lost, and nothing doubled. `dead` are the dead letters, each with its reason.
    pub(crate) fn count(&self, dead: &[(String, Stored)]) {
        let mut events = self.events();
        events.sort_unstable();
        assert!(events.iter().copied().eq(0..PEOPLE), "events: 0 lost, 0 doubled: {}", events.len());
        let mut ended = BTreeMap::<u64, (u64, u64)>::new();
        for n in self.messages() {
            ended.entry(n).or_default().0 += 1;
        }
        let arrived = ended.len();
        for (reason, call) in dead {
            assert_eq!(reason, Reason::UnknownOutcome.as_str(), "{call:?}");
            ended.entry(number_of(call)).or_default().1 += 1;
        }
        assert!(ended.values().all(|(sent, parked)| *sent <= 1 && *parked <= 1), "messages: 0 doubled: {ended:?}");
        assert!(ended.into_keys().eq((0..PEOPLE).step_by(20)), "messages: 0 lost");
        let parked = dead.len() as u64;
        assert!(parked <= KILLS * MESSAGES_AT_ONCE, "{parked} are parked");
        println!(
            "{PEOPLE} events and {MESSAGES} messages, {KILLS} kills, {} requests: 0 lost, 0 doubled; \
             {arrived} messages arrived, and {parked} are parked",
            self.0.emulator().requests(),
        );
    }
}

fn number_of(call: &Stored) -> u64 {
    let body: serde_json::Value = serde_json::from_slice(call.call().body()).unwrap();
    body["message_data"]["n"].as_u64().unwrap()
}

/// The process that is killed.
struct Consumer(Child);

impl Consumer {
    fn start(mut command: Command) -> Self {
        Self(command.spawn().unwrap())
    }

    fn kill(&mut self) {
        assert!(self.0.try_wait().unwrap().is_none(), "the consumer has ended by itself");
        // SIGKILL.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    async fn terminate(&mut self) {
        let status = Command::new("kill").arg(self.0.id().to_string()).status().unwrap();
        assert!(status.success());
        until("the consumer ends", async || self.0.try_wait().unwrap().is_some()).await;
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until something is so, which only another process can say.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(120), "it takes too long until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
