//! Whole responses that are no success, or not quite; and clocks that jump while they are waited on.

use customerio_core::StopReason::{Attempts, Deadline, NotIdempotent, NotRetryable};
use customerio_testing::faults::Action::{ReadRequest, Serve, Write};

use crate::table::{
    Fault,
    Op::{Batch, Email, Identify, Merge, MergeBatch},
    delivered, ok, rejected, respond, unclear,
};

/// It says that the connection ends: who does not know that may send the next attempt into the end of it.
pub(crate) fn status(line: &str, headers: &str) -> String {
    format!("HTTP/1.1 {line}\r\n{headers}connection: close\r\ncontent-length: 0\r\n\r\n")
}

pub(crate) fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    for code in [301, 302, 303, 307, 308] {
        let redirect = move |elsewhere: &str| {
            let location = format!("location: {elsewhere}/api/v1/customers/42\r\n");
            vec![Serve(status(&format!("{code} Moved"), &location).into())]
        };
        let fault = Fault::new(format!("{code} to another host")).once_with(redirect);
        faults.push(
            fault.expect_both(rejected(code, 1, NotRetryable, 1)).expect(Email, rejected(code, 1, NotRetryable, 1)),
        );
    }
    faults.push(
        Fault::new("redirect loop")
            .always(vec![Serve(status("308 Moved", "location: /again\r\n").into())])
            .expect_both(rejected(308, 1, NotRetryable, 1)),
    );
    for code in [300, 304, 400, 401, 403, 404, 408, 409, 413, 421, 422, 425, 451] {
        let fault = Fault::new(code.to_string()).once(respond(status(&format!("{code} x"), "")));
        faults.push(fault.expect_both(rejected(code, 1, NotRetryable, 1)));
    }
    for code in [500, 502, 503, 504, 522, 524] {
        let line = format!("{code} x");
        let once = Fault::new(code.to_string()).once(respond(status(&line, "")));
        let always = Fault::new(format!("{code}, always")).always(respond(status(&line, "")));
        faults.push(
            once.expect(Identify, delivered(2, 2))
                .expect(Merge, unclear(code, 1, NotIdempotent, 1))
                .expect(Email, unclear(code, 1, NotIdempotent, 1)),
        );
        faults.push(
            always.expect(Identify, unclear(code, 3, Attempts, 3)).expect(Merge, unclear(code, 1, NotIdempotent, 1)),
        );
    }
    faults.extend(limited());
    faults.extend(batches());
    faults.extend(clocks());
    faults
}

fn limited() -> Vec<Fault> {
    let limited = |name: &str, headers: &str| Fault::new(name).once(respond(status("429 x", headers)));
    let again = |fault: Fault| fault.expect_both(delivered(2, 2)).expect(Email, delivered(2, 2));
    let given_up = |fault: Fault| fault.expect_both(rejected(429, 1, Deadline, 1));
    vec![
        again(limited("429", "")),
        again(limited("429, Retry-After: 1", "retry-after: 1\r\n")),
        again(limited("429, Retry-After: 0", "retry-after: 0\r\n")),
        again(limited("429, Retry-After: -1", "retry-after: -1\r\n")),
        again(limited("429, Retry-After: soon", "retry-after: soon\r\n")),
        given_up(limited("429, Retry-After: 3600", "retry-after: 3600\r\n")),
        given_up(limited("429, Retry-After: 10^30", "retry-after: 1000000000000000000000000000000\r\n")),
        again(limited("429, Retry-After in the past", "retry-after: Sun, 06 Nov 1994 08:00:00 GMT\r\n")),
        given_up(limited("429, Retry-After in 5 years", "retry-after: Sat, 06 Nov 1999 08:49:37 GMT\r\n")),
        again(Fault::new("429 on a connection that stays").once(vec![
            ReadRequest,
            Write(b"HTTP/1.1 429 x\r\ncontent-length: 0\r\n\r\n".to_vec()),
            Serve(ok().into()),
        ])),
        Fault::new("429, always").always(respond(status("429 x", ""))).expect_both(rejected(429, 3, Attempts, 3)),
        Fault::new("429, then 503")
            .once(respond(status("429 x", "")))
            .once(respond(status("503 x", "")))
            .expect(Identify, delivered(3, 3))
            .expect(Merge, unclear(503, 2, NotIdempotent, 2)),
        Fault::new("503, Retry-After: 3600")
            .once(respond(status("503 x", "retry-after: 3600\r\n")))
            .expect(Identify, unclear(503, 1, Deadline, 1))
            .expect(Merge, unclear(503, 1, NotIdempotent, 1)),
    ]
}

