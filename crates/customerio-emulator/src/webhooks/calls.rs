//! Reporting webhooks: what happens to the messages, as calls of a receiver.

use std::{error::Error as _, future::poll_fn, pin::Pin, task::Poll, time::Duration};

use bytes::Bytes;
use customerio_core::{
    BuildError, BuildErrorKind, DeliveryId, Transport, TransportError, TransportErrorKind,
    webhook::{Event, Verifier},
};
use http::Request;

use crate::{
    contract::url::http_url,
    emulator::Emulator,
    store::{clock::seconds, kept::Key, record::Outcome},
    webhooks::{
        fate::WebhookResponse, fate::WebhookState, outbox::NOBODY, plan, record::WebhookEvent, signing::signed,
    },
};

/// Reporting webhooks, which report the outcomes of messages.
///
/// The emulator hands out signed requests and takes the outcome of each; [`send_webhooks`](Self::send_webhooks) and
/// [`drain_webhooks`](Self::drain_webhooks) do that over any transport.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{http::StatusCode, webhook::{Email, Event, Kind}};
/// use customerio_emulator::{Emulator, Outcome, WebhookResponse};
/// use std::time::Duration;
/// # use customerio::{Client, app::SendEmail};
///
/// # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async {
/// let emulator = Emulator::builder().with_clock_at(1_700_000_000).build();
/// emulator.report_to("https://example.com/customerio")?;
/// emulator.set_outcomes([(Duration::ZERO, Outcome::Sent), (Duration::from_secs(60), Outcome::Opened)]);
///
/// let app = Client::new(emulator.app_endpoint()?, emulator.clone());
/// app.send_email(SendEmail::from_template("order", "ada@example.com").with_identifiers("42")).await?;
///
/// let call = emulator.next_webhook().expect("it was sent");
/// let request = call.request();
/// let event = emulator.webhook_verifier()?.receive(request.headers(), request.body(), emulator.now())?;
/// assert!(matches!(event.kind(), Kind::Email(Email::Sent(_))));
/// emulator.webhook_responded(&call, WebhookResponse::Status(StatusCode::SERVICE_UNAVAILABLE));
///
/// // The first comes again after a minute, and the second waits for it.
/// assert!(emulator.next_webhook().is_none());
/// emulator.advance(Duration::from_secs(60));
/// let again = emulator.next_webhook().expect("a minute has passed");
/// assert_eq!(again.request().body(), call.request().body());
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(()) }).await }).unwrap().unwrap();
/// ```
///
/// The service does not document its pauses, except for the hour after some failures: here they begin with a minute, or
/// the hour, and double. The service guarantees no order and may send an event twice; the emulator does so only after
/// [`scramble_webhooks`](Self::scramble_webhooks), or when a response does not arrive in time.
impl Emulator {
    /// Reports all events to this URL from now on. Before, nothing is reported.
    ///
    /// Each enabled reporting webhook of the App API also gets the events that it names. A failing receiver does not
    /// hold up the others. All are signed with the same key.
    ///
    /// # Errors
    ///
    /// Fails if it is not an absolute `http` or `https` URL, or the emulator was given a signing key that is empty or
    /// has a control character.
    pub fn report_to(&self, url: &str) -> Result<(), BuildError> {
        let invalid =
            || BuildError::new("the URL of the webhook", BuildErrorKind::Invalid("it must be absolute".into()));
        let url = http_url(url).ok_or_else(invalid)?;
        self.webhook_verifier()?;
        self.state().receiver = Some(url);
        Ok(())
    }

    /// Sets the outcomes of each message that is sent from now on, each with its delay after the message. They are
    /// reported, and from their times on reading a message shows them. Outcomes that the channel of the message does
    /// not have are left out, and so are drafts.
    pub fn set_outcomes(&self, outcomes: impl IntoIterator<Item = (Duration, Outcome)>) {
        self.state().outcomes = outcomes.into_iter().collect();
    }

