use customerio_core::{TransportError, TransportErrorKind, http::Uri};

/// The longest label of a name, and the longest name (RFC 1035, section 2.3.4), in bytes.
const LABEL: usize = 63;
const NAME: usize = 253;

/// Checks that there can be a server at `url`: its port is from 1 to 65535, and its host an address or a name.
///
/// HTTP stacks differ in how they treat other URLs: some connect to port 80 instead, and send the credentials there.
///
/// # Errors
///
/// [`InvalidUrl`](TransportErrorKind::InvalidUrl), with what is wrong as the source; the request was not sent.
///
/// ```
/// use customerio_core::{Delivery, TransportErrorKind};
/// use customerio_transport::check_url;
///
/// assert!(check_url(&"https://track.customer.io/api".parse()?).is_ok());
/// let error = check_url(&"http://127.0.0.1:99999/".parse()?).unwrap_err();
/// assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::InvalidUrl, Delivery::NotSent));
/// # Ok::<(), customerio_core::http::uri::InvalidUri>(())
/// ```
pub fn check_url(url: &Uri) -> Result<(), TransportError> {
    let problem = match url.authority() {
        None => Some("the host is missing"),
        Some(authority) => {
            let host = authority.host();
            // Behind the user and the password, if there are any.
            let port =
                authority.as_str().rsplit('@').next().and_then(|rest| rest.strip_prefix(host)).unwrap_or_default();
            if !is_host(host) {
                Some("the host is neither an address nor a name")
            } else if !is_port(port) {
                Some("the port is not from 1 to 65535")
            } else {
                None
            }
        }
    };
    problem.map_or(Ok(()), |problem| Err(TransportError::not_sent(TransportErrorKind::InvalidUrl).with_source(problem)))
}

/// With its colon; there may be none, or nothing behind it.
fn is_port(port: &str) -> bool {
    let digits = port.strip_prefix(':').unwrap_or(port);
    digits.is_empty() || digits.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_host(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    host.starts_with('[') || (name.len() <= NAME && name.split('.').all(|label| (1..=LABEL).contains(&label.len())))
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn what_nobody_can_connect_to_is_told() {
        const HOST: Option<&str> = Some("the host is neither an address nor a name");
        const PORT: Option<&str> = Some("the port is not from 1 to 65535");
        let (longest, too_long) = ("x".repeat(63), "x".repeat(64));
        for (url, expected) in [
            ("http://localhost", None),
            ("http://localhost:", None),
            ("http://localhost./x?y:99999", None),
            ("http://127.0.0.1:1", None),
            ("http://[::1]:65535/", None),
            ("http://user:password@host:8080/@:99999", None),
            (&format!("http://{longest}.{longest}.{longest}.x"), None),
            (&format!("http://{longest}.{longest}.{longest}.{longest}"), HOST),
            (&format!("http://{too_long}.example"), HOST),
            ("http://a..b", HOST),
            ("http://.", HOST),
            ("http://localhost:0", PORT),
            ("http://localhost:65536", PORT),
            ("http://[::1]:99999", PORT),
            ("http://user:1@localhost:99999", PORT),
            ("http://localhost:1a", PORT),
            ("/path", Some("the host is missing")),
        ] {
            // What is no URL at all does not get here.
            let Ok(parsed) = url.parse() else { panic!("{url}") };
            let error = check_url(&parsed).err();
            let found = error.as_ref().and_then(|error| error.source()).map(ToString::to_string);
            assert_eq!(found.as_deref(), expected, "{url}");
        }
    }
}
