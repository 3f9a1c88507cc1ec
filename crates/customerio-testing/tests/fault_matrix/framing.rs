//! Responses that are not as HTTP wants them, or not as the API does.

use std::time::Duration;

use customerio_core::StopReason::{NotIdempotent, NotRetryable};
use customerio_testing::faults::Action::{Close, Drip, Flood, Pause, Read, ReadRequest, Reset, Stall, Write};

use crate::table::{
    BODY, Expected, Fault,
    Op::{Email, Identify, Merge},
    delivered, maybe_sent, ok, rejected, respond, unclear,
};

/// A response that cannot be read at all.
fn unreadable(name: &str, bytes: impl Into<Vec<u8>>) -> Fault {
    Fault::new(name)
        .once(respond(bytes))
        .expect(Identify, delivered(2, 2))
        .expect(Merge, maybe_sent(1, NotIdempotent, 1))
        .expect(Email, maybe_sent(1, NotIdempotent, 1))
}

/// A 2xx whose body breaks: who wanted nothing of it was served, and who wanted something was not.
fn broken(name: &str, bytes: impl Into<Vec<u8>>) -> Fault {
    accepted(Fault::new(name).once(respond(bytes)))
}

/// A 2xx without all of its body, of which what there is contradicts nothing.
fn accepted(fault: Fault) -> Fault {
    fault.expect_both(delivered(1, 1)).expect(Email, unclear(200, 1, NotIdempotent, 1))
}

/// A 2xx whose body breaks, and is not even the beginning of what was promised.
fn torn(fault: Fault) -> Fault {
    fault
        .expect(Identify, delivered(2, 2))
        .expect(Merge, unclear(200, 1, NotIdempotent, 1))
        .expect(Email, unclear(200, 1, NotIdempotent, 1))
}

/// A response in which everything that the API promises is there.
fn harmless(name: &str, bytes: impl Into<Vec<u8>>) -> Fault {
    all(Fault::new(name).once(respond(bytes)), delivered(1, 1))
}

/// As [`unreadable`], over ureq alone.
fn too_large_for_ureq(fault: Fault) -> Fault {
    fault
        .over_ureq(Identify, delivered(2, 2))
        .over_ureq(Merge, maybe_sent(1, NotIdempotent, 1))
        .over_ureq(Email, maybe_sent(1, NotIdempotent, 1))
}

fn all(fault: Fault, expected: Expected) -> Fault {
    fault.expect_both(expected).expect(Email, expected)
}

fn head(lines: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{lines}\r\n")
}

pub(crate) fn faults() -> Vec<Fault> {
    [bodies(), stalls(), lengths(), heads(), contents()].into_iter().flatten().collect()
}

/// Bodies that do not end where, or how, their head says.
fn bodies() -> Vec<Fault> {
    let chunked = || head("transfer-encoding: chunked\r\n");
    let promised = || head("content-length: 99999999999\r\n") + "<html>";
    vec![
        broken("short Content-Length", head("content-length: 10\r\n") + "{}"),
        broken("a body that breaks before its first byte", head("content-length: 10\r\n")),
        torn(Fault::new("truncated chunk").once(respond(chunked() + "9\r\n{\"a\""))),
        broken("no last chunk", chunked() + "2\r\n{}\r\n"),
        broken("bad chunk size", chunked() + "zz\r\n{}\r\n0\r\n\r\n"),
        broken("chunk size of 17 digits", chunked() + "10000000000000000\r\n{}"),
        accepted(Fault::new("RST in the body").once(vec![
            ReadRequest,
            Write((head("content-length: 10\r\n") + "{}").into()),
            Pause(Duration::from_millis(50)),
            Reset,
        ])),
        torn(Fault::new("endless body").once(vec![
            ReadRequest,
            Write(chunked().into()),
            Flood([b"4000\r\n", &[b'x'; 0x4000][..], b"\r\n"].concat()),
        ])),
        torn(Fault::new("Content-Length over the cap").once(vec![
            ReadRequest,
            Write(promised().into()),
            Flood(vec![b'x'; 0x4000]),
        ])),
        // It is not waited for either.
        torn(Fault::new("Content-Length over the cap, and a stall").once(vec![
            ReadRequest,
            Write(promised().into()),
            Stall,
        ])),
        Fault::new("503 whose body breaks")
            .once(respond("HTTP/1.1 503 x\r\ncontent-length: 10\r\n\r\n<h"))
            .expect(Identify, delivered(2, 2))
            .expect(Merge, unclear(503, 1, NotIdempotent, 1)),
        all(
            Fault::new("429 whose body breaks").once(respond("HTTP/1.1 429 x\r\ncontent-length: 10\r\n\r\n<h")),
            delivered(2, 2),
        ),
        all(
            Fault::new("401 whose body breaks").once(respond("HTTP/1.1 401 x\r\ncontent-length: 10\r\n\r\n{\"meta")),
            rejected(401, 1, NotRetryable, 1),
        ),
    ]
}

