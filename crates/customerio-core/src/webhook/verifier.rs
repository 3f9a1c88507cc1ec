//! Checks that a request is from Customer.io: its signature, and then its age.
//!
//! `X-CIO-Signature` is the hex HMAC-SHA256 of `v0:<X-CIO-Timestamp>:<body>` under the signing key of the webhook.
//! <https://docs.customer.io/integrations/api/webhooks/#section/Securely-verifying-requests>

use std::{fmt::Write as _, time::Duration};

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue, StatusCode};
use sha2::Sha256;

use super::{Event, NotAnEvent};
use crate::{BuildError, Timestamp, credential::credential, macros::opaque_debug, unseen::is_unseen};

const SIGNATURE: &str = "x-cio-signature";
const TIMESTAMP: &str = "x-cio-timestamp";

/// Bytes of an HMAC-SHA256.
const MAC_BYTES: usize = 32;

/// Verifies that a request is from Customer.io.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::time::Duration;
/// use customerio::webhook::Verifier;
///
/// let verifier =
///     Verifier::new("new-key\n")?.with_key("old-key")?.with_tolerance(Duration::from_secs(60));
/// assert!(!format!("{verifier:?}").contains("key"));
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// Whitespace around a key and a byte order mark before it are removed, because files end in a line break and may begin
/// with such a mark. The key itself is not kept, and the memory of what is made of it is wiped on drop.
#[derive(Clone)]
pub struct Verifier {
    /// Ready to take the message; never empty.
    keys: Vec<Hmac<Sha256>>,
    tolerance: Duration,
}

opaque_debug!(Verifier);

impl Verifier {
    /// Creates a verifier with the signing key of the webhook, from its page in the workspace's settings, and a
    /// tolerance of 300 seconds.
    ///
    /// # Errors
    ///
    /// Fails if the key is empty or has a control character or an invisible one.
    pub fn new(key: &str) -> Result<Self, BuildError> {
        Self { keys: Vec::new(), tolerance: Duration::from_secs(300) }.with_key(key)
    }

    /// Accepts this key as well: the old one, while a new one is being rolled out.
    ///
    /// # Errors
    ///
    /// Fails if the key is empty or has a control character or an invisible one.
    pub fn with_key(mut self, key: &str) -> Result<Self, BuildError> {
        let key = credential("the webhook signing key", key, |character| !is_unseen(character))?;
        // A list that grows would leave a copy behind in memory that nobody wipes; one that is dropped is wiped.
        let mut keys = Vec::with_capacity(self.keys.len() + 1);
        keys.extend_from_slice(&self.keys);
        // HMAC takes keys of any length.
        keys.extend(Hmac::new_from_slice(key.as_bytes()));
        self.keys = keys;
        Ok(self)
    }

