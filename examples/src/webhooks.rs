//! What the webhook receivers share: the source of the webhooks, and a count of how they were handled.

use std::{
    collections::BTreeMap,
    env,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use customerio::{
    CustomerIo, Timestamp,
    app::{SendEmail, SendPush, SendSms, SendWhatsApp},
    bytes::Bytes,
    error::{TransportError, TransportErrorKind},
    http::{Request, Response},
    transport::{Moment, Transport, async_trait},
    webhook::{Event, Receiver, Verifier},
};
use customerio_emulator::{Emulator, Outcome};

use crate::{Result, emulator, from_env_quietly, stop_signal, transport};

/// The number of messages; the emulator reports five events of each.
const MESSAGES: u64 = 200;

/// Where webhooks come from.
#[derive(Debug)]
pub enum Source {
    /// Customer.io itself.
    CustomerIo(Verifier),
    /// An emulator, which sends a thousand events, in no order and some of them twice, over a real socket.
    Emulator(Box<CustomerIo>, Emulator),
}

impl Source {
    /// Customer.io itself where `CUSTOMERIO_WEBHOOK_SIGNING_KEY` is set, and else an emulator.
    ///
    /// # Errors
    ///
    /// Where the key is not valid, or no port can be had.
    pub async fn connect() -> Result<Self> {
        if let Ok(key) = env::var("CUSTOMERIO_WEBHOOK_SIGNING_KEY") {
            return Ok(Self::CustomerIo(Verifier::new(&key)?));
        }
        let cio = from_env_quietly().await?;
        let emulator = emulator().ok_or("set CUSTOMERIO_WEBHOOK_SIGNING_KEY too, or none of the keys")?;
        Ok(Self::Emulator(Box::new(cio), emulator.clone()))
    }

    /// The receiver of its webhooks. It has the clock of the system or of the emulator, which skips pauses.
    ///
    /// # Errors
    ///
    /// Where the emulator has no valid key.
    pub fn receiver(&self) -> Result<Receiver> {
        Ok(match self {
            Self::CustomerIo(verifier) => Receiver::new(verifier.clone(), customerio::now),
            Self::Emulator(.., emulator) => {
                let clock = emulator.clone();
                Receiver::new(emulator.webhook_verifier()?, move || clock.now())
            }
        })
    }

    /// Where to listen: `CUSTOMERIO_WEBHOOK_ADDRESS`, or port 8080; for the emulator any free port, on this machine alone.
    ///
    /// # Errors
    ///
    /// Where the variable is no address.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(match (self, env::var("CUSTOMERIO_WEBHOOK_ADDRESS")) {
            (Self::CustomerIo(_), Ok(address)) => address.parse()?,
            (Self::CustomerIo(_), Err(_)) => ([127, 0, 0, 1], 8080).into(),
            (Self::Emulator(..), _) => ([127, 0, 0, 1], 0).into(),
        })
    }

    /// Receives webhooks at `url`: from Customer.io until Ctrl-C or SIGTERM, from the emulator until all are accepted.
    ///
    /// # Errors
    ///
    /// Where messages cannot be sent, or a request gets another response than it should.
    pub async fn play(&self, url: &str) -> Result {
        println!("listening at {url}");
        let Self::Emulator(cio, emulator) = self else {
            stop_signal()?.await;
            return Ok(());
        };
        emulator.report_to(url)?;
        let script = [
            Outcome::Sent,
            Outcome::Delivered,
            Outcome::Clicked("https://example.com/offer".into()),
            Outcome::Converted,
            Outcome::Unsubscribed,
        ];
        emulator.set_outcomes((0..).map(Duration::from_secs).zip(script));
        send_messages(cio).await?;
        emulator.advance(Duration::from_secs(5));
        let events = emulator.webhooks_waiting();
        emulator.scramble_webhooks(5);
        println!(
            "the emulator reports {events} events of {MESSAGES} messages, some of them twice: {} webhooks",
            emulator.webhooks_waiting()
        );
        let transport = transport()?;
        let unreliable = LosesResponses { inner: transport.clone(), sent: AtomicU64::new(0) };
        let calls = emulator.drain_webhooks(&unreliable).await;
        let (accepted, given_up) = (emulator.webhooks_accepted(), emulator.webhooks_given_up().len());
        println!(
            "webhooks accepted: {accepted}, given up: {given_up}; some responses were lost, so it sent {calls} requests"
        );
        odd_requests(emulator, &*transport, url).await
    }

    /// Prints what was handled. With the emulator, each event must have been handled once.
    ///
    /// # Errors
    ///
    /// Where one was not handled, or twice.
    pub fn check(&self, handled: &Handled) -> Result {
        let account = handled.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (reason, count) in &account.reasons {
            println!("{count:>6}  {reason}");
        }
        if let Self::Emulator(.., emulator) = self {
            let events = &account.events;
            let twice = events.values().filter(|times| **times != 1).count();
            // One more is of an unknown kind.
            let expected = usize::try_from(MESSAGES * 5 + 1)?;
            println!("events handled: {}, more than once: {twice}, out of order: {}", events.len(), account.late);
            if (events.len(), twice, emulator.webhooks_waiting()) != (expected, 0, 0) || account.late == 0 {
                return Err(format!("there should be {expected} events, out of order, each handled once").into());
            }
        }
        Ok(())
    }
}

