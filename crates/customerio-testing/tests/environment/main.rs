//! What the ready-made transports take from the environment: proxies, and the certificates that the system trusts. Each
//! case is a process of its own, because a process must not change its environment.

// Elsewhere the certificates do not come from the environment.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod origin;
mod proxy;

use std::{env, error::Error as _, iter::successors, sync::Arc};

use customerio_core::{Client, Endpoint, Error, Region, Transport};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_testing::{WireServer, faults::ClosedPort};
use customerio_ureq::UreqTransport;
use origin::Origin;
use proxy::{Mode, Proxy};
use tokio::process::Command;

const STACKS: [&str; 2] = ["hyper", "reqwest"];

/// `site:key`, as the Track API has it.
const CREDENTIALS: &str = "c2l0ZTprZXk=";

/// Merges two people, which must not be done twice, over the transport that the environment names.
#[tokio::test]
#[ignore = "a process that the other tests start"]
async fn child() {
    let transport: Arc<dyn Transport> = match env::var("TEST_STACK").unwrap().as_str() {
        "hyper" => Arc::new(HyperTransport::new().unwrap()),
        "ureq" => Arc::new(UreqTransport::new().unwrap()),
        _ => Arc::new(ReqwestTransport::new().unwrap()),
    };
    let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
    let endpoint = endpoint.with_base_url(&env::var("TEST_URL").unwrap()).unwrap();
    let Err(error) = Client::new(endpoint, transport).merge("1", "2").await else {
        println!("OUTCOME delivered");
        return;
    };
    let causes: Vec<_> = successors(error.source(), |cause| (*cause).source()).map(ToString::to_string).collect();
    let Error::Transport(failed) = &error else { panic!("{error}") };
    println!("OUTCOME {:?} {:?} after {}: {}", failed.kind(), error.delivery(), error.attempts(), causes.join(": "));
}

