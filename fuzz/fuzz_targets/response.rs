//! Any response to any operation is a result: read, or an error that fits its status and shows nothing of the body.
//!
//! The input reads like a response without its version: `404`, then `name: value` for each header, an empty line, the body.

#![no_main]

use std::error::Error as _;

use customerio_core::{
    BatchResponse, Delivery, Error, FromResponse as _, Operation, StopReason,
    app::{Raw, SendEmail, TriggerBroadcast},
    bytes::Bytes,
    http::{HeaderName, HeaderValue, Response, StatusCode},
    parse, pipelines,
    track::{GetRegion, Identify},
};
use libfuzzer_sys::fuzz_target;

/// What seeds and dictionary put into bodies and headers, and what must not be seen.
const MARK: &str = "LEAK";

fn read(mut input: &[u8]) -> Option<Response<Bytes>> {
    let mut line = || {
        let end = input.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = (&input[..end], &input[end + 1..]);
        input = rest;
        Some(line)
    };
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_bytes(line()?).ok()?;
    while let Some(header) = line().filter(|header| !header.is_empty()) {
        let colon = header.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&header[..colon]).ok()?;
        response.headers_mut().append(name, HeaderValue::from_bytes(header[colon + 1..].trim_ascii()).ok()?);
    }
    *response.body_mut() = Bytes::copy_from_slice(input);
    Some(response)
}

fn check<O: Operation>(response: &Response<Bytes>) -> Result<O::Output, ()> {
    let status = response.status();
    let error = match parse::<O>(response.clone()) {
        Ok(output) => {
            assert!(status.is_success(), "{} took a {status} for success", O::NAME);
            return Ok(output);
        }
        Err(error) => error,
    };
    assert_eq!((error.status(), error.delivery()), (Some(status), Delivery::Responded));
    assert_eq!((error.attempts(), error.stop_reason()), (1, StopReason::NotRetryable));
    assert!(error.source().is_none());
    let (debug, shown) = (format!("{error:?} {error:#?}"), error.to_string());
    assert!(shown.contains(MARK) || !debug.contains(MARK), "{debug}");
    assert!(!shown.contains(char::is_control) && shown.chars().count() < 500, "{shown:?}");
    match &error {
        Error::Api(api) => {
            // A 2xx can say that the call failed.
            assert!(!status.is_success() || !api.body().is_empty());
            assert_eq!((api.body(), api.headers()), (response.body(), response.headers()));
            // The server's sentence and the host of a redirect are meant to be seen, and nothing else is.
            let meant = [api.message(), api.redirect_host()].into_iter().flatten().any(|text| text.contains(MARK));
            assert!(meant || !shown.contains(MARK), "{shown}");
        }
        Error::Decode(decode) => {
            assert!(status.is_success());
            assert_eq!((decode.body(), decode.headers()), (response.body(), response.headers()));
            assert!(!shown.contains(MARK), "{shown}");
        }
        other => panic!("a response is no {other:?}"),
    }
    Err(())
}

fuzz_target!(|input: &[u8]| {
    let Some(response) = read(input) else { return };
    let _ = check::<Identify>(&response);
    let _ = check::<GetRegion>(&response);
    let _ = check::<SendEmail>(&response);
    let _ = check::<TriggerBroadcast>(&response);
    let _ = check::<pipelines::Track>(&response);
    if let Ok(raw) = check::<Raw>(&response) {
        assert_eq!((raw.body(), raw.headers()), (response.body(), response.headers()));
    }

    // A batch of three.
    if !response.status().is_success() {
        return;
    }
    let result = BatchResponse::from_response(&response);
    if let Err(failure) = &result {
        let (debug, shown) = (format!("{failure:?}"), failure.to_string());
        assert!(!debug.contains(MARK) && !shown.contains(MARK), "{debug} {shown}");
    }
    match result.map(|response| response.into_result(3)) {
        Err(_) => {}
        Ok(Ok(accepted)) => assert_eq!(accepted, 3),
        Ok(Err(rejections)) => {
            let indexes: Vec<_> = rejections.rejected.iter().map(|rejected| rejected.index).collect();
            assert!(
                indexes.is_sorted_by(|one, next| one < next) && indexes.iter().all(|index| *index < 3),
                "{indexes:?}"
            );
            assert_eq!(rejections.accepted + indexes.len(), 3);
            let (debug, shown) = (format!("{rejections:?}"), rejections.to_string());
            assert!(!debug.contains(MARK) && !shown.contains(MARK), "{debug} {shown}");
        }
    }
});