    /// Sets the outcome of one message, now: it is reported, and reading the message shows it. Returns the id of the
    /// event, or nothing if there is no such message, its channel has no such outcome, nobody gets its events, or
    /// 100,000 events or 64 MiB wait already.
    #[must_use = "where it is `None`, nothing is reported"]
    pub fn report(&self, delivery_id: impl Into<DeliveryId>, outcome: &Outcome) -> Option<String> {
        plan::report_now(&mut self.state(), &delivery_id.into(), outcome)
    }

    /// Returns the next webhook, signed now, or `None` if none is due. A receiver gets one at a time.
    #[must_use]
    pub fn next_webhook(&self) -> Option<WebhookCall> {
        let mut state = self.state();
        let now = state.clock.since_epoch();
        let signer = self.webhook_verifier().ok()?;
        loop {
            let (number, receiver, waiting) = state.outbox.next(now)?;
            let (record, event_id, body) = (waiting.record, waiting.event_id.clone(), waiting.body.clone());
            let Some(url) = plan::url(&state, receiver) else {
                state.outbox.refuse(number, NOBODY.to_owned());
                continue;
            };
            if state.outbox.records.get(record).is_some_and(|known| url != *known.url) {
                state.outbox.records.change(record, |record| record.url = url.to_string());
            }
            let request = signed(url, &signer, body, seconds(now).into())?;
            return Some(WebhookCall { number, event_id, request });
        }
    }

    /// Sends an event again at once, even one that was accepted or given up: the same bytes, with a new signature.
    /// Returns how many receivers get it: none if there is no such event, it was forgotten for newer ones, or its
    /// receivers get no more events.
    #[must_use = "where it is 0, nothing is sent again"]
    pub fn resend_webhook(&self, event_id: &str) -> usize {
        let state = &mut *self.state();
        let now = state.clock.since_epoch();
        let (receiver, webhooks) = (&state.receiver, &state.library.webhooks);
        state.outbox.resend(event_id, now, |id| plan::url_of(receiver.as_ref(), webhooks, id).is_some())
    }

    /// The events that are reported, each with its state, oldest first: one for each event and receiver. The oldest are
    /// forgotten beyond 100,000 or 64 MiB of memory.
    #[must_use]
    pub fn webhooks(&self) -> Vec<WebhookEvent> {
        self.state().outbox.records.to_vec()
    }

    /// Records the response to a webhook. Anything but a 2xx within 4 seconds is a failure: it is retried later, and
    /// the others wait behind it. Without a response it times out after 4 seconds.
    pub fn webhook_responded(&self, call: &WebhookCall, response: WebhookResponse) {
        self.note_response(call, response, None);
    }

    /// [`webhook_responded`](Self::webhook_responded), with why there was no response.
    pub(crate) fn note_response(&self, call: &WebhookCall, response: WebhookResponse, error: Option<String>) {
        let mut state = self.state();
        let now = state.clock.since_epoch();
        state.outbox.responded(call.number, response, error, now);
    }

    /// How long until a webhook is due, times out or is given up. `None` if none waits.
    #[must_use]
    pub fn webhook_pause(&self) -> Option<Duration> {
        let mut state = self.state();
        let now = state.clock.since_epoch();
        Some(state.outbox.due(now)?.saturating_sub(now))
    }

    /// Shuffles the events that have happened and were not sent yet, and duplicates about a fifth of them. The same
    /// seed gives the same result.
    pub fn scramble_webhooks(&self, seed: u64) {
        let mut state = self.state();
        let now = state.clock.since_epoch();
        state.outbox.scramble(seed, now);
    }

    /// How many events are not accepted yet, including those that are yet to happen.
    #[must_use]
    pub fn webhooks_waiting(&self) -> usize {
        self.state().outbox.waiting()
    }

    /// How many webhooks got a 2xx.
    #[must_use]
    pub fn webhooks_accepted(&self) -> u64 {
        self.state().outbox.accepted
    }