/// What was handled.
#[derive(Debug, Default)]
pub struct Handled(Mutex<Account>);

/// How often each event was handled, what was done, and how many events were out of order.
#[derive(Debug, Default)]
struct Account {
    events: BTreeMap<String, u32>,
    reasons: BTreeMap<&'static str, u32>,
    latest: Option<Timestamp>,
    late: u32,
}

impl Handled {
    /// Notes an event.
    pub fn note(&self, event: &Event, reason: &'static str) {
        let mut account = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *account.events.entry(event.event_id().unwrap_or_default().to_owned()).or_default() += 1;
        *account.reasons.entry(reason).or_default() += 1;
        account.late += u32::from(event.timestamp() < account.latest);
        account.latest = account.latest.max(event.timestamp());
    }
}

async fn send_messages(cio: &CustomerIo) -> Result {
    for person in 0..MESSAGES / 4 {
        let email = format!("person-{person}@example.com");
        cio.app().send_email(SendEmail::from_template("news", email).with_identifiers(person)).await?;
        cio.app().send_push(SendPush::new("news", person)).await?;
        cio.app().send_sms(SendSms::new("news", person, "+15551234567")).await?;
        cio.app().send_whatsapp(SendWhatsApp::new("news", person, "+15551234567")).await?;
    }
    Ok(())
}

/// Sends requests that the emulator does not send by itself, and checks the status of each response.
async fn odd_requests(emulator: &Emulator, transport: &dyn Transport, url: &str) -> Result {
    let verifier = emulator.webhook_verifier()?;
    let now = emulator.now();
    let unknown = r#"{"event_id":"unknown-1","object_type":"fax","metric":"sent","timestamp":1700000000,"data":{}}"#;
    for (what, body, signed_at, expected) in [
        ("an event of an unknown kind", unknown, Some(now), 200),
        ("the same event again", unknown, Some(now), 200),
        ("signed, and not JSON", "<html>", Some(now), 200),
        ("signed an hour ago", unknown, Some((now.unix_seconds() - 3_600).into()), 401),
        ("not signed", unknown, None, 401),
    ] {
        let mut request = Request::post(url).header("content-length", body.len());
        if let Some(time) = signed_at {
            let signature = verifier.sign(time, body.as_bytes());
            request = request.header("x-cio-timestamp", time.unix_seconds()).header("x-cio-signature", signature);
        }
        let response = transport.send(request.body(Bytes::from_static(body.as_bytes()))?).await?;
        println!("{what}: the receiver responds with {}", response.status());
        if response.status() != expected {
            return Err(format!("{what}: the receiver should have responded with {expected}").into());
        }
    }
    Ok(())
}

/// A transport that loses every tenth response: the emulator then sends a webhook again that was accepted.
#[derive(Debug)]
struct LosesResponses {
    inner: Arc<dyn Transport>,
    sent: AtomicU64,
}

#[async_trait]
impl Transport for LosesResponses {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let response = self.inner.send(request).await?;
        if self.sent.fetch_add(1, Ordering::Relaxed) % 10 == 9 {
            return Err(TransportError::maybe_sent(TransportErrorKind::Timeout));
        }
        Ok(response)
    }

    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }

    fn now(&self) -> Moment {
        self.inner.now()
    }
}
