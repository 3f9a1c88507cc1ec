//! The emulator as a transport: calls reach it without a socket, and waits end at once.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
#[cfg(feature = "server")]
use customerio_core::BoxFuture;
use customerio_core::{
    Attempt, ChunkStream, Chunks, FileTransport, Moment, Transport, TransportError, TransportErrorKind, async_trait,
};
use http::{Request, Response};

use crate::{
    emulator::Emulator,
    faults::kind::{FaultKind, MetFault},
};

/// A wait moves the emulator's clock ahead instead of taking time.
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
impl Transport for Emulator {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let attempt = Attempt::of(&request);
        let response = self.arrived(self.handle(&request), attempt.timeout, attempt.body_timeout())?;
        if response.body().len() > attempt.response_limit {
            return Err(TransportError::maybe_sent(TransportErrorKind::ResponseTooLarge));
        }
        Ok(response)
    }

    async fn sleep(&self, duration: Duration) {
        // Nothing happens before the future is polled: a timer that is dropped in time does not move the clock.
        self.advance(duration);
    }

    fn now(&self) -> Moment {
        self.moment()
    }

    /// Within a tokio runtime there is a background, and elsewhere there is none.
    #[cfg(feature = "server")]
    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(task);
                None
            }
            Err(_) => Some(task),
        }
    }

    fn files(&self) -> Option<&dyn FileTransport> {
        Some(self)
    }
}

#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
impl FileTransport for Emulator {
    async fn get(&self, request: Request<()>) -> Result<Response<ChunkStream>, TransportError> {
        let response = self.handle(&request.map(|()| Bytes::new()));
        let response = self.arrived(response, Duration::MAX, Duration::MAX)?;
        Ok(response.map(|body| Box::pin(Pieces(body)) as ChunkStream))
    }
}

impl Emulator {
    /// A response as it arrives, if it does: with a fault it may not, or not in time. The time that it takes passes here.
    fn arrived(
        &self,
        response: Response<Bytes>,
        timeout: Duration,
        body_timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let Some(met) = response.extensions().get::<MetFault>().copied() else { return Ok(response) };
        match met.kind {
            FaultKind::CutBefore | FaultKind::CutAfter => Err(failed(TransportErrorKind::Connection, met)),
            FaultKind::Delay(by) if by >= timeout => Err(failed(TransportErrorKind::Timeout, met)),
            FaultKind::Slow(over) => {
                self.advance(over.min(body_timeout));
                if over <= body_timeout {
                    return Ok(response);
                }
                let part = body_timeout.as_secs_f64() / over.as_secs_f64();
                let error = failed(TransportErrorKind::Timeout, met);
                Err(error.with_response(response.map(|body| beginning(&body, part))))
            }
            FaultKind::Status(..) | FaultKind::Delay(_) => Ok(response),
        }
    }
}

fn failed(kind: TransportErrorKind, met: MetFault) -> TransportError {
    TransportError::maybe_sent(kind).with_source(met.to_string())
}

/// As much of a body as has come when a part of its time has passed.
fn beginning(body: &Bytes, part: f64) -> Bytes {
    let come = (0..body.len()).take_while(|come| part * as_number(body.len()) >= as_number(*come + 1)).count();
    body.slice(..come)
}

/// Bodies are far shorter than what a number can represent exactly.
fn as_number(length: usize) -> f64 {
    f64::from(u32::try_from(length).unwrap_or(u32::MAX))
}

/// A body in pieces.
struct Pieces(Bytes);

/// How long they are.
const PIECE: usize = 64 * 1024;

impl Chunks for Pieces {
    fn poll_chunk(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        let piece = PIECE.min(self.0.len());
        Poll::Ready((piece > 0).then(|| Ok(self.0.split_to(piece))))
    }
}

#[cfg(test)]
mod tests {
    use customerio_core::{
        Client, PersonId, Throttle,
        app::{Audience, DefaultAudience, SendEmail, SendSms, TriggerBroadcast},
        http::StatusCode,
        track::{Event, EventType, Identify},
    };
    use serde_json::json;

    use crate::testing::{NOW, emulator};

