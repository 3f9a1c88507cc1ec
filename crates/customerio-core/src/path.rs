//! Writers for the path and the query: the only way in which text gets into a URL.

use percent_encoding::percent_encode_byte;

use crate::{
    BuildError, BuildErrorKind, Limits,
    unseen::{blank, is_blank},
};

/// Writes the path of a request: fills in the parameters of a route, in their order.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::operation::Path;
///
/// let mut path = Path::new("/api/v1/customers/{identifier}/events");
/// path.segment("the person's id", "a/b@example.com", 150)?;
/// assert_eq!(path.finish(), "/api/v1/customers/a%2Fb%40example.com/events");
/// # Ok::<(), customerio::BuildError>(())
/// ```
pub struct Path {
    text: String,
    route: Route,
    /// Where the rest of the route begins, and the next part in braces.
    at: usize,
    part: usize,
    limits: Limits,
    /// The bytes of the query that comes, where that is known.
    query: usize,
}

/// What can fill in a part of a route.
pub(crate) trait Part {
    /// Whether it is text, which can name a person.
    #[cfg(feature = "samples")]
    const IS_TEXT: bool = false;

    /// Refuses what cannot be there.
    fn check(&self) -> Result<(), BuildError>;

    /// Checks it, and writes it.
    fn write(&self, path: &mut Path) -> Result<(), BuildError>;
}

impl<T: Part> Part for &T {
    fn check(&self) -> Result<(), BuildError> {
        (**self).check()
    }
    fn write(&self, path: &mut Path) -> Result<(), BuildError> {
        (**self).write(path)
    }
}

/// What can be the value of an option in a query.
pub(crate) trait Argument {
    /// Whether it is text, which can name a person.
    #[cfg(feature = "samples")]
    const IS_TEXT: bool = false;

    /// Checks it, and writes it under `name`.
    fn write(&self, name: &'static str, query: &mut Query<'_>) -> Result<(), BuildError>;

    fn write_optional(value: Option<&Self>, name: &'static str, query: &mut Query<'_>) -> Result<(), BuildError> {
        value.map_or(Ok(()), |value| value.write(name, query))
    }
}

/// Makes types [`Argument`]s, which are written as they are shown. Whether they are text follows them.
macro_rules! arguments {
    ($($type:ty: $is_text:literal;)*) => {$(
        impl $crate::path::Argument for $type {
            #[cfg(feature = "samples")]
            const IS_TEXT: bool = $is_text;

            fn write(&self, name: &'static str, query: &mut $crate::Query<'_>) -> Result<(), $crate::BuildError> {
                query.optional(name, Some(self));
                Ok(())
            }
        }
    )*};
}
pub(crate) use arguments;

arguments! {
    bool: false;
    u32: false;
    crate::text::Text: true;
}

impl Argument for crate::Timestamp {
    fn write(&self, name: &'static str, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.optional(name, Some(self.unix_seconds()));
        Ok(())
    }
}

/// A route, and where its parts in braces begin and end: looked up once, when an operation is compiled.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    text: &'static str,
    /// If there is no such part, the end.
    parts: [(u8, u8); 4],
}

impl Route {
    #[expect(clippy::cast_possible_truncation, reason = "a route is not longer than fits")]
    pub(crate) const fn new(text: &'static str) -> Self {
        assert!(text.len() <= u8::MAX as usize, "a route has at most 255 bytes");
        let bytes = text.as_bytes();
        let mut parts = [(bytes.len() as u8, bytes.len() as u8); 4];
        let (mut at, mut part) = (0, 0);
        while at < bytes.len() {
            if bytes[at] == b'{' {
                assert!(part < parts.len(), "a route has at most four parts in braces");
                parts[part].0 = at as u8;
            }
            if bytes[at] == b'}' {
                parts[part].1 = at as u8 + 1;
                part += 1;
            }
            at += 1;
        }
        Self { text, parts }
    }
}

/// For what comes after the first identifier.
const ROOM: usize = 40;

impl Path {
    /// Creates a path of `route`, with [`Limits::none`].
    ///
    /// # Panics
    ///
    /// Panics if the route has more than four parts in braces, or more than 255 bytes.
    #[must_use]
    pub fn new(route: &'static str) -> Self {
        Self::within(route, Limits::none())
    }

    /// Creates a path of `route`, whose identifiers are checked against `limits`.
    ///
    /// # Panics
    ///
    /// Like [`new`](Self::new).
    #[must_use]
    pub const fn within(route: &'static str, limits: Limits) -> Self {
        Self::of(Route::new(route), limits)
    }

    pub(crate) const fn of(route: Route, limits: Limits) -> Self {
        Self { text: String::new(), route, at: 0, part: 0, limits, query: 0 }
    }

    /// The limits that identifiers are checked against.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Writes `value`, percent-encoded, in place of the next part in braces; after the last one, as a further segment.
    ///
    /// # Errors
    ///
    /// Fails if `value` has no visible character, is `.` or `..`, or has more than `limit` bytes. Error messages call
    /// it `what`.
    pub fn segment(&mut self, what: &'static str, value: &str, limit: usize) -> Result<(), BuildError> {
        check_identifier(what, value, limit)?;
        self.checked_segment("", value);
        Ok(())
    }

