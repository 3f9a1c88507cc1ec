//! Writers for the path and the query: the only way in which text gets into a URL.

use bytes::Bytes;
use http::uri::{InvalidUri, PathAndQuery};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{BuildError, BuildErrorKind, Limits};

/// All but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Writes the path of a request.
///
/// ```
/// use customerio_core::Path;
///
/// let mut path = Path::default();
/// path.literal("/api/v1/customers");
/// path.segment("the person's id", "a/b@example.com", 150)?;
/// assert_eq!(path.as_str(), "/api/v1/customers/a%2Fb%40example.com");
/// assert!(path.segment("the person's id", "..", 150).is_err());
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Default)]
pub struct Path {
    text: String,
    /// Instead of the text, as long as nothing else is written.
    route: Option<PathAndQuery>,
    limits: Limits,
}

/// Writes a whole route without identifiers: `route!(path, "/api/v2/batch")`. It is parsed when it is compiled.
macro_rules! route {
    ($path:ident, $route:expr) => {
        $path.route(const { http::uri::PathAndQuery::from_static($route) })
    };
}
pub(crate) use route;

impl Path {
    #[inline]
    pub(crate) fn starting_with(prefix: &str, limits: Limits) -> Self {
        let mut path = Self { text: String::new(), route: None, limits };
        if !prefix.is_empty() {
            path.text().push_str(prefix);
        }
        path
    }

    /// For [`route!`].
    #[inline]
    pub(crate) fn route(&mut self, route: PathAndQuery) {
        if self.text.is_empty() {
            self.route = Some(route);
        } else {
            self.text.push_str(route.as_str());
        }
    }

    #[inline]
    fn text(&mut self) -> &mut String {
        if self.text.capacity() == 0 {
            self.begin_text();
        }
        &mut self.text
    }

    /// Makes room for as much as most paths have.
    fn begin_text(&mut self) {
        self.text.reserve_exact(112);
        if let Some(route) = self.route.take() {
            self.text.push_str(route.as_str());
        }
    }

    /// What identifiers are checked against.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Writes a part of the route that is the same in every call, such as `/api/v1/customers`.
    pub fn literal(&mut self, text: &'static str) {
        debug_assert!(text.starts_with('/') && !text.ends_with('/'), "a literal is whole segments: {text}");
        self.text().push_str(text);
    }

    /// Writes a slash and `value` as one segment, percent-encoded.
    ///
    /// # Errors
    ///
    /// Where `value` is empty, `.` or `..`, or has more than `limit` bytes. Messages call it by the name `what`.
    pub fn segment(&mut self, what: &'static str, value: &str, limit: usize) -> Result<(), BuildError> {
        self.prefixed_segment(what, "", value, limit)
    }

    /// [`segment`](Self::segment), with `prefix` before the value in the same segment.
    pub(crate) fn prefixed_segment(
        &mut self,
        what: &'static str,
        prefix: &str,
        value: &str,
        limit: usize,
    ) -> Result<(), BuildError> {
        check_identifier(what, value, limit)?;
        let text = self.text();
        text.push('/');
        text.push_str(prefix);
        encode(value, text);
        Ok(())
    }

    /// Writes a slash and a number as one segment.
    pub fn number(&mut self, value: u64) {
        let text = self.text();
        text.push('/');
        text.push_str(itoa::Buffer::new().format(value));
    }

    /// What has been written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.route.as_ref().map_or(&self.text, PathAndQuery::as_str)
    }

    pub(crate) fn query(&mut self) -> Query<'_> {
        Query { path: self, separator: '?' }
    }

    /// What has been written, and `more`, which shares its memory.
    #[inline]
    pub(crate) fn finish_with(&mut self, more: &str) -> (Result<PathAndQuery, InvalidUri>, Bytes) {
        if let Some(route) = self.route.take() {
            return (Ok(route), Bytes::copy_from_slice(more.as_bytes()));
        }
        let end = self.text.len();
        self.text.push_str(more);
        let mut path = Bytes::from(std::mem::take(&mut self.text));
        let more = path.split_off(end);
        (PathAndQuery::from_maybe_shared(path), more)
    }
}

