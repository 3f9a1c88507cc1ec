//! The base URL of an endpoint: a server, and what is before the paths of the API there.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::uri::{Authority, Scheme};

use crate::{BuildError, BuildErrorKind};

/// A base URL in the one form that every HTTP client leaves as it is, so that a request is the same bytes through each:
/// clients that rewrite URLs as browsers do write hosts and ports in their own way, and move or encode some characters.
pub(crate) struct BaseUrl {
    pub(crate) scheme: Scheme,
    /// In lower case, without the port that the scheme implies.
    pub(crate) authority: Authority,
    /// The path, without a slash at its end.
    pub(crate) prefix: Box<str>,
}

impl BaseUrl {
    /// Reads `url`, of an API whose routes begin with one of `roots`.
    ///
    /// # Errors
    ///
    /// Fails if it is not a scheme, a host, and perhaps a port and a path, or if its path ends in one of `roots`.
    pub(crate) fn parse(url: &str, roots: &[&str]) -> Result<Self, BuildError> {
        let url = url.trim();
        let (scheme, rest) = scheme_of(url).ok_or_else(|| invalid("it must begin with http:// or https://"))?;
        let (rest, has_more) = match rest.find(['?', '#']) {
            Some(end) => (&rest[..end], true),
            None => (rest, false),
        };
        let (server, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if server.is_empty() {
            return Err(invalid("it has no host"));
        }
        if server.contains('@') {
            return Err(invalid("it has a user name, and credentials have their own place"));
        }
        let authority = authority_of(server, &scheme)?;
        if has_more {
            return Err(invalid("it has a query or a fragment"));
        }
        check_path(path, url.len() - path.len())?;
        let prefix = path.trim_end_matches('/');
        if let Some(root) = roots.iter().find(|root| prefix.ends_with(**root)) {
            let problem = format!("leave out the `{root}` at its end: the paths of the API begin with it");
            return Err(BuildError::new(WHAT, BuildErrorKind::Invalid(problem.into())));
        }
        Ok(Self { scheme, authority, prefix: prefix.into() })
    }
}

const WHAT: &str = "the base URL";

#[cold]
fn invalid(problem: &'static str) -> BuildError {
    BuildError::new(WHAT, BuildErrorKind::Invalid(problem.into()))
}

/// The scheme of a URL, and what is behind `://`.
fn scheme_of(url: &str) -> Option<(Scheme, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let known = [Scheme::HTTP, Scheme::HTTPS].into_iter().find(|known| scheme.eq_ignore_ascii_case(known.as_str()))?;
    Some((known, rest))
}

/// The host and the port of `server`.
fn authority_of(server: &str, scheme: &Scheme) -> Result<Authority, BuildError> {
    let bad_host = "its host must be a name of ASCII letters, digits, `-`, `_` and dots (in its `xn--` form if it has others), \
                    an IPv4 address, or an IPv6 address in brackets";
    let bad_port = "its port must be a number from 1 to 65535";
    // The colons of an IPv6 address are before its bracket.
    let behind = server.rfind(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match server[behind..].find(':') {
        Some(colon) => (&server[..behind + colon], Some(&server[behind + colon + 1..])),
        None => (server, None),
    };
    let mut text = canonical_host(host).ok_or_else(|| invalid(bad_host))?;
    if let Some(port) = port {
        let port = Some(port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        let port = port.and_then(|port| port.parse::<u16>().ok()).filter(|port| *port > 0);
        let port = port.ok_or_else(|| invalid(bad_port))?;
        if port != if *scheme == Scheme::HTTPS { 443 } else { 80 } {
            text.push(':');
            text.push_str(itoa::Buffer::new().format(port));
        }
    }
    Authority::try_from(text).map_err(|_| invalid(bad_host))
}

/// A host as it is written in a request.
fn canonical_host(host: &str) -> Option<String> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
        // Such an address can be written in two ways; the IPv4 address that it maps has a form of its own.
        return address.to_ipv4_mapped().is_none().then(|| format!("[{address}]"));
    }
    let labels = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if !labels.split('.').all(is_label) {
        return None;
    }
    let host = host.to_ascii_lowercase();
    // A name that ends in a number is an IPv4 address to browsers, which read many forms of one.
    let last = labels.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    (!is_number || host.parse::<Ipv4Addr>().is_ok()).then_some(host)
}

/// Refuses a path with other characters than RFC 3986 has in one (section 3.3), and with segments that some HTTP clients
/// remove. `offset` is where in the URL it begins.
fn check_path(path: &str, offset: usize) -> Result<(), BuildError> {
    let bytes = path.as_bytes();
    let is_allowed = |at: usize| match bytes[at] {
        b'%' => bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
        b'/' | b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';'
        | b'=' | b':' | b'@' => true,
        byte => byte.is_ascii_alphanumeric(),
    };
    if let Some(at) = (0..bytes.len()).find(|at| !is_allowed(*at)) {
        let problem = format!("at byte {} its path has a character that must be percent-encoded", offset + at);
        return Err(BuildError::new(WHAT, BuildErrorKind::Invalid(problem.into())));
    }
    let is_dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    if path.split('/').any(is_dots) {
        return Err(invalid("its path has a segment `.` or `..`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    const ROOTS: &[&str] = &["/api/v1", "/v2"];

    fn parse(url: &str) -> Result<String, String> {
        let BaseUrl { scheme, authority, prefix } = BaseUrl::parse(url, ROOTS).map_err(|error| error.to_string())?;
        Ok(format!("{scheme}://{authority}{prefix}"))
    }

    #[test]
    fn what_a_url_says_is_kept_and_written_in_one_way() {
        for (url, expected) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://proxy.example.com/cio/\n", "https://proxy.example.com/cio"),
            ("HTTPS://Proxy.Example.COM:443/Cio//", "https://proxy.example.com/Cio"),
            ("http://h:80", "http://h"),
            ("http://h:443", "http://h:443"),
            ("http://h:00080/", "http://h"),
            ("http://my_service.:65535", "http://my_service.:65535"),
            ("http://[::1]:1/", "http://[::1]:1"),
            ("http://[0:0::0:1]", "http://[::1]"),
            ("http://[2001:DB8::]/", "http://[2001:db8::]"),
            ("http://xn--bcher-kva.example", "http://xn--bcher-kva.example"),
            ("http://1a.b2", "http://1a.b2"),
            ("http://h/a%2Fb/-._~!$&'()*+,;=:@%c3%A9", "http://h/a%2Fb/-._~!$&'()*+,;=:@%c3%A9"),
            ("http://h//a", "http://h//a"),
            // Not at the end, not a whole segment.
            ("http://h/api/v1/x", "http://h/api/v1/x"),
            ("http://h/v2/proxy/", "http://h/v2/proxy"),
            ("http://h/myv2", "http://h/myv2"),
            ("http://v2", "http://v2"),
        ] {
            assert_eq!(parse(url).as_deref(), Ok(expected), "{url}");
        }
    }

    #[test]
    fn what_clients_would_read_differently_is_refused() {
        let (scheme, host) = ("it must begin with http:// or https://", "its host must be a name of ASCII letters");
        let (port, more) = ("its port must be a number from 1 to 65535", "it has a query or a fragment");
        let at = |byte: usize| format!("at byte {byte} its path has a character that must be percent-encoded");
        let dots = "its path has a segment `.` or `..`";
        for (expected, urls) in [
            (scheme, &["", "localhost:8080", "/path", "ftp://x", "http:/x", "://x"][..]),
            ("it has no host", &["http://", "http:///x", "https://?q"]),
            ("it has a user name", &["http://u:p@x", "http://@x"]),
            (
                host,
                &["http:// x", "http://h\\x", "http://é.example", "http://a..b", "http://.", "http://%68", "http://:1"],
            ),
            (
                host,
                &[
                    "http://127.1",
                    "http://0x7f.0.0.1",
                    "http://a.0x",
                    "http://1.2.3.4.",
                    "http://010.0.0.1",
                    "http://256.1.1.1",
                ],
            ),
            (
                host,
                &["http://[::1", "http://::1", "http://[::ffff:1.2.3.4]", "http://[fe80::1%25eth0]", "http://[::1]x"],
            ),
            (
                port,
                &[
                    "http://127.0.0.1:99999",
                    "http://h:0",
                    "http://h:",
                    "http://h:+1",
                    "http://h:1:2",
                    "http://h:65536/x",
                ],
            ),
            (more, &["http://x/?q", "http://x?", "http://x/#f", "http://x#/"]),
            (at(10).as_str(), &["http://h/a\\..\\b", "http://h/aé", "http://h/a\"", "http://h/a{|}", "http://h/a b"]),
            (
                at(10).as_str(),
                &[
                    "http://h/a%",
                    "http://h/a%4",
                    "http://h/a%4g",
                    "http://h/a%%41",
                    "http://h/a\u{feff}",
                    "http://h/a[1]",
                ],
            ),
            (dots, &["http://x/a/../b", "http://x/%2E", "http://x/.%2e/", "http://x/."]),
            (
                "leave out the `/api/v1` at its end: the paths of the API begin with it",
                &["http://h/api/v1", "http://h/x/api/v1/"],
            ),
            (
                "leave out the `/v2` at its end: the paths of the API begin with it",
                &["http://h/v2", "https://h/api/v2//"],
            ),
        ] {
            for url in urls {
                let refused = parse(url).unwrap_err();
                assert!(refused.starts_with(&format!("the base URL is not valid: {expected}")), "{url}: {refused}");
            }
        }
    }

    /// A URL of what hosts, ports and paths are made of, so that most are nearly right.
    fn url() -> impl Strategy<Value = String> {
        let host = prop_oneof!["[a-zA-Z0-9_.-]{1,12}", "[0-9x.]{1,12}", "\\[[0-9a-f:.]{2,12}\\]", ".{0,6}"];
        let path = prop_oneof!["(/[a-zA-Z0-9._~!$&'()*+,;=:@%-]{0,6}){0,3}", "/.{0,6}"];
        ("(http|https|HTTP)", host, "(:[0-9]{0,6})?", path)
            .prop_map(|(scheme, host, port, path)| format!("{scheme}://{host}{port}{path}"))
    }

    proptest! {
        /// Clients that rewrite URLs as browsers do leave one that was read as it is.
        #[test]
        fn a_url_that_was_read_is_left_as_it_is(url in url()) {
            if let Ok(read) = parse(&url) {
                let text = format!("{read}/api/v1/customers/1");
                // A name in `xn--` form that means nothing is no name.
                if let Ok(rewritten) = Url::parse(&text) {
                    prop_assert_eq!(rewritten.as_str(), text);
                } else {
                    prop_assert!(read.contains("xn--"), "{}", read);
                }
            }
        }
    }
}