/// Bodies that do not come in time: the same comes of them as of those that break.
fn stalls() -> Vec<Fault> {
    let stalled =
        |name: &str, bytes: String| Fault::new(name).timeout(600).once(vec![ReadRequest, Write(bytes.into()), Stall]);
    let chunked = || head("transfer-encoding: chunked\r\n");
    vec![
        accepted(stalled("a body that stalls before its first byte", head("content-length: 10\r\n"))),
        accepted(stalled("a body that stalls when it could be whole", head("content-length: 10\r\n") + "{}")),
        accepted(stalled("a last chunk that does not come", chunked() + "2\r\n{}\r\n")),
        torn(stalled("a body that stalls in its middle", head("content-length: 10\r\n") + "{\"a\"")),
        accepted(Fault::new("a body that is dripped, too slow").timeout(600).once(vec![
            ReadRequest,
            Write(head("content-length: 99\r\n").into()),
            Drip(" ".repeat(99).into(), Duration::from_millis(30)),
        ])),
        stalled("503 whose body stalls", "HTTP/1.1 503 x\r\ncontent-length: 10\r\n\r\n<h".to_owned())
            .expect(Identify, delivered(2, 2))
            .expect(Merge, unclear(503, 1, NotIdempotent, 1)),
        all(
            stalled("429 whose body stalls", "HTTP/1.1 429 x\r\ncontent-length: 10\r\n\r\n<h".to_owned()),
            delivered(2, 2),
        ),
        all(
            stalled("401 whose body stalls", "HTTP/1.1 401 x\r\ncontent-length: 10\r\n\r\n{\"meta".to_owned()),
            rejected(401, 1, NotRetryable, 1),
        ),
    ]
}

