//! `Retry-After`: how long a server asks to wait.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, header};

use crate::Timestamp;

/// Reads `Retry-After`, in seconds or as an HTTP date.
///
/// A date counts from the server's own `Date`, so a wrong clock on either side does not matter; without one it counts
/// from `wall`. Anything in neither form is ignored, and a date in the past is no wait.
pub(crate) fn retry_after(headers: &HeaderMap, wall: Option<Timestamp>) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that no u64 holds are a wait that nobody will sit out.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = |text: &str| {
        let since_epoch = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since_epoch.as_secs()).ok()
    };
    let until = date(value)?;
    let from = headers.get(header::DATE).and_then(|value| date(value.to_str().ok()?));
    let from = from.or(wall.map(Timestamp::unix_seconds))?;
    Some(Duration::from_secs(u64::try_from(until.saturating_sub(from)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let now = Some(Timestamp::from(784_111_777)); // Sun, 06 Nov 1994 08:49:37 GMT
        for (value, date, expected) in [
            ("0", None, seconds(0)),
            ("12", None, seconds(12)),
            (" 12 ", None, seconds(12)),
            ("1000000000", None, seconds(1_000_000_000)),
            ("99999999999999999999999", None, seconds(u64::MAX)),
            ("-1", None, None),
            ("1.5", None, None),
            ("", None, None),
            ("soon", None, None),
            ("Sun, 06 Nov 1994 08:49:47 GMT", None, seconds(10)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", None, seconds(0)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some("Sun, 06 Nov 1994 08:49:42 GMT"), seconds(5)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some("junk"), seconds(10)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            if let Some(date) = date {
                headers.insert(header::DATE, date.parse().unwrap());
            }
            assert_eq!(retry_after(&headers, now), expected, "{value:?} {date:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    /// Header values: any bytes, numbers, and what is almost a date.
    fn value() -> impl Strategy<Value = Vec<u8>> {
        let date = "(Mon|Sun|Sunday|xxx), ?[0-9]{2}[ -](Jan|Feb|Nov|Xyz)[ -][0-9]{2,4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT";
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            " ?[+-]?[0-9]{0,30}(\\.[0-9])? ?".prop_map(String::into_bytes),
            date.prop_map(String::into_bytes),
            "(Mon|Sun) (Feb|Nov) [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}".prop_map(String::into_bytes),
        ]
    }

    proptest! {
        #[test]
        fn any_header_is_a_wait_or_none(after in value(), date in value(), wall in any::<i64>(), has_wall in any::<bool>()) {
            let mut headers = HeaderMap::new();
            for (name, bytes) in [(header::RETRY_AFTER, &after), (header::DATE, &date)] {
                if let Ok(value) = HeaderValue::from_bytes(bytes) {
                    headers.insert(name, value);
                }
            }
            let wait = retry_after(&headers, has_wall.then(|| Timestamp::from(wall)));
            // A number needs no other time; a date counts from one.
            let text = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()).unwrap_or("").trim();
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert!(!is_number || wait.is_some());
            prop_assert!(is_number || has_wall || headers.contains_key(header::DATE) || wait.is_none());
        }
    }
}