    /// Sets how far the signed time may be from now, in the past or the future.
    #[must_use]
    pub fn with_tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Checks that a request with these headers and this body is from Customer.io, and was signed within the tolerance
    /// of `now`.
    ///
    /// The body must be the raw bytes, as they came. The signature is compared in constant time, and before the time is
    /// looked at. It is hex in either case, with or without `v0=`. If there are several signatures, one that is right is
    /// enough: each would have needed the key. Several timestamps must be the same, because only one can have been
    /// signed.
    ///
    /// # Errors
    ///
    /// [`Unverified`] says what is wrong. It never shows a key or the right signature.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now: impl Into<Timestamp>) -> Result<(), Unverified> {
        let mut signatures = headers.get_all(SIGNATURE).iter().map(HeaderValue::as_bytes).peekable();
        if signatures.peek().is_none() {
            return Err(Unverified::MissingSignature);
        }
        let (signed, timestamp) = timestamp(headers)?;
        let mut macs = signatures.filter_map(mac_of_hex).peekable();
        if macs.peek().is_none() {
            return Err(Unverified::MalformedSignature);
        }
        let expected: Vec<_> = self.keys.iter().map(|key| sign(key.clone(), signed, body)).collect();
        let is_right = |mac: [u8; MAC_BYTES]| expected.iter().any(|key| key.clone().verify_slice(&mac).is_ok());
        if !macs.any(is_right) {
            return Err(Unverified::Mismatch);
        }
        let seconds = now.into().unix_seconds().saturating_sub(timestamp);
        if Duration::from_secs(seconds.unsigned_abs()) > self.tolerance {
            return Err(Unverified::Stale { seconds });
        }
        Ok(())
    }

    /// Verifies a request with these headers and this body, and reads its event.
    ///
    /// From parts it takes `&parts.headers`, from a whole request `request.headers()` and `request.body()`. To have each
    /// event handled once, use a [`Receiver`](super::Receiver).
    ///
    /// # Errors
    ///
    /// Returns [`ReceiveError::Unverified`] as [`verify`](Self::verify) does, and [`ReceiveError::NotAnEvent`] for a
    /// request that is from Customer.io and cannot be read. [`ReceiveError::status`] says what to respond with.
    pub fn receive(&self, headers: &HeaderMap, body: &[u8], now: impl Into<Timestamp>) -> Result<Event, ReceiveError> {
        self.verify(headers, body, now)?;
        Ok(Event::from_json(body)?)
    }

    /// Returns the value of `X-CIO-Signature` for a body that is sent with this `X-CIO-Timestamp`, under the first key:
    /// for tests of a receiver.
    #[must_use]
    pub fn sign(&self, timestamp: impl Into<Timestamp>, body: &[u8]) -> String {
        let mut text = String::with_capacity(2 * MAC_BYTES);
        if let Some(key) = self.keys.first() {
            let mac = sign(key.clone(), timestamp.into().unix_seconds().to_string().as_bytes(), body);
            for byte in mac.finalize().into_bytes() {
                // A string takes everything.
                let _ = write!(text, "{byte:02x}");
            }
        }
        text
    }
}

fn sign(key: Hmac<Sha256>, timestamp: &[u8], body: &[u8]) -> Hmac<Sha256> {
    key.chain_update(b"v0:").chain_update(timestamp).chain_update(b":").chain_update(body)
}

/// The bytes that were signed, and the seconds that they say.
fn timestamp(headers: &HeaderMap) -> Result<(&[u8], i64), Unverified> {
    let mut values = headers.get_all(TIMESTAMP).iter();
    let first = values.next().ok_or(Unverified::MissingTimestamp)?;
    if values.any(|other| other != first) {
        return Err(Unverified::MalformedTimestamp);
    }
    let seconds = first.to_str().ok().and_then(|text| text.parse().ok());
    Ok((first.as_bytes(), seconds.ok_or(Unverified::MalformedTimestamp)?))
}

fn mac_of_hex(text: &[u8]) -> Option<[u8; MAC_BYTES]> {
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"v0=").unwrap_or(text);
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut mac = [0; MAC_BYTES];
    if text.len() != 2 * MAC_BYTES {
        return None;
    }
    for (byte, pair) in mac.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(mac)
}

/// Why a request is not accepted as one from Customer.io.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Unverified {
    /// There is no `X-CIO-Signature`.
    #[error(
        "the X-CIO-Signature header is missing: the request is not from Customer.io, or a proxy does not pass the header on"
    )]
    MissingSignature,
    /// There is no `X-CIO-Timestamp`.
    #[error(
        "the X-CIO-Timestamp header is missing: the request is not from Customer.io, or a proxy does not pass the header on"
    )]
    MissingTimestamp,
    /// `X-CIO-Signature` is not an HMAC-SHA256.
    #[error("the X-CIO-Signature header is malformed: it must be 64 hex digits, so look at what has changed it")]
    MalformedSignature,
    /// `X-CIO-Timestamp` is no number, or there are several that differ.
    #[error(
        "the X-CIO-Timestamp header is malformed: it must be one number of seconds, so look at what has changed it"
    )]
    MalformedTimestamp,
    /// The signature is of another key, another time or another body.
    #[error(
        "the X-CIO-Signature header does not match: check that the key is the signing key of this webhook, and that the \
         body is verified as it came, before anything reads or rewrites it"
    )]
    Mismatch,
    /// The signature is right, and too old or from the future.
    #[error(
        "the request was signed {seconds} seconds ago, which is outside of the tolerance: check this machine's clock; if it \
         is right, somebody has sent an old request again"
    )]
    Stale {
        /// How long ago it was signed; negative if that is in the future.
        seconds: i64,
    },
}