/// Lengths that contradict each other, and bytes that belong to nothing.
fn lengths() -> Vec<Fault> {
    let length = BODY.len();
    vec![
        harmless("extra bytes", ok() + "garbage"),
        all(
            // Taken for the response to the next request, it would hide that this one never got one.
            Fault::new("an extra response on a kept connection").used().once(vec![
                ReadRequest,
                Write((ok() + &ok()).into()),
                Stall,
            ]),
            delivered(1, 1),
        ),
        unreadable("two Content-Lengths", head(&format!("content-length: {length}\r\ncontent-length: 2\r\n")) + BODY),
        harmless(
            "two equal Content-Lengths",
            head(&format!("content-length: {length}\r\ncontent-length: {length}\r\n")) + BODY,
        ),
        unreadable("Content-Length: -1", head("content-length: -1\r\n") + BODY),
        harmless(
            "TE with CL",
            head("content-length: 1\r\ntransfer-encoding: chunked\r\n") + &format!("{length:x}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
    ]
}

/// Heads that are too large, or none at all. hyper takes 100 headers and about 400 KB, and ureq a few more headers and
/// 64 KB, which the transports leave so.
fn heads() -> Vec<Fault> {
    let length = BODY.len();
    let with_headers = |count: usize| {
        let others: Vec<_> = (1..count).map(|number| format!("x-{number}: y\r\n")).collect();
        head(&(others.concat() + &format!("content-length: {length}\r\n"))) + BODY
    };
    let continued = "HTTP/1.1 100 Continue\r\n\r\n";
    vec![
        too_large_for_ureq(harmless(
            "300 KB header",
            head(&format!("x: {}\r\ncontent-length: {length}\r\n", "y".repeat(300_000))) + BODY,
        )),
        unreadable("1 MB header", head(&format!("x: {}\r\n", "y".repeat(1_000_000))) + BODY),
        harmless("100 headers", with_headers(100)),
        unreadable("101 headers", with_headers(101))
            .over_ureq(Identify, delivered(1, 1))
            .over_ureq(Merge, delivered(1, 1))
            .over_ureq(Email, delivered(1, 1)),
        unreadable("200 headers", with_headers(200)),
        unreadable("NUL in a header", head("x: a\0b\r\ncontent-length: 2\r\n") + "{}"),
        unreadable("folded header", head("x: a\r\n b\r\ncontent-length: 2\r\n") + "{}"),
        unreadable("not HTTP", "SSH-2.0-OpenSSH_9.6\r\n"),
        unreadable("HTTP/2 without having been asked", &b"\0\0\0\x04\0\0\0\0\0"[..]),
        unreadable("a response without a head", BODY),
        harmless(
            "100 and 103 before 200",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n".to_owned() + &ok(),
        ),
        // Or ureq takes them out of its buffer as fast as they come in.
        too_large_for_ureq(harmless("5000 of them", continued.repeat(5000) + &ok()))
            .over_ureq(Identify, delivered(1, 1))
            .over_ureq(Merge, delivered(1, 1))
            .over_ureq(Email, delivered(1, 1)),
        Fault::new("100 without an end")
            .timeout(600)
            .once(vec![ReadRequest, Drip(continued.repeat(1000).into(), Duration::from_millis(1))])
            .expect(Identify, delivered(2, 2))
            .expect(Merge, maybe_sent(1, NotIdempotent, 1)),
    ]
}

/// Good HTTP that is not what the API promises, or comes before it was asked for.
fn contents() -> Vec<Fault> {
    let length = BODY.len();
    // `{}`, as gzip writes it: nothing is decompressed, even if it could be.
    let gzip = [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 174, 5, 0, 67, 191, 166, 163, 2, 0, 0, 0];
    let compressed = |bytes: &[u8]| {
        let head = head(&format!("content-encoding: gzip\r\ncontent-length: {}\r\n", bytes.len()));
        respond([head.as_bytes(), bytes].concat())
    };
    let too_large = Write(b"HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_vec());
    vec![
        Fault::new("204 with a body")
            .once(respond(format!("HTTP/1.1 204 No Content\r\ncontent-length: {length}\r\n\r\n{BODY}")))
            .expect_both(delivered(1, 1))
            .expect(Email, unclear(204, 1, NotRetryable, 1)),
        harmless("HTTP/1.0, up to the close", format!("HTTP/1.0 200 OK\r\n\r\n{BODY}")),
        all(
            Fault::new("200 with HTML").once(respond(head("content-length: 6\r\n") + "<html>")),
            unclear(200, 1, NotRetryable, 1),
        ),
        all(Fault::new("gzip").once(compressed(&gzip)), unclear(200, 1, NotRetryable, 1)),
        all(Fault::new("gzip garbage").once(compressed(&[31, 139, 8, 255])), unclear(200, 1, NotRetryable, 1)),
        all(
            Fault::new("early 413, FIN").once(vec![Read(40), too_large.clone(), Close]),
            rejected(413, 1, NotRetryable, 1),
        ),
        all(
            Fault::new("early 413, RST").once(vec![Read(40), too_large, Pause(Duration::from_millis(100)), Reset]),
            rejected(413, 1, NotRetryable, 0),
        ),
    ]
}
