//! Any headers and any body can come to a receiver: the first line is the signature, the second the timestamp, and the
//! rest the body. Only what is signed is let in, and any JSON object is an event that is written as it came.

#![no_main]

use customerio_core::{
    Timestamp,
    http::{HeaderMap, HeaderValue},
    webhook::{Event, Kind, ReceiveError, Unverified, Verifier},
};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

const NOW: i64 = 1_700_000_000;

fn headers(signature: &[u8], timestamp: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    // Several signatures are divided by commas here.
    for signature in signature.split(|byte| *byte == b',') {
        if let Ok(signature) = HeaderValue::from_bytes(signature) {
            headers.append("x-cio-signature", signature);
        }
    }
    if let Ok(timestamp) = HeaderValue::from_bytes(timestamp) {
        headers.insert("x-cio-timestamp", timestamp);
    }
    headers
}

fuzz_target!(|data: &[u8]| {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let [signature, timestamp, body] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let verifier = Verifier::new("signing-key").and_then(|verifier| verifier.with_key("old-key")).expect("two keys");

    let now = Timestamp::from(NOW);
    let given = headers(signature, timestamp);
    if matches!(verifier.verify(&given, body, now), Ok(()) | Err(Unverified::Stale { .. })) {
        let text = std::str::from_utf8(timestamp).expect("it is a number").trim();
        let seconds: i64 = text.parse().expect("it is a number");
        let old = Verifier::new("old-key").expect("a key");
        let right = [&verifier, &old].map(|verifier| verifier.sign(seconds, body));
        let shown = String::from_utf8_lossy(signature).to_lowercase();
        // A number can be written in several ways, and the signature is of the one that came.
        assert!(seconds.to_string() != text || right.iter().any(|right| shown.contains(right)), "{shown}");
    }

    let signature = verifier.sign(now, body);
    let signed = headers(signature.as_bytes(), NOW.to_string().as_bytes());
    assert_eq!(verifier.verify(&signed, body, now), Ok(()));
    assert_eq!(verifier.verify(&signed, &[body, b"x"].concat(), now), Err(Unverified::Mismatch));

    let object = std::str::from_utf8(body)
        .ok()
        .filter(|text| serde_json::from_str::<&RawValue>(text).is_ok_and(|json| json.get().starts_with('{')));
    match (verifier.receive(&signed, body, now), object) {
        (Ok(event), Some(json)) => {
            assert_eq!(event.json(), json.trim_matches([' ', '\t', '\r', '\n']));
            let written = serde_json::to_string(&event).expect("it was JSON");
            assert_eq!(written, event.json());
            assert!(serde_json::from_str::<Event>(&written).expect("it was JSON") == event);
            assert!(event.event_id() != Some(""));
            assert!(event.object_type().is_some() || matches!(event.kind(), Kind::Unknown | Kind::Customer(_)));
            // What is shown are names of types.
            assert!(format!("{event:?}").len() < 100);
        }
        (Err(ReceiveError::NotAnEvent(_)), None) => {}
        (result, object) => panic!("{result:?} {object:?}"),
    }
});
