//! The connection breaks before a response is there.

use std::time::Duration;

use customerio_core::StopReason::{Attempts, Deadline, NotIdempotent};
use customerio_testing::faults::Action::{
    Close, CloseReading, CloseWriting, Drip, Pause, Read, ReadRequest, Reset, Serve, Stall, Write,
};

use crate::table::{
    Fault,
    Op::{Email, Identify, Merge},
    delivered, lost, maybe_sent, ok, respond,
};

/// As [`lost`], where the request was not whole when the connection broke.
fn cut(fault: Fault) -> Fault {
    fault.expect(Identify, delivered(2, 1)).expect(Merge, maybe_sent(1, NotIdempotent, 0))
}

pub(crate) fn faults() -> Vec<Fault> {
    [new(), kept(), halves(), slow()].into_iter().flatten().collect()
}

/// On a new connection.
fn new() -> Vec<Fault> {
    vec![
        Fault::new("nothing wrong")
            .expect_both(delivered(1, 1))
            .expect(Email, delivered(1, 1))
            .expect(crate::table::Op::Batch, delivered(1, 1)),
        // Whether the end or the request is first is a race; in either case nobody must be told what is not so.
        Fault::new("FIN after accept")
            .once(vec![Close])
            .expect(Identify, delivered(2, 2))
            .or(delivered(2, 1))
            .or(delivered(1, 1))
            .expect(Merge, maybe_sent(1, NotIdempotent, 1))
            .or(maybe_sent(1, NotIdempotent, 0))
            .or(delivered(2, 1)),
        Fault::new("RST after accept")
            .once(vec![Reset])
            .expect(Identify, delivered(2, 1))
            .or(delivered(1, 1))
            .expect(Merge, maybe_sent(1, NotIdempotent, 0))
            .or(delivered(2, 1)),
        cut(Fault::new("RST mid-request").once(vec![Read(40), Reset])),
        // What the server does not read before it ends arrives all the same.
        lost(Fault::new("FIN mid-request").once(vec![Read(40), Close])),
        lost(Fault::new("FIN after the full request").once(vec![ReadRequest, Close])),
        lost(Fault::new("RST after the full request").once(vec![ReadRequest, Reset])),
        Fault::new("FIN after the full request, always")
            .always(vec![ReadRequest, Close])
            .expect(Identify, maybe_sent(3, Attempts, 3))
            .expect(Merge, maybe_sent(1, NotIdempotent, 1)),
        Fault::new("RST after the full request, always")
            .always(vec![ReadRequest, Reset])
            .expect(Identify, maybe_sent(3, Attempts, 3))
            .expect(Merge, maybe_sent(1, NotIdempotent, 1)),
    ]
}

/// On one that has served a request already.
fn kept() -> Vec<Fault> {
    let soon = Pause(Duration::from_millis(20));
    vec![
        Fault::new("stale pooled connection: FIN")
            .used()
            .once(vec![ReadRequest, Write(ok().into()), Close])
            .expect_both(delivered(1, 1)),
        Fault::new("stale pooled connection: RST")
            .used()
            .once(vec![ReadRequest, Write(ok().into()), soon.clone(), Reset])
            .expect_both(delivered(1, 1)),
        // Some load balancers send it without a request.
        Fault::new("stale pooled connection: 408, FIN")
            .used()
            .once(vec![
                ReadRequest,
                Write(ok().into()),
                soon.clone(),
                Write(b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_vec()),
                Close,
            ])
            .expect_both(delivered(1, 1)),
        lost(Fault::new("FIN on the second request").used().once(vec![
            ReadRequest,
            Write(ok().into()),
            ReadRequest,
            Close,
        ])),
        lost(Fault::new("RST on the second request").used().once(vec![
            ReadRequest,
            Write(ok().into()),
            ReadRequest,
            Reset,
        ])),
        cut(Fault::new("RST within the second request").used().once(vec![
            ReadRequest,
            Write(ok().into()),
            Read(40),
            Reset,
        ])),
    ]
}

/// In the middle of something.
fn halves() -> Vec<Fault> {
    let soon = Pause(Duration::from_millis(20));
    vec![
        Fault::new("half-close of reading, then a response")
            .once(vec![ReadRequest, CloseReading, Write(ok().into())])
            .expect_both(delivered(1, 1)),
        Fault::new("a response, then half-close of writing")
            .once(vec![ReadRequest, Write(ok().into()), CloseWriting, Serve(ok().into())])
            .expect_both(delivered(1, 1)),
        lost(Fault::new("half-close of writing, no response").once(vec![ReadRequest, CloseWriting, Stall])),
        lost(Fault::new("partial status line, FIN").once(respond("HTTP/1.1 2"))),
        lost(Fault::new("partial status line, RST").once(vec![
            ReadRequest,
            Write(b"HTTP/1.1 2".to_vec()),
            soon.clone(),
            Reset,
        ])),
        lost(Fault::new("partial head, FIN").once(respond("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n"))),
    ]
}

/// Not at all, or not soon.
fn slow() -> Vec<Fault> {
    let slow = |text: String, milliseconds| Drip(text.into(), Duration::from_millis(milliseconds));
    vec![
        lost(Fault::new("no response, once").timeout(600).once(vec![Stall])),
        Fault::new("no response, always")
            .timeout(600)
            .always(vec![Stall])
            .expect(Identify, maybe_sent(3, Attempts, 3))
            .expect(Merge, maybe_sent(1, NotIdempotent, 1)),
        Fault::new("no response, and the deadline in the second attempt")
            .timeout(600)
            .deadline(1000)
            .always(vec![Stall])
            .expect(Identify, maybe_sent(2, Deadline, 2))
            .expect(Merge, maybe_sent(1, NotIdempotent, 1)),
        Fault::new("dripped head, in time")
            .once(vec![ReadRequest, slow(ok(), 2)])
            .expect_both(delivered(1, 1))
            .expect(Email, delivered(1, 1)),
        lost(Fault::new("dripped head, too slow").timeout(600).once(vec![ReadRequest, slow(ok(), 30)])),
    ]
}