    /// [`segment`](Self::segment) of a value that was checked before, with `prefix` before it.
    pub(crate) fn checked_segment(&mut self, prefix: &str, value: &str) {
        let escaped = escaped(value);
        self.advance(prefix.len() + value.len() + 2 * escaped);
        self.text.push_str(prefix);
        encode(value, escaped, &mut self.text);
    }

    /// Reserves room for a query of `bytes`.
    pub(crate) fn expect_query(&mut self, bytes: usize) {
        self.query = bytes;
    }

    /// Writes a number in place of the next part in braces.
    pub fn number(&mut self, value: u64) {
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(value);
        self.advance(digits.len());
        self.text.push_str(digits);
    }

    /// Writes the route up to the next part in braces and makes room for that, of `bytes`, and for the rest.
    fn advance(&mut self, bytes: usize) {
        let Route { text: route, parts } = self.route;
        let (open, end) =
            parts.get(self.part).map_or((route.len(), route.len()), |part| (part.0.into(), part.1.into()));
        let (before, after) = (&route[self.at..open], &route[end..]);
        self.at = end;
        self.part += 1;
        let slash = if before.ends_with('/') { "" } else { "/" };
        // Usually exactly as much as is needed: then the text becomes part of the request as it is.
        let room = before.len() + slash.len() + bytes + after.len() + self.query;
        if self.text.is_empty() {
            self.text = String::with_capacity(if after.ends_with('}') { room + ROOM } else { room });
        }
        self.text.push_str(before);
        self.text.push_str(slash);
    }

    pub(crate) fn query(&mut self) -> Query<'_> {
        Query { path: self, separator: '?' }
    }

    /// Returns the whole path.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.text.push_str(&self.route.text[self.at..]);
        self.text
    }

    /// Whether nothing was written: the path is the route.
    pub(crate) fn is_route(&self) -> bool {
        self.text.is_empty()
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
        let (in_name, in_value) = (escaped(name), escaped(value));
        self.begin(name.len() + 2 * in_name + value.len() + 2 * in_value);
        let text = &mut self.path.text;
        encode(name, in_name, text);
        text.push('=');
        encode(value, in_value, text);
    }

    /// [`pair`](Self::pair) of unreserved characters alone.
    pub(crate) fn plain_pair(&mut self, name: &'static str, value: &'static str) {
        self.begin(name.len() + value.len());
        let text = &mut self.path.text;
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }

    /// Writes what is before a pair, of `bytes` without the `=`.
    fn begin(&mut self, bytes: usize) {
        let Path { text, route, at, .. } = &mut *self.path;
        let rest = &route.text[std::mem::replace(at, route.text.len())..];
        text.reserve(rest.len() + bytes + 2);
        text.push_str(rest);
        text.push(self.separator);
        self.separator = '&';
    }

    /// [`optional`](Self::optional) of an id, which is checked.
    pub(crate) fn id(&mut self, name: &str, id: Option<impl Part + std::fmt::Display>) -> Result<(), BuildError> {
        if let Some(id) = id {
            id.check()?;
            self.pair(name, &id.to_string());
        }
        Ok(())
    }

    /// The limits that identifiers are checked against.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        self.path.limits()
    }

    /// Writes a [`pair`](Self::pair) if there is a value.
    pub fn optional(&mut self, name: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.pair(name, &value.to_string());
        }
    }
}

impl std::fmt::Debug for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A path names people.
        f.debug_struct("Path").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query").finish_non_exhaustive()
    }
}

/// The unreserved characters of RFC 3986, section 2.3. Most values have no others.
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

/// How many bytes of `value` are percent-encoded.
fn escaped(value: &str) -> usize {
    value.bytes().map(|byte| usize::from(!STAYS[usize::from(byte)])).sum()
}

/// Appends `value`, of which `escaped` bytes are percent-encoded.
#[inline]
fn encode(value: &str, escaped: usize, text: &mut String) {
    let (mut rest, mut left) = (value, escaped);
    while left > 0 {
        let stays = rest.bytes().take_while(|byte| STAYS[usize::from(*byte)]).count();
        let (before, after) = rest.split_at(stays);
        let character = after.chars().next().map_or(1, char::len_utf8);
        text.push_str(before);
        after.bytes().take(character).for_each(|byte| text.push_str(percent_encode_byte(byte)));
        rest = &after[character..];
        left -= character;
    }
    text.push_str(rest);
}

