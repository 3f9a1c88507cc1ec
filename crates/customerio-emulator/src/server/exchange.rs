//! One request of a connection, from its head to its answer: the body is read only where the head is right.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header, request::Parts};
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use tokio::sync::Semaphore;

use crate::{
    emulator::{Admission, Emulator},
    route::{Admitted, Head},
    server::{
        answer::{Envelope, Refusal},
        body::{self, Read, Room, Unread},
        connections::{Seat, Waiting},
        host,
    },
};

/// A body of more bytes is not read where other connections are served, and only one at a time: its values can take a
/// quarter of a gigabyte.
const LARGE: usize = 256 * 1024;

/// What the connections of a server share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    emulator: Emulator,
    room: Room,
    large: Arc<Semaphore>,
}

impl Shared {
    pub(crate) fn of(emulator: &Emulator) -> Self {
        Self { emulator: emulator.clone(), room: Room::default(), large: Arc::new(Semaphore::new(1)) }
    }

    /// Answers a request that came to the address `own`.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        own: Option<IpAddr>,
        seat: &Arc<Seat>,
    ) -> Response<Full<Bytes>> {
        seat.wait_for(Waiting::Answer);
        let (response, rest) = self.exchange(request, own, seat).await;
        match rest.filter(|rest| !rest.is_end_stream()) {
            Some(rest) => {
                seat.wait_for(Waiting::Rest);
                tokio::spawn(body::pass_over(rest, seat.clone()));
            }
            None => seat.wait_for(Waiting::Idle),
        }
        response.map(Full::new)
    }

    /// The answer, and what is left of the body if it is to be passed over; otherwise its connection is closed.
    async fn exchange(
        &self,
        request: Request<Incoming>,
        own: Option<IpAddr>,
        seat: &Seat,
    ) -> (Response<Bytes>, Option<Incoming>) {
        let (parts, mut body) = request.into_parts();
        let head = Head { method: &parts.method, uri: &parts.uri, headers: &parts.headers };
        let admission = match host::check(head, own, self.emulator.hosts()) {
            Ok(()) => self.emulator.admit(head, None),
            Err(refusal) => Admission::Answered(refusal.into_response(Envelope::of_path(parts.uri.path()))),
        };
        let admitted = match admission {
            Admission::Admitted(admitted) => admitted,
            Admission::Answered(response) => {
                // Who asks whether to send the body is told by the answer not to.
                let asks = parts.headers.contains_key(header::EXPECT);
                return (response, Some(body).filter(|_| !asks));
            }
        };
        match body::read(&mut body, admitted.most(), &self.room, seat).await {
            Ok(read) => (self.complete(parts, admitted, read).await, None),
            Err(unread) => {
                let response = self.emulator.refuse(head, admitted.route(), refusal(unread, &admitted));
                (response, Some(body).filter(|_| matches!(unread, Unread::TooLong | Unread::NoRoom)))
            }
        }
    }

    async fn complete(&self, parts: Parts, admitted: Admitted, read: Read) -> Response<Bytes> {
        let envelope = admitted.route().envelope();
        let emulator = self.emulator.clone();
        let large = read.bytes.len() > LARGE;
        let complete = move || {
            let head = Head { method: &parts.method, uri: &parts.uri, headers: &parts.headers };
            emulator.complete(head, admitted, &read.bytes, None)
        };
        if !large {
            return complete();
        }
        let _turn = self.large.acquire().await;
        let answer = tokio::task::spawn_blocking(complete).await;
        let broken = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the emulator failed").into_response(envelope);
        answer.unwrap_or_else(broken)
    }
}

fn refusal(unread: Unread, admitted: &Admitted) -> Refusal {
    match unread {
        Unread::TooLong => admitted.too_long(),
        Unread::TooSlow => Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time"),
        Unread::NoRoom => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many large bodies come at the same time")
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1")),
        Unread::Broken => Refusal::bad("the body broke off"),
    }
}
