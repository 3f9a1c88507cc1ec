//! What goes over a connection, derived from its bytes alone: requests that begin, requests that are whole, responses.

use super::{
    Fate, Frame,
    http2::{DATA, END_STREAM, HEADERS, PREFACE},
};

/// Reads along on one connection. A request and its response have the same number: their order with HTTP/1.1, and the
/// stream with HTTP/2.
#[derive(Debug, Default)]
pub(super) struct Wiretap {
    incoming: Vec<u8>,
    http2: bool,
    /// Whether the request that `incoming` starts with was reported.
    begun: bool,
    requests: u32,
    /// The head of a response, as far as it was written; `None` when it was whole.
    head: Option<Vec<u8>>,
    responses: u32,
}

/// What a [`Wiretap`] saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Begun,
    Whole(u32),
    Fate(u32, Fate),
}

impl Wiretap {
    /// The client sent this.
    pub(super) fn received(&mut self, bytes: &[u8]) -> Vec<Event> {
        self.incoming.extend_from_slice(bytes);
        if !self.http2 && self.requests == 0 && self.incoming.starts_with(PREFACE) {
            self.http2 = true;
            self.incoming.drain(..PREFACE.len());
        }
        let mut events = Vec::new();
        if self.http2 {
            while self.frame(&mut events) {}
        } else if !PREFACE.starts_with(&self.incoming) {
            while self.request(&mut events) {}
        }
        events
    }

    /// Takes a request of HTTP/1.1 from what came in, if there is a whole one.
    fn request(&mut self, events: &mut Vec<Event>) -> bool {
        if !self.begun && !self.incoming.is_empty() {
            self.begun = true;
            events.push(Event::Begun);
        }
        let Some(end) = position(&self.incoming, b"\r\n\r\n") else { return false };
        let head = String::from_utf8_lossy(&self.incoming[..end]).to_ascii_lowercase();
        let length = head.split("\r\n").find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let whole = end + 4 + length.unwrap_or(0);
        if self.incoming.len() < whole {
            return false;
        }
        self.incoming.drain(..whole);
        self.begun = false;
        events.push(Event::Whole(self.requests));
        self.requests += 1;
        true
    }

    /// Takes a frame of HTTP/2 from what came in, if there is a whole one.
    fn frame(&mut self, events: &mut Vec<Event>) -> bool {
        let Some((head, rest)) = self.incoming.split_first_chunk::<9>() else { return false };
        let [a, b, c, kind, flags, stream @ ..] = *head;
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        if rest.len() < length {
            return false;
        }
        let stream = u32::from_be_bytes(stream);
        if kind == HEADERS {
            events.push(Event::Begun);
        }
        if matches!(kind, HEADERS | DATA) && flags & END_STREAM != 0 {
            events.push(Event::Whole(stream));
        }
        self.incoming.drain(..9 + length);
        true
    }

    /// The server begins its response to the next request of HTTP/1.1.
    pub(super) fn next_response(&mut self) {
        self.head = Some(Vec::new());
    }

    /// The server writes this.
    pub(super) fn written(&mut self, bytes: &[u8]) -> Option<Event> {
        let head = self.head.as_mut()?;
        head.extend_from_slice(bytes);
        // 1xx responses come before the one that counts.
        while let Some(end) = position(head, b"\r\n\r\n") {
            let line = String::from_utf8_lossy(&head[..end]);
            let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
            match status.filter(|_| line.starts_with("HTTP/1.")) {
                Some(100..200) => head.drain(..end + 4),
                status => {
                    self.head = None;
                    let status: u16 = status?;
                    self.responses += 1;
                    return Some(Event::Fate(self.responses - 1, Fate::Responded(status)));
                }
            };
        }
        None
    }

