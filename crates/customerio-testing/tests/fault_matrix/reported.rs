//! A 2xx that is no success: its body says that the call failed, or does not say what was refused.

use customerio_core::StopReason::NotRetryable;
use customerio_testing::faults::{
    Action::{self, ReadRequest, ServeHttp2},
    Frame,
};

use crate::table::{
    BODY, Fault,
    Op::{Batch, Email, Identify, Merge, MergeBatch},
    Via, respond, unclear,
};

fn response(status: u16, body: &str) -> Vec<Action> {
    respond(format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
}

/// Whatever was called: it arrived, and it must be neither taken for done nor sent again.
fn all(fault: Fault, status: u16) -> Fault {
    let ended = unclear(status, 1, NotRetryable, 1);
    [Identify, Merge, Email, Batch, MergeBatch].into_iter().fold(fault, |fault, op| fault.expect(op, ended))
}

pub(crate) fn faults() -> Vec<Fault> {
    let mut faults = Vec::new();
    for body in [
        r#"{"meta":{"errors":["nope"]}}"#,
        r#"{"meta":{"error":"nope"}}"#,
        r#"{"errors":[{"detail":"nope"}]}"#,
        r#"{"errors":["nope"],"delivery_id":"d"}"#,
        r#"{"error":"nope","delivery_id":"d"}"#,
    ] {
        for status in [200, 207] {
            faults.push(all(Fault::new(format!("{status} {body}")).once(response(status, body)), status));
        }
    }
    for body in ["", "{}", r#"{"errors":[]}"#, r#"{"errors":null}"#] {
        faults.push(all(Fault::new(format!("207 {body:?}")).once(response(207, body)), 207));
    }
    faults.push(all(
        Fault::new("200 that says that it failed, and breaks off")
            .once(respond("HTTP/1.1 200 x\r\ncontent-length: 99\r\n\r\n{\"error\":\"nope\"}")),
        200,
    ));
    // HTTP/2 stacks take a stream that is reset this way for one that has ended.
    for (name, bytes) in [("the head", ""), ("some of the body", "{\"errors\":[")] {
        let data = (!bytes.is_empty()).then(|| Frame::Data { stream: 1, bytes: bytes.into(), last: false });
        let frames = [Frame::Headers { stream: 1, status: 207, last: false }]
            .into_iter()
            .chain(data)
            .chain([Frame::Reset { stream: 1, code: Frame::NO_ERROR }])
            .map(Action::Frame);
        let settings = || Action::Frame(Frame::Settings(Vec::new()));
        let script = [settings(), ReadRequest].into_iter().chain(frames).chain([ServeHttp2(BODY.into())]);
        let fault = Fault::new(format!("h2: RST_STREAM, NO_ERROR after {name} of a 207"))
            .via(Via::Http2)
            .once(script.collect())
            .always(vec![settings(), ServeHttp2(BODY.into())]);
        faults.push(all(fault, 207));
    }
    faults
}
