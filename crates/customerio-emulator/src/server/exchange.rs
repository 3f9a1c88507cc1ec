//! One request of a connection, from its head to its response: the body is read only if the head is valid.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header, request::Parts};
use hyper::body::{Body as _, Incoming};
use tokio::{
    sync::{Semaphore, watch},
    time::sleep,
};

#[cfg(feature = "control")]
use crate::control;
use crate::{
    app::trigger_broadcast,
    emulator::{Admission, Emulator},
    faults::kind::MetFault,
    route::{Admitted, Head},
    server::{
        body::{self, Read, Room, Unread},
        connections::{Seat, Waiting},
        faulty::{self, Cut},
        host,
        payload::Payload,
        reply::{Envelope, Refusal},
    },
    workspaces::{Choice, Workspaces},
};

/// A body that is larger than this is parsed on a thread of its own, and only one at a time: its values can take a
/// quarter of a gigabyte of memory.
const LARGE: usize = 256 * 1024;

/// Marks a response as the emulator's, so that it is not mistaken for one of the service.
const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-customerio-emulator"), HeaderValue::from_static(env!("CARGO_PKG_VERSION")));

/// The state that the connections of a server share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    workspaces: Workspaces,
    /// Changes when the server stops.
    stopped: watch::Receiver<()>,
    room: Room,
    large: Arc<Semaphore>,
}

impl Shared {
    pub(crate) fn of(workspaces: &Workspaces, stopped: watch::Receiver<()>) -> Self {
        Self { workspaces: workspaces.clone(), stopped, room: Room::default(), large: Arc::new(Semaphore::new(1)) }
    }

    /// Responds to a request that was received at the address `own`, unless its connection is to be cut.
    pub(crate) async fn respond(
        &self,
        request: Request<Incoming>,
        own: Option<IpAddr>,
        seat: &Arc<Seat>,
    ) -> Result<Response<Payload>, Cut> {
        seat.wait_for(Waiting::Response);
        let (mut response, rest) = self.exchange(request, own, seat).await;
        if response.extensions().get::<MetFault>().is_some_and(|met| met.cuts()) {
            return Err(Cut);
        }
        let is_whole = match response.body_mut() {
            Payload::Whole(_) => true,
            Payload::Pieces(pieces) => {
                pieces.leave(seat, self.stopped.clone());
                false
            }
        };
        match rest.filter(|rest| !rest.is_end_stream()) {
            Some(rest) => {
                seat.wait_for(Waiting::Rest);
                tokio::spawn(body::pass_over(rest, seat.clone()));
            }
            None if is_whole => seat.wait_for(Waiting::Idle),
            None => {}
        }
        response.headers_mut().insert(VERSION.0, VERSION.1);
        Ok(response)
    }

    /// The response, and the rest of a body that is still to be skipped; without it, the connection is closed.
    async fn exchange(
        &self,
        request: Request<Incoming>,
        own: Option<IpAddr>,
        seat: &Seat,
    ) -> (Response<Payload>, Option<Incoming>) {
        let (parts, mut body) = request.into_parts();
        let head = Head { method: &parts.method, uri: &parts.uri, headers: &parts.headers };
        if let Err(refusal) = host::check(head, own, self.workspaces.first().hosts()) {
            let response = refusal.into_response(Envelope::of_path(parts.uri.path()));
            return (response.map(Payload::of), unless_asked(&parts, body));
        }
        #[cfg(feature = "control")]
        if control::is_of_control(parts.uri.path()) {
            if let Some(response) = control::refuse(&parts) {
                return (response, unless_asked(&parts, body));
            }
            return match body::read(&mut body, control::most_body(parts.uri.path()), &self.room, seat).await {
                Ok(read) => (control::respond(&self.workspaces, &parts, read.bytes).await, None),
                Err(unread) => {
                    let refusal = refusal(unread, None);
                    let response = control::unread(refusal.status, refusal.text());
                    (response, Some(body).filter(|_| unread.leaves_more()))
                }
            };
        }
        let (admission, choice) = match self.workspaces.choose(head) {
            Ok(choice) => (choice.emulator().admit(head, &Bytes::new(), None), choice),
            Err(refusal) => {
                let response = refusal.into_response(Envelope::of_path(parts.uri.path()));
                return (response.map(Payload::of), unless_asked(&parts, body));
            }
        };
        let admitted = match admission {
            Admission::Admitted(admitted) => admitted,
            Admission::Responded(response) => return (faulty::sent(response).await, unless_asked(&parts, body)),
        };
        match body::read(&mut body, admitted.most(), &self.room, seat).await {
            Ok(read) => (faulty::slowed(self.complete(choice, parts, admitted, read).await).await, None),
            Err(unread) => {
                let refusal = refusal(unread, Some(&admitted));
                let response =
                    choice.emulator().refuse(head, &Bytes::new(), admitted.route(), admitted.meeting, refusal);
                (faulty::sent(response).await, Some(body).filter(|_| unread.leaves_more()))
            }
        }
    }

    async fn complete(&self, choice: Choice, parts: Parts, mut admitted: Admitted, read: Read) -> Response<Bytes> {
        let envelope = admitted.route().envelope();
        let head = Head { method: &parts.method, uri: &parts.uri, headers: &parts.headers };
        let emulator = choice.with_body(&self.workspaces, &read.bytes);
        let delay = emulator.meet(head, &mut admitted, &read.bytes).and_then(MetFault::delay);
        let large = read.bytes.len() > LARGE;
        let delivers = (admitted.route().pattern() == trigger_broadcast::PATTERN).then(|| emulator.clone());
        let complete = move || {
            let head = Head { method: &parts.method, uri: &parts.uri, headers: &parts.headers };
            emulator.complete(head, admitted, &read.bytes, None)
        };
        let broken = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the emulator failed").into_response(envelope);
        if let Some(delay) = delay {
            // The request is executed even if the client does not wait for it.
            let later = async move {
                sleep(delay).await;
                let response = complete();
                deliver(delivers).await;
                response
            };
            return tokio::spawn(later).await.unwrap_or_else(broken);
        }
        let response = if large {
            let _turn = self.large.acquire().await;
            tokio::task::spawn_blocking(complete).await.unwrap_or_else(broken)
        } else {
            complete()
        };
        deliver(delivers).await;
        response
    }
}

/// Makes the messages of triggered broadcasts, whether or not the client waits for the response.
async fn deliver(emulator: Option<Emulator>) {
    let Some(emulator) = emulator.filter(Emulator::deliver_for_a_while) else { return };
    let rest = tokio::spawn(async move {
        while emulator.deliver_for_a_while() {
            emulator.let_others().await;
        }
    });
    // It ends with the runtime at the latest.
    let _ = rest.await;
}

/// The body to skip, unless the client waits for permission to send it, which the response denies.
fn unless_asked(parts: &Parts, body: Incoming) -> Option<Incoming> {
    Some(body).filter(|_| !parts.headers.contains_key(header::EXPECT))
}

fn refusal(unread: Unread, admitted: Option<&Admitted>) -> Refusal {
    match unread {
        Unread::TooLong => admitted
            .map_or_else(|| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long"), Admitted::too_long),
        Unread::TooSlow => Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time"),
        Unread::NoRoom => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many large bodies come at the same time")
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1")),
        Unread::Broken => Refusal::bad("the body broke off"),
    }
}
