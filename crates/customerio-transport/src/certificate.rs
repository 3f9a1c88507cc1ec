use std::{error::Error, io};

/// Whether `error`, or one of its causes, is an error of rustls about a certificate: its authority is not trusted, it
/// is for another name, or it has expired. Nothing was sent, and another attempt would end the same way
/// ([`InvalidCertificate`](customerio_core::TransportErrorKind::InvalidCertificate)).
///
/// It recognises the errors of rustls with the feature `ring` or `aws-lc-rs`, and none without.
#[must_use]
pub fn is_invalid_certificate(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(current) = cause {
        #[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
        if matches!(current.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        // The error that an I/O error wraps is not its source; its source is that error's source.
        let inner = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| current.source());
    }
    false
}

#[cfg(all(test, any(feature = "aws-lc-rs", feature = "ring")))]
mod tests {
    use rustls::CertificateError;

    use super::*;

    #[test]
    fn it_is_found_however_deep_it_is() {
        let expired = || rustls::Error::InvalidCertificate(CertificateError::Expired);
        for (error, expected) in [
            (io::Error::other(expired()), true),
            (io::Error::other(io::Error::new(io::ErrorKind::InvalidData, expired())), true),
            (io::Error::other(rustls::Error::DecryptError), false),
            (io::Error::other("invalid peer certificate"), false),
            (io::ErrorKind::ConnectionReset.into(), false),
        ] {
            assert_eq!(is_invalid_certificate(&error), expected, "{error:?}");
        }
        assert!(is_invalid_certificate(&expired()));
    }
}
