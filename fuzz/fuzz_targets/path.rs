//! Any text is one segment of a path or one value of a query that arrives as it was given, or it is refused.

#![no_main]

use customerio_core::{BuildError, BuildErrorKind, Endpoint, Path, Region, build, track::Raw};
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
    match result.as_ref().map_err(BuildError::kind) {
        Ok(()) => {
            assert!(!value.trim().is_empty() && !matches!(value, "." | "..") && value.len() <= limit, "{value:?}");
        }
        Err(BuildErrorKind::Empty) => assert!(value.is_empty(), "{value:?}"),
        Err(BuildErrorKind::Blank) => assert!(!value.is_empty() && !value.contains(|one: char| one.is_ascii_graphic())),
        Err(BuildErrorKind::DotSegment) => assert!(matches!(value, "." | ".."), "{value:?}"),
        Err(kind @ BuildErrorKind::TooLong { .. }) => {
            assert_eq!(kind, &BuildErrorKind::TooLong { bytes: value.len(), limit });
            assert!(value.len() > limit);
        }
        Err(kind) => panic!("{value:?} is refused as {kind:?}"),
    }
    result.is_ok()
}

fuzz_target!(|input: Input<'_>| {
    let mut kept = Vec::new();
    for &value in &input.segments {
        let limit = usize::from(input.limit);
        let mut path = Path::new("/api/{it}/mid/{again}/end");
        let result = path.segment("it", value, limit);
        if written(value, limit, &result) {
            path.segment("it", value, limit).expect("it was written before");
            let path = path.finish();
            let segments: Vec<_> = path.split('/').collect();
            let &["", "api", one, "mid", two, "end"] = &segments[..] else { panic!("{path}") };
            assert!(one == two && !one.contains(['?', '#', '\\']), "{path}");
            assert_eq!(decoded(one), value);
            kept.push(value);
        } else {
            assert_eq!(path.finish(), "/api/{it}/mid/{again}/end");
        }
    }

    // Through a whole request, in the eyes of a client that rewrites URLs as browsers do.
    let call = Raw::get(&kept).with_query(input.query.iter().copied());
    let endpoint = Endpoint::track(Region::Us, "site", "key").expect("a key");
    let request = match build(&endpoint, call) {
        Ok(request) => request,
        Err(error) if kept.is_empty() => return assert_eq!(error.to_string(), "the path is empty"),
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
    assert_eq!(segments, kept);
    let pairs: Vec<_> = url.query_pairs().collect();
    assert!(pairs.iter().map(|(name, value)| (&**name, &**value)).eq(input.query.iter().copied()));
});
