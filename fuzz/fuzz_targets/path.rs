//! Any text is one segment of a path or one value of a query that arrives as it was given, or it is refused.

#![no_main]

use customerio_core::{BuildError, Endpoint, Path, BuildErrorKind, Raw, Region, Track, build};
use libfuzzer_sys::{arbitrary, fuzz_target};
use percent_encoding::percent_decode_str;
use url::Url;

#[derive(arbitrary::Arbitrary, Debug)]
struct Input<'a> {
    limit: u8,
    segments: Vec<&'a str>,
    query: Vec<(&'a str, &'a str)>,
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().expect("it was text").into_owned()
}

/// Whether the segment was written. If it was not, then for a reason that holds.
fn written(value: &str, limit: usize, result: &Result<(), BuildError>) -> bool {
    let blank = value.trim().is_empty();
    match result.as_ref().map_err(BuildError::problem) {
        Ok(()) => assert!(!blank && !matches!(value, "." | "..") && value.len() <= limit, "{value:?}"),
        Err(BuildErrorKind::Empty) => assert!(blank, "{value:?}"),
        Err(BuildErrorKind::DotSegment) => assert!(matches!(value, "." | ".."), "{value:?}"),
        Err(problem) => {
            assert_eq!(problem, &BuildErrorKind::TooLong { bytes: value.len(), limit });
            assert!(value.len() > limit);
        }
    }
    result.is_ok()
}

fuzz_target!(|input: Input<'_>| {
    let mut path = Path::default();
    path.literal("/api");
    let mut kept = Vec::new();
    for &value in &input.segments {
        let before = path.as_str().len();
        let limit = usize::from(input.limit);
        let result = path.segment("it", value, limit);
        let segment = &path.as_str()[before..];
        if written(value, limit, &result) {
            assert!(segment.starts_with('/') && !segment[1..].contains(['/', '?', '#', '\\']), "{segment}");
            assert_eq!(decoded(&segment[1..]), value);
            kept.push(value);
        } else {
            assert_eq!(segment, "");
        }
    }

    // Through a whole request, in the eyes of a client that rewrites URLs as browsers do.
    if kept.is_empty() && input.query.is_empty() {
        return;
    }
    let call = Raw::<Track>::get(&kept).with_query(&input.query);
    let endpoint = Endpoint::track(Region::Us, "site", "key").expect("a key");
    let request = match build(&endpoint, &call) {
        Ok(request) => request,
        Err(error) => {
            let bytes: usize = kept.iter().map(|text| text.len()).sum();
            let query: usize = input.query.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
            assert!((bytes + query) * 3 + kept.len() > 65_000, "{error}");
            return;
        }
    };
    let text = request.uri().to_string();
    let url = Url::parse(&text).expect("a URL");
    assert_eq!(url.as_str(), text);
    assert_eq!((url.host_str(), url.fragment()), (Some("track.customer.io"), None));
    let segments: Vec<_> = url.path_segments().into_iter().flatten().map(decoded).collect();
    assert_eq!(segments, if kept.is_empty() { vec![""] } else { kept });
    let pairs: Vec<_> = url.query_pairs().collect();
    assert!(pairs.iter().map(|(name, value)| (&**name, &**value)).eq(input.query.iter().copied()));
});