/// Runs [`child`] with these variables, and no others that matter, and says what came of it.
async fn run(stack: &str, url: &str, variables: &[(&str, &str)]) -> String {
    let mut program = Command::new(env::current_exe().unwrap());
    program.args(["--exact", "child", "--ignored", "--nocapture"]).env("TEST_STACK", stack).env("TEST_URL", url);
    for name in
        ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD", "SSL_CERT_DIR", "SSL_CERT_FILE"]
    {
        program.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = program.envs(variables.iter().copied()).output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    let outcome = text.lines().find_map(|line| line.split_once("OUTCOME ")).map(|(_, outcome)| outcome.to_owned());
    outcome.unwrap_or_else(|| panic!("{text}"))
}

#[tokio::test]
async fn https_goes_through_a_tunnel_that_never_sees_the_credentials() {
    for stack in STACKS {
        for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let (origin, proxy) = (Origin::start().await, Proxy::start(Mode::Tunnel, None).await);
            let url = proxy.url("http", "ada:se%20cret@");
            let outcome = run(stack, &origin.url(), &[(variable, &url), ("SSL_CERT_FILE", origin.roots())]).await;
            assert_eq!(outcome, "delivered", "{stack} {variable}");

            let heads = proxy.heads();
            let [head] = &heads[..] else { panic!("{heads:?}") };
            let address = origin.address();
            assert!(head.starts_with(&format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n")), "{head}");
            let head = head.to_lowercase();
            assert!(head.contains("\r\nproxy-authorization: basic ywrhonnlignyzxq=\r\n"), "{head}");
            assert!(!head.contains("\r\nauthorization:") && !head.contains(&CREDENTIALS.to_lowercase()), "{head}");
            assert!(!proxy.passed_on().windows(CREDENTIALS.len()).any(|bytes| bytes == CREDENTIALS.as_bytes()));

            let requests = origin.requests();
            let [request] = &requests[..] else { panic!("{requests:?}") };
            assert!(request.starts_with("POST /api/v1/merge_customers HTTP/1.1\r\n"), "{request}");
            assert!(request.contains(&format!("\r\nauthorization: Basic {CREDENTIALS}\r\n")), "{request}");
            assert!(!request.to_lowercase().contains("proxy-authorization"), "{request}");
        }
    }
}

#[tokio::test]
async fn a_proxy_may_have_tls_itself() {
    for stack in STACKS {
        let origin = Origin::start().await;
        let proxy = Proxy::start(Mode::Tunnel, Some(origin.acceptor())).await;
        let variables = [("HTTPS_PROXY", &*proxy.url("https", "")), ("SSL_CERT_FILE", origin.roots())];
        assert_eq!(run(stack, &origin.url(), &variables).await, "delivered", "{stack}");
        assert_eq!((proxy.heads().len(), origin.requests().len()), (1, 1));
    }
}

#[tokio::test]
async fn hosts_in_no_proxy_are_connected_to_directly() {
    for stack in STACKS {
        for (variable, hosts) in [("NO_PROXY", "example.com, 0.0.0.0"), ("no_proxy", "0.0.0.0/8")] {
            let (origin, proxy) = (Origin::start().await, Proxy::start(Mode::Tunnel, None).await);
            let proxy_url = proxy.url("http", "");
            let variables = [("ALL_PROXY", &*proxy_url), (variable, hosts), ("SSL_CERT_FILE", origin.roots())];
            assert_eq!(run(stack, &origin.url(), &variables).await, "delivered", "{stack} {hosts}");
            assert_eq!((proxy.heads().len(), origin.requests().len()), (0, 1));
        }
    }
}

/// For the proxy it would be another machine; and a request by `http` is handed to it with the credentials.
#[tokio::test]
async fn this_machine_is_connected_to_directly() {
    for stack in ["hyper", "reqwest", "ureq"] {
        for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
            let (server, proxy) = (WireServer::start().unwrap(), WireServer::start().unwrap());
            let port = server.url().rsplit_once(':').unwrap().1.to_owned();
            for host in ["127.0.0.1", "localhost"] {
                let outcome = run(stack, &format!("http://{host}:{port}"), &[(variable, &proxy.url())]).await;
                assert_eq!(outcome, "delivered", "{stack} {host}");
            }
            // Nobody is there: what counts is whether the proxy was asked.
            for host in ["127.1.2.3", "[::1]"] {
                let outcome = run(stack, &format!("http://{host}:{port}"), &[(variable, &proxy.url())]).await;
                assert!(outcome.starts_with("Connect NotSent"), "{stack} {host}: {outcome}");
            }
            assert_eq!((server.received().len(), proxy.connections()), (2, 0), "{stack} {variable}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_away_means_that_nothing_was_sent() {
    let closed = ClosedPort::start().unwrap();
    for stack in STACKS {
        let origin = Origin::start().await;
        for status_line in ["407 Proxy Authentication Required", "502 Bad Gateway", "301 Moved Permanently"] {
            let proxy = Proxy::start(Mode::Refuse(status_line), None).await;
            let variables = [("HTTPS_PROXY", &*proxy.url("http", "")), ("SSL_CERT_FILE", origin.roots())];
            let outcome = run(stack, &origin.url(), &variables).await;
            assert!(outcome.starts_with("Connect NotSent after 3: "), "{stack} {status_line}: {outcome}");
            assert_eq!(proxy.heads().len(), 3);
        }
        let outcome =
            run(stack, &origin.url(), &[("HTTPS_PROXY", &closed.url()), ("SSL_CERT_FILE", origin.roots())]).await;
        assert!(outcome.starts_with("Connect NotSent after 3: "), "{stack}: {outcome}");
        assert_eq!(origin.requests().len(), 0);
    }
}

#[tokio::test]
async fn http_is_handed_to_the_proxy_whole() {
    for stack in STACKS {
        let proxy = WireServer::start().unwrap();
        let url = proxy.url().replace("http://", "http://ada:secret@");
        let outcome = run(stack, "http://cio.example", &[("http_proxy", &url)]).await;
        assert_eq!(outcome, "delivered", "{stack}");
        let received = proxy.received();
        let [request] = &received[..] else { panic!("{received:?}") };
        let request = str::from_utf8(request).unwrap();
        assert!(request.starts_with("POST http://cio.example/api/v1/merge_customers HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("\r\nhost: cio.example\r\n"), "{request}");
        assert!(request.contains("\r\nproxy-authorization: Basic YWRhOnNlY3JldA==\r\n"), "{request}");
    }
}

/// Certificates are loaded when the first is to be verified: without them, `new` works, and so does all that needs none.
#[tokio::test]
async fn a_system_without_certificates_fails_the_connection_and_not_the_constructor() {
    for stack in STACKS {
        let origin = Origin::start().await;
        let none = [("SSL_CERT_FILE", "/dev/null")];
        let outcome = run(stack, &origin.url(), &none).await;
        assert!(outcome.starts_with("Connect NotSent after 3: "), "{stack}: {outcome}");
        assert!(outcome.contains("No CA certificates were loaded from the system"), "{stack}: {outcome}");
        assert_eq!(origin.requests().len(), 0);

        let server = WireServer::start().unwrap();
        assert_eq!(run(stack, &server.url(), &none).await, "delivered", "{stack}");
    }
}

/// Another attempt would find the same one, so there is none.
#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_final() {
    for stack in ["hyper", "reqwest", "ureq"] {
        let (origin, other) = (Origin::start().await, Origin::start().await);
        let outcome = run(stack, &origin.url(), &[("SSL_CERT_FILE", other.roots())]).await;
        assert!(outcome.starts_with("InvalidCertificate NotSent after 1: "), "{stack}: {outcome}");
        assert!(outcome.contains("invalid peer certificate"), "{stack}: {outcome}");
        assert_eq!(origin.requests().len(), 0, "{stack}");
    }
}

#[tokio::test]
async fn http2_is_offered_where_the_feature_is_on() {
    for stack in STACKS {
        let origin = Origin::choosing("h2").await;
        let outcome = run(stack, &origin.url(), &[("SSL_CERT_FILE", origin.roots())]).await;
        // The server speaks HTTP/1.1 all the same; what was agreed upon is what matters here.
        assert!(outcome.starts_with("Connection MaybeSent"), "{stack}: {outcome}");
        assert_eq!(origin.protocols(), ["h2"], "{stack}");
    }
}