    /// The events that were not accepted within seven days.
    #[must_use]
    pub fn webhooks_given_up(&self) -> Vec<Event> {
        let (state, key) = (self.state(), Key::Webhook(WebhookState::GivenUp));
        state.outbox.records.of(&key).filter_map(|record| Event::from_json(&record.body).ok()).collect()
    }

    /// Returns a verifier for this emulator's webhooks.
    ///
    /// # Errors
    ///
    /// Fails if the emulator was given a signing key that is empty or has a control character.
    pub fn webhook_verifier(&self) -> Result<Verifier, BuildError> {
        Verifier::new(&self.config.webhook_signing_key)
    }

    /// Moves the clock to the timeout of this webhook, if it has not passed.
    fn time_out(&self, call: &WebhookCall) {
        let mut state = self.state();
        let now = state.clock.since_epoch();
        if let Some(end) = state.outbox.times_out(call.number) {
            state.clock.advance(end.saturating_sub(now));
        }
        let now = state.clock.since_epoch();
        state.outbox.responded(call.number, WebhookResponse::Timeout, None, now);
    }

    /// Sends all due webhooks over `transport`, one after another, until none is due. Returns how many were sent. The
    /// caller decides where the transport may connect to.
    ///
    /// A receiver that does not respond takes the real time of
    /// [`Builder::with_webhook_timeout`](crate::Builder::with_webhook_timeout), and the emulator's clock moves by the 4
    /// seconds that the service waits.
    pub async fn send_webhooks(&self, transport: &(impl Transport + ?Sized)) -> u64 {
        let mut sent = 0;
        while let Some(call) = self.next_webhook() {
            match send(transport, call.request.clone(), self.config.webhook_timeout).await {
                (WebhookResponse::Timeout, _) => self.time_out(&call),
                (response, error) => self.note_response(&call, response, error),
            }
            sent += 1;
        }
        sent
    }

    /// [`send_webhooks`](Self::send_webhooks) until none waits, moving the emulator's clock over each pause. Returns
    /// how many were sent.
    pub async fn drain_webhooks(&self, transport: &(impl Transport + ?Sized)) -> u64 {
        let mut sent = self.send_webhooks(transport).await;
        while let Some(pause) = self.webhook_pause() {
            self.advance(pause);
            sent += self.send_webhooks(transport).await;
        }
        sent
    }
}

/// A webhook that is in flight.
#[derive(Clone)]
pub struct WebhookCall {
    pub(crate) number: u64,
    event_id: String,
    pub(crate) request: Request<Bytes>,
}

impl WebhookCall {
    /// The id of its event.
    #[must_use]
    pub fn event_id(&self) -> &str {
        &self.event_id
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &Request<Bytes> {
        &self.request
    }
}

impl std::fmt::Debug for WebhookCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookCall").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Sends a call, and waits this long in real time. If there is no response, it says why.
pub(crate) async fn send(
    transport: &(impl Transport + ?Sized),
    request: Request<Bytes>,
    timeout: Duration,
) -> (WebhookResponse, Option<String>) {
    let mut response = transport.send(request);
    let mut timer = transport.sleep(timeout);
    poll_fn(|context| {
        if let Poll::Ready(result) = Pin::as_mut(&mut response).poll(context) {
            return Poll::Ready(match result {
                Ok(response) => (WebhookResponse::Status(response.status()), None),
                Err(error) if error.kind() == TransportErrorKind::Timeout => (WebhookResponse::Timeout, None),
                Err(error) => (WebhookResponse::Disconnected, Some(described(&error))),
            });
        }
        Pin::as_mut(&mut timer).poll(context).map(|()| (WebhookResponse::Timeout, None))
    })
    .await
}

/// An error with what it came from, in one line.
fn described(error: &TransportError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next:.200}");
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use customerio_core::{Moment, async_trait};
    use http::{Response, StatusCode};
    use serde_json::json;

    use super::*;
    use crate::{
        config::WEBHOOK_TIMEOUT,
        testing::{NOW, call, emulator},
    };