    /// The server writes this frame.
    pub(super) fn framed(frame: &Frame) -> Option<Event> {
        match *frame {
            Frame::Headers { stream, status: status @ 200.., .. } => Some(Event::Fate(stream, Fate::Responded(status))),
            // The encoding of `Frame::Headers`, with something behind it.
            Frame::Raw { kind: HEADERS, stream, ref payload, .. } => {
                let status = std::str::from_utf8(payload.strip_prefix(&[8, 3])?.get(..3)?).ok()?.parse().ok()?;
                Some(Event::Fate(stream, Fate::Responded(status)))
            }
            Frame::Reset { stream, code: Frame::REFUSED_STREAM } => Some(Event::Fate(stream, Fate::Refused)),
            _ => None,
        }
    }
}

fn position(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_from_their_bytes() {
        let settings = Frame::Settings(Vec::new()).to_bytes();
        let head = Frame::Raw { kind: HEADERS, flags: 4, stream: 1, payload: vec![0x83] }.to_bytes();
        let data = Frame::Data { stream: 1, bytes: b"{}".to_vec(), last: true }.to_bytes();
        for (pieces, expected) in [
            (vec![&b"GET / HTTP/1.1\r\n\r\n"[..]], &[Event::Begun, Event::Whole(0)][..]),
            (vec![b"P", b"RI"], &[]),
            (vec![b"P", b"OST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{"], &[Event::Begun]),
            (
                vec![b"PUT / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{", b"}GET"],
                &[Event::Begun, Event::Whole(0), Event::Begun],
            ),
            (vec![PREFACE, &settings, &head, &data], &[Event::Begun, Event::Whole(1)]),
            (vec![PREFACE, &settings, &head, &data[..9]], &[Event::Begun]),
        ] {
            let mut wiretap = Wiretap::default();
            let events: Vec<_> = pieces.iter().flat_map(|piece| wiretap.received(piece)).collect();
            assert_eq!(events, expected, "{pieces:?}");
        }
    }

    #[test]
    fn responses_are_read_from_frames() {
        let raw = |kind, payload: &[u8]| Frame::Raw { kind, flags: 0, stream: 3, payload: payload.to_vec() };
        let responded = |stream, status| Some(Event::Fate(stream, Fate::Responded(status)));
        for (frame, expected) in [
            (Frame::Headers { stream: 1, status: 204, last: true }, responded(1, 204)),
            (Frame::Headers { stream: 1, status: 103, last: false }, None),
            (raw(HEADERS, b"\x08\x03503\0"), responded(3, 503)),
            (raw(HEADERS, b"\x08\x0350"), None),
            (raw(DATA, b"\x08\x03503\0"), None),
            (Frame::Reset { stream: 1, code: Frame::REFUSED_STREAM }, Some(Event::Fate(1, Fate::Refused))),
            (Frame::Reset { stream: 1, code: Frame::CANCEL }, None),
            (Frame::GoAway { last_stream: 0, code: Frame::NO_ERROR }, None),
        ] {
            assert_eq!(Wiretap::framed(&frame), expected, "{frame:?}");
        }
    }

    #[test]
    fn responses_are_read_from_their_bytes() {
        let responded = |status| Some(Event::Fate(0, Fate::Responded(status)));
        for (pieces, expected) in [
            (vec!["HTTP/1.1 200 OK\r\n", "\r\n"], responded(200)),
            (vec!["HTTP/1.0 503 \r\nx: y\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"], responded(503)),
            (
                vec!["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 204 x\r\n\r\n"],
                responded(204),
            ),
            (vec!["HTTP/1.1 200 OK\r\n"], None),
            (vec!["SSH-2.0 200 x\r\n\r\n"], None),
        ] {
            let mut wiretap = Wiretap::default();
            wiretap.next_response();
            let events: Vec<_> = pieces.iter().filter_map(|piece| wiretap.written(piece.as_bytes())).collect();
            assert_eq!(events.first().copied(), expected, "{pieces:?}");
            assert!(events.len() <= 1, "{events:?}");
        }
    }
}
