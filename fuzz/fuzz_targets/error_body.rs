//! Any bytes can be the body of an error: its details come of the body and are no larger, and its message is fit for a log.

#![no_main]

use customerio_core::{
    Error,
    bytes::Bytes,
    http::{Response, StatusCode},
    parse,
    track::Identify,
};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;

fuzz_target!(|body: &[u8]| {
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let Err(Error::Api(error)) = parse::<Identify>(response) else { panic!("a 400 is an API error") };

    assert_eq!(error.body(), body);
    assert_eq!(error.message(), error.details().first().map(|detail| detail.message.as_str()));
    assert!(error.details().is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok());
    // Each detail takes two bytes of the body or more, and no text is longer than it was there. A number may be: `1E9`.
    assert!(error.details().len() * 2 <= body.len());
    let texts = error.details().iter().flat_map(|detail| [Some(&detail.message), detail.pointer.as_ref()]).flatten();
    assert!(texts.map(String::len).sum::<usize>() <= body.len());
    assert!(error.details().iter().filter_map(|detail| detail.code.as_ref()).all(|code| code.len() <= body.len() + 24));

    let shown = error.to_string();
    assert!(shown.starts_with("track.identify returned 400 Bad Request"), "{shown}");
    assert!(!shown.contains(char::is_control), "{shown:?}");
    // The first message, and how many more there are.
    assert!(shown.chars().count() <= 48 + 2 + 301 + 30, "{shown}");
    let debug = format!("{error:?}");
    assert!(debug.contains(&shown), "{debug}");
});