/// What every identifier must pass, in a path or in a body: `url`-based clients rewrite `%2E%2E` as `..` and then drop
/// it, and an empty segment is another route.
pub(crate) fn check_identifier(what: &'static str, value: &str, limit: usize) -> Result<(), BuildError> {
    let problem = match value {
        _ if is_blank(value) => return Err(blank(what, value)),
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
            ("\0\r\n\u{7f}.", "/%00%0D%0A%7F."),
            ("...", "/..."),
        ] {
            let mut path = Path::new("/{it}");
            path.segment("it", value, 150).unwrap();
            assert_eq!(path.finish(), expected);
        }
    }

    #[test]
    fn a_route_is_filled_in_from_the_left() {
        let written = |route, write: fn(&mut Path)| {
            let mut path = Path::new(route);
            write(&mut path);
            path.finish()
        };
        for (route, write, expected) in [
            ("/v1/x", (|_| ()) as fn(&mut Path), "/v1/x"),
            ("/v1/x", |path| path.segment("it", "a b", 9).unwrap(), "/v1/x/a%20b"),
            ("/v1/x", |path| path.query().pair("q", "a+b"), "/v1/x?q=a%2Bb"),
            ("/v1/{x}/y/{z}/w", |path| path.number(7), "/v1/7/y/{z}/w"),
            (
                "/v1/{x}/y/{z}/w",
                |path| {
                    path.number(7);
                    path.segment("it", "/", 9).unwrap();
                    path.query().pair("q", "1");
                },
                "/v1/7/y/%2F/w?q=1",
            ),
        ] {
            assert_eq!(written(route, write), expected);
        }
    }

    #[test]
    fn a_path_with_one_part_has_no_room_to_spare() {
        for value in ["42", "a b@x.org"] {
            let mut path = Path::new("/api/v1/customers/{identifier}/events");
            path.segment("it", value, 150).unwrap();
            let text = path.finish();
            assert_eq!(text.capacity(), text.len(), "{text}");
        }
    }

    #[test]
    fn how_long_a_path_is_shows_and_nothing_of_it() {
        let mut path = Path::new("/v1/{it}");
        path.segment("it", "secret", 9).unwrap();
        assert_eq!(format!("{path:?}"), "Path { bytes: 10, .. }");
        assert_eq!(format!("{:?}", path.query()), "Query { .. }");
    }

    #[test]
    fn the_limits_are_those_that_were_given() {
        let limits = Limits::default().with_person_id(7);
        assert_eq!(Path::within("/", limits).limits(), &limits);
    }

    #[test]
    fn what_breaks_the_route_is_refused() {
        let long = "x".repeat(151);
        for (value, problem) in [
            ("", BuildErrorKind::Empty),
            (" \t", BuildErrorKind::Blank),
            ("\0\u{feff}", BuildErrorKind::Blank),
            (".", BuildErrorKind::DotSegment),
            ("..", BuildErrorKind::DotSegment),
            (long.as_str(), BuildErrorKind::TooLong { bytes: 151, limit: 150 }),
        ] {
            let mut path = Path::new("/{it}");
            let error = path.segment("it", value, 150).unwrap_err();
            assert_eq!(error.kind(), &problem);
            assert!(path.is_route());
        }
        assert_eq!(Path::new("/{it}").segment("it", &long[..150], 150), Ok(()));
    }

    #[test]
    fn query_values_are_encoded_like_segments() {
        let mut path = Path::new("/v1/x");
        let mut query = path.query();
        query.pair("email", "a+b@example.com");
        query.pair("k&", "");
        assert_eq!(path.finish(), "/v1/x?email=a%2Bb%40example.com&k%26=");
    }

    /// Any text, with what matters in a URL more often than it would be there by chance.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[./%?#\\\\@:;+& 2eEfFa\t\r\n]{0,12}"]
    }

    proptest! {
        /// A value is one segment, whatever is in it, and stays it in clients that rewrite URLs as browsers do.
        #[test]
        fn a_segment_arrives_as_it_was_given(values in prop::collection::vec(text(), 1..4)) {
            let mut path = Path::new("/{it}");
            path.segment("it", "api", usize::MAX).unwrap();
            let mut written = Vec::new();
            for value in &values {
                let before = path.text.len();
                if path.segment("it", value, usize::MAX).is_err() {
                    prop_assert!(is_blank(value) || matches!(value.as_str(), "." | ".."), "{value:?}");
                    prop_assert_eq!(path.text.len(), before);
                    continue;
                }
                let segment = &path.text[before + 1..];
                prop_assert!(!segment.contains(['/', '?', '#']), "{segment}");
                prop_assert_eq!(percent_decode_str(segment).decode_utf8().unwrap(), value.as_str());
                written.push(value.as_str());
            }
            let text = format!("https://track.customer.io{}", path.finish());
            let url = Url::parse(&text).unwrap();
            prop_assert_eq!(url.as_str(), &text);
            prop_assert_eq!((url.query(), url.fragment()), (None, None));
            let segments: Vec<_> = url.path_segments().unwrap().skip(1).collect();
            let decoded: Vec<_> = segments.iter().map(|one| percent_decode_str(one).decode_utf8().unwrap()).collect();
            prop_assert_eq!(decoded, written);
        }

        #[test]
        fn a_query_arrives_as_it_was_given(pairs in prop::collection::vec((text(), text()), 1..4)) {
            let mut path = Path::new("/api");
            let mut query = path.query();
            for (name, value) in &pairs {
                query.pair(name, value);
            }
            let text = format!("https://track.customer.io{}", path.finish());
            let url = Url::parse(&text).unwrap();
            prop_assert_eq!(url.as_str(), &text);
            let read: Vec<_> = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
            prop_assert_eq!(read, pairs);
        }
    }
}
