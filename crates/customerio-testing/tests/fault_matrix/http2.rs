//! HTTP/2: streams that are reset, connections that go away.

use customerio_core::StopReason::{Attempts, NotIdempotent};
use customerio_testing::faults::{
    Action::{self, Close, Pause, ReadRequest, Reset, ServeHttp2, Stall},
    Frame,
};

use crate::table::{
    BODY, Fault,
    Op::{Email, Identify, Merge},
    Via, delivered, lost, maybe_sent, not_sent, unclear,
};

/// The server's side of a connection begins so.
fn settings() -> Action {
    Action::Frame(Frame::Settings(Vec::new()))
}

fn serve() -> Action {
    ServeHttp2(BODY.into())
}

/// Does this when the first request is there, and then serves all others.
fn when_asked(name: &str, frames: Vec<Frame>) -> Fault {
    let frames = frames.into_iter().map(Action::Frame);
    let script = [settings(), ReadRequest].into_iter().chain(frames).chain([serve()]);
    fault(name).once(script.collect())
}

fn fault(name: &str) -> Fault {
    Fault::new(name).via(Via::Http2).always(vec![settings(), serve()])
}

fn reset(code: u32) -> Frame {
    Frame::Reset { stream: 1, code }
}

fn go_away(last_stream: u32, code: u32) -> Frame {
    Frame::GoAway { last_stream, code }
}

fn head(last: bool) -> Frame {
    Frame::Headers { stream: 1, status: 200, last }
}

fn body() -> Frame {
    Frame::Data { stream: 1, bytes: BODY.into(), last: true }
}

pub(crate) fn faults() -> Vec<Fault> {
    [streams(), connections(), rules()].into_iter().flatten().collect()
}

/// Streams that are reset.
fn streams() -> Vec<Fault> {
    let refused = [1, 3, 5].map(|stream| Frame::Reset { stream, code: Frame::REFUSED_STREAM }).map(Action::Frame);
    let refused = refused.into_iter().flat_map(|refused| [ReadRequest, refused]);
    let refused = [settings()].into_iter().chain(refused).chain([Stall]).collect();
    vec![
        fault("h2: nothing wrong").expect_both(delivered(1, 1)).expect(Email, delivered(1, 1)),
        when_asked("h2: RST_STREAM, REFUSED_STREAM", vec![reset(Frame::REFUSED_STREAM)])
            .expect_both(delivered(2, 2))
            .expect(Email, delivered(2, 2)),
        fault("h2: RST_STREAM, REFUSED_STREAM, always").always(refused).expect_both(not_sent(3, Attempts, 3)),
        lost(when_asked("h2: RST_STREAM, CANCEL", vec![reset(Frame::CANCEL)])),
        lost(when_asked("h2: RST_STREAM, INTERNAL_ERROR", vec![reset(Frame::INTERNAL_ERROR)])),
        lost(when_asked("h2: RST_STREAM, ENHANCE_YOUR_CALM", vec![reset(Frame::ENHANCE_YOUR_CALM)])),
        lost(when_asked("h2: RST_STREAM, NO_ERROR", vec![reset(Frame::NO_ERROR)])),
        when_asked("h2: RST_STREAM, INTERNAL_ERROR in the body", vec![head(false), reset(Frame::INTERNAL_ERROR)])
            .expect_both(delivered(1, 1))
            .expect(Email, unclear(200, 1, NotIdempotent, 1)),
        fault("h2: a body that stalls")
            .timeout(600)
            .once(vec![settings(), ReadRequest, Action::Frame(head(false)), Stall])
            .expect_both(delivered(1, 1))
            .expect(Email, unclear(200, 1, NotIdempotent, 1)),
        when_asked("h2: RST_STREAM, NO_ERROR after the response", vec![head(false), body(), reset(Frame::NO_ERROR)])
            .expect_both(delivered(1, 1))
            .expect(Email, delivered(1, 1)),
    ]
}

