//! Keys as they are given, and as headers that wipe them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::HeaderValue;
use zeroize::Zeroizing;

use crate::{BuildError, BuildErrorKind, unseen::check_visible};

/// Cuts off whitespace around a key and the byte order mark before it, which files have and keys do not, and refuses what
/// is left if it is empty or has a character that is not `allowed`.
pub(crate) fn credential<'a>(
    what: &'static str,
    value: &'a str,
    allowed: impl Fn(char) -> bool,
) -> Result<&'a str, BuildError> {
    check_visible(what, value)?;
    let is_around = |character: char| character.is_whitespace() || character == '\u{feff}';
    let offset = value.len() - value.trim_start_matches(is_around).len();
    let trimmed = value.trim_matches(is_around);
    match trimmed.char_indices().find(|(_, character)| !allowed(*character)) {
        Some((position, _)) => Err(BuildError::new(what, BuildErrorKind::Character { position: offset + position })),
        None => Ok(trimmed),
    }
}

/// RFC 7617, section 2.
pub(crate) fn basic(user: &str, password: &str) -> Zeroizing<String> {
    let pair = Zeroizing::new([user, ":", password].concat());
    let mut value = secret_with_capacity("Basic ", pair.len().div_ceil(3) * 4);
    STANDARD.encode_string(pair.as_bytes(), &mut value);
    value
}

/// A string that will not move while `more` bytes are appended: moving would leave a copy of the secret behind.
pub(crate) fn secret_with_capacity(scheme: &str, more: usize) -> Zeroizing<String> {
    let mut value = Zeroizing::new(String::with_capacity(scheme.len() + more));
    value.push_str(scheme);
    value
}

/// A header whose bytes are wiped when the last copy of it is dropped.
pub(crate) fn secret_header(value: Zeroizing<String>) -> HeaderValue {
    struct Wiped(Zeroizing<String>);
    impl AsRef<[u8]> for Wiped {
        fn as_ref(&self) -> &[u8] {
            self.0.as_bytes()
        }
    }
    // `credential` let no character through that a header cannot carry, and base64 has none.
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(Wiped(value)))
        .unwrap_or_else(|_| unreachable!("checked before"));
    header.set_sensitive(true);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_trimmed_or_refused_by_position() {
        let key = |value| credential("the key", value, |character| character.is_ascii_graphic());
        for value in ["\tkey\r\n", "\u{feff}key", "\u{feff} key\u{a0}\n"] {
            assert_eq!(key(value), Ok("key"), "{value:?}");
        }
        for (value, expected) in [
            ("", BuildErrorKind::Empty),
            (" \n", BuildErrorKind::Blank),
            ("\u{feff}\u{200b}", BuildErrorKind::Blank),
            (" k\ney", BuildErrorKind::Character { position: 2 }),
            ("a\u{e9}", BuildErrorKind::Character { position: 1 }),
            ("\u{feff}a\u{200b}", BuildErrorKind::Character { position: 4 }),
            ("a\u{feff}b", BuildErrorKind::Character { position: 1 }),
        ] {
            assert_eq!(key(value), Err(BuildError::new("the key", expected)), "{value:?}");
        }
    }

    #[test]
    fn a_pair_is_written_as_in_rfc_7617_and_never_shown() {
        for (user, password, expected) in [
            ("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("test", "123\u{a3}", "Basic dGVzdDoxMjPCow=="),
            ("key", "", "Basic a2V5Og=="),
        ] {
            let value = basic(user, password);
            assert_eq!(*value, expected);
            assert_eq!(value.len(), value.capacity(), "it has not moved");
            let header = secret_header(value);
            assert_eq!((header.to_str().unwrap(), format!("{header:?}").as_str()), (expected, "Sensitive"));
        }
    }
}