/// Writes the query of a request.
pub struct Query<'a> {
    path: &'a mut Path,
    separator: char,
}

impl Query<'_> {
    /// Writes `name=value`, both percent-encoded: a `+` arrives as a `+`.
    pub fn pair(&mut self, name: &str, value: &str) {
        let text = self.path.text();
        text.push(self.separator);
        self.separator = '&';
        encode(name, text);
        text.push('=');
        encode(value, text);
    }
}

impl std::fmt::Debug for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A path names people.
        f.debug_struct("Path").field("bytes", &self.as_str().len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query").finish_non_exhaustive()
    }
}

/// Appends `value`, percent-encoded.
fn encode(value: &str, text: &mut String) {
    /// Most values stay as they are, and a table tells that sooner than the encoder.
    const STAYS: [bool; 256] = {
        let (mut stays, mut byte) = ([false; 256], 0);
        while byte < 256 {
            #[expect(clippy::cast_possible_truncation, reason = "it is below 256")]
            let is = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'.' | b'_' | b'~');
            stays[byte] = is;
            byte += 1;
        }
        stays
    };
    if value.bytes().all(|byte| STAYS[usize::from(byte)]) {
        text.push_str(value);
    } else {
        text.extend(utf8_percent_encode(value, RESERVED));
    }
}

