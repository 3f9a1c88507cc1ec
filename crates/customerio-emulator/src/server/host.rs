//! Whom a request is for. A page of another site can have the name of that site lead to this machine (DNS rebinding),
//! and a browser then sends the page's requests here: only the name in the request reveals it.

use std::net::IpAddr;

use http::{StatusCode, header, uri::Authority};

use crate::{route::Head, server::reply::Refusal};

/// Refuses a request that is not for this server: `own` is the address that it came to, and `names` is what else the server
/// may be called. The port does not matter, because it may be forwarded.
pub(crate) fn check(head: Head<'_>, own: Option<IpAddr>, names: &[String]) -> Result<(), Refusal> {
    let mut given = head.headers.get_all(header::HOST).into_iter();
    let (Some(host), None) = (given.next(), given.next()) else {
        return Err(Refusal::bad("the request must have one Host"));
    };
    let host = Authority::try_from(host.as_bytes()).map_err(|_| Refusal::bad("the Host is not one"))?;
    // A request by way of a proxy names the host in its first line too, and that one counts.
    for authority in [Some(&host), head.uri.authority()].into_iter().flatten() {
        if authority.as_str().contains('@') || !is_own(authority.host(), own, names) {
            let text = format!(
                "the emulator is not {authority:.200}; name it so by --allow-host, or in Rust by Builder::with_hosts"
            );
            return Err(Refusal::new(StatusCode::FORBIDDEN, text));
        }
    }
    Ok(())
}

fn is_own(host: &str, own: Option<IpAddr>, names: &[String]) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match literal.parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || own.is_some_and(|own| own.to_canonical() == address.to_canonical()),
        Err(_) => name.eq_ignore_ascii_case("localhost") || names.iter().any(|known| name.eq_ignore_ascii_case(known)),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn status(uri: &str, hosts: &[&str]) -> u16 {
        let mut request = Request::builder().uri(uri).body(()).unwrap();
        for host in hosts {
            request.headers_mut().append("host", host.parse().unwrap());
        }
        let own = Some("::ffff:192.168.1.7".parse().unwrap());
        check(Head::of(&request), own, &["customerio".to_owned()])
            .map_or_else(|refusal| refusal.status.as_u16(), |()| 200)
    }

    #[test]
    fn a_server_has_its_addresses_and_the_names_that_it_was_given() {
        for (host, expected) in [
            ("localhost", 200),
            ("LocalHost.:8080", 200),
            ("127.0.0.1:49152", 200),
            ("127.8.9.1", 200),
            ("[::1]:80", 200),
            ("192.168.1.7:80", 200),
            ("CustomerIO:1", 200),
            ("192.168.1.8", 403),
            ("0.0.0.0", 403),
            ("evil.example", 403),
            ("evil.example:80", 403),
            ("localhost.evil.example", 403),
            ("127.0.0.1.evil.example", 403),
            ("evil@localhost", 403),
            ("localhost, evil.example", 400),
            ("", 400),
            ("a b", 400),
        ] {
            assert_eq!(status("/", &[host]), expected, "{host}");
        }
    }

    #[test]
    fn one_host_is_named_and_in_both_places() {
        assert_eq!((status("/", &[]), status("/", &["localhost", "localhost"])), (400, 400));
        assert_eq!(status("http://localhost/x", &["localhost"]), 200);
        assert_eq!(status("http://evil.example/x", &["localhost"]), 403);
        assert_eq!(status("http://localhost/x", &["evil.example"]), 403);
    }
}
