//! The same by hand: `serde_json` into one buffer, and one request for as much as it may hold.

use std::hint::black_box;

use customerio_core::{
    bytes::Bytes,
    http::{HeaderValue, Request, header},
    limits::BATCH,
};
use serde::Serialize;

use super::{PURCHASE, Purchase, moment, person};

const OPENING: &[u8] = br#"{"batch":["#;
const CLOSING: &[u8] = b"]}";

#[derive(Serialize)]
struct Entity<'a> {
    r#type: &'static str,
    identifiers: Identifiers<'a>,
    action: &'static str,
    name: &'static str,
    id: &'a str,
    timestamp: u64,
    attributes: &'a Purchase,
}

#[derive(Serialize)]
struct Identifiers<'a> {
    id: &'a str,
}

/// Sends `events` events in batches; returns the number of batches.
pub(crate) fn push(events: u64) -> usize {
    let (mut body, mut sent) = (opened(), 0);
    for _ in 0..events {
        let before = body.len();
        if before > OPENING.len() {
            body.push(b',');
        }
        encode(&mut body);
        if body.len() + CLOSING.len() > BATCH {
            let mut next = opened();
            next.extend_from_slice(&body[before + 1..]);
            body.truncate(before);
            send(std::mem::replace(&mut body, next));
            sent += 1;
        }
    }
    send(body);
    sent + 1
}

fn opened() -> Vec<u8> {
    let mut body = Vec::with_capacity(BATCH);
    body.extend_from_slice(OPENING);
    body
}

/// An event, with an id and the time of now.
fn encode(body: &mut Vec<u8>) {
    let now = black_box(moment(17));
    let milliseconds = u64::try_from(now.since_epoch.as_millis()).unwrap();
    let mut text = [0; ulid::ULID_LEN];
    let id = &*ulid::Ulid::from_parts(milliseconds, now.random).array_to_str(&mut text);
    let timestamp = now.since_epoch.as_secs();
    let identifiers = Identifiers { id: person() };
    let (name, attributes) = ("purchase", &PURCHASE);
    let event = Entity { r#type: "person", identifiers, action: "event", name, id, timestamp, attributes };
    serde_json::to_writer(body, &event).unwrap();
}

fn send(mut body: Vec<u8>) {
    body.extend_from_slice(CLOSING);
    let request = Request::post("https://track.customer.io/api/v2/batch")
        .header(header::ACCEPT, HeaderValue::from_static("application/json"))
        .header(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))
        .header(header::AUTHORIZATION, HeaderValue::from_static("Basic c2l0ZTprZXk="))
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(header::CONTENT_LENGTH, body.len())
        .body(Bytes::from(body));
    black_box(request.unwrap());
}