/// Why a request gave no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The request is not verified as one from Customer.io.
    #[error(transparent)]
    Unverified(#[from] Unverified),
    /// The request is from Customer.io, and is not an event.
    #[error(transparent)]
    NotAnEvent(#[from] NotAnEvent),
}

impl ReceiveError {
    /// The status to respond with: 401 to a request that is not verified. One that is verified and cannot be read gets
    /// a 200: the service would retry it unchanged for seven days, and hold all later events back.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Unverified(_) => StatusCode::UNAUTHORIZED,
            Self::NotAnEvent(_) => StatusCode::OK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BuildErrorKind;

    const NOW: i64 = 1_700_000_000;
    const BODY: &[u8] = br#"{"event_id":"01E4"}"#;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    /// Made by `vectors/make.sh` with openssl: key, timestamp, body and signature, the first and the third as hex.
    #[test]
    fn the_signatures_are_those_of_openssl() {
        let bytes = |hex: &str| -> Vec<u8> {
            let digits = hex.as_bytes().chunks(2);
            digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
        };
        let mut count = 0;
        for line in include_str!("vectors/signatures.tsv").lines().filter(|line| !line.starts_with('#')) {
            let [key, timestamp, body, signature] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let verifier = Verifier::new(std::str::from_utf8(&bytes(key)).unwrap()).unwrap();
            let (body, time) = (bytes(body), timestamp.parse::<i64>().unwrap());
            let headers = headers(&[(TIMESTAMP, timestamp), (SIGNATURE, signature)]);
            assert_eq!(verifier.verify(&headers, &body, time), Ok(()), "{line}");
            assert_eq!(verifier.sign(time, &body), signature, "{line}");
            let other = [&body[..], b" "].concat();
            assert_eq!(verifier.verify(&headers, &other, time), Err(Unverified::Mismatch), "{line}");
            count += 1;
        }
        assert_eq!(count, 12);
    }

    #[test]
    fn each_failure_is_its_own() {
        let verifier = Verifier::new("key").unwrap().with_key("old").unwrap();
        let right = verifier.sign(NOW, BODY);
        let old = Verifier::new("old").unwrap().sign(NOW, BODY);
        let foreign = Verifier::new("foreign").unwrap().sign(NOW, BODY);
        let now = NOW.to_string();
        let at = |time: i64| (time.to_string(), verifier.sign(time, BODY));
        let ((past, past_right), (future, future_right)) = (at(NOW - 300), at(NOW + 300));
        let ((stale, stale_right), (early, early_right)) = (at(NOW - 301), at(NOW + 301));
        let (farthest, farthest_right) = at(i64::MIN);
        let [upper, prefixed, short, long, not_hex] = [
            right.to_uppercase(),
            format!("v0={right}"),
            right[..62].to_owned(),
            format!("{right}00"),
            right.replacen(&right[..1], "g", 1),
        ];
        let signed = |timestamp: &str, signature: &str| headers(&[(TIMESTAMP, timestamp), (SIGNATURE, signature)]);
        for (what, headers, expected) in [
            ("right", signed(&now, &right), Ok(())),
            ("upper case", signed(&now, &upper), Ok(())),
            ("a version", signed(&now, &prefixed), Ok(())),
            ("the old key", signed(&now, &old), Ok(())),
            ("within the tolerance", signed(&past, &past_right), Ok(())),
            ("within the tolerance ahead", signed(&future, &future_right), Ok(())),
            ("nothing", headers(&[]), Err(Unverified::MissingSignature)),
            ("no signature", headers(&[(TIMESTAMP, &now)]), Err(Unverified::MissingSignature)),
            ("no timestamp", headers(&[(SIGNATURE, &right)]), Err(Unverified::MissingTimestamp)),
            ("too short", signed(&now, &short), Err(Unverified::MalformedSignature)),
            ("too long", signed(&now, &long), Err(Unverified::MalformedSignature)),
            ("not hex", signed(&now, &not_hex), Err(Unverified::MalformedSignature)),
            ("not ASCII", signed(&now, &"ü".repeat(32)), Err(Unverified::MalformedSignature)),
            ("empty", signed(&now, ""), Err(Unverified::MalformedSignature)),
            ("no time", signed("", &right), Err(Unverified::MalformedTimestamp)),
            ("not a time", signed("now", &right), Err(Unverified::MalformedTimestamp)),
            ("a fraction", signed("1700000000.0", &right), Err(Unverified::MalformedTimestamp)),
            ("a foreign key", signed(&now, &foreign), Err(Unverified::Mismatch)),
            ("another time", signed(&past, &right), Err(Unverified::Mismatch)),
            ("another spelling of the time", signed("+1700000000", &right), Err(Unverified::Mismatch)),
            ("stale", signed(&stale, &stale_right), Err(Unverified::Stale { seconds: 301 })),
            ("early", signed(&early, &early_right), Err(Unverified::Stale { seconds: -301 })),
            ("very stale", signed(&farthest, &farthest_right), Err(Unverified::Stale { seconds: i64::MAX })),
            // The signature comes first: a wrong one does not reveal the age that is allowed.
            ("stale and wrong", signed(&stale, &right), Err(Unverified::Mismatch)),
            (
                "several signatures",
                headers(&[(TIMESTAMP, &now), (SIGNATURE, &foreign), (SIGNATURE, &short), (SIGNATURE, &right)]),
                Ok(()),
            ),
            (
                "several signatures, none right",
                headers(&[(TIMESTAMP, &now), (SIGNATURE, &foreign), (SIGNATURE, &short)]),
                Err(Unverified::Mismatch),
            ),
            ("the same timestamp twice", headers(&[(TIMESTAMP, &now), (TIMESTAMP, &now), (SIGNATURE, &right)]), Ok(())),
            (
                "two timestamps",
                headers(&[(TIMESTAMP, &now), (TIMESTAMP, &stale), (SIGNATURE, &right)]),
                Err(Unverified::MalformedTimestamp),
            ),
        ] {
            assert_eq!(verifier.verify(&headers, BODY, NOW), expected, "{what}");
        }
    }

    #[test]
    fn the_tolerance_can_be_set() {
        let verifier = Verifier::new("key").unwrap().with_tolerance(Duration::ZERO);
        let signature = verifier.sign(NOW, BODY);
        let headers = headers(&[(TIMESTAMP, &NOW.to_string()), (SIGNATURE, &signature)]);
        for (now, expected) in [(0, Ok(())), (1, Err(Unverified::Stale { seconds: 1 }))] {
            assert_eq!(verifier.verify(&headers, BODY, NOW + now), expected);
        }
        let forever = verifier.with_tolerance(Duration::MAX);
        assert_eq!(forever.verify(&headers, BODY, i64::MIN), Ok(()));
    }

    #[test]
    fn an_empty_key_is_refused_and_a_line_break_is_cut_off() {
        for (key, kind) in [("", BuildErrorKind::Empty), (" \n", BuildErrorKind::Blank)] {
            assert_eq!(Verifier::new(key).unwrap_err().kind(), &kind);
            assert_eq!(Verifier::new("key").unwrap().with_key(key).unwrap_err().kind(), &kind);
        }
        for key in ["k\0y", "k\u{200b}y"] {
            assert_eq!(Verifier::new(key).unwrap_err().kind(), &BuildErrorKind::Character { position: 1 });
        }
        let [plain, mounted] = ["key", "\u{feff}key\r\n"].map(|key| Verifier::new(key).unwrap().sign(NOW, BODY));
        assert_eq!(plain, mounted);
    }

    #[test]
    fn what_is_signed_and_no_event_gets_a_200() {
        let verifier = Verifier::new("key").unwrap();
        for (body, expected) in [
            (&b"{}"[..], None),
            (b"[]", Some((ReceiveError::NotAnEvent(NotAnEvent), 200))),
            (b"<html>", Some((ReceiveError::NotAnEvent(NotAnEvent), 200))),
        ] {
            let headers = headers(&[(TIMESTAMP, &NOW.to_string()), (SIGNATURE, &verifier.sign(NOW, body))]);
            let error = verifier.receive(&headers, body, NOW).err();
            assert_eq!(error.map(|error| (error, error.status().as_u16())), expected);
        }
        let unsigned = verifier.receive(&HeaderMap::new(), BODY, NOW).unwrap_err();
        assert_eq!((unsigned, unsigned.status().as_u16()), (Unverified::MissingSignature.into(), 401));
    }
}
