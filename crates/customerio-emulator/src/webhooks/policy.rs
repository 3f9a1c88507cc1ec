//! Where a webhook may go by itself: to this machine, and to hosts that were named. Whoever can call the App API can name a
//! receiver, and must not reach by it what they cannot reach themselves.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use http::{
    HeaderValue, Request, Uri, header,
    uri::{Authority, Scheme},
};
use tokio::time::timeout;

use crate::webhooks::outbox::TIMEOUT;

/// Refuses a call that must not be made, with the reason.
///
/// The name of a host that was not named by the program is resolved here, and the call goes to the address that was
/// found: it is then in the URL, and the name in `Host`. With TLS that would break the certificate's check, so there
/// the name must have been allowed. `localhost` is what the machine's owner says, and stays as it is.
pub(crate) async fn check(request: &mut Request<Bytes>, allowed: &[String]) -> Result<(), String> {
    let Some(authority) = request.uri().authority().cloned() else { return Err("the URL names no host".to_owned()) };
    let host = authority.host().to_ascii_lowercase();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    if allowed.iter().any(|allowed| allowed == "*" || *allowed == host || allowed == literal) {
        return Ok(());
    }
    if let Ok(address) = literal.parse::<IpAddr>() {
        return if is_own(address) { Ok(()) } else { Err(elsewhere(&host)) };
    }
    let is_tls = request.uri().scheme() == Some(&Scheme::HTTPS);
    let port = authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let addresses = resolve(&host, port).await?;
    if addresses.is_empty() || !addresses.iter().all(|address| is_own(address.ip())) {
        return Err(elsewhere(&host));
    }
    let name = host.trim_end_matches('.');
    if name == "localhost" || name.ends_with(".localhost") {
        return Ok(());
    }
    if is_tls {
        return Err(format!("{host:.200} cannot be held to an address with TLS; {}", allow(&host)));
    }
    let first = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
    first.and_then(|address| pin(request, &authority, *address)).ok_or_else(|| elsewhere(&host))
}

fn is_own(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn elsewhere(host: &str) -> String {
    format!("{host:.200} is not this machine, where webhooks go alone; {}", allow(host))
}

/// How a host is allowed.
fn allow(host: &str) -> String {
    format!("allow it by --allow-webhook-host {host:.200}, or in Rust by Builder::with_webhook_hosts")
}

async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    match timeout(TIMEOUT, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(_)) | Err(_) => Err(format!("{host:.200} has no address; where it is another machine, {}", allow(host))),
    }
}

/// Sends the call to this address, by the name that it has.
fn pin(request: &mut Request<Bytes>, name: &Authority, address: SocketAddr) -> Option<()> {
    let mut parts = request.uri().clone().into_parts();
    parts.authority = Some(address.to_string().parse().ok()?);
    *request.uri_mut() = Uri::from_parts(parts).ok()?;
    request.headers_mut().insert(header::HOST, HeaderValue::try_from(name.as_str()).ok()?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn checked(url: &str, allowed: &[&str]) -> Result<(String, Option<String>), String> {
        let mut request = Request::post(url).body(Bytes::new()).unwrap();
        let allowed: Vec<_> = allowed.iter().map(|host| (*host).to_owned()).collect();
        check(&mut request, &allowed).await?;
        let host = request.headers().get("host").map(|host| host.to_str().unwrap().to_owned());
        Ok((request.uri().to_string(), host))
    }

    #[tokio::test]
    async fn webhooks_go_to_this_machine_unless_more_is_allowed() {
        for url in [
            "http://127.0.0.1:8080/hook",
            "https://127.8.9.1/",
            "http://[::1]:1/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost:8080/hook?a=b",
            "https://LOCALHOST/",
        ] {
            let expected = Request::get(url).body(()).unwrap().uri().to_string();
            assert_eq!(checked(url, &[]).await, Ok((expected, None)), "{url}");
        }
        for url in [
            "http://10.0.0.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://0.0.0.0:8080/",
            "http://[::]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[fe80::1]/",
            // The system's resolver takes these for the address of a cloud's metadata.
            "http://2852039166/",
            "http://0xa9fea9fe/",
        ] {
            let problem = checked(url, &["receiver"]).await.unwrap_err();
            assert!(problem.contains("with_webhook_hosts") || problem.contains("has no address"), "{url}: {problem}");
        }
        for (url, allowed) in [
            ("http://10.0.0.1/", "10.0.0.1"),
            ("https://[fe80::1]/", "fe80::1"),
            ("http://receiver:8080/hook", "receiver"),
            ("http://Receiver:8080/hook", "receiver"),
            ("https://example.com/", "*"),
        ] {
            assert_eq!(checked(url, &[allowed]).await.unwrap().1, None, "{url}");
        }
    }

    /// The system's resolver takes `127.1` for 127.0.0.1, which nobody can write otherwise in between.
    #[tokio::test]
    async fn a_name_is_held_to_the_address_that_was_looked_at() {
        let held = checked("http://127.1:8080/hook?a=b", &[]).await.unwrap();
        assert_eq!(held, ("http://127.0.0.1:8080/hook?a=b".to_owned(), Some("127.1:8080".to_owned())));
        let problem = checked("https://127.1/", &[]).await.unwrap_err();
        assert!(problem.contains("cannot be held to an address with TLS"), "{problem}");
    }
}