    #[tokio::test]
    async fn the_clients_calls_arrive() {
        let emulator = emulator();
        let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
        track.identify("42", json!({"email": "ada+1@example.com", "plan": "pro"})).await.unwrap();
        track.call(Identify::new("43").with_unsubscribed(true).with_topics([(1, true)])).await.unwrap();
        track.track(PersonId::email("ada+1@example.com"), "purchase", json!({"price": 1.5})).await.unwrap();
        track.merge("42", "43").await.unwrap();

        let ada = emulator.person("42").unwrap();
        assert_eq!(emulator.people(), std::slice::from_ref(&ada));
        assert!(ada.unsubscribed());
        let event = &emulator.events_of("42")[0];
        assert_eq!((event.event_type, event.name.as_str()), (EventType::Event, "purchase"));
        assert_eq!(event.timestamp, NOW.into());
        assert!(event.id.is_some());

        let app = Client::new(emulator.app_endpoint().unwrap(), emulator.clone());
        let sent = app.send_sms(SendSms::new("code", "42", "+15551234567").with_send_at(NOW + 5)).await.unwrap();
        let message = &emulator.messages()[0];
        assert_eq!((sent.delivery_id.as_str(), sent.queued_at), (message.delivery_id.as_str(), Some(NOW.into())));
        assert_eq!((sent.send_at, &message.person), (Some((NOW + 5).into()), &Some(ada.cio_id)));

        track.delete("42").await.unwrap();
        assert_eq!(emulator.people(), []);
        assert_eq!(emulator.requests(), 6);
    }

    /// Names, routes and Liquid in addresses: the client counts the addresses as the emulator does.
    #[tokio::test]
    async fn addresses_are_read_as_the_client_reads_them() {
        let emulator = emulator();
        let app = Client::new(emulator.app_endpoint().unwrap(), emulator.clone());
        let shop = r#""Shop, Inc." <shop@example.com>"#;
        let (ada, route) =
            (r#""Lovelace, Ada" <ada@example.com>"#, r#""Ada" <@x.example.com,@y.example.com:ada@example.com>"#);
        let two = r#"{{customer.email | default: "a@example.com, b@example.com"}}"#;
        let none = r#"{% if customer.email contains "," %}a@example.com{% endif %}"#;
        for (address, read) in [(ada, ada), (route, route), (two, "a@example.com, b@example.com"), (none, "")] {
            let fifteen = |address: &str| vec![address; 15].join(", ");
            app.send_email(SendEmail::new(fifteen(address), shop, "Hi", "Ho")).await.unwrap();
            assert_eq!(emulator.messages().pop().unwrap().to, Some(fifteen(read)));
        }
        let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
        track.call(Event::new("42", "sale").with_from_address(shop)).await.unwrap();
        assert_eq!(emulator.events_of("42")[0].data()["from_address"], shop);
        assert!(emulator.request_log().iter().all(|request| request.deviations.is_empty()));
    }

    #[tokio::test]
    async fn a_refusal_is_an_error_with_its_message() {
        let emulator = emulator();
        let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
        let error = track.identify("42", json!({"unsubscribed": "yes"})).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
        assert_eq!(error.as_api().unwrap().message(), Some("unsubscribed must be true or false"));
        assert_eq!(error.attempts(), 1);

        let other = crate::Emulator::builder().with_app_api_key("other").build();
        let app = Client::new(other.app_endpoint().unwrap(), emulator.clone());
        let error = app.send_sms(SendSms::new(1, "42", "+15551234567")).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
        assert_eq!(error.as_api().unwrap().details()[0].code.as_deref(), Some("invalid_credentials"));
    }

    /// A broadcast that is triggered twice: the client waits as long as it must, and no real time passes.
    #[tokio::test]
    async fn a_wait_moves_the_clock_and_takes_no_time() {
        for (throttle, requests) in [
            // It knows the rate; without it, it gets a 429.
            (Throttle::default(), 2),
            (Throttle::off(), 3),
        ] {
            let emulator = emulator();
            emulator.create_broadcast(12);
            let app = Client::new(emulator.app_endpoint().unwrap(), emulator.clone()).with_throttle(throttle);
            let trigger = TriggerBroadcast::new(12, Audience::Default(DefaultAudience::new()));
            assert_eq!(app.trigger_broadcast(trigger.clone()).await.unwrap().id, 1.into());
            assert_eq!(emulator.now(), NOW.into());
            assert_eq!(app.trigger_broadcast(trigger).await.unwrap().id, 2.into());
            assert!(emulator.now().unix_seconds() >= NOW + 10, "{:?}", emulator.now());
            assert_eq!(emulator.requests(), requests);
        }
    }
}