/// What every identifier must pass, in a path or in a body: `url`-based clients rewrite `%2E%2E` as `..` and then drop
/// it, and an empty segment is another route.
pub(crate) fn check_identifier(what: &'static str, value: &str, limit: usize) -> Result<(), BuildError> {
    let is_blank = |value: &str| !value.starts_with(|first: char| first.is_ascii_graphic()) && value.trim().is_empty();
    let problem = match value {
        _ if is_blank(value) => BuildErrorKind::Empty,
        "." | ".." => BuildErrorKind::DotSegment,
        _ if value.len() > limit => BuildErrorKind::TooLong { bytes: value.len(), limit },
        _ => return Ok(()),
    };
    Err(BuildError::new(what, problem))
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        for (value, expected) in [
            ("AZaz09-._~", "/AZaz09-._~"),
            ("a b+c", "/a%20b%2Bc"),
            ("a/../b", "/a%2F..%2Fb"),
            ("ü", "/%C3%BC"),
            ("%2E%2E", "/%252E%252E"),
            ("?#&=;:@!$'()*,[]", "/%3F%23%26%3D%3B%3A%40%21%24%27%28%29%2A%2C%5B%5D"),
            ("\0\r\n\u{7f}", "/%00%0D%0A%7F"),
            ("...", "/..."),
        ] {
            let mut path = Path::default();
            path.segment("it", value, 150).unwrap();
            assert_eq!(path.as_str(), expected);
        }
    }

    #[test]
    fn a_whole_route_may_have_a_prefix_before_it_and_more_behind_it() {
        let written = |prefix, write: fn(&mut Path)| {
            let mut path = Path::starting_with(prefix, Limits::default());
            route!(path, "/v1/x");
            write(&mut path);
            let (finished, more) = path.finish_with("17");
            assert_eq!(more, "17");
            finished.unwrap().to_string()
        };
        for (prefix, write, expected) in [
            ("", (|_| ()) as fn(&mut Path), "/v1/x"),
            ("/proxy", |_| (), "/proxy/v1/x"),
            ("", |path| path.literal("/y"), "/v1/x/y"),
            ("", |path| path.segment("it", "a b", 9).unwrap(), "/v1/x/a%20b"),
            ("", |path| path.query().pair("q", "a+b"), "/v1/x?q=a%2Bb"),
            ("/proxy", |path| path.query().pair("q", "1"), "/proxy/v1/x?q=1"),
        ] {
            assert_eq!(written(prefix, write), expected);
        }
    }

    #[test]
    fn how_long_a_path_is_shows_and_nothing_of_it() {
        let mut path = Path::default();
        path.literal("/v1/secret");
        assert_eq!(format!("{path:?}"), "Path { bytes: 10, .. }");
        assert_eq!(format!("{:?}", path.query()), "Query { .. }");
    }

    #[test]
    fn the_limits_are_those_that_were_given() {
        let limits = Limits::default().with_person_id(7);
        assert_eq!(Path::starting_with("", limits).limits(), &limits);
    }

    #[test]
    fn what_breaks_the_route_is_refused() {
        let long = "x".repeat(151);
        for (value, problem) in [
            ("", BuildErrorKind::Empty),
            (" \t", BuildErrorKind::Empty),
            (".", BuildErrorKind::DotSegment),
            ("..", BuildErrorKind::DotSegment),
            (long.as_str(), BuildErrorKind::TooLong { bytes: 151, limit: 150 }),
        ] {
            let mut path = Path::default();
            let error = path.segment("it", value, 150).unwrap_err();
            assert_eq!(error.kind(), &problem);
            assert_eq!(path.as_str(), "");
        }
        assert_eq!(Path::default().segment("it", &long[..150], 150), Ok(()));
    }

    #[test]
    fn query_values_are_encoded_like_segments() {
        let mut path = Path::default();
        path.literal("/v1/x");
        let mut query = path.query();
        query.pair("email", "a+b@example.com");
        query.pair("k&", "");
        assert_eq!(path.as_str(), "/v1/x?email=a%2Bb%40example.com&k%26=");
    }

    /// Any text, with what matters in a URL more often than it would be there by chance.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[./%?#\\\\@:;+& 2eEfFa\t\r\n]{0,12}"]
    }

    proptest! {
        /// A value is one segment, whatever is in it, and stays it in clients that rewrite URLs as browsers do.
        #[test]
        fn a_segment_arrives_as_it_was_given(values in prop::collection::vec(text(), 1..4)) {
            let mut path = Path::default();
            path.literal("/api");
            let mut written = Vec::new();
            for value in &values {
                let before = path.as_str().len();
                if path.segment("it", value, usize::MAX).is_err() {
                    prop_assert!(value.trim().is_empty() || matches!(value.as_str(), "." | ".."), "{value:?}");
                    prop_assert_eq!(path.as_str().len(), before);
                    continue;
                }
                let segment = &path.as_str()[before + 1..];
                prop_assert!(!segment.contains(['/', '?', '#']), "{segment}");
                prop_assert_eq!(percent_decode_str(segment).decode_utf8().unwrap(), value.as_str());
                written.push(value.as_str());
            }
            let text = format!("https://track.customer.io{}", path.as_str());
            let url = Url::parse(&text).unwrap();
            prop_assert_eq!(url.as_str(), &text);
            prop_assert_eq!((url.query(), url.fragment()), (None, None));
            let segments: Vec<_> = url.path_segments().unwrap().skip(1).collect();
            let decoded: Vec<_> = segments.iter().map(|one| percent_decode_str(one).decode_utf8().unwrap()).collect();
            prop_assert_eq!(decoded, written);
        }

        #[test]
        fn a_query_arrives_as_it_was_given(pairs in prop::collection::vec((text(), text()), 1..4)) {
            let mut path = Path::default();
            path.literal("/api");
            let mut query = path.query();
            for (name, value) in &pairs {
                query.pair(name, value);
            }
            let text = format!("https://track.customer.io{}", path.as_str());
            let url = Url::parse(&text).unwrap();
            prop_assert_eq!(url.as_str(), &text);
            let read: Vec<_> = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
            prop_assert_eq!(read, pairs);
        }
    }
}