fn batches() -> Vec<Fault> {
    let told = |name: &str, errors: &str| {
        let body = format!("{{\"errors\":[{errors}]}}");
        let response = format!("HTTP/1.1 207 Multi-Status\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        Fault::new(name).once(respond(response))
    };
    let partly = |name: &str, errors: &str| {
        told(name, errors)
            .expect(Batch, rejected(207, 1, NotRetryable, 1))
            .expect(MergeBatch, rejected(207, 1, NotRetryable, 1))
    };
    let whole = |fault: Fault| {
        fault.expect(Batch, unclear(207, 1, NotRetryable, 1)).expect(MergeBatch, unclear(207, 1, NotRetryable, 1))
    };
    vec![
        partly("207", r#"{"batch_index":1,"reason":"invalid","message":"no"}"#),
        partly("207 with an index past the end", r#"{"batch_index":2}"#),
        whole(told("207 with an index below 0", r#"{"batch_index":-1}"#)),
        whole(told("207 with an index of 10^20", r#"{"batch_index":100000000000000000000}"#)),
        partly("207 with an index twice", r#"{"batch_index":0},{"batch_index":0}"#),
        whole(told("207 without an index", r#"{"reason":"invalid"},null,7"#)),
        whole(Fault::new("207 that cannot be read").once(respond("HTTP/1.1 207 x\r\ncontent-length: 6\r\n\r\n<html>"))),
        whole(Fault::new("207 that breaks off").once(respond("HTTP/1.1 207 x\r\ncontent-length: 99\r\n\r\n{\"err"))),
        Fault::new("503 for a batch")
            .once(respond(status("503 x", "")))
            .expect(Batch, delivered(2, 2))
            .expect(MergeBatch, unclear(503, 1, NotIdempotent, 1)),
    ]
}

/// A clock of the machine is set, or stands still in a suspended one, while a call is under way.
fn clocks() -> Vec<Fault> {
    const HOURS: i64 = 2 * 60 * 60;
    let unavailable = |name: &str| Fault::new(name).once(respond(status("503 x", "")));
    let limited = |name: &str, headers: &str| Fault::new(name).once(respond(status("429 x", headers)));
    // A second after the beginning of the wall clock of all rows.
    let in_a_second = "retry-after: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
    let by_its_own = format!("{in_a_second}date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    vec![
        unavailable("clock jumps: monotonic, 2 h on")
            .jump(HOURS, 0)
            .expect(Identify, unclear(503, 1, Deadline, 1))
            .expect(Merge, unclear(503, 1, NotIdempotent, 1)),
        unavailable("clock jumps: monotonic, 2 h back")
            .jump(-HOURS, 0)
            .expect(Identify, delivered(2, 2))
            .expect(Merge, unclear(503, 1, NotIdempotent, 1)),
        limited("clock jumps: 429 and monotonic, 2 h on", "").jump(HOURS, 0).expect_both(rejected(429, 1, Deadline, 1)),
        limited("clock jumps: 429 and monotonic, 2 h back", "").jump(-HOURS, 0).expect_both(delivered(2, 2)),
        limited("clock jumps: wall, 2 h on", in_a_second).jump(0, HOURS).expect_both(delivered(2, 2)),
        limited("clock jumps: wall, 2 h back", in_a_second).jump(0, -HOURS).expect_both(rejected(429, 1, Deadline, 1)),
        limited("clock jumps: wall, 2 h back; Date is sent", &by_its_own).jump(0, -HOURS).expect_both(delivered(2, 2)),
        limited("clock jumps: both, 10 h back", in_a_second)
            .jump(-5 * HOURS, -5 * HOURS)
            .expect_both(rejected(429, 1, Deadline, 1)),
    ]
}