    fn send_email(emulator: &Emulator, extra: (&str, i64)) -> String {
        let mut body = json!({"to": "a@b", "transactional_message_id": 1, "identifiers": {"id": "42"}});
        if extra.1 != 0 {
            body[extra.0] = extra.1.into();
        }
        call(emulator, "POST /v1/send/email", &body).1["delivery_id"].as_str().unwrap().to_owned()
    }

    /// Accepts what the emulator's verifier accepts, and fails as scripted.
    #[derive(Debug)]
    struct Receiver {
        emulator: Emulator,
        received: std::sync::Mutex<Vec<(i64, String)>>,
        responses: std::sync::Mutex<Vec<Option<u16>>>,
    }

    impl Receiver {
        fn new(emulator: &Emulator, responses: &[Option<u16>]) -> Self {
            let responses = responses.iter().rev().copied().collect::<Vec<_>>().into();
            Self { emulator: emulator.clone(), received: Vec::new().into(), responses }
        }
    }

    #[async_trait]
    impl Transport for Receiver {
        async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
            let now = self.emulator.now();
            assert_eq!(request.uri(), "http://example.com/hook");
            assert_eq!(request.headers()["content-type"], "application/json");
            let verifier = self.emulator.webhook_verifier().unwrap();
            let event = verifier.receive(request.headers(), request.body(), now).unwrap();
            self.received.lock().unwrap().push((now.unix_seconds() - NOW, event.metric().unwrap().to_owned()));
            let response = self.responses.lock().unwrap().pop();
            let status = match response {
                Some(Some(status)) => StatusCode::from_u16(status).unwrap(),
                Some(None) => std::future::pending().await,
                None => StatusCode::OK,
            };
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = status;
            Ok(response)
        }
        async fn sleep(&self, duration: Duration) {
            // A response that comes does so at once, and its timer is not polled. Real time does not move the clock.
            assert_eq!(duration, WEBHOOK_TIMEOUT);
        }
        fn now(&self) -> Moment {
            self.emulator.moment()
        }
    }

    #[tokio::test]
    async fn a_script_is_played_for_each_message_and_failures_hold_it_up() {
        let emulator = emulator();
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        emulator.set_outcomes([
            (minutes(0), Outcome::Sent),
            (minutes(10), Outcome::Clicked("https://example.com".into())),
            (minutes(5), Outcome::Opened),
        ]);
        send_email(&emulator, ("", 0));
        assert_eq!(emulator.webhooks_waiting(), 0, "nobody is reported to");
        emulator.report_to("http://example.com/hook").unwrap();
        send_email(&emulator, ("send_at", NOW + 60));
        assert_eq!((emulator.webhooks_waiting(), emulator.webhook_pause()), (3, Some(minutes(1))));

        // No response for 4 seconds, then one that costs an hour, doubled because it is the second failure.
        let receiver = Receiver::new(&emulator, &[None, Some(500)]);
        assert_eq!(emulator.drain_webhooks(&receiver).await, 5);
        let metrics = receiver.received.lock().unwrap().clone();
        let again = 60 + 4 + 60;
        let expected = [
            (60, "sent"),
            (again, "sent"),
            (again + 7_200, "sent"),
            (again + 7_200, "opened"),
            (again + 7_200, "clicked"),
        ];
        assert_eq!(metrics, expected.map(|(at, metric)| (at, metric.to_owned())));
        assert_eq!((emulator.webhooks_accepted(), emulator.webhooks_waiting()), (3, 0));
        assert_eq!(emulator.webhook_pause(), None);
    }

    /// A receiver that says nothing for a week costs real time once for each of its calls, and as much as was asked for.
    #[tokio::test]
    async fn a_silent_receiver_costs_the_time_that_was_asked_for() {
        #[derive(Debug)]
        struct Silent(std::sync::Mutex<Vec<Duration>>);

        #[async_trait]
        impl Transport for Silent {
            async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
                std::future::pending().await
            }
            async fn sleep(&self, duration: Duration) {
                self.0.lock().unwrap().push(duration);
            }
            fn now(&self) -> Moment {
                Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 0 }
            }
        }

        let asked = Duration::from_millis(20);
        let emulator = Emulator::builder().with_clock_at(NOW).with_webhook_timeout(asked).build();
        emulator.report_to("http://example.com/hook").unwrap();
        let delivery = send_email(&emulator, ("", 0));
        let _ = emulator.report(&delivery, &Outcome::Sent).unwrap();
        let receiver = Silent(Vec::new().into());
        assert_eq!(emulator.send_webhooks(&receiver).await, 1);
        assert_eq!(emulator.now(), (NOW + 4).into(), "so long the service waits");
        assert_eq!(emulator.webhook_pause(), Some(Duration::from_secs(60)));
        let sent = emulator.drain_webhooks(&receiver).await;
        // After 1, 3, 7, … minutes, until the week is over.
        assert_eq!((sent, emulator.webhooks_given_up().len()), (13, 1));
        assert_eq!(*receiver.0.lock().unwrap(), [asked; 14]);
        assert_eq!(emulator.now().unix_seconds(), NOW + 7 * 24 * 60 * 60);
    }

    #[tokio::test]
    async fn outcomes_are_reported_on_command() {
        let emulator = emulator();
        emulator.report_to("http://example.com/hook").unwrap();
        let delivery = send_email(&emulator, ("", 0));
        assert_eq!(emulator.report("unknown", &Outcome::Sent), None);
        let bounced = emulator.report(&delivery, &Outcome::Bounced("full".into())).unwrap();
        let call = emulator.next_webhook().unwrap();
        assert_eq!(call.event_id(), bounced);
        assert_eq!(emulator.report(&delivery, &Outcome::Unsubscribed).map(|id| id.len()), Some(26));
        assert!(emulator.next_webhook().is_none());
        emulator.webhook_responded(&call, WebhookResponse::Status(StatusCode::OK));
        assert_eq!(emulator.send_webhooks(&Receiver::new(&emulator, &[])).await, 1);
    }

    #[tokio::test]
    async fn what_nobody_takes_in_seven_days_is_given_up() {
        let emulator = emulator();
        emulator.report_to("http://example.com/hook").unwrap();
        let delivery = send_email(&emulator, ("", 0));
        let lost = emulator.report(&delivery, &Outcome::Sent).unwrap();
        let _ = emulator.report(&delivery, &Outcome::Opened);
        let receiver = Receiver::new(&emulator, &[Some(401); 8]);
        assert_eq!(emulator.drain_webhooks(&receiver).await, 9);
        let given_up = emulator.webhooks_given_up();
        assert_eq!(given_up.iter().map(Event::event_id).collect::<Vec<_>>(), [Some(&lost[..])]);
        assert_eq!(emulator.webhooks_accepted(), 1);
        assert_eq!(emulator.now().unix_seconds(), NOW + 7 * 24 * 60 * 60);
    }

    #[test]
    fn a_draft_is_not_reported_and_a_receiver_has_a_url() {
        let emulator = emulator();
        for url in ["", "/hook", "example.com", "ftp://example.com/hook"] {
            assert!(emulator.report_to(url).is_err(), "{url}");
        }
        let no_key = Emulator::builder().with_webhook_signing_key(" ").build();
        assert!(no_key.report_to("http://example.com/hook").is_err());

        emulator.report_to("https://example.com/hook?from=customerio").unwrap();
        emulator.set_outcomes([(Duration::ZERO, Outcome::Sent)]);
        let draft =
            json!({"to": "a@b", "transactional_message_id": 1, "identifiers": {"id": "42"}, "queue_draft": true});
        assert_eq!(call(&emulator, "POST /v1/send/email", &draft).0, 200);
        assert_eq!(emulator.webhooks_waiting(), 0);
        send_email(&emulator, ("", 0));
        let call = emulator.next_webhook().unwrap();
        assert_eq!(call.request().uri(), "https://example.com/hook?from=customerio");
    }
}