/// Connections that go away, or are dead.
fn connections() -> Vec<Fault> {
    let soon = Pause(std::time::Duration::from_millis(50));
    vec![
        // The server says that it has not looked at the stream, but the error does not say that it was this one.
        lost(when_asked("h2: GOAWAY before the stream", vec![go_away(0, Frame::NO_ERROR)])),
        lost(when_asked("h2: GOAWAY before the stream, INTERNAL_ERROR", vec![go_away(0, Frame::INTERNAL_ERROR)])),
        when_asked(
            "h2: GOAWAY after the stream, then its response",
            vec![go_away(1, Frame::NO_ERROR), head(false), body()],
        )
        .expect_both(delivered(1, 1))
        .expect(Email, delivered(1, 1)),
        lost(fault("h2: GOAWAY after the stream, FIN").once(vec![
            settings(),
            ReadRequest,
            Action::Frame(go_away(1, Frame::NO_ERROR)),
            Close,
        ])),
        lost(fault("h2: GOAWAY, INTERNAL_ERROR, FIN").once(vec![
            settings(),
            ReadRequest,
            Action::Frame(go_away(1, Frame::INTERNAL_ERROR)),
            Close,
        ])),
        fault("h2: GOAWAY on a kept connection")
            .used()
            .once(vec![
                settings(),
                ReadRequest,
                Action::Frame(head(false)),
                Action::Frame(body()),
                soon.clone(),
                Action::Frame(go_away(1, Frame::NO_ERROR)),
                Stall,
            ])
            .expect_both(delivered(1, 1)),
        fault("h2: FIN on a kept connection")
            .used()
            .once(vec![settings(), ReadRequest, Action::Frame(head(false)), Action::Frame(body()), soon.clone(), Close])
            .expect_both(delivered(1, 1)),
        lost(fault("h2: FIN after the request").once(vec![settings(), ReadRequest, Close])),
        lost(fault("h2: RST after the request").once(vec![settings(), ReadRequest, Reset])),
        // One request that hangs is no reason to give the connection up, as it is with HTTP/1.1: the others hang with it.
        fault("h2: no response")
            .timeout(600)
            .once(vec![settings(), ReadRequest, Stall])
            .expect(Identify, maybe_sent(3, Attempts, 3))
            .expect(Merge, maybe_sent(1, NotIdempotent, 1)),
        lost(fault("h2: no response, not even to pings").via(Via::Pinging).once(vec![settings(), ReadRequest, Stall])),
    ]
}

/// What HTTP/2 does not allow, or no client takes.
fn rules() -> Vec<Fault> {
    vec![
        lost(fault("h2: speaks HTTP/1.1 instead").once(vec![ReadRequest, Action::write(crate::table::ok())])),
        lost(when_asked(
            "h2: a header block that cannot be decoded",
            vec![Frame::Raw { kind: 1, flags: 4, stream: 1, payload: vec![0xff; 8] }],
        )),
        // hyper's limit is 16 KB for all headers of a response.
        when_asked("h2: 12 KB of headers", [headers(12_000), vec![body()]].concat())
            .expect_both(delivered(1, 1))
            .expect(Email, delivered(1, 1)),
        lost(when_asked("h2: 20 KB of headers", headers(20_000))),
        lost(when_asked("h2: 1 MB of headers", headers(1_000_000))),
        lost(when_asked("h2: DATA before HEADERS", vec![body()])),
        lost(when_asked(
            "h2: a frame longer than agreed",
            vec![Frame::Raw { kind: 0, flags: 0, stream: 1, payload: vec![0; 20_000] }],
        )),
        fault("h2: SETTINGS that allow no stream")
            .used()
            .timeout(600)
            .once(vec![
                settings(),
                ReadRequest,
                Action::Frame(Frame::Settings(vec![(3, 0)])),
                Action::Frame(head(false)),
                Action::Frame(body()),
                Stall,
            ])
            .expect(Identify, maybe_sent(3, Attempts, 0))
            .expect(Merge, maybe_sent(1, NotIdempotent, 0)),
        lost(fault("h2: SETTINGS that are not valid").once(vec![
            settings(),
            ReadRequest,
            Action::Frame(Frame::Settings(vec![(2, 2)])),
            Stall,
        ])),
    ]
}

/// A status, and a field that long, in as many frames as that takes.
fn headers(bytes: usize) -> Vec<Frame> {
    // `:status: 200`; `x: yyy…`, a literal without indexing and with an integer of several bytes for its length.
    let mut block = b"\x08\x03200\0\x01x\x7f".to_vec();
    let mut length = bytes - 127;
    while length >= 128 {
        block.push(u8::try_from(length % 128).unwrap() | 128);
        length /= 128;
    }
    block.push(u8::try_from(length).unwrap());
    block.resize(block.len() + bytes, b'y');
    let pieces: Vec<_> = block.chunks(16_384).collect();
    let frame = |(index, piece): (usize, &&[u8])| Frame::Raw {
        kind: if index == 0 { 1 } else { 9 },
        flags: if index + 1 == pieces.len() { 4 } else { 0 },
        stream: 1,
        payload: piece.to_vec(),
    };
    pieces.iter().enumerate().map(frame).collect()
}
